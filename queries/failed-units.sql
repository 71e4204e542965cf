-- SPDX-License-Identifier: GPL-2.0-or-later
-- Which translation units could not be read to the end?
-- Parameters: none.
-- Columns: file, object, status, message.
-- Order: file, object.
SELECT file, object, status, message
FROM tu
WHERE status <> 'ok'
ORDER BY file, object, id;
