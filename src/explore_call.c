/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls: the caller's state becomes the callee's context, and each exit of
 * the callee a state of the caller.
 *
 * A context is written in terms of its own: what the caller calls by paths
 * that start at its locals, symbols or results becomes symbol 0, 1, ... in
 * order of appearance, so that callers that differ only in names share it.
 * It holds the arguments that the callee looks at, the lockset, and those
 * facts and memory that the callee may read and can name.
 */
#include "explore_int.h"

#include <string.h>

/* More contexts of one function than this: facts are left out. */
enum {
	CONTEXTS_MAX = 200,
	SMALL_CONTEXTS_MAX = 4000,	/* of small functions */
	SMALL_NODES = 60,
};
/* Deeper access paths into the caller's objects become some object. */
enum { PATH_DEPTH_MAX = 6 };

static bool has_many_contexts(const struct explorer *x, fact_id function)
{
	const struct fact_body *b = FACT_FUNCTION(x->p->f, function)->body;
	uint32_t max = b->node_nr <= SMALL_NODES || !x->p->locks[function]
			       ? SMALL_CONTEXTS_MAX : CONTEXTS_MAX;

	return x->contexts[function] >= max;
}

/* What a symbol of the callee is in the caller. */
struct root {
	term_id term;
	int64_t role;		/* as imm of TERM_SYMBOL */
};

struct mapping {
	struct terms *t;
	GArray *root;		/* struct root, per symbol */
	guint argument_nr;	/* so many of them come from arguments */
	bool closed;		/* no new symbols: unknown leaves fail */
	bool failed;
};

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

/* Could the callee ask for this value?  All that it is loaded from must be
 * among what the callee reads. */
static bool may_read(const struct program *p, const struct terms *t,
		     const uint64_t *reads, term_id id)
{
	const struct term *x = term_get(t, id);

	switch (x->op) {
	case TERM_FIELD:
		return (x->b == p->domain_field ||
			reads_member(p, reads, x->b)) &&
		       may_read(p, t, reads, x->a);
	case TERM_GLOBAL:
		return reads_member(p, reads, p->f->field->len + x->a);
	case TERM_LOAD:
	case TERM_UNARY:
		return may_read(p, t, reads, x->a);
	case TERM_INDEX:
	case TERM_BINARY:
		return may_read(p, t, reads, x->a) &&
		       may_read(p, t, reads, x->b);
	default:
		return true;
	}
}

/*
 * Is ID about domains, vCPUs and tables alone?  What is known of anything
 * else stays within a function.
 */
static bool is_about_objects(const struct program *p, const struct terms *t,
			     term_id id)
{
	const struct term *x = term_get(t, id);

	switch (x->op) {
	case TERM_FIELD:
		return program_is_object_field(p, x->b) &&
		       is_about_objects(p, t, x->a);
	case TERM_GLOBAL:
		return p->role_of_global[x->a] != 0;
	case TERM_LOAD:
	case TERM_UNARY:
		return is_about_objects(p, t, x->a);
	case TERM_INDEX:
	case TERM_BINARY:
		return is_about_objects(p, t, x->a) &&
		       is_about_objects(p, t, x->b);
	default:
		return true;
	}
}

/* A pointer to a domain, a vCPU or a table, or to a part of one. */
static bool is_object_pointer(const struct program *p, fact_id type)
{
	const struct fact_type *t = FACT_TYPE(p->f, type);

	if (t->kind != TYPE_POINTER)
		return false;
	t = FACT_TYPE(p->f, t->target);
	return t->kind == TYPE_RECORD && p->object_record[t->record];
}

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

	if (is_object_pointer(p, type)) {
		if (x->op == TERM_BINARY || x->depth > PATH_DEPTH_MAX)
			return any;
		return is_about_objects(p, r->x->t, value) ? value : any;
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

/*
 * Can the callee name this lock?  One that it cannot name it can neither
 * release nor ask for; such locks stay out of the context, and what is
 * acquired under them is found when acquisitions are handed up (order.c).
 * Approximation: a callee that finds the object by other ways (a page's owner,
 * a list of domains) and takes it again seems to take another one.  So does,
 * in a function with many contexts, one that takes it more than a few calls
 * down.
 */
static bool is_visible(const struct program *p, struct mapping *m,
		       const struct held *h, fact_id callee, bool many)
{
	const struct term *x = term_get(m->t, h->object);

	if (many && x->op == TERM_FIELD && p->lock_bit[x->b] &&
	    !((p->near_locks[callee] >> (p->lock_bit[x->b] - 1)) & 1))
		return false;
	return h->object != term_unknown(m->t) &&
	       map_known(m, h->object) != 0;
}

static int compare_held(gconstpointer a, gconstpointer b)
{
	const struct held *x = a, *y = b;

	if (x->class != y->class)
		return x->class < y->class ? -1 : 1;
	return (x->object > y->object) - (x->object < y->object);
}

/*
 * VISIBLE gets, per lock of the context, its index in the caller's lockset.
 * Counts start at one again: what the callee adds or takes away is applied to
 * the caller's count.  Approximation: a callee that releases a lock twice that
 * its caller took twice seems to hold nothing after the first; and in a
 * function with many contexts the order of the lockset is not kept.
 */
static void map_lockset(struct run *r, struct mapping *m,
			const struct state *s, struct instance *to,
			GArray *visible)
{
	bool many = has_many_contexts(r->x, to->function);

	for (guint i = 0; i < s->held->len; i++) {
		struct held h = g_array_index(s->held, struct held, i);

		if (!is_visible(r->x->p, m, &h, to->function, many))
			continue;
		h.object = map_value(m, h.object);
		h.owner = map_owner(m, h.owner);
		h.saved.owner = map_owner(m, h.saved.owner);
		h.count = 1;
		h.many = false;
		h.inherited = i + 1;
		h.origins = 0;
		g_array_append_val(to->entry->held, h);
	}
	if (many)
		g_array_sort(to->entry->held, compare_held);
	for (guint i = 0; i < to->entry->held->len; i++) {
		struct held *h = &g_array_index(to->entry->held, struct held,
						i);
		guint index = h->inherited - 1;

		g_array_append_val(visible, index);
		h->inherited = i + 1;
	}
	to->entry->flags = s->flags & STATE_ASSERT_FAILED;
	to->entry->level.class = s->held->len ? s->level.class : 0;
	to->entry->level.owner =
		s->held->len ? map_owner(m, s->level.owner) : 0;
	to->entry->checked.class = s->checked.class;
	to->entry->checked.owner = map_owner(m, s->checked.owner);
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

static void map_bindings(struct run *r, struct mapping *m,
			 const GArray *from, GArray *to, fact_id callee,
			 bool memory)
{
	const struct program *p = r->x->p;
	const uint64_t *reads = p->reads + (size_t)p->track_words * callee;

	for (guint i = 0; i < from->len; i++) {
		struct binding b = g_array_index(from, struct binding, i);
		term_id key, value = b.value;
		bool keep = may_read(p, r->x->t, reads, b.key) ||
			    (!memory && compares_domain(p, r->x->t, b.key));

		if (!memory && !b.value && is_pointer_load(p, r->x->t, b.key))
			continue;
		/* What a pointer to a local of the caller leads to. */
		if (memory && term_get(r->x->t, b.key)->op != TERM_FIELD &&
		    !term_is_const(r->x->t, b.value, NULL))
			continue;
		if (counts(p, r->x->t, b.key))
			continue;
		if (!keep || !is_about_objects(p, r->x->t, b.key) || value == term_unknown(r->x->t))
			continue;
		key = map_known(m, b.key);
		if (key && !compares_domain(p, r->x->t, b.key) &&
		    !speaks_of_arguments(m, key))
			key = 0;
		if (key && value)
			value = memory ? map_value(m, value)
				       : map_known(m, value);
		if (key && (value || !b.value))
			bindings_set(to, key, value);
	}
}

struct instance *instance_new(const struct program *p, fact_id function)
{
	struct instance *i = g_new0(struct instance, 1);

	i->function = function;
	i->arg = g_array_new(FALSE, FALSE, sizeof(term_id));
	i->entry = state_new(p);
	i->exits = g_ptr_array_new();
	i->edge = g_array_new(FALSE, FALSE, sizeof(struct call_edge));
	i->link = g_array_new(FALSE, FALSE, sizeof(struct held_link));
	i->background = g_array_new(FALSE, TRUE, sizeof(struct background));
	i->acquisition = g_array_new(FALSE, FALSE,
				     sizeof(struct acquisition));
	i->dependent = g_hash_table_new(NULL, NULL);
	return i;
}

void instance_free(struct instance *i)
{
	for (guint k = 0; k < i->exits->len; k++) {
		struct exit_state *e = g_ptr_array_index(i->exits, k);

		state_free(e->state);
		g_free(e);
	}
	g_ptr_array_unref(i->exits);
	g_array_unref(i->arg);
	state_free(i->entry);
	g_array_unref(i->edge);
	g_array_unref(i->link);
	g_array_unref(i->background);
	g_array_unref(i->acquisition);
	g_hash_table_unref(i->dependent);
	g_free(i);
}

static struct held_link link_of(const struct held *h)
{
	return (struct held_link){ .inherited = h->inherited,
				   .origins = h->origins };
}

static bool same_link(const struct held_link *x, const struct held_link *y)
{
	return x->inherited == y->inherited && x->origins == y->origins;
}

static int index_in(const GArray *indices, guint i)
{
	for (guint k = 0; k < indices->len; k++)
		if (g_array_index(indices, guint, k) == i)
			return (int)k;
	return -1;
}

/* Fills in the locks held at the call, at the end of the caller's arrays. */
static void fill_edge(struct run *r, const struct state *s,
		      const GArray *visible, struct call_edge *e)
{
	struct instance *self = explorer_instance(r->x, r->self);

	e->link = self->link->len;
	e->background = self->background->len;
	for (guint i = 0; i < visible->len; i++) {
		struct held_link link = link_of(&g_array_index(
			s->held, struct held,
			g_array_index(visible, guint, i)));

		g_array_append_val(self->link, link);
	}
	for (guint i = 0; i < s->held->len; i++) {
		const struct held *h = &g_array_index(s->held, struct held, i);
		struct background b = { .link = link_of(h) };

		if (index_in(visible, i) >= 0)
			continue;
		b.view = explore_view_of_held(r, s, h);
		b.view.function = 0;
		g_array_append_val(self->background, b);
	}
	e->link_nr = self->link->len - e->link;
	e->background_nr = self->background->len - e->background;
}

static bool same_edge(const struct instance *self, const struct call_edge *x,
		      const struct call_edge *y)
{
	if (x->node != y->node || x->callee != y->callee ||
	    x->link_nr != y->link_nr || x->background_nr != y->background_nr)
		return false;
	for (uint32_t i = 0; i < x->link_nr; i++)
		if (!same_link(&g_array_index(self->link, struct held_link,
					      x->link + i),
			       &g_array_index(self->link, struct held_link,
					      y->link + i)))
			return false;
	return memcmp(&g_array_index(self->background, struct background,
				     x->background),
		      &g_array_index(self->background, struct background,
				     y->background),
		      sizeof(struct background) * x->background_nr) == 0;
}

static void add_edge(struct run *r, const struct state *s, uint32_t node,
		     uint32_t callee, const GArray *visible)
{
	struct instance *self = explorer_instance(r->x, r->self);
	struct call_edge e = { .node = node, .callee = callee };

	fill_edge(r, s, visible, &e);
	for (guint i = self->edge->len; i > 0; i--) {
		if (!same_edge(self, &g_array_index(self->edge,
						    struct call_edge, i - 1),
			       &e))
			continue;
		g_array_set_size(self->link, e.link);
		g_array_set_size(self->background, e.background);
		return;
	}
	g_array_append_val(self->edge, e);
}

static void depend_on(struct run *r, struct instance *callee)
{
	g_hash_table_add(callee->dependent, GUINT_TO_POINTER(r->self + 1));
}

/* The way back: what the callee calls symbol k is the caller's root k. */
struct return_mapping {
	struct terms *t;
	const GArray *root;
	uint32_t node;
	GArray *fresh;		/* term_id: callee's values made inside */
};

static term_id to_caller(void *context, term_id leaf)
{
	struct return_mapping *m = context;
	struct term x = *term_get(m->t, leaf);

	switch (x.op) {
	case TERM_SYMBOL:
		return x.a < m->root->len
			       ? g_array_index(m->root, struct root, x.a).term
			       : term_unknown(m->t);
	case TERM_FRESH:
		for (guint i = 0; i < m->fresh->len; i++)
			if (g_array_index(m->fresh, term_id, i) == leaf)
				return term_leaf(m->t, TERM_FRESH, m->node,
						 i + 1, x.imm);
		g_array_append_val(m->fresh, leaf);
		return term_leaf(m->t, TERM_FRESH, m->node, m->fresh->len,
				 x.imm);
	case TERM_OLD:
		return term_leaf(m->t, TERM_OLD, m->node, x.b, x.imm);
	default:
		return term_unknown(m->t);
	}
}

static term_id map_back(struct return_mapping *m, term_id value)
{
	return value ? term_map(m->t, value, to_caller, NULL, m) : 0;
}

/* Where a lock that the callee returns held came from, seen from here. */
static uint32_t origins_through_call(struct run *r, uint32_t node,
				     uint32_t callee, uint32_t set)
{
	uint32_t nr, out = 0;
	bool header = program_in_lock_header(r->x->p, r->function);
	const uint32_t *member = origin_set_members(r->x->origins, set, &nr);
	uint32_t *copy = g_memdup2(member, sizeof(*member) * nr);

	for (uint32_t i = 0; i < nr; i++) {
		struct origin o = *origin_get(r->x->origins, copy[i]);

		if (!o.function && !header) {
			o.function = r->function;
			o.line = r->e.b->node[node].line;
		}
		o.in = r->function;
		o.node = node;
		o.instance = callee + 1;
		o.inner = copy[i];
		out = origin_set_union(
			r->x->origins, out,
			origin_set_of(r->x->origins,
				      origin_make(r->x->origins, &o)));
	}
	g_free(copy);
	return out;
}

/* The owner of a level in force matters only if a held lock has it. */
static term_id known_owner(const struct return_mapping *m,
			   const struct state *before,
			   const struct state *after, term_id owner)
{
	const struct state *in[] = { before, after };

	for (size_t k = 0; k < G_N_ELEMENTS(in); k++)
		for (guint i = 0; i < in[k]->held->len; i++)
			if (g_array_index(in[k]->held, struct held,
					  i).owner == owner)
				return owner;
	return owner ? term_unknown(m->t) : 0;
}

/* The level that was in force on entry keeps the owner that the caller knows. */
static void return_level(struct return_mapping *m, const struct state *before,
			 struct state *after, const struct state *exit)
{
	if (!before->held->len && !exit->held->len && !exit->level.class)
		return;
	after->level.class = exit->level.class;
	after->level.owner = map_back(m, exit->level.owner);
	after->level.owner = known_owner(m, before, after,
					 after->level.owner);
	if (after->level.class == before->level.class &&
	    after->level.owner == term_unknown(m->t))
		after->level.owner = before->level.owner;
	after->checked.class = exit->checked.class;
	after->checked.owner = map_back(m, exit->checked.owner);
}

/* The caller's own lock, as the callee left it. */
static void return_own(struct run *r, struct return_mapping *m,
		       struct state *after, struct held own,
		       const struct held *h, uint32_t callee)
{
	if (!h) {
		if (own.count > 1) {
			own.count--;
			g_array_append_val(after->held, own);
		}
		return;
	}
	own.count = MIN(own.count + h->count - 1, HELD_COUNT_MAX);
	own.many |= h->many;
	own.kind = h->kind;
	if (h->origins)
		own.origins = origin_set_union(
			r->x->origins, own.origins,
			origins_through_call(r, m->node, callee, h->origins));
	g_array_append_val(after->held, own);
}

static const struct held *find_inherited(const struct state *exit, guint i)
{
	for (guint k = 0; k < exit->held->len; k++) {
		const struct held *h =
			&g_array_index(exit->held, struct held, k);

		if (h->inherited == i + 1)
			return h;
	}
	return NULL;
}

/* Locks that were held before, in their order, then those of the callee. */
static void return_lockset(struct run *r, struct return_mapping *m,
			   const struct state *before, struct state *after,
			   const struct state *exit, uint32_t callee,
			   const GArray *visible)
{
	g_array_set_size(after->held, 0);
	for (guint i = 0; i < before->held->len; i++) {
		struct held own = g_array_index(before->held, struct held, i);
		int at = index_in(visible, i);

		if (at < 0)
			g_array_append_val(after->held, own);
		else
			return_own(r, m, after, own,
				   find_inherited(exit, (guint)at), callee);
	}
	for (guint i = 0; i < exit->held->len; i++) {
		struct held h = g_array_index(exit->held, struct held, i);

		if (h.inherited)
			continue;
		h.object = map_back(m, h.object);
		h.owner = map_back(m, h.owner);
		h.saved.owner = known_owner(m, before, after,
					    map_back(m, h.saved.owner));
		h.origins = origins_through_call(r, m->node, callee,
						 h.origins);
		explore_add_held(r, after, &h);
	}
	after->flags |= exit->flags & STATE_ASSERT_FAILED;
	return_level(m, before, after, exit);
}

/* A term without a stable meaning in the caller says nothing there. */
static bool is_useful(const struct terms *t, term_id id)
{
	return id && term_is_stable(t, id) && !term_is_const(t, id, NULL);
}

static bool is_in_global(const struct terms *t, term_id address)
{
	const struct term *x = term_get(t, address);

	while (x->op == TERM_FIELD || x->op == TERM_INDEX)
		x = term_get(t, x->a);
	return x->op == TERM_GLOBAL;
}

static void return_bindings(struct run *r, struct return_mapping *m,
			    struct state *after, const struct state *exit)
{
	struct terms *t = r->x->t;

	for (guint i = 0; i < exit->memory->len; i++) {
		struct binding b = g_array_index(exit->memory, struct binding,
						 i);
		term_id key;

		if (term_get(t, b.key)->flags & TERM_HAS_LOCAL)
			continue;
		key = map_back(m, b.key);
		/* What a callee leaves in variables is of no use here. */
		if (is_in_global(t, key))
			state_forget(t, after, key);
		else if (is_useful(t, key))
			bindings_set(after->memory, key,
				     map_back(m, b.value));
	}
	for (guint i = 0; i < exit->fact->len; i++) {
		struct binding b = g_array_index(exit->fact, struct binding,
						 i);
		term_id key;

		if (term_get(t, b.key)->flags & TERM_HAS_LOCAL)
			continue;
		if (!is_about_objects(r->x->p, t, b.key))
			continue;
		key = map_back(m, b.key);
		if (is_useful(t, key))
			bindings_set(after->fact, key, map_back(m, b.value));
	}
}

/* Locals whose address the callee got may hold anything now. */
static void forget_passed_locals(struct run *r, struct state *s,
				 uint32_t node)
{
	const struct fact_node *n = &r->e.b->node[node];

	for (uint32_t i = 0; i < n->extra_nr; i++) {
		uint32_t local = slice_root_local(
			r->e.b, r->e.b->extra[n->extra + i]);

		if (local)
			state_forget(r->x->t, s,
				     term_leaf(r->x->t, TERM_LOCAL, local, 0,
					       0));
	}
}

static void set_result(struct run *r, struct state *s, uint32_t node,
		       term_id value)
{
	uint32_t local = r->e.b->node[node].b;

	if (!local || !r->e.slice->local[local])
		return;
	if (!value || value == term_unknown(r->x->t))
		value = term_leaf(r->x->t, TERM_FRESH, node, 0, 0);
	state_store(r->x->p, r->x->t, s,
		    term_leaf(r->x->t, TERM_LOCAL, local, 0, 0), value);
}

static bool constant_contradicts(const struct terms *t, const struct state *s,
				 const struct binding *b)
{
	enum tristate now = state_truth(t, s, b->key);
	int64_t imm;

	if (now == TRI_UNKNOWN)
		return false;
	if (!b->value)
		return now == TRI_NO;
	if (!term_is_const(t, b->value, &imm))
		return false;
	return imm == 0 ? now == TRI_YES : now == TRI_NO;
}

/* Does what the callee learnt on the way to this exit contradict what the
 * caller knows, of values that the callee did not change? */
static bool contradicts(struct run *r, struct return_mapping *m,
			const struct state *s, const struct state *exit)
{
	for (guint i = 0; i < exit->fact->len; i++) {
		struct binding b = g_array_index(exit->fact, struct binding,
						 i);

		b.key = map_back(m, b.key);
		b.value = map_back(m, b.value);
		if (is_useful(r->x->t, b.key) &&
		    constant_contradicts(r->x->t, s, &b))
			return true;
	}
	return false;
}

static void apply_exit(struct run *r, const struct state *before,
		       uint32_t node, uint32_t callee, const GArray *root,
		       const struct exit_state *exit, const GArray *visible)
{
	const struct program *p = r->x->p;
	fact_id function = explorer_instance(r->x, callee)->function;
	struct return_mapping m = { .t = r->x->t, .root = root, .node = node };
	struct state *after = state_copy(before);

	m.fresh = g_array_new(FALSE, FALSE, sizeof(term_id));
	state_havoc(p, r->x->t, after,
		    p->writes + (size_t)p->track_words * function);
	if (contradicts(r, &m, after, exit->state)) {
		state_free(after);
		g_array_unref(m.fresh);
		return;
	}
	forget_passed_locals(r, after, node);
	if (visible)
		return_lockset(r, &m, before, after, exit->state, callee,
			       visible);
	return_bindings(r, &m, after, exit->state);
	set_result(r, after, node, map_back(&m, exit->result));
	g_array_unref(m.fresh);
	g_ptr_array_add(r->out, after);
}

/* Not followed: the result is some value, members it writes are unknown. */
static void black_box(struct run *r, struct state *s, uint32_t node,
		      fact_id callee)
{
	const struct program *p = r->x->p;
	uint8_t role = callee ? p->role_of_call[callee] : 0;
	term_id value = term_leaf(r->x->t, TERM_FRESH, node, 0, role);

	if (callee)
		state_havoc(p, r->x->t, s,
			    p->writes + (size_t)p->track_words * callee);
	forget_passed_locals(r, s, node);
	set_result(r, s, node, value);
	g_ptr_array_add(r->out, s);
}

static bool result_matters(const struct run *r, uint32_t node)
{
	const struct fact_node *n = &r->e.b->node[node];

	if (n->b && r->e.slice->local[n->b])
		return true;
	for (uint32_t i = 0; i < n->extra_nr; i++) {
		uint32_t local = slice_root_local(
			r->e.b, r->e.b->extra[n->extra + i]);

		if (local && r->e.slice->local[local])
			return true;
	}
	return false;
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
		    !may_read(p, r->x->t, reads, b.key))
			continue;
		key = map_known(m, b.key);
		if (key)
			bindings_set(to->entry->memory, key, b.value);
	}
}

/*
 * Approximation: of a function with many contexts the level in force is taken
 * to be what the locks held justify, in the order in which they are held.
 */
static void justify_levels(struct state *entry)
{
	struct level level = { 0 };

	for (guint i = 0; i < entry->held->len; i++) {
		struct held *h = &g_array_index(entry->held, struct held, i);

		h->saved = level;
		if (h->kind == LOCKKIND_READ || h->kind == LOCKKIND_SPIN)
			continue;
		level.class = h->class;
		level.owner = h->owner;
	}
	if (level.class)
		entry->level = level;
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

	map_callbacks(r, m, s, to);
	if (has_many_contexts(r->x, callee)) {
		explorer_limit(r->x, LIMIT_CONTEXTS, callee, 0, 0);
		justify_levels(to->entry);
		return;
	}
	if (!s->held->len && locks)
		fact = domain_facts(r, s->fact);
	map_bindings(r, m, fact, to->entry->fact, callee, false);
	if (s->held->len || !locks)
		map_bindings(r, m, s->memory, to->entry->memory, callee,
			     true);
	if (fact != s->fact)
		g_array_unref(fact);
}

void explore_call(struct run *r, struct state *state, uint32_t node,
		  fact_id callee)
{
	const struct program *p = r->x->p;
	struct mapping m = { .t = r->x->t };
	bool locks = program_call_locks(p, r->function, node, callee);
	struct instance *to;
	GArray *visible = NULL;
	uint32_t id;

	if (!p->slice[callee] || p->opaque[callee] ||
	    program_leaves_host(p, callee) ||
	    (!locks &&
	     (!result_matters(r, node) || p->role_of_call[callee]))) {
		black_box(r, state, node, callee);
		return;
	}
	to = instance_new(p, callee);
	m.root = g_array_new(FALSE, FALSE, sizeof(struct root));
	map_arguments(r, &m, state, node, to);
	m.argument_nr = m.root->len;
	if (locks) {
		visible = g_array_new(FALSE, FALSE, sizeof(guint));
		map_lockset(r, &m, state, to, visible);
	}
	map_knowledge(r, &m, state, to, locks);
	to->from = r->self + 1;
	to->from_node = node;
	id = explorer_demand(r->x, to);
	to = explorer_instance(r->x, id);
	depend_on(r, to);
	if (locks)
		add_edge(r, state, node, id, visible);
	for (guint i = 0; i < to->exits->len; i++)
		apply_exit(r, state, node, id, m.root,
			   g_ptr_array_index(to->exits, i), visible);
	if (visible)
		g_array_unref(visible);
	state_free(state);
	g_array_unref(m.root);
}
