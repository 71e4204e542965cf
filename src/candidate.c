/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "candidate.h"

#include <string.h>

#include "asked.h"
#include "leg.h"
#include "lockprim.h"

enum candidate_rank candidate_rank(const struct lockprims *lp,
				   const struct candidate *k)
{
	const struct way_view *v = &k->way.view;
	int held = lockprims_level(lp, k->pair->held.class);
	int acquired = lockprims_level(lp, k->pair->acquired.view.class);

	if (k->pair->same_object)
		return RANK_IN_ORDER;
	if (held > acquired)
		return k->visible && (v->relation == RELATION_SAME ||
				      v->acquired_owner == OWNER_NONE)
			       ? RANK_STOPPED
			       : RANK_OUT_OF_ORDER;
	if (v->relation != RELATION_SAME && v->held_control != TRI_NO &&
	    v->acquired_control != TRI_YES)
		return RANK_BIAS;
	return held == acquired || lockprims_level(lp, k->in_force) > acquired
		       ? RANK_SAME_LEVEL
		       : RANK_IN_ORDER;
}

GPtrArray *candidate_active(const struct handup *h, const struct candidate *k)
{
	const struct acquisition *a = &k->pair->acquired;
	GPtrArray *states = g_ptr_array_new();

	for (guint i = 0; i < k->way.edge->len; i++)
		g_ptr_array_add(states,
				handup_edge(h, g_array_index(k->way.edge,
							     uint32_t, i))->at);
	g_ptr_array_add(states, (void *)k->pair->at);
	while (a->edge) {
		const struct call_edge *e = handup_edge(h, a->edge - 1);

		a = &g_array_index(h->acquired[e->callee], struct acquisition,
				   a->inner);
		g_ptr_array_add(states,
				(void *)(a->edge ? handup_edge(h, a->edge - 1)->at
						 : a->event->at));
	}
	return states;
}

/* All that is held: struct lock_view. */
static GByteArray *find_lockset(const struct handup *h,
				const struct candidate *k)
{
	GByteArray *locks = g_byte_array_new();
	GPtrArray *states = candidate_active(h, k);

	for (guint i = 0; i < states->len; i++) {
		const struct state *at = g_ptr_array_index(states, i);

		for (guint n = 0; n < at->held->len; n++) {
			const struct held *l = &g_array_index(at->held,
							      struct held, n);
			struct lock_view v = explore_view(h->x, at, l);

			if (l->count <= 0 || !l->class)
				continue;
			g_byte_array_append(locks, (const guint8 *)&v,
					    sizeof(v));
		}
	}
	g_ptr_array_unref(states);
	return locks;
}

bool candidate_same_lockset(const struct handup *h, const struct candidate *a,
			    const struct candidate *b)
{
	GByteArray *x = find_lockset(h, a), *y = find_lockset(h, b);
	bool same = x->len == y->len && memcmp(x->data, y->data, x->len) == 0;

	g_byte_array_unref(x);
	g_byte_array_unref(y);
	return same;
}

struct candidate *candidate_copy(const struct candidate *k)
{
	struct candidate *copy = g_memdup2(k, sizeof(*k));

	copy->way.edge = g_array_copy(k->way.edge);
	copy->legs = NULL;
	copy->others = NULL;
	return copy;
}

/* Is A to be told, and not B?  What the run-time check sees is. */
static bool is_better(const struct candidate *a, const struct candidate *b)
{
	return a->visible != b->visible ? a->visible : a->cost < b->cost;
}

/* Approximation: of those that leave the holder through one node so many are
 * tried, and so many in all, the shortest ones. */
enum { PER_NODE_MAX = 4, OTHERS_MAX = 16 };

/* Puts OTHER, which is handed over, among the others of K, best first. */
static void add_other(struct candidate *k, struct candidate *other)
{
	guint at = 0, alike = 0;

	if (!k->others)
		k->others = g_ptr_array_new_with_free_func(candidate_free);
	for (guint i = 0; i < k->others->len; i++)
		at += !is_better(other, g_ptr_array_index(k->others, i));
	g_ptr_array_insert(k->others, (int)at, other);
	for (guint i = 0; i < k->others->len; i++) {
		const struct candidate *o = g_ptr_array_index(k->others, i);

		alike += o->node == other->node;
		if (alike > PER_NODE_MAX) {
			g_ptr_array_remove_index(k->others, i);
			break;
		}
	}
	if (k->others->len > OTHERS_MAX)
		g_ptr_array_set_size(k->others, OTHERS_MAX);
}

/* Of two of which one begins where nothing calls, the other one. */
static struct candidate *drop_uncalled(struct candidate *old,
				       struct candidate *new)
{
	struct candidate *kept = old->uncalled ? new : old;

	candidate_free(old->uncalled ? old : new);
	return kept;
}

struct candidate *candidate_join(struct candidate *old, struct candidate *new)
{
	if (old->uncalled != new->uncalled)
		return drop_uncalled(old, new);
	asked_ways_join(&old->asked_all, &new->asked_all);
	new->asked_all = old->asked_all;
	old->held_plain &= new->held_plain;
	new->held_plain = old->held_plain;
	if (!is_better(new, old)) {
		add_other(old, new);
		return old;
	}
	new->others = old->others;
	old->others = NULL;
	add_other(new, old);
	return new;
}

void candidate_swap(struct candidate *k, struct candidate *other)
{
	GPtrArray *others = k->others;
	struct candidate was = *k;

	*k = *other;
	*other = was;
	k->others = others;
	k->asked_all = was.asked_all;
	k->held_plain = was.held_plain;
	other->others = NULL;
}

void candidate_free(void *data)
{
	struct candidate *k = data;

	g_array_unref(k->way.edge);
	if (k->legs)
		legs_free(k->legs);
	if (k->others)
		g_ptr_array_unref(k->others);
	g_free(k);
}
