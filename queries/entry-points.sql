-- SPDX-License-Identifier: GPL-2.0-or-later
-- Where may control enter, other than by a call that C code names?
-- After check: the functions from which the last analysis started, which are
-- those that can take an mm lock.  Before: all whose name assembly has, and
-- those that nothing calls by name while their address is taken.
-- Parameters: none.
-- Columns: kind, context, function, file, line, reason.
-- Order: kind, file, line, function.
WITH entry AS (
	SELECT json_extract(value, '$.kind') AS kind,
	       json_extract(value, '$.context') AS context,
	       json_extract(value, '$.function') AS function,
	       json_extract(value, '$.file') AS file,
	       json_extract(value, '$.line') AS line,
	       json_extract(value, '$.reason') AS reason
	FROM json_each((SELECT json FROM result ORDER BY id DESC LIMIT 1),
	               '$.entry_points')
	UNION ALL
	SELECT 'assembly', '', function_place.display, function_place.file,
	       function_place.line,
	       'named at ' || min(asm_symbol.file || ':' || asm_symbol.line)
	FROM asm_symbol
	JOIN function ON function.name = asm_symbol.name
	JOIN function_place ON function_place.id = function.id
	WHERE function.has_body AND NOT function.is_static
	  AND NOT EXISTS (SELECT * FROM result)
	GROUP BY function.id
	UNION ALL
	SELECT 'address', '', function_place.display, function_place.file,
	       function_place.line,
	       'its address is taken at ' ||
	       min(user.file || ':' || address_taken.line)
	FROM address_taken
	JOIN function ON function.id = address_taken.function
	JOIN function_place ON function_place.id = function.id
	JOIN function_place AS user ON user.id = address_taken.user
	WHERE function.has_body
	  AND function.id NOT IN (SELECT callee FROM call
	                          WHERE callee IS NOT NULL)
	  AND NOT EXISTS (SELECT * FROM result)
	GROUP BY function.id
)
SELECT kind, context, function, file, line, reason
FROM entry
ORDER BY kind, file, line, function;
