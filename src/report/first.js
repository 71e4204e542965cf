/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first page works without this: it adds a filter over the findings. */
"use strict";

(function () {
	const e = xla.element;
	const section = document.getElementById("findings");
	const mount = document.getElementById("finding-filter");
	const items = [...section.querySelectorAll("li")].filter((item) =>
		!item.querySelector("li")).map((item) =>
		({ item, text: item.textContent.toLowerCase() }));
	const folds = [...section.querySelectorAll("details")];
	const before = folds.map((fold) => fold.open);
	const status = e("span", { role: "status", class: "status" });
	const input = e("input", { type: "search", id: "filter-findings",
		autocomplete: "off", spellcheck: "false" });

	/* While a filter is set, what has a match is open, and the rest hidden. */
	function apply() {
		const wanted = input.value.trim().toLowerCase();
		let found = 0;

		for (const { item, text } of items) {
			item.hidden = wanted !== "" && !text.includes(wanted);
			found += item.hidden ? 0 : 1;
		}
		folds.forEach((fold, i) => {
			const some = [...fold.querySelectorAll("li")].some(
				(item) => !item.hidden &&
					!item.querySelector("li"));

			fold.open = wanted === "" ? before[i] : some;
			fold.hidden = wanted !== "" && !some;
		});
		status.textContent = wanted === "" ? "" :
			xla.number(found) + " of " + xla.number(items.length) +
			" findings";
	}

	input.addEventListener("input", apply);
	if (items.length > 0)
		mount.append(e("div", { class: "control" },
			e("label", { for: "filter-findings" },
			  "Show findings that mention"), input, status));
})();
