/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A table of many rows: filters, sorting, and fifty rows at a time.  Filters
 * stand in the address, so that a view can be linked to.
 */
"use strict";

(function () {
	const pageSize = 50;
	const e = xla.element;

	function byKey(key, direction) {
		return (a, b) => {
			const left = key(a), right = key(b);

			if (left === right)
				return a.number - b.number;
			return (left < right ? -1 : 1) * direction;
		};
	}

	/* Options of a select: what the rows have, in order. */
	function choices(filter, rows) {
		if (filter.choices)
			return filter.choices;
		const values = new Set();

		for (const row of rows)
			for (const value of filter.values(row))
				values.add(value);
		return [...values].sort().map((value) => [value, value]);
	}

	function control(table, filter) {
		const id = "filter-" + filter.name;
		const label = e("label", { for: id }, filter.title);
		let input;

		if (filter.match) {
			input = e("input", { id, type: "search",
				name: filter.name, autocomplete: "off",
				spellcheck: "false" });
		} else {
			input = e("select", { id, name: filter.name },
				e("option", { value: "" }, "all"),
				choices(filter, table.rows).map(([value, text]) =>
					e("option", { value }, text)));
		}
		input.addEventListener("input", () => table.apply());
		filter.input = input;
		return e("div", { class: "control" }, label, input);
	}

	/* A function that says whether a row passes; null: all do. */
	function predicate(filter) {
		const value = filter.input.value;

		if (!value)
			return null;
		if (filter.match) {
			const wanted = value.toLowerCase();

			return (row) => filter.match(row).includes(wanted);
		}
		const wanted = new Set(value.split(","));

		return (row) => filter.values(row).some((v) => wanted.has(v));
	}

	class Table {
		constructor(options) {
			Object.assign(this, options);
			this.page = 0;
			this.sorted = null;
			this.direction = 1;
			this.build();
			this.readAddress();
			this.apply();
		}

		build() {
			this.form = e("form", { class: "filters",
				role: "search", onsubmit: (event) =>
					event.preventDefault() },
				this.filters.map((f) => control(this, f)),
				e("button", { type: "button",
					onclick: () => this.clear() },
				  "Clear"));
			this.status = e("p", { role: "status",
				class: "status" });
			this.body = e("tbody");
			this.heads = this.columns.map((c) => this.head(c));
			this.table = e("table", { class: "rows" },
				e("caption", { class: "hidden" }, this.caption),
				e("thead", {}, e("tr", {}, this.heads)),
				this.body);
			this.back = e("button", { type: "button",
				onclick: () => this.turn(-1) }, "Previous");
			this.next = e("button", { type: "button",
				onclick: () => this.turn(1) }, "Next");
			this.where = e("span");
			this.mount.append(this.form, this.status,
				e("div", { class: "scroll", tabindex: "0",
					role: "region",
					"aria-label": this.caption },
				  this.table),
				e("div", { class: "pager" }, this.back,
				  this.where, this.next));
		}

		head(column) {
			const head = e("th", { scope: "col" });

			head.append(e("button", { type: "button",
				onclick: () => this.sortBy(column) },
				column.title));
			column.head = head;
			return head;
		}

		/* Values that no option has are added: a link may name them. */
		readAddress() {
			const query = new URLSearchParams(location.search);

			for (const filter of this.filters) {
				const value = query.get(filter.name);
				const input = filter.input;

				if (!value)
					continue;
				input.value = value;
				if (input.value !== value) {
					input.append(e("option", { value },
						       value));
					input.value = value;
				}
			}
		}

		writeAddress() {
			const query = new URLSearchParams();

			for (const filter of this.filters)
				if (filter.input.value)
					query.set(filter.name,
						  filter.input.value);
			try {
				history.replaceState(null, "",
					"?" + query.toString());
			} catch (error) {
				/* Some browsers refuse it for files. */
			}
		}

		clear() {
			for (const filter of this.filters)
				filter.input.value = "";
			this.apply();
		}

		sortBy(column) {
			this.direction = this.sorted === column ?
				-this.direction : 1;
			this.sorted = column;
			for (const other of this.columns)
				other.head.removeAttribute("aria-sort");
			column.head.setAttribute("aria-sort",
				this.direction > 0 ? "ascending" :
				"descending");
			this.apply();
		}

		turn(step) {
			this.page += step;
			this.render();
			this.table.scrollIntoView();
		}

		apply() {
			const tests = this.filters.map(predicate)
				.filter((test) => test !== null);

			this.found = this.rows.filter((row) =>
				tests.every((test) => test(row)));
			if (this.sorted)
				this.found.sort(byKey(this.sorted.key,
						      this.direction));
			this.page = 0;
			this.writeAddress();
			this.render();
		}

		render() {
			const first = this.page * pageSize;
			const rows = this.found.slice(first, first + pageSize);

			this.body.replaceChildren(...rows.map((row) =>
				e("tr", {}, this.columns.map((column, i) =>
					e(i === 0 ? "th" : "td", {
						class: column.style || "",
						scope: i === 0 ? "row" : null,
					}, column.cell(row))))));
			this.status.textContent = xla.number(this.found.length) +
				" of " + xla.number(this.rows.length) + " " +
				this.noun;
			this.where.textContent = rows.length === 0 ? "none" :
				xla.number(first + 1) + " to " +
				xla.number(first + rows.length);
			this.back.disabled = this.page === 0;
			this.next.disabled = first + pageSize >=
				this.found.length;
		}
	}

	xla.Table = Table;
})();
