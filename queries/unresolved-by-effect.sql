-- SPDX-License-Identifier: GPL-2.0-or-later
-- Which calls are not followed, and which lock classes could they acquire?
-- Calls through pointers with an open set of targets (judged by all functions
-- whose type fits), calls to code outside the tree, and callees without a body;
-- of the last two nothing is known, and the classes are empty.
-- Parameters: none.
-- Columns: state (open, outside, no-body), function, file, line, the call, number
-- of functions it may go to, classes that these reach.
-- Order: number of classes, most first, state, file, line, function, call.
WITH RECURSIVE
edge AS MATERIALIZED (
	SELECT DISTINCT callee, caller FROM call_edge
),
acquires (function, class) AS (
	SELECT function, class FROM lock_site
	WHERE class IS NOT NULL
	  AND operation IN ('acquire', 'try', 'check', 'hold')
	UNION
	SELECT caller, class
	FROM acquires JOIN edge ON edge.callee = acquires.function
),
effect AS (
	SELECT call, count(DISTINCT class) AS nr,
	       group_concat(DISTINCT class) AS classes
	FROM (SELECT call_target.call, class
	      FROM call_target
	      JOIN indirect_call USING (call)
	      JOIN acquires ON acquires.function = call_target.function
	      JOIN lock_class ON lock_class.name = class
	      WHERE state = 'open'
	      ORDER BY level)
	GROUP BY call
),
unresolved AS (
	SELECT call, state FROM indirect_call WHERE state <> 'closed'
	UNION ALL
	SELECT call.id, 'no-body'
	FROM call JOIN function ON function.id = call.callee
	WHERE NOT has_body
)
SELECT state, display AS function, function_place.file, call.line,
       call.text AS call,
       (SELECT count(*) FROM call_target
        WHERE call_target.call = call.id) AS targets,
       coalesce(classes, '') AS classes
FROM unresolved
JOIN call ON call.id = unresolved.call
JOIN function_place ON function_place.id = call.function
LEFT JOIN effect ON effect.call = unresolved.call
ORDER BY coalesce(nr, 0) DESC, state, function_place.file, call.line, display,
         call.id;
