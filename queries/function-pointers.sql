-- SPDX-License-Identifier: GPL-2.0-or-later
-- Which functions are stored to which fields and variables?
-- Parameters: none.
-- Columns: field or variable, function, stored by (its initialiser or a
-- function), file, line.
-- Order: field or variable, function, file, line, id.
SELECT coalesce(field_name.name, global.key) AS slot, value.display AS function,
       user.display AS stored_by, user.file, function_store.line
FROM function_store
JOIN function AS value ON value.id = function_store.value
JOIN function_place AS user ON user.id = function_store.function
LEFT JOIN field_name
  ON function_store.kind = 'field' AND field_name.id = function_store.target
LEFT JOIN global
  ON function_store.kind = 'global' AND global.id = function_store.target
ORDER BY slot, value.display, user.file, function_store.line,
         function_store.id;
