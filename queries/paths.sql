-- SPDX-License-Identifier: GPL-2.0-or-later
-- By which calls does one function reach another, and what do those on the way acquire?
-- Approximation: the first 20,000 beginnings of paths are followed, short ones
-- first, and the 200 shortest paths shown.  What a function acquires, or by the
-- last analysis gets from a callee, counts if its line is not after the call's,
-- whether or not it is released before.
-- Parameters: from, to (names of functions).
-- Columns: number of calls, classes acquired on the way, by function, the path:
-- each function with the line of its last call of the next one.
-- Order: number of calls, path.
WITH RECURSIVE
target (function) AS (
	SELECT id FROM function WHERE name = :to OR display = :to
),
all_edges AS MATERIALIZED (
	SELECT call_edge.caller, call_edge.callee, max(call.line) AS line
	FROM call_edge JOIN call ON call.id = call_edge.call
	GROUP BY call_edge.caller, call_edge.callee
),
reaches (function) AS (
	SELECT function FROM target
	UNION
	SELECT caller
	FROM reaches JOIN all_edges ON all_edges.callee = reaches.function
),
site AS MATERIALIZED (
	SELECT function, line, class FROM lock_site
	WHERE class IS NOT NULL
	  AND operation IN ('acquire', 'try', 'check', 'hold')
	UNION
	SELECT function.id, holder_line, held_class
	FROM (SELECT DISTINCT holder_function, holder_line, held_class
	      FROM ordering WHERE result = (SELECT max(id) FROM result)
	        AND held_function <> holder_function)
	CROSS JOIN function ON display = holder_function
	ORDER BY 1, 2, 3
),
edge AS MATERIALIZED (
	SELECT caller, callee, line,
	       coalesce((SELECT group_concat(DISTINCT class) || ',' FROM site
	                 WHERE site.function = caller
	                   AND site.line <= all_edges.line), '') AS locks
	FROM all_edges
	WHERE callee IN (SELECT function FROM reaches)
	  AND caller IN (SELECT function FROM reaches)
	  AND caller NOT IN (SELECT function FROM target)
),
path (calls, last, passed, locks, text) AS (
	SELECT 0, id, '/' || id || '/', '', ''
	FROM function
	WHERE (name = :from OR display = :from)
	  AND id IN (SELECT function FROM reaches)
	UNION ALL
	SELECT calls + 1, edge.callee, passed || edge.callee || '/',
	       path.locks || edge.locks,
	       text || display || ':' || edge.line || ' > '
	FROM path
	JOIN edge ON edge.caller = path.last
	JOIN function ON function.id = edge.caller
	WHERE instr(passed, '/' || edge.callee || '/') = 0
	ORDER BY 1
	LIMIT 20000
)
SELECT calls, replace(rtrim(locks, ','), ',', ' ') AS locks, text || display AS path
FROM path JOIN function ON function.id = path.last
WHERE path.last IN (SELECT function FROM target)
ORDER BY calls, path
LIMIT 200;
