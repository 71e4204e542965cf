-- SPDX-License-Identifier: GPL-2.0-or-later
-- How often does each file acquire each lock class?
-- Parameters: none.
-- Columns: file, class, its level, sites, functions that have one.
-- Order: file, level, class.
SELECT function_place.file, site.class, level,
       count(DISTINCT site.call) AS sites,
       count(DISTINCT site.function) AS functions
FROM lock_site AS site
JOIN lock_class ON lock_class.name = site.class
JOIN function_place ON function_place.id = site.function
WHERE site.operation IN ('acquire', 'try', 'check', 'hold')
GROUP BY function_place.file, site.class
ORDER BY function_place.file, level, site.class;
