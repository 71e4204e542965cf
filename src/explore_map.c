/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The caller's state becomes the callee's context.
 *
 * A context is written in terms of its own: what the caller calls by paths
 * that start at its locals, symbols or results becomes symbol 0, 1, ... in
 * order of appearance, so that callers that differ only in names share it.
 * It holds the arguments that the callee looks at, the locks that it may
 * release or ask for, and those facts and memory that it may read and can
 * name.
 */
#include "explore_int.h"

#include <string.h>

/* More contexts of one function than this: facts are left out. */
enum {
	CONTEXTS_MAX = 80,
	SMALL_CONTEXTS_MAX = 200,	/* of small functions */
	VALUE_CONTEXTS_MAX = 100,	/* of functions without locks */
	SMALL_NODES = 60,
};
/* After so many steps all contexts are coarse, so that the end is near. */
enum { STEPS_COARSE = 30000000 };
/* Deeper access paths into the caller's objects become some object. */
enum { PATH_DEPTH_MAX = 6 };

static bool has_many_contexts(const struct explorer *x, fact_id function)
{
	const struct fact_body *b = FACT_FUNCTION(x->p->f, function)->body;
	uint32_t max = !x->p->locks[function] ? VALUE_CONTEXTS_MAX
		       : b->node_nr <= SMALL_NODES ? SMALL_CONTEXTS_MAX
						   : CONTEXTS_MAX;

	return x->contexts[function] >= max || x->steps > STEPS_COARSE;
}

static term_id symbol(struct terms *t, uint32_t i, int64_t role)
{
	return term_leaf(t, TERM_SYMBOL, i, 0, role);
}

/* The symbol that stands for a term of the caller; 0 if none does. */
static term_id find_symbol(void *context, term_id id)
{
	const struct mapping *m = context;

	if (!term_is_stable(m->t, id))
		return 0;
	for (guint i = 0; i < m->root->len; i++)
		if (g_array_index(m->root, struct root, i).term == id)
			return symbol(m->t, i, g_array_index(m->root,
							     struct root,
							     i).role);
	return 0;
}

/* A symbol of its own for a term, which the callee does not look into. */
static term_id add_symbol(struct mapping *m, term_id id, int64_t role)
{
	struct root root = { .term = id, .role = role };
	term_id found = find_symbol(m, id);

	if (found)
		return found;
	if (m->closed) {
		m->failed = true;
		return id;
	}
	g_array_append_val(m->root, root);
	return symbol(m->t, m->root->len - 1, role);
}

static term_id to_callee(void *context, term_id leaf)
{
	struct mapping *m = context;
	struct term x = *term_get(m->t, leaf);
	bool has_role = x.op != TERM_LOCAL && x.op != TERM_UNKNOWN;

	return add_symbol(m, leaf, has_role ? x.imm : 0);
}

static term_id map_value(struct mapping *m, term_id value)
{
	if (!value || value == term_unknown(m->t))
		return value;
	return term_map(m->t, value, to_callee, find_symbol, m);
}

/* Is every symbol in a mapped term one of the arguments'? */
static bool speaks_of_arguments(const struct mapping *m, term_id id)
{
	const struct term *x = term_get(m->t, id);

	switch (x->op) {
	case TERM_SYMBOL:
		return x->a < m->argument_nr;
	case TERM_FIELD:
	case TERM_LOAD:
	case TERM_UNARY:
		return speaks_of_arguments(m, x->a);
	case TERM_INDEX:
	case TERM_BINARY:
		return speaks_of_arguments(m, x->a) &&
		       speaks_of_arguments(m, x->b);
	default:
		return true;
	}
}

/* As map_value, but 0 if the callee has no name for a part of it. */
static term_id map_known(struct mapping *m, term_id value)
{
	term_id out;

	m->closed = true;
	m->failed = false;
	out = map_value(m, value);
	m->closed = false;
	return m->failed ? 0 : out;
}

static bool reads_member(const struct program *p, const uint64_t *reads,
			 uint32_t index)
{
	uint32_t i = p->track_index[index];

	return i && bit_is_set(reads, i - 1);
}

static bool is_argument(const struct instance *to, term_id id)
{
	for (guint i = 0; i < to->arg->len; i++)
		if (g_array_index(to->arg, term_id, i) == id)
			return true;
	return false;
}

/* Could the callee ask for this value?  All that it is loaded from, from an
 * argument on, must be among what the callee reads. */
static bool may_read(const struct program *p, const struct terms *t,
		     const uint64_t *reads, term_id id,
		     const struct instance *to)
{
	const struct term *x = term_get(t, id);

	if (is_argument(to, id))
		return true;
	switch (x->op) {
	case TERM_FIELD:
		return (x->b == p->domain_field ||
			reads_member(p, reads, x->b)) &&
		       may_read(p, t, reads, x->a, to);
	case TERM_GLOBAL:
		return reads_member(p, reads, p->f->field->len + x->a);
	case TERM_LOAD:
	case TERM_UNARY:
		return may_read(p, t, reads, x->a, to);
	case TERM_INDEX:
	case TERM_BINARY:
		return may_read(p, t, reads, x->a, to) &&
		       may_read(p, t, reads, x->b, to);
	default:
		return true;
	}
}

bool explore_is_about_objects(const struct program *p, const struct terms *t,
			      term_id id)
{
	const struct term *x = term_get(t, id);

	switch (x->op) {
	case TERM_FIELD:
		return program_is_object_field(p, x->b) &&
		       explore_is_about_objects(p, t, x->a);
	case TERM_GLOBAL:
		return p->role_of_global[x->a] != 0;
	case TERM_LOAD:
	case TERM_UNARY:
		return explore_is_about_objects(p, t, x->a);
	case TERM_INDEX:
	case TERM_BINARY:
		return explore_is_about_objects(p, t, x->a) &&
		       explore_is_about_objects(p, t, x->b);
	default:
		return true;
	}
}

/* A pointer to a domain, a vCPU or a table, or to a part of one. */
/* Numbers wider than this are addresses and frames, not flags. */
enum { FLAG_BITS_MAX = 32 };

/* In a function with many contexts, numbers wider than this may be any. */
enum { SWITCH_BITS_MAX = 8 };

/*
 * What of an argument becomes part of the context.  Approximation: other
 * pointers are some object of their own, wide numbers any number.
 */
static term_id project(struct run *r, const struct program *p, fact_id type,
		       bool decides, bool many, term_id value)
{
	const struct fact_type *t = FACT_TYPE(p->f, type);
	const struct term *x = term_get(r->x->t, value);
	term_id any = term_unknown(r->x->t);

	if (program_is_object(p, type)) {
		if (x->op == TERM_BINARY || x->depth > PATH_DEPTH_MAX)
			return any;
		return explore_is_about_objects(p, r->x->t, value) ? value : any;
	}
	if (t->kind == TYPE_INT) {
		if (!decides || (many && t->bits > SWITCH_BITS_MAX))
			return any;
		if (x->op == TERM_CONST)
			return t->bits <= FLAG_BITS_MAX ? value : any;
		if (x->op == TERM_BINARY && x->imm == EXPR_OR &&
		    term_is_const(r->x->t, x->b, NULL))
			return term_binary(r->x->t, EXPR_OR, any, x->b);
		return any;
	}
	if (x->op == TERM_FUNCTION || x->op == TERM_CONST)
		return value;
	if (x->op == TERM_LOCAL || x->op == TERM_SYMBOL ||
	    x->op == TERM_FRESH)
		return value;
	return any;
}

static bool parameter_matters(const struct program *p, fact_id callee,
			      uint32_t i)
{
	const struct slice *s = p->slice[callee];

	return s && s->local[i + 1];
}

/*
 * What is projected away is one object of the caller all the same: a symbol
 * of its own, which keeps the role that it has as a domain.
 */
static term_id map_argument(struct run *r, struct mapping *m,
			    const struct state *s, fact_id type,
			    term_id value, term_id projected)
{
	const struct program *p = r->x->p;
	int role;

	if (projected != term_unknown(m->t) ||
	    FACT_TYPE(p->f, type)->kind != TYPE_POINTER)
		return map_value(m, projected);
	role = value_role(p, m->t, s, value);
	return add_symbol(m, value, role == OWNER_ANY || role == OWNER_NONE
					    ? 0 : role + 1);
}

/* The kind of a table that became a symbol is part of the context. */
static void keep_kind(struct run *r, const struct state *s, term_id value,
		      term_id mapped, struct instance *to)
{
	const struct program *p = r->x->p;

	if (term_get(r->x->t, mapped)->op != TERM_SYMBOL ||
	    value == term_unknown(r->x->t))
		return;
	for (guint i = 0; i < p->instance->len; i++) {
		uint32_t field = g_array_index(p->instance,
					       struct instance_rule, i).field;
		term_id kind = value_of_member(p, r->x->t, s, value, field);

		if (term_is_const(r->x->t, kind, NULL))
			bindings_set(to->entry->memory,
				     term_field(r->x->t, mapped, field), kind);
	}
}

/* A pointer to a domain, loaded from a domain or from a vCPU. */
static bool leads_to_domain(const struct program *p, const struct terms *t,
			    term_id id)
{
	const struct term *x = term_get(t, id);
	const struct fact_field *field;
	const struct fact_type *type;
	fact_id domain;

	if (x->op != TERM_LOAD || !p->domain_field)
		return false;
	x = term_get(t, x->a);
	if (x->op != TERM_FIELD)
		return false;
	field = FACT_FIELD(p->f, x->b);
	domain = FACT_TYPE(p->f, FACT_TYPE(p->f, FACT_FIELD(p->f,
						p->domain_field)->type)
				   ->target)->record;
	type = FACT_TYPE(p->f, field->type);
	return type->kind == TYPE_POINTER &&
	       FACT_TYPE(p->f, type->target)->record == domain &&
	       (field->record == domain ||
		field->record == FACT_FIELD(p->f, p->domain_field)->record);
}

/* What the path ID starts from; *LAST_DOMAIN: the last domain on it, or 0. */
static term_id walk_path(const struct program *p, const struct terms *t,
			 term_id id, term_id *last_domain)
{
	const struct term *x = term_get(t, id);

	*last_domain = 0;
	while (x->op == TERM_FIELD || x->op == TERM_LOAD ||
	       x->op == TERM_INDEX) {
		if (!*last_domain && leads_to_domain(p, t, id))
			*last_domain = id;
		id = x->a;
		x = term_get(t, id);
	}
	return id;
}

/*
 * An argument that some other domain leads to: that other domain is no part
 * of the context, unless another argument leads to it as well.
 * Approximation: that a fork's parent is its parent is then not known.
 */
static void cut_path(struct run *r, struct mapping *m, const struct state *s,
		     uint32_t node, const struct instance *to, uint32_t arg)
{
	const struct fact_node *n = &r->e.b->node[node];
	const struct program *p = r->x->p;
	uint32_t nr = FACT_FUNCTION(p->f, to->function)->param_nr;
	term_id value = value_of(&r->e, s, r->e.b->extra[n->extra + arg]);
	term_id domain, other, start = walk_path(p, m->t, value, &domain);
	int role;

	if (!domain || term_get(m->t, start)->op == TERM_GLOBAL ||
	    domain == value_current_domain(p, m->t) ||
	    !term_is_stable(m->t, domain))
		return;
	for (uint32_t i = 0; i < nr && i < n->extra_nr; i++) {
		term_id also = value_of(&r->e, s,
					r->e.b->extra[n->extra + i]);

		if (parameter_matters(p, to->function, i) &&
		    walk_path(p, m->t, also, &other) == start &&
		    other != domain)
			return;
	}
	role = value_role(p, m->t, s, domain);
	add_symbol(m, domain, role == OWNER_ANY || role == OWNER_NONE
					? 0 : role + 1);
}

static void map_arguments(struct run *r, struct mapping *m,
			  const struct state *s, uint32_t node,
			  struct instance *to)
{
	const struct fact_node *n = &r->e.b->node[node];
	const struct program *p = r->x->p;
	const struct fact_function *fn = FACT_FUNCTION(p->f, to->function);
	bool many = has_many_contexts(r->x, to->function);

	for (uint32_t i = 0; i < fn->param_nr; i++) {
		fact_id type = fn->body->local[i + 1].type;
		term_id value = term_unknown(r->x->t), projected;

		if (i < n->extra_nr && !(n->flags & NODE_FROM_ASM) &&
		    parameter_matters(p, to->function, i)) {
			value = value_of(&r->e, s,
					 r->e.b->extra[n->extra + i]);
			if (program_is_object(p, type))
				cut_path(r, m, s, node, to, i);
			projected = project(
				r, p, type,
				p->slice[to->function]->decides[i + 1], many,
				value);
			projected = map_argument(r, m, s, type, value,
						 projected);
			keep_kind(r, s, value, projected, to);
			value = projected;
		}
		g_array_append_val(to->arg, value);
	}
}

/* An owner that the callee has no name for is any. */
static term_id map_owner(struct mapping *m, term_id owner)
{
	term_id out = owner ? map_known(m, owner) : 0;

	return owner && !out ? term_unknown(m->t) : out;
}

uint32_t explore_lock_bit(const struct program *p, const struct terms *t,
			  term_id object)
{
	const struct term *x = term_get(t, object);
	uint8_t bit = x->op == TERM_FIELD ? p->lock_bit[x->b] : 0;

	return bit ? UINT32_C(1) << (bit - 1) : UINT32_C(1) << LOCK_BIT_OTHER;
}

/* The pointer to the record that the member at ADDRESS lies in. */
static term_id record_around(const struct terms *t, term_id address)
{
	const struct term *x = term_get(t, address);

	while (x->op == TERM_FIELD || x->op == TERM_INDEX) {
		address = x->a;
		x = term_get(t, address);
	}
	return address;
}

/* Members that lead from a vCPU or a table to its domain, or from a domain to
 * its tables. */
static bool is_canonical(const struct program *p, uint32_t field)
{
	if (field == p->domain_field)
		return true;
	for (guint i = 0; i < p->owner->len; i++)
		if (g_array_index(p->owner, struct owner_rule, i).field ==
		    field)
			return true;
	for (guint i = 0; i < p->invariant->len; i++)
		if (g_array_index(p->invariant, struct invariant, i).path ==
		    field)
			return true;
	return false;
}

/* Does ARG lead to ID by such members alone? */
static bool leads_to(const struct program *p, const struct terms *t,
		     term_id arg, term_id id)
{
	while (id != arg) {
		const struct term *x = term_get(t, id);

		if (x->op == TERM_LOAD) {
			const struct term *at = term_get(t, x->a);

			while (at->op == TERM_INDEX)
				at = term_get(t, at->a);
			if (at->op != TERM_FIELD || !is_canonical(p, at->b))
				return false;
		} else if (x->op != TERM_FIELD && x->op != TERM_INDEX) {
			return false;
		}
		id = x->a;
	}
	return true;
}

/*
 * Is OBJECT a part of what an argument leads to, or of what leads to an
 * argument (a table's domain), or a variable?  Without
 * arguments that are objects, a callee works on the current domain's.
 */
static bool is_within_reach(const struct program *p, struct mapping *m,
			    term_id object, const struct instance *to)
{
	const struct fact_function *fn = FACT_FUNCTION(p->f, to->function);
	term_id mapped = map_known(m, object), domain;
	bool has_objects = false;

	if (!mapped)
		return false;
	if (!(term_get(m->t, mapped)->flags & TERM_HAS_LOAD))
		return true;
	for (guint i = 0; i < to->arg->len; i++) {
		term_id arg = g_array_index(to->arg, term_id, i);

		if (arg == term_unknown(m->t) ||
		    !program_is_object(p, fn->body->local[i + 1].type))
			continue;
		has_objects = true;
		if (leads_to(p, m->t, arg, mapped) ||
		    leads_to(p, m->t, record_around(m->t, mapped), arg))
			return true;
	}
	return !has_objects &&
	       leads_to(p, m->t, walk_path(p, m->t, mapped, &domain),
			mapped) &&
	       term_get(m->t, walk_path(p, m->t, mapped, &domain))->op ==
		       TERM_CURRENT;
}

/*
 * Is this lock part of the callee's context?  One that it cannot name, or
 * neither releases nor asks for, stays out; what is acquired under it is
 * found when acquisitions are handed up (order.c).
 * Approximation: a callee that finds the object by other ways (a page's owner,
 * a list of domains) and takes it again seems to take another one.
 */
static bool is_visible(const struct program *p, struct mapping *m,
		       const struct held *h, const struct instance *to)
{
	return (p->takes[to->function] & explore_lock_bit(p, m->t, h->object)) &&
	       h->object != term_unknown(m->t) &&
	       is_within_reach(p, m, h->object, to) &&
	       map_known(m, h->object) != 0;
}

static int compare_held(gconstpointer a, gconstpointer b)
{
	const struct held *x = a, *y = b;

	if (x->class != y->class)
		return x->class < y->class ? -1 : 1;
	return (x->object > y->object) - (x->object < y->object);
}

static bool sets_level(const struct held *h)
{
	return h->kind != LOCKKIND_READ && h->kind != LOCKKIND_SPIN;
}

/* The level in force goes along if one of the locks that do has set it. */
static void map_level(struct mapping *m, const struct state *s,
		      const GArray *visible, struct state *entry)
{
	for (guint i = 0; i < visible->len; i++) {
		guint index = g_array_index(visible, guint, i);
		const struct held *h =
			&g_array_index(s->held, struct held, index);

		if (!sets_level(h) || h->class != s->level.class ||
		    h->owner != s->level.owner)
			continue;
		entry->level.class = h->class;
		entry->level.owner = map_owner(m, h->owner);
	}
}

/*
 * Counts start at one again: what the callee adds or takes away is applied to
 * the caller's count.  Approximation: a callee that releases a lock twice that
 * its caller took twice seems to hold nothing after the first; and the order
 * in which the locks were taken is not kept.
 */
static void map_lockset(struct run *r, struct mapping *m,
			const struct state *s, struct instance *to,
			GArray *visible)
{
	const struct program *p = r->x->p;
	uint32_t outside = s->outside;

	for (guint i = 0; i < s->held->len; i++) {
		struct held h = g_array_index(s->held, struct held, i);

		if (!is_visible(r->x->p, m, &h, to)) {
			outside |= explore_lock_bit(p, m->t, h.object);
			continue;
		}
		h.object = map_value(m, h.object);
		h.owner = map_owner(m, h.owner);
		h.count = 1;
		h.many = false;
		h.all = false;
		h.inherited = i + 1;
		h.origins = 0;
		g_array_append_val(to->entry->held, h);
	}
	g_array_sort(to->entry->held, compare_held);
	for (guint i = 0; i < to->entry->held->len; i++) {
		struct held *h = &g_array_index(to->entry->held, struct held,
						i);
		guint index = h->inherited - 1;

		g_array_append_val(visible, index);
		h->inherited = i + 1;
		h->saved = (struct level){ .class = 0, .owner = i + 1 };
	}
	to->entry->outside = outside & p->takes[to->function];
	to->entry->flags = s->flags;
	if (s->held->len > visible->len)
		to->entry->flags |= STATE_LOCK_OUTSIDE;
	map_level(m, s, visible, to->entry);
	if (program_in_lock_header(r->x->p, to->function)) {
		to->entry->checked.class = s->checked.class;
		to->entry->checked.owner = map_owner(m, s->checked.owner);
	}
}

/* Is it a fact that says whose domain something is? */
static bool compares_domain(const struct program *p, const struct terms *t,
			    term_id id)
{
	const struct term *x = term_get(t, id);
	const struct term *y;

	if (x->op != TERM_BINARY || x->imm != EXPR_EQ)
		return false;
	for (int i = 0; i < 2; i++) {
		y = term_get(t, i ? x->b : x->a);
		if (y->op != TERM_LOAD)
			continue;
		y = term_get(t, y->a);
		if (y->op == TERM_FIELD && y->b == p->domain_field &&
		    term_get(t, y->a)->op == TERM_CURRENT)
			return true;
	}
	return false;
}

/* Is a counter read in ID, or does one lie there? */
static bool counts(const struct program *p, const struct terms *t, term_id id)
{
	const struct term *x = term_get(t, id);

	switch (x->op) {
	case TERM_FIELD:
		return p->counter[x->b] || counts(p, t, x->a);
	case TERM_LOAD:
	case TERM_UNARY:
		return counts(p, t, x->a);
	case TERM_INDEX:
	case TERM_BINARY:
		return counts(p, t, x->a) || counts(p, t, x->b);
	default:
		return false;
	}
}

static bool is_flag(const struct program *p, fact_id type)
{
	const struct fact_type *t = FACT_TYPE(p->f, type);

	return t->kind == TYPE_INT && t->bits <= SWITCH_BITS_MAX;
}

/*
 * Does a fact about ID say how a domain is configured?  Tests of single bits
 * of a member (modes, options), of kinds of tables and of whose domain it is
 * do; other facts stay with the function that learnt them.
 * Approximation: a callee may take ways that other facts would exclude.
 */
static bool tells_mode(const struct program *p, const struct terms *t,
		       term_id id)
{
	const struct term *x = term_get(t, id);

	if (x->op == TERM_BINARY && x->imm == EXPR_AND)
		return term_is_const(t, x->b, NULL);
	if (x->op == TERM_LOAD)
		x = term_get(t, x->a);
	if (x->op != TERM_FIELD)
		return false;
	if (x->b == p->control_field ||
	    is_flag(p, FACT_FIELD(p->f, x->b)->type))
		return true;
	for (guint i = 0; i < p->instance->len; i++)
		if (g_array_index(p->instance, struct instance_rule,
				  i).field == x->b)
			return true;
	return false;
}

/* A member that is a pointer: that it is not null decides little. */
static bool is_pointer_load(const struct program *p, const struct terms *t,
			    term_id id)
{
	const struct term *x = term_get(t, id);

	if (x->op != TERM_LOAD)
		return false;
	x = term_get(t, x->a);
	while (x->op == TERM_INDEX)
		x = term_get(t, x->a);
	if (x->op == TERM_LOAD)
		return true;
	return x->op == TERM_FIELD &&
	       FACT_TYPE(p->f, FACT_FIELD(p->f, x->b)->type)->kind !=
		       TYPE_INT;
}

static GArray *domain_facts(struct run *r, const GArray *facts)
{
	GArray *out = g_array_new(FALSE, FALSE, sizeof(struct binding));

	for (guint i = 0; i < facts->len; i++) {
		struct binding b = g_array_index(facts, struct binding, i);

		if (compares_domain(r->x->p, r->x->t, b.key))
			g_array_append_val(out, b);
	}
	return out;
}

/* The member at ADDRESS points to a domain, a vCPU or a table. */
static bool holds_object(const struct program *p, const struct terms *t,
			 term_id address)
{
	const struct term *x = term_get(t, address);

	return x->op == TERM_FIELD &&
	       program_is_object(p, FACT_FIELD(p->f, x->b)->type);
}

static bool is_rooted_in(const struct program *p, struct terms *t,
			 term_id id, const struct instance *to, bool *objects)
{
	const struct fact_function *fn = FACT_FUNCTION(p->f, to->function);
	term_id unused, start = walk_path(p, t, id, &unused);

	*objects = false;
	for (guint i = 0; i < to->arg->len; i++) {
		term_id arg = g_array_index(to->arg, term_id, i);

		if (arg == term_unknown(t) ||
		    !program_is_object(p, fn->body->local[i + 1].type))
			continue;
		*objects = true;
		if (walk_path(p, t, arg, &unused) == start)
			return true;
	}
	return false;
}

/*
 * Is a fact or a value about what the arguments lead to?  What is known of
 * the current domain goes along to functions that get no object at all.
 */
static bool concerns_arguments(const struct program *p, struct terms *t,
			       term_id key, const struct instance *to)
{
	const struct term *x = term_get(t, key);
	bool objects;
	term_id unused;

	if (x->op == TERM_BINARY && x->imm == EXPR_AND)
		return concerns_arguments(p, t, x->a, to);
	if (x->op == TERM_BINARY) {
		term_id a = x->a, b = x->b;

		return (term_get(t, a)->flags & TERM_HAS_SYMBOL &&
			is_rooted_in(p, t, a, to, &objects)) ||
		       (term_get(t, b)->flags & TERM_HAS_SYMBOL &&
			is_rooted_in(p, t, b, to, &objects));
	}
	if (is_rooted_in(p, t, key, to, &objects))
		return true;
	return !objects && term_get(t, walk_path(p, t, key, &unused))->op ==
				   TERM_CURRENT;
}

/* Is a fact, or what lies in memory, of a kind that goes along with calls? */
static bool is_carried(const struct program *p, const struct terms *t,
		       const struct binding *b, bool memory)
{
	if (b->value == term_unknown((struct terms *)t) ||
	    counts(p, t, b->key) || !explore_is_about_objects(p, t, b->key))
		return false;
	if (memory)
		/* Else it is what a pointer to a caller's local leads to. */
		return (term_get(t, b->key)->op == TERM_FIELD ||
			term_is_const(t, b->value, NULL)) &&
		       (tells_mode(p, t, b->key) ||
			holds_object(p, t, b->key));
	if (compares_domain(p, t, b->key))
		return true;
	return tells_mode(p, t, b->key) &&
	       (b->value || !is_pointer_load(p, t, b->key));
}

/* KEY, in the callee's terms: could it look at that? */
static bool is_wanted(const struct run *r, const struct mapping *m,
		      term_id key, const struct instance *to, bool memory)
{
	const struct program *p = r->x->p;
	const uint64_t *reads = (memory ? p->reads_far : p->reads) +
				(size_t)p->track_words * to->function;

	return speaks_of_arguments(m, key) &&
	       concerns_arguments(p, r->x->t, key, to) &&
	       (compares_domain(p, r->x->t, key) ||
		may_read(p, r->x->t, reads, key, to));
}

static void map_bindings(struct run *r, struct mapping *m,
			 const GArray *from, struct instance *to,
			 bool memory)
{
	GArray *out = memory ? to->entry->memory : to->entry->fact;

	for (guint i = 0; i < from->len; i++) {
		struct binding b = g_array_index(from, struct binding, i);
		term_id key, value = b.value;

		if (!is_carried(r->x->p, r->x->t, &b, memory))
			continue;
		key = map_known(m, b.key);
		if (!key || !is_wanted(r, m, key, to, memory))
			continue;
		if (value)
			value = memory ? map_value(m, value)
				       : map_known(m, value);
		if (value || !b.value)
			bindings_set(out, key, value);
	}
}

/* The member or variable at the end of ADDRESS is a function pointer. */
static bool holds_function(const struct program *p, const struct terms *t,
			   term_id address)
{
	const struct term *x = term_get(t, address);
	fact_id type = 0;

	if (x->op == TERM_FIELD)
		type = FACT_FIELD(p->f, x->b)->type;
	else if (x->op == TERM_GLOBAL)
		type = FACT_GLOBAL(p->f, x->a)->type;
	return FACT_TYPE(p->f, type)->kind == TYPE_FUNCTION_POINTER;
}

/*
 * Callbacks that wait in variables to be called: they always go along, and
 * that there is none as well.
 */
static void map_callbacks(struct run *r, struct mapping *m,
			  const struct state *s, struct instance *to)
{
	const struct program *p = r->x->p;
	const uint64_t *reads = p->reads + (size_t)p->track_words *
						   to->function;

	for (guint i = 0; i < s->memory->len; i++) {
		struct binding b = g_array_index(s->memory, struct binding, i);
		term_id key;

		if ((term_get(r->x->t, b.value)->op != TERM_FUNCTION &&
		     !(term_is_const(r->x->t, b.value, NULL) &&
		       holds_function(p, r->x->t, b.key))) ||
		    !(key = map_known(m, b.key)))
			continue;
		if (may_read(p, r->x->t, reads, key, to))
			bindings_set(to->entry->memory, key, b.value);
	}
}

/*
 * With no lock held, facts decide little: whose domain something is goes
 * along, the rest stays.
 */
static void map_knowledge(struct run *r, struct mapping *m,
			  const struct state *s, struct instance *to,
			  bool locks)
{
	fact_id callee = to->function;
	GArray *fact = s->fact;
	bool under_lock = s->held->len || s->flags & STATE_LOCK_OUTSIDE;

	map_callbacks(r, m, s, to);
	if (has_many_contexts(r->x, callee)) {
		explorer_limit(r->x, LIMIT_CONTEXTS, callee, 0, 0);
		return;
	}
	if (!under_lock && locks)
		fact = domain_facts(r, s->fact);
	map_bindings(r, m, fact, to, false);
	if (under_lock || !locks)
		map_bindings(r, m, s->memory, to, true);
	if (fact != s->fact)
		g_array_unref(fact);
}

void explore_map_call(struct run *r, struct mapping *m, const struct state *s,
		      uint32_t node, struct instance *to, GArray *visible)
{
	map_arguments(r, m, s, node, to);
	m->argument_nr = m->root->len;
	if (visible)
		map_lockset(r, m, s, to, visible);
	map_knowledge(r, m, s, to, visible != NULL);
}

bool explore_is_sorting(const struct terms *t, term_id key, term_id a,
			term_id b)
{
	const struct term *x = term_get(t, key), *l, *r;

	if (x->op != TERM_BINARY || x->imm < EXPR_LT || x->imm > EXPR_GE)
		return false;
	l = term_get(t, x->a);
	r = term_get(t, x->b);
	if (l->op != TERM_LOAD || r->op != TERM_LOAD)
		return false;
	l = term_get(t, l->a);
	r = term_get(t, r->a);
	if (l->op != TERM_FIELD || r->op != TERM_FIELD || l->b != r->b)
		return false;
	return !a || (l->a == a && r->a == b) || (l->a == b && r->a == a);
}

/* What of a fact or of memory says whose lock something is, and which kind. */
static bool identifies(const struct program *p, const struct terms *t,
		       term_id key)
{
	const struct term *x = term_get(t, key);

	if (compares_domain(p, t, key) || explore_is_sorting(t, key, 0, 0) ||
	    (p->control_field && term_loads_field(t, key, p->control_field)))
		return true;
	for (guint i = 0; x->op == TERM_FIELD && i < p->instance->len; i++)
		if (g_array_index(p->instance, struct instance_rule,
				  i).field == x->b)
			return true;
	return false;
}

static void keep_identities(struct run *r, GArray *bindings)
{
	guint to = 0;

	for (guint i = 0; i < bindings->len; i++) {
		struct binding b = g_array_index(bindings, struct binding, i);

		if (identifies(r->x->p, r->x->t, b.key))
			g_array_index(bindings, struct binding, to++) = b;
	}
	g_array_set_size(bindings, to);
}

struct state *explore_snapshot(struct run *r, const struct state *s)
{
	struct state *at = state_copy(s);

	keep_identities(r, at->fact);
	keep_identities(r, at->memory);
	return at;
}

static bool same_bindings(const GArray *x, const GArray *y)
{
	return x->len == y->len &&
	       (x->len == 0 || memcmp(x->data, y->data,
				      sizeof(struct binding) * x->len) == 0);
}

bool explore_same_snapshot(const struct state *x, const struct state *y)
{
	return state_same_locks(x, y) && same_bindings(x->fact, y->fact) &&
	       same_bindings(x->memory, y->memory);
}
