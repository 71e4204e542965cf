-- SPDX-License-Identifier: GPL-2.0-or-later
-- What does each call through a pointer go through, and how many targets has it?
-- Parameters: none.
-- Columns: function, file, line, kind, expression, fields and variables that
-- the pointer comes from, state (closed, outside, open), number of targets,
-- number of functions whose address is taken and whose type fits.
-- Order: file, line, function, call.
WITH
of_type AS MATERIALIZED (
	SELECT type, count(*) AS nr FROM function
	WHERE is_address_taken GROUP BY type
),
slot AS (
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
       state,
       (SELECT count(*) FROM call_target
        WHERE call_target.call = call.id) AS targets,
       coalesce((SELECT nr FROM of_type
                 WHERE of_type.type = call.type), 0) AS by_type
FROM indirect_call
JOIN call ON call.id = indirect_call.call
JOIN function_place ON function_place.id = call.function
ORDER BY function_place.file, call.line, display, call.id;
