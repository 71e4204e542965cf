/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pages that are tables: orderings, entry points, ledger, comparison. */
"use strict";

(function () {
	const e = xla.element;
	const verdicts = ["allowed", "recursive", "conditional", "violation"];
	const contexts = ["running", "boot", "dump", "going-down"];
	const pairs = (words) => words.map((word) => [word, word]);
	const owners = [["current", "current"], ["subject", "subject"],
		["remote", "remote"], ["subject,remote", "subject or remote"],
		["parent", "parent"], ["third", "third"],
		["special", "special"], ["none", "none"], ["any", "any"]];

	function lockCell(lock) {
		return [xla.lockText(lock), e("br"),
			e("span", { class: "where" }, lock.function)];
	}

	function verdictCell(word) {
		return e("span", { class: "key " + word }, word);
	}

	/* One string a row to search in, made when first asked for. */
	function searchText(row) {
		if (row.search === undefined)
			row.search = [row.id, row.held.function,
				row.acquired.function, row.holder, row.entry,
				row.holderFile].join("\n").toLowerCase();
		return row.search;
	}

	const common = {
		id: { title: "Ordering", key: (row) => row.id, style: "id",
		      cell: (row) => xla.link("ordering.html", row.id,
					      row.id) },
		verdict: { title: "Verdict",
			   key: (row) => verdicts.indexOf(row.verdict),
			   cell: (row) => verdictCell(row.verdict) },
		held: { title: "Held",
			key: (row) => xla.lockText(row.held),
			cell: (row) => lockCell(row.held) },
		acquired: { title: "Acquired",
			    key: (row) => xla.lockText(row.acquired),
			    cell: (row) => lockCell(row.acquired) },
		holder: { title: "Holder", key: (row) => row.holder,
			  style: "where", cell: (row) => row.holder },
		levels: { title: "Levels",
			  key: (row) => row.heldLevel - row.needed,
			  style: "number",
			  cell: (row) => row.heldLevel + ", " + row.needed },
		context: { title: "Context",
			   key: (row) => contexts.indexOf(row.context),
			   cell: (row) => row.context },
		worlds: { title: "Out of order if",
			  key: (row) => row.worlds.join(),
			  style: "where worlds",
			  cell: (row) => row.worlds.map((w) =>
				  e("div", {}, w.replaceAll("+", " and "))) },
	};

	function orderingFilters() {
		return [
			{ name: "verdict", title: "Verdict",
			  choices: pairs(verdicts),
			  values: (row) => [row.verdict] },
			{ name: "class", title: "Class",
			  values: (row) => [row.held.class,
					    row.acquired.class] },
			{ name: "held", title: "Class held",
			  values: (row) => [row.held.class] },
			{ name: "acquired", title: "Class acquired",
			  values: (row) => [row.acquired.class] },
			{ name: "owner", title: "Owner", choices: owners,
			  values: (row) => [row.held.owner,
					    row.acquired.owner] },
			{ name: "held-owner", title: "Owner held",
			  choices: owners,
			  values: (row) => [row.held.owner] },
			{ name: "acquired-owner", title: "Owner acquired",
			  choices: owners,
			  values: (row) => [row.acquired.owner] },
			{ name: "context", title: "Context",
			  choices: pairs(contexts),
			  values: (row) => [row.context] },
			{ name: "entry", title: "Entry point",
			  values: (row) => [row.entry] },
			{ name: "function", title: "Function, file or id",
			  match: searchText },
		];
	}

	function showOrderings(mount) {
		new xla.Table({
			mount, caption: "Orderings", noun: "orderings",
			rows: xla.allOrderings(), filters: orderingFilters(),
			columns: [common.id, common.verdict, common.held,
				common.acquired, common.holder, common.levels,
				common.context, common.worlds],
		});
	}

	function countEntries() {
		const entries = new Map();

		for (const row of xla.allOrderings()) {
			let entry = entries.get(row.entry);

			if (!entry) {
				entry = { number: entries.size,
					name: row.entry, contexts: new Set(),
					all: 0 };
				for (const verdict of verdicts)
					entry[verdict] = 0;
				entries.set(row.entry, entry);
			}
			entry.all++;
			entry[row.verdict]++;
			entry.contexts.add(row.context);
		}
		return [...entries.values()].sort((a, b) => b.all - a.all);
	}

	function entryLink(row, count, verdict) {
		const query = new URLSearchParams({ entry: row.name });

		if (verdict)
			query.set("verdict", verdict);
		return e("a", { href: "orderings.html?" + query }, count);
	}

	function showEntries(mount) {
		new xla.Table({
			mount, caption: "Entry points", noun: "entry points",
			rows: countEntries(),
			filters: [{ name: "function", title: "Function",
				match: (row) => row.name.toLowerCase() }],
			columns: [
				{ title: "Entry point",
				  key: (row) => row.name, style: "where",
				  cell: (row) => entryLink(row, row.name) },
				{ title: "Orderings", style: "number",
				  key: (row) => row.all,
				  cell: (row) => xla.number(row.all) },
				...verdicts.map((verdict) => ({
					title: verdict, style: "number",
					key: (row) => row[verdict],
					cell: (row) => row[verdict] === 0 ?
						"0" : entryLink(row, xla.number(
						row[verdict]), verdict) })),
				{ title: "Contexts",
				  key: (row) => [...row.contexts].join(),
				  cell: (row) => [...row.contexts].join(", ") },
			],
		});
	}

	function showLedger(mount) {
		const rows = xla.data.ledger.rows.map((row, number) =>
			Object.assign(xla.ledgerRow(row), { number }))
			.sort((a, b) => b.blocks - a.blocks ||
			      a.number - b.number);
		const search = (row) => [row.id, row.what, row.file,
			row.effect].join("\n").toLowerCase();

		new xla.Table({
			mount, caption: "Ledger", noun: "entries", rows,
			filters: [
				{ name: "kind", title: "Kind",
				  values: (row) => [row.kind] },
				{ name: "proof", title: "Against a proof",
				  choices: pairs(["yes", "no"]),
				  values: (row) => [row.blocks ? "yes"
							       : "no"] },
				{ name: "locks",
				  title: "Can affect mm locks",
				  choices: pairs(["yes", "no"]),
				  values: (row) => [row.touches ? "yes"
								: "no"] },
				{ name: "text", title: "Text, file or id",
				  match: search },
			],
			columns: [
				{ title: "Kind", key: (row) => row.kind,
				  cell: (row) => row.kind },
				{ title: "What", key: (row) => row.what,
				  cell: (row) => row.what },
				{ title: "Where", key: (row) => row.file,
				  style: "where", cell: xla.places },
				{ title: "Effect", key: (row) => row.effect,
				  cell: (row) => row.effect },
				{ title: "Discharged by",
				  key: (row) => row.discharge,
				  cell: (row) => row.discharge },
				{ title: "Count", key: (row) => row.count,
				  style: "number",
				  cell: (row) => xla.number(row.count) },
				{ title: "Against a proof",
				  key: (row) => row.blocks ? 0 : 1,
				  cell: (row) => row.blocks ? "yes" : "no" },
			],
		});
	}

	/* Rows that every rule admits say nothing about the rules. */
	function compared() {
		const orderings = xla.allOrderings();

		xla.data.comparison.verdicts.forEach((digits, i) => {
			orderings[i].verdicts = [...digits].map((digit) =>
				verdicts[Number(digit)]);
		});
		return orderings.filter((row) => row.verdicts &&
			row.verdicts.some((v) => v === "conditional" ||
					  v === "violation"));
	}

	function showComparison(mount) {
		const rules = xla.data.comparison.rules.map(xla.text);

		new xla.Table({
			mount, caption: "Verdicts by rule",
			noun: "orderings that are out of order under some rule",
			rows: compared(),
			filters: [
				...rules.map((rule, i) => ({
					name: rule, title: rule,
					choices: pairs(verdicts),
					values: (row) => [row.verdicts[i]] })),
				{ name: "agree", title: "Rules agree",
				  choices: pairs(["yes", "no"]),
				  values: (row) => [new Set(row.verdicts).size
					  === 1 ? "yes" : "no"] },
				...orderingFilters().filter((filter) =>
					["class", "context", "function"]
						.includes(filter.name)),
			],
			columns: [common.id, ...rules.map((rule, i) => ({
					title: rule,
					key: (row) => verdicts.indexOf(
						row.verdicts[i]),
					cell: (row) => verdictCell(
						row.verdicts[i]) })),
				common.held, common.acquired, common.holder,
				common.context],
		});
	}

	const pages = { orderings: showOrderings, entries: showEntries,
		ledger: showLedger, comparison: showComparison };

	for (const [id, show] of Object.entries(pages)) {
		const mount = document.getElementById(id);

		if (mount)
			show(mount);
	}
})();
