/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which locks are held, and whether two addresses are one object. */
#include "state_int.h"

#include "mutant.h"
#include "program.h"

/* H stands for several locks of one member: OBJECT may be another one of them. */
static bool may_be_another(const struct terms *t, const struct held *h,
			   term_id object)
{
	const struct term *x = term_get(t, h->object);
	const struct term *y = term_get(t, object);

	return h->many && !h->all && x->op == TERM_FIELD &&
	       y->op == TERM_FIELD && x->b == y->b;
}

static const struct held *find_same(const struct program *p, struct terms *t,
				    const struct state *s, term_id object,
				    bool *maybe)
{
	for (guint i = s->held->len; i > 0; i--) {
		const struct held *h = &g_array_index(s->held, struct held,
						      i - 1);
		enum tristate same;

		if (h->kind == LOCKKIND_READ || h->kind == LOCKKIND_SPIN)
			continue;
		same = state_same(p, t, s, h->object, object);
		if (may_be_another(t, h, object))
			same = TRI_UNKNOWN;
		if (same == TRI_YES ||
		    (h->all && state_same_array(t, h->object, object)))
			return h;
		*maybe |= same == TRI_UNKNOWN && h->count > 0;
	}
	return NULL;
}

static bool holds_any(const struct state *s)
{
	for (guint i = 0; i < s->held->len; i++)
		if (g_array_index(s->held, struct held, i).count > 0)
			return true;
	return false;
}

/*
 * Approximation: a lock that may be one that is held, but need not be, counts
 * as one of its own; the answer is then what the callers hold of it.
 */
term_id state_held(const struct program *p, struct terms *t,
		   const struct state *s, term_id object)
{
	bool maybe = false;
	const struct held *h;

	/* No lock, but a caller that must not be running: mapping.c. */
	if (term_get(t, object)->op == TERM_STRING)
		return term_held(t, object);
	if (term_is_const(t, object, NULL))
		return holds_any(s) ? term_const(t, 1)
				    : term_held(t, object);
	h = find_same(p, t, s, object, &maybe);
	if (h)
		return term_const(t, h->count > 0);
	if (maybe)
		return MUTANT(16, term_const(t, 0), term_unknown(t));
	return state_resolve(t, s, term_held(t, object));
}

static enum tristate same_pointer(const struct program *p, struct terms *t,
				  const struct state *s, term_id a, term_id b);

/* Members of the model's paths: what they point to is theirs alone. */
static bool is_owning_path(const struct program *p, uint32_t field)
{
	for (guint i = 0; field && i < p->invariant->len; i++) {
		const struct invariant *v =
			&g_array_index(p->invariant, struct invariant, i);

		if (v->is_owner && v->path == field)
			return true;
	}
	return false;
}

/* Two loaded pointers: the tables that different members own differ; what lies
 * at one address is the same. */
static enum tristate same_loaded(const struct program *p, struct terms *t,
				 const struct state *s, term_id a, term_id b)
{
	uint32_t fa = state_member_at(t, a), fb = state_member_at(t, b);

	if (!is_owning_path(p, fa) || !is_owning_path(p, fb))
		return fa && fa == fb && state_same(p, t, s, a, b) == TRI_YES
			       ? TRI_YES
			       : TRI_UNKNOWN;
	if (fa != fb)
		return TRI_NO;
	return state_same(p, t, s, a, b);
}

/* A table that is known by its class member to be of another kind. */
static enum tristate same_by_kind(const struct program *p, struct terms *t,
				  const struct state *s, term_id a, term_id b)
{
	for (guint i = 0; i < p->instance->len; i++) {
		uint32_t field = g_array_index(p->instance,
					       struct instance_rule, i).field;
		int64_t ka, kb;
		term_id va, vb;

		if (i && field == g_array_index(p->instance,
						struct instance_rule,
						i - 1).field)
			continue;
		va = value_of_member(p, t, s, a, field);
		vb = value_of_member(p, t, s, b, field);
		if (term_is_const(t, va, &ka) && term_is_const(t, vb, &kb) &&
		    ka != kb)
			return TRI_NO;
	}
	return TRI_UNKNOWN;
}

/*
 * Is LOADED, the value of the last member of some rule's path, the record
 * OTHER, whose member tells that it is the one of its owner?
 */
static enum tristate same_by_rule(const struct program *p, struct terms *t,
				  const struct state *s, term_id loaded,
				  term_id other)
{
	struct term x = *term_get(t, loaded);
	uint32_t path = x.op == TERM_LOAD ? state_member_at(t, x.a) : 0;

	for (guint i = 0; path && i < p->unique->len; i++) {
		const struct unique_rule *u =
			&g_array_index(p->unique, struct unique_rule, i);
		const struct owner_rule *owner = NULL;
		int64_t value;

		if (u->path != path ||
		    !term_is_const(t, value_of_member(p, t, s, other,
						      u->field), &value) ||
		    value != u->value)
			continue;
		for (guint k = 0; k < p->owner->len && !owner; k++) {
			owner = &g_array_index(p->owner, struct owner_rule, k);
			if (owner->record != FACT_FIELD(p->f,
							u->field)->record)
				owner = NULL;
		}
		if (!owner || !owner->field)
			continue;
		return state_same(p, t, s, state_root_of(t, x.a),
				  value_of_member(p, t, s, other,
						  owner->field));
	}
	return TRI_UNKNOWN;
}

/* Is A the parent of B, or the parent of that? */
static bool is_ancestor(const struct program *p, const struct terms *t,
			term_id a, term_id b)
{
	const struct term *x = term_get(t, a), *at;

	while (a != b && x->op == TERM_LOAD) {
		at = term_get(t, x->a);
		if (at->op != TERM_FIELD ||
		    p->role_of_field[at->b] != OWNER_PARENT + 1)
			return false;
		a = at->a;
		x = term_get(t, a);
		if (a == b)
			return true;
	}
	return false;
}

static enum tristate same_pointer(const struct program *p, struct terms *t,
				  const struct state *s, term_id a, term_id b)
{
	term_id equal = term_binary(t, EXPR_EQ, a, b);
	enum tristate truth = state_truth(t, s, equal);
	const struct term *x = term_get(t, a), *y = term_get(t, b);
	uint8_t xop = x->op, yop = y->op;
	term_id xa = x->a, ya = y->a;

	if (truth != TRI_UNKNOWN)
		return truth;
	/* A fork is not its own parent. */
	if (is_ancestor(p, t, a, b) || is_ancestor(p, t, b, a))
		return TRI_NO;
	if (xop == TERM_LOAD && yop == TERM_LOAD) {
		truth = same_loaded(p, t, s, xa, ya);
		if (truth != TRI_UNKNOWN)
			return truth;
	}
	if (xop == TERM_GLOBAL && yop == TERM_GLOBAL)
		return TRI_NO;
	truth = same_by_kind(p, t, s, a, b);
	if (truth == TRI_UNKNOWN)
		truth = same_by_rule(p, t, s, a, b);
	if (truth == TRI_UNKNOWN)
		truth = same_by_rule(p, t, s, b, a);
	return truth;
}

static enum tristate same_element(const struct terms *t,
				  const struct term *x, const struct term *y)
{
	int64_t i, k;

	if (x->b == y->b && term_is_stable(t, x->b))
		return TRI_YES;
	if (term_is_const(t, x->b, &i) && term_is_const(t, y->b, &k))
		return i == k ? TRI_YES : TRI_NO;
	return TRI_UNKNOWN;
}

/* Is ELEMENT one of the array at ARRAY, which is where its first one lies? */
static bool is_later_element(const struct terms *t, const struct term *element,
			     term_id array)
{
	int64_t i;

	return element->op == TERM_INDEX && element->a == array &&
	       term_is_stable(t, array) &&
	       term_is_const(t, element->b, &i) && i != 0;
}

enum tristate state_same(const struct program *p, struct terms *t,
			 const struct state *s, term_id a, term_id b)
{
	struct term x = *term_get(t, a), y = *term_get(t, b);
	enum tristate base;

	if (a == b && term_is_stable(t, a))
		return TRI_YES;
	if (x.op == TERM_FIELD && y.op == TERM_FIELD) {
		if (x.b != y.b)
			return TRI_NO;
		return state_same(p, t, s, x.a, y.a);
	}
	if (x.op == TERM_INDEX && y.op == TERM_INDEX) {
		base = state_same(p, t, s, x.a, y.a);
		return base == TRI_YES ? same_element(t, &x, &y) : base;
	}
	if (is_later_element(t, &x, b) || is_later_element(t, &y, a))
		return TRI_NO;
	if (x.op == TERM_FIELD && (y.op == TERM_GLOBAL || y.op == TERM_LOCAL))
		return state_root_of(t, a) == b ? TRI_UNKNOWN : TRI_NO;
	if (y.op == TERM_FIELD && (x.op == TERM_GLOBAL || x.op == TERM_LOCAL))
		return state_root_of(t, b) == a ? TRI_UNKNOWN : TRI_NO;
	return same_pointer(p, t, s, a, b);
}

/* Is ID loaded from a member that owns what it points to? */
static bool is_owned(const struct program *p, const struct terms *t,
		     term_id id)
{
	const struct term *x = term_get(t, id);

	return x->op == TERM_LOAD && is_owning_path(p, state_member_at(t, x->a));
}

enum tristate state_condition(const struct program *p, struct terms *t,
			      const struct state *s, term_id value)
{
	enum tristate truth = state_truth(t, s, value);
	struct term x = *term_get(t, value);
	int64_t imm;

	if (truth != TRI_UNKNOWN || x.op != TERM_BINARY || x.imm != EXPR_EQ)
		return truth;
	if (term_is_const(t, x.b, &imm)) {
		if (imm)
			return truth;
		truth = state_condition(p, t, s, x.a);
		return truth == TRI_UNKNOWN ? truth
		       : truth == TRI_YES   ? TRI_NO
					    : TRI_YES;
	}
	if (!is_owned(p, t, x.a) && !is_owned(p, t, x.b))
		return truth;
	return state_same(p, t, s, x.a, x.b);
}

bool state_same_array(const struct terms *t, term_id a, term_id b)
{
	const struct term *x = term_get(t, a), *y = term_get(t, b);
	const struct term *i, *k;

	while (x->op == y->op && x->b == y->b &&
	       (x->op == TERM_FIELD || x->op == TERM_LOAD)) {
		x = term_get(t, x->a);
		y = term_get(t, y->a);
	}
	if (x->op != TERM_INDEX || y->op != TERM_INDEX || x->a != y->a)
		return false;
	i = term_get(t, x->b);
	k = term_get(t, y->b);
	return (i->op != TERM_FRESH && i->op != TERM_OLD) ||
	       (k->op != TERM_FRESH && k->op != TERM_OLD) || i->a != k->a;
}

enum tristate state_holds_write(const struct program *p, struct terms *t,
				const struct state *s, term_id object)
{
	enum tristate any = TRI_NO;

	for (guint i = 0; i < s->held->len; i++) {
		const struct held *h = &g_array_index(s->held, struct held, i);
		enum tristate same;

		if (h->count <= 0 || h->kind != LOCKKIND_WRITE)
			continue;
		same = state_same(p, t, s, h->object, object);
		if ((!h->many && same == TRI_YES) ||
		    (h->all && state_same_array(t, h->object, object)))
			return TRI_YES;
		if (same != TRI_NO)
			any = TRI_UNKNOWN;
	}
	return any;
}
