/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Breadth-first search over nodes (function, guard, names of the owners, what
 * is told of them so far).  Nodes are shared by all pairs, so that each call
 * edge is looked at once per node; a backward analysis of preconditions on
 * demand, as in Snugglebug (Chandra, Fink, Sridharan, PLDI 2009).
 */
#include "wayup.h"

#include <string.h>

#include "program.h"
#include "value.h"

/* More nodes than this for one pair are not looked at. */
enum { NODES_MAX = 3000, VIEWS_MAX = 12 };

struct up_node {
	fact_id function;
	uint32_t guard;
	term_id held_owner, acquired_owner;
	term_id held_object, acquired_object;
	uint32_t may_be_same;	/* the two locks, as far as is known */
	struct way_view view;
};

struct up_step {
	uint32_t node, edge;
};

struct wayup {
	struct handup *h;
	GArray *node;		/* struct up_node */
	GPtrArray *steps;	/* per node: GArray of struct up_step; NULL: not
				 * yet made */
	GHashTable *by_key;	/* struct up_node -> index + 1 */
	GArray *stamp;		/* uint32_t per node: the search that saw it */
	GArray *closed;		/* uint8_t per node: no way leads on from it */
	uint32_t search;
};

struct visit {
	uint32_t node, edge, from; /* FROM: index + 1 of the visit before */
};

struct wayup *wayup_new(struct handup *h)
{
	struct wayup *w = g_new0(struct wayup, 1);

	w->h = h;
	w->node = g_array_new(FALSE, FALSE, sizeof(struct up_node));
	w->steps = g_ptr_array_new();
	w->by_key = g_hash_table_new_full(g_bytes_hash, g_bytes_equal,
					  (GDestroyNotify)g_bytes_unref, NULL);
	w->stamp = g_array_new(FALSE, TRUE, sizeof(uint32_t));
	w->closed = g_array_new(FALSE, TRUE, sizeof(uint8_t));
	return w;
}

void wayup_free(struct wayup *w)
{
	for (guint i = 0; i < w->steps->len; i++)
		if (g_ptr_array_index(w->steps, i))
			g_array_unref(g_ptr_array_index(w->steps, i));
	g_ptr_array_unref(w->steps);
	g_array_unref(w->node);
	g_array_unref(w->stamp);
	g_array_unref(w->closed);
	g_hash_table_unref(w->by_key);
	g_free(w);
}

static uint32_t node_make(struct wayup *w, const struct up_node *new)
{
	GBytes *key = g_bytes_new(new, sizeof(*new));
	void *found = g_hash_table_lookup(w->by_key, key);
	uint32_t none = 0;
	uint8_t is_closed = 0;

	if (found) {
		g_bytes_unref(key);
		return GPOINTER_TO_UINT(found) - 1;
	}
	g_array_append_vals(w->node, new, 1);
	g_ptr_array_add(w->steps, NULL);
	g_array_append_val(w->stamp, none);
	g_array_append_val(w->closed, is_closed);
	g_hash_table_insert(w->by_key, key, GUINT_TO_POINTER(w->node->len));
	return w->node->len - 1;
}

static void refine_owner(const struct program *p, struct terms *t,
			 const struct state *at, term_id owner, uint8_t *role,
			 uint8_t *control)
{
	enum owner_role known;

	if (!owner)
		return;
	known = value_role(p, t, at, owner);
	if (known != OWNER_ANY && known != OWNER_NONE &&
	    (*role == OWNER_ANY || *role == OWNER_SUBJECT))
		*role = (uint8_t)known;
	if (*control == TRI_UNKNOWN)
		*control = (uint8_t)value_is_control(p, t, at, owner);
}

static enum relation by_roles(uint8_t a, uint8_t b)
{
	if (a == OWNER_CURRENT && b == OWNER_CURRENT)
		return RELATION_SAME;
	if (a == OWNER_NONE || b == OWNER_NONE ||
	    (a == OWNER_CURRENT && b == OWNER_REMOTE) ||
	    (a == OWNER_REMOTE && b == OWNER_CURRENT) ||
	    (a == OWNER_SPECIAL) != (b == OWNER_SPECIAL))
		return RELATION_DIFFERENT;
	return RELATION_UNKNOWN;
}

/* What is known at AT, where the names of N are valid, is told of the pair. */
static void refine(const struct explorer *x, const struct state *at,
		   struct up_node *n)
{
	const struct program *p = x->p;
	struct way_view *v = &n->view;

	refine_owner(p, x->t, at, n->held_owner, &v->held_owner,
		     &v->held_control);
	refine_owner(p, x->t, at, n->acquired_owner, &v->acquired_owner,
		     &v->acquired_control);
	if (v->held_instance == INSTANCE_ANY && n->held_object)
		v->held_instance = (uint8_t)value_instance(p, x->t, at,
							   n->held_object);
	if (v->acquired_instance == INSTANCE_ANY && n->acquired_object)
		v->acquired_instance = (uint8_t)value_instance(
			p, x->t, at, n->acquired_object);
	if (v->relation == RELATION_UNKNOWN && n->held_owner &&
	    n->acquired_owner)
		v->relation = (uint8_t)value_relation(
			p, x->t, at, n->held_owner, n->acquired_owner);
	if (v->relation == RELATION_UNKNOWN)
		v->relation = (uint8_t)by_roles(v->held_owner,
						v->acquired_owner);
	/* Of one domain, what is told of one is told of the other. */
	if (v->relation != RELATION_SAME)
		return;
	if (v->held_owner == OWNER_ANY || v->held_owner == OWNER_SUBJECT)
		v->held_owner = v->acquired_owner != OWNER_ANY
					? v->acquired_owner
					: v->held_owner;
	if (v->acquired_owner == OWNER_ANY ||
	    v->acquired_owner == OWNER_SUBJECT)
		v->acquired_owner = v->held_owner != OWNER_ANY
					    ? v->held_owner
					    : v->acquired_owner;
	if (v->held_control == TRI_UNKNOWN)
		v->held_control = v->acquired_control;
	if (v->acquired_control == TRI_UNKNOWN)
		v->acquired_control = v->held_control;
}

/* Names that tell nothing more are dropped, so that nodes meet. */
static bool owner_is_settled(uint8_t role, uint8_t control)
{
	return role != OWNER_ANY && role != OWNER_SUBJECT &&
	       (control != TRI_UNKNOWN || role == OWNER_CURRENT ||
		role == OWNER_SPECIAL || role == OWNER_NONE);
}

static void settle(struct up_node *n)
{
	struct way_view *v = &n->view;

	if (n->may_be_same && n->held_object && n->acquired_object)
		return;
	if (v->held_instance != INSTANCE_ANY)
		n->held_object = 0;
	if (v->acquired_instance != INSTANCE_ANY)
		n->acquired_object = 0;
	if (v->relation == RELATION_UNKNOWN && n->held_owner &&
	    n->acquired_owner)
		return;
	if (owner_is_settled(v->held_owner, v->held_control))
		n->held_owner = 0;
	if (owner_is_settled(v->acquired_owner, v->acquired_control))
		n->acquired_owner = 0;
}

/* True: the two are one lock, which is recursion and no ordering. */
static bool find_out_same(const struct explorer *x, const struct state *at,
			  struct up_node *n)
{
	enum tristate same;

	if (!n->may_be_same || !n->held_object || !n->acquired_object)
		return false;
	same = state_same(x->p, x->t, at, n->held_object, n->acquired_object);
	n->may_be_same = same == TRI_UNKNOWN;
	return same == TRI_YES;
}

static void make_step(struct wayup *w, const struct up_node *n,
		      const struct call_edge *e, GArray *out)
{
	const struct mapped_guard *g =
		handup_map_guard(w->h, e, n->guard);
	struct up_node up;
	struct up_step step;

	if (g->is_excluded)
		return;
	memset(&up, 0, sizeof(up));
	up.function = e->caller;
	up.guard = g->set;
	up.held_owner = handup_map_name(w->h, e, n->held_owner);
	up.acquired_owner = handup_map_name(w->h, e, n->acquired_owner);
	up.held_object = handup_map_name(w->h, e, n->held_object);
	up.acquired_object = handup_map_name(w->h, e, n->acquired_object);
	up.view = n->view;
	up.view.assert_failed |= g->assert_failed ||
				 (e->at->flags & STATE_ASSERT_FAILED) != 0;
	up.may_be_same = n->may_be_same;
	if (find_out_same(w->h->x, e->at, &up))
		return;
	refine(w->h->x, e->at, &up);
	settle(&up);
	step.node = node_make(w, &up);
	step.edge = e->id;
	for (guint i = 0; i < out->len; i++)
		if (g_array_index(out, struct up_step, i).node == step.node)
			return;
	g_array_append_val(out, step);
}

static const GArray *steps_of(struct wayup *w, uint32_t node)
{
	struct up_node n = g_array_index(w->node, struct up_node, node);
	const GPtrArray *callers = w->h->callers[n.function];
	GArray *out = g_ptr_array_index(w->steps, node);

	if (out)
		return out;
	out = g_array_new(FALSE, FALSE, sizeof(struct up_step));
	for (guint i = 0; callers && i < callers->len; i++)
		make_step(w, &n, g_ptr_array_index(callers, i), out);
	g_ptr_array_index(w->steps, node) = out;
	return out;
}

/* Does nothing in the guard ask for a lock that callers hold? */
static bool is_open(const struct wayup *w, uint32_t guard, bool *asserted)
{
	uint32_t nr;
	const uint32_t *literal = numset_members(w->h->sets, guard, &nr);

	*asserted = false;
	for (uint32_t i = 0; i < nr; i++) {
		const struct term *x = term_get(w->h->x->t,
						LITERAL_TERM(literal[i]));

		if (x->op != TERM_HELD || !LITERAL_TRUTH(literal[i]))
			continue;
		if (!LITERAL_IS_ASSERTED(literal[i]))
			return false;
		*asserted = true;
	}
	return true;
}

static void add_way(struct wayup *w, const GArray *visits, uint32_t index,
		    bool asserted, GArray *out)
{
	const struct visit *v = &g_array_index(visits, struct visit, index);
	const struct up_node *n =
		&g_array_index(w->node, struct up_node, v->node);
	uint8_t own = w->h->x->p->context_of[n->function];
	struct way way = { .view = n->view,
			   .context = own ? (enum context)(own - 1)
					  : CONTEXT_RUNNING };

	way.view.assert_failed |= asserted;
	for (guint i = 0; i < out->len; i++) {
		const struct way *old = &g_array_index(out, struct way, i);

		if (memcmp(&old->view, &way.view, sizeof(way.view)) == 0 &&
		    old->context <= way.context)
			return;
	}
	way.edge = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	while (v->from) {
		g_array_append_val(way.edge, v->edge);
		v = &g_array_index(visits, struct visit, v->from - 1);
	}
	g_array_append_val(out, way);
}

static void visit_node(struct wayup *w, GArray *visits, uint32_t node,
		       uint32_t edge, uint32_t from)
{
	struct visit v = { .node = node, .edge = edge, .from = from };
	uint32_t *stamp = &g_array_index(w->stamp, uint32_t, node);

	if (*stamp == w->search || g_array_index(w->closed, uint8_t, node))
		return;
	*stamp = w->search;
	g_array_append_val(visits, v);
}

static struct up_node first_node(struct wayup *w, const struct pair *p)
{
	const struct acquisition *a = &p->acquired;
	struct explorer *x = w->h->x;
	struct lock_view held = explore_view(x, p->at, &p->held);
	struct up_node n;

	memset(&n, 0, sizeof(n));
	n.function = p->holder;
	n.guard = a->guard;
	n.held_owner = term_is_stable(x->t, p->held.owner) ? p->held.owner : 0;
	n.acquired_owner = a->owner;
	n.held_object = term_is_stable(x->t, p->held.object)
				? p->held.object : 0;
	n.acquired_object = a->object;
	n.view = (struct way_view){
		.held_owner = held.owner, .held_control = held.control,
		.held_instance = held.instance,
		.acquired_owner = a->view.owner,
		.acquired_control = a->view.control,
		.acquired_instance = a->view.instance,
		.relation = p->same_object ? RELATION_SAME : RELATION_UNKNOWN,
		.assert_failed = (a->flags & STATE_ASSERT_FAILED) != 0,
	};
	n.may_be_same = !p->same_object && n.held_object &&
			n.acquired_object &&
			state_same(x->p, x->t, p->at, n.held_object,
				   n.acquired_object) == TRI_UNKNOWN;
	refine(x, p->at, &n);
	settle(&n);
	return n;
}

/* The guard, and that no caller holds the acquired lock. */
static uint32_t guard_of(struct wayup *w, const struct pair *p)
{
	struct terms *t = w->h->x->t;
	const struct acquisition *a = &p->acquired;
	GArray *guard = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	uint32_t nr, set;
	const uint32_t *literal = numset_members(w->h->sets, a->guard, &nr);

	g_array_append_vals(guard, literal, nr);
	if (!p->same_object && a->object && a->view.mode != MODE_READ)
		state_add_literal(t, p->at, guard, term_held(t, a->object),
				  false, false);
	set = numset_make(w->h->sets, (uint32_t *)(void *)guard->data,
			  guard->len);
	g_array_unref(guard);
	return set;
}

/* Is nothing left that could be told of the pair further up, and has a way
 * that tells the same been found? */
static bool is_told(const struct up_node *n, const GArray *out)
{
	if (n->held_owner || n->acquired_owner || n->held_object ||
	    n->acquired_object)
		return false;
	for (guint i = 0; i < out->len; i++) {
		const struct way *way = &g_array_index(out, struct way, i);

		if (memcmp(&way->view, &n->view, sizeof(n->view)) == 0 &&
		    way->context == CONTEXT_RUNNING)
			return true;
	}
	return false;
}

/*
 * Approximation: when the search has met its bound and found no way, the pair
 * is reported all the same, with the shortest way of calls, guards or not.
 */
static void add_any_way(struct wayup *w, const struct up_node *first,
			GArray *out)
{
	const struct reach *reach = w->h->reach;
	struct way way = { .view = first->view };
	int context = reach_context(reach, first->function);
	const struct call_edge *e = reach->from[first->function];

	way.context = context < 0 ? CONTEXT_RUNNING : (enum context)context;
	way.edge = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	for (; e; e = reach->from[e->caller])
		g_array_prepend_val(way.edge, e->id);
	g_array_append_val(out, way);
}

bool wayup_find(struct wayup *w, const struct pair *p, GArray *out)
{
	GArray *visits = g_array_new(FALSE, FALSE, sizeof(struct visit));
	struct up_node first = first_node(w, p);
	bool complete = true;

	first.guard = guard_of(w, p);
	w->search++;
	visit_node(w, visits, node_make(w, &first), 0, 0);
	for (guint i = 0; i < visits->len; i++) {
		uint32_t node = g_array_index(visits, struct visit, i).node;
		struct up_node n = g_array_index(w->node, struct up_node,
						 node);
		const GArray *steps;
		bool asserted;

		if (w->h->reach->is_entry[n.function] &&
		    is_open(w, n.guard, &asserted))
			add_way(w, visits, i, asserted, out);
		if (visits->len > NODES_MAX || out->len >= VIEWS_MAX) {
			complete = visits->len <= NODES_MAX;
			break;
		}
		if (is_told(&n, out))
			continue;
		steps = steps_of(w, node);
		for (guint k = 0; k < steps->len; k++) {
			struct up_step s =
				g_array_index(steps, struct up_step, k);

			visit_node(w, visits, s.node, s.edge, i + 1);
		}
	}
	for (guint i = 0; complete && !out->len && i < visits->len; i++)
		g_array_index(w->closed, uint8_t,
			      g_array_index(visits, struct visit, i).node) = 1;
	if (!complete && !out->len)
		add_any_way(w, &first, out);
	g_array_unref(visits);
	return complete;
}
