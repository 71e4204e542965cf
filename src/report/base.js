/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What all scripts share: the place for data, and making elements.  Texts only
 * ever become text nodes: nothing is parsed as HTML.
 */
"use strict";

const xla = { data: {} };

/* An element with attributes and children; what is no element is text. */
xla.element = function (tag, attributes, ...children) {
	const element = document.createElement(tag);

	for (const [name, value] of Object.entries(attributes || {})) {
		if (name === "class")
			element.className = value;
		else if (name.startsWith("on"))
			element.addEventListener(name.slice(2), value);
		else if (value === true)
			element.setAttribute(name, "");
		else if (value !== false && value !== null &&
			 value !== undefined)
			element.setAttribute(name, value);
	}
	for (const child of children.flat())
		if (child !== null && child !== undefined)
			element.append(child);
	return element;
};

xla.number = function (number) {
	return number.toLocaleString("en-US");
};

/* A link to another page of the report. */
xla.link = function (page, id, ...children) {
	return xla.element("a", {
		href: page + "#" + encodeURIComponent(id),
	}, ...children);
};
