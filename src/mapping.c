/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A literal of a guard speaks of values on entry only, so what it is in the
 * caller depends on the literal and the call alone.  The literals that a
 * function's guards have are numbered; each call of it has an array of what
 * they are there.
 */
#include "mapping.h"

#include <string.h>

#include "conflict.h"
#include "mutant.h"
#include "nummap.h"
#include "program.h"
#include "subst.h"

/*
 * Longer names are dropped.  Approximation: that adds ways, and removes none;
 * kinds of tables and recursion behind current->domain->parent are not told.
 * (With 10, a fork's parent has names, and may be the fork itself as far as is
 * known: its lock is one that callers may hold then, and sets no level.)
 */
enum { NAME_DEPTH_MAX = 7 };

/* What a literal is at a call; larger numbers: where its list begins. */
enum mapped_literal {
	LITERAL_NOT_YET,
	LITERAL_HOLDS,		/* says nothing there */
	LITERAL_FAILS,		/* unless an assertion fails */
	LITERAL_EXCLUDED,
	LITERAL_NULL,		/* excluded by a load through null */
	LITERAL_LISTED,
};

struct call_map {
	uint32_t *literal;	/* by the callee's numbers */
	uint32_t nr;
	uint64_t *own;		/* guard at the call, as of conflicts_ref() */
	uint32_t own_nr;
};

struct mapping {
	struct explorer *x;
	struct numsets *sets;
	struct conflicts *conflicts;
	struct call_map *call;	/* per edge */
	uint32_t call_nr;
	struct nummap *number;	/* (function, literal) -> number + 1 */
	uint32_t *literal_nr;	/* per function */
	GArray *list;		/* uint64_t: how many, and as many literals */
	struct nummap *name;	/* (edge, term) -> term in the caller + 1 */
	fact_id function;	/* the last one asked for, its guard, and the */
	uint32_t guard;		/* numbers of that one's literals */
	GArray *numbers;	/* uint32_t */
};

struct mapping *mapping_new(struct explorer *x, struct numsets *sets,
			    const GPtrArray *edges)
{
	struct mapping *m = g_new0(struct mapping, 1);
	uint64_t unused[LITERAL_LISTED] = { 0 };

	m->x = x;
	m->sets = sets;
	m->conflicts = conflicts_new(x);
	m->call_nr = edges->len;
	m->call = g_new0(struct call_map, m->call_nr);
	m->number = nummap_new();
	m->literal_nr = g_new0(uint32_t, x->p->f->function->len);
	m->list = g_array_new(FALSE, FALSE, sizeof(uint64_t));
	g_array_append_vals(m->list, unused, LITERAL_LISTED);
	m->name = nummap_new();
	m->numbers = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	return m;
}

void mapping_free(struct mapping *m)
{
	for (uint32_t i = 0; i < m->call_nr; i++) {
		g_free(m->call[i].literal);
		g_free(m->call[i].own);
	}
	g_free(m->call);
	conflicts_free(m->conflicts);
	nummap_free(m->number);
	nummap_free(m->name);
	g_free(m->literal_nr);
	g_array_unref(m->list);
	g_array_unref(m->numbers);
	g_free(m);
}

static void list_add(struct mapping *m, uint32_t literal)
{
	uint64_t ref;

	if (!literal)
		return;
	ref = conflicts_ref(m->conflicts, literal);
	g_array_append_val(m->list, ref);
}

/*
 * The literal asks for a flag, MAPPED, of a record that may be one whose flag
 * was set otherwise just before the call, at S's state: it can hold only if
 * the two records are not the same, which callers may know.
 */
static void tell_apart(struct mapping *m, const struct subst *s,
		       term_id mapped, bool truth)
{
	struct terms *t = m->x->t;
	const GArray *memory = s->at->memory;
	struct term x = *term_get(t, mapped), at;
	int64_t imm;

	if (x.op != TERM_LOAD)
		return;
	at = *term_get(t, x.a);
	for (guint i = 0; at.op == TERM_FIELD && i < memory->len; i++) {
		struct binding b = g_array_index(memory, struct binding, i);
		struct term y = *term_get(t, b.key);

		if (y.op != TERM_FIELD || y.b != at.b ||
		    !term_is_const(t, b.value, &imm) || (imm != 0) == truth ||
		    state_same(s->p, t, s->at, at.a, y.a) != TRI_UNKNOWN)
			continue;
		list_add(m, state_literal(t, s->at,
					  term_binary(t, EXPR_EQ, y.a, at.a),
					  false, false));
	}
}

/*
 * What is asked of a value that the caller has made says nothing further up,
 * but two such literals may contradict each other at the call.
 */
static void list_add_made(struct mapping *m, term_id mapped, bool truth)
{
	const struct terms *t = m->x->t;
	const struct term *x = term_get(t, mapped);
	int64_t imm;

	while (x->op == TERM_BINARY && x->imm == EXPR_EQ &&
	       term_is_const(t, x->b, &imm) && imm == 0) {
		mapped = x->a;
		truth = !truth;
		x = term_get(t, mapped);
	}
	if (x->flags & TERM_HAS_FRESH && x->op != TERM_HELD &&
	    term_is_stable(t, mapped))
		list_add(m, LITERAL(mapped, false, truth));
}

static bool is_made(const struct mapping *m, uint64_t ref)
{
	return term_get(m->x->t, LITERAL_TERM(REF_LITERAL(ref)))->flags &
	       TERM_HAS_FRESH;
}

/* The literals that MAPPED is made of, as a list. */
static uint32_t make_list(struct mapping *m, const struct subst *s,
			  term_id mapped, bool truth, bool asserted)
{
	uint32_t first = m->list->len;
	uint64_t nr = 0;

	g_array_append_val(m->list, nr);
	list_add(m, state_literal(m->x->t, s->at, mapped, truth, asserted));
	tell_apart(m, s, mapped, truth);
	if (!asserted)
		list_add_made(m, mapped, truth);
	nr = m->list->len - first - 1;
	g_array_index(m->list, uint64_t, first) = nr;
	if (nr)
		return first;
	g_array_set_size(m->list, first);
	return LITERAL_HOLDS;
}

/* Is it that none of the model's callers, CALLER among them, is running? */
static bool excludes_caller(const struct explorer *x, uint32_t literal,
			    fact_id caller)
{
	const struct term *held = term_get(x->t, LITERAL_TERM(literal));
	const struct term *lock;

	if (held->op != TERM_HELD)
		return false;
	lock = term_get(x->t, held->a);
	return lock->op == TERM_STRING && lock->a == STRING_CALLER &&
	       (x->p->excludes[caller] >> lock->b & 1);
}

static uint32_t map_literal(struct mapping *m, const struct call_edge *e,
			    uint32_t literal)
{
	struct explorer *x = m->x;
	bool truth = LITERAL_TRUTH(literal);
	bool asserted = LITERAL_IS_ASSERTED(literal);
	uint32_t out;
	struct subst s;
	term_id mapped;
	enum tristate now;

	if (excludes_caller(x, literal, e->caller)) {
		explorer_limit_once(x, LIMIT_NOT_WITHIN, e->caller, e->node);
		return LITERAL_EXCLUDED;
	}
	subst_init(&s, x->p, x->t, e->at, e->arg, e->node);
	now = subst_truth(&s, LITERAL_TERM(literal), &mapped);
	if (term_loads_null(x->t, mapped))
		out = LITERAL_NULL;
	else if (now == TRI_UNKNOWN &&
		 explore_facts_allow(x, e->at->fact,
				     LITERAL(mapped, asserted, truth)) &&
		 explore_world_allows(x, e->at, mapped, truth))
		out = make_list(m, &s, mapped, truth, asserted);
	else if (now != TRI_UNKNOWN && (now == TRI_YES) == truth)
		out = LITERAL_HOLDS;
	else
		out = asserted ? LITERAL_FAILS
			       : MUTANT(9, LITERAL_HOLDS, LITERAL_EXCLUDED);
	subst_release(&s);
	return out;
}

/* The numbers of GUARD's literals among those of FUNCTION. */
static void number_literals(struct mapping *m, fact_id function,
			    uint32_t guard)
{
	uint32_t nr;
	const uint32_t *literal = numset_members(m->sets, guard, &nr);

	if (m->function == function && m->guard == guard)
		return;
	m->function = function;
	m->guard = guard;
	g_array_set_size(m->numbers, 0);
	for (uint32_t i = 0; i < nr; i++) {
		uint32_t *number = nummap_at(m->number,
					     NUMMAP_KEY(function, literal[i]));
		uint32_t own;

		if (!*number)
			*number = ++m->literal_nr[function];
		own = *number - 1;
		g_array_append_val(m->numbers, own);
	}
}

/* Makes the arrays of a call large enough for all numbers given so far. */
static struct call_map *call_of(struct mapping *m, const struct call_edge *e)
{
	struct call_map *c = &m->call[e->id];
	uint32_t nr = m->literal_nr[e->callee];
	const GArray *guard = e->at->guard;

	if (c->nr < nr) {
		c->literal = g_renew(uint32_t, c->literal, nr);
		memset(c->literal + c->nr, 0,
		       sizeof(*c->literal) * (nr - c->nr));
		c->nr = nr;
	}
	if (!c->own && guard->len) {
		c->own_nr = guard->len;
		c->own = g_new(uint64_t, guard->len);
		for (guint i = 0; i < guard->len; i++)
			c->own[i] = conflicts_ref(
				m->conflicts,
				g_array_index(guard, uint32_t, i));
	}
	return c;
}

/* As state_add_literal(); the number of literals then. */
static uint32_t insert(uint64_t *guard, uint32_t nr, uint64_t ref)
{
	uint32_t literal = REF_LITERAL(ref), plain, i = nr;

	plain = LITERAL_UNASSERTED(literal);
	while (i > 0 && guard[i - 1] > ref)
		i--;
	/* Literals of one term stand together. */
	for (uint32_t k = i; k > 0 && REF_LITERAL(guard[k - 1]) >= plain; k--)
		if (guard[k - 1] == ref || REF_LITERAL(guard[k - 1]) == plain)
			return nr;
	if (nr >= STATE_GUARD_MAX)
		return nr;
	memmove(guard + i + 1, guard + i, sizeof(*guard) * (nr - i));
	guard[i] = ref;
	return nr + 1;
}

static uint32_t insert_list(const struct mapping *m, uint64_t *guard,
			    uint32_t nr, uint32_t first, bool made)
{
	const uint64_t *list = &g_array_index(m->list, uint64_t, first);

	for (uint64_t i = 1; i <= list[0]; i++)
		if (is_made(m, list[i]) == made)
			nr = insert(guard, nr, list[i]);
	return nr;
}

/* What each literal of the guard is at E, up to one that is excluded. */
static void map_literals(struct mapping *m, const struct call_edge *e,
			 const struct call_map *c, struct mapped_guard *out)
{
	for (guint i = 0; i < m->numbers->len && !out->is_excluded; i++) {
		uint32_t *is = &c->literal[g_array_index(m->numbers, uint32_t,
							 i)];

		if (*is == LITERAL_NOT_YET) {
			uint32_t nr;
			const uint32_t *literal =
				numset_members(m->sets, m->guard, &nr);

			*is = map_literal(m, e, literal[i]);
		}
		out->is_null = *is == LITERAL_NULL;
		out->is_excluded = *is == LITERAL_NULL ||
				   *is == LITERAL_EXCLUDED;
		out->assert_failed |= *is == LITERAL_FAILS;
	}
}

/* Adds what these literals are to NR others, if they are about values that the
 * caller has MADE or if not; how many there are then. */
static uint32_t join_literals(const struct mapping *m,
			      const struct call_map *c, uint64_t *guard,
			      uint32_t nr, bool made)
{
	for (guint i = 0; i < m->numbers->len; i++) {
		uint32_t is = c->literal[g_array_index(m->numbers, uint32_t,
						       i)];

		if (is >= LITERAL_LISTED)
			nr = insert_list(m, guard, nr, is, made);
	}
	return nr;
}

static uint32_t make_set(struct mapping *m, const uint64_t *ref, uint32_t nr)
{
	uint32_t literal[STATE_GUARD_MAX];

	for (uint32_t i = 0; i < nr; i++)
		literal[i] = REF_LITERAL(ref[i]);
	return numset_make(m->sets, literal, nr);
}

struct mapped_guard mapping_guard(struct mapping *m, const struct call_edge *e,
				  uint32_t guard)
{
	uint64_t ref[STATE_GUARD_MAX];
	uint32_t nr;
	struct mapped_guard out = { .is_excluded = false };
	const struct call_map *c;
	bool asserted;

	number_literals(m, e->callee, guard);
	c = call_of(m, e);
	map_literals(m, e, c, &out);
	if (out.is_excluded)
		return out;
	nr = join_literals(m, c, ref, 0, true);
	if (nr && !conflicts_allow(m->conflicts, ref, nr, &asserted)) {
		out.is_excluded = true;
		return out;
	}
	out.made = make_set(m, ref, nr);
	nr = c->own_nr;
	if (nr)
		memcpy(ref, c->own, sizeof(*ref) * nr);
	nr = join_literals(m, c, ref, nr, false);
	if (!conflicts_allow(m->conflicts, ref, nr, &asserted)) {
		out.is_excluded = !asserted;
		out.assert_failed |= asserted;
		if (out.is_excluded)
			return out;
	}
	out.set = make_set(m, ref, nr);
	return out;
}

/* Approximation: what is found by arithmetic (a frame's owner) has no name, but
 * where mapping_value() is asked for. */
static bool is_name(const struct terms *t, term_id id)
{
	const struct term *x = term_get(t, id);

	if (x->depth > NAME_DEPTH_MAX)
		return false;
	while (x->op == TERM_FIELD || x->op == TERM_LOAD ||
	       x->op == TERM_INDEX)
		x = term_get(t, x->a);
	return x->op != TERM_BINARY && x->op != TERM_UNARY &&
	       x->op != TERM_CONST;
}

term_id mapping_value(struct mapping *m, const struct call_edge *e, term_id id)
{
	struct terms *t = m->x->t;
	struct subst s;
	term_id out;

	subst_init(&s, m->x->p, t, e->at, e->arg, e->node);
	out = subst_term(&s, id);
	if (s.is_inside || !term_is_stable(t, out))
		out = 0;
	subst_release(&s);
	return out;
}

static term_id make_name(struct mapping *m, const struct call_edge *e,
			 term_id id)
{
	term_id out = mapping_value(m, e, id);

	return is_name(m->x->t, out) ? out : 0;
}

term_id mapping_name(struct mapping *m, const struct call_edge *e, term_id id)
{
	uint32_t *name;

	if (!id)
		return 0;
	name = nummap_at(m->name, NUMMAP_KEY(e->id, id));
	if (!*name)
		*name = make_name(m, e, id) + 1;
	return *name - 1;
}
