-- SPDX-License-Identifier: GPL-2.0-or-later
-- What does each call through a pointer go through, and how many targets has it?
-- Parameters: none.
-- Columns: function, file, line, kind, expression, fields and variables that
-- the pointer comes from, number of targets by flow and by type alone.
-- Order: file, line, function, call.
WITH slot AS (
	SELECT DISTINCT target AS call,
	       coalesce(field_name.name, global.name, source_kind) AS name
	FROM pointer_flow
	LEFT JOIN field_name
	  ON source_kind = 'field' AND field_name.id = source
	LEFT JOIN global ON source_kind = 'global' AND global.id = source
	WHERE target_kind = 'call'
	ORDER BY call, name
)
SELECT display AS function, function_place.file, call.line, call.kind,
       call.text AS call,
       (SELECT group_concat(name, ' ') FROM slot
        WHERE slot.call = call.id) AS slot,
       (SELECT count(*) FROM call_target
        WHERE call_target.call = call.id AND reason = 'flow') AS by_flow,
       (SELECT count(*) FROM call_target
        WHERE call_target.call = call.id AND reason = 'type') AS by_type
FROM call JOIN function_place ON function_place.id = call.function
WHERE call.callee IS NULL
ORDER BY function_place.file, call.line, display, call.id;
