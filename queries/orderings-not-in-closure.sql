-- SPDX-License-Identifier: GPL-2.0-or-later
-- Which orderings of the last analysis does reachability alone not allow?
-- There must be none: the holder of each reaches an acquisition of both classes
-- (see closure), or one of the two derivations is wrong.  What another
-- CPU runs, and a fault on a guest's memory, are no calls: orderings of which the
-- witness passes one are left out.
-- Parameters: none.
-- Columns: ordering, class held, class acquired, holder.
-- Order: ordering.
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
)
SELECT id, held_class, acquired_class, holder_function
FROM ordering
WHERE result = (SELECT max(id) FROM result)
  AND ((holder_function, held_class) NOT IN (SELECT * FROM reaches)
       OR (holder_function, acquired_class) NOT IN (SELECT * FROM reaches))
  AND NOT EXISTS (
	SELECT 1 FROM witness_step
	WHERE witness_step.result = ordering.result
	  AND witness_step.ordering = ordering.id
	  AND via IN ('fault on guest memory', 'another CPU, waited for'))
ORDER BY id;
