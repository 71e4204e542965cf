-- SPDX-License-Identifier: GPL-2.0-or-later
-- Who calls a function?
-- Parameters: name, as in the source or as displayed.
-- Columns: the function, caller, file, line, kind of call or, of an indirect
-- one, what makes the function a target (flow, or its type alone).
-- Order: function, file, line, caller, call.
SELECT callee.display AS function, caller.display AS caller, caller.file,
       call.line, reason AS kind
FROM function AS callee
JOIN call_edge ON call_edge.callee = callee.id
JOIN call ON call.id = call_edge.call
JOIN function_place AS caller ON caller.id = call_edge.caller
WHERE callee.name = :name OR callee.display = :name
ORDER BY callee.display, caller.file, call.line, caller.display, call.id;
