-- SPDX-License-Identifier: GPL-2.0-or-later
-- Which calls through a pointer may go to functions that are not known?
-- Parameters: none.
-- Columns: function, file, line, kind, expression, number of functions whose
-- type fits.
-- Order: file, line, function, call.
SELECT display AS function, function_place.file, call.line, call.kind,
       call.text AS call,
       (SELECT count(*) FROM call_target
        WHERE call_target.call = call.id) AS by_type
FROM indirect_call
JOIN call ON call.id = indirect_call.call
JOIN function_place ON function_place.id = call.function
WHERE state = 'open'
ORDER BY function_place.file, call.line, display, call.id;
