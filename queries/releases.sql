-- SPDX-License-Identifier: GPL-2.0-or-later
-- Where are locks released, and which field is the lock?
-- Parameters: none.
-- Columns: function, file, line, mode, the lock's field, class if it is told.
-- Order: file, function, line, call.
SELECT display AS function, function_place.file, site.line, site.mode,
       field_name.name AS field, site.class
FROM lock_site AS site
JOIN function_place ON function_place.id = site.function
LEFT JOIN field_name ON field_name.id = site.field
WHERE site.operation = 'release'
ORDER BY function_place.file, display, site.line, site.call, field_name.name;
