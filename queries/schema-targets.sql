-- SPDX-License-Identifier: GPL-2.0-or-later
-- Fills call_target: follows the addresses of functions through pointer_flow.
--
-- Approximation: what an indirect call passes is taken to reach the same
-- parameter of every function whose address is taken and whose type fits;
-- where the place called through is open, or nothing gets there, every such
-- function of the call's type is a target.  Both over-report.
INSERT INTO call_target
WITH RECURSIVE
candidate AS MATERIALIZED (
	SELECT id, type FROM function
	WHERE is_address_taken OR id IN (SELECT function FROM address_taken)
),
step AS MATERIALIZED (
	SELECT source_kind, source, source_position,
	       target_kind, target, target_position
	FROM pointer_flow
	WHERE source_kind NOT IN ('function', 'unknown')
	  AND target_kind <> 'argument'
	UNION
	SELECT source_kind, source, source_position,
	       'parameter', callee, target_position
	FROM pointer_flow JOIN call ON call.id = target
	WHERE target_kind = 'argument' AND callee IS NOT NULL
	  AND source_kind NOT IN ('function', 'unknown')
	UNION
	SELECT source_kind, source, source_position,
	       'parameter', candidate.id, target_position
	FROM pointer_flow JOIN call ON call.id = target
	JOIN candidate USING (type)
	WHERE target_kind = 'argument' AND callee IS NULL
	  AND source_kind NOT IN ('function', 'unknown')
),
start AS (
	SELECT target_kind AS kind, target AS id, target_position AS position,
	       source AS function
	FROM pointer_flow
	WHERE source_kind = 'function' AND target_kind <> 'argument'
	UNION
	SELECT 'parameter', callee, target_position, source
	FROM pointer_flow JOIN call ON call.id = target
	WHERE target_kind = 'argument' AND callee IS NOT NULL
	  AND source_kind = 'function'
	UNION
	SELECT 'parameter', candidate.id, target_position, source
	FROM pointer_flow JOIN call ON call.id = target
	JOIN candidate USING (type)
	WHERE target_kind = 'argument' AND callee IS NULL
	  AND source_kind = 'function'
),
reach (kind, id, position, function) AS (
	SELECT kind, id, position, function FROM start
	UNION
	SELECT target_kind, target, target_position, function
	FROM reach JOIN step
	  ON source_kind = kind AND source = id AND source_position IS position
),
flow AS MATERIALIZED (
	SELECT DISTINCT id AS call, function FROM reach WHERE kind = 'call'
),
open AS (
	SELECT id, type FROM call
	WHERE callee IS NULL AND kind <> 'asm'
	  AND (id NOT IN (SELECT call FROM flow)
	       OR id IN (SELECT target FROM pointer_flow
	                 WHERE target_kind = 'call'
	                   AND source_kind IN ('unknown', 'call')))
)
SELECT call, function, 'flow' FROM flow
UNION ALL
SELECT open.id, candidate.id, 'type'
FROM open JOIN candidate USING (type)
WHERE NOT EXISTS (SELECT * FROM flow
                  WHERE call = open.id AND flow.function = candidate.id);
