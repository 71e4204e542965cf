-- SPDX-License-Identifier: GPL-2.0-or-later
-- Which classes could be acquired while which is held, by reachability alone?
-- Approximation: a pair counts if one function reaches an acquisition of each,
-- in whatever order and whether or not the first is still held.  This
-- over-reports; an ordering that the analysis finds must be among the pairs.
-- Parameters: none.
-- Columns: class held, class acquired, number of functions that reach both.
-- Order: levels, then names, of the class held and of the one acquired.
WITH RECURSIVE
acquires (function, class) AS (
	SELECT function, class FROM lock_site
	WHERE class IS NOT NULL AND operation IN ('acquire', 'try', 'check', 'hold')
	UNION
	SELECT caller, class
	FROM acquires JOIN call_edge ON call_edge.callee = acquires.function
),
pair AS (
	SELECT held.class AS held, acquired.class AS acquired,
	       count(*) AS functions
	FROM acquires AS held JOIN acquires AS acquired USING (function)
	GROUP BY held.class, acquired.class
)
SELECT held, acquired, functions
FROM pair
JOIN lock_class AS h ON h.name = held
JOIN lock_class AS a ON a.name = acquired
ORDER BY h.level, a.level, held, acquired;
