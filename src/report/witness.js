/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A witness as a table: a column for each lock, then the calls as a tree whose
 * branches can be folded, each with its source line and the lines around it.
 */
"use strict";

(function () {
	const e = xla.element;
	const roles = ["held", "held as well", "acquired"];
	let sources = null;

	function steps(number) {
		return xla.data.witnesses.rows[number].map((index) => {
			const row = xla.data.witnesses.steps[index];

			return { event: xla.text(row[0]),
				function: xla.text(row[1]),
				functionNumber: row[1],
				file: xla.text(row[2]), fileNumber: row[2],
				line: row[3], text: xla.text(row[4]),
				note: xla.text(row[5]) };
		});
	}

	function lanes(number) {
		const row = xla.data.witnesses.lanes[number] || [], all = [];

		for (let i = 0; i < row.length; i += 4)
			all.push({ lock: xla.lock(row[i]), role: row[i + 1],
				possible: row[i + 2], certain: row[i + 3] });
		return all;
	}

	/* Depth of each step, and up to which step a call's branch goes. */
	function shape(all) {
		const open = [];

		all.forEach((step, i) => {
			step.depth = open.length;
			step.parents = open.slice();
			if (step.event === "return")
				all[open.pop() ?? 0].end = i + 1;
			if (step.event.endsWith("call")) {
				step.end = all.length;
				open.push(i);
			}
		});
	}

	/* Lines around one, if they are kept: [number, text]. */
	function around(step) {
		if (!sources) {
			sources = new Map();
			for (const [file, runs] of xla.data.sources)
				sources.set(file, runs);
		}
		const lines = [];

		for (const run of sources.get(step.fileNumber) || [])
			for (let i = 1; i < run.length; i++) {
				const number = run[0] + i - 1;

				if (Math.abs(number - step.line) <= 3)
					lines.push([number, run[i]]);
			}
		return lines;
	}

	function excerpt(step) {
		return e("pre", { class: "excerpt" }, around(step).map(
			([number, text]) => e("span", {
				class: number === step.line ? "line this"
							    : "line" },
				e("span", { class: "at" }, String(number)
					.padStart(6) + "  "),
				number === step.line ? e("mark", {}, text || " ")
						     : text, "\n")));
	}

	/* The name of what is called stands out in the line. */
	function code(step, callee) {
		const name = callee ? callee.replace(/(__guest_\d+|@.*)$/, "")
				    : "";
		const at = name ? step.text.indexOf(name) : -1;

		if (at < 0)
			return e("code", {}, step.text);
		return e("code", {}, step.text.slice(0, at),
			 e("b", {}, name), step.text.slice(at + name.length));
	}

	function source(step, callee) {
		const line = code(step, callee);

		if (!step.text || around(step).length < 2)
			return line;
		const details = e("details", { class: "source" },
			e("summary", {}, line));

		details.addEventListener("toggle", () => {
			if (details.open && details.children.length === 1)
				details.append(excerpt(step));
		});
		return details;
	}

	function laneCell(lane, index, i, last) {
		const state = i >= lane.certain ? "held" :
			i >= lane.possible ? "possible" : "free";
		const words = { held: i === last && lane.role === 2 ?
			"acquired" : "held", possible: "may be held",
			free: "" };
		const edge = i === lane.certain ? " first" : "";

		return e("td", { class: "lane " + state + edge + " lane-" +
			(lane.role === 2 ? "last" : index % 6) },
			e("span", { class: "hidden" }, words[state]),
			state === "possible" ?
				e("span", { "aria-hidden": "true" }, "?") : "");
	}

	function toggle(rows, all, i) {
		const button = e("button", { type: "button", class: "fold",
			"aria-expanded": "true",
			"aria-label": "calls below " + all[i].function });

		button.addEventListener("click", () => {
			const open = button.getAttribute("aria-expanded") ===
				"true";

			button.setAttribute("aria-expanded", String(!open));
			refresh(rows, all);
		});
		all[i].button = button;
		return button;
	}

	/* A row is hidden if one of the calls above it is folded. */
	function refresh(rows, all) {
		all.forEach((step, i) => {
			rows[i].hidden = step.parents.some((parent) => {
				const button = all[parent].button;

				return button && i < all[parent].end &&
					button.getAttribute("aria-expanded") ===
					"false";
			});
		});
	}

	function stepCell(rows, all, i) {
		const step = all[i], next = all[i + 1];
		const callee = step.event.endsWith("call") && next &&
			next.event !== "return" ? next.function : "";
		const cell = e("td", { class: "step " + step.event });

		cell.classList.add("depth-" + Math.min(step.depth, 30));
		cell.append(callee && step.end > i + 1 ? toggle(rows, all, i)
			: e("span", { class: "fold", "aria-hidden": "true" }),
			e("span", { class: "event" },
			  step.event === "indirect-call" ? "call" : step.event),
			" ", e("span", { class: "function" }, step.function),
			" ", e("span", { class: "place" },
			       step.file + ":" + step.line),
			step.note ? e("span", { class: "via" }, " " +
				      step.note) : "",
			source(step, callee));
		return cell;
	}

	function key(lane, index) {
		return e("li", {},
			e("span", { class: "swatch lane-" +
				(lane.role === 2 ? "last" : index % 6),
				"aria-hidden": "true" }, String(index + 1)),
			" ", roles[lane.role] + ": ",
			e("strong", {}, xla.lockText(lane.lock)),
			", level " + lane.lock.level + ", in ",
			e("code", {}, lane.lock.function));
	}

	function foldAll(rows, all, open) {
		for (const step of all)
			if (step.button)
				step.button.setAttribute("aria-expanded",
							 String(open));
		refresh(rows, all);
	}

	xla.witnessSteps = steps;

	/* The whole witness of the ordering with that number. */
	xla.witness = function (number) {
		const all = steps(number), lane = lanes(number), rows = [];
		const last = all.length - 1;

		if (all.length === 0)
			return e("p", {}, "No witness is kept.");
		shape(all);
		all.forEach((step, i) => rows.push(e("tr", {},
			lane.map((l, k) => laneCell(l, k, i, last)),
			stepCell(rows, all, i))));
		return e("div", { class: "witness" },
			e("ul", { class: "lanes" }, lane.map(key)),
			e("p", { class: "buttons" },
				e("button", { type: "button", onclick: () =>
					foldAll(rows, all, false) }, "Fold all"),
				" ",
				e("button", { type: "button", onclick: () =>
					foldAll(rows, all, true) },
				  "Unfold all")),
			e("div", { class: "scroll", tabindex: "0",
				role: "region", "aria-label": "Witness" },
				e("table", { class: "steps" },
				e("caption", { class: "hidden" },
				  "Witness, and the locks held at each step"),
				e("thead", {}, e("tr", {},
					lane.map((l, k) => e("th", {
						scope: "col",
						title: xla.lockText(l.lock) },
						e("span", { class: "hidden" },
						  "lock "), String(k + 1))),
					e("th", { scope: "col" }, "Step"))),
				e("tbody", {}, rows))));
	};
})();
