/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of values: facts decide them, conditions add to facts. */
#include "state_int.h"

#include "mutant.h"
#include "program.h"

term_id state_resolve(const struct terms *t, const struct state *s,
		      term_id value)
{
	const struct binding *b;

	if (!value || !term_is_stable(t, value))
		return value;
	b = bindings_find(s->fact, value);
	return b && b->value ? b->value : value;
}

/* Members that always point to something: the model's owners, and others. */
static bool is_owner_load(const struct program *p, const struct terms *t,
			  term_id value)
{
	const struct term *x = term_get(t, value);

	if (x->op != TERM_LOAD)
		return false;
	x = term_get(t, x->a);
	if (x->op != TERM_FIELD)
		return false;
	if (x->b == p->domain_field || p->nonnull_field[x->b])
		return true;
	for (guint i = 0; i < p->owner->len; i++)
		if (g_array_index(p->owner, struct owner_rule, i).field ==
		    x->b)
			return true;
	return false;
}

static bool is_not_zero(const struct terms *t, const struct state *s,
			term_id value)
{
	const struct binding *b;
	int64_t imm;

	if (term_is_address(t, value))
		return true;
	if (s->program && is_owner_load(s->program, t, value))
		return true;
	if (term_is_const(t, value, &imm))
		return imm != 0;
	b = bindings_find(s->fact, value);
	if (!b)
		return false;
	return !b->value || (term_is_const(t, b->value, &imm) && imm != 0);
}

/* x == y, where facts may be known of x and y. */
static enum tristate equal_truth(const struct terms *t, const struct state *s,
				 const struct term *x)
{
	term_id a = state_resolve(t, s, x->a), b = state_resolve(t, s, x->b);
	int64_t ca, cb;

	if (term_is_const(t, a, &ca) && term_is_const(t, b, &cb))
		return ca == cb ? TRI_YES : TRI_NO;
	if (term_is_fixed(t, a) && term_is_fixed(t, b))
		return a == b ? TRI_YES : TRI_NO;
	if (term_is_const(t, b, &cb) && cb == 0) {
		const struct term *inner = term_get(t, a);

		if (is_not_zero(t, s, a))
			return TRI_NO;
		if (inner->op == TERM_BINARY && inner->imm == EXPR_EQ) {
			enum tristate in = state_truth(t, s, a);

			return in == TRI_UNKNOWN ? in
			       : in == TRI_YES	 ? TRI_NO
						 : TRI_YES;
		}
	}
	return TRI_UNKNOWN;
}

/* Bits of a value, where facts may say which value it is. */
static enum tristate bits_truth(const struct terms *t, const struct state *s,
				const struct term *x)
{
	int64_t value, mask;

	if (!term_is_const(t, state_resolve(t, s, x->a), &value) ||
	    !term_is_const(t, x->b, &mask))
		return TRI_UNKNOWN;
	return value & mask ? TRI_YES : TRI_NO;
}

/* Bits that are set in VALUE, whatever the rest of it is. */
static uint64_t bits_set(const struct terms *t, term_id value)
{
	const struct term *x = term_get(t, value);
	int64_t imm;

	if (term_is_const(t, value, &imm))
		return (uint64_t)imm;
	if (x->op != TERM_BINARY)
		return 0;
	if (x->imm == EXPR_OR)
		return bits_set(t, x->a) | bits_set(t, x->b);
	if (x->imm == EXPR_AND)
		return bits_set(t, x->a) & bits_set(t, x->b);
	return 0;
}

struct range state_range(const struct terms *t, const struct state *s,
			 term_id value)
{
	struct range r = RANGE_ALL;
	int64_t imm = 1;

	for (guint i = bindings_place(s->fact, value); i < s->fact->len; i++) {
		const struct binding *b =
			&g_array_index(s->fact, struct binding, i);

		if (b->key == value && !b->value)
			r.holes |= 1;
		if (b->key == value && b->value &&
		    term_is_const(t, b->value, &imm) && imm >= 0)
			return (struct range){ imm, imm, 0, true, UINT64_MAX };
		if (range_compared(t, b->key) != value)
			continue;
		imm = 1;
		if (!b->value || term_is_const(t, b->value, &imm))
			range_cut(t, b->key, imm != 0, &r);
	}
	return r;
}

/* VALUE compares something that has been compared with other numbers. */
static enum tristate ordered_truth(const struct terms *t,
				   const struct state *s, term_id value)
{
	term_id compared = range_compared(t, value);
	struct range r;

	if (!compared)
		return TRI_UNKNOWN;
	r = state_range(t, s, compared);
	return range_truth(t, value, &r);
}

enum tristate state_truth(const struct terms *t, const struct state *s,
			  term_id value)
{
	enum tristate now = TRI_UNKNOWN;
	const struct term *x;
	int64_t imm;

	value = state_resolve(t, s, value);
	if (term_is_const(t, value, &imm))
		return imm ? TRI_YES : TRI_NO;
	x = term_get(t, value);
	if (bits_set(t, value))
		return TRI_YES;
	if (!term_is_stable(t, value))
		return TRI_UNKNOWN;
	if (is_not_zero(t, s, value))
		return TRI_YES;
	if (x->op == TERM_BINARY && x->imm == EXPR_AND)
		now = bits_truth(t, s, x);
	else if (x->op == TERM_BINARY && x->imm == EXPR_EQ)
		now = equal_truth(t, s, x);
	return now == TRI_UNKNOWN ? ordered_truth(t, s, value) : now;
}

/* Can KEY be VALUE, by what is known of its bits? */
static bool bits_allow(const struct terms *t, const struct state *s,
		       term_id key, int64_t value)
{
	int64_t mask, bits;

	for (guint i = bindings_place(s->fact, key); i < s->fact->len; i++) {
		const struct binding *b =
			&g_array_index(s->fact, struct binding, i);
		const struct term *x = term_get(t, b->key);

		if (x->op != TERM_BINARY || x->imm != EXPR_AND ||
		    x->a != key || !term_is_const(t, x->b, &mask))
			continue;
		if (!b->value ? (value & mask) == 0
			      : term_is_const(t, b->value, &bits) &&
					(value & mask) != bits)
			return false;
	}
	return true;
}

static bool assume_value(struct terms *t, struct state *s, term_id key,
			 term_id value)
{
	const struct term *x = term_get(t, key);
	int64_t have, want;

	if (term_is_const(t, key, &have))
		return !term_is_const(t, value, &want) || have == want;
	/* x | c == 0 says that x is 0 */
	if (x->op == TERM_BINARY && x->imm == EXPR_OR &&
	    term_is_const(t, value, &want) && want == 0) {
		term_id a = x->a;

		bindings_set(s->fact, key, value);
		return assume_value(t, s, a, value);
	}
	if (term_is_const(t, value, &want) && !bits_allow(t, s, key, want))
		return false;
	bindings_set(s->fact, key, value);
	return true;
}

static bool assume_equal(struct terms *t, struct state *s, term_id value,
			 bool truth)
{
	const struct term *x = term_get(t, value);
	term_id a = x->a, b = x->b;
	int64_t imm;

	if (truth && term_get(t, b)->op == TERM_FUNCTION)
		return assume_value(t, s, a, b);
	if (!term_is_const(t, b, &imm)) {
		bindings_set(s->fact, value, term_const(t, truth));
		if (truth && state_resolve(t, s, a) != a)
			return state_truth(t, s, b) != TRI_YES &&
			       assume_value(t, s, b, state_resolve(t, s, a));
		return true;
	}
	if (imm == 0 && term_get(t, a)->op == TERM_BINARY &&
	    term_get(t, a)->imm == EXPR_EQ)
		return state_assume(t, s, a, !truth);
	if (truth)
		return assume_value(t, s, a, b);
	if (imm == 0)
		bindings_set(s->fact, a, 0);
	else
		bindings_set(s->fact, value, term_const(t, 0));
	return true;
}

bool state_assume(struct terms *t, struct state *s, term_id value, bool truth)
{
	enum tristate now = state_truth(t, s, value);
	const struct term *x;

	if (now != TRI_UNKNOWN)
		return MUTANT(10, true, (now == TRI_YES) == truth);
	if (!term_is_stable(t, value))
		return true;
	x = term_get(t, value);
	if (x->op == TERM_BINARY && x->imm == EXPR_EQ)
		return assume_equal(t, s, value, truth);
	if (truth && (x->flags & TERM_IS_BOOL))
		bindings_set(s->fact, value, term_const(t, 1));
	else if (truth)
		bindings_set(s->fact, value, 0);
	else
		return assume_value(t, s, value, term_const(t, 0));
	return true;
}
