/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which literals can hold together. */
#include "explore.h"

#include "bundle.h"
#include "program.h"
#include "range.h"
#include "value.h"

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

/* A says that some value is 0, and B that it is another number. */
static bool are_zero_and_number(const struct terms *t, uint32_t a, uint32_t b)
{
	const struct term *y = term_get(t, LITERAL_TERM(b));
	int64_t number;

	return !LITERAL_TRUTH(a) && LITERAL_TRUTH(b) &&
	       y->op == TERM_BINARY && y->imm == EXPR_EQ &&
	       y->a == LITERAL_TERM(a) && term_is_const(t, y->b, &number) &&
	       number != 0;
}

/* A says that some value is a constant, which has none of B's bits, or just
 * some that B denies. */
static bool are_of_other_bits(const struct terms *t, uint32_t a, uint32_t b)
{
	const struct term *x = term_get(t, LITERAL_TERM(a));
	const struct term *y = term_get(t, LITERAL_TERM(b));
	term_id value = LITERAL_TERM(a);
	int64_t is = 0, mask;

	if (LITERAL_TRUTH(a)) {
		if (x->op != TERM_BINARY || x->imm != EXPR_EQ ||
		    !term_is_const(t, x->b, &is))
			return false;
		value = x->a;
	}
	return y->op == TERM_BINARY && y->imm == EXPR_AND && y->a == value &&
	       term_is_const(t, y->b, &mask) &&
	       ((is & mask) != 0) != LITERAL_TRUTH(b);
}

/* The bits that a literal asks for: 255 for a member as a whole. */
static term_id masked_load(const struct terms *t, term_id id, int64_t *mask)
{
	const struct term *x = term_get(t, id);

	*mask = 255;
	if (x->op == TERM_BINARY && x->imm == EXPR_AND &&
	    term_is_const(t, x->b, mask))
		id = x->a;
	return term_get(t, id)->op == TERM_LOAD ? id : 0;
}

/* Does ID ask for the member of W?  Of which domain; 0 if not. */
static term_id domain_asked(const struct terms *t, term_id id,
			    const struct code_world *w)
{
	int64_t mask;
	term_id load = masked_load(t, id, &mask), address;
	uint32_t nr = 0;

	if (!load || mask != w->mask || w->is_number || w->variable)
		return 0;
	address = term_get(t, load)->a;
	while (w->field[nr])
		nr++;
	for (; nr > 0; nr--) {
		const struct term *x = term_get(t, address);

		if (w->through[nr - 1]) {
			if (x->op != TERM_LOAD)
				return 0;
			x = term_get(t, x->a);
		}
		if (x->op != TERM_FIELD || x->b != w->field[nr - 1])
			return 0;
		address = x->a;
	}
	return address;
}

/* The member that ID asks for, perhaps masked; 0: none. */
static fact_id member_asked(const struct terms *t, term_id id)
{
	int64_t mask;
	term_id load = masked_load(t, id, &mask);
	const struct term *x = load ? term_get(t, term_get(t, load)->a) : NULL;

	return x && x->op == TERM_FIELD ? x->b : 0;
}

/* A implies something that B denies, of the same domain. */
static bool implies_otherwise(const struct explorer *x, uint32_t a,
			      uint32_t b)
{
	const GArray *all = x->p->implication;
	fact_id if_member = member_asked(x->t, LITERAL_TERM(a));
	fact_id then_member = if_member ? member_asked(x->t, LITERAL_TERM(b))
					: 0;

	if (!then_member)
		return false;

	for (guint i = 0; i < all->len; i++) {
		const struct implication *m =
			&g_array_index(all, struct implication, i);
		term_id domain;

		if (m->condition.last != if_member ||
		    m->consequence.last != then_member ||
		    LITERAL_TRUTH(a) != m->condition.truth ||
		    LITERAL_TRUTH(b) == m->consequence.truth)
			continue;
		domain = domain_asked(x->t, LITERAL_TERM(a), &m->condition);
		if (domain && domain == domain_asked(x->t, LITERAL_TERM(b),
						     &m->consequence))
			return true;
	}
	return false;
}

term_id explore_world_term(const struct explorer *x, const struct state *s,
			   term_id domain, const struct code_world *w)
{
	term_id value = domain;

	if (w->variable)
		return term_binary(
			x->t, EXPR_EQ, domain,
			value_load(x->p, x->t, s,
				   term_leaf(x->t, TERM_GLOBAL, w->variable, 0,
					     0)));
	for (uint32_t i = 0; w->field[i]; i++) {
		value = term_field(x->t, value, w->field[i]);
		if (w->through[i])
			value = value_load(x->p, x->t, s, value);
	}
	value = value_load(x->p, x->t, s, value);
	if (w->is_number)
		return term_binary(x->t, EXPR_EQ, value,
				   term_const(x->t, w->number));
	return w->mask == 255 ? value
			      : term_binary(x->t, EXPR_AND, value,
					    term_const(x->t, w->mask));
}

/* Does what is known at S deny what A, given in one direction, implies? */
static bool is_denied(const struct explorer *x, const struct state *s,
		      term_id domain, const struct code_world *w, bool truth)
{
	enum tristate now = state_truth(x->t, s, explore_world_term(x, s, domain, w));

	return now != TRI_UNKNOWN && (now == TRI_YES) != truth;
}

bool explore_world_allows(const struct explorer *x, const struct state *s,
			  term_id value, bool truth)
{
	const GArray *all = x->p->implication;
	const struct term *y = term_get(x->t, value);
	int64_t imm;

	while (y->op == TERM_BINARY && y->imm == EXPR_EQ &&
	       term_is_const(x->t, y->b, &imm) && imm == 0) {
		value = y->a;
		truth = !truth;
		y = term_get(x->t, value);
	}
	for (guint i = 0; i < all->len; i++) {
		const struct implication *m =
			&g_array_index(all, struct implication, i);
		term_id domain = truth == m->condition.truth
					 ? domain_asked(x->t, value,
							&m->condition)
					 : 0;

		if (domain && is_denied(x, s, domain, &m->consequence,
					m->consequence.truth))
			return false;
		domain = truth != m->consequence.truth
				 ? domain_asked(x->t, value, &m->consequence)
				 : 0;
		if (domain && is_denied(x, s, domain, &m->condition,
					!m->condition.truth))
			return false;
	}
	return true;
}

bool explore_learn(const struct explorer *x, struct state *s, term_id value,
		   bool truth)
{
	return explore_world_allows(x, s, value, truth) &&
	       state_learn(x->t, s, value, truth, false);
}

/* Do they compare one value with numbers, and not both hold? */
static bool are_of_other_range(const struct terms *t, uint32_t a, uint32_t b)
{
	enum tristate then = range_follows(t, LITERAL_TERM(a), LITERAL_TRUTH(a),
					   LITERAL_TERM(b));

	return then == (LITERAL_TRUTH(b) ? TRI_NO : TRI_YES);
}

bool explore_contradict(const struct explorer *x, uint32_t a, uint32_t b)
{
	term_id ta = LITERAL_TERM(a), tb = LITERAL_TERM(b);

	if (ta == tb)
		return LITERAL_TRUTH(a) != LITERAL_TRUTH(b);
	if (implies_otherwise(x, a, b) || implies_otherwise(x, b, a) ||
	    are_of_other_bits(x->t, a, b) || are_of_other_bits(x->t, b, a) ||
	    are_zero_and_number(x->t, a, b) ||
	    are_zero_and_number(x->t, b, a) ||
	    are_of_other_range(x->t, a, b) || are_of_other_range(x->t, b, a))
		return true;
	return LITERAL_TRUTH(a) && LITERAL_TRUTH(b) &&
	       (are_of_two_values(x->t, ta, tb) ||
		are_of_two_bundles(x, ta, tb));
}

static void add_subject(GArray *out, term_id subject)
{
	for (guint i = 0; i < out->len; i++)
		if (g_array_index(out, term_id, i) == subject)
			return;
	if (subject)
		g_array_append_val(out, subject);
}

void explore_subjects(const struct explorer *x, uint32_t literal, GArray *out)
{
	const GArray *all = x->p->implication;
	term_id id = LITERAL_TERM(literal), record;
	fact_id field, function;

	g_array_set_size(out, 0);
	add_subject(out, id);
	if (term_get(x->t, id)->op == TERM_BINARY)
		add_subject(out, term_get(x->t, id)->a);
	add_subject(out, range_compared(x->t, id));
	if (is_function_literal(x->t, id, &record, &field, &function))
		add_subject(out, record);
	if (!member_asked(x->t, id))
		return;
	for (guint i = 0; i < all->len; i++) {
		const struct implication *m =
			&g_array_index(all, struct implication, i);

		add_subject(out, domain_asked(x->t, id, &m->condition));
		add_subject(out, domain_asked(x->t, id, &m->consequence));
	}
}

bool explore_contradicts_any(const struct explorer *x, uint32_t literal,
			     const GArray *guard)
{
	for (guint i = 0; i < guard->len; i++)
		if (explore_contradict(x, literal,
				       g_array_index(guard, uint32_t, i)))
			return true;
	return false;
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
