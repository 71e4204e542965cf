/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A comparison for terminals: the verdicts side by side, what each rule makes
 * of all orderings, what is in its way, and cycles that are in every rule's.
 */
#include "comparison_report.h"

#include <string.h>

#include "report.h"
#include "result_table.h"
#include "result_words.h"

/* Columns of verdicts are as wide as the longest rule's name. */
static int width_of(const struct comparison *cmp)
{
	size_t width = strlen("conditional");

	for (unsigned i = 0; i < cmp->rule_nr; i++)
		width = MAX(width, strlen(cmp->by[i].name));
	return (int)width;
}

static void put_row(FILE *out, const struct comparison *cmp,
		    const struct result *r, guint k)
{
	const struct ordering *o = r->orderings->pdata[k];

	fputs(o->id, out);
	for (unsigned i = 0; i < cmp->rule_nr; i++)
		fprintf(out, "  %-*s", width_of(cmp),
			verdict_words[cmp->by[i].verdict[k]]);
	fprintf(out, "  %s(%s) -> %s(%s) in ", result_class(r,
		o->held.class)->name, owner_words[o->held.owner],
		result_class(r, o->acquired.class)->name,
		owner_words[o->acquired.owner]);
	report_text_escaped(out, o->holder.function);
	if (o->context != CONTEXT_RUNNING)
		fprintf(out, " (%s)", context_words[o->context]);
	putc('\n', out);
}

static void put_table(FILE *out, const struct comparison *cmp,
		      const struct result *r, bool all)
{
	fprintf(out, "%-16s", "ordering");
	for (unsigned i = 0; i < cmp->rule_nr; i++)
		fprintf(out, "  %-*s", width_of(cmp), cmp->by[i].name);
	putc('\n', out);
	for (guint k = 0; k < r->orderings->len; k++)
		if (all || comparison_is_of_interest(cmp, k))
			put_row(out, cmp, r, k);
}

static void put_summary(FILE *out, const struct comparison *cmp,
			const struct result *r)
{
	fputs("\nin a running host:\n", out);
	for (unsigned i = 0; i < cmp->rule_nr; i++) {
		unsigned bad = comparison_count(cmp, r, i,
						VERDICT_VIOLATION);
		unsigned some = comparison_count(cmp, r, i,
						 VERDICT_CONDITIONAL);

		fprintf(out, "%-*s  %u violations, %u conditional: %s\n",
			width_of(cmp), cmp->by[i].name, bad, some,
			bad + some == 0 ?
			"admits all reachable orderings" :
			"does not admit all reachable orderings");
	}
}

static void put_edge(FILE *out, const struct lockorder *lo,
		     const struct order_edge *e)
{
	char *from = lockorder_name(lo, e->from);
	char *to = lockorder_name(lo, e->to);
	const struct ordering *o = comparison_example(lo->r, e);

	fprintf(out, "%s -> %s: %u ordering%s, such as %s in ", from, to,
		e->ordering->len, e->ordering->len == 1 ? "" : "s", o->id);
	report_text_escaped(out, o->holder.function);
	g_free(from);
	g_free(to);
}

static void put_in_the_way(FILE *out, const struct comparison *cmp,
			   const struct result *r, unsigned rule)
{
	struct lockorder *lo = comparison_in_the_way(cmp, r, rule);

	if (lo->edge->len > 0)
		fprintf(out, "\nin the way of %s:\n", cmp->by[rule].name);
	for (guint i = 0; i < lo->edge->len; i++) {
		const struct order_edge *e = lo->edge->pdata[i];

		fprintf(out, "    %-11s  ",
			verdict_words[comparison_worst(cmp, rule, e)]);
		put_edge(out, lo, e);
		putc('\n', out);
	}
	lockorder_free(lo);
}

static void put_cycle(FILE *out, const struct lockorder *lo,
		      const GArray *cycle)
{
	for (guint i = 0; i < cycle->len; i++) {
		fputs(i ? "      " : "    - ", out);
		put_edge(out, lo, lo->edge->pdata[g_array_index(cycle, guint,
								i)]);
		putc('\n', out);
	}
}

static void put_cycles(FILE *out, const struct result *r)
{
	struct lockorder *lo = lockorder_new(r, NULL, NULL, false);
	GPtrArray *cycles = lockorder_cycles(lo);

	fputs(cycles->len > 0
	      ? "\nno levels of (class, owner) admit together:\n"
	      : "\nlevels of (class, owner) exist that admit all of them: no "
		"cycle\n", out);
	for (guint i = 0; i < cycles->len; i++)
		put_cycle(out, lo, cycles->pdata[i]);
	g_ptr_array_unref(cycles);
	lockorder_free(lo);
}

void comparison_text(FILE *out, const struct comparison *cmp,
		     const struct result *r, bool all)
{
	put_table(out, cmp, r, all);
	put_summary(out, cmp, r);
	for (unsigned i = 0; i < cmp->rule_nr; i++)
		put_in_the_way(out, cmp, r, i);
	put_cycles(out, r);
}
