-- SPDX-License-Identifier: GPL-2.0-or-later
-- On what does a function branch?
-- Parameters: name, as in the source or as displayed.
-- Columns: the function, line, kind, condition, macro it comes from.
-- Order: function, line, node.
SELECT display AS function, condition.line, condition.kind, condition.text,
       string.text AS macro
FROM function
JOIN condition ON condition.function = function.id
LEFT JOIN string ON string.id = condition.macro
WHERE function.name = :name OR display = :name
ORDER BY display, condition.line, condition.node;
