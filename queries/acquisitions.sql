-- SPDX-License-Identifier: GPL-2.0-or-later
-- Where is each lock class acquired?
-- Parameters: none.
-- Columns: class, its level, mode, function, file, line, the call.
-- Order: level, function, line, call.
SELECT site.class, lock_class.level, site.mode, display AS function,
       function_place.file, site.line, call.text AS call
FROM lock_site AS site
JOIN lock_class ON lock_class.name = site.class
JOIN function_place ON function_place.id = site.function
JOIN call ON call.id = site.call
WHERE site.operation IN ('acquire', 'try', 'hold')
ORDER BY level, display, site.line, site.call, site.mode;
