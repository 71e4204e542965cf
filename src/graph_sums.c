/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counting, and words for counts. */
#include "graph_sums.h"

#include <math.h>

#include "result_words.h"

static const char *const short_words[] = {
	[VERDICT_ALLOWED] = "ok", [VERDICT_RECURSIVE] = "rec.",
	[VERDICT_CONDITIONAL] = "cond.", [VERDICT_VIOLATION] = "viol.",
};

/* One that the check stops, then one that is out of order, then any. */
static int rank_of(const struct ordering *o)
{
	return o->verdict * 2 + o->trips_sometimes;
}

static void add(struct graph_sum *sum, const struct ordering *o)
{
	sum->nr[o->verdict]++;
	if (!sum->example || rank_of(o) > rank_of(sum->example))
		sum->example = o;
}

struct graph_sums *graph_sums_make(const struct result *r, guint node_nr,
				   graph_node_of *node_of, const void *data)
{
	struct graph_sums *s = g_new0(struct graph_sums, 1);

	s->node_nr = node_nr;
	s->sum = g_new0(struct graph_sum, (gsize)node_nr * node_nr + 1);
	for (guint i = 0; i < r->orderings->len; i++) {
		const struct ordering *o = r->orderings->pdata[i];
		int held, acquired;

		if (o->context != CONTEXT_RUNNING)
			continue;
		held = node_of(&o->held, data);
		acquired = node_of(&o->acquired, data);
		if (held >= 0 && acquired >= 0)
			add(&s->sum[(guint)held * node_nr + (guint)acquired],
			    o);
	}
	return s;
}

void graph_sums_free(struct graph_sums *s)
{
	g_free(s->sum);
	g_free(s);
}

const struct graph_sum *graph_sum_at(const struct graph_sums *s, guint held,
				     guint acquired)
{
	return &s->sum[held * s->node_nr + acquired];
}

unsigned graph_sum_all(const struct graph_sum *sum)
{
	unsigned all = 0;

	for (int v = 0; v < GRAPH_VERDICT_NR; v++)
		all += sum->nr[v];
	return all;
}

enum picture_kind graph_sum_kind(const struct graph_sum *sum)
{
	if (sum->nr[VERDICT_VIOLATION])
		return PICTURE_VIOLATION;
	return sum->nr[VERDICT_CONDITIONAL] ? PICTURE_CONDITIONAL
					    : PICTURE_ALLOWED;
}

static void append_line(GString *text, const char *separator)
{
	if (text->len > 0)
		g_string_append(text, separator);
}

char *graph_sum_label(const struct graph_sum *sum, bool has_function)
{
	GString *text = g_string_new("");
	const struct ordering *o = sum->example;

	for (int v = GRAPH_VERDICT_NR - 1; v >= 0; v--) {
		if (sum->nr[v] == 0)
			continue;
		append_line(text, "\n");
		g_string_append_printf(text, "%u %s", sum->nr[v],
				       short_words[v]);
	}
	if (o && o->verdict >= VERDICT_CONDITIONAL &&
	    o->held_level > o->needed_level) {
		append_line(text, "\n");
		g_string_append_printf(text, "%d > %d", o->held_level,
				       o->needed_level);
		if (has_function)
			g_string_append_printf(text, " in %s",
					       o->holder.function);
	}
	return g_string_free(text, FALSE);
}

char *graph_sum_words(const struct graph_sum *sum)
{
	GString *text = g_string_new("");

	for (int v = GRAPH_VERDICT_NR - 1; v >= 0; v--) {
		if (sum->nr[v] == 0)
			continue;
		append_line(text, ", ");
		g_string_append_printf(text, "%u %s", sum->nr[v],
				       verdict_words[v]);
	}
	return g_string_free(text, FALSE);
}

double graph_sum_width(const struct graph_sum *sum)
{
	return 1 + log10((double)MAX(graph_sum_all(sum), 1)) * 0.6;
}
