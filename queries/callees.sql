-- SPDX-License-Identifier: GPL-2.0-or-later
-- What does a function call?
-- Parameters: name, as in the source or as displayed.
-- Columns: the function, line, what is called as an expression, target (empty:
-- none known), kind of call or what makes it a target.
-- Order: function, line, call, target.
SELECT caller.display AS function, call.line, call.text AS call,
       callee.display AS target, ifnull(reason, call.kind) AS kind
FROM function AS caller
JOIN call ON call.function = caller.id
LEFT JOIN call_edge ON call_edge.call = call.id
LEFT JOIN function AS callee ON callee.id = call_edge.callee
WHERE caller.name = :name OR caller.display = :name
ORDER BY caller.display, call.line, call.id, callee.display;
