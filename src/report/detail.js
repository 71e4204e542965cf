/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One finding, or one ordering: whichever the address names after '#'. */
"use strict";

(function () {
	const e = xla.element;
	const mount = document.getElementById("detail");
	const heading = document.querySelector("h1");
	const locks = xla.data.locks.map((row, i) => xla.lock(i));
	const level = (number) => number < 0 ? "none" : String(number);
	let ledgerOf = null;

	function ordering(number) {
		return xla.ordering(xla.data.orderings[number], number, locks);
	}

	function fact(name, ...value) {
		return e("div", {}, e("dt", {}, name), e("dd", {}, ...value));
	}

	function worlds(list) {
		if (list.length === 0)
			return "in every world of the path";
		return e("ul", { class: "worlds" }, list.map((world) =>
			e("li", {}, world.split("+").map((word, i) =>
				[i > 0 ? " and " : "",
				 e("code", {}, word)]).flat())));
	}

	const controls = { yes: "yes", no: "no", unknown: "not known" };

	function lockRow(name, lock) {
		return e("tr", {}, e("th", { scope: "row" }, name),
			e("td", {}, lock.class), e("td", { class: "number" },
				String(lock.level)),
			e("td", {}, lock.instance), e("td", {}, lock.owner),
			e("td", {}, controls[lock.control]),
			e("td", {}, lock.mode),
			e("td", { class: "where" }, lock.function, e("br"),
			  lock.file + ":" + lock.line));
	}

	function ownersTable(o) {
		return e("div", { class: "scroll", tabindex: "0",
			role: "region", "aria-label": "The two locks" },
			e("table", {},
			e("caption", { class: "hidden" }, "The two locks"),
			e("thead", {}, e("tr", {}, ["", "Class", "Level",
				"Table", "Owner", "Control domain", "Mode",
				"Site"].map((title) => title ?
				e("th", { scope: "col" }, title) :
				e("td", {})))),
			e("tbody", {}, lockRow("Held", o.held),
			  lockRow("Acquired", o.acquired))));
	}

	/* Entries of the ledger about functions of the witness. */
	function ledgerRows(number) {
		const rows = new Set();

		if (!ledgerOf) {
			ledgerOf = new Map();
			for (const [name, ...list] of
			     xla.data.ledger.functions)
				ledgerOf.set(name, list);
		}
		for (const step of xla.witnessSteps(number))
			for (const row of ledgerOf.get(step.functionNumber) ||
			     [])
				rows.add(row);
		return [...rows].sort((a, b) => a - b).map((row) =>
			xla.ledgerRow(xla.data.ledger.rows[row]));
	}

	function ledger(number) {
		const rows = ledgerRows(number);

		if (rows.length === 0)
			return e("p", {}, "No entry of the ledger is about a " +
				 "function of this witness.");
		return e("details", { class: "rests" },
			e("summary", {}, "Entries of the ledger about " +
			  "functions of this witness ",
			  e("span", { class: "badge" }, String(rows.length))),
			e("ul", {}, rows.map((row) => e("li", {},
				e("a", { href: "ledger.html?text=" + row.id },
				  row.kind + ": " + row.what),
				" ", e("span", { class: "where" },
				       xla.places(row))))));
	}

	/* Out of order, and the host does not stop. */
	function isHidden(o) {
		return (o.verdict === "conditional" ||
			o.verdict === "violation") && (o.flags & 4) === 0;
	}

	function orderingBody(o) {
		return [
			ownersTable(o),
			e("dl", { class: "facts" },
				fact("Verdict", e("span", {
					class: "key " + o.verdict }, o.verdict)),
				fact("Levels", "held " + level(o.heldLevel) +
				     ", in force " + level(o.inForce) +
				     ", wanted " + level(o.needed)),
				fact("The two owners", {
					same: "one domain",
					different: "two domains",
					unknown: "not known whether one domain",
				}[o.relation]),
				fact("Holder", e("code", {}, o.holder), " ",
				     e("span", { class: "where" },
				       o.holderFile + ":" + o.holderLine +
				       ", acquires through line " +
				       o.acquireLine)),
				fact("Context", o.context),
				o.verdict === "allowed" ||
				o.verdict === "recursive" ? null :
					fact("Out of order", worlds(o.worlds))),
			e("h3", {}, isHidden(o) ?
			  "Why the run-time check does not see it" :
			  "What the run-time check makes of it"),
			e("p", {}, o.runtime),
			e("h3", {}, "Witness"),
			e("p", { class: "note" }, replayed(o)),
			xla.witness(o.number),
			ledger(o.number),
		];
	}

	function replayed(o) {
		if (!(o.flags & 32))
			return "Not replayed: it was put together from calls, " +
				"and conditions on the way were checked for " +
				"joined states only.";
		return o.flags & 64 ? "Replayed step by step." :
			"Replayed step by step, with changes that calls " +
			"beside it may make.";
	}

	function orderingTitle(o) {
		return xla.lockText(o.held) + " held, " +
			xla.lockText(o.acquired) + " acquired, in " + o.holder;
	}

	/* The body is made when it is first opened. */
	function orderingSection(o, open) {
		const section = e("details", { class: "ordering" },
			e("summary", {}, e("h2", {}, orderingTitle(o), " ",
				e("span", { class: "id" }, o.id))));
		const fill = () => {
			if (section.open && section.children.length === 1)
				section.append(...orderingBody(o));
		};

		section.addEventListener("toggle", fill);
		section.fill = fill;
		section.open = open;
		fill();
		return section;
	}

	function staleBody(f) {
		return [
			e("dl", { class: "facts" },
				fact("Lock", xla.lockText(f.stale.lock)),
				fact("Where", e("code", {}, f.stale.holder),
				     " " + f.stale.file + ":" + f.stale.line)),
			e("h2", {}, "What the run-time check makes of it"),
			e("p", {}, f.stale.runtime),
			e("h2", {}, "Witness"),
			xla.witness(f.stale.witness),
			ledger(f.stale.witness),
		];
	}

	function showFinding(f) {
		document.title = f.kind + " - xen-lockaudit";
		heading.textContent = f.kind;
		mount.replaceChildren(
			e("p", { class: "message " + f.severity },
			  e("span", { class: "key " + f.severity }, f.severity),
			  " " + f.message),
			e("dl", { class: "facts" },
				fact("What that is", f.what),
				fact("Where", e("code", {}, f.file + ":" +
						f.line), " in ",
				     e("code", {}, f.function)),
				fact("Context", f.context),
				f.stale ? null : fact("Worlds",
						      worlds(f.worlds)),
				fact("ID", e("code", {}, f.id))),
			...(f.stale ? staleBody(f) : []),
			...f.orderings.map((number, i) =>
				orderingSection(ordering(number), i === 0)));
	}

	function findingsOf(number) {
		return xla.data.findings.filter((row) =>
			row[8].includes(number)).map(xla.finding);
	}

	function showOrdering(number) {
		const o = ordering(number), findings = findingsOf(number);

		document.title = "Ordering " + o.id + " - xen-lockaudit";
		heading.textContent = "Ordering " + o.id;
		mount.replaceChildren(
			e("h2", {}, orderingTitle(o)),
			findings.length === 0 ? "" :
				e("ul", {}, findings.map((f) => e("li", {},
					"Part of: ", xla.link("finding.html",
						f.id, f.kind + ": " +
						f.message)))),
			...orderingBody(o));
	}

	function show() {
		const id = decodeURIComponent(location.hash.slice(1));
		const finding = xla.data.findings.find((row) => row[0] === id);
		const number = xla.data.orderings.findIndex((row) =>
			row[0] === id);

		if (finding)
			showFinding(xla.finding(finding));
		else if (number >= 0)
			showOrdering(number);
		else
			mount.replaceChildren(e("p", {},
				"There is nothing with this id: ",
				e("code", {}, id || "none is given")));
	}

	/* On paper nothing can be opened. */
	window.addEventListener("beforeprint", () => {
		for (const section of mount.querySelectorAll(".ordering")) {
			section.open = true;
			section.fill();
		}
		for (const fold of mount.querySelectorAll(".rests"))
			fold.open = true;
	});

	/* The link to the content is no id. */
	window.addEventListener("hashchange", () => {
		if (location.hash !== "#main")
			show();
	});
	show();
})();
