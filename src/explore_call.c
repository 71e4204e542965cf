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
enum { CONTEXTS_MAX = 300 };
/* Deeper access paths into caller's objects become a symbol of their own. */

struct mapping {
	struct terms *t;
	GArray *root;		/* term_id: the caller's leaf per symbol */
	bool closed;		/* no new symbols: unknown leaves fail */
	bool failed;
};

static term_id symbol(struct terms *t, uint32_t i, int64_t role)
{
	return term_leaf(t, TERM_SYMBOL, i, 0, role);
}

static term_id to_callee(void *context, term_id leaf)
{
	struct mapping *m = context;
	struct term x = *term_get(m->t, leaf);
	bool one_value = x.op != TERM_UNKNOWN && x.op != TERM_OLD;
	int64_t role = x.op == TERM_LOCAL || x.op == TERM_UNKNOWN ? 0 : x.imm;

	for (guint i = 0; one_value && i < m->root->len; i++)
		if (g_array_index(m->root, term_id, i) == leaf)
			return symbol(m->t, i, role);
	if (m->closed) {
		m->failed = true;
		return leaf;
	}
	g_array_append_val(m->root, leaf);
	return symbol(m->t, m->root->len - 1, role);
}

static term_id map_value(struct mapping *m, term_id value)
{
	if (!value || value == term_unknown(m->t))
		return value;
	return term_map(m->t, value, to_callee, m);
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

static bool parameter_matters(const struct program *p, fact_id callee,
			      uint32_t i)
{
	const struct slice *s = p->slice[callee];

	return s && s->local[i + 1];
}

static void map_arguments(struct run *r, struct mapping *m,
			  const struct state *s, uint32_t node,
			  struct instance *to)
{
	const struct fact_node *n = &r->e.b->node[node];
	const struct fact_function *fn =
		FACT_FUNCTION(r->x->p->f, to->function);

	for (uint32_t i = 0; i < fn->param_nr; i++) {
		term_id value = term_unknown(r->x->t);

		if (i < n->extra_nr && !(n->flags & NODE_FROM_ASM) &&
		    parameter_matters(r->x->p, to->function, i))
			value = value_of(&r->e, s,
					 r->e.b->extra[n->extra + i]);
		value = map_value(m, value);
		g_array_append_val(to->arg, value);
	}
}

static void map_lockset(struct mapping *m, const struct state *s,
			struct instance *to)
{
	for (guint i = 0; i < s->held->len; i++) {
		struct held h = g_array_index(s->held, struct held, i);

		h.object = map_value(m, h.object);
		h.owner = map_value(m, h.owner);
		h.saved.owner = map_value(m, h.saved.owner);
		h.inherited = i + 1;
		h.origins = 0;
		g_array_append_val(to->entry->held, h);
	}
	to->entry->flags = s->flags & STATE_ASSERT_FAILED;
	to->entry->level.class = s->held->len ? s->level.class : 0;
	to->entry->level.owner =
		s->held->len ? map_value(m, s->level.owner) : 0;
	to->entry->checked.class = s->checked.class;
	to->entry->checked.owner = map_value(m, s->checked.owner);
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

		if (!keep || value == term_unknown(r->x->t))
			continue;
		key = map_known(m, b.key);
		if (key && value)
			value = memory ? map_value(m, value)
				       : map_known(m, value);
		if (key && (value || !b.value))
			bindings_set(to, key, value);
	}
}

struct instance *instance_new(fact_id function)
{
	struct instance *i = g_new0(struct instance, 1);

	i->function = function;
	i->arg = g_array_new(FALSE, FALSE, sizeof(term_id));
	i->entry = state_new();
	i->exits = g_ptr_array_new();
	i->edge = g_array_new(FALSE, FALSE, sizeof(struct call_edge));
	i->link = g_array_new(FALSE, FALSE, sizeof(struct held_link));
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
	g_array_unref(i->acquisition);
	g_hash_table_unref(i->dependent);
	g_free(i);
}

/* One lock held on entry, seen from the caller; callers' edges share them. */
static uint32_t add_links(struct instance *self, const struct state *s)
{
	uint32_t first = self->link->len;

	for (guint i = 0; i < s->held->len; i++) {
		const struct held *h = &g_array_index(s->held, struct held, i);
		struct held_link link = {
			.inherited = h->inherited,
			.origins = h->inherited ? 0 : h->origins,
		};

		g_array_append_val(self->link, link);
	}
	return first;
}

static bool same_links(const struct instance *self,
		       const struct call_edge *e, const struct state *s)
{
	if (e->link_nr != s->held->len)
		return false;
	for (guint i = 0; i < s->held->len; i++) {
		const struct held *h = &g_array_index(s->held, struct held, i);
		const struct held_link *l = &g_array_index(
			self->link, struct held_link, e->link + i);

		if (l->inherited != h->inherited ||
		    (!h->inherited && l->origins != h->origins))
			return false;
	}
	return true;
}

static void add_edge(struct run *r, const struct state *s, uint32_t node,
		     uint32_t callee)
{
	struct instance *self = explorer_instance(r->x, r->self);
	struct call_edge e = { .node = node, .callee = callee,
			       .link_nr = s->held->len };

	for (guint i = self->edge->len; i > 0; i--) {
		const struct call_edge *old =
			&g_array_index(self->edge, struct call_edge, i - 1);

		if (old->node == node && old->callee == callee &&
		    same_links(self, old, s))
			return;
	}
	e.link = add_links(self, s);
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
		return x.a < m->root->len ? g_array_index(m->root, term_id,
							  x.a)
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
	return value ? term_map(m->t, value, to_caller, m) : 0;
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

static void return_lockset(struct run *r, struct return_mapping *m,
			   const struct state *before, struct state *after,
			   const struct state *exit, uint32_t callee)
{
	g_array_set_size(after->held, 0);
	for (guint i = 0; i < exit->held->len; i++) {
		struct held h = g_array_index(exit->held, struct held, i);

		if (h.inherited && h.inherited <= before->held->len) {
			struct held own = g_array_index(
				before->held, struct held, h.inherited - 1);

			own.count = h.count;
			own.many = h.many;
			own.kind = h.kind;
			g_array_append_val(after->held, own);
			continue;
		}
		h.inherited = 0;
		h.object = map_back(m, h.object);
		h.owner = map_back(m, h.owner);
		h.saved.owner = map_back(m, h.saved.owner);
		h.origins = origins_through_call(r, m->node, callee,
						 h.origins);
		g_array_append_val(after->held, h);
	}
	after->flags |= exit->flags & STATE_ASSERT_FAILED;
	if (before->held->len || exit->held->len || exit->level.class) {
		after->level.class = exit->level.class;
		after->level.owner = map_back(m, exit->level.owner);
	}
	after->checked.class = exit->checked.class;
	after->checked.owner = map_back(m, exit->checked.owner);
}

/* A term without a stable meaning in the caller says nothing there. */
static bool is_useful(const struct terms *t, term_id id)
{
	return id && term_is_stable(t, id) && !term_is_const(t, id, NULL);
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
		if (is_useful(t, key))
			bindings_set(after->memory, key,
				     map_back(m, b.value));
	}
	for (guint i = 0; i < exit->fact->len; i++) {
		struct binding b = g_array_index(exit->fact, struct binding,
						 i);
		term_id key;

		if (term_get(t, b.key)->flags & TERM_HAS_LOCAL)
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
		       const struct exit_state *exit)
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
	return_lockset(r, &m, before, after, exit->state, callee);
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

void explore_call(struct run *r, struct state *state, uint32_t node,
		  fact_id callee)
{
	const struct program *p = r->x->p;
	struct mapping m = { .t = r->x->t };
	struct instance *to;
	uint32_t id;

	if (!p->slice[callee] || p->opaque[callee] ||
	    (!p->locks[callee] &&
	     (!result_matters(r, node) || p->role_of_call[callee]))) {
		black_box(r, state, node, callee);
		return;
	}
	to = instance_new(callee);
	m.root = g_array_new(FALSE, FALSE, sizeof(term_id));
	map_arguments(r, &m, state, node, to);
	map_lockset(&m, state, to);
	if (r->x->contexts[callee] < CONTEXTS_MAX) {
		map_bindings(r, &m, state->fact, to->entry->fact, callee,
			     false);
		map_bindings(r, &m, state->memory, to->entry->memory, callee,
			     true);
	} else {
		explorer_limit(r->x, LIMIT_CONTEXTS, callee, 0, 0);
	}
	id = explorer_demand(r->x, to);
	to = explorer_instance(r->x, id);
	depend_on(r, to);
	add_edge(r, state, node, id);
	for (guint i = 0; i < to->exits->len; i++)
		apply_exit(r, state, node, id, m.root,
			   g_ptr_array_index(to->exits, i));
	state_free(state);
	g_array_unref(m.root);
}
