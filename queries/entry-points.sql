-- SPDX-License-Identifier: GPL-2.0-or-later
-- Where may control enter, other than by a call that C code names?
-- Parameters: none.
-- Columns: function, file, line, why (assembly names it, or its address is
-- taken and nothing calls it by name), where that is seen first.
-- Order: why, function.
WITH entry AS (
	SELECT function.id, 'assembly' AS why,
	       min(asm_symbol.file || ':' || asm_symbol.line) AS seen
	FROM asm_symbol JOIN function ON function.name = asm_symbol.name
	WHERE function.has_body AND NOT function.is_static
	GROUP BY function.id
	UNION ALL
	SELECT function.id, 'address',
	       min(user.file || ':' || address_taken.line)
	FROM address_taken
	JOIN function ON function.id = address_taken.function
	JOIN function_place AS user ON user.id = address_taken.user
	WHERE function.has_body
	  AND function.id NOT IN (SELECT callee FROM call
	                          WHERE callee IS NOT NULL)
	GROUP BY function.id
)
SELECT display AS function, function_place.file, line, why, seen
FROM entry JOIN function_place ON function_place.id = entry.id
ORDER BY why DESC, display;
