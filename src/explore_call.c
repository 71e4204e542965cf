/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls: which callees are explored, in which contexts; and calls that are
 * not followed. */
#include "explore_int.h"

static void edge_free(void *data)
{
	struct call_edge *e = data;

	state_free(e->at);
	g_array_unref(e->root);
	g_array_unref(e->visible);
	g_free(e);
}

static void event_free(void *data)
{
	struct event *e = data;

	state_free(e->at);
	g_free(e);
}

struct instance *instance_new(const struct program *p, fact_id function)
{
	struct instance *i = g_new0(struct instance, 1);

	i->function = function;
	i->arg = g_array_new(FALSE, FALSE, sizeof(term_id));
	i->entry = state_new(p);
	i->exits = g_ptr_array_new();
	i->edge = g_ptr_array_new_with_free_func(edge_free);
	i->event = g_ptr_array_new_with_free_func(event_free);
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
	g_ptr_array_unref(i->edge);
	g_ptr_array_unref(i->event);
	g_hash_table_unref(i->dependent);
	g_free(i);
}

static bool same_roots(const GArray *x, const GArray *y)
{
	if (x->len != y->len)
		return false;
	for (guint i = 0; i < x->len; i++)
		if (g_array_index(x, struct root, i).term !=
		    g_array_index(y, struct root, i).term)
			return false;
	return true;
}

static bool same_edge(const struct call_edge *x, const struct call_edge *y)
{
	return x->node == y->node && x->callee == y->callee &&
	       same_roots(x->root, y->root) &&
	       explore_same_snapshot(x->at, y->at);
}

/* ROOT and VISIBLE are borrowed. */
static void add_edge(struct run *r, const struct state *s, uint32_t node,
		     uint32_t callee, GArray *root, GArray *visible)
{
	struct instance *self = explorer_instance(r->x, r->self);
	struct call_edge *e = g_new(struct call_edge, 1);

	*e = (struct call_edge){ .node = node, .callee = callee,
				 .at = explore_snapshot(r, s),
				 .root = g_array_ref(root),
				 .visible = g_array_ref(visible) };
	for (guint i = self->edge->len; i > 0; i--) {
		struct call_edge *old =
			g_ptr_array_index(self->edge, i - 1);

		if (old->node != node)
			continue;
		if (!same_edge(old, e))
			continue;
		state_join(r->x->origins, old->at, e->at);
		edge_free(e);
		return;
	}
	g_ptr_array_add(self->edge, e);
}

static void depend_on(struct run *r, struct instance *callee)
{
	g_hash_table_add(callee->dependent, GUINT_TO_POINTER(r->self + 1));
}

/* Locals whose address the callee got may hold anything now. */
void explore_forget_passed(struct run *r, struct state *s, uint32_t node)
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

void explore_set_result(struct run *r, struct state *s, uint32_t node,
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

/* Not followed: the result is some value, members it writes are unknown. */
static void black_box(struct run *r, struct state *s, uint32_t node,
		      fact_id callee)
{
	const struct program *p = r->x->p;
	uint8_t role = callee ? p->role_of_call[callee] : 0;
	term_id value = term_leaf(r->x->t, TERM_FRESH, node, 0, role);

	if (callee)
		state_havoc(p, r->x->t, s,
			    p->writes + (size_t)p->track_words * callee, node);
	explore_forget_passed(r, s, node);
	explore_set_result(r, s, node, value);
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

/*
 * A callee that releases an element of an array, all of whose elements are
 * held: that one stands for them.
 */
static void name_element(struct run *r, struct state *s, uint32_t node,
			 struct held *h)
{
	const struct fact_node *n = &r->e.b->node[node];
	struct term object = *term_get(r->x->t, h->object);

	for (uint32_t i = 0; i < n->extra_nr && object.op == TERM_FIELD; i++) {
		term_id arg = value_of(&r->e, s, r->e.b->extra[n->extra + i]);

		if (state_same_array(r->x->t, object.a, arg)) {
			h->object = term_field(r->x->t, arg, object.b);
			return;
		}
	}
}

static void name_elements(struct run *r, struct state *s, uint32_t node,
			  fact_id callee)
{
	const struct program *p = r->x->p;
	uint32_t only_takes = p->takes[callee] & ~p->gives[callee];

	for (guint i = 0; i < s->held->len; i++) {
		struct held *h = &g_array_index(s->held, struct held, i);

		if (h->all &&
		    only_takes & explore_lock_bit(p, r->x->t, h->object))
			name_element(r, s, node, h);
	}
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
	name_elements(r, state, node, callee);
	to = instance_new(p, callee);
	m.root = g_array_new(FALSE, FALSE, sizeof(struct root));
	if (locks)
		visible = g_array_new(FALSE, FALSE, sizeof(guint));
	explore_map_call(r, &m, state, node, to, visible);
	to->from = r->self + 1;
	to->from_node = node;
	id = explorer_demand(r->x, to);
	depend_on(r, explorer_instance(r->x, id));
	if (locks)
		add_edge(r, state, node, id, m.root, visible);
	explore_return(r, state, node, id, m.root, visible);
	if (visible)
		g_array_unref(visible);
	state_free(state);
	g_array_unref(m.root);
}
