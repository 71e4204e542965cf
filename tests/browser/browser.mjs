// SPDX-License-Identifier: GPL-2.0-or-later
// A headless Chromium that notes what a report must not do: errors on the
// console, and requests for anything but files.
import { createRequire } from "node:module";
import { existsSync } from "node:fs";

const require = createRequire(process.env.XLA_NODE_MODULES + "/x.js");
const { chromium } = require("playwright-core");
const axe = require.resolve("axe-core/axe.min.js");

const programs = [process.env.CHROMIUM, "/usr/bin/chromium",
	"/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

export async function launch() {
	const executablePath = programs.find((p) => p && existsSync(p));

	return chromium.launch({ executablePath,
		args: ["--no-sandbox", "--disable-gpu"] });
}

export async function open(browser, options = {}) {
	const context = await browser.newContext({
		viewport: { width: 1360, height: 900 }, ...options });
	const page = await context.newPage();
	const remarks = [];

	page.on("console", (message) => {
		if (["error", "warning"].includes(message.type()))
			remarks.push("console: " + message.text());
	});
	page.on("pageerror", (error) => remarks.push("error: " + error));
	page.on("dialog", (dialog) => {
		remarks.push("dialog: " + dialog.message());
		dialog.dismiss();
	});
	page.on("request", (request) => {
		if (!/^(file|data):/.test(request.url()))
			remarks.push("request: " + request.url());
	});
	page.on("requestfailed", (request) =>
		remarks.push("failed: " + request.url()));
	return { page, remarks };
}

// Serious and critical violations, a line each.
export async function violations(page) {
	await page.evaluate(await (await import("node:fs/promises"))
		.readFile(axe, "utf8"));
	const result = await page.evaluate(() => window.axe.run(document, {
		resultTypes: ["violations"], preload: false }));

	return result.violations
		.filter((v) => ["serious", "critical"].includes(v.impact))
		.map((v) => v.id + ": " + v.nodes.slice(0, 3).map((n) =>
			n.target.join(" ")).join("; "));
}
