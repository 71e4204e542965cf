-- SPDX-License-Identifier: GPL-2.0-or-later
-- Which calls through a pointer have no target that any flow leads to?
-- Parameters: none.
-- Columns: function, file, line, kind, expression, number of functions whose
-- type fits.
-- Order: file, line, function, call.
SELECT display AS function, function_place.file, call.line, call.kind,
       call.text AS call,
       (SELECT count(*) FROM call_target
        WHERE call_target.call = call.id) AS by_type
FROM call JOIN function_place ON function_place.id = call.function
WHERE call.callee IS NULL
  AND NOT EXISTS (SELECT * FROM call_target
                  WHERE call_target.call = call.id AND reason = 'flow')
ORDER BY function_place.file, call.line, display, call.id;
