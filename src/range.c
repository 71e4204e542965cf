/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "range.h"

#include "facts.h"

/* x OP number; or (1 << x) & number, (1 << (x & 63)) & number, or x & number. */
struct comparison {
	term_id value;
	int op;			/* EXPR_EQ, an order, EXPR_SHL, EXPR_REM, EXPR_AND */
	int64_t number;
};

static int mirrored(int op)
{
	switch (op) {
	case EXPR_LT:
		return EXPR_GT;
	case EXPR_LE:
		return EXPR_GE;
	case EXPR_GT:
		return EXPR_LT;
	case EXPR_GE:
		return EXPR_LE;
	default:
		return op;
	}
}

static bool comparison_of(const struct terms *t, term_id id,
			  struct comparison *c)
{
	const struct term *x = term_get(t, id);

	if (!x->compared)
		return false;
	c->value = x->compared;
	c->op = (int)x->imm;
	if (x->imm == EXPR_AND && x->compared != x->a)
		c->op = term_exponent(t, x->a) == x->compared ? EXPR_SHL
							      : EXPR_REM;
	if (term_is_const(t, x->b, &c->number))
		return true;
	c->op = mirrored(c->op);
	return term_is_const(t, x->a, &c->number);
}

/* The numbers of an order or an equality that is true. */
static struct range range_of(const struct comparison *c)
{
	struct range r = RANGE_ALL;

	if (c->op == EXPR_EQ || c->op == EXPR_GE)
		r.lo = c->number;
	else if (c->op == EXPR_GT)
		r.lo = c->number + 1;
	if (c->op == EXPR_EQ || c->op == EXPR_LE)
		r.hi = c->number;
	else if (c->op == EXPR_LT)
		r.hi = c->number - 1;
	r.natural = c->op != EXPR_LE && c->op != EXPR_LT;
	return r;
}

static bool is_order(int op)
{
	return op == EXPR_LT || op == EXPR_LE || op == EXPR_GT ||
	       op == EXPR_GE;
}

static int opposite(int op)
{
	switch (op) {
	case EXPR_LT:
		return EXPR_GE;
	case EXPR_LE:
		return EXPR_GT;
	case EXPR_GT:
		return EXPR_LE;
	default:
		return EXPR_LT;
	}
}

/* The bits of the numbers from LO to HI, as far as they are below 64. */
static uint64_t bits_between(int64_t lo, int64_t hi)
{
	uint64_t from = lo < TERM_SET_MAX ? UINT64_MAX << lo : 0;
	uint64_t to = hi < 0 ? 0
		      : hi < TERM_SET_MAX - 1 ? (UINT64_C(2) << hi) - 1
					 : UINT64_MAX;

	return lo <= hi ? from & to : 0;
}

/* What the numbers from LO to HI, none negative, leave when they are divided by
 * 64. */
static uint64_t rests_between(int64_t lo, int64_t hi)
{
	uint64_t bits;
	unsigned first = (unsigned)(lo % TERM_SET_MAX);

	if (lo > hi)
		return 0;
	if (hi - lo >= TERM_SET_MAX - 1)
		return UINT64_MAX;
	bits = (UINT64_C(1) << (hi - lo + 1)) - 1;
	return first ? bits << first | bits >> (TERM_SET_MAX - first) : bits;
}

/* The numbers below 64, as bits, that have a bit of MASK. */
static uint64_t numbers_with(int64_t mask)
{
	/* by bit of the mask: which of the 64 have it */
	static const uint64_t having[] = {
		UINT64_C(0xaaaaaaaaaaaaaaaa), UINT64_C(0xcccccccccccccccc),
		UINT64_C(0xf0f0f0f0f0f0f0f0), UINT64_C(0xff00ff00ff00ff00),
		UINT64_C(0xffff0000ffff0000), UINT64_C(0xffffffff00000000),
	};
	uint64_t found = 0;

	for (size_t bit = 0; bit < G_N_ELEMENTS(having); bit++)
		if (mask >> bit & 1)
			found |= having[bit];
	return found;
}

/* The numbers of which C is TRUTH. */
static struct range range_if(struct comparison c, bool truth)
{
	struct range r = RANGE_ALL;

	if (c.op == EXPR_AND) {
		r.holes = numbers_with(c.number);
		if (truth)
			r.holes = ~r.holes;
		return r;
	}
	if (c.op == EXPR_REM) {
		r.rests = truth ? (uint64_t)c.number : ~(uint64_t)c.number;
		return r;
	}
	if (c.op == EXPR_SHL) {
		r.holes = truth ? ~(uint64_t)c.number : (uint64_t)c.number;
		r.natural = truth;
		if (truth)
			r.hi = TERM_SET_MAX - 1;
		return r;
	}
	if (c.op == EXPR_EQ && !truth) {
		r.holes = bits_between(c.number, c.number);
		return r;
	}
	if (!truth)
		c.op = opposite(c.op);
	return range_of(&c);
}

term_id range_cut(const struct terms *t, term_id id, bool truth,
		  struct range *r)
{
	struct comparison c;
	struct range cut;

	if (!comparison_of(t, id, &c))
		return 0;
	/* one number left out: most facts on a switch are such */
	if (c.op == EXPR_EQ && !truth && c.number >= TERM_SET_MAX)
		return c.value;
	cut = range_if(c, truth);
	if (cut.lo > r->lo)
		r->lo = cut.lo;
	if (cut.hi < r->hi)
		r->hi = cut.hi;
	r->holes |= cut.holes;
	r->natural |= cut.natural;
	r->rests &= cut.rests;
	return c.value;
}

term_id range_compared(const struct terms *t, term_id id)
{
	return term_get(t, id)->compared;
}

/* Has R a number of which C is TRUTH?  Negative ones, if it may have any, are
 * below all that C compares with, and in no set. */
static bool has_such(const struct range *r, const struct comparison *c,
		     bool truth)
{
	struct range yes = range_if(*c, truth);
	bool below = c->op == EXPR_LT || c->op == EXPR_LE;
	/* of negative ones, too */
	bool bits = c->op == EXPR_AND || c->op == EXPR_REM;
	uint64_t rests = r->rests & yes.rests;
	int64_t lo = r->lo > yes.lo ? r->lo : yes.lo;
	int64_t hi = r->hi < yes.hi ? r->hi : yes.hi;

	return bits_between(lo, hi) & ~r->holes & ~yes.holes & rests ||
	       rests_between(lo > TERM_SET_MAX ? lo : TERM_SET_MAX, hi) & rests ||
	       (!r->natural && (bits || below == truth));
}

enum tristate range_truth(const struct terms *t, term_id id,
			  const struct range *r)
{
	struct comparison c;

	if (!comparison_of(t, id, &c))
		return TRI_UNKNOWN;
	/* A number below 0 may be compared as one without a sign here. */
	if (r->hi < 0 && is_order(c.op))
		return TRI_UNKNOWN;
	if (!has_such(r, &c, true))
		return TRI_NO;
	return has_such(r, &c, false) ? TRI_UNKNOWN : TRI_YES;
}

enum tristate range_follows(const struct terms *t, term_id a, bool truth,
			    term_id b)
{
	struct range r = RANGE_ALL;
	term_id value = range_compared(t, a);

	if (!value || range_compared(t, b) != value)
		return TRI_UNKNOWN;
	range_cut(t, a, truth, &r);
	return range_truth(t, b, &r);
}

uint64_t range_set(const struct range *r)
{
	if (!r->natural || r->hi >= TERM_SET_MAX)
		return 0;
	return bits_between(r->lo, r->hi) & ~r->holes & r->rests;
}

term_id range_one_of(struct terms *t, term_id value, uint64_t set)
{
	return term_binary(t, EXPR_AND,
			   term_binary(t, EXPR_SHL, term_const(t, 1), value),
			   term_const(t, (int64_t)set));
}

uint64_t range_rests(const struct range *r)
{
	uint64_t set = range_set(r);

	if (set || !r->natural)
		return set ? set : r->rests;
	return r->rests & rests_between(r->lo, r->hi);
}

term_id range_rest_of(struct terms *t, term_id value, uint64_t rests)
{
	return range_one_of(t, term_binary(t, EXPR_AND, value,
					   term_const(t, TERM_SET_MAX - 1)),
			    rests);
}
