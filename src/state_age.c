/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values that are made again where they have been made before. */
#include "state_int.h"

#include "asks.h"
#include "program.h"

/* What is made again: all values of a node, or one of them. */
struct ager {
	struct terms *t;
	uint32_t node;
	term_id only;		/* 0: all */
};

static bool is_made_again(const struct ager *w, term_id leaf)
{
	const struct term *x = term_get(w->t, leaf);

	return x->op == TERM_FRESH && x->a == w->node &&
	       (w->only ? leaf == w->only : x->b < FRESH_LOCAL);
}

static term_id age_leaf(void *context, term_id leaf)
{
	struct ager *w = context;
	struct term x = *term_get(w->t, leaf);

	if (is_made_again(w, leaf))
		return term_leaf(w->t, TERM_OLD, x.a, x.b, x.imm);
	return leaf;
}

static bool contains_again(const struct ager *w, term_id id)
{
	const struct term *x = term_get(w->t, id);

	if (!(x->flags & TERM_HAS_FRESH))
		return false;
	switch (x->op) {
	case TERM_FRESH:
		return is_made_again(w, id);
	case TERM_FIELD:
	case TERM_LOAD:
	case TERM_HELD:
	case TERM_UNARY:
		return contains_again(w, x->a);
	default:
		return contains_again(w, x->a) || contains_again(w, x->b);
	}
}

static bool keep_not_again(void *context, const struct binding *b)
{
	const struct ager *w = context;

	return !contains_again(w, b->key);
}

static term_id aged(struct ager *w, term_id id)
{
	if (!id || !contains_again(w, id))
		return id;
	return term_map(w->t, id, age_leaf, NULL, w);
}

static void age_level(struct ager *w, struct level *l)
{
	if (l->class)
		l->owner = aged(w, l->owner);
}

/* Does it not speak of what is made again? */
static bool keep_ask(void *context, const struct ask *ask)
{
	const struct ager *w = context;

	return !(ask->force.owner && contains_again(w, ask->force.owner)) &&
	       !(ask->owner && contains_again(w, ask->owner)) &&
	       !(ask->object && contains_again(w, ask->object));
}

static void age(struct ager *w, struct state *s)
{
	if (s->asked)
		s->asked = asks_filter(state_pool_asks(s->pool), s->asked,
				       keep_ask, w);
	bindings_filter(s->memory, keep_not_again, w);
	bindings_filter(s->fact, keep_not_again, w);
	for (guint i = 0; i < s->memory->len; i++) {
		struct binding *b =
			&g_array_index(s->memory, struct binding, i);

		b->value = aged(w, b->value);
	}
	for (guint i = 0; i < s->held->len; i++) {
		struct held *h = &g_array_index(s->held, struct held, i);

		/* Still held when the next element's turn comes. */
		if (h->each && contains_again(w, h->object))
			h->all = h->many = true;
		h->object = aged(w, h->object);
		h->owner = aged(w, h->owner);
		age_level(w, &h->saved);
		for (int k = 0; k < HELD_COUNT_MAX - 1; k++)
			age_level(w, &h->again[k]);
	}
	age_level(w, &s->level);
	s->checked.owner = aged(w, s->checked.owner);
}

void state_age(struct terms *t, struct state *s, uint32_t node)
{
	struct ager w = { .t = t, .node = node };

	age(&w, s);
}

void state_age_value(struct terms *t, struct state *s, term_id value)
{
	struct ager w = { .t = t, .node = term_get(t, value)->a,
			  .only = value };

	age(&w, s);
}
