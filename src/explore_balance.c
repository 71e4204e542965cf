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
 * those ways); what it releases beyond
 * what it acquired counts as still held.  The ledger names the function.
 */
#include "explore_int.h"

static bool holds(const struct state *s, term_id object)
{
	for (guint i = 0; i < s->held->len; i++) {
		const struct held *h = &g_array_index(s->held, struct held, i);

		if (h->object == object && h->count > 0)
			return true;
	}
	return false;
}

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

static bool is_released_elsewhere(const struct explorer *x,
				  const struct summary *s,
				  const struct exit_state *e, term_id object)
{
	for (guint i = 0; i < s->exits->len; i++) {
		const struct exit_state *other =
			g_ptr_array_index(s->exits, i);
		term_id part = same_part(x->t, object, e, other);

		if (!holds(other->state, object) &&
		    !(part && holds(other->state, part)) &&
		    !results_differ(x->t, e, other) &&
		    !guards_differ(e->state, other->state))
			return true;
	}
	return false;
}

static bool is_unbalanced(struct explorer *x, const struct summary *s,
			  const struct exit_state *e, const struct held *h)
{
	const struct program *p = x->p;
	uint32_t bit = explore_lock_bit(p, x->t, h->object);

	if (h->count < 0)
		return (p->acquires[s->function] & bit) != 0;
	return (p->releases[s->function] & bit) &&
	       is_released_elsewhere(x, s, e, h->object);
}

static void balance_exit(struct explorer *x, const struct summary *s,
			 const struct exit_state *e, struct state *to)
{
	for (guint i = e->state->held->len; i > 0; i--) {
		const struct held *h = &g_array_index(e->state->held,
						      struct held, i - 1);

		if (!is_unbalanced(x, s, e, h))
			continue;
		explorer_limit(x, LIMIT_UNBALANCED, s->function, 0, h->class);
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
