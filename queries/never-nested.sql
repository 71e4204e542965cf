-- SPDX-License-Identifier: GPL-2.0-or-later
-- Which two lock classes are never held at once, by the last analysis?
-- Parameters: none.
-- Columns: the class with the lower level, the other one, number of functions
-- that reach an acquisition of each.
-- Order: levels, then names, of both.
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
nested AS MATERIALIZED (
	SELECT DISTINCT held_class, acquired_class FROM ordering
	WHERE result = (SELECT max(id) FROM result)
)
SELECT low.name AS class, high.name AS other,
       (SELECT count(*) FROM acquires AS a JOIN acquires AS b USING (function)
        WHERE a.class = low.name AND b.class = high.name) AS functions
FROM lock_class AS low
JOIN lock_class AS high
  ON (low.level, low.name) < (high.level, high.name)
WHERE EXISTS (SELECT * FROM result)
  AND (low.name, high.name) NOT IN (SELECT * FROM nested)
  AND (high.name, low.name) NOT IN (SELECT * FROM nested)
ORDER BY low.level, low.name, high.level, high.name;
