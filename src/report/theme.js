/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Light or dark: what the system wants, or what the reader chose with the button
 * that this adds.  Runs before the page is shown.
 */
"use strict";

(function () {
	const key = "xen-lockaudit-theme";
	const themes = ["auto", "light", "dark"];
	let theme = "auto";

	/* Some browsers keep nothing for files. */
	function read() {
		try {
			return localStorage.getItem(key);
		} catch (error) {
			return null;
		}
	}

	function keep() {
		try {
			localStorage.setItem(key, theme);
		} catch (error) {
			/* The choice is for this page only. */
		}
	}

	function apply() {
		if (theme === "auto")
			delete document.documentElement.dataset.theme;
		else
			document.documentElement.dataset.theme = theme;
	}

	function addButton() {
		const button = document.createElement("button");
		const label = () => {
			button.textContent = "Theme: " + theme;
		};

		button.type = "button";
		button.className = "theme";
		button.addEventListener("click", () => {
			theme = themes[(themes.indexOf(theme) + 1) %
				themes.length];
			apply();
			keep();
			label();
		});
		label();
		document.querySelector("header").append(button);
	}

	if (themes.includes(read()))
		theme = read();
	apply();
	document.addEventListener("DOMContentLoaded", addButton);
})();
