-- SPDX-License-Identifier: GPL-2.0-or-later
-- Which lock classes are there, and how often is each acquired?
-- Parameters: none.
-- Columns: class, level, form, file, line, sites that acquire it.
-- Order: level, class.
SELECT name AS class, level, form, file, line,
       (SELECT count(DISTINCT call) FROM lock_site
        WHERE class = lock_class.name
          AND operation IN ('acquire', 'try', 'hold')) AS sites
FROM lock_class
ORDER BY level, name;
