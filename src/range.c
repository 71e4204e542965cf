/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "range.h"

#include "facts.h"

/* x OP number. */
struct comparison {
	term_id value;
	int op;			/* EXPR_EQ, or an order */
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

static bool is_comparison(int op)
{
	return op == EXPR_EQ || mirrored(op) != op;
}

static bool comparison_of(const struct terms *t, term_id id,
			  struct comparison *c)
{
	const struct term *x = term_get(t, id);

	if (x->op != TERM_BINARY || !is_comparison((int)x->imm))
		return false;
	if (term_is_const(t, x->b, &c->number))
		*c = (struct comparison){ .value = x->a, .op = (int)x->imm,
					  .number = c->number };
	else if (term_is_const(t, x->a, &c->number))
		*c = (struct comparison){ .value = x->b,
					  .op = mirrored((int)x->imm),
					  .number = c->number };
	else
		return false;
	return c->number >= 0 && c->number < INT64_MAX;
}

/* The numbers of which C is true; false: that is no range. */
static bool range_if(const struct comparison *c, bool truth, struct range *out)
{
	*out = RANGE_ALL;
	switch (c->op) {
	case EXPR_EQ:
		out->lo = out->hi = c->number;
		return truth;
	case EXPR_LT:
	case EXPR_GE:
		if (truth == (c->op == EXPR_LT))
			out->hi = c->number - 1;
		else
			out->lo = c->number;
		return true;
	default:
		if (truth == (c->op == EXPR_LE))
			out->hi = c->number;
		else
			out->lo = c->number + 1;
		return true;
	}
}

term_id range_cut(const struct terms *t, term_id id, bool truth,
		  struct range *r)
{
	struct comparison c;
	struct range cut;

	if (!comparison_of(t, id, &c) || !range_if(&c, truth, &cut))
		return 0;
	if (cut.lo > r->lo)
		r->lo = cut.lo;
	if (cut.hi < r->hi)
		r->hi = cut.hi;
	return c.value;
}

term_id range_compared(const struct terms *t, term_id id)
{
	struct comparison c;

	return comparison_of(t, id, &c) ? c.value : 0;
}

/* Is C true of all of R?  Below 0 there are numbers if nothing says otherwise. */
static bool is_sure(const struct comparison *c, const struct range *r,
		    const struct range *yes)
{
	bool above = c->op == EXPR_GT || c->op == EXPR_GE;
	bool below = c->op == EXPR_LT || c->op == EXPR_LE;

	return r->lo >= yes->lo && r->hi <= yes->hi && (below || r->lo > 0) &&
	       (above || r->hi < INT64_MAX);
}

enum tristate range_truth(const struct terms *t, term_id id,
			  const struct range *r)
{
	struct comparison c;
	struct range yes;

	if (!comparison_of(t, id, &c) || !range_if(&c, true, &yes))
		return TRI_UNKNOWN;
	if (r->hi < yes.lo || r->lo > yes.hi)
		return TRI_NO;
	return is_sure(&c, r, &yes) ? TRI_YES : TRI_UNKNOWN;
}
