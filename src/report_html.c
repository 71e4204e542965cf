/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One HTML page without scripts or outside references: verdict, findings with
 * their witnesses to unfold, all orderings, what the result rests on.
 * Escaping happens in put_text only.
 */
#include "report.h"

#include <string.h>

#include "result_table.h"
#include "result_words.h"

static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	"<meta charset=\"utf-8\">\n<title>xen-lockaudit</title>\n<style>\n"
	"body{font-family:sans-serif;margin:2em;max-width:75em}\n"
	"table{border-collapse:collapse}\n"
	"td,th{border:1px solid #ccc;padding:.2em .5em;text-align:left}\n"
	"code,pre{font-family:monospace;font-size:.9em}\n"
	".error,.violation{color:#b00}.warning,.conditional{color:#a50}\n"
	".note{color:#058}\n"
	"summary{cursor:pointer;margin:.3em 0}\n"
	"</style>\n</head>\n<body>\n<h1>Lock ordering audit</h1>\n";

static void put_text(FILE *out, const char *text)
{
	char *escaped = g_markup_escape_text(text, -1);

	fputs(escaped, out);
	g_free(escaped);
}

static void put_place(FILE *out, const struct site *site)
{
	fputs("<code>", out);
	put_text(out, site->file);
	fprintf(out, ":%u</code> ", site->line);
}

static void put_witness(FILE *out, const GArray *witness)
{
	fputs("<table>\n", out);
	for (guint i = 0; i < witness->len; i++) {
		const struct witness_step *step =
			&g_array_index(witness, struct witness_step, i);

		fprintf(out, "<tr><td>%s<td>", event_words[step->event]);
		put_place(out, &step->site);
		fputs("<td>", out);
		put_text(out, step->site.function);
		fputs("<td><code>", out);
		put_text(out, step->text ? step->text : "");
		fputs("</code><td>", out);
		put_text(out, step->via ? step->via : "");
		putc('\n', out);
	}
	fputs("</table>\n", out);
}

static void put_finding(FILE *out, const struct finding *f)
{
	fprintf(out, "<details id=\"%s\"><summary>", f->id);
	put_place(out, &f->site);
	fprintf(out, "<b class=\"%s\">%s</b> ", severity_words[f->severity],
		f->kind);
	put_text(out, f->message);
	if (f->context != CONTEXT_RUNNING)
		fprintf(out, " (%s)", context_words[f->context]);
	fputs("</summary>\n", out);
	if (f->stale)
		put_witness(out, f->stale->witness);
	for (guint i = 0; i < f->orderings->len; i++) {
		const struct ordering *o = f->orderings->pdata[i];

		fprintf(out, "<p>Ordering <a href=\"#%s\"><code>%s</code></a>"
			"%s</p>\n", o->id, o->id,
			o->confirmed ? "" : ", witness not replayed");
		put_witness(out, o->witness);
	}
	fputs("</details>\n", out);
}

static void put_lock(FILE *out, const struct result *r,
		     const struct lock_ref *lock)
{
	put_text(out, result_class(r, lock->class)->name);
	fprintf(out, " (%s, %s, %s)<br>", instance_words[lock->instance],
		owner_words[lock->owner], mode_words[lock->mode]);
	put_text(out, lock->site.function);
}

static void put_ordering(FILE *out, const struct result *r,
			 const struct ordering *o)
{
	fprintf(out, "<tr id=\"%s\"><td><code>%s</code><td class=\"%s\">%s"
		"<td>", o->id, o->id, verdict_words[o->verdict],
		verdict_words[o->verdict]);
	put_lock(out, r, &o->held);
	fputs("<td>", out);
	put_lock(out, r, &o->acquired);
	fputs("<td>", out);
	put_text(out, o->holder.function);
	fprintf(out, "<td>%d, %d<td>%s<td>", o->held_level, o->needed_level,
		context_words[o->context]);
	for (guint i = 0; i < o->worlds->len; i++) {
		if (i > 0)
			fputs("<br>", out);
		put_text(out, o->worlds->pdata[i]);
	}
	putc('\n', out);
}

static void put_summary(FILE *out, const struct result *r)
{
	fputs("<p>Xen ", out);
	put_text(out, r->tree_version);
	if (r->tree_commit) {
		fputs(", commit ", out);
		put_text(out, r->tree_commit);
	}
	fputs(", configuration ", out);
	put_text(out, r->tree_config);
	fprintf(out, ". Verdict: <b>%s</b>. Rule: ",
		outcome_words[r->outcome]);
	put_text(out, r->rule.name);
	fprintf(out, ", bias %d (", r->rule.bias);
	put_text(out, r->rule.source);
	fprintf(out, "). %u translation units, %u failed; %u functions, "
		"%u acquisitions, %u orderings, %u findings.</p>\n", r->tu_nr,
		r->tu_failed->len, r->counts.functions, r->counts.acquisitions,
		r->orderings->len, r->findings->len);
}

static void put_orderings(FILE *out, const struct result *r)
{
	fputs("<h2>Orderings</h2>\n<table>\n<tr><th>id<th>verdict<th>held"
	      "<th>acquired<th>holder<th>levels<th>context<th>out of order if"
	      "\n", out);
	for (guint i = 0; i < r->orderings->len; i++)
		put_ordering(out, r, r->orderings->pdata[i]);
	fputs("</table>\n", out);
}

static void put_ledger(FILE *out, const struct result *r)
{
	fputs("<h2>What this rests on</h2>\n<table>\n<tr><th>kind<th>place"
	      "<th>what<th>effect<th>count<th>against a proof\n", out);
	for (guint i = 0; i < r->assumptions->len; i++) {
		const struct assumption *a = r->assumptions->pdata[i];

		fputs("<tr><td>", out);
		put_text(out, a->kind);
		fputs("<td><code>", out);
		put_text(out, a->file);
		fprintf(out, ":%u</code><td>", a->line);
		put_text(out, a->what);
		fputs("<td>", out);
		put_text(out, a->effect);
		fprintf(out, "<td>%u<td>%s\n", a->count,
			a->blocks_proof ? "yes" : "");
	}
	fputs("</table>\n", out);
}

/* Graphviz writes a prologue before the element, which HTML does not want. */
static void put_picture(FILE *out, const char *svg)
{
	const char *element = svg ? strstr(svg, "<svg") : NULL;

	if (!element)
		return;
	fputs("<h2>Lock-order graph</h2>\n", out);
	fputs(element, out);
}

void report_html(FILE *out, const struct result *r, const char *svg)
{
	fputs(head, out);
	put_summary(out, r);
	put_picture(out, svg);
	fputs("<h2>Findings</h2>\n", out);
	for (guint i = 0; i < r->findings->len; i++)
		put_finding(out, r->findings->pdata[i]);
	put_orderings(out, r);
	put_ledger(out, r);
	fputs("</body>\n</html>\n", out);
}
