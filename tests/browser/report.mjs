// SPDX-License-Identifier: GPL-2.0-or-later
// report.mjs PAGE: opens the report whose first page is PAGE and uses it as a
// reader would.  Prints TAP.
import { pathToFileURL } from "node:url";
import { dirname } from "node:path";
import { launch, open, violations } from "./browser.mjs";

const first = process.argv[2];
const url = (name) => pathToFileURL(dirname(first) + "/pages/" + name).href;
let nr = 0, failed = 0;

function result(ok, text, remarks = []) {
	console.log((ok ? "ok " : "not ok ") + ++nr + " - " + text);
	for (const remark of ok ? [] : [].concat(remarks).slice(0, 20))
		console.log("# " + remark);
	failed += ok ? 0 : 1;
}

const browser = await launch();
const { page, remarks } = await open(browser);

async function checked(name) {
	const found = await violations(page);

	result(found.length === 0, name + ": accessible", found);
	result(remarks.length === 0,
	       name + ": no error, no request for anything but files", remarks);
	remarks.length = 0;
}

await page.goto(pathToFileURL(first).href);
result(await page.locator(".verdict h2").count() === 1, "the verdict is told");
await checked("first page");

const links = page.locator("svg.picture a[aria-label]");
if (await links.count() > 0) {
	const label = await links.first().getAttribute("aria-label");
	const wanted = label.match(/\d+/g).map(Number).reduce((a, b) => a + b);

	await links.first().focus();
	await page.keyboard.press("Enter");
	await page.waitForSelector(".rows tbody tr");
	const status = await page.locator(".status").first().textContent();
	const classNumbers = (label.split(":")[0].match(/\d+/g) || [])
		.map(Number).reduce((a, b) => a + b, 0);

	result(Number(status.split(" ")[0].replaceAll(",", "")) ===
	       wanted - classNumbers,
	       "a line of the graph leads to its orderings",
	       [label, status]);
	await page.goBack();
}

const finding = page.locator(".findings a").first();
if (await finding.count() > 0) {
	await finding.evaluate((link) => link.click());
	await page.waitForSelector(".steps tbody tr");
	result(true, "a finding shows its witness");
	await checked("finding");
	const rows = page.locator(".steps tbody tr");
	const before = await rows.filter({ visible: true }).count();

	await page.locator("button.fold").first().focus();
	await page.keyboard.press("Enter");
	result(await rows.filter({ visible: true }).count() < before,
	       "a call folds by keyboard");
	await page.keyboard.press("Enter");
	result(await rows.filter({ visible: true }).count() === before,
	       "and unfolds");
	result(await page.locator(".lane.held").count() > 1,
	       "locks held are shown in lanes");
	if (await page.locator(".source").count() > 0) {
		await page.locator(".source summary").first().click();
		await page.locator(".excerpt mark").first().waitFor()
			.catch(() => {});
		result(await page.locator(".excerpt mark").count() > 0,
		       "the source line stands out among its neighbours");
	}
}

await page.goto(url("orderings.html"));
await page.waitForSelector(".rows tbody tr");
await checked("orderings");
await page.selectOption("#filter-verdict", "allowed");
const verdicts = await page.locator(".rows tbody td:nth-child(2)")
	.allTextContents();
result(verdicts.every((v) => v === "allowed"), "a filter filters");
await page.locator(".filters > button").click();
await page.locator(".rows tbody th a").first().click();
await page.waitForSelector(".steps tbody tr");
result(true, "a row leads to its witness");
await checked("ordering");

for (const name of ["entries", "ledger", "compare"]) {
	await page.goto(url(name + ".html"));
	await page.waitForSelector(".rows");
	await checked(name);
}

await page.goto(url("orderings.html"));
await page.waitForSelector(".rows tbody tr");
await page.locator(".rows thead button").nth(4).focus();
await page.keyboard.press("Enter");
result(await page.locator(".rows th[aria-sort=ascending]").count() === 1,
       "a column sorts by keyboard");
await page.goto(pathToFileURL(first).href);
await page.keyboard.press("Tab");
await page.keyboard.press("Enter");
result(await page.evaluate(() => document.activeElement.id) === "main",
       "the first key leads to the content");

const back = () => page.evaluate(() =>
	getComputedStyle(document.body).backgroundColor);
const white = "rgb(255, 255, 255)";

result(await back() === white, "light at first");
await page.locator(".theme").click();
await page.locator(".theme").click();
result(await back() !== white && (await page.locator(".theme").textContent())
	.includes("dark"), "the button makes it dark");
await page.goto(url("ledger.html"));
await page.waitForSelector(".rows");
result(await back() !== white, "and so are other pages then");
await checked("ledger, dark");
await page.emulateMedia({ media: "print" });
result(await back() === white && !await page.locator("nav").isVisible() &&
       !await page.locator(".theme").isVisible(),
       "paper is light and has nothing to click");
await page.emulateMedia({ media: "screen" });
await page.goto(pathToFileURL(first).href);
await page.locator(".theme").click();
result(await back() === white, "the button leads back to the system's");
if (await finding.count() > 0) {
	await finding.evaluate((link) => link.click());
	await page.waitForSelector(".steps tbody tr");
	await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
	result(await page.locator(".ordering:not([open])").count() === 0 &&
	       await page.locator(".steps").count() ===
	       await page.locator(".ordering").count(),
	       "every witness is printed");
	remarks.length = 0;
	const pdf = await page.pdf();

	result(pdf.length > 1000 && remarks.length === 0, "it prints", remarks);
}

const dark = await open(browser, { colorScheme: "dark" });
await dark.page.goto(pathToFileURL(first).href);
const found = await violations(dark.page);
result(found.length === 0, "dark colours are legible", found);

const plain = await open(browser, { javaScriptEnabled: false });
await plain.page.goto(pathToFileURL(first).href);
result(await plain.page.locator(".verdict").isVisible() &&
       await plain.page.locator("svg.picture").isVisible(),
       "the first page needs no script");

await browser.close();
console.log("1.." + nr);
process.exit(failed ? 1 : 0);
