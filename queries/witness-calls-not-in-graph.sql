-- SPDX-License-Identifier: GPL-2.0-or-later
-- Which calls on witnesses of the last analysis does the call graph not have?
-- There must be none, or the facts stem from another version of the program:
-- extract writes the call graph, which check derives anew.  What another CPU
-- runs, and a fault on a guest's memory, are no calls.
-- Parameters: none.
-- Columns: ordering, position on its witness, caller, line, callee.
-- Order: ordering, position.
WITH edge (caller, callee) AS MATERIALIZED (
	SELECT DISTINCT f.display, g.display
	FROM call_edge
	JOIN function AS f ON f.id = call_edge.caller
	JOIN function AS g ON g.id = call_edge.callee
)
SELECT step.ordering, step.position, step.function AS caller, step.line,
       next.function AS callee
FROM witness_step AS step
JOIN witness_step AS next
  ON next.result = step.result AND next.ordering = step.ordering
 AND next.position = step.position + 1
WHERE step.result = (SELECT max(id) FROM result)
  AND step.event IN ('call', 'indirect-call')
  AND coalesce(step.via, '') NOT IN ('fault on guest memory',
				     'another CPU, waited for')
  AND (step.function, next.function) NOT IN (SELECT * FROM edge)
ORDER BY step.ordering, step.position;
