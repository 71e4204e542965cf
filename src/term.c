/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Terms: a table of unique nodes, as in any hash-consing expression library.
 * Simplification is local; what is known on a path is applied by state.c.
 *
 * Approximation: conversions of values that are not known keep them as they
 * are (except to bool); two values that differ only in bits cut off are told
 * apart, which adds paths and removes none.
 */
#include "term.h"

#include <glib.h>

#include "facts.h"

/* Deeper terms become TERM_UNKNOWN: this bounds what loops can build. */
enum { TERM_DEPTH_MAX = 14 };

struct terms {
	GArray *term;		/* struct term, element 0 unused */
	uint32_t *slot;		/* open addressing; 0 is free */
	uint32_t slot_nr;	/* a power of two */
	term_id unknown;
	term_load_fn *load;	/* or NULL */
	const void *load_context;
	term_mask_fn *mask;	/* or NULL */
};

static uint32_t hash_term(const struct term *t)
{
	uint64_t h = t->op;

	h = (h ^ t->a) * UINT64_C(0x9e3779b97f4a7c15);
	h = (h ^ (h >> 29) ^ t->b) * UINT64_C(0xbf58476d1ce4e5b9);
	h = (h ^ (h >> 32) ^ (uint64_t)t->imm) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)(h ^ (h >> 31));
}

static bool same_term(const struct term *x, const struct term *y)
{
	return x->op == y->op && x->a == y->a && x->b == y->b &&
	       x->imm == y->imm;
}

const struct term *term_get(const struct terms *t, term_id id)
{
	return &g_array_index(t->term, struct term, id);
}

static void grow(struct terms *t)
{
	g_free(t->slot);
	t->slot_nr *= 2;
	t->slot = g_new0(uint32_t, t->slot_nr);
	for (uint32_t id = 1; id < t->term->len; id++) {
		uint32_t i = hash_term(term_get(t, id)) & (t->slot_nr - 1);

		while (t->slot[i])
			i = (i + 1) & (t->slot_nr - 1);
		t->slot[i] = id;
	}
}

/* The number of the term that is like TEMPLATE, whose flags are set. */
static term_id intern(struct terms *t, const struct term *template)
{
	uint32_t i;

	if (t->term->len * 2 > t->slot_nr)
		grow(t);
	i = hash_term(template) & (t->slot_nr - 1);
	while (t->slot[i]) {
		if (same_term(term_get(t, t->slot[i]), template))
			return t->slot[i];
		i = (i + 1) & (t->slot_nr - 1);
	}
	t->slot[i] = t->term->len;
	g_array_append_vals(t->term, template, 1);
	return t->slot[i];
}

struct terms *terms_new(void)
{
	struct terms *t = g_new0(struct terms, 1);
	struct term none = { 0 };

	t->term = g_array_new(FALSE, TRUE, sizeof(struct term));
	g_array_append_val(t->term, none);
	t->slot_nr = 1 << 16;
	t->slot = g_new0(uint32_t, t->slot_nr);
	t->unknown = term_leaf(t, TERM_UNKNOWN, 0, 0, 0);
	return t;
}

void terms_set_load(struct terms *t, term_load_fn *load, const void *context)
{
	t->load = load;
	t->load_context = context;
}

void terms_set_mask(struct terms *t, term_mask_fn *mask)
{
	t->mask = mask;
}

void terms_free(struct terms *t)
{
	g_array_unref(t->term);
	g_free(t->slot);
	g_free(t);
}

term_id term_leaf(struct terms *t, enum term_op op, uint32_t a, uint32_t b,
		  int64_t imm)
{
	struct term x = { .op = (uint8_t)op, .a = a, .b = b, .imm = imm };

	if (op == TERM_UNKNOWN)
		x.flags = TERM_HAS_UNKNOWN;
	else if (op == TERM_LOCAL)
		x.flags = TERM_HAS_LOCAL;
	else if (op == TERM_FRESH)
		x.flags = TERM_HAS_FRESH;
	else if (op == TERM_OLD)
		x.flags = TERM_HAS_OLD;
	else if (op == TERM_SYMBOL)
		x.flags = TERM_HAS_SYMBOL;
	else if (op == TERM_CONST && (imm == 0 || imm == 1))
		x.flags = TERM_IS_BOOL;
	return intern(t, &x);
}

term_id term_unknown(struct terms *t)
{
	return t->unknown;
}

term_id term_const(struct terms *t, int64_t imm)
{
	return term_leaf(t, TERM_CONST, 0, 0, imm);
}

bool term_is_const(const struct terms *t, term_id id, int64_t *imm)
{
	const struct term *x = term_get(t, id);

	if (x->op != TERM_CONST)
		return false;
	if (imm)
		*imm = x->imm;
	return true;
}

bool term_is_address(const struct terms *t, term_id id)
{
	const struct term *x = term_get(t, id);
	int64_t imm;

	while (x->op == TERM_INDEX) {
		if (term_is_const(t, x->a, &imm))
			return imm != 0;
		x = term_get(t, x->a);
	}
	switch (x->op) {
	case TERM_STRING:
	case TERM_FUNCTION:
	case TERM_GLOBAL:
	case TERM_LOCAL:
	case TERM_CURRENT:
	case TERM_FIELD:
		return true;
	default:
		return false;
	}
}

bool term_is_stable(const struct terms *t, term_id id)
{
	return !(term_get(t, id)->flags & (TERM_HAS_UNKNOWN | TERM_HAS_OLD));
}

/* Of 1 << n, or of 1 << (n mod 64), N; else ID itself. */
static term_id power_of(const struct terms *t, term_id id)
{
	term_id exponent = term_exponent(t, id);
	const struct term *x;
	int64_t imm;

	if (!exponent)
		return id;
	x = term_get(t, exponent);
	return x->op == TERM_BINARY && x->imm == EXPR_AND &&
			       term_is_const(t, x->b, &imm) &&
			       imm == TERM_SET_MAX - 1
		       ? x->a
		       : exponent;
}

/* See struct term.  Other numbers say nothing: range.h. */
static term_id compared(const struct terms *t, term_id a, term_id b, int64_t op)
{
	int64_t number;

	if (op == EXPR_AND) {
		if (term_is_const(t, a, NULL) || !term_is_const(t, b, NULL))
			return 0;
		return power_of(t, a);
	}
	if (op != EXPR_EQ && (op < EXPR_LT || op > EXPR_GE))
		return 0;
	if (term_is_const(t, a, NULL) == term_is_const(t, b, NULL))
		return 0;
	if (!term_is_const(t, b, &number)) {
		term_is_const(t, a, &number);
		a = b;
	}
	return number >= 0 && number < INT64_MAX ? a : 0;
}

static term_id make_inner(struct terms *t, enum term_op op, uint32_t a,
			  uint32_t b, int64_t imm, bool b_is_term, int extra)
{
	struct term x = { .op = (uint8_t)op, .a = a, .b = b, .imm = imm };
	const struct term *ta = term_get(t, a);
	uint8_t inherited = ta->flags & (uint8_t)~TERM_IS_BOOL;

	x.depth = ta->depth;
	if (b_is_term) {
		const struct term *tb = term_get(t, b);

		inherited |= tb->flags & (uint8_t)~TERM_IS_BOOL;
		if (tb->depth > x.depth)
			x.depth = tb->depth;
	}
	x.depth++;
	if (x.depth > TERM_DEPTH_MAX)
		return t->unknown;
	x.flags = (uint8_t)(inherited | extra);
	if (op == TERM_BINARY)
		x.compared = compared(t, a, b, imm);
	return intern(t, &x);
}

term_id term_field(struct terms *t, term_id base, uint32_t field)
{
	if (base == t->unknown)
		return base;
	return make_inner(t, TERM_FIELD, base, field, 0, false, 0);
}

term_id term_index(struct terms *t, term_id base, term_id index)
{
	int64_t imm;

	if (base == t->unknown)
		return base;
	if (term_is_const(t, index, &imm) && imm == 0 &&
	    term_get(t, base)->op == TERM_INDEX)
		return base;
	return make_inner(t, TERM_INDEX, base, index, 0, true, 0);
}

term_id term_load(struct terms *t, term_id address)
{
	term_id known;

	if (address == t->unknown || term_is_const(t, address, NULL))
		return t->unknown;
	known = t->load ? t->load(t->load_context, t, address) : 0;
	if (known)
		return known;
	return make_inner(t, TERM_LOAD, address, 0, 0, false, TERM_HAS_LOAD);
}

term_id term_held(struct terms *t, term_id object)
{
	return make_inner(t, TERM_HELD, object, 0, 0, false, TERM_IS_BOOL);
}

/* Two's complement arithmetic without undefined behaviour. */
static int64_t wrap(uint64_t value)
{
	int64_t out;

	if (value <= INT64_MAX)
		return (int64_t)value;
	out = (int64_t)(value - (uint64_t)INT64_MAX - 1);
	return out - INT64_MAX - 1;
}

static bool fold_divide(int op, int64_t a, int64_t b, int64_t *out)
{
	if (b == 0 || (a == INT64_MIN && b == -1))
		return false;
	*out = op == EXPR_DIV ? a / b : a % b;
	return true;
}

static bool fold(int op, int64_t a, int64_t b, int64_t *out)
{
	uint64_t ua = (uint64_t)a, ub = (uint64_t)b;

	switch (op) {
	case EXPR_ADD: *out = wrap(ua + ub); return true;
	case EXPR_SUB: *out = wrap(ua - ub); return true;
	case EXPR_MUL: *out = wrap(ua * ub); return true;
	case EXPR_DIV:
	case EXPR_REM: return fold_divide(op, a, b, out);
	case EXPR_SHL: *out = ub < 64 ? wrap(ua << ub) : 0; return true;
	case EXPR_SHR: *out = ub < 64 ? wrap(ua >> ub) : 0; return true;
	case EXPR_AND: *out = wrap(ua & ub); return true;
	case EXPR_OR: *out = wrap(ua | ub); return true;
	case EXPR_XOR: *out = wrap(ua ^ ub); return true;
	case EXPR_EQ: *out = a == b; return true;
	case EXPR_NE: *out = a != b; return true;
	case EXPR_LT: *out = a < b; return true;
	case EXPR_LE: *out = a <= b; return true;
	case EXPR_GT: *out = a > b; return true;
	case EXPR_GE: *out = a >= b; return true;
	default: return false;
	}
}

static bool is_zero(const struct terms *t, term_id id)
{
	int64_t imm;

	return term_is_const(t, id, &imm) && imm == 0;
}

bool term_is_fixed(const struct terms *t, term_id id)
{
	int op = term_get(t, id)->op;

	return op == TERM_CONST || op == TERM_FUNCTION || op == TERM_GLOBAL;
}

term_id term_index_of(const struct terms *t, term_id id)
{
	const struct term *x = term_get(t, id);

	while (x->op == TERM_FIELD || x->op == TERM_LOAD)
		x = term_get(t, x->a);
	return x->op == TERM_INDEX ? x->b : 0;
}

/* Is ID (1 << n), whatever N is? */
static bool is_power(const struct terms *t, term_id id)
{
	const struct term *x = term_get(t, id);
	int64_t imm;

	return x->op == TERM_BINARY && x->imm == EXPR_SHL &&
	       term_is_const(t, x->a, &imm) && imm == 1;
}

term_id term_exponent(const struct terms *t, term_id id)
{
	return is_power(t, id) ? term_get(t, id)->b : 0;
}

bool term_is_size(const struct terms *t, term_id id)
{
	return is_power(t, id) &&
	       term_get(t, term_get(t, id)->b)->op == TERM_SYMBOL;
}

/* Twice the same is subtracted, as no code does with what it knows. */
term_id term_rest(struct terms *t, term_id size, term_id name)
{
	return term_binary(t, EXPR_SUB, term_binary(t, EXPR_SUB, size, name),
			   name);
}

term_id term_size_of_rest(const struct terms *t, term_id id)
{
	const struct term *x = term_get(t, id), *y;

	if (x->op != TERM_BINARY || x->imm != EXPR_SUB)
		return 0;
	y = term_get(t, x->a);
	return y->op == TERM_BINARY && y->imm == EXPR_SUB && y->b == x->b &&
			       (term_get(t, y->b)->flags &
				(TERM_HAS_FRESH | TERM_HAS_OLD)) &&
			       term_is_size(t, y->a)
		       ? y->a
		       : 0;
}

/* A size that equals C, a constant: its symbol is the logarithm, or nothing
 * is.  0 if SIZE is none. */
static term_id equal_size(struct terms *t, term_id size, int64_t c)
{
	term_id symbol = term_get(t, size)->b;
	int64_t log = 0;

	if (!term_is_size(t, size))
		return 0;
	if (c <= 0 || (c & (c - 1)))
		return term_const(t, 0);
	while (c >> log != 1)
		log++;
	return term_binary(t, EXPR_EQ, symbol, term_const(t, log));
}

/* Has NUMBER bits that A, a value and a mask, has not?  The sign may be lost. */
static bool is_beyond_mask(const struct terms *t, term_id a, int64_t number)
{
	const struct term *x = term_get(t, a);
	int64_t mask;

	return x->op == TERM_BINARY && x->imm == EXPR_AND &&
	       term_is_const(t, x->b, &mask) && mask >= 0 && number >= 0 &&
	       number & ~mask;
}

/* A number that each type from 32 bits on has. */
static bool is_small(int64_t number)
{
	return number >= 0 && number <= INT32_MAX;
}

/*
 * The sum or difference of a value and a constant that equals NUMBER: *A is the
 * value, and the number that it equals is returned.  Small numbers only, so that
 * it holds of each width, whether or not the sum wraps.
 */
static int64_t without_addend(const struct terms *t, term_id *a, int64_t number)
{
	const struct term *x = term_get(t, *a);
	int64_t addend;

	while (x->op == TERM_BINARY &&
	       (x->imm == EXPR_ADD || x->imm == EXPR_SUB) &&
	       term_is_const(t, x->b, &addend) && addend >= -INT32_MAX &&
	       addend <= INT32_MAX) {
		int64_t left = x->imm == EXPR_ADD ? number - addend
						  : number + addend;

		if (!is_small(left))
			break;
		number = left;
		*a = x->a;
		x = term_get(t, *a);
	}
	return number;
}

/* a == b in normal form: a constant stands on the right. */
static term_id make_equal(struct terms *t, term_id a, term_id b)
{
	const struct term *x;
	term_id size;
	int64_t c;

	if (term_is_fixed(t, a) && term_is_fixed(t, b))
		return term_const(t, a == b);
	if (term_is_fixed(t, a)) {
		term_id swap = a;

		a = b;
		b = swap;
	} else if (!term_is_fixed(t, b) && a > b) {
		term_id swap = a;

		a = b;
		b = swap;
	}
	if (a == b && term_is_stable(t, a))
		return term_const(t, 1);
	if (term_is_const(t, b, &c) && is_small(c)) {
		b = term_const(t, without_addend(t, &a, c));
		if (term_is_fixed(t, a))
			return term_const(t, a == b);
	}
	if (term_is_address(t, a) && term_is_const(t, b, NULL))
		return term_const(t, 0);
	if (term_is_const(t, b, &c) && is_beyond_mask(t, a, c))
		return term_const(t, 0);
	size = term_is_const(t, b, &c) ? equal_size(t, a, c) : 0;
	if (size)
		return size;
	x = term_get(t, a);
	if ((x->flags & TERM_IS_BOOL) && x->op == TERM_BINARY) {
		int64_t imm;

		/* (p == 1) is p; ((x == 0) == 0) == 0 is x == 0 */
		if (term_is_const(t, b, &imm) && imm == 1)
			return a;
		if (is_zero(t, b) && x->imm == EXPR_EQ && is_zero(t, x->b)) {
			const struct term *y = term_get(t, x->a);

			if (y->flags & TERM_IS_BOOL)
				return x->a;
		}
	}
	return make_inner(t, TERM_BINARY, a, b, EXPR_EQ, true, TERM_IS_BOOL);
}

/* (x | y) & m and (x ^ y) & m, M constant, where a side vanishes or both are
 * one; 0 otherwise. */
static term_id mask_sides(struct terms *t, term_id either, term_id m)
{
	/* A copy: new terms move the table. */
	const struct term x = *term_get(t, either);
	term_id a, b;

	if (x.op != TERM_BINARY || (x.imm != EXPR_OR && x.imm != EXPR_XOR))
		return 0;
	a = term_binary(t, EXPR_AND, x.a, m);
	b = term_binary(t, EXPR_AND, x.b, m);
	if (is_zero(t, a))
		return b;
	if (is_zero(t, b))
		return a;
	/* What is not known is no one value. */
	if (a != b || !term_is_stable(t, a))
		return 0;
	return x.imm == EXPR_XOR ? term_const(t, 0) : a;
}

/* (x | c) & m, (x & c) & m, and of several values, for constants c and m. */
static term_id make_and(struct terms *t, term_id a, term_id b)
{
	const struct term *x = term_get(t, a);
	int64_t m, c;
	term_id sides;

	if (is_zero(t, a) || is_zero(t, b))
		return term_const(t, 0);
	if (x->op == TERM_LOAD && t->mask && term_is_const(t, b, &m)) {
		c = t->mask(t->load_context, t, a, m);
		if (c != m)
			return make_and(t, a, term_const(t, c));
	}
	if (term_is_const(t, b, &m) && x->op == TERM_BINARY &&
	    term_is_const(t, x->b, &c)) {
		if (x->imm == EXPR_OR && (c & m) == m)
			return b;
		if (x->imm == EXPR_OR && (c & m) == 0)
			return term_binary(t, EXPR_AND, x->a, b);
		if (x->imm == EXPR_AND)
			return term_binary(t, EXPR_AND, x->a,
					   term_const(t, c & m));
	}
	sides = term_is_const(t, b, NULL) ? mask_sides(t, a, b) : 0;
	if (sides)
		return sides;
	if (a == t->unknown && b == t->unknown)
		return t->unknown;
	return make_inner(t, TERM_BINARY, a, b, EXPR_AND, true, 0);
}

term_id term_unary(struct terms *t, int op, term_id a)
{
	int64_t imm;

	if (op == EXPR_LNOT)
		return term_binary(t, EXPR_EQ, a, term_const(t, 0));
	if (term_is_const(t, a, &imm))
		return term_const(t, op == EXPR_NEG ? wrap(0 - (uint64_t)imm)
						    : ~imm);
	if (a == t->unknown)
		return a;
	return make_inner(t, TERM_UNARY, a, 0, op, false, 0);
}

static bool is_comparison(int op)
{
	return op == EXPR_LT || op == EXPR_LE || op == EXPR_GT ||
	       op == EXPR_GE;
}

term_id term_binary(struct terms *t, int op, term_id a, term_id b)
{
	int64_t x = 0, y = 0, out;
	bool ca = term_is_const(t, a, &x), cb = term_is_const(t, b, &y);

	if (ca && cb && fold(op, x, y, &out))
		return term_const(t, out);
	if (op == EXPR_NE)
		return term_unary(t, EXPR_LNOT, term_binary(t, EXPR_EQ, a, b));
	if (op == EXPR_EQ)
		return make_equal(t, a, b);
	if (ca && (op == EXPR_AND || op == EXPR_OR || op == EXPR_XOR ||
		   op == EXPR_ADD || op == EXPR_MUL))
		return term_binary(t, op, b, a);
	if (op == EXPR_AND)
		return make_and(t, a, b);
	/* So that a loop over 1 << order pages has a first round. */
	if ((op == EXPR_LT && is_zero(t, a) && is_power(t, b)) ||
	    (op == EXPR_GT && is_zero(t, b) && is_power(t, a)))
		return term_const(t, 1);
	if (cb && y == 0 && op != EXPR_MUL && !is_comparison(op) &&
	    op != EXPR_DIV && op != EXPR_REM)
		return a;
	/* Bits of one side are there, whatever the other is. */
	if (op == EXPR_OR && (a != t->unknown || b != t->unknown))
		return make_inner(t, TERM_BINARY, a, b, op, true, 0);
	if (a == t->unknown || b == t->unknown)
		return t->unknown;
	return make_inner(t, TERM_BINARY, a, b, op, true,
			  is_comparison(op) ? TERM_IS_BOOL : 0);
}

term_id term_condition(struct terms *t, term_id value)
{
	const struct term *x = term_get(t, value);

	if (x->op != TERM_BINARY || (x->imm != EXPR_ADD && x->imm != EXPR_SUB) ||
	    !term_is_const(t, x->b, NULL))
		return value;
	return term_binary(t, EXPR_NE, value, term_const(t, 0));
}

term_id term_cast(struct terms *t, term_id a, int64_t bits)
{
	int64_t imm;
	unsigned int width = (unsigned int)(bits < 0 ? -bits : bits);

	if (bits == 1) {
		if (term_get(t, a)->flags & TERM_IS_BOOL)
			return a;
		return term_unary(t, EXPR_LNOT, term_unary(t, EXPR_LNOT, a));
	}
	if (!term_is_const(t, a, &imm) || width >= 64)
		return a;

	uint64_t mask = (UINT64_C(1) << width) - 1;
	uint64_t value = (uint64_t)imm & mask;

	if (bits < 0 && (value >> (width - 1)))
		value |= ~mask;
	return term_const(t, wrap(value));
}

term_id term_map(struct terms *t, term_id id, term_leaf_fn *leaf,
		 term_leaf_fn *stop, void *context)
{
	struct term x = *term_get(t, id);
	term_id a = stop ? stop(context, id) : 0, b;

	if (a)
		return a;

	switch (x.op) {
	case TERM_CONST:
	case TERM_STRING:
	case TERM_FUNCTION:
	case TERM_GLOBAL:
	case TERM_CURRENT:
		return id;
	case TERM_UNKNOWN:
	case TERM_LOCAL:
	case TERM_SYMBOL:
	case TERM_FRESH:
	case TERM_OLD:
		return leaf(context, id);
	case TERM_FIELD:
		return term_field(t, term_map(t, x.a, leaf, stop, context), x.b);
	case TERM_INDEX:
		a = term_map(t, x.a, leaf, stop, context);
		b = term_map(t, x.b, leaf, stop, context);
		return term_index(t, a, b);
	case TERM_LOAD:
		return term_load(t, term_map(t, x.a, leaf, stop, context));
	case TERM_HELD:
		return term_held(t, term_map(t, x.a, leaf, stop, context));
	case TERM_UNARY:
		return term_unary(t, (int)x.imm,
				  term_map(t, x.a, leaf, stop, context));
	default:
		a = term_map(t, x.a, leaf, stop, context);
		b = term_map(t, x.b, leaf, stop, context);
		return term_binary(t, (int)x.imm, a, b);
	}
}

/* The field whose value lies at ADDRESS, elements of arrays included; or 0. */
static uint32_t field_of_address(const struct terms *t, term_id address)
{
	const struct term *x = term_get(t, address);

	while (x->op == TERM_INDEX)
		x = term_get(t, x->a);
	return x->op == TERM_FIELD ? x->b : 0;
}

bool term_loads_field(const struct terms *t, term_id id, uint32_t field)
{
	const struct term *x = term_get(t, id);

	if (!(x->flags & TERM_HAS_LOAD))
		return false;
	switch (x->op) {
	case TERM_LOAD:
		return field_of_address(t, x->a) == field ||
		       term_loads_field(t, x->a, field);
	case TERM_FIELD:
	case TERM_HELD:
	case TERM_UNARY:
		return term_loads_field(t, x->a, field);
	case TERM_INDEX:
	case TERM_BINARY:
		return term_loads_field(t, x->a, field) ||
		       term_loads_field(t, x->b, field);
	default:
		return false;
	}
}

bool term_contains(const struct terms *t, term_id id, term_id part)
{
	const struct term *x = term_get(t, id);

	if (id == part)
		return true;
	switch (x->op) {
	case TERM_LOAD:
	case TERM_FIELD:
	case TERM_HELD:
	case TERM_UNARY:
		return term_contains(t, x->a, part);
	case TERM_INDEX:
	case TERM_BINARY:
		return term_contains(t, x->a, part) ||
		       term_contains(t, x->b, part);
	default:
		return false;
	}
}

static bool is_null_address(const struct terms *t, term_id id)
{
	const struct term *x = term_get(t, id);

	while (x->op == TERM_FIELD || x->op == TERM_INDEX)
		x = term_get(t, x->a);
	return x->op == TERM_CONST && x->imm == 0;
}

bool term_loads_null(const struct terms *t, term_id id)
{
	const struct term *x = term_get(t, id);

	switch (x->op) {
	case TERM_LOAD:
		return is_null_address(t, x->a) || term_loads_null(t, x->a);
	case TERM_FIELD:
	case TERM_HELD:
	case TERM_UNARY:
		return term_loads_null(t, x->a);
	case TERM_INDEX:
	case TERM_BINARY:
		return term_loads_null(t, x->a) || term_loads_null(t, x->b);
	default:
		return false;
	}
}

term_id term_same_record(struct terms *t, term_id a, term_id b)
{
	struct term x = *term_get(t, a), y = *term_get(t, b);

	while (x.op == TERM_FIELD && y.op == TERM_FIELD && x.b == y.b) {
		a = x.a;
		b = y.a;
		x = *term_get(t, a);
		y = *term_get(t, b);
	}
	return term_binary(t, EXPR_EQ, a, b);
}
