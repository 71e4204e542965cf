-- SPDX-License-Identifier: GPL-2.0-or-later
-- Which callers of a function may hold a lock class when they call it?
-- Approximation: a function counts as a holder from the line of its acquisition
-- to its end, or from the call through which, by the last analysis, a lock came
-- to be held.  A release in between is not looked for: this over-reports.  A
-- callee that returns with a lock is known from the analysis only, and only if
-- something is acquired under that lock.
-- Parameters: name (of the function called), class.
-- Columns: function, caller, file, line of the call, since which line the caller
-- itself holds the class (or NULL), number of other functions that hold it while
-- they call the caller, directly or through others, and one of them.
-- Order: function, file, line, caller.
WITH RECURSIVE
edge AS MATERIALIZED (
	SELECT call_edge.callee, call_edge.caller, max(call.line) AS line
	FROM call_edge JOIN call ON call.id = call_edge.call
	GROUP BY call_edge.callee, call_edge.caller
),
wanted (function) AS (
	SELECT id FROM function WHERE name = :name OR display = :name
),
reaches (function) AS (
	SELECT function FROM wanted
	UNION
	SELECT caller FROM reaches JOIN edge ON edge.callee = reaches.function
),
way AS MATERIALIZED (
	SELECT caller, callee, line FROM edge
	WHERE callee IN (SELECT function FROM reaches)
	  AND callee NOT IN (SELECT function FROM wanted)
),
held (function, line) AS (
	SELECT function, line FROM lock_site
	WHERE class = :class AND operation IN ('acquire', 'try', 'hold')
	UNION ALL
	SELECT function.id, since
	FROM (SELECT holder_function, min(holder_line) AS since FROM ordering
	      WHERE result = (SELECT max(id) FROM result)
	        AND held_class = :class
	      GROUP BY holder_function)
	CROSS JOIN function ON display = holder_function
),
holder AS MATERIALIZED (
	SELECT function, min(line) AS line FROM held GROUP BY function
),
site AS MATERIALIZED (
	SELECT DISTINCT call_edge.callee, call_edge.caller, call.line
	FROM call_edge JOIN call ON call.id = call_edge.call
	WHERE call_edge.callee IN (SELECT function FROM wanted)
),
start AS MATERIALIZED (
	SELECT DISTINCT caller FROM site
),
way_up (start, function) AS (
	SELECT caller, caller FROM start
	UNION
	SELECT start, way.caller
	FROM way_up CROSS JOIN way ON way.callee = way_up.function
),
from_holder AS MATERIALIZED (
	SELECT holder.function AS holder, way.callee
	FROM holder JOIN way ON way.caller = holder.function
	 AND way.line >= holder.line
),
above AS MATERIALIZED (
	SELECT start, count(DISTINCT holder) AS nr, min(display) AS example
	FROM from_holder
	CROSS JOIN way_up ON way_up.function = from_holder.callee
	JOIN function ON function.id = holder
	WHERE holder <> start
	GROUP BY start
)
SELECT callee.display AS function, caller.display AS caller, caller.file,
       site.line, holder.line AS since_line, coalesce(nr, 0) AS holders_above,
       coalesce(example, '') AS one_of_them
FROM site
JOIN function AS callee ON callee.id = site.callee
JOIN function_place AS caller ON caller.id = site.caller
LEFT JOIN holder ON holder.function = site.caller AND holder.line <= site.line
LEFT JOIN above ON above.start = site.caller
WHERE holder.line IS NOT NULL OR nr > 0
ORDER BY callee.display, caller.file, site.line, caller.display;
