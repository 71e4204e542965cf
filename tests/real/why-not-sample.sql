-- SPDX-License-Identifier: GPL-2.0-or-later
-- Triples that docs/why-not.md draws from: a function that holds a lock of the
-- one class in some ordering of the last analysis, reaches an acquisition of the
-- other by calls alone, and is the holder of no ordering of the two.
WITH RECURSIVE
acquires (function, class) AS (
	SELECT function, class FROM lock_site
	WHERE class IS NOT NULL AND operation IN ('acquire', 'try', 'check', 'hold')
	UNION
	SELECT caller, class
	FROM acquires JOIN call_edge ON call_edge.callee = acquires.function
),
reaches AS MATERIALIZED (
	SELECT DISTINCT display, class
	FROM acquires JOIN function ON function.id = acquires.function
),
last AS MATERIALIZED (
	SELECT held_class, acquired_class, holder_function FROM ordering
	WHERE result = (SELECT max(id) FROM result)
)
SELECT DISTINCT held_class, class, holder_function
FROM last JOIN reaches ON display = holder_function
WHERE NOT EXISTS (SELECT * FROM last AS other
                  WHERE other.holder_function = last.holder_function
                    AND other.held_class = last.held_class
                    AND other.acquired_class = class)
ORDER BY held_class, class, holder_function;
