-- SPDX-License-Identifier: GPL-2.0-or-later
-- Who acquires a lock class, and how many functions reach that by calls?
-- Parameters: class.
-- Columns: function, file, line, operation, mode, the call, number of functions
-- that reach the site by calls.
-- Order: file, line, function, call, mode.
WITH RECURSIVE
site AS MATERIALIZED (
	SELECT call, function, line, operation, mode FROM lock_site
	WHERE class = :class
	  AND operation IN ('acquire', 'try', 'check', 'hold')
),
edge AS MATERIALIZED (
	SELECT DISTINCT callee, caller FROM call_edge
),
above (start, function) AS (
	SELECT DISTINCT function, function FROM site
	UNION
	SELECT start, caller
	FROM above JOIN edge ON edge.callee = above.function
)
SELECT display AS function, function_place.file, site.line, site.operation,
       site.mode, call.text AS call,
       (SELECT count(*) - 1 FROM above WHERE start = site.function) AS reached_by
FROM site
JOIN function_place ON function_place.id = site.function
JOIN call ON call.id = site.call
ORDER BY function_place.file, site.line, display, site.call, site.mode;
