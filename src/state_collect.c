/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Forgets what is known of values that nothing leads to any more ("abstract
 * garbage collection", Might and Shivers, ICFP 2006): no local, lock or
 * member of an object has them.
 */
#include "state.h"

struct leaves {
	const struct terms *t;
	GArray *leaf;		/* term_id */
};

static bool has_leaf(const struct leaves *w, term_id leaf)
{
	for (guint i = 0; i < w->leaf->len; i++)
		if (g_array_index(w->leaf, term_id, i) == leaf)
			return true;
	return false;
}

static void add_leaves(struct leaves *w, term_id id)
{
	const struct term *x;

	if (!id)
		return;
	x = term_get(w->t, id);
	if (!(x->flags & TERM_HAS_FRESH))
		return;
	switch (x->op) {
	case TERM_FRESH:
		if (!has_leaf(w, id))
			g_array_append_val(w->leaf, id);
		break;
	case TERM_FIELD:
	case TERM_LOAD:
	case TERM_HELD:
	case TERM_UNARY:
		add_leaves(w, x->a);
		break;
	default:
		add_leaves(w, x->a);
		add_leaves(w, x->b);
		break;
	}
}

static bool has_all_leaves(const struct leaves *w, term_id id)
{
	const struct term *x = term_get(w->t, id);

	if (!(x->flags & TERM_HAS_FRESH))
		return true;
	switch (x->op) {
	case TERM_FRESH:
		return has_leaf(w, id);
	case TERM_FIELD:
	case TERM_LOAD:
	case TERM_HELD:
	case TERM_UNARY:
		return has_all_leaves(w, x->a);
	default:
		return has_all_leaves(w, x->a) && has_all_leaves(w, x->b);
	}
}

static bool speaks_of_values(const struct terms *t, const GArray *bindings)
{
	for (guint i = 0; i < bindings->len; i++)
		if (term_get(t, g_array_index(bindings, struct binding,
					      i).key)->flags & TERM_HAS_FRESH)
			return true;
	return false;
}

static void add_level(struct leaves *w, const struct level *l)
{
	if (l->class)
		add_leaves(w, l->owner);
}

static void add_lockset(struct leaves *w, const struct state *s)
{
	for (guint i = 0; i < s->held->len; i++) {
		const struct held *h = &g_array_index(s->held, struct held, i);

		add_leaves(w, h->object);
		add_leaves(w, h->owner);
		add_level(w, &h->saved);
		for (int k = 0; k < HELD_COUNT_MAX - 1; k++)
			add_level(w, &h->again[k]);
	}
	add_level(w, &s->level);
	add_leaves(w, s->checked.owner);
}

/* What is kept in memory leads to more, which may keep more. */
static void add_memory(struct leaves *w, const struct state *s)
{
	guint before;

	do {
		before = w->leaf->len;
		for (guint i = 0; i < s->memory->len; i++) {
			const struct binding *b = &g_array_index(
				s->memory, struct binding, i);

			if (has_all_leaves(w, b->key))
				add_leaves(w, b->value);
		}
	} while (w->leaf->len != before);
}

static void keep_reached(const struct leaves *w, GArray *bindings)
{
	guint to = 0;

	for (guint i = 0; i < bindings->len; i++) {
		struct binding b = g_array_index(bindings, struct binding, i);

		if (has_all_leaves(w, b.key))
			g_array_index(bindings, struct binding, to++) = b;
	}
	g_array_set_size(bindings, to);
}

void state_collect(const struct terms *t, struct state *s, term_id result)
{
	struct leaves w = { .t = t };

	if (!speaks_of_values(t, s->memory) && !speaks_of_values(t, s->fact))
		return;
	w.leaf = g_array_new(FALSE, FALSE, sizeof(term_id));
	add_leaves(&w, result);
	add_lockset(&w, s);
	add_memory(&w, s);
	keep_reached(&w, s->memory);
	keep_reached(&w, s->fact);
	g_array_unref(w.leaf);
}
