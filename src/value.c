/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Evaluates expressions to terms.  What a load yields is, in this order: what
 * the state has in memory, what the model's invariants say, or a term of its
 * own for "the value that lies there".
 *
 * Approximation: an index that a loop counts is any index; so objects of an
 * array that a loop walks are one object that stands for several.
 */
#include "value.h"

#include "mutant.h"
#include "program.h"
#include "slice.h"

static bool reads_varying(const struct evaluator *e, uint32_t expr)
{
	const struct fact_expr *x = &e->b->expr[expr];

	switch (x->op) {
	case EXPR_LOCAL:
		return e->slice->varies[x->a];
	case EXPR_FIELD:
	case EXPR_LOAD:
	case EXPR_NEG:
	case EXPR_BITNOT:
	case EXPR_LNOT:
	case EXPR_CAST:
		return reads_varying(e, x->a);
	case EXPR_UNKNOWN:
	case EXPR_CONST:
	case EXPR_STRING:
	case EXPR_GLOBAL:
	case EXPR_FUNCTION:
		return false;
	default:
		return reads_varying(e, x->a) || reads_varying(e, x->b);
	}
}

static term_id strip_fields(const struct terms *t, term_id address)
{
	const struct term *x = term_get(t, address);

	while (x->op == TERM_FIELD || x->op == TERM_INDEX) {
		address = x->a;
		x = term_get(t, address);
	}
	return address;
}

/*
 * The address of the member at the end of a path: an index is stripped, and
 * so is the load of a pointer to an array.  0 if there is none.
 */
static term_id path_end(const struct terms *t, term_id address)
{
	const struct term *x = term_get(t, address);

	while (x->op == TERM_INDEX) {
		address = x->a;
		x = term_get(t, address);
	}
	if (x->op == TERM_LOAD) {
		address = x->a;
		x = term_get(t, address);
	}
	return x->op == TERM_FIELD ? address : 0;
}

/* The invariant about FIELD of what the member PATH leads to, or NULL. */
static const struct invariant *find_invariant(const struct program *p,
					      uint32_t path, uint32_t field)
{
	for (guint i = 0; i < p->invariant->len; i++) {
		const struct invariant *v =
			&g_array_index(p->invariant, struct invariant, i);

		if (v->path == path && v->field == field)
			return v;
	}
	return NULL;
}

/*
 * What the model says of member FIELD of the record that BASE points to.  The
 * path may end in a member of the one that is named: a list's next and prev.
 */
static term_id value_by_invariant(const struct program *p, struct terms *t,
				  const struct state *s, term_id base,
				  uint32_t field)
{
	const struct invariant *v = NULL;
	const struct term *x = term_get(t, base);
	term_id from;

	/* The record around a list's link. */
	if (x->op == TERM_INDEX)
		x = term_get(t, x->a);
	if (x->op != TERM_LOAD)
		return 0;
	from = path_end(t, x->a);
	while (from && term_get(t, from)->op == TERM_FIELD && !v) {
		v = find_invariant(p, term_get(t, from)->b, field);
		if (!v)
			from = term_get(t, from)->a;
	}
	if (!v)
		return 0;
	if (v->is_owner)
		return strip_fields(t, from);
	if (v->from && !s)
		return term_load(t, term_field(t, strip_fields(t, from),
					       v->from));
	if (v->from)
		return value_of_member(p, t, s, strip_fields(t, from),
				       v->from);
	return term_const(t, v->value);
}

/* The same of what a variable points to. */
static term_id value_by_global(const struct program *p, struct terms *t,
			       term_id base, uint32_t field)
{
	const struct term *x = term_get(t, strip_fields(t, base));

	if (x->op != TERM_LOAD)
		return 0;
	x = term_get(t, x->a);
	for (guint i = 0; x->op == TERM_GLOBAL && i < p->global_invariant->len;
	     i++) {
		const struct global_invariant *v =
			&g_array_index(p->global_invariant,
				       struct global_invariant, i);

		if (v->global == x->a && v->field == field)
			return term_const(t, v->value);
	}
	return 0;
}

term_id value_simplify_load(const void *context, struct terms *t,
			    term_id address)
{
	const struct term *x = term_get(t, address);
	term_id found;

	if (x->op != TERM_FIELD)
		return 0;
	found = value_by_global(context, t, x->a, x->b);
	return found ? found
		     : value_by_invariant(context, t, NULL, x->a, x->b);
}

/* Is ID loaded from the last member of a path that leads to one record only,
 * which may have another name? */
static bool is_unique(const struct program *p, const struct terms *t,
		      term_id id)
{
	const struct term *x = term_get(t, id);

	if (x->op != TERM_LOAD)
		return false;
	x = term_get(t, x->a);
	for (guint i = 0; x->op == TERM_FIELD && i < p->unique->len; i++)
		if (g_array_index(p->unique, struct unique_rule, i).path ==
		    x->b)
			return true;
	return false;
}

/* Is it one of the members by which records are told to be the same? */
static bool is_invariant_field(const struct program *p, uint32_t field)
{
	for (guint i = 0; i < p->invariant->len; i++)
		if (g_array_index(p->invariant, struct invariant, i).field ==
		    field)
			return true;
	return false;
}

/*
 * What was stored at ADDRESS, a member of such a record, by its other name.
 * (Not of the members that tell the two to be the same: that would go round.)
 */
static term_id memory_by_other_name(const struct program *p, struct terms *t,
				    const struct state *s, term_id address)
{
	struct term x = *term_get(t, address);

	if (x.op != TERM_FIELD || !is_unique(p, t, x.a) ||
	    is_invariant_field(p, x.b))
		return 0;
	for (guint i = 0; i < s->memory->len; i++) {
		const struct binding *b =
			&g_array_index(s->memory, struct binding, i);
		struct term y = *term_get(t, b->key);

		if (y.op == TERM_FIELD && y.b == x.b && y.a != x.a &&
		    state_same(p, t, s, x.a, y.a) == TRI_YES)
			return b->value;
	}
	return 0;
}

term_id value_load(const struct program *p, struct terms *t,
		   const struct state *s, term_id address)
{
	term_id found = state_memory(s, address);
	const struct term *x;

	if (!found)
		found = memory_by_other_name(p, t, s, address);
	if (found)
		return state_resolve(t, s, found);
	x = term_get(t, address);
	if (x->op == TERM_FIELD) {
		if (x->b == p->current_field)
			return term_leaf(t, TERM_CURRENT, 0, 0, 0);
		found = value_by_invariant(p, t, s, x->a, x->b);
		if (found)
			return found;
	}
	if (term_get(t, strip_fields(t, address))->op == TERM_LOCAL)
		return term_unknown(t);
	return state_resolve(t, s, term_load(t, address));
}

term_id value_of_member(const struct program *p, struct terms *t,
			const struct state *s, term_id base, uint32_t field)
{
	return value_load(p, t, s, term_field(t, base, field));
}

/* Is ADDRESS inside an object at the null pointer? */
static bool is_in_null(const struct terms *t, term_id address)
{
	int64_t imm;

	return term_is_const(t, strip_fields(t, address), &imm) && imm == 0;
}

static term_id value_of_load(struct evaluator *e, const struct state *s,
			     uint32_t address)
{
	const struct fact_expr *x = &e->b->expr[address];
	term_id at;

	if (x->op == EXPR_FIELD && x->b == e->p->current_field)
		return term_leaf(e->t, TERM_CURRENT, 0, 0, 0);
	at = value_of(e, s, address);
	if (is_in_null(e->t, at))
		e->null_access = true;
	return value_load(e->p, e->t, s, at);
}

/*
 * Approximation: a per-CPU variable is that of this CPU, whichever CPU's is
 * named.
 */
static bool is_per_cpu(const struct evaluator *e, term_id base)
{
	const struct term *x = term_get(e->t, base);

	return x->op == TERM_GLOBAL &&
	       (FACT_GLOBAL(e->p->f, x->a)->flags & GLOBAL_PER_CPU);
}

static term_id value_of_index(struct evaluator *e,
			      const struct state *s, uint32_t expr)
{
	const struct fact_expr *x = &e->b->expr[expr];
	term_id base = value_of(e, s, x->a), index;
	int64_t imm;

	if (is_per_cpu(e, base))
		return base;
	if (reads_varying(e, x->b))
		index = term_unknown(e->t);
	else
		index = value_of(e, s, x->b);
	if (!term_is_stable(e->t, index))
		index = term_leaf(e->t, TERM_FRESH, e->node,
				  FRESH_INDEX + expr, 0);
	if (term_is_const(e->t, index, &imm) && imm == 0)
		return base;
	if (term_is_const(e->t, base, &imm)) {
		/* A table at a fixed address: some element of it. */
		if (imm == 0)
			return term_unknown(e->t);
		index = term_leaf(e->t, TERM_FRESH, e->node,
				  FRESH_INDEX + expr, 0);
	}
	return term_index(e->t, base, index);
}

/*
 * The record whose member FIELD lies at ADDRESS.  If that was found in memory
 * (the link of a list), it is written as an element that no array has: a
 * negative one, by the field's number.
 */
static term_id container_of(struct terms *t, term_id address, uint32_t field)
{
	const struct term *x = term_get(t, address);

	if (x->op == TERM_FIELD && x->b == field)
		return x->a;
	if (x->op != TERM_LOAD || !term_is_stable(t, address))
		return term_unknown(t);
	return term_index(t, address, term_const(t, -1 - (int64_t)field));
}

/* Does A hold a member of two values? */
static bool is_two_valued(const struct evaluator *e, term_id a)
{
	const struct term *x = term_get(e->t, a);

	if (x->op != TERM_LOAD)
		return false;
	x = term_get(e->t, x->a);
	return x->op == TERM_FIELD && e->p->two_valued[x->b];
}

/* A OP B; that a member of two values is 1 is that it is not 0. */
static term_id value_of_binary(const struct evaluator *e, enum expr_op op,
			       term_id a, term_id b)
{
	int64_t number;

	if ((op == EXPR_EQ || op == EXPR_NE) &&
	    term_is_const(e->t, b, &number) && number == 1 &&
	    is_two_valued(e, a)) {
		op = op == EXPR_EQ ? EXPR_NE : EXPR_EQ;
		b = term_const(e->t, 0);
	}
	return term_binary(e->t, op, a, b);
}

term_id value_of(struct evaluator *e, const struct state *s,
		 uint32_t expr)
{
	const struct fact_expr *x = &e->b->expr[expr];
	term_id a;

	switch (x->op) {
	case EXPR_CONST:
		return term_const(e->t, x->imm);
	case EXPR_STRING:
		return term_leaf(e->t, TERM_STRING, 0, 0, 0);
	case EXPR_LOCAL:
		return term_leaf(e->t, TERM_LOCAL, x->a, 0, 0);
	case EXPR_GLOBAL:
		return term_leaf(e->t, TERM_GLOBAL, x->a, 0, 0);
	case EXPR_FUNCTION:
		return term_leaf(e->t, TERM_FUNCTION, x->a, 0, 0);
	case EXPR_FIELD:
		a = value_of(e, s, x->a);
		if (x->imm)
			return container_of(e->t, a, x->b);
		/* A pointer that was computed: some object. */
		if (term_get(e->t, a)->op == TERM_BINARY)
			a = term_unknown(e->t);
		return term_field(e->t, a, x->b);
	case EXPR_INDEX:
		return value_of_index(e, s, expr);
	case EXPR_LOAD:
		return value_of_load(e, s, x->a);
	case EXPR_NEG:
	case EXPR_BITNOT:
	case EXPR_LNOT:
		a = term_unary(e->t, x->op, value_of(e, s, x->a));
		return state_resolve(e->t, s, a);
	case EXPR_CAST:
		return term_cast(e->t, value_of(e, s, x->a), x->imm);
	case EXPR_UNKNOWN:
		return term_unknown(e->t);
	default:
		/* One after the other: terms are numbered as they are made. */
		a = value_of(e, s, x->a);
		a = value_of_binary(e, x->op, a, value_of(e, s, x->b));
		return state_resolve(e->t, s, a);
	}
}

term_id value_current_domain(const struct program *p, struct terms *t)
{
	term_id vcpu = term_leaf(t, TERM_CURRENT, 0, 0, 0);

	return term_load(t, term_field(t, vcpu, p->domain_field));
}

static const struct owner_rule *owner_rule_find(const struct program *p,
						fact_id record)
{
	for (guint i = 0; i < p->owner->len; i++) {
		const struct owner_rule *r =
			&g_array_index(p->owner, struct owner_rule, i);

		if (r->record == record)
			return r;
	}
	return NULL;
}

/* The innermost record around OBJECT that has an owner; 0 if none has. */
static term_id owned_record(const struct program *p, const struct terms *t,
			    term_id object, const struct owner_rule **rule)
{
	const struct term *x = term_get(t, object);

	while (x->op == TERM_FIELD || x->op == TERM_INDEX) {
		if (x->op == TERM_FIELD) {
			*rule = owner_rule_find(
				p, FACT_FIELD(p->f, x->b)->record);
			if (*rule)
				return x->a;
		}
		x = term_get(t, x->a);
	}
	return 0;
}

term_id value_owner(const struct program *p, struct terms *t,
		    const struct state *s, term_id object)
{
	const struct owner_rule *rule = NULL;
	term_id base = owned_record(p, t, object, &rule);

	if (!base)
		return term_unknown(t);
	if (!rule->field)
		return base;
	return value_of_member(p, t, s, base, rule->field);
}

enum instance_kind value_instance(const struct program *p, struct terms *t,
				  const struct state *s, term_id object)
{
	for (guint i = 0; i < p->instance->len; i++) {
		const struct instance_rule *r =
			&g_array_index(p->instance, struct instance_rule, i);
		fact_id record = FACT_FIELD(p->f, r->field)->record;
		const struct owner_rule *rule = NULL;
		term_id base = owned_record(p, t, object, &rule);
		int64_t value;

		if (base && rule->record == record &&
		    term_is_const(t, value_of_member(p, t, s, base, r->field),
				  &value) &&
		    value == r->value)
			return MUTANT(21, INSTANCE_HOST, r->kind);
	}
	return INSTANCE_ANY;
}

bool value_has_instances(const struct program *p, const struct terms *t,
			 term_id object)
{
	const struct owner_rule *rule = NULL;

	if (!object)
		return false;
	if (!owned_record(p, t, object, &rule))
		return true;
	for (guint i = 0; i < p->instance->len; i++)
		if (FACT_FIELD(p->f, g_array_index(p->instance,
						   struct instance_rule,
						   i).field)->record ==
		    rule->record)
			return true;
	return false;
}

/* The role that a term has by itself, whatever is known of it. */
static int role_of_term(const struct program *p, const struct terms *t,
			term_id owner)
{
	const struct term *x = term_get(t, owner);
	const struct term *at;

	switch (x->op) {
	case TERM_SYMBOL:
	case TERM_FRESH:
	case TERM_OLD:
		return x->imm ? (int)x->imm - 1 : -1;
	case TERM_LOAD:
		at = term_get(t, x->a);
		if (at->op == TERM_FIELD && p->role_of_field[at->b])
			return p->role_of_field[at->b] - 1;
		if (at->op == TERM_GLOBAL && p->role_of_global[at->a])
			return p->role_of_global[at->a] - 1;
		return -1;
	default:
		return -1;
	}
}

enum owner_role value_role(const struct program *p, struct terms *t,
			   const struct state *s, term_id owner)
{
	term_id current = value_current_domain(p, t);
	int role = role_of_term(p, t, owner);
	int64_t imm;

	if (term_is_const(t, owner, &imm))
		return imm == 0 ? OWNER_NONE : OWNER_ANY;
	if (owner == current)
		return OWNER_CURRENT;
	switch (state_same(p, t, s, owner, current)) {
	case TRI_YES:
		return OWNER_CURRENT;
	case TRI_NO:
		if (role < 0 || role == OWNER_ANY || role == OWNER_SUBJECT)
			return MUTANT(11, OWNER_CURRENT, OWNER_REMOTE);
		break;
	default:
		break;
	}
	return role < 0 ? OWNER_ANY : (enum owner_role)role;
}

enum tristate value_is_control(const struct program *p, struct terms *t,
			       const struct state *s, term_id owner)
{
	enum owner_role role = value_role(p, t, s, owner);

	if (role == OWNER_NONE || role == OWNER_SPECIAL)
		return TRI_NO;
	if (!p->control_field)
		return TRI_UNKNOWN;
	return state_truth(t, s,
			   value_of_member(p, t, s, owner, p->control_field));
}

/* Is M that a domain whose member is not null is no control domain? */
static fact_id tells_no_control(const struct program *p,
				const struct implication *m)
{
	const struct code_world *is = &m->condition, *then = &m->consequence;

	return then->field[0] == p->control_field && !then->field[1] &&
			       !then->truth && is->truth && is->mask == 255 &&
			       !is->field[1]
		       ? is->field[0]
		       : 0;
}

bool value_excludes_control(const struct program *p, struct terms *t,
			    const struct state *s, term_id owner,
			    term_id other)
{
	const struct term *x = term_get(t, other), *at = term_get(t, x->a);

	if (x->op != TERM_LOAD || at->op != TERM_FIELD)
		return false;
	for (guint i = 0; i < p->implication->len; i++) {
		const struct implication *m = &g_array_index(
			p->implication, struct implication, i);

		if (at->b == tells_no_control(p, m) &&
		    state_same(p, t, s, owner, at->a) == TRI_YES)
			return true;
	}
	return false;
}

enum relation value_relation(const struct program *p, struct terms *t,
			     const struct state *s, term_id a, term_id b)
{
	enum owner_role ra = value_role(p, t, s, a);
	enum owner_role rb = value_role(p, t, s, b);

	if (a == b && term_is_stable(t, a))
		return RELATION_SAME;
	switch (state_same(p, t, s, a, b)) {
	case TRI_YES:
		return RELATION_SAME;
	case TRI_NO:
		return RELATION_DIFFERENT;
	default:
		break;
	}
	if (ra == OWNER_CURRENT && rb == OWNER_CURRENT)
		return RELATION_SAME;
	if (ra == OWNER_NONE || rb == OWNER_NONE)
		return RELATION_DIFFERENT;
	if ((ra == OWNER_CURRENT && rb == OWNER_REMOTE) ||
	    (ra == OWNER_REMOTE && rb == OWNER_CURRENT))
		return RELATION_DIFFERENT;
	if ((ra == OWNER_SPECIAL) != (rb == OWNER_SPECIAL))
		return RELATION_DIFFERENT;
	/* A fork is not its own parent. */
	if ((ra == OWNER_PARENT && term_contains(t, a, b)) ||
	    (rb == OWNER_PARENT && term_contains(t, b, a)))
		return RELATION_DIFFERENT;
	return MUTANT(12, RELATION_SAME, RELATION_UNKNOWN);
}
