/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "leg.h"

struct leg_path *leg_path_new(void)
{
	struct leg_path *path = g_new0(struct leg_path, 1);

	path->node = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	return path;
}

void leg_path_free(struct leg_path *path)
{
	while (path) {
		struct leg_path *inner = path->inner;

		g_array_unref(path->node);
		g_free(path);
		path = inner;
	}
}

static void leg_free(void *element)
{
	struct leg *leg = element;

	while (leg) {
		struct leg *inner = leg->inner;

		leg_path_free(leg->path);
		g_free(leg);
		leg = inner;
	}
}

void legs_free(GPtrArray *legs)
{
	g_ptr_array_free(legs, TRUE);
}

static struct leg *add_leg(GPtrArray *legs, fact_id function, uint32_t target,
			   fact_id to)
{
	struct leg *leg = g_new0(struct leg, 1);

	leg->function = function;
	leg->target = target;
	leg->to = to;
	g_ptr_array_add(legs, leg);
	return leg;
}

/*
 * Of the origins of locks like HELD that S returns with, ORIGIN, or else the
 * first; 0 if there is none.
 */
static uint32_t find_origin(const struct handup *h, const struct summary *s,
			    const struct held *held, uint32_t origin)
{
	uint32_t first = 0;

	for (guint i = 0; i < s->exits->len; i++) {
		const struct exit_state *e = g_ptr_array_index(s->exits, i);

		for (guint k = 0; k < e->state->held->len; k++) {
			const struct held *own = &g_array_index(
				e->state->held, struct held, k);
			uint32_t nr;
			const uint32_t *from = origin_set_members(
				h->x->origins, own->origins, &nr);

			if (own->count <= 0 || own->class != held->class ||
			    own->kind != held->kind)
				continue;
			for (uint32_t j = 0; j < nr; j++) {
				if (from[j] == origin)
					return origin;
				first = first ? first : from[j];
			}
		}
	}
	return first;
}

/*
 * How a lock like HELD came to be held: down to the acquisition, and back.
 * One origin stands for all ways inside a callee; of them a way is taken on
 * which such a lock is acquired.
 */
static void set_via(const struct handup *h, struct leg *leg, uint32_t origin,
		    const struct held *held)
{
	const struct origin *o = origin_get(h->x->origins, origin);
	uint32_t inner;

	leg->via = o->node;
	leg->origin = origin;
	if (!o->callee)
		return;
	leg->inner = g_new0(struct leg, 1);
	leg->inner->function = o->callee;
	inner = find_origin(h, h->x->summary[o->callee], held, o->inner);
	set_via(h, leg->inner, inner ? inner : o->inner, held);
}

static const struct call_edge *edge_at(const struct handup *h, uint32_t id)
{
	return g_ptr_array_index(h->edge, id);
}

/* The leg of FUNCTION, in which A is acquired, or a call leads to that. */
static struct leg *add_acquisition(const struct handup *h, GPtrArray *legs,
				   const struct acquisition *a)
{
	const struct call_edge *e;

	if (!a->edge)
		return add_leg(legs, a->event->function, a->event->node, 0);
	e = edge_at(h, a->edge - 1);
	return add_leg(legs, e->caller, e->node, e->callee);
}

GPtrArray *legs_make(const struct handup *h, const struct way *way,
		     const struct pair *p, uint32_t origin)
{
	GPtrArray *legs = g_ptr_array_new_with_free_func(leg_free);
	const struct acquisition *a = &p->acquired;

	for (guint i = 0; i < way->edge->len; i++) {
		const struct call_edge *e = edge_at(
			h, g_array_index(way->edge, uint32_t, i));

		add_leg(legs, e->caller, e->node, e->callee);
	}
	set_via(h, add_acquisition(h, legs, a), origin, &p->held);
	while (a->edge) {
		const struct call_edge *e = edge_at(h, a->edge - 1);

		a = &g_array_index(h->acquired[e->callee], struct acquisition,
				   a->inner);
		add_acquisition(h, legs, a);
	}
	return legs;
}
