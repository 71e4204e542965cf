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

/* Is the lock that is asked for held at S by S's own function, and not one of
 * RELEASED? */
static bool is_kept(const struct asker *k, const struct state *s,
		    uint32_t released)
{
	for (guint i = 0; i < s->held->len; i++) {
		const struct held *h = &g_array_index(s->held, struct held, i);

		if (h->count > 0 && h->class == k->held &&
		    !numset_has(k->h->sets, released, h->object))
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
		    uint32_t *released)
{
	const struct call_edge *outer = link_at(all, index)->edge;
	struct mapped_guard g = mapping_guard(k->h->map, outer, *guard);

	if (g.is_excluded) {
		why_set_path(k, all, link_at(all, index)->from - 1);
		why_call_excluded(k, outer, inner, *guard);
		return false;
	}
	*guard = g.set;
	*released = handup_map_released(k->h, outer, *released);
	return true;
}

bool why_link_leads(struct asker *k, const GArray *all, guint index,
		    const struct call_edge *e, bool if_held)
{
	const struct call_edge *inner = e;
	uint32_t released = handup_released_at(k->h, e->at, 0);
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
		released = handup_released_at(k->h, inner->at, released);
	}
	return leads;
}
