/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The classes by level: what is acquired in the order of the levels goes up on
 * the right, what is not goes down on the left, and a class under itself stands
 * in its box.
 */
#include "graph.h"

#include "graph_arcs.h"
#include "graph_link.h"
#include "graph_sums.h"
#include "picture.h"
#include "result_table.h"

static int class_of(const struct lock_ref *lock, const void *data)
{
	(void)data;
	return (int)lock->class;
}

static void add_box(struct picture *p, const struct result *r, guint i,
		    const struct graph_sum *itself)
{
	const struct lock_class *c = result_class(r, i);
	struct picture_box *box = picture_add_box(p);
	GString *label = g_string_new(c->name);

	g_string_append_printf(label, "\nlevel %d", c->level);
	if (graph_sum_all(itself) > 0)
		g_string_append_printf(label, "\nunder itself: %u ok, %u cond.",
			itself->nr[VERDICT_ALLOWED] +
				itself->nr[VERDICT_RECURSIVE],
			itself->nr[VERDICT_CONDITIONAL] +
				itself->nr[VERDICT_VIOLATION]);
	box->name = g_strdup(c->name);
	box->label = g_string_free(label, FALSE);
	box->link = graph_link("class", c->name, "context", "running", NULL);
	box->width = MAX(GRAPH_BOX_WIDTH,
			 picture_text_width(box->label, PICTURE_TEXT_SIZE));
	box->height = GRAPH_BOX_HEIGHT;
	box->centre = (struct picture_point){ 0, i * GRAPH_ROW };
}

static void add_arc(struct picture *p, const struct result *r, guint held,
		    guint acquired, const struct graph_sum *sum)
{
	const char *from = result_class(r, held)->name;
	const char *to = result_class(r, acquired)->name;
	struct picture_curve *curve = picture_add_curve(p);
	char *words = graph_sum_words(sum);
	bool is_up = held < acquired;

	curve->kind = graph_sum_kind(sum);
	curve->from = held;
	curve->to = acquired;
	curve->label = graph_sum_label(sum, false);
	curve->title = g_strdup_printf("%s held, %s acquired: %s", from, to,
				       words);
	curve->link = graph_link("held", from, "acquired", to, "context",
				 "running", NULL);
	curve->width = graph_sum_width(sum);
	graph_arc_place(p, curve, is_up ? acquired - held : held - acquired,
			is_up ? 1 : -1);
	g_free(words);
}

/* All boxes get the width of the widest, so that arcs start at one line. */
static void even_out(struct picture *p)
{
	double widest = 0;

	for (guint i = 0; i < p->box->len; i++)
		widest = MAX(widest, g_array_index(p->box, struct picture_box,
						   i).width);
	for (guint i = 0; i < p->box->len; i++)
		g_array_index(p->box, struct picture_box, i).width = widest;
}

struct picture *graph_classes(const struct result *r)
{
	struct picture *p = picture_new("Lock classes by level: up on the "
		"right is in the order of the levels, down on the left is "
		"against it");
	struct graph_sums *sums = graph_sums_make(r, r->classes->len, class_of,
						  NULL);

	for (guint i = 0; i < r->classes->len; i++)
		add_box(p, r, i, graph_sum_at(sums, i, i));
	even_out(p);
	for (guint h = 0; h < r->classes->len; h++) {
		for (guint a = 0; a < r->classes->len; a++) {
			const struct graph_sum *sum = graph_sum_at(sums, h, a);

			if (h != a && graph_sum_all(sum) > 0)
				add_arc(p, r, h, a, sum);
		}
	}
	graph_arcs_sort(p);
	graph_sums_free(sums);
	return p;
}
