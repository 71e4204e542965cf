-- SPDX-License-Identifier: GPL-2.0-or-later
-- How well are calls through pointers known, near mm locks and elsewhere?
-- Near: in functions that can reach an acquisition.
-- Parameters: none.
-- Columns: can the caller reach an mm lock, number of call sites, of closed
-- ones (of which the code is not in the tree), of open ones, mean and greatest
-- number of targets of closed ones, mean number of functions by type alone.
-- Order: those that can reach a lock first.
WITH RECURSIVE
of_type AS MATERIALIZED (
	SELECT type, count(*) AS nr FROM function
	WHERE is_address_taken GROUP BY type
),
acquires (function) AS (
	SELECT function FROM lock_site
	WHERE class IS NOT NULL AND operation IN ('acquire', 'try', 'check', 'hold')
	UNION
	SELECT caller
	FROM acquires JOIN call_edge ON call_edge.callee = acquires.function
),
site AS (
	SELECT call.function IN (SELECT function FROM acquires) AS reaches_lock,
	       state,
	       (SELECT count(*) FROM call_target
	        WHERE call_target.call = call.id) AS targets,
	       coalesce((SELECT nr FROM of_type
	                 WHERE of_type.type = call.type), 0) AS by_type
	FROM indirect_call JOIN call ON call.id = indirect_call.call
)
SELECT reaches_lock, count(*) AS sites,
       sum(state <> 'open') AS closed, sum(state = 'outside') AS outside,
       sum(state = 'open') AS open,
       round(avg(targets) FILTER (WHERE state <> 'open'), 2) AS mean_targets,
       max(targets) FILTER (WHERE state <> 'open') AS most_targets,
       round(avg(by_type), 2) AS mean_by_type
FROM site GROUP BY reaches_lock ORDER BY reaches_lock DESC;
