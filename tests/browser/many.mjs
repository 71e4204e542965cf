// SPDX-License-Identifier: GPL-2.0-or-later
// many.mjs PAGE NUMBER: filters and sorts the orderings on PAGE, of which there
// are NUMBER, and counts in the page's data what must be shown.  Prints TAP.
import { pathToFileURL } from "node:url";
import { launch, open } from "./browser.mjs";

const [file, wanted] = process.argv.slice(2);
let nr = 0, failed = 0;

function result(ok, name) {
	console.log((ok ? "ok " : "not ok ") + ++nr + " - " + name);
	failed += ok ? 0 : 1;
}

const browser = await launch();
const { page, remarks } = await open(browser);

await page.goto(pathToFileURL(file).href);
await page.waitForSelector(".rows tbody tr");
const { verdicts, holders } = await page.evaluate(() => ({
	verdicts: xla.data.orderings.map((row) => xla.data.texts[row[1]]),
	holders: xla.data.orderings.map((row) => xla.data.texts[row[6]]).sort(),
}));

async function shown(count, name) {
	const status = await page.locator(".status").textContent();

	result(status.replaceAll(",", "") ===
	       `${count} of ${wanted} orderings`, `${name}: ${status}`);
}

async function holder(row) {
	return page.locator(".rows tbody tr").nth(row).locator("td").nth(3)
		.textContent();
}

await shown(wanted, "all of them are there");
for (const verdict of new Set(verdicts)) {
	await page.selectOption("#filter-verdict", verdict);
	await shown(verdicts.filter((v) => v === verdict).length, verdict);
}
await page.locator(".filters > button").click();
await shown(wanted, "all again");
const sort = page.locator(".rows thead button").nth(4);
await sort.click();
result((await holder(0)).includes(holders[0]), "the first holder first");
await sort.click();
result((await holder(0)).includes(holders[holders.length - 1]),
       "the other way, the last one");
result(remarks.length === 0, "no error " + remarks.join());
await browser.close();
console.log("1.." + nr);
process.exit(failed ? 1 : 0);
