/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A function that acquires and releases locks of one member, and whose ways
 * out differ in whether one is held, has an error path that forgets to
 * release, or conditions that the exploration could not tell to be one.
 * Either way its callers cannot know which.
 *
 * Approximation: what such a function returns held although it releases it on
 * other ways with the same result counts as released (but a lock of the very
 * record that it returns does not, if it returns with that record's lock on
 * those ways).  The ledger names the function.
 *
 * A lock that a function neither acquires nor releases itself, but that it
 * returns held, or released, on some ways only, is followed UNTOLD_MAX such
 * returns up, where the orderings that a forgotten release makes are to be
 * seen, and no further: a lock that leaks from a function that everybody calls
 * would be held everywhere, together with each other such lock.
 */
#include "explore_int.h"

enum { UNTOLD_MAX = 2 };

/* Could a caller tell the two ways out apart by their results? */
static bool results_differ(const struct terms *t, const struct exit_state *x,
			   const struct exit_state *y)
{
	return x->result && y->result && x->result != y->result &&
	       term_get(t, x->result)->op != TERM_UNKNOWN &&
	       term_get(t, y->result)->op != TERM_UNKNOWN &&
	       (term_is_const(t, x->result, NULL) ||
		term_is_const(t, y->result, NULL));
}

/* Could it be, given what was asked on both ways, that both are taken? */
static bool guards_differ(const struct state *x, const struct state *y)
{
	for (guint i = 0; i < x->guard->len; i++)
		for (guint k = 0; k < y->guard->len; k++) {
			uint32_t a = g_array_index(x->guard, uint32_t, i);
			uint32_t b = g_array_index(y->guard, uint32_t, k);

			if (LITERAL_TERM(a) == LITERAL_TERM(b) &&
			    LITERAL_TRUTH(a) != LITERAL_TRUTH(b))
				return true;
		}
	return false;
}

/*
 * OBJECT, which is a part of what E returns, as the same part of what OTHER
 * returns; 0 if it is none.
 */
static term_id same_part(struct terms *t, term_id object,
			 const struct exit_state *e,
			 const struct exit_state *other)
{
	struct term x = *term_get(t, object);
	term_id base;

	if (object == e->result)
		return other->result;
	if (x.op != TERM_FIELD)
		return 0;
	base = same_part(t, x.a, e, other);
	return base ? term_field(t, base, x.b) : 0;
}

/* Is OBJECT held, or, if !GIVES, one that was released? */
static bool has(const struct state *s, term_id object, bool gives)
{
	for (guint i = 0; i < s->held->len; i++) {
		const struct held *h = &g_array_index(s->held, struct held, i);

		if (h->object == object && (h->count > 0) == gives)
			return true;
	}
	return false;
}

/* Does E hand over H, and another way out, that looks the same, does not? */
static bool only_on_some_ways(const struct explorer *x,
			      const struct summary *s,
			      const struct exit_state *e, const struct held *h)
{
	bool gives = h->count > 0;

	for (guint i = 0; i < s->exits->len; i++) {
		const struct exit_state *other =
			g_ptr_array_index(s->exits, i);
		term_id part = same_part(x->t, h->object, e, other);

		if (!has(other->state, h->object, gives) &&
		    !(part && has(other->state, part, gives)) &&
		    !results_differ(x->t, e, other) &&
		    !guards_differ(e->state, other->state))
			return true;
	}
	return false;
}

/* Counts the return in H if callers cannot tell. */
static bool is_unbalanced(struct explorer *x, const struct summary *s,
			  const struct exit_state *e, struct held *h)
{
	const struct program *p = x->p;
	uint32_t bit = explore_lock_bit(p, x->t, h->object);
	bool own = h->count > 0 && p->releases_own[s->function] & bit;

	if (!only_on_some_ways(x, s, e, h))
		return false;
	if (own)
		return true;
	return ++h->untold > UNTOLD_MAX;
}

static void balance_exit(struct explorer *x, const struct summary *s,
			 const struct exit_state *e, struct state *to)
{
	for (guint i = to->held->len; i > 0; i--) {
		struct held *h = &g_array_index(to->held, struct held, i - 1);

		if (!is_unbalanced(x, s, e, h))
			continue;
		explorer_limit(x, h->untold > UNTOLD_MAX ? LIMIT_UNTOLD
							 : LIMIT_UNBALANCED,
			       s->function, 0, h->class);
		if (to->level.class == h->class || !to->level.class)
			to->level = h->count > 0 ? h->saved
						 : (struct level){ 0 };
		g_array_remove_index(to->held, i - 1);
	}
}

/* Is there one already that stands for E as well? */
static bool is_covered(const GPtrArray *exits, const struct exit_state *e)
{
	for (guint i = 0; i < exits->len; i++) {
		const struct exit_state *old = g_ptr_array_index(exits, i);

		if (old->result == e->result &&
		    state_same_locks(old->state, e->state) &&
		    state_same_memory(old->state, e->state) &&
		    state_same_guard(old->state, e->state))
			return true;
	}
	return false;
}

GPtrArray *explore_balance(struct explorer *x, const struct summary *s)
{
	GPtrArray *out = g_ptr_array_new();

	for (guint i = 0; i < s->exits->len; i++) {
		const struct exit_state *e = g_ptr_array_index(s->exits, i);
		struct exit_state copy = { .state = state_copy(e->state),
					   .result = e->result };

		balance_exit(x, s, e, copy.state);
		if (is_covered(out, &copy))
			state_free(copy.state);
		else
			g_ptr_array_add(out,
					g_memdup2(&copy, sizeof(copy)));
	}
	return out;
}
