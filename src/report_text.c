/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The report for terminals: findings as compilers print them, each with its
 * witness, then the verdict, the counts, and what the result rests on.
 */
#include "report.h"

#include <string.h>

#include "report_text_int.h"
#include "result_table.h"
#include "result_words.h"
#include "runtime_text.h"
#include "tty.h"

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
void report_text_append(GString *line, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '\t')
			g_string_append_c(line, ' ');
		else if (c < 0x20 || c == 0x7f)
			g_string_append_printf(line, "\\x%02x", c);
		else
			g_string_append_c(line, (gchar)c);
	}
}

static void put_text(FILE *out, const char *text)
{
	GString *escaped = g_string_new(NULL);

	report_text_append(escaped, text);
	fputs(escaped->str, out);
	g_string_free(escaped, TRUE);
}

void report_text_escaped(FILE *out, const char *text)
{
	put_text(out, text);
}

/* What changes the locks held stands out. */
static void append_event(GString *line, enum step_event event,
			 const struct report_style *style)
{
	const char *colour = event == STEP_ACQUIRE ? "\033[1;31m" :
		event == STEP_RELEASE ? "\033[1;32m" : NULL;

	if (!style->is_coloured)
		colour = NULL;
	g_string_append_printf(line, "%s%s%s", colour ? colour : "",
			       event_words[event], colour ? "\033[0m" : "");
}

static void put_step(FILE *out, const struct witness_step *step,
		     const struct report_style *style)
{
	const char *text = step->text ? step->text : "";
	char *note = words_step_note(step);
	GString *line = g_string_new("    ");

	report_text_append(line, step->site.file);
	g_string_append_printf(line, ":%u: ", step->site.line);
	append_event(line, step->event, style);
	g_string_append(line, " in ");
	report_text_append(line, step->site.function);
	if (note) {
		g_string_append_c(line, ' ');
		report_text_append(line, note);
	}
	g_free(note);
	text += strspn(text, " \t");
	if (*text) {
		g_string_append(line, ": ");
		if (style->width && line->len + strlen(text) > style->width) {
			tty_wrap(out, line->str, 8, style->width);
			g_string_assign(line, "        ");
		}
		report_text_append(line, text);
	}
	tty_wrap(out, line->str, 8, style->width);
	g_string_free(line, TRUE);
}

static void put_witness(FILE *out, const GArray *witness,
			const struct report_style *style)
{
	for (guint i = 0; i < witness->len; i++)
		put_step(out, &g_array_index(witness, struct witness_step, i),
			 style);
}

static const GArray *first_witness(const struct finding *f)
{
	const struct ordering *o;

	if (f->lone)
		return f->lone->witness;
	if (f->orderings->len == 0)
		return NULL;
	o = f->orderings->pdata[0];
	return o->witness;
}

static const char *confirmation_of(const struct ordering *o)
{
	if (!o->confirmed)
		return "not confirmed by replay";
	if (!o->unstopped)
		return "confirmed by replay, but the check may stop before";
	return o->steady ? "confirmed by replay"
			 : "confirmed by replay with changes that calls beside "
			   "it may make";
}

static void put_head(FILE *out, const struct finding *f,
		     const struct report_style *style)
{
	GString *line = g_string_new(NULL);

	report_text_append(line, f->site.file);
	g_string_append_printf(line, ":%u:1: %s%s:%s ", f->site.line,
			       style->is_coloured ? colour_of(f->severity) : "",
			       severity_words[f->severity],
			       style->is_coloured ? "\033[0m" : "");
	report_text_append(line, f->message);
	g_string_append_printf(line, " [%s]", f->kind);
	tty_wrap(out, line->str, 4, style->width);
	g_string_free(line, TRUE);
}

/* Why a finding does not count. */
static void put_excuse(FILE *out, const struct finding *f)
{
	if (f->suppression) {
		fprintf(out, "    suppressed by %s at ", f->suppression->id);
		put_text(out, f->suppression->file);
		fprintf(out, ":%u: ", f->suppression->line);
		put_text(out, f->suppression->text);
		putc('\n', out);
	}
	if (f->is_known) {
		fputs("    in the baseline: ", out);
		put_text(out, f->known_reason ? f->known_reason : "");
		putc('\n', out);
	}
}

void report_text_finding_head(FILE *out, const struct finding *f,
			      const struct report_style *style)
{
	put_head(out, f, style);
	fprintf(out, "    id %s%s%s%s%s\n", f->id,
		f->context == CONTEXT_RUNNING ? "" : ", context ",
		f->context == CONTEXT_RUNNING ? "" : context_words[f->context],
		f->orderings->len ? ", " : "",
		f->orderings->len
			? confirmation_of(f->orderings->pdata[0]) : "");
	put_excuse(out, f);
}

void report_text_finding(FILE *out, const struct finding *f,
			 const struct report_style *style)
{
	const GArray *witness = first_witness(f);

	report_text_finding_head(out, f, style);
	if (!witness)
		return;
	if (f->context == CONTEXT_RUNNING || style->is_verbose)
		put_witness(out, witness, style);
}

/* Of a lock in a lockset the line may not be known. */
static void put_lock(FILE *out, const struct result *r, const char *what,
		     const struct lock_ref *lock,
		     const struct report_style *style)
{
	GString *line = g_string_new(what);

	g_string_append(line, ": ");
	report_text_append(line, result_class(r, lock->class)->name);
	g_string_append_printf(line, " (instance %s, owner %s, mode %s) at ",
			       instance_words[lock->instance],
			       owner_words[lock->owner],
			       mode_words[lock->mode]);
	report_text_append(line, lock->site.file);
	if (lock->site.line)
		g_string_append_printf(line, ":%u", lock->site.line);
	g_string_append(line, " in ");
	report_text_append(line, lock->site.function);
	tty_wrap(out, line->str, 4, style->width);
	g_string_free(line, TRUE);
}

static void put_level(FILE *out, const char *what, int level)
{
	if (level < 0)
		fprintf(out, "%s none", what);
	else
		fprintf(out, "%s %d", what, level);
}

/* A text that may be long, after what it is. */
static void put_wrapped(FILE *out, const char *what, const char *text,
			const struct report_style *style)
{
	GString *line = g_string_new(what);

	report_text_append(line, text);
	tty_wrap(out, line->str, 4, style->width);
	g_string_free(line, TRUE);
}

static void put_holder(FILE *out, const struct ordering *o,
		       const struct report_style *style)
{
	char *text = g_strdup_printf("%s at %s:%u, acquires through line %u",
				     o->holder.function, o->holder.file,
				     o->holder.line, o->acquire_line);

	put_wrapped(out, "holder: ", text, style);
	g_free(text);
}

static void put_levels(FILE *out, const struct result *r,
		       const struct ordering *o,
		       const struct report_style *style)
{
	char *runtime = runtime_text(r, o);

	put_level(out, "levels: held", o->held_level);
	put_level(out, ", in force", o->level_in_force);
	put_level(out, ", needed", o->needed_level);
	putc('\n', out);
	put_wrapped(out, "at run time: ", runtime, style);
	g_free(runtime);
}

void report_text_ordering(FILE *out, const struct result *r,
			  const struct ordering *o,
			  const struct report_style *style)
{
	fprintf(out, "ordering %s: %s\n", o->id, verdict_words[o->verdict]);
	put_lock(out, r, "held", &o->held, style);
	put_lock(out, r, "acquired", &o->acquired, style);
	put_holder(out, o, style);
	fprintf(out, "relation of the owners: %s; context: %s\n",
		relation_words[o->relation], context_words[o->context]);
	put_levels(out, r, o, style);
	for (guint i = 0; i < o->worlds->len; i++) {
		put_wrapped(out, "out of order if: ", o->worlds->pdata[i],
			    style);
	}
	for (guint i = 0; i < o->lockset->len; i++)
		put_lock(out, r, "lockset",
			 &g_array_index(o->lockset, struct lock_ref, i), style);
	fprintf(out, "witness (%s):\n", confirmation_of(o));
	put_witness(out, o->witness, style);
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

static void put_counts(FILE *out, const struct result *r,
		       const struct report_style *style)
{
	const struct result_counts *c = &r->counts;
	GString *line = g_string_new(NULL);

	g_string_printf(line, "orderings: %u (", r->orderings->len);
	for (enum verdict v = VERDICT_ALLOWED; v <= VERDICT_VIOLATION; v++)
		g_string_append_printf(line, "%s%u %s", v ? ", " : "",
				       count_verdict(r, v), verdict_words[v]);
	g_string_append_c(line, ')');
	tty_wrap(out, line->str, 4, style->width);
	g_string_printf(line, "read: %u translation units (%u failed), "
			"%u functions, %u call edges, %u of %u indirect calls "
			"resolved, %u acquisitions", r->tu_nr,
			r->tu_failed->len, c->functions, c->call_edges,
			c->indirect_resolved, c->indirect_sites,
			c->acquisitions);
	tty_wrap(out, line->str, 4, style->width);
	g_string_free(line, TRUE);
}

static void put_assumption(FILE *out, const struct assumption *a,
			   const struct report_style *style)
{
	GString *line = g_string_new("    ");

	if (*a->file) {
		report_text_append(line, a->file);
		g_string_append_printf(line, ":%u: ", a->line);
	}
	report_text_append(line, a->kind);
	g_string_append(line, ": ");
	report_text_append(line, a->what);
	if (*a->effect) {
		g_string_append(line, ": ");
		report_text_append(line, a->effect);
	}
	if (*a->discharge) {
		g_string_append(line, "; wanted: ");
		report_text_append(line, a->discharge);
	}
	tty_wrap(out, line->str, 8, style->width);
	g_string_free(line, TRUE);
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

static void put_blocking(FILE *out, const struct result *r,
			 const struct report_style *style)
{
	bool all = style->is_verbose;
	unsigned nr = 0;

	for (guint i = 0; i < r->assumptions->len; i++) {
		const struct assumption *a = r->assumptions->pdata[i];

		if (!a->blocks_proof && !all)
			continue;
		if (nr == 0)
			fputs(all ? "all of them:\n" : "against a proof:\n",
			      out);
		if (++nr <= ASSUMPTIONS_SHOWN || all)
			put_assumption(out, a, style);
	}
	if (nr > ASSUMPTIONS_SHOWN && !all)
		fprintf(out, "    and %u more (-v shows all)\n",
			nr - ASSUMPTIONS_SHOWN);
}

static void put_ledger(FILE *out, const struct result *r,
		       const struct report_style *style)
{
	GString *line;
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
	line = g_string_new(NULL);
	g_string_printf(line,
			"rests on %u assumptions, %u of them against a proof",
			c.all - c.apart, c.blocking);
	if (c.apart)
		g_string_append_printf(line,
				       "; %u more cannot affect mm locks",
				       c.apart);
	g_string_append_c(line, ':');
	tty_wrap(out, line->str, 4, style->width);
	g_string_free(line, TRUE);
	put_ledger_kinds(out, r);
	put_blocking(out, r, style);
}

/* What justifies nothing may be taken out of the source or the baseline. */
void report_text_unused(FILE *out, const struct result *r)
{
	for (guint i = 0; i < r->suppressions->len; i++) {
		const struct suppression *s = r->suppressions->pdata[i];

		if (s->used_nr > 0)
			continue;
		put_text(out, s->file);
		fprintf(out, ":%u: %s suppresses no finding of rule ", s->line,
			s->id);
		put_text(out, s->rule);
		putc('\n', out);
	}
	for (guint i = 0; i < r->absent->len; i++) {
		const struct absent_entry *a =
			&g_array_index(r->absent, struct absent_entry, i);

		fputs("no longer found, in the baseline: ", out);
		put_text(out, a->key);
		putc(' ', out);
		put_text(out, a->reason);
		putc('\n', out);
	}
}

static unsigned count_excused(const struct result *r)
{
	unsigned nr = 0;

	for (guint i = 0; i < r->findings->len; i++) {
		const struct finding *f = r->findings->pdata[i];

		nr += f->suppression || f->is_known;
	}
	return nr;
}

static void put_tree(FILE *out, const struct result *r,
		     const struct report_style *style)
{
	GString *line = g_string_new("tree: ");

	report_text_append(line, *r->tree_version ? r->tree_version
						  : "unknown version");
	if (r->tree_commit) {
		g_string_append(line, ", commit ");
		report_text_append(line, r->tree_commit);
	}
	if (*r->tree_config) {
		g_string_append(line, ", configuration ");
		report_text_append(line, r->tree_config);
	}
	tty_wrap(out, line->str, 4, style->width);
	g_string_free(line, TRUE);
}

static void put_rule(FILE *out, const struct result *r,
		     const struct report_style *style)
{
	GString *line = g_string_new(NULL);

	g_string_printf(line, "rule: %s, bias %d (", r->rule.name,
			r->rule.bias);
	report_text_append(line, r->rule.source);
	g_string_append_c(line, ')');
	tty_wrap(out, line->str, 4, style->width);
	g_string_free(line, TRUE);
}

static void put_verdict(FILE *out, const struct result *r,
			const struct report_style *style)
{
	fprintf(out, "verdict: %s: %u errors, %u warnings, %u notes\n",
		outcome_words[r->outcome], count_severity(r, SEVERITY_ERROR),
		count_severity(r, SEVERITY_WARNING),
		count_severity(r, SEVERITY_NOTE));
	if (count_excused(r) > 0)
		fprintf(out, "%u of them are suppressed or in the baseline\n",
			count_excused(r));
	put_tree(out, r, style);
	put_rule(out, r, style);
}

void report_text(FILE *out, const struct result *r,
		 const struct report_style *style)
{
	for (guint i = 0; i < r->findings->len; i++)
		report_text_finding(out, r->findings->pdata[i], style);
	report_text_unused(out, r);
	put_verdict(out, r, style);
	put_counts(out, r, style);
	report_text_nesting(out, r);
	report_text_proof(out, r);
	put_ledger(out, r, style);
}
