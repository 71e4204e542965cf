// SPDX-License-Identifier: GPL-2.0-or-later
// repeat.mjs DIRECTORY NUMBER: repeats the orderings of the report in DIRECTORY,
// in place, until there are NUMBER.
import { readFile, writeFile } from "node:fs/promises";

const [directory, wanted] = process.argv.slice(2);
const file = directory + "/pages/orderings.data.js";
const head = "xla.data.orderings =";
const text = await readFile(file, "utf8");
const rows = JSON.parse(text.slice(head.length).trim().replace(/;$/, ""));
const many = [];

for (let i = 0; i < Number(wanted); i++) {
	const row = rows[i % rows.length].slice();

	row[0] = row[0].slice(0, 8) + i.toString(16).padStart(8, "0");
	many.push(row);
}
await writeFile(file, head + "\n" + JSON.stringify(many));
