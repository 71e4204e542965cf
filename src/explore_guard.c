/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which literals can hold together. */
#include "explore.h"

#include "bundle.h"
#include "program.h"

/* x == F, for the function pointer in a member: *RECORD is what it is a
 * member of. */
static bool is_function_literal(const struct terms *t, term_id id,
				term_id *record, fact_id *field,
				fact_id *function)
{
	const struct term *x = term_get(t, id), *value, *at;

	if (x->op != TERM_BINARY || x->imm != EXPR_EQ)
		return false;
	value = term_get(t, x->b);
	at = term_get(t, x->a);
	if (value->op != TERM_FUNCTION || at->op != TERM_LOAD)
		return false;
	at = term_get(t, at->a);
	if (at->op != TERM_FIELD)
		return false;
	*record = at->a;
	*field = at->b;
	*function = value->a;
	return true;
}

/* Are both of one record, which cannot hold both functions? */
static bool are_of_two_bundles(const struct explorer *x, term_id a, term_id b)
{
	term_id ra, rb;
	fact_id fa, fb, va, vb;

	return is_function_literal(x->t, a, &ra, &fa, &va) &&
	       is_function_literal(x->t, b, &rb, &fb, &vb) && ra == rb &&
	       fa != fb && !bundles_allow(x->bundles, fa, va, fb, vb);
}

/* Literals about one value: can they both be true? */
static bool are_of_two_values(const struct terms *t, term_id a, term_id b)
{
	const struct term *x = term_get(t, a), *y = term_get(t, b);

	return x->op == TERM_BINARY && y->op == TERM_BINARY &&
	       x->imm == EXPR_EQ && y->imm == EXPR_EQ && x->a == y->a &&
	       x->b != y->b && term_is_fixed(t, x->b) &&
	       term_is_fixed(t, y->b);
}

static bool contradict(const struct explorer *x, uint32_t a, uint32_t b)
{
	term_id ta = LITERAL_TERM(a), tb = LITERAL_TERM(b);

	if (ta == tb)
		return LITERAL_TRUTH(a) != LITERAL_TRUTH(b);
	return LITERAL_TRUTH(a) && LITERAL_TRUTH(b) &&
	       (are_of_two_values(x->t, ta, tb) ||
		are_of_two_bundles(x, ta, tb));
}

bool explore_guard_holds(const struct explorer *x, const GArray *guard,
			 uint32_t *because, bool *asserted)
{
	for (guint i = 0; i < guard->len; i++)
		for (guint k = i + 1; k < guard->len; k++) {
			uint32_t a = g_array_index(guard, uint32_t, i);
			uint32_t b = g_array_index(guard, uint32_t, k);

			if (!contradict(x, a, b))
				continue;
			*because = a;
			*asserted = LITERAL_IS_ASSERTED(a) ||
				    LITERAL_IS_ASSERTED(b);
			return false;
		}
	return true;
}

bool explore_facts_allow(const struct explorer *x, const GArray *facts,
			 uint32_t literal)
{
	term_id record, key = LITERAL_TERM(literal);
	fact_id field, function;

	if (!LITERAL_TRUTH(literal) ||
	    !is_function_literal(x->t, key, &record, &field, &function))
		return true;
	for (guint i = 0; i < facts->len; i++) {
		const struct binding *b =
			&g_array_index(facts, struct binding, i);
		const struct term *at = term_get(x->t, b->key);
		const struct term *value;

		if (at->op != TERM_LOAD || !b->value)
			continue;
		value = term_get(x->t, b->value);
		at = term_get(x->t, at->a);
		if (value->op == TERM_FUNCTION && at->op == TERM_FIELD &&
		    at->a == record && at->b != field &&
		    !bundles_allow(x->bundles, at->b, value->a, field,
				   function))
			return false;
	}
	return true;
}
