/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first page: verdict, rule, counts, ledger, graph, findings. */
#include "report_html_int.h"

#include <string.h>

#include "graph.h"
#include "html.h"
#include "ledger_fold.h"
#include "picture.h"
#include "result_words.h"

static const char folder[] = REPORT_HTML_FOLDER "/";

static void put_row(FILE *out, const char *name, unsigned number)
{
	fputs("<div><dt>", out);
	html_text(out, name);
	fputs("</dt><dd>", out);
	html_number(out, number);
	fputs("</dd></div>\n", out);
}

static const char *sentence_of(enum outcome outcome)
{
	switch (outcome) {
	case OUTCOME_CLEAN:
		return "Every reachable ordering is in order under the rule.";
	case OUTCOME_VIOLATIONS:
		return "There are orderings that the rule does not allow.";
	case OUTCOME_INCOMPLETE:
		break;
	}
	return "Nothing is out of order as far as it was seen, but this is no "
	       "proof: see the ledger.";
}

static void put_verdict(FILE *out, const struct html_report *h)
{
	const struct result *r = h->r;

	fprintf(out, "<section class=\"verdict %s\" aria-labelledby=\"verdict\">"
		"\n<h2 id=\"verdict\">Verdict: %s</h2>\n<p>%s In a running host: "
		"<strong>", outcome_words[r->outcome],
		outcome_words[r->outcome], sentence_of(r->outcome));
	html_number(out, html_count_severity(r, SEVERITY_ERROR, true));
	fputs("</strong> errors, <strong>", out);
	html_number(out, html_count_severity(r, SEVERITY_WARNING, true));
	fputs("</strong> warnings, <strong>", out);
	html_number(out, html_count_severity(r, SEVERITY_NOTE, true));
	fputs("</strong> notes.</p>\n<dl class=\"facts\">\n<div><dt>Rule</dt>"
	      "<dd>", out);
	html_text(out, r->rule.name);
	fprintf(out, ", bias %d</dd></div>\n<div><dt>Read from</dt><dd><code>",
		r->rule.bias);
	html_text(out, r->rule.source);
	fputs("</code></dd></div>\n<div><dt>Tree</dt><dd>", out);
	html_text(out, *r->tree_version ? r->tree_version : "unknown version");
	fputs(r->tree_commit ? ", commit " : "", out);
	html_text(out, r->tree_commit ? r->tree_commit : "");
	fputs("</dd></div>\n<div><dt>Configuration</dt><dd>", out);
	html_text(out, *r->tree_config ? r->tree_config : "unknown");
	fputs("</dd></div>\n</dl>\n</section>\n", out);
}

static void put_verdict_count(FILE *out, const struct html_report *h,
			      enum verdict v)
{
	fprintf(out, "<div><dt><a class=\"%s\" href=\"%sorderings.html?verdict="
		"%s\">%s</a></dt><dd>", verdict_words[v], folder,
		verdict_words[v], verdict_words[v]);
	html_number(out, html_count_verdict(h->r, v, false));
	fputs("</dd></div>\n", out);
}

static void put_counts(FILE *out, const struct html_report *h)
{
	const struct result_counts *c = &h->r->counts;

	fputs("<section aria-labelledby=\"counts\"><h2 id=\"counts\">Counts</h2>"
	      "\n<dl class=\"counts\">\n", out);
	put_row(out, "orderings", h->r->orderings->len);
	for (enum verdict v = VERDICT_ALLOWED; v <= VERDICT_VIOLATION; v++)
		put_verdict_count(out, h, v);
	put_row(out, "findings", h->r->findings->len);
	put_row(out, "translation units", h->r->tu_nr);
	put_row(out, "not read", h->r->tu_failed->len);
	put_row(out, "functions", c->functions);
	put_row(out, "call edges", c->call_edges);
	put_row(out, "indirect calls", c->indirect_sites);
	put_row(out, "of which resolved", c->indirect_resolved);
	put_row(out, "acquisitions", c->acquisitions);
	fputs("</dl></section>\n", out);
}

/* Rows of the ledger are sorted by kind. */
static void put_ledger(FILE *out, const struct html_report *h)
{
	fputs("<section aria-labelledby=\"rests\"><h2 id=\"rests\">What it rests "
	      "on</h2>\n<table><thead><tr><th scope=\"col\">Kind</th>"
	      "<th scope=\"col\">Entries</th><th scope=\"col\">Against a proof"
	      "</th><th scope=\"col\">Cannot affect mm locks</th></tr></thead><tbody>\n", out);
	for (guint i = 0; i < h->ledger->len;) {
		const struct ledger_row *row = h->ledger->pdata[i];
		const char *kind = row->first->kind;
		unsigned nr = 0, blocking = 0, apart = 0;

		for (; i < h->ledger->len; i++, nr++) {
			row = h->ledger->pdata[i];
			if (strcmp(row->first->kind, kind) != 0)
				break;
			blocking += row->first->blocks_proof;
			apart += !row->first->touches_locks;
		}
		fprintf(out, "<tr><th scope=\"row\"><a href=\"%sledger.html?"
			"kind=", folder);
		html_query(out, kind);
		fputs("\">", out);
		html_text(out, kind);
		fputs("</a></th><td class=\"number\">", out);
		html_number(out, nr);
		fputs("</td><td class=\"number\">", out);
		html_number(out, blocking);
		fputs("</td><td class=\"number\">", out);
		html_number(out, apart);
		fputs("</td></tr>\n", out);
	}
	fputs("</tbody></table></section>\n", out);
}

static void put_graph(FILE *out, const struct html_report *h)
{
	struct picture *p = graph_classes(h->r);

	fputs("<section class=\"wide\" aria-labelledby=\"graph\">"
	      "<h2 id=\"graph\">Lock-order graph</h2>\n<p>Orderings of a running "
	      "host, by class and level. Up on the right is in the order of "
	      "the levels; down on the left is against it. A line has the "
	      "colour of its worst verdict: <span class=\"key allowed\">"
	      "allowed</span>, <span class=\"key conditional\">conditional"
	      "</span>, <span class=\"key violation\">violation</span>, and "
	      "leads to its orderings.</p>\n<div class=\"scroll\" "
	      "tabindex=\"0\" role=\"region\" aria-label=\"Lock-order graph\">"
	      "\n", out);
	picture_svg(out, p, folder);
	fputs("</div></section>\n", out);
	picture_free(p);
}

void html_first_page(FILE *out, const struct html_report *h)
{
	static const char *const data[] = { NULL };
	static const char *const script[] = { "first", NULL };

	html_page_open(out, h, "Lock ordering audit", folder);
	put_verdict(out, h);
	fputs("<div class=\"columns\">\n", out);
	put_counts(out, h);
	put_ledger(out, h);
	fputs("</div>\n", out);
	html_proof(out, h);
	put_graph(out, h);
	html_findings(out, h);
	html_page_close(out, h, folder, data, script);
}
