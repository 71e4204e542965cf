/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all pages share, and the pages that scripts fill in. */
#include "report_html_int.h"

#include <string.h>

#include "html.h"
#include "result_words.h"

/* No page loads anything from elsewhere, or runs a script of its own text. */
static const char policy[] =
	"default-src 'none'; script-src 'self' file:; style-src 'self' file:; "
	"img-src 'self' file: data:; base-uri 'none'; form-action 'none'";

static void put_links(FILE *out, const struct html_report *h,
		      const char *prefix)
{
	fputs("<nav aria-label=\"Pages\"><ul>\n<li><a href=\"", out);
	html_text(out, *prefix ? "" : "../");
	html_query(out, h->in->page);
	fputs("\">Overview</a></li>\n", out);
	for (const struct html_shell *s = html_shells; s->file; s++)
		if (s->is_listed)
			fprintf(out, "<li><a href=\"%s%s\">%s</a></li>\n",
				prefix, s->file, s->title);
	fputs("</ul></nav>\n", out);
}

void html_page_open(FILE *out, const struct html_report *h, const char *title,
		    const char *prefix)
{
	fprintf(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
		"<meta charset=\"utf-8\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"%s\">\n"
		"<meta name=\"viewport\" "
		"content=\"width=device-width, initial-scale=1\">\n"
		"<meta name=\"color-scheme\" content=\"light dark\">\n<title>",
		policy);
	html_text(out, title);
	fprintf(out, " - xen-lockaudit</title>\n"
		"<link rel=\"stylesheet\" href=\"%sreport.css\">\n"
		"<script src=\"%stheme.js\"></script>\n</head>\n"
		"<body>\n<a class=\"skip\" href=\"#main\">Skip to the "
		"content</a>\n<header>\n<p class=\"tool\">xen-lockaudit "
		"<span>Xen ", prefix, prefix);
	html_text(out, *h->r->tree_version ? h->r->tree_version
					   : "of unknown version");
	fputs("</span></p>\n", out);
	put_links(out, h, prefix);
	fputs("</header>\n<main id=\"main\" tabindex=\"-1\">\n<h1>", out);
	html_text(out, title);
	fputs("</h1>\n", out);
}

static void put_script(FILE *out, const char *prefix, const char *name,
		       const char *suffix)
{
	fprintf(out, "<script src=\"%s%s%s\"></script>\n", prefix, name,
		suffix);
}

/* In this order: what data files need, data, what reads them. */
void html_page_close(FILE *out, const struct html_report *h,
		     const char *prefix, const char *const *data,
		     const char *const *script)
{
	(void)h;
	fputs("</main>\n", out);
	if (*script)
		put_script(out, prefix, "base", ".js");
	for (; *data; data++)
		put_script(out, prefix, *data, ".data.js");
	for (; *script; script++)
		put_script(out, prefix, *script, ".js");
	fputs("</body>\n</html>\n", out);
}

static void put_mount(FILE *out, const char *id)
{
	fputs("<noscript><p>This page is filled in by a script. Without one, "
	      "read report.json, or use xen-lockaudit explain.</p>"
	      "</noscript>\n", out);
	fprintf(out, "<div id=\"%s\"></div>\n", id);
}

static void put_orderings(FILE *out, const struct html_report *h)
{
	(void)h;
	put_mount(out, "orderings");
}

static void put_detail(FILE *out, const struct html_report *h)
{
	(void)h;
	put_mount(out, "detail");
}

static void put_ledger(FILE *out, const struct html_report *h)
{
	for (guint i = 0; i < h->r->tu_failed->len; i++) {
		fputs("<p>Not read: <code>", out);
		html_text(out, h->r->tu_failed->pdata[i]);
		fputs("</code></p>\n", out);
	}
	put_mount(out, "ledger");
}

static void put_rule(FILE *out, const struct html_report *h, unsigned i)
{
	const struct comparison *cmp = h->in->comparison;
	unsigned bad = comparison_count(cmp, h->r, i, VERDICT_VIOLATION);
	unsigned some = comparison_count(cmp, h->r, i, VERDICT_CONDITIONAL);

	fputs("<tr><th scope=\"row\">", out);
	html_text(out, cmp->by[i].name);
	fputs("</th><td class=\"number\">", out);
	html_number(out, bad);
	fputs("</td><td class=\"number\">", out);
	html_number(out, some);
	fprintf(out, "</td><td>%s</td></tr>\n", bad + some ? "no" : "yes");
}

static void put_comparison(FILE *out, const struct html_report *h)
{
	const struct comparison *cmp = h->in->comparison;

	if (!cmp) {
		fputs("<p>The rules were not compared in this run.</p>\n",
		      out);
		return;
	}
	fputs("<table><caption>In a running host</caption><thead><tr>"
	      "<th scope=\"col\">Rule</th><th scope=\"col\">Violations</th>"
	      "<th scope=\"col\">Conditional</th><th scope=\"col\">Admits all "
	      "reachable orderings</th></tr></thead><tbody>\n", out);
	for (unsigned i = 0; i < cmp->rule_nr; i++)
		put_rule(out, h, i);
	fputs("</tbody></table>\n", out);
	put_mount(out, "comparison");
}

static void put_entries(FILE *out, const struct html_report *h)
{
	(void)h;
	put_mount(out, "entries");
}

#define TEXTS(...) (const char *const[]){ __VA_ARGS__, NULL }

const struct html_shell html_shells[] = {
	{ .file = "orderings.html", .title = "Orderings",
	  .lead = "Each row: a lock is held, and another one is acquired under "
		  "it. Follow its id for the witness.",
	  .data = TEXTS("texts", "locks", "orderings"),
	  .script = TEXTS("model", "table", "lists"),
	  .body = put_orderings, .is_listed = true },
	{ .file = "entries.html", .title = "Entry points",
	  .lead = "Where the witnesses begin, and how many orderings have "
		  "theirs there. An ordering is counted at the entry point of "
		  "its witness only, though others may reach it.",
	  .data = TEXTS("texts", "locks", "orderings"),
	  .script = TEXTS("model", "table", "lists"),
	  .body = put_entries, .is_listed = true },
	{ .file = "ledger.html", .title = "Ledger",
	  .lead = "What the result rests on: whatever was not followed, joined, "
		  "bounded or guessed.",
	  .data = TEXTS("texts", "ledger"),
	  .script = TEXTS("model", "table", "lists"),
	  .body = put_ledger, .is_listed = true },
	{ .file = "compare.html", .title = "Rules compared",
	  .lead = "The same orderings judged by several rules, whatever the "
		  "tree's own is.",
	  .data = TEXTS("texts", "locks", "orderings", "comparison"),
	  .script = TEXTS("model", "table", "lists"),
	  .body = put_comparison, .is_listed = true },
	{ .file = "finding.html", .title = "Finding",
	  .data = TEXTS("texts", "locks", "orderings", "findings", "ledger",
			"witnesses", "sources"),
	  .script = TEXTS("model", "witness", "detail"), .body = put_detail },
	{ .file = "ordering.html", .title = "Ordering",
	  .data = TEXTS("texts", "locks", "orderings", "findings", "ledger",
			"witnesses", "sources"),
	  .script = TEXTS("model", "witness", "detail"), .body = put_detail },
	{ .file = NULL },
};
