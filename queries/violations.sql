-- SPDX-License-Identifier: GPL-2.0-or-later
-- Which orderings break the rule, by the last analysis?
-- Parameters: none.
-- Columns: verdict, context, held class and level, level in force, acquired
-- class and level needed, where, holder, worlds, id.
-- Order: violations first, file, line, id.
SELECT verdict, context, held_class, held_level, level_in_force,
       acquired_class, needed_level, acquired_function, acquired_file,
       acquired_line, holder_function, worlds, id
FROM ordering
WHERE result = (SELECT max(id) FROM result)
  AND verdict IN ('violation', 'conditional')
ORDER BY verdict DESC, acquired_file, acquired_line, id;
