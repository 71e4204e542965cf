/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "variant.h"

#include "program.h"

/* An acquisition on the way down from a holder, as FUNCTION sees it. */
struct link {
	fact_id function;
	uint32_t index;		/* among the function's */
};

static const struct acquisition *acquisition_at(const struct handup *h,
						struct link l)
{
	return &g_array_index(h->acquired[l.function], struct acquisition,
			      l.index);
}

/* Of struct link, from the function on that the holder calls. */
static GArray *find_links(const struct handup *h, const struct pair *p)
{
	GArray *links = g_array_new(FALSE, FALSE, sizeof(struct link));
	const struct acquisition *a = &p->acquired;

	while (a->edge) {
		struct link l = { handup_edge(h, a->edge - 1)->callee,
				  a->inner };

		g_array_append_val(links, l);
		a = acquisition_at(h, l);
	}
	return links;
}

GArray *variant_chain(const struct handup *h, const struct pair *p)
{
	GArray *links = find_links(h, p);
	GArray *chain = g_array_new(FALSE, FALSE, sizeof(fact_id));

	for (guint i = 0; i < links->len; i++)
		g_array_append_val(chain, g_array_index(links, struct link,
							i).function);
	g_array_unref(links);
	return chain;
}

/* Is what B acquires, by calls on no other CPU and by none that others ask for,
 * the lock that A does, at the same place? */
static bool is_same_event(const struct acquisition *a,
			  const struct acquisition *b)
{
	return !b->dead && !a->aside && !b->aside && !a->elsewhere &&
	       !b->elsewhere && a->asked == b->asked &&
	       a->event->kind == b->event->kind &&
	       a->event->recurses == b->event->recurses &&
	       a->view.class == b->view.class &&
	       a->view.mode == b->view.mode && b->site_function &&
	       a->site_function == b->site_function &&
	       a->site_line == b->site_line;
}

/* Would B of E's callee be A of E's caller, but for what it asks for and, by at
 * most MORE, its depth? */
static bool is_alike(struct handup *h, const struct call_edge *e,
		     const struct acquisition *a, const struct acquisition *b,
		     uint32_t more)
{
	struct mapped_guard g;
	uint32_t released;

	if (!is_same_event(a, b) || b->depth + 1 > a->depth + more ||
	    !a->object ||
	    mapping_name(h->map, e, b->object) != a->object ||
	    mapping_name(h->map, e, b->owner) != a->owner)
		return false;
	released = handup_released_at(h, e->at, handup_map_released(
							h, e, b->released));
	if (released != a->released ||
	    levels_key(h->levels, levels_above(h->levels, e, b->level)) !=
		    levels_key(h->levels, a->level))
		return false;
	g = mapping_guard(h->map, e, b->guard);
	return !g.is_null && !g.is_excluded && !g.assert_failed &&
	       (b->flags | e->at->flags) == a->flags;
}

static bool is_call_elsewhere(const struct handup *h, const struct call_edge *e)
{
	const struct fact_node *node =
		&FACT_FUNCTION(h->x->p->f, e->caller)->body->node[e->node];

	return node->flags & NODE_ELSEWHERE || h->x->p->aside[e->callee] ||
	       program_context(h->x->p, e->callee) != CONTEXT_RUNNING;
}

/* Appends A to what FUNCTION acquires, for variants alone; its index. */
static uint32_t keep(struct handup *h, fact_id function, struct acquisition a)
{
	a.dead = true;
	g_array_append_val(h->acquired[function], a);
	return h->acquired[function]->len - 1;
}

/*
 * P, where the function of the link at AT calls E to get INDEX of its callee's.
 */
static const struct pair *splice(struct handup *h, const struct pair *p,
				 const GArray *links, guint at,
				 const struct call_edge *e, uint32_t index)
{
	struct pair *variant = g_memdup2(p, sizeof(*p));
	struct link l = g_array_index(links, struct link, at);
	struct acquisition a = *acquisition_at(h, l);

	a.edge = e->id + 1;
	a.inner = index;
	a.depth = g_array_index(h->acquired[e->callee], struct acquisition,
				index).depth + 1;
	index = keep(h, l.function, a);
	while (at-- > 0) {
		uint32_t depth = a.depth + 1;

		l = g_array_index(links, struct link, at);
		a = *acquisition_at(h, l);
		a.inner = index;
		a.depth = depth;
		index = keep(h, l.function, a);
	}
	variant->acquired.inner = index;
	variant->acquired.depth = a.depth + 1;
	g_ptr_array_add(h->variant, variant);
	return variant;
}

/* Those in which the function of the link at AT makes the call E. */
static void find_at_call(struct handup *h, const struct pair *p,
			 const GArray *links, guint at,
			 const struct call_edge *e, uint32_t more,
			 GPtrArray *out)
{
	struct link l = g_array_index(links, struct link, at);
	const GArray *all = h->acquired[e->callee];

	for (guint i = 0; all && i < all->len; i++) {
		const struct acquisition *b =
			&g_array_index(all, struct acquisition, i);

		if (!is_alike(h, e, acquisition_at(h, l), b, more))
			continue;
		g_ptr_array_add(out, (void *)splice(h, p, links, at, e, i));
		return;
	}
}

static void find_at(struct handup *h, const struct pair *p,
		    const GArray *links, guint at, uint32_t more,
		    GPtrArray *out)
{
	struct link l = g_array_index(links, struct link, at);
	const struct acquisition *a = acquisition_at(h, l);
	const GPtrArray *edges = h->x->summary[l.function]->edge;
	fact_id usual = a->edge ? handup_edge(h, a->edge - 1)->callee : 0;

	for (guint i = 0; usual && i < edges->len; i++) {
		const struct call_edge *e = g_ptr_array_index(edges, i);

		if (e->callee != usual && !is_call_elsewhere(h, e))
			find_at_call(h, p, links, at, e, more, out);
	}
}

GPtrArray *variant_find(struct handup *h, const struct pair *p, uint32_t more)
{
	GPtrArray *out = g_ptr_array_new();
	GArray *links = find_links(h, p);

	for (guint at = 0; at < links->len; at++)
		find_at(h, p, links, at, more, out);
	g_array_unref(links);
	return out;
}
