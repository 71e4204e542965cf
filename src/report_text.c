/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The report for terminals: findings as compilers print them, each with its
 * witness, then the verdict, the counts, and what the result rests on.
 */
#include "report.h"

#include <string.h>

#include "result_table.h"
#include "result_words.h"

enum { ASSUMPTIONS_SHOWN = 10 };

static const char *colour_of(enum severity severity)
{
	switch (severity) {
	case SEVERITY_ERROR:
		return "\033[1;31m";
	case SEVERITY_WARNING:
		return "\033[1;35m";
	case SEVERITY_NOTE:
		break;
	}
	return "\033[1;36m";
}

/* Control characters in names and source lines would reach the terminal. */
static void put_text(FILE *out, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '\t')
			putc(' ', out);
		else if (c < 0x20 || c == 0x7f)
			fprintf(out, "\\x%02x", c);
		else
			putc(c, out);
	}
}

void report_text_escaped(FILE *out, const char *text)
{
	put_text(out, text);
}

static void put_step(FILE *out, const struct witness_step *step)
{
	const char *text = step->text ? step->text : "";

	fputs("    ", out);
	put_text(out, step->site.file);
	fprintf(out, ":%u: %s in ", step->site.line,
		event_words[step->event]);
	put_text(out, step->site.function);
	if (step->via) {
		fputs(" via ", out);
		put_text(out, step->via);
	}
	while (*text == ' ' || *text == '\t')
		text++;
	if (*text) {
		fputs(": ", out);
		put_text(out, text);
	}
	putc('\n', out);
}

void report_text_witness(FILE *out, const GArray *witness)
{
	for (guint i = 0; i < witness->len; i++)
		put_step(out, &g_array_index(witness, struct witness_step, i));
}

static const GArray *first_witness(const struct finding *f)
{
	const struct ordering *o;

	if (f->stale)
		return f->stale->witness;
	if (f->orderings->len == 0)
		return NULL;
	o = f->orderings->pdata[0];
	return o->witness;
}

static bool is_unconfirmed(const struct finding *f)
{
	const struct ordering *o;

	if (f->orderings->len == 0)
		return false;
	o = f->orderings->pdata[0];
	return !o->confirmed;
}

static void put_head(FILE *out, const struct finding *f,
		     const struct report_style *style)
{
	put_text(out, f->site.file);
	fprintf(out, ":%u:1: %s%s:%s ", f->site.line,
		style->is_coloured ? colour_of(f->severity) : "",
		severity_words[f->severity],
		style->is_coloured ? "\033[0m" : "");
	put_text(out, f->message);
	fprintf(out, " [%s]\n", f->kind);
}

void report_text_finding(FILE *out, const struct finding *f,
			 const struct report_style *style)
{
	const GArray *witness = first_witness(f);

	put_head(out, f, style);
	fprintf(out, "    id %s%s%s%s%s\n", f->id,
		f->context == CONTEXT_RUNNING ? "" : ", context ",
		f->context == CONTEXT_RUNNING ? "" : context_words[f->context],
		f->is_known ? ", in the baseline" : "",
		is_unconfirmed(f) ? ", witness not replayed" : "");
	if (!witness)
		return;
	if (f->context == CONTEXT_RUNNING || style->is_verbose)
		report_text_witness(out, witness);
}

static void put_lock(FILE *out, const struct result *r, const char *what,
		     const struct lock_ref *lock)
{
	fprintf(out, "%s: ", what);
	put_text(out, result_class(r, lock->class)->name);
	fprintf(out, " (instance %s, owner %s, mode %s) at ",
		instance_words[lock->instance], owner_words[lock->owner],
		mode_words[lock->mode]);
	put_text(out, lock->site.file);
	fprintf(out, ":%u in ", lock->site.line);
	put_text(out, lock->site.function);
	putc('\n', out);
}

static void put_level(FILE *out, const char *what, int level)
{
	if (level < 0)
		fprintf(out, "%s none", what);
	else
		fprintf(out, "%s %d", what, level);
}

static void put_levels(FILE *out, const struct ordering *o)
{
	put_level(out, "levels: held", o->held_level);
	put_level(out, ", in force", o->level_in_force);
	put_level(out, ", needed", o->needed_level);
	fprintf(out, "%s\n", o->runtime_visible ? ""
		: " (the run-time check does not see this ordering)");
}

void report_text_ordering(FILE *out, const struct result *r,
			  const struct ordering *o)
{
	fprintf(out, "ordering %s: %s\n", o->id, verdict_words[o->verdict]);
	put_lock(out, r, "held", &o->held);
	put_lock(out, r, "acquired", &o->acquired);
	fputs("holder: ", out);
	put_text(out, o->holder.function);
	fputs(" at ", out);
	put_text(out, o->holder.file);
	fprintf(out, ":%u, acquires through line %u\n", o->holder.line,
		o->acquire_line);
	fprintf(out, "relation of the owners: %s; context: %s\n",
		relation_words[o->relation], context_words[o->context]);
	put_levels(out, o);
	for (guint i = 0; i < o->worlds->len; i++) {
		fputs("out of order if: ", out);
		put_text(out, o->worlds->pdata[i]);
		putc('\n', out);
	}
	for (guint i = 0; i < o->lockset->len; i++)
		put_lock(out, r, "lockset",
			 &g_array_index(o->lockset, struct lock_ref, i));
	fprintf(out, "witness%s:\n", o->confirmed ? "" : " (not replayed)");
	report_text_witness(out, o->witness);
}

static unsigned count_severity(const struct result *r, enum severity severity)
{
	unsigned nr = 0;

	for (guint i = 0; i < r->findings->len; i++) {
		const struct finding *f = r->findings->pdata[i];

		nr += f->severity == severity;
	}
	return nr;
}

static unsigned count_verdict(const struct result *r, enum verdict verdict)
{
	unsigned nr = 0;

	for (guint i = 0; i < r->orderings->len; i++) {
		const struct ordering *o = r->orderings->pdata[i];

		nr += o->verdict == verdict;
	}
	return nr;
}

static void put_counts(FILE *out, const struct result *r)
{
	const struct result_counts *c = &r->counts;

	fprintf(out, "orderings: %u (", r->orderings->len);
	for (enum verdict v = VERDICT_ALLOWED; v <= VERDICT_VIOLATION; v++)
		fprintf(out, "%s%u %s", v ? ", " : "", count_verdict(r, v),
			verdict_words[v]);
	fprintf(out, ")\nread: %u translation units (%u failed), %u functions, "
		"%u call edges, %u of %u indirect calls resolved, "
		"%u acquisitions\n", r->tu_nr, r->tu_failed->len,
		c->functions, c->call_edges, c->indirect_resolved,
		c->indirect_sites, c->acquisitions);
}

static void put_assumption(FILE *out, const struct assumption *a)
{
	fputs("    ", out);
	if (*a->file) {
		put_text(out, a->file);
		fprintf(out, ":%u: ", a->line);
	}
	put_text(out, a->kind);
	fputs(": ", out);
	put_text(out, a->what);
	if (*a->effect) {
		fputs(": ", out);
		put_text(out, a->effect);
	}
	if (*a->discharge) {
		fputs("; wanted: ", out);
		put_text(out, a->discharge);
	}
	putc('\n', out);
}

/* How many assumptions there are of what sort. */
struct ledger_count {
	unsigned all, blocking, apart;	/* apart: those without effect */
};

static void count_assumption(struct ledger_count *c,
			     const struct assumption *a)
{
	c->all++;
	c->blocking += a->blocks_proof;
	c->apart += !a->touches_locks;
}

/* Assumptions are sorted by kind; one line a kind. */
static void put_ledger_kinds(FILE *out, const struct result *r)
{
	for (guint i = 0; i < r->assumptions->len;) {
		const struct assumption *first = r->assumptions->pdata[i];
		struct ledger_count c = { 0 };

		for (; i < r->assumptions->len; i++) {
			const struct assumption *a = r->assumptions->pdata[i];

			if (strcmp(a->kind, first->kind) != 0)
				break;
			count_assumption(&c, a);
		}
		if (c.all == c.apart)
			continue;
		fputs("    ", out);
		put_text(out, first->kind);
		fprintf(out, ": %u", c.all - c.apart);
		if (c.blocking > 0)
			fprintf(out, " (%u against a proof)", c.blocking);
		putc('\n', out);
	}
}

static void put_blocking(FILE *out, const struct result *r, bool all)
{
	unsigned nr = 0;

	for (guint i = 0; i < r->assumptions->len; i++) {
		const struct assumption *a = r->assumptions->pdata[i];

		if (!a->blocks_proof && !all)
			continue;
		if (nr == 0)
			fputs(all ? "all of them:\n" : "against a proof:\n",
			      out);
		if (++nr <= ASSUMPTIONS_SHOWN || all)
			put_assumption(out, a);
	}
	if (nr > ASSUMPTIONS_SHOWN && !all)
		fprintf(out, "    and %u more (-v shows all)\n",
			nr - ASSUMPTIONS_SHOWN);
}

static void put_ledger(FILE *out, const struct result *r,
		       const struct report_style *style)
{
	struct ledger_count c = { 0 };

	for (guint i = 0; i < r->tu_failed->len; i++) {
		fputs("not read: ", out);
		put_text(out, r->tu_failed->pdata[i]);
		putc('\n', out);
	}
	if (r->assumptions->len == 0) {
		fputs("rests on no assumption\n", out);
		return;
	}
	for (guint i = 0; i < r->assumptions->len; i++)
		count_assumption(&c, r->assumptions->pdata[i]);
	fprintf(out, "rests on %u assumptions, %u of them against a proof",
		c.all - c.apart, c.blocking);
	if (c.apart)
		fprintf(out, "; %u more cannot affect mm locks", c.apart);
	fputs(":\n", out);
	put_ledger_kinds(out, r);
	put_blocking(out, r, style->is_verbose);
}

static void put_verdict(FILE *out, const struct result *r)
{
	fprintf(out, "verdict: %s: %u errors, %u warnings, %u notes\n",
		outcome_words[r->outcome], count_severity(r, SEVERITY_ERROR),
		count_severity(r, SEVERITY_WARNING),
		count_severity(r, SEVERITY_NOTE));
	fputs("tree: ", out);
	put_text(out, *r->tree_version ? r->tree_version : "unknown version");
	if (r->tree_commit) {
		fputs(", commit ", out);
		put_text(out, r->tree_commit);
	}
	if (*r->tree_config) {
		fputs(", configuration ", out);
		put_text(out, r->tree_config);
	}
	fprintf(out, "\nrule: %s, bias %d (", r->rule.name, r->rule.bias);
	put_text(out, r->rule.source);
	fputs(")\n", out);
}

void report_text(FILE *out, const struct result *r,
		 const struct report_style *style)
{
	for (guint i = 0; i < r->findings->len; i++)
		report_text_finding(out, r->findings->pdata[i], style);
	put_verdict(out, r);
	put_counts(out, r);
	put_ledger(out, r, style);
}
