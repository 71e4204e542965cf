-- SPDX-License-Identifier: GPL-2.0-or-later
-- What do the last analyses of two databases differ in?
-- The newer one is the database itself, the older one is attached (--other).
-- Parameters: none.
-- Columns: what (finding, ordering, assumption), change (added, removed,
-- changed), verdict or severity before and after, a description, file, line, id.
-- Order: what, change, file, line, id.
WITH
newer (what, id, state, worlds, text, file, line) AS (
	SELECT 'ordering', id, verdict, worlds,
	       held_class || ' of ' || held_owner || ', then ' ||
	       acquired_class || ' of ' || acquired_owner || ', in ' ||
	       holder_function, acquired_file, acquired_line
	FROM main.ordering WHERE result = (SELECT max(id) FROM main.result)
	UNION ALL
	SELECT 'finding', id, severity, worlds, message, file, line
	FROM main.finding WHERE result = (SELECT max(id) FROM main.result)
	UNION ALL
	SELECT 'assumption', id, kind, '', what, file, line
	FROM main.assumption WHERE result = (SELECT max(id) FROM main.result)
),
older (what, id, state, worlds, text, file, line) AS (
	SELECT 'ordering', id, verdict, worlds,
	       held_class || ' of ' || held_owner || ', then ' ||
	       acquired_class || ' of ' || acquired_owner || ', in ' ||
	       holder_function, acquired_file, acquired_line
	FROM other.ordering WHERE result = (SELECT max(id) FROM other.result)
	UNION ALL
	SELECT 'finding', id, severity, worlds, message, file, line
	FROM other.finding WHERE result = (SELECT max(id) FROM other.result)
	UNION ALL
	SELECT 'assumption', id, kind, '', what, file, line
	FROM other.assumption WHERE result = (SELECT max(id) FROM other.result)
)
SELECT newer.what,
       CASE WHEN older.id IS NULL THEN 'added' ELSE 'changed' END AS change,
       coalesce(older.state, '') AS before, newer.state AS after,
       newer.text, newer.file, newer.line, newer.id
FROM newer LEFT JOIN older USING (what, id)
WHERE older.id IS NULL OR older.state <> newer.state
   OR older.worlds <> newer.worlds
UNION ALL
SELECT what, 'removed', state, '', text, file, line, id
FROM older WHERE (what, id) NOT IN (SELECT what, id FROM newer)
ORDER BY 1, 2, 6, 7, 8;
