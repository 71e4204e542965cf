/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text report of a comparison: added findings as compilers print them,
 * each with its witness and with what of the series brought it; then what is
 * gone or changed, a line each; the verdict is last.
 */
#include "report_gate.h"

#include <string.h>

#include "result_table.h"
#include "result_words.h"

enum {
	ORDERINGS_SHOWN = 20,
	HUNKS_SHOWN = 5,
	SHORT = 12,		/* digits of a commit */
};

static void put_hunk(FILE *out, const struct hunk *hunk)
{
	report_text_escaped(out, hunk->file);
	fprintf(out, ":%u", hunk->first);
	if (hunk->count > 1)
		fprintf(out, "-%u", hunk->first + hunk->count - 1);
	if (hunk->count == 0)
		fputs(" (lines removed)", out);
}

static const char *const matches[] = {
	[HUNK_LINE] = "brought by",
	[HUNK_FUNCTION] = "brought by, in the function,",
	[HUNK_FILE] = "perhaps brought by, in the file,",
	[HUNK_NONE] = "",
};

static void put_brought_step(FILE *out, const struct gate_comparison *c,
			     const struct gate_brought *b,
			     const struct hunk_step *pair)
{
	const struct hunk *hunk = &g_array_index(c->hunks->hunk, struct hunk,
						 pair->hunk);
	const struct witness_step *step =
		&g_array_index(b->witness, struct witness_step, pair->step);

	fprintf(out, "    %s ", matches[b->match]);
	put_hunk(out, hunk);
	if (b->match == HUNK_LINE) {
		fprintf(out, ": %s at line %u of ", event_words[step->event],
			step->site.line);
		report_text_escaped(out, step->site.function);
	} else if (b->match == HUNK_FUNCTION) {
		fputs(": ", out);
		report_text_escaped(out, step->site.function);
	}
	putc('\n', out);
}

static void put_brought(FILE *out, const struct gate_comparison *c,
			const struct gate_brought *b,
			const struct report_style *style)
{
	if (b->match == HUNK_NONE) {
		fputs("    brought by none of the witness's own files: what "
		      "changed is how they are reached or decided\n", out);
		return;
	}
	for (guint i = 0; i < b->steps->len; i++) {
		if (i == HUNKS_SHOWN && !style->is_verbose) {
			fprintf(out, "    and by %u more (-v shows all)\n",
				b->steps->len - i);
			break;
		}
		put_brought_step(out, c, b, &g_array_index(b->steps,
						struct hunk_step, i));
	}
}

static void put_added(FILE *out, const struct gate_comparison *c,
		      const struct report_style *style)
{
	const GPtrArray *added = c->changes->findings.added;

	for (guint i = 0; i < added->len; i++) {
		report_text_finding(out, added->pdata[i], style);
		put_brought(out, c, c->brought->pdata[i], style);
	}
}

/* One line, that editors do not take for a message of today's. */
static void put_line(FILE *out, const char *what, const struct finding *f)
{
	fprintf(out, "%s: %s: ", what, severity_words[f->severity]);
	report_text_escaped(out, f->message);
	fprintf(out, " [%s] at ", f->kind);
	report_text_escaped(out, f->site.file);
	fprintf(out, ":%u, id %s%s%s\n", f->site.line, f->id,
		f->suppression ? ", suppressed by " : "",
		f->suppression ? f->suppression->id : "");
}

static void put_worlds(FILE *out, const char *what, const GPtrArray *worlds)
{
	fprintf(out, "    %s:", what);
	for (guint i = 0; i < worlds->len; i++) {
		fputs(i ? " | " : " ", out);
		report_text_escaped(out, worlds->pdata[i]);
	}
	fputs(worlds->len ? "\n" : " always\n", out);
}

static bool are_equal(const GPtrArray *a, const GPtrArray *b)
{
	bool equal = a->len == b->len;

	for (guint i = 0; equal && i < a->len; i++)
		equal = strcmp(a->pdata[i], b->pdata[i]) == 0;
	return equal;
}

static void put_other_findings(FILE *out, const struct change_set *set)
{
	for (guint i = 0; i < set->removed->len; i++)
		put_line(out, "removed", set->removed->pdata[i]);
	for (guint i = 0; i < set->changed->len; i++) {
		const struct change_pair *pair =
			&g_array_index(set->changed, struct change_pair, i);
		const struct finding *old = pair->base, *new = pair->head;

		put_line(out, "changed", new);
		if (strcmp(old->id, new->id) != 0)
			fprintf(out, "    fewer orderings than id %s\n",
				old->id);
		if (new->suppression && !old->suppression)
			fprintf(out, "    now suppressed by %s\n",
				new->suppression->id);
		if (are_equal(old->worlds, new->worlds))
			continue;
		put_worlds(out, "was out of order if", old->worlds);
		put_worlds(out, "is out of order if", new->worlds);
	}
}

static void put_lock(FILE *out, const struct result *r,
		     const struct lock_ref *lock)
{
	report_text_escaped(out, result_class(r, lock->class)->name);
	fprintf(out, " (%s, %s, %s) in ", instance_words[lock->instance],
		owner_words[lock->owner], mode_words[lock->mode]);
	report_text_escaped(out, lock->site.function);
}

static void put_ordering(FILE *out, char sign, const struct result *r,
			 const struct ordering *o)
{
	fprintf(out, "    %c %s %s: ", sign, o->id, verdict_words[o->verdict]);
	put_lock(out, r, &o->held);
	fputs(", then ", out);
	put_lock(out, r, &o->acquired);
	fputs("; holder ", out);
	report_text_escaped(out, o->holder.function);
	fputs(" at ", out);
	report_text_escaped(out, o->holder.file);
	fprintf(out, ":%u\n", o->holder.line);
}

static void put_orderings(FILE *out, char sign, const struct result *r,
			  const GPtrArray *orderings,
			  const struct report_style *style)
{
	guint nr = orderings->len;

	if (!style->is_verbose)
		nr = MIN(nr, ORDERINGS_SHOWN);
	for (guint i = 0; i < nr; i++)
		put_ordering(out, sign, r, orderings->pdata[i]);
	if (nr < orderings->len)
		fprintf(out, "    and %u more (-v shows all)\n",
			orderings->len - nr);
}

static void put_changed_orderings(FILE *out, const struct gate_comparison *c,
				  const struct report_style *style)
{
	const GArray *changed = c->changes->orderings.changed;

	for (guint i = 0; i < changed->len; i++) {
		const struct change_pair *pair =
			&g_array_index(changed, struct change_pair, i);
		const struct ordering *old = pair->base, *new = pair->head;

		if (i == ORDERINGS_SHOWN && !style->is_verbose) {
			fprintf(out, "    and %u more (-v shows all)\n",
				changed->len - i);
			break;
		}
		put_ordering(out, '~', c->head.result, new);
		fprintf(out, "      was %s", verdict_words[old->verdict]);
		for (guint k = 0; k < old->worlds->len; k++) {
			fputs(k ? " | " : ", out of order if ", out);
			report_text_escaped(out, old->worlds->pdata[k]);
		}
		putc('\n', out);
	}
}

static void put_all_orderings(FILE *out, const struct gate_comparison *c,
			      const struct report_style *style)
{
	const struct change_set *set = &c->changes->orderings;

	fprintf(out, "orderings: %u added, %u removed, %u changed\n",
		set->added->len, set->removed->len, set->changed->len);
	put_orderings(out, '+', c->head.result, set->added, style);
	put_orderings(out, '-', c->base.result, set->removed, style);
	put_changed_orderings(out, c, style);
}

static unsigned count_blocking(const GPtrArray *assumptions)
{
	unsigned nr = 0;

	for (guint i = 0; i < assumptions->len; i++) {
		const struct assumption *a = assumptions->pdata[i];

		nr += a->blocks_proof;
	}
	return nr;
}

static void put_ledger(FILE *out, const struct gate_comparison *c)
{
	const struct result *r = c->head.result;

	for (guint i = 0; i < r->tu_failed->len; i++) {
		fputs("not read, in both: ", out);
		report_text_escaped(out, r->tu_failed->pdata[i]);
		putc('\n', out);
	}
	fprintf(out, "against a proof: %u assumptions, %u of them new\n",
		count_blocking(r->assumptions),
		count_blocking(c->changes->assumptions.added));
}

static unsigned count(const GPtrArray *findings, enum severity severity)
{
	unsigned nr = 0;

	for (guint i = 0; i < findings->len; i++) {
		const struct finding *f = findings->pdata[i];

		nr += f->severity == severity;
	}
	return nr;
}

static void put_verdict(FILE *out, const struct gate_comparison *c)
{
	const struct change_set *set = &c->changes->findings;

	fprintf(out, "verdict: %s: %.*s adds %u errors, %u warnings, %u notes "
		"to %.*s, removes %u findings, changes %u\n",
		outcome_words[c->head.result->outcome], SHORT, c->head.commit,
		count(set->added, SEVERITY_ERROR),
		count(set->added, SEVERITY_WARNING),
		count(set->added, SEVERITY_NOTE), SHORT, c->base.commit,
		set->removed->len, set->changed->len);
}

static void put_commit(FILE *out, const struct git_commit *commit)
{
	fprintf(out, "%.*s ", SHORT, commit->id);
	report_text_escaped(out, commit->subject);
}

static void put_rows(FILE *out, const struct gate_report *report)
{
	for (guint i = 0; i < report->rows->len; i++) {
		const struct gate_row *row =
			&g_array_index(report->rows, struct gate_row, i);

		fputs("commit ", out);
		put_commit(out, row->commit);
		fprintf(out, ": %u added, %u removed, %u changed\n",
			row->added, row->removed, row->changed);
	}
	if (!report->first)
		return;
	fputs("the first commit that brings a finding: ", out);
	put_commit(out, report->first);
	putc('\n', out);
}

void report_gate_text(FILE *out, const void *data,
		      const struct report_style *style)
{
	const struct gate_report *report = data;
	const struct gate_comparison *c = report->comparison;

	if (report->rows)
		put_rows(out, report);
	put_added(out, c, style);
	put_other_findings(out, &c->changes->findings);
	report_text_unused(out, c->head.result);
	put_all_orderings(out, c, style);
	put_ledger(out, c);
	put_verdict(out, c);
}
