/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One class in the middle: at the left what is held when it is acquired, at
 * the right what is acquired while it is held, each with its counts.
 */
#include "graph.h"

#include <string.h>

#include "diag.h"
#include "graph_arcs.h"
#include "graph_link.h"
#include "graph_sums.h"
#include "picture.h"
#include "result_table.h"

static const double column = 380, width = 260, row = 104;

static int class_of(const struct lock_ref *lock, const void *data)
{
	(void)data;
	return (int)lock->class;
}

static int find_class(const struct result *r, const char *name)
{
	for (guint i = 0; i < r->classes->len; i++)
		if (strcmp(result_class(r, i)->name, name) == 0)
			return (int)i;
	diag_error("option '--of' names no class of this tree: '%s'", name);
	return -1;
}

static void add_centre(struct picture *p, const struct lock_class *c)
{
	struct picture_box *box = picture_add_box(p);

	box->name = g_strdup(c->name);
	box->label = g_strdup_printf("%s\nlevel %d\n%s:%u", c->name, c->level,
				     c->file, c->line);
	box->link = graph_link("class", c->name, "context", "running", NULL);
	box->width = MAX(GRAPH_BOX_WIDTH, picture_text_width(box->label,
						PICTURE_TEXT_SIZE) + 12);
	box->height = GRAPH_BOX_HEIGHT;
}

/* side is -1 for what is held, 1 for what is acquired. */
static guint add_box(struct picture *p, const struct lock_class *c,
		     const struct graph_sum *sum, int side)
{
	struct picture_box *box = picture_add_box(p);
	char *counts = graph_sum_label(sum, true);

	box->name = g_strdup_printf("%s.%s", side < 0 ? "held" : "acquired",
				    c->name);
	box->label = g_strdup_printf("%s, level %d\n%s", c->name, c->level,
				     counts);
	box->width = MAX(width, picture_text_width(box->label,
						   PICTURE_TEXT_SIZE) + 12);
	box->height = picture_lines(box->label) * PICTURE_LINE_HEIGHT + 14;
	g_free(counts);
	return p->box->len - 1;
}

static void add_line(struct picture *p, guint node, const char *held,
		     const char *acquired, const struct graph_sum *sum)
{
	struct picture_curve *curve = picture_add_curve(p);
	char *words = graph_sum_words(sum);

	curve->kind = graph_sum_kind(sum);
	curve->width = graph_sum_width(sum);
	curve->title = g_strdup_printf("%s held, %s acquired: %s", held,
				       acquired, words);
	curve->link = graph_link("held", held, "acquired", acquired, "context",
				 "running", NULL);
	curve->from = node;
	g_free(words);
}

static unsigned add_side(struct picture *p, const struct result *r,
			 const struct graph_sums *sums, guint class, int side)
{
	const char *name = result_class(r, class)->name;
	unsigned nr = 0;

	for (guint i = 0; i < r->classes->len; i++) {
		const struct graph_sum *sum = side < 0 ?
			graph_sum_at(sums, i, class) :
			graph_sum_at(sums, class, i);
		const struct lock_class *c = result_class(r, i);
		guint node;

		if (graph_sum_all(sum) == 0)
			continue;
		node = add_box(p, c, sum, side);
		g_array_index(p->box, struct picture_box, node).centre =
			(struct picture_point){ side * column, nr * row };
		add_line(p, node, side < 0 ? c->name : name,
			 side < 0 ? name : c->name, sum);
		nr++;
	}
	return nr;
}

/* From the left into the middle, or from there to the right. */
static void place_line(struct picture *p, struct picture_curve *curve)
{
	const struct picture_box *centre = &g_array_index(p->box,
					struct picture_box, 0);
	const struct picture_box *box = &g_array_index(p->box,
					struct picture_box, curve->from);
	bool is_held = box->centre.x < 0;
	double side = is_held ? -1 : 1;
	struct picture_point outer = { box->centre.x - side * box->width / 2,
				       box->centre.y };
	struct picture_point inner = { side * centre->width / 2,
				       centre->centre.y };
	struct picture_point a = is_held ? outer : inner;
	struct picture_point b = is_held ? inner : outer;
	double bend = (b.x - a.x) / 2;

	if (!is_held) {
		curve->to = curve->from;
		curve->from = 0;
	}
	picture_bend(curve, (const struct picture_point[]){
		a, { a.x + bend, a.y }, { b.x - bend, b.y }, b });
	curve->label_at = (struct picture_point){ (a.x + b.x) / 2,
						  (a.y + b.y) / 2 };
}

/* The shorter column is moved to the middle of the longer one. */
static void centre_columns(struct picture *p, unsigned left, unsigned right)
{
	double height = (MAX(left, right) - 1.0) * row;

	for (guint i = 1; i < p->box->len; i++) {
		struct picture_box *box = &g_array_index(p->box,
						struct picture_box, i);
		unsigned nr = box->centre.x < 0 ? left : right;

		box->centre.y += (height - (nr - 1.0) * row) / 2;
	}
	g_array_index(p->box, struct picture_box, 0).centre.y =
		MAX(height, 0) / 2;
}

struct picture *graph_around(const struct result *r, const char *class)
{
	int index = find_class(r, class);
	struct graph_sums *sums;
	struct picture *p;
	unsigned left, right;
	char *title;

	if (index < 0)
		return NULL;
	title = g_strdup_printf("Held when %s is acquired, and acquired while "
				"it is held", class);
	p = picture_new(title);
	g_free(title);
	sums = graph_sums_make(r, r->classes->len, class_of, NULL);
	add_centre(p, result_class(r, (guint)index));
	left = add_side(p, r, sums, (guint)index, -1);
	right = add_side(p, r, sums, (guint)index, 1);
	if (left + right > 0)
		centre_columns(p, left, right);
	for (guint i = 0; i < p->curve->len; i++)
		place_line(p, &g_array_index(p->curve, struct picture_curve,
					     i));
	graph_sums_free(sums);
	return p;
}
