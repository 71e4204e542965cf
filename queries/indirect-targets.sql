-- SPDX-License-Identifier: GPL-2.0-or-later
-- Which functions may a field or variable make a call go to?
-- Parameters: slot, as in "p2m_domain.set_entry" or the variable's name.
-- Columns: slot, target, its file and line, what makes it one.
-- Order: slot, target, reason.
WITH place AS (
	SELECT 'field' AS kind, id, name FROM field_name
	WHERE name = :slot
	UNION ALL
	SELECT 'global', id, key FROM global WHERE name = :slot OR key = :slot
)
SELECT DISTINCT place.name AS slot, display AS target, function_place.file,
       function_place.line, reason
FROM place
JOIN pointer_flow ON source_kind = kind AND source = place.id
 AND target_kind = 'call'
JOIN call_target ON call_target.call = pointer_flow.target
JOIN function_place ON function_place.id = call_target.function
ORDER BY slot, display, reason;
