// SPDX-License-Identifier: GPL-2.0-or-later
// many.mjs PAGE NUMBER [MILLISECONDS]: repeats the orderings of the report whose
// first page is PAGE, in place, until there are NUMBER; filters and sorting
// must answer in that time (200).  Prints TAP.
import { readFile, writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { dirname } from "node:path";
import { launch, open } from "./browser.mjs";
import { measure } from "./speed.mjs";

const [first, wanted, limit] = process.argv.slice(2);
const pages = dirname(first) + "/pages/";
const head = "xla.data.orderings =";
const file = pages + "orderings.data.js";
const text = await readFile(file, "utf8");
const rows = JSON.parse(text.slice(head.length).trim().replace(/;$/, ""));
const many = [];
let nr = 0, failed = 0;

function result(ok, name) {
	console.log((ok ? "ok " : "not ok ") + ++nr + " - " + name);
	failed += ok ? 0 : 1;
}

for (let i = 0; i < Number(wanted); i++) {
	const row = rows[i % rows.length].slice();

	row[0] = row[0].slice(0, 8) + i.toString(16).padStart(8, "0");
	many.push(row);
}
await writeFile(file, head + "\n" + JSON.stringify(many));

const browser = await launch();
const { page, remarks } = await open(browser);

await page.goto(pathToFileURL(pages + "orderings.html").href);
await page.waitForSelector(".rows tbody tr");
await measure(page, Number(limit || 200), result);
result((await page.locator(".status").textContent()).replaceAll(",", "")
	.includes(" of " + wanted + " "), "all of them are there");
result(remarks.length === 0, "no error " + remarks.join());
await browser.close();
console.log("1.." + nr);
process.exit(failed ? 1 : 0);
