-- SPDX-License-Identifier: GPL-2.0-or-later
-- Where are most mm locks held at once?
-- Parameters: none.
-- Columns: locks held after the acquisition, their classes (those of the lockset,
-- then the acquired one), function, file, line, context, number of orderings
-- that say so, id of one.
-- Order: number of locks, most first, classes, file, line, function, context.
WITH
acquired AS MATERIALIZED (
	SELECT value ->> '$.id' AS id, value -> '$.lockset' AS lockset
	FROM result, json_each(result.json, '$.orderings')
	WHERE result.id = (SELECT max(id) FROM result)
),
named AS (
	SELECT ordering.*, json_array_length(lockset) + 1 AS locks,
	       (SELECT group_concat(value ->> '$.class', ' ')
	        FROM json_each(lockset)) || ' ' || acquired_class AS classes
	FROM acquired JOIN ordering ON ordering.id = acquired.id
	WHERE result = (SELECT max(id) FROM result) AND verdict <> 'recursive'
)
SELECT locks, classes, acquired_function AS function, acquired_file AS file,
       acquired_line AS line, context, count(*) AS orderings,
       min(id) AS one_of_them
FROM named
GROUP BY locks, classes, acquired_file, acquired_line, acquired_function,
         context
ORDER BY locks DESC, classes, acquired_file, acquired_line,
         acquired_function, context;
