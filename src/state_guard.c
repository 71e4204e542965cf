/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guards: what of the conditions on a path speaks of values on entry. */
#include "state_int.h"

#include "program.h"
#include "range.h"

static bool has_literal(const GArray *guard, uint32_t literal)
{
	guint low = 0, high = guard->len;

	while (low < high) {
		guint middle = low + (high - low) / 2;

		if (g_array_index(guard, uint32_t, middle) < literal)
			low = middle + 1;
		else
			high = middle;
	}
	return low < guard->len &&
	       g_array_index(guard, uint32_t, low) == literal;
}

/* Deeper literals are left out of guards. */
enum { LITERAL_DEPTH_MAX = 10 };

/* May MEMBER, a field or a global behind them, have been written since? */
static bool may_be_written(const struct state *s, uint32_t member)
{
	uint32_t i = s->program->track_index[member];

	return i && s->written && bit_is_set(s->written, i - 1);
}

/* A member, of the current domain, that keeps its value: that domain stays the
 * current one, although somebody else's may have been written. */
static bool is_kept(const struct program *p, const struct terms *t,
		    term_id address)
{
	const struct term *x = term_get(t, address);

	if (x->op != TERM_FIELD || !p->stable_field[x->b])
		return false;
	while (x->op == TERM_FIELD)
		x = term_get(t, x->a);
	if (x->op != TERM_LOAD)
		return false;
	x = term_get(t, x->a);
	return x->op == TERM_FIELD && x->b == p->domain_field &&
	       term_get(t, x->a)->op == TERM_CURRENT;
}

bool state_is_of_entry(const struct terms *t, const struct state *s,
		       term_id id)
{
	const struct term *x = term_get(t, id);
	const struct program *p = s->program;
	uint32_t member = 0;

	if (x->flags & (TERM_HAS_UNKNOWN | TERM_HAS_LOCAL | TERM_HAS_FRESH |
			TERM_HAS_OLD))
		return false;
	if (!(x->flags & TERM_HAS_LOAD))
		return true;
	switch (x->op) {
	case TERM_LOAD:
		if (is_kept(p, t, x->a))
			return true;
		member = state_member_at(t, x->a);
		if (!member) {
			const struct term *root =
				term_get(t, state_root_of(t, x->a));

			if (root->op == TERM_GLOBAL)
				member = p->f->field->len + root->a;
		}
		if (member && may_be_written(s, member))
			return false;
		/* What a plain pointer leads to may be written by anybody. */
		return member && state_is_of_entry(t, s, x->a);
	case TERM_FIELD:
	case TERM_HELD:
	case TERM_UNARY:
		return state_is_of_entry(t, s, x->a);
	default:
		return state_is_of_entry(t, s, x->a) &&
		       state_is_of_entry(t, s, x->b);
	}
}

void state_insert_literal(GArray *guard, uint32_t literal, unsigned max)
{
	guint i = guard->len;

	if (has_literal(guard, literal) || guard->len >= max)
		return;
	while (i > 0 && g_array_index(guard, uint32_t, i - 1) > literal)
		i--;
	g_array_insert_val(guard, i, literal);
}

/* Is it a number by which a guest may tell what it asks for? */
static bool is_selector(const struct program *p, fact_id field)
{
	const struct fact_field *f = FACT_FIELD(p->f, field);

	return p->request_record[f->record] &&
	       FACT_TYPE(p->f, f->type)->kind == TYPE_INT;
}

/* The member or variable whose value X is, an element of an array included. */
static fact_id member_type(const struct program *p, const struct terms *t,
			   const struct term *x)
{
	if (x->op != TERM_LOAD)
		return 0;
	x = term_get(t, x->a);
	while (x->op == TERM_INDEX)
		x = term_get(t, x->a);
	if (x->op == TERM_GLOBAL)
		return FACT_GLOBAL(p->f, x->a)->type;
	if (x->op == TERM_FIELD && (program_is_object_field(p, x->b) ||
				    is_selector(p, x->b)))
		return FACT_FIELD(p->f, x->b)->type;
	return 0;
}

/* A path of members from a symbol, a variable or the current vCPU; elements of
 * arrays are named by constants, or by paths. */
static bool is_path(const struct terms *t, term_id id)
{
	const struct term *x = term_get(t, id);

	while (x->op == TERM_FIELD || x->op == TERM_LOAD ||
	       (x->op == TERM_INDEX && (term_is_const(t, x->b, NULL) ||
					is_path(t, x->b))))
		x = term_get(t, x->a);
	return x->op == TERM_SYMBOL || x->op == TERM_GLOBAL ||
	       x->op == TERM_CURRENT;
}

/*
 * What guards are made of: arguments, modes and flags of domains, vCPUs and
 * tables, whose they are, what function pointers are, locks that are held.
 * Approximation: other conditions (sizes, frames but for their bits, what an
 * instruction is) do not go along from function to function, which adds ways.
 */
static bool is_telling(const struct program *p, const struct terms *t,
		       term_id value)
{
	const struct term *x = term_get(t, value);
	const struct term *b;
	bool masks;

	if (x->op == TERM_HELD)
		return true;
	if (x->op == TERM_SYMBOL)
		return x->b != 0;
	if (x->op == TERM_LOAD)
		return is_path(t, value) && member_type(p, t, x);
	if (x->op != TERM_BINARY)
		return false;
	b = term_get(t, x->b);
	if (x->imm != EXPR_EQ && x->imm != EXPR_AND) {
		x = term_get(t, x->a);
		return range_compared(t, value) && b->op == TERM_CONST &&
		       x->op == TERM_SYMBOL && x->b;
	}
	if (b->op == TERM_FUNCTION)
		return is_path(t, x->a);
	if (b->op != TERM_CONST)
		return x->imm == EXPR_EQ && is_path(t, x->a) &&
		       is_path(t, x->b);
	masks = x->imm == EXPR_AND;
	x = term_get(t, x->a);
	return (x->op == TERM_SYMBOL && (x->b || masks)) ||
	       x->op == TERM_CURRENT ||
	       (is_path(t, term_get(t, value)->a) && member_type(p, t, x)) ||
	       (x->op == TERM_BINARY && x->imm == EXPR_AND &&
		is_telling(p, t, term_get(t, value)->a));
}

/* Does VALUE compare what tells the kind of a table? */
static bool tells_kind(const struct program *p, const struct terms *t,
		       term_id value)
{
	for (guint i = 0; i < p->instance->len; i++)
		if (term_loads_field(t, value,
				     g_array_index(p->instance,
						   struct instance_rule,
						   i).field))
			return true;
	return false;
}

term_id state_each_element(struct terms *t, term_id object)
{
	struct term x = *term_get(t, object);

	switch (x.op) {
	case TERM_FIELD:
		return term_field(t, state_each_element(t, x.a), x.b);
	case TERM_LOAD:
		return term_load(t, state_each_element(t, x.a));
	case TERM_INDEX:
		if (!(term_get(t, x.b)->flags &
		      (TERM_HAS_FRESH | TERM_HAS_OLD)))
			return object;
		return term_index(t, x.a, term_leaf(t, TERM_STRING,
						    STRING_EACH, 0, 0));
	default:
		return object;
	}
}

/* That callers hold some lock of OBJECT's member, of a record that has no
 * name for them. */
static term_id some_lock_held(struct terms *t, term_id object)
{
	struct term x = *term_get(t, object);

	if (x.op != TERM_FIELD)
		return term_const(t, 1);
	return term_held(t, term_field(t, term_leaf(t, TERM_STRING,
							STRING_RECORD, 0, 0),
				       x.b));
}

/* What is asked of VALUE by way of comparing it to 0: *TRUTH turns. */
static term_id compared_to_zero(const struct terms *t, term_id value,
				bool *truth)
{
	const struct term *x = term_get(t, value);
	int64_t imm;

	while (x->op == TERM_BINARY && x->imm == EXPR_EQ &&
	       term_is_const(t, x->b, &imm) && imm == 0) {
		value = x->a;
		*truth = !*truth;
		x = term_get(t, value);
	}
	return value;
}

uint32_t state_literal(struct terms *t, const struct state *s, term_id value,
		       bool truth, bool asserted)
{
	const struct term *x;

	/* (x == 0) is not x. */
	value = compared_to_zero(t, value, &truth);
	x = term_get(t, value);
	if (asserted && x->op != TERM_HELD &&
	    !tells_kind(s->program, t, value))
		return 0;
	if (x->op == TERM_HELD) {
		value = term_held(t, state_each_element(t, x->a));
		x = term_get(t, value);
	}
	if (x->op == TERM_HELD && truth && !state_is_of_entry(t, s, value)) {
		value = some_lock_held(t, x->a);
		x = term_get(t, value);
	}
	if (x->op == TERM_CONST || x->depth > LITERAL_DEPTH_MAX ||
	    !is_telling(s->program, t, value) ||
	    !state_is_of_entry(t, s, value))
		return 0;
	return LITERAL(value, asserted, truth);
}

void state_add_literal(struct terms *t, const struct state *s, GArray *guard,
		       term_id value, bool truth, bool asserted)
{
	uint32_t literal = state_literal(t, s, value, truth, asserted);

	if (literal && !has_literal(guard, LITERAL_UNASSERTED(literal)))
		state_insert_literal(guard, literal, state_guard_max(s));
}

void state_guard(struct terms *t, struct state *s, term_id value, bool truth,
		 bool asserted)
{
	state_add_literal(t, s, s->guard, value, truth, asserted);
}

/*
 * VALUE is 0: (x | y), perhaps masked, says so of each side, and of (1 << s) an
 * odd mask, that S is not 0; so does what is left of it, if anything is.
 * Callers are told of S alone.  False: that cannot be.
 */
static bool learn_zero(struct terms *t, struct state *s, term_id value,
		       bool asserted)
{
	/* A copy: new terms move the table. */
	struct term x = *term_get(t, value);
	term_id mask = 0, inner = value;
	int64_t bits = 0;

	if (x.op == TERM_BINARY && x.imm == EXPR_AND &&
	    term_is_const(t, x.b, &bits)) {
		mask = x.b;
		inner = x.a;
		x = *term_get(t, inner);
	}
	if (bits & 1 && term_size_of_rest(t, inner) &&
	    state_truth(t, s, inner) == TRI_YES) {
		inner = term_size_of_rest(t, inner);
		x = *term_get(t, inner);
	}
	if (bits & 1 && term_is_size(t, inner))
		return state_learn(t, s, x.b, true, asserted);
	if (x.op != TERM_BINARY || x.imm != EXPR_OR)
		return state_assume(t, s, value, false);
	if (mask) {
		x.a = term_binary(t, EXPR_AND, x.a, mask);
		x.b = term_binary(t, EXPR_AND, x.b, mask);
	}
	return learn_zero(t, s, x.a, asserted) &&
	       learn_zero(t, s, x.b, asserted);
}

bool state_learn(struct terms *t, struct state *s, term_id value, bool truth,
		 bool asserted)
{
	bool holds = truth;
	term_id bare = compared_to_zero(t, value, &holds), size;

	if (state_truth(t, s, value) == TRI_UNKNOWN)
		state_guard(t, s, value, truth, asserted);
	if (!holds && !learn_zero(t, s, bare, asserted))
		return false;
	/* Of one page, nothing is left after the first. */
	size = holds ? term_size_of_rest(t, bare) : 0;
	if (size && !state_learn(t, s, term_get(t, size)->b, true, asserted))
		return false;
	return state_assume(t, s, value, truth);
}
