-- SPDX-License-Identifier: GPL-2.0-or-later
-- In which orders are locks acquired, by the last analysis?
-- Parameters: none.
-- Columns: verdict, context, held class, owner, function, acquired class,
-- owner, function, file, line, holder, id.
-- Order: verdict, held class, acquired class, file, line, id.
SELECT verdict, context, held_class, held_owner, held_function,
       acquired_class, acquired_owner, acquired_function, acquired_file,
       acquired_line, holder_function, id
FROM ordering
WHERE result = (SELECT max(id) FROM result)
ORDER BY verdict, held_class, acquired_class, acquired_file, acquired_line, id;
