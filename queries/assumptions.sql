-- SPDX-License-Identifier: GPL-2.0-or-later
-- What does the last analysis rest on?
-- Parameters: none.
-- Columns: kind, what, file, line, effect, count, does it stand against a proof.
-- Order: those against a proof first, kind, file, line, id.
SELECT kind, what, file, line, effect, count, blocks_proof
FROM assumption
WHERE result = (SELECT max(id) FROM result)
ORDER BY blocks_proof DESC, kind, file, line, id;
