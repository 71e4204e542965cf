-- SPDX-License-Identifier: GPL-2.0-or-later
-- Which pairs of classes are reachable but in no ordering of the last analysis?
-- Approximation: see closure; each pair here is one that guards, releases or
-- call paths exclude, or one that the analysis missed.
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
WHERE NOT EXISTS (SELECT * FROM ordering
                  WHERE result = (SELECT max(id) FROM result)
                    AND held_class = held AND acquired_class = acquired)
ORDER BY h.level, a.level, held, acquired;
