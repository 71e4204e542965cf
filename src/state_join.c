/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Comparing states, and joining them. */
#include "state_int.h"

#include <string.h>

#include "asks.h"
#include "mutant.h"
#include "origin.h"
#include "program.h"

uint32_t state_lock_hash(const struct state *s)
{
	uint32_t h = s->flags;

	h = h * 31 + s->level.class;
	h = h * 31 + s->checked.class;
	for (guint i = 0; i < s->held->len; i++) {
		const struct held *x = &g_array_index(s->held, struct held, i);

		h = h * 31 + x->class;
		h = h * 31 + x->object;
		h = h * 31 + (uint32_t)x->count;
	}
	return h;
}

static bool same_level(const struct level *x, const struct level *y)
{
	return x->class == y->class && (x->class || x->owner == y->owner);
}

static bool same_held(const struct held *x, const struct held *y)
{
	for (int k = 0; k < HELD_COUNT_MAX - 1; k++)
		if (!same_level(&x->again[k], &y->again[k]))
			return false;
	return x->class == y->class && x->kind == y->kind &&
	       x->count == y->count && x->object == y->object &&
	       x->owner == y->owner &&
	       same_level(&x->saved, &y->saved);
}

/*
 * Approximation: whose lock set the level in force is that of the first of
 * several ways; only the class of the level tells states apart.
 */
bool state_same_locks(const struct state *x, const struct state *y)
{
	if (x->held->len != y->held->len || x->flags != y->flags ||
	    !same_level(&x->level, &y->level) ||
	    x->checked.class != y->checked.class)
		return false;
	for (guint i = 0; i < x->held->len; i++)
		if (!same_held(&g_array_index(x->held, struct held, i),
			       &g_array_index(y->held, struct held, i)))
			return false;
	return true;
}

static bool same_bindings(const GArray *x, const GArray *y)
{
	return x->len == y->len &&
	       (x->len == 0 ||
		memcmp(x->data, y->data, sizeof(struct binding) * x->len) ==
			0);
}

bool state_same_memory(const struct state *x, const struct state *y)
{
	return x->stored == y->stored && same_bindings(x->memory, y->memory);
}

/* The I-th word of flags that may have been written. */
static uint64_t written_flags(const struct state *s, guint i)
{
	uint32_t word = g_array_index(s->program->flag_word, uint32_t, i);

	return s->written ? s->written[word] & s->program->flags[word] : 0;
}

bool state_same_written(const struct state *x, const struct state *y)
{
	for (guint i = 0; i < x->program->flag_word->len; i++)
		if (written_flags(x, i) != written_flags(y, i))
			return false;
	return true;
}

bool state_same_facts(const struct state *x, const struct state *y)
{
	return same_bindings(x->fact, y->fact);
}

static const uint32_t *literals(const struct state *s)
{
	return (const uint32_t *)(void *)s->guard->data;
}

bool state_same_guard(const struct state *x, const struct state *y)
{
	return x->guard->len == y->guard->len &&
	       (x->guard->len == 0 ||
		memcmp(x->guard->data, y->guard->data,
		       sizeof(uint32_t) * x->guard->len) == 0);
}

unsigned state_common_guard(const struct state *x, const struct state *y)
{
	const uint32_t *mx = literals(x), *my = literals(y);
	guint i = 0, k = 0;
	unsigned nr = 0;

	while (i < x->guard->len && k < y->guard->len) {
		nr += mx[i] == my[k];
		if (mx[i] < my[k])
			i++;
		else if (mx[i] > my[k])
			k++;
		else
			i++, k++;
	}
	return nr;
}

/* Are all flags that Y may have written among those that X may have? */
static bool covers_written(const struct state *x, const struct state *y)
{
	for (guint i = 0; i < x->program->flag_word->len; i++)
		if (written_flags(y, i) & ~written_flags(x, i))
			return false;
	return true;
}

/* The bits of a value that LITERAL says are not all zero; *VALUE is 0 if it is
 * no such literal. */
static int64_t bits_asked(const struct terms *t, uint32_t literal,
			  term_id *value)
{
	const struct term *x = term_get(t, LITERAL_TERM(literal));
	int64_t mask = 0;

	*value = 0;
	if (LITERAL_TRUTH(literal) && x->op == TERM_BINARY &&
	    x->imm == EXPR_AND && term_is_const(t, x->b, &mask))
		*value = x->a;
	return mask;
}

/* Does LITERAL follow from another one? */
static bool follows(const struct terms *t, uint32_t from, uint32_t literal)
{
	return LITERAL_IS_ASSERTED(from) <= LITERAL_IS_ASSERTED(literal) &&
	       range_follows(t, LITERAL_TERM(from), LITERAL_TRUTH(from),
			     LITERAL_TERM(literal)) ==
		       (LITERAL_TRUTH(literal) ? TRI_YES : TRI_NO);
}

/* Does a guard say what LITERAL says? */
static bool says(const struct terms *t, const uint32_t *guard, guint nr,
		 uint32_t literal)
{
	term_id value, other;
	int64_t mask;

	for (guint i = 0; i < nr; i++)
		if (guard[i] == literal || follows(t, guard[i], literal))
			return true;
	mask = bits_asked(t, literal, &value);
	for (guint i = 0; value && i < nr; i++)
		if ((bits_asked(t, guard[i], &other) & ~mask) == 0 &&
		    other == value)
			return true;
	return false;
}

bool state_guard_says(const struct terms *t, const uint32_t *guard, guint nr,
		      const uint32_t *other, guint nr_other)
{
	for (guint i = 0; i < nr_other; i++)
		if (!says(t, guard, nr, other[i]))
			return false;
	return true;
}

bool state_is_weaker(const struct terms *t, const struct state *x,
		     const struct state *y)
{
	return covers_written(x, y) &&
	       state_guard_says(t, literals(y), y->guard->len, literals(x),
				x->guard->len);
}

enum { SET_NUMBERS_MAX = 8 };	/* larger sets are forgotten */

/* That VALUE is one of two sets; 0: that is not worth keeping. */
static term_id one_of_either(struct terms *t, term_id value,
			     const struct range *r, const struct range *other)
{
	uint64_t a = range_set(r), b = range_set(other);
	bool small = a && b;

	if (!small) {
		a = range_rests(r);
		b = range_rests(other);
	}
	if (!a || !b || !term_is_stable(t, value) ||
	    term_get(t, value)->flags & TERM_IS_BOOL ||
	    __builtin_popcountll(a | b) > SET_NUMBERS_MAX)
		return 0;
	return small ? range_one_of(t, value, a | b)
		     : range_rest_of(t, value, a | b);
}

/* Of LITERAL and OTHER, which say that a value is of some numbers: that it is
 * of those of either; 0 if they do not. */
static uint32_t meet_sets(struct terms *t, uint32_t literal, uint32_t other)
{
	struct range r = RANGE_ALL, more = RANGE_ALL;
	term_id value = range_cut(t, LITERAL_TERM(literal),
				  LITERAL_TRUTH(literal), &r);

	if (!value || range_cut(t, LITERAL_TERM(other), LITERAL_TRUTH(other),
				&more) != value)
		return 0;
	value = one_of_either(t, value, &r, &more);
	return value ? LITERAL(value,
			       LITERAL_IS_ASSERTED(literal) ||
				       LITERAL_IS_ASSERTED(other),
			       true)
		     : 0;
}

/* LITERAL as far as a guard says it, too: itself, or with more bits or
 * numbers. */
static void meet_literal(struct terms *t, GArray *out, uint32_t literal,
			 const uint32_t *guard, guint nr)
{
	term_id value, other;
	int64_t mask = bits_asked(t, literal, &value), more;

	for (guint i = 0; i < nr; i++) {
		if (guard[i] == literal || follows(t, guard[i], literal)) {
			state_insert_literal(out, literal, STATE_GUARD_MAX);
			return;
		}
	}
	for (guint i = 0; i < nr; i++) {
		uint32_t met = meet_sets(t, literal, guard[i]);

		if (met) {
			state_insert_literal(out, met, STATE_GUARD_MAX);
			return;
		}
	}
	for (guint i = 0; value && i < nr; i++) {
		bool asserted = LITERAL_IS_ASSERTED(guard[i]) ||
				LITERAL_IS_ASSERTED(literal);

		more = bits_asked(t, guard[i], &other);
		if (other != value)
			continue;
		value = term_binary(t, EXPR_AND, value,
				    term_const(t, mask | more));
		state_insert_literal(out, LITERAL(value, asserted, true),
				     STATE_GUARD_MAX);
		return;
	}
}

/* What the literals of OTHER say that only follows from those of GUARD. */
static void meet_following(const struct terms *t, GArray *out,
			   const uint32_t *guard, guint nr,
			   const uint32_t *other, guint nr_other)
{
	for (guint i = 0; i < nr_other; i++)
		for (guint k = 0; k < nr; k++)
			if (follows(t, guard[k], other[i]))
				state_insert_literal(out, other[i],
						     STATE_GUARD_MAX);
}

GArray *state_guard_meet(struct terms *t, const uint32_t *guard, guint nr,
			 const uint32_t *other, guint nr_other)
{
	GArray *out = g_array_new(FALSE, FALSE, sizeof(uint32_t));

	for (guint i = 0; i < nr; i++)
		MUTANT(18,
		       state_insert_literal(out, guard[i], STATE_GUARD_MAX),
		       meet_literal(t, out, guard[i], other, nr_other));
	meet_following(t, out, guard, nr, other, nr_other);
	return out;
}

static bool meet_guard(struct terms *t, struct state *x,
		       const struct state *y)
{
	GArray *met;
	bool changed;

	if (state_same_guard(x, y))
		return false;
	met = state_guard_meet(t, literals(x), x->guard->len, literals(y),
			       y->guard->len);
	changed = met->len != x->guard->len ||
		  (met->len && memcmp(met->data, x->guard->data,
				      sizeof(uint32_t) * met->len) != 0);
	g_array_unref(x->guard);
	x->guard = met;
	return changed;
}

/* What either may have written. */
static bool join_written(struct state *x, const struct state *y)
{
	uint32_t words = x->program->track_words;
	bool more = false;

	if (!y->written)
		return false;
	if (!x->written)
		x->written = g_malloc0(state_written_size(x));
	for (uint32_t i = 0; i < words; i++) {
		more |= (y->written[i] & ~x->written[i]) != 0;
		x->written[i] |= y->written[i];
	}
	return more;
}

/* Keeps in X what Y has as well.  True if X lost something. */
static bool intersect(GArray *x, const GArray *y)
{
	guint to = 0, before = x->len;

	for (guint i = 0; i < x->len; i++) {
		struct binding b = g_array_index(x, struct binding, i);
		const struct binding *other = bindings_find(y, b.key);

		if (other && MUTANT(7, true, other->value == b.value))
			g_array_index(x, struct binding, to++) = b;
	}
	g_array_set_size(x, to);
	return to != before;
}

/* What X knows by comparison that only follows from what Y knows. */
static void find_following(const struct terms *t, const struct state *x,
			   const struct state *y, GArray *facts)
{
	for (guint i = 0; i < x->fact->len; i++) {
		const struct binding *b =
			&g_array_index(x->fact, struct binding, i);
		int64_t imm = 1;

		if (!range_compared(t, b->key) ||
		    (b->value && !term_is_const(t, b->value, &imm)) ||
		    bindings_find(y->fact, b->key))
			continue;
		if (state_truth(t, y, b->key) == (imm ? TRI_YES : TRI_NO))
			g_array_append_val(facts, *b);
	}
}

/* The value that a fact says to be of certain numbers; 0: it does not. */
static term_id number_known(const struct terms *t, const struct binding *b)
{
	int64_t imm;

	if (!b->value)
		return range_compared(t, b->key);
	return term_is_const(t, b->value, &imm) && imm >= 0 ? b->key : 0;
}

/* The sets that values of X, as it knows, are of at X or Y. */
static void find_sets(struct terms *t, const struct state *x,
		      const struct state *y, GArray *facts)
{
	for (guint i = 0; i < x->fact->len; i++) {
		struct binding b = g_array_index(x->fact, struct binding, i);
		const struct binding *same = bindings_find(y->fact, b.key);
		struct range r, more;

		if (same && same->value == b.value)
			continue;
		b.key = number_known(t, &b);
		b.value = 0;
		if (!b.key)
			continue;
		r = state_range(t, x, b.key);
		more = state_range(t, y, b.key);
		b.key = one_of_either(t, b.key, &r, &more);
		if (b.key)
			g_array_append_val(facts, b);
	}
}

/* Keeps in X the facts that hold in Y as well.  True if X changed. */
static bool join_facts(struct terms *t, struct state *x,
		       const struct state *y)
{
	GArray *before, *more;
	bool changed;

	if (state_same_facts(x, y))
		return false;
	before = g_array_copy(x->fact);
	more = g_array_new(FALSE, FALSE, sizeof(struct binding));
	find_following(t, x, y, more);
	find_following(t, y, x, more);
	find_sets(t, x, y, more);
	intersect(x->fact, y->fact);
	for (guint i = 0; i < more->len; i++) {
		const struct binding *b =
			&g_array_index(more, struct binding, i);

		bindings_set(x->fact, b->key, b->value);
	}
	changed = !same_bindings(before, x->fact);
	g_array_unref(before);
	g_array_unref(more);
	return changed;
}

bool state_join(struct terms *t, struct origins *o, struct asks *k,
		struct state *x, const struct state *y)
{
	bool lost = intersect(x->memory, y->memory);
	uint32_t asked = asks_meet(k, x->asked, y->asked);

	lost |= asked != x->asked || (y->stored & ~x->stored);
	x->asked = asked;
	x->stored |= y->stored;

	lost |= join_facts(t, x, y);
	lost |= meet_guard(t, x, y);
	lost |= join_written(x, y);
	for (guint i = 0; i < x->held->len; i++) {
		struct held *h = &g_array_index(x->held, struct held, i);
		uint32_t set = origin_set_union(
			o, h->origins,
			g_array_index(y->held, struct held, i).origins);

		const struct held *other =
			&g_array_index(y->held, struct held, i);

		lost |= set != h->origins || (other->many && !h->many);
		h->origins = set;
		h->many |= other->many;
		h->untold = MAX(h->untold, other->untold);
		h->all &= other->all;
		h->each &= other->each;
	}
	return lost;
}
