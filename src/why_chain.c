/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "why_chain.h"

#include "mapping.h"

static const struct why_link *link_at(const GArray *all, guint index)
{
	return &g_array_index(all, struct why_link, index);
}

void why_set_path(struct asker *k, const GArray *all, guint index)
{
	const struct why_link *l = link_at(all, index);

	g_array_set_size(k->path, 0);
	for (; l->from; l = link_at(all, l->from - 1))
		g_array_prepend_val(k->path, l->call);
}

/* The locks of callers that are released at S, in MORE, too. */
static GArray *find_released(const struct state *s, GArray *more)
{
	for (guint i = 0; i < s->held->len; i++) {
		const struct held *h = &g_array_index(s->held, struct held, i);

		if (h->count < 0)
			g_array_append_val(more, h->object);
	}
	return more;
}

/* RELEASED in the terms of E's caller; what has no name there is dropped. */
static GArray *map_up(struct asker *k, const struct call_edge *e,
		      GArray *released)
{
	GArray *out = g_array_new(FALSE, FALSE, sizeof(term_id));

	for (guint i = 0; i < released->len; i++) {
		term_id id = mapping_name(k->h->map, e,
					  g_array_index(released, term_id, i));

		if (id)
			g_array_append_val(out, id);
	}
	g_array_unref(released);
	return out;
}

/* Is the lock that is asked for held at S by S's own function, and not one of
 * RELEASED? */
static bool is_kept(const struct asker *k, const struct state *s,
		    const GArray *released)
{
	for (guint i = 0; i < s->held->len; i++) {
		const struct held *h = &g_array_index(s->held, struct held, i);
		bool kept = h->count > 0 && h->class == k->held;

		for (guint j = 0; kept && j < released->len; j++)
			kept = g_array_index(released, term_id, j) != h->object;
		if (kept)
			return true;
	}
	return false;
}

static void add_release(struct asker *k, const struct call_edge *e)
{
	const struct fact_function *callee = FACT_FUNCTION(k->p->f, e->callee);

	why_add(k, WHY_RELEASE, e->caller, e->node,
		g_strdup_printf("%s releases the lock before it goes on to the "
				"other one", callee->display));
}

/*
 * Can what GUARD asks for at INNER be, in the call OUTER, which the link INDEX
 * is come to by?  If so, GUARD and RELEASED are what they are in its caller.
 */
static bool goes_up(struct asker *k, const GArray *all, guint index,
		    const struct call_edge *inner, uint32_t *guard,
		    GArray **released)
{
	const struct call_edge *outer = link_at(all, index)->edge;
	struct mapped_guard g = mapping_guard(k->h->map, outer, *guard);

	if (g.is_excluded) {
		why_set_path(k, all, link_at(all, index)->from - 1);
		why_call_excluded(k, outer, inner, *guard);
		return false;
	}
	*guard = g.set;
	*released = map_up(k, outer, *released);
	return true;
}

bool why_link_leads(struct asker *k, const GArray *all, guint index,
		    const struct call_edge *e, bool if_held)
{
	const struct call_edge *inner = e;
	GArray *released = find_released(
		e->at, g_array_new(FALSE, FALSE, sizeof(term_id)));
	uint32_t guard = numset_make(k->h->sets,
				     (uint32_t *)(void *)e->at->guard->data,
				     e->at->guard->len);
	bool leads = true;

	while (leads && link_at(all, index)->edge) {
		leads = goes_up(k, all, index, inner, &guard, &released);
		inner = link_at(all, index)->edge;
		index = link_at(all, index)->from - 1;
		if (leads && if_held && !link_at(all, index)->from &&
		    !is_kept(k, inner->at, released)) {
			why_set_path(k, all, index);
			add_release(k, inner);
			leads = false;
		}
		released = find_released(inner->at, released);
	}
	g_array_unref(released);
	return leads;
}
