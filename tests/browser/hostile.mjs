// SPDX-License-Identifier: GPL-2.0-or-later
// hostile.mjs PAGE [NAME...]: names of the tree that look like HTML are texts, and
// what cannot be seen is shown as an escape: on the first page, on that of the
// first finding, and on the pages NAME.  Prints TAP.
import { pathToFileURL } from "node:url";
import { dirname } from "node:path";
import { launch, open } from "./browser.mjs";

const first = process.argv[2];
const pages = dirname(first) + "/pages/";
const browser = await launch();
const { page, remarks } = await open(browser);
let nr = 0, failed = 0;

async function check(name, file, hash = "") {
	await page.goto(pathToFileURL(file).href + hash);
	await page.waitForTimeout(300);
	const seen = await page.evaluate(() => ({
		text: document.body.textContent,
		strange: document.querySelectorAll("img, iframe, body script" +
			":not([src])").length,
	}));
	const ok = seen.strange === 0 && remarks.length === 0 &&
		seen.text.includes("<img src=x onerror=alert(1)>") &&
		!/[\u202e\u001b]/.test(seen.text);

	console.log((ok ? "ok " : "not ok ") + ++nr + " - " + name);
	if (!ok)
		console.log("# " + JSON.stringify([seen.strange, remarks,
			seen.text.slice(0, 300)]));
	failed += ok ? 0 : 1;
}

await check("first page", first);
const link = await page.locator(".findings a").first().getAttribute("href");
await check("finding", pages + "finding.html", link.slice(link.indexOf("#")));
await page.evaluate(() => document.querySelectorAll("details").forEach((d) =>
	d.open = true));
for (const name of process.argv.slice(3))
	await check(name, pages + name + ".html");
await browser.close();
console.log("1.." + nr);
process.exit(failed ? 1 : 0);
