// SPDX-License-Identifier: GPL-2.0-or-later
// How long the page of orderings takes to filter and to sort.

// How long the page takes from an event to the next frame.
async function duration(page, act) {
	return page.evaluate(async (code) => {
		const start = performance.now();

		new Function(code)();
		await new Promise((done) => requestAnimationFrame(() =>
			setTimeout(done, 0)));
		return performance.now() - start;
	}, act);
}

const acts = {
	"filter by function": "const i = document.getElementById(" +
		"'filter-function'); i.value = 'get'; " +
		"i.dispatchEvent(new Event('input'));",
	"filter by one letter": "const i = document.getElementById(" +
		"'filter-function'); i.value = 'a'; " +
		"i.dispatchEvent(new Event('input'));",
	"no filter": "document.querySelector('.filters > button').click();",
	"filter by verdict": "const i = document.getElementById(" +
		"'filter-verdict'); i.value = 'conditional'; " +
		"i.dispatchEvent(new Event('input'));",
	"all again": "document.querySelector('.filters > button').click();",
	"sort by holder": "document.querySelectorAll('.rows thead button')[4]" +
		".click();",
	"sort by lock held": "document.querySelectorAll(" +
		"'.rows thead button')[2].click();",
	"sort the other way": "document.querySelectorAll(" +
		"'.rows thead button')[2].click();",
};

// Each act within limit milliseconds; result is told of each.
export async function measure(page, limit, result) {
	const all = (await page.locator(".status").textContent())
		.split(" of ")[1];

	for (const [name, act] of Object.entries(acts)) {
		const took = await duration(page, act);

		result(took < limit, name + " of " + all.trim() + ": " +
		       took.toFixed(0) + " ms");
	}
}
