// SPDX-License-Identifier: GPL-2.0-or-later
// shots.mjs PAGE FINDING DIRECTORY: pictures of the first page, of the finding
// with that id, and of the graph, in light and dark.
import { pathToFileURL } from "node:url";
import { dirname } from "node:path";
import { launch, open } from "./browser.mjs";

const [first, finding, out] = process.argv.slice(2);
const browser = await launch();

for (const colorScheme of ["light", "dark"]) {
	const { page } = await open(browser, { colorScheme });
	const shot = (name, what = page) => what.screenshot({
		path: out + "/" + name + "-" + colorScheme + ".png" });

	await page.goto(pathToFileURL(first).href);
	await shot("first");
	await shot("graph", page.locator("svg.picture"));
	await page.goto(pathToFileURL(dirname(first) + "/pages/finding.html")
		.href + "#" + finding);
	await page.waitForSelector(".steps tbody tr");
	await page.setViewportSize({ width: 1360, height: 1900 });
	await shot("finding");
}
await browser.close();
