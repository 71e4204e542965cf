-- SPDX-License-Identifier: GPL-2.0-or-later
-- Which functions return with a lock held?
-- What the last analysis saw: a lock that a function acquires is held in one of
-- its callers when that acquires another one.  And what the text suggests: a
-- function that acquires a class and has no release that may be of it.
-- Approximation: by text, a release in a callee is not seen, which over-reports,
-- and one whose class is not told may be of any; the analysis tells only of locks
-- under which another one is acquired.
-- Parameters: none.
-- Columns: function, class, how it is known (analysis, text), number of functions
-- that hold the lock after it, one of them.
-- Order: class, function, how.
WITH
seen (function, class, how, holders, holder) AS (
	SELECT held_function, held_class, 'analysis',
	       count(DISTINCT holder_function), min(holder_function)
	FROM ordering
	WHERE result = (SELECT max(id) FROM result)
	  AND held_function <> holder_function
	GROUP BY held_function, held_class
),
site AS MATERIALIZED (
	SELECT function, class, operation, field FROM lock_site
),
suggested (function, class, how, holders, holder) AS (
	SELECT DISTINCT display, class, 'text', 0, ''
	FROM site JOIN function ON function.id = site.function
	WHERE operation IN ('acquire', 'try') AND class IS NOT NULL
	  AND NOT EXISTS (SELECT * FROM site AS release
	                  WHERE release.function = site.function
	                    AND (release.class = site.class OR
	                         release.field = site.field OR
	                         release.class IS NULL)
	                    AND release.operation = 'release')
	  AND (display, class) NOT IN (SELECT function, class FROM seen)
)
SELECT * FROM seen UNION ALL SELECT * FROM suggested
ORDER BY class, function, how;
