/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Places of arcs. */
#include "graph_arcs.h"

#include <math.h>
#include <string.h>

/*
 * Where an arc meets its box: it leaves from the half that it leads to, and the
 * nearest box's arc from the outermost place, so that arcs of one side do not
 * cross at the box.
 */
static double offset_of(unsigned distance)
{
	double share = 1.0 / distance;

	return 4 + (GRAPH_BOX_HEIGHT / 2 - 8) * share;
}

void graph_arc_place(const struct picture *p, struct picture_curve *curve,
		     unsigned distance, int side)
{
	const struct picture_box *from = &g_array_index(p->box,
					struct picture_box, curve->from);
	const struct picture_box *to = &g_array_index(p->box,
					struct picture_box, curve->to);
	int direction = to->centre.y > from->centre.y ? 1 : -1;
	double edge = from->centre.x + side * from->width / 2;
	double apex = side * (double)distance * GRAPH_COLUMN;
	double shift = direction * offset_of(distance);
	double start = from->centre.y + shift, end = to->centre.y - shift;

	picture_bend(curve, (const struct picture_point[]){
		{ edge, start }, { edge + apex * 4 / 3, start },
		{ edge + apex * 4 / 3, end }, { edge, end } });
	curve->label_at = (struct picture_point){ edge + apex,
						  (start + end) / 2 };
}

static int by_reach(const void *left, const void *right)
{
	const struct picture_curve *a = left, *b = right;
	double reach_a = fabs(a->label_at.x), reach_b = fabs(b->label_at.x);

	if (reach_a > reach_b || reach_a < reach_b)
		return reach_a > reach_b ? -1 : 1;
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return a->to < b->to ? -1 : a->to > b->to;
}

void graph_arcs_sort(struct picture *p)
{
	g_array_sort(p->curve, by_reach);
}
