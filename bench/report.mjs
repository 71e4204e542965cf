// SPDX-License-Identifier: GPL-2.0-or-later
// report.mjs PAGE ROUNDS: how long the page of orderings PAGE takes from an
// event to the frame after it: the median of ROUNDS, in milliseconds, a line
// for each act.
import { pathToFileURL } from "node:url";
import { launch, open } from "../tests/browser/browser.mjs";

const [file, rounds] = process.argv.slice(2);

// Events on the page; each starts from what the one before left.
const input = (name, value) =>
	`const i = document.getElementById("filter-${name}");` +
	`i.value = "${value}"; i.dispatchEvent(new Event("input"));`;
const clear = "document.querySelector('.filters > button').click();";
const sort = (column) =>
	`document.querySelectorAll(".rows thead button")[${column}].click();`;
const acts = [
	["filter by function", input("function", "get")],
	["filter by one letter", input("function", "a")],
	["no filter", clear],
	["filter by verdict", input("verdict", "conditional")],
	["all again", clear],
	["sort by holder", sort(4)],
	["sort by lock held", sort(2)],
	["sort the other way", sort(2)],
];

async function duration(page, act) {
	return page.evaluate(async (code) => {
		const start = performance.now();

		new Function(code)();
		await new Promise((done) => requestAnimationFrame(() =>
			setTimeout(done, 0)));
		return performance.now() - start;
	}, act);
}

function median(numbers) {
	return numbers.sort((a, b) => a - b)[numbers.length >> 1];
}

const browser = await launch();
const { page } = await open(browser);
const took = acts.map(() => []);

for (let round = 0; round < Number(rounds); round++) {
	await page.goto(pathToFileURL(file).href);
	await page.waitForSelector(".rows tbody tr");
	for (const [i, [, act]] of acts.entries())
		took[i].push(await duration(page, act));
}
const all = (await page.locator(".status").textContent()).split(" of ")[1];
for (const [i, [name]] of acts.entries())
	console.log(`${name} of ${all}: ${median(took[i]).toFixed(0)} ms`);
await browser.close();
