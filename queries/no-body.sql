-- SPDX-License-Identifier: GPL-2.0-or-later
-- Which functions are called but have no body in the tree?
-- Parameters: none.
-- Columns: function, number of call sites, one caller.
-- Order: call sites, most first, function.
SELECT callee.display AS function, count(*) AS calls,
       min(caller.display) AS caller
FROM call
JOIN function AS callee ON callee.id = call.callee
JOIN function AS caller ON caller.id = call.function
WHERE NOT callee.has_body
GROUP BY callee.id
ORDER BY calls DESC, callee.display;
