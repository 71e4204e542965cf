-- SPDX-License-Identifier: GPL-2.0-or-later
-- What does the last analysis rest on?
-- Parameters: none.
-- Columns: kind, what, file, line, effect, what would discharge it, count, does
-- it stand against a proof, could it affect orderings of mm locks.
-- Order: those against a proof first, then those that could affect orderings;
-- kind, file, line, what.
SELECT json_extract(value, '$.kind') AS kind,
       json_extract(value, '$.what') AS what,
       json_extract(value, '$.file') AS file,
       json_extract(value, '$.line') AS line,
       json_extract(value, '$.effect') AS effect,
       json_extract(value, '$.discharge') AS discharge,
       json_extract(value, '$.count') AS count,
       json_extract(value, '$.blocks_proof') AS blocks_proof,
       json_extract(value, '$.touches_locks') AS touches_locks
FROM json_each((SELECT json FROM result ORDER BY id DESC LIMIT 1),
               '$.assumptions')
ORDER BY blocks_proof DESC, touches_locks DESC, kind, file, line, what;
