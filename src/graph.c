/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes the lock-order graph in the dot language.  Orderings are summed up
 * by held class, acquired class and verdict; an edge that is out of order
 * names its levels and one holder.
 */
#include "graph.h"

#include <string.h>

#include "result_table.h"

enum { VERDICT_NR = VERDICT_VIOLATION + 1 };

struct edge {
	unsigned nr;
	bool is_visible;	/* the run-time check sees one of them */
	const struct ordering *example;
};

/* One edge for each held class, acquired class and verdict. */
static struct edge *edge_at(struct edge *edges, const struct result *r,
			    uint32_t held, uint32_t acquired,
			    enum verdict verdict)
{
	return &edges[(held * r->classes->len + acquired) * VERDICT_NR +
		      verdict];
}

static struct edge *sum_up(const struct result *r)
{
	struct edge *edges = g_new0(struct edge, (gsize)r->classes->len *
				    r->classes->len * VERDICT_NR);

	for (guint i = 0; i < r->orderings->len; i++) {
		const struct ordering *o = r->orderings->pdata[i];
		struct edge *e;

		if (o->context != CONTEXT_RUNNING)
			continue;
		e = edge_at(edges, r, o->held.class, o->acquired.class,
			    o->verdict);
		e->nr++;
		e->is_visible |= o->trips_sometimes;
		if (!e->example || o->trips_sometimes > e->example->trips_sometimes)
			e->example = o;
	}
	return edges;
}

static void append_quoted(GString *dot, const char *text)
{
	g_string_append_c(dot, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			g_string_append_c(dot, '\\');
		g_string_append_c(dot, *text);
	}
	g_string_append_c(dot, '"');
}

static void append_node(GString *dot, const struct lock_class *c)
{
	char *label = g_strdup_printf("%s\nlevel %d", c->name, c->level);

	g_string_append(dot, "\t");
	append_quoted(dot, c->name);
	g_string_append(dot, " [label=");
	append_quoted(dot, label);
	g_string_append(dot, "];\n");
	g_free(label);
}

/* Classes are sorted by level: those of one level share a rank, and invisible
 * edges keep the ranks in order whatever the visible ones say. */
static void append_ranks(GString *dot, const struct result *r)
{
	const struct lock_class *last = NULL;

	for (guint i = 0; i < r->classes->len; i++) {
		const struct lock_class *c = result_class(r, i);

		if (last) {
			g_string_append(dot, "\t");
			if (last->level == c->level)
				g_string_append(dot, "{rank=same; ");
			append_quoted(dot, last->name);
			g_string_append(dot, last->level == c->level ? "; "
								     : " -> ");
			append_quoted(dot, c->name);
			g_string_append(dot, last->level == c->level ?
					"}\n" : " [style=invis, weight=10];\n");
		}
		last = c;
	}
}

static const char *style_of(enum verdict verdict, const struct edge *e,
			    bool is_same_class)
{
	switch (verdict) {
	case VERDICT_ALLOWED:
		return is_same_class ? "color=black, style=dotted"
				     : "color=gray40";
	case VERDICT_RECURSIVE:
		return "color=gray70, style=dotted";
	case VERDICT_CONDITIONAL:
		return e->is_visible ? "color=orange, fontcolor=orange"
			: "color=orange, fontcolor=orange, style=dashed";
	case VERDICT_VIOLATION:
		break;
	}
	return e->is_visible ? "color=red, fontcolor=red, penwidth=2"
			     : "color=red, fontcolor=red, style=dashed";
}

static char *label_of(enum verdict verdict, const struct edge *e)
{
	const struct ordering *o = e->example;

	if (verdict == VERDICT_ALLOWED || verdict == VERDICT_RECURSIVE)
		return g_strdup_printf("%u", e->nr);
	return g_strdup_printf("%u: %d > %d\n%s", e->nr, o->held_level,
			       o->needed_level, o->holder.function);
}

static void append_edge(GString *dot, const struct result *r, uint32_t held,
			uint32_t acquired, enum verdict verdict,
			const struct edge *e)
{
	char *label = label_of(verdict, e);

	g_string_append(dot, "\t");
	append_quoted(dot, result_class(r, held)->name);
	g_string_append(dot, " -> ");
	append_quoted(dot, result_class(r, acquired)->name);
	g_string_append_printf(dot, " [%s, label=",
			       style_of(verdict, e, held == acquired));
	append_quoted(dot, label);
	g_string_append(dot, "];\n");
	g_free(label);
}

static void append_edges(GString *dot, const struct result *r)
{
	struct edge *edges = sum_up(r);

	for (uint32_t h = 0; h < r->classes->len; h++)
		for (uint32_t a = 0; a < r->classes->len; a++)
			for (enum verdict v = VERDICT_ALLOWED;
			     v <= VERDICT_VIOLATION; v++) {
				struct edge *e = edge_at(edges, r, h, a, v);

				if (e->nr > 0)
					append_edge(dot, r, h, a, v, e);
			}
	g_free(edges);
}

char *graph_dot(const struct result *r)
{
	GString *dot = g_string_new("digraph lock_order {\n");

	g_string_append(dot, "\tgraph [rankdir=TB, fontname=\"sans-serif\"];\n"
			"\tnode [shape=box, fontname=\"sans-serif\"];\n"
			"\tedge [fontname=\"sans-serif\", fontsize=10, "
			"constraint=false];\n");
	for (guint i = 0; i < r->classes->len; i++)
		append_node(dot, result_class(r, i));
	g_string_append(dot, "\tedge [constraint=true];\n");
	append_ranks(dot, r);
	g_string_append(dot, "\tedge [constraint=false];\n");
	append_edges(dot, r);
	g_string_append(dot, "}\n");
	return g_string_free(dot, FALSE);
}
