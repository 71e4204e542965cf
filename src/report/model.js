/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows of data as objects.  The columns are those that
 * src/report_html_data.c and src/report_html_steps.c write.
 */
"use strict";

xla.text = function (number) {
	return xla.data.texts[number];
};

xla.lock = function (number) {
	const row = xla.data.locks[number];

	return {
		class: xla.text(row[0]), level: row[1],
		instance: xla.text(row[2]), owner: xla.text(row[3]),
		mode: xla.text(row[4]), function: xla.text(row[5]),
		file: xla.text(row[6]), line: row[7],
		control: xla.text(row[8]),
	};
};

/* "p2m (host, subject, read)" */
xla.lockText = function (lock) {
	const words = [lock.owner];

	if (lock.instance !== "any")
		words.unshift(lock.instance);
	if (lock.mode !== "write")
		words.push(lock.mode);
	return lock.class + " (" + words.join(", ") + ")";
};

xla.ordering = function (row, number, locks) {
	return {
		number, id: row[0], verdict: xla.text(row[1]),
		context: xla.text(row[2]), relation: xla.text(row[3]),
		held: locks[row[4]], acquired: locks[row[5]],
		holder: xla.text(row[6]), holderFile: xla.text(row[7]),
		holderLine: row[8], acquireLine: row[9], heldLevel: row[10],
		inForce: row[11], needed: row[12], flags: row[13],
		runtime: xla.text(row[14]), worlds: row[15].map(xla.text),
		lockset: row[16], entry: xla.text(row[17]),
	};
};

xla.allOrderings = function () {
	const locks = xla.data.locks.map((row, i) => xla.lock(i));

	return xla.data.orderings.map((row, i) => xla.ordering(row, i, locks));
};

xla.finding = function (row) {
	return {
		id: row[0], kind: xla.text(row[1]), severity: xla.text(row[2]),
		message: xla.text(row[3]), function: xla.text(row[4]),
		file: xla.text(row[5]), line: row[6],
		context: xla.text(row[7]), orderings: row[8],
		worlds: row[9].map(xla.text),
		stale: row[10] && {
			lock: xla.lock(row[10][0]),
			holder: xla.text(row[10][1]),
			file: xla.text(row[10][2]), line: row[10][3],
			runtime: xla.text(row[10][4]),
			witness: row[10][5],
		},
		what: xla.text(row[11]),
	};
};

xla.ledgerRow = function (row) {
	return {
		id: row[0], kind: xla.text(row[1]), what: xla.text(row[2]),
		file: xla.text(row[3]), lines: row[4], effect: xla.text(row[5]),
		count: row[6], blocks: row[7] === 1,
		discharge: xla.text(row[8]), touches: row[9] === 1,
	};
};

/* "a.c:1, 2, 3 and 7 more" */
xla.places = function (row) {
	const shown = row.lines.slice(0, 4).join(", ");
	const more = row.lines.length - 4;

	if (!row.file)
		return "";
	return row.file + ":" + shown + (more > 0 ? " and " + more + " more"
						  : "");
};
