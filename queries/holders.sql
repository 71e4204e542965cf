-- SPDX-License-Identifier: GPL-2.0-or-later
-- Which functions acquire one class and call something that can reach another?
-- For "why is there no such ordering": each row is excluded by a guard, a
-- release in between, or targets that the call has not.
-- Parameters: held, acquired (class names).
-- Columns: function, file, line of the acquisition, line of the call, callee
-- through which the other class can be reached.
-- Order: function, both lines, callee.
WITH RECURSIVE
reaches (function) AS (
	SELECT function FROM lock_site
	WHERE class = :acquired
	  AND operation IN ('acquire', 'try', 'check', 'hold')
	UNION
	SELECT caller
	FROM reaches JOIN call_edge ON call_edge.callee = reaches.function
)
SELECT DISTINCT holder.display AS function, holder.file, site.line AS held_line,
       call.line AS call_line, callee.display AS callee
FROM lock_site AS site
JOIN function_place AS holder ON holder.id = site.function
JOIN call ON call.function = site.function AND call.line >= site.line
 AND call.id <> site.call
JOIN call_edge ON call_edge.call = call.id
JOIN function AS callee ON callee.id = call_edge.callee
WHERE site.class = :held AND site.operation IN ('acquire', 'try', 'hold')
  AND callee.id IN (SELECT function FROM reaches)
ORDER BY holder.display, held_line, call_line, callee.display;
