/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The report for browsers: a first page, and the other pages with their data in
 * a folder beside it.  It needs neither a server nor a network.
 */
#ifndef XLA_REPORT_HTML_H
#define XLA_REPORT_HTML_H

#include "comparison.h"
#include "facts.h"
#include "result.h"

struct report_html {
	const struct result *result;
	const struct facts *facts;	/* of the source lines; NULL: none */
	const struct comparison *comparison;	/* NULL: none */
	const char *page;	/* name of the first page: "index.html" */
};

/* The folder beside the first page. */
#define REPORT_HTML_FOLDER "pages"

/* Writes into dir, which exists.  0, or -1 with a message. */
int report_html_write(const struct report_html *in, const char *dir);

#endif
