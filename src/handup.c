/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A worklist of acquisitions, each handed up every call edge of its function.
 * It ends: names have a bounded depth, and the guards of one acquisition only
 * ever become fewer or weaker.
 */
#include "handup_int.h"

#include "asked_up.h"
#include "asks.h"
#include "guard_group.h"
#include "guard_table.h"
#include "mutant.h"
#include "nummap.h"
#include "scc.h"
#include "subst.h"
#include "value.h"

static const struct fact_node *node_of(const struct handup *h,
				       fact_id function, uint32_t node)
{
	return &FACT_FUNCTION(h->x->p->f, function)->body->node[node];
}

uint32_t handup_map_released(struct handup *h, const struct call_edge *e,
			     uint32_t set)
{
	uint32_t nr, out;
	const uint32_t *members = numset_members(h->sets, set, &nr);
	GArray *copy;

	if (!nr)
		return set;
	copy = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	for (uint32_t i = 0; i < nr; i++) {
		term_id id = mapping_name(h->map, e, members[i]);
		guint at = copy->len;

		if (!id)
			continue;
		while (at > 0 && g_array_index(copy, uint32_t, at - 1) > id)
			at--;
		g_array_insert_val(copy, at, id);
	}
	out = numset_make(h->sets, (uint32_t *)(void *)copy->data, copy->len);
	g_array_unref(copy);
	return out;
}

static bool holds_own(const struct state *at)
{
	for (guint i = 0; i < at->held->len; i++)
		if (g_array_index(at->held, struct held, i).count > 0)
			return true;
	return false;
}

static void push_under_lock(struct handup *h, GQueue *work, fact_id function)
{
	if (h->under_lock[function])
		return;
	h->under_lock[function] = 1;
	g_queue_push_tail(work, GUINT_TO_POINTER(function));
}

/* Downward from calls made with a lock held; what is called in interrupt
 * context nests under whatever was held. */
static void mark_under_lock(struct handup *h)
{
	GQueue work = G_QUEUE_INIT;

	for (guint i = 0; i < h->edge->len; i++) {
		const struct call_edge *e = g_ptr_array_index(h->edge, i);

		if (holds_own(e->at))
			push_under_lock(h, &work, e->callee);
	}
	for (fact_id id = 1; id < h->x->p->f->function->len; id++)
		if (h->x->p->interrupt[id] && h->x->summary[id])
			push_under_lock(h, &work, id);
	while (!g_queue_is_empty(&work)) {
		fact_id id = GPOINTER_TO_UINT(g_queue_pop_head(&work));
		const struct summary *s = h->x->summary[id];

		for (guint i = 0; i < s->edge->len; i++)
			push_under_lock(h, &work,
					((struct call_edge *)g_ptr_array_index(
						s->edge, i))->callee);
	}
}

uint32_t handup_released_at(struct handup *h, const struct state *at,
			    uint32_t more)
{
	GArray *out = NULL;
	uint32_t set;

	for (guint i = 0; i < at->held->len; i++) {
		const struct held *held =
			&g_array_index(at->held, struct held, i);
		guint k;

		if (held->count >= 0)
			continue;
		if (!out)
			out = numset_copy(h->sets, more);
		k = out->len;
		while (k > 0 && g_array_index(out, uint32_t, k - 1) >
					held->object)
			k--;
		if (k == 0 || g_array_index(out, uint32_t, k - 1) !=
				      held->object)
			g_array_insert_val(out, k, held->object);
	}
	if (!out)
		return more;
	set = numset_make(h->sets, (uint32_t *)(void *)out->data, out->len);
	g_array_unref(out);
	return set;
}

static void start_event(struct handup *h, const struct event *e)
{
	bool header = program_in_lock_header(h->x->p, e->function);
	struct acquisition a = {
		.event = e,
		.view = e->view,
		.object = e->object,
		.owner = e->owner,
		.level = levels_at(h->levels, e->at),
		.flags = e->at->flags,
		.asks = asks_itself(h->x->asks, e->at->asked, e->object),
		.site_function = header ? 0 : e->function,
		.site_line = header ? 0
				    : node_of(h, e->function, e->node)->line,
	};

	a.object = state_each_element(h->x->t, a.object);
	if (!term_is_stable(h->x->t, a.object))
		a.object = 0;
	if (!term_is_stable(h->x->t, a.owner))
		a.owner = 0;
	a.guard = numset_make(h->sets, (uint32_t *)(void *)e->at->guard->data,
			      e->at->guard->len);
	if (!handup_pair_up(h, e->function, e->at, &a, 0, 0))
		return;
	a.released = handup_released_at(h, e->at, 0);
	if (h->under_lock[e->function])
		handup_add(h, e->function, &a);
}

static enum context crossing(const struct handup *h, fact_id callee,
			     enum context inner)
{
	enum context own = program_context(h->x->p, callee);

	return own != CONTEXT_RUNNING ? own : inner;
}

/* The caller may know more of the lock than the callee did. */
static void refine_view(struct handup *h, const struct state *at,
			struct acquisition *a)
{
	const struct program *p = h->x->p;
	struct terms *t = h->x->t;

	if (a->owner && (a->view.owner == OWNER_ANY ||
			 a->view.owner == OWNER_SUBJECT)) {
		enum owner_role role = value_role(p, t, at, a->owner);

		if (role != OWNER_NONE && role != OWNER_ANY)
			a->view.owner = (uint8_t)role;
	}
	if (a->owner && a->view.control == TRI_UNKNOWN)
		a->view.control =
			(uint8_t)value_is_control(p, t, at, a->owner);
	if (a->object && a->view.instance == INSTANCE_ANY)
		a->view.instance =
			(uint8_t)value_instance(p, t, at, a->object);
}

/* Is it that callers hold a lock, whichever? */
static bool is_any_held(const struct terms *t, const struct term *x)
{
	int64_t imm;

	return x->op == TERM_HELD && term_is_const(t, x->a, &imm);
}

/* The literal of a guard that says that some pointer is FUNCTION; or 0. */
static uint32_t find_function(struct handup *h, uint32_t guard,
			      term_id function)
{
	uint32_t nr;
	const uint32_t *literal = numset_members(h->sets, guard, &nr);

	for (uint32_t i = 0; i < nr; i++) {
		const struct term *x = term_get(h->x->t,
						LITERAL_TERM(literal[i]));

		if (LITERAL_TRUTH(literal[i]) && x->op == TERM_BINARY &&
		    x->imm == EXPR_EQ && x->b == function)
			return literal[i];
	}
	return 0;
}

/* The function through which what A acquires was asked for. */
static term_id callback_of(const struct handup *h, const struct acquisition *a)
{
	const struct call_edge *e =
		a->edge ? g_ptr_array_index(h->edge, a->edge - 1) : NULL;

	return e ? term_leaf(h->x->t, TERM_FUNCTION, e->callee, 0, 0) : 0;
}

/* Of a guard, what function pointers are, and that nobody holds a lock. */
static uint32_t keep_functions(struct handup *h, uint32_t guard)
{
	uint32_t nr, set;
	const uint32_t *literal = numset_members(h->sets, guard, &nr);
	GArray *kept = g_array_new(FALSE, FALSE, sizeof(uint32_t));

	for (uint32_t i = 0; i < nr; i++) {
		const struct term *x = term_get(h->x->t,
						LITERAL_TERM(literal[i]));

		if ((x->op == TERM_BINARY && x->imm == EXPR_EQ &&
		     term_get(h->x->t, x->b)->op == TERM_FUNCTION) ||
		    is_any_held(h->x->t, x))
			g_array_append_val(kept, literal[i]);
	}
	set = numset_make(h->sets, (uint32_t *)(void *)kept->data, kept->len);
	g_array_unref(kept);
	return set;
}

/*
 * Nothing that holds on this CPU is known of the one that acquires it.
 * Approximation: whose lock it is, which kind of table it is in, and what else
 * must hold for it to come about, is not known.
 */
static void make_elsewhere(struct handup *h, struct acquisition *a)
{
	a->elsewhere = true;
	a->asked = 0;
	a->object = 0;
	a->owner = 0;
	a->released = 0;
	a->guard = numset_make(h->sets, NULL, 0);
	if (a->view.owner != OWNER_NONE)
		a->view.owner = OWNER_ANY;
	a->view.control = TRI_UNKNOWN;
}

/*
 * What was asked for by others is known by its place alone, and by the
 * callback that was asked for.
 * Approximation: whose lock it is, which kind of table it is in, and what else
 * must hold for it to come about, is not known.
 */
static void make_aside(struct handup *h, struct acquisition *a)
{
	a->aside = true;
	/* As it was below: the edge is that of the callee's own call. */
	a->asked = find_function(h, a->guard, callback_of(h, a));
	a->object = 0;
	a->owner = 0;
	a->released = 0;
	a->guard = keep_functions(h, a->guard);
	if (a->view.owner != OWNER_NONE)
		a->view.owner = OWNER_ANY;
	a->view.control = TRI_UNKNOWN;
}

/* Would the callee find what ID names through a null pointer that E passes? */
static bool is_through_null(struct handup *h, const struct call_edge *e,
			    term_id id)
{
	struct subst m;
	int64_t imm;
	bool null = false, out;

	for (guint i = 0; id && i < e->arg->len; i++)
		null |= term_is_const(h->x->t,
				      g_array_index(e->arg, term_id, i),
				      &imm) && imm == 0;
	if (!null)
		return false;
	subst_init(&m, h->x->p, h->x->t, e->at, e->arg, e->node);
	out = term_loads_null(h->x->t, subst_term(&m, id));
	subst_release(&m);
	return out;
}

/* The domain of a page that E's caller makes the call for; 0: the model does
 * not tell. */
static term_id page_owner(const struct handup *h, const struct call_edge *e)
{
	const GArray *rules = h->x->p->page_rule;

	for (guint i = 0; i < rules->len; i++) {
		const struct page_rule *r =
			&g_array_index(rules, struct page_rule, i);

		if (r->caller == e->caller && r->callee == e->callee)
			return explore_own_domain(h->x, e->at, e->caller);
	}
	return 0;
}

/* The lock that lies in OWNER as that of A's event does in its own owner; 0: it
 * lies elsewhere. */
static term_id rebase(const struct handup *h, const struct acquisition *a,
		      term_id owner)
{
	struct terms *t = h->x->t;
	GArray *path = g_array_new(FALSE, FALSE, sizeof(fact_id));
	term_id at = a->event->object;

	while (at != a->event->owner && term_get(t, at)->op == TERM_FIELD) {
		g_array_append_val(path, term_get(t, at)->b);
		at = term_get(t, at)->a;
	}
	if (at != a->event->owner)
		owner = 0;
	for (guint i = path->len; owner && i > 0; i--)
		owner = term_field(t, owner,
				   g_array_index(path, fact_id, i - 1));
	g_array_unref(path);
	return owner;
}

/* As handup_pair_up() of A at E, which comes about in E's callee, OWNER its owner
 * there: where that is found by arithmetic it can be told from others here, but
 * has no name further up. */
static bool pair_up_at(struct handup *h, const struct call_edge *e,
		       struct acquisition *a, term_id owner, uint32_t released,
		       uint32_t made)
{
	bool is_unnamed = !a->owner && owner && holds_own(e->at);
	bool is_new;

	if (is_unnamed)
		a->owner = mapping_value(h->map, e, owner);
	is_new = handup_pair_up(h, e->caller, e->at, a, released, made);
	if (is_unnamed)
		a->owner = 0;
	return is_new;
}

/* A name of E's callee in the terms of its caller. */
struct namer {
	const struct handup *h;
	const struct call_edge *e;
};

static term_id name_at_edge(const void *namer, term_id id)
{
	const struct namer *n = namer;

	return mapping_name(n->h->map, n->e, id);
}

/* What was asked for before E, and, of a callee that has released the set
 * RELEASED of its callers' locks, ASKED in it. */
static uint32_t asked_above(const struct handup *h, const struct call_edge *e,
			    uint32_t asked, uint32_t released)
{
	const struct namer n = { h, e };
	uint32_t *above = nummap_at(h->asked, NUMMAP_KEY(e->id, asked << 1 |
							  (released != 0)));

	if (!*above)
		*above = asked_up(h->x, e->at, asked, released != 0,
				  name_at_edge, &n) + 1;
	return *above - 1;
}

/* Is what E's callee acquires of interest to callers of E, or to E's own? */
static bool is_wanted(const struct handup *h, const struct call_edge *e)
{
	return !MUTANT(13, e->caller == e->callee, false) &&
	       (h->under_lock[e->caller] || holds_own(e->at));
}

/* Hands one acquisition of a callee up one call edge, where its guard is G. */
static void hand_up(struct handup *h, const struct call_edge *e,
		    uint32_t index, struct mapped_guard g)
{
	struct acquisition a = g_array_index(h->acquired[e->callee],
					     struct acquisition, index);
	uint32_t released;
	term_id owner;

	if (node_of(h, e->caller, e->node)->flags & NODE_ELSEWHERE) {
		make_elsewhere(h, &a);
		g = mapping_guard(h->map, e, a.guard);
	}
	if (g.is_null || is_through_null(h, e, a.owner) ||
	    is_through_null(h, e, a.object)) {
		explorer_limit(h->x, LIMIT_NULL, e->caller, e->node, 0);
		return;
	}
	if (g.is_excluded) {
		h->pruned++;
		return;
	}
	a.guard = g.set;
	a.flags |= e->at->flags | (g.assert_failed ? STATE_ASSERT_FAILED : 0);
	if (a.aside && a.flags & STATE_ASSERT_FAILED) {
		explorer_limit(h->x, LIMIT_ASIDE, e->caller, e->node, 0);
		return;
	}
	if (!a.site_function && !program_in_lock_header(h->x->p, e->caller)) {
		a.site_function = e->caller;
		a.site_line = node_of(h, e->caller, e->node)->line;
	}
	owner = a.owner;
	a.object = mapping_name(h->map, e, a.object);
	a.owner = mapping_name(h->map, e, owner);
	if (!a.owner && a.view.owner == OWNER_ANY) {
		a.owner = page_owner(h, e);
		if (a.owner && !a.object)
			a.object = rebase(h, &a, a.owner);
	}
	if (a.asked)
		a.asked = find_function(h, a.guard,
					term_get(h->x->t,
						 LITERAL_TERM(a.asked))->b);
	if (h->x->p->aside[e->callee]) {
		make_aside(h, &a);
		owner = 0;
	}
	a.level = levels_above(h->levels, e, a.level);
	a.asks = asks_itself(h->x->asks,
			     asked_above(h, e, a.asks, a.released), a.object);
	refine_view(h, e->at, &a);
	a.context = crossing(h, e->callee, a.context);
	a.edge = e->id + 1;
	a.inner = index;
	a.depth++;
	released = handup_map_released(h, e, a.released);
	if (!pair_up_at(h, e, &a, owner, released, g.made))
		return;
	a.released = handup_released_at(h, e->at, released);
	if (h->under_lock[e->caller])
		handup_add(h, e->caller, &a);
}

/* The guards of what FUNCTION got from FIRST on, at the calls where it is of
 * interest. */
static struct guard_table *map_guards(struct handup *h, fact_id function,
				      uint32_t first)
{
	struct guard_table *t = guard_table_new();
	const GPtrArray *callers = h->callers[function];
	const GArray *all = h->acquired[function];

	for (guint i = 0; callers && i < callers->len; i++)
		if (is_wanted(h, g_ptr_array_index(callers, i)))
			guard_table_add_call(t, g_ptr_array_index(callers, i));
	for (guint k = first; guard_table_calls(t) && k < all->len; k++) {
		const struct acquisition *a =
			&g_array_index(all, struct acquisition, k);

		if (!a->dead)
			guard_table_add_guard(t, a->guard);
	}
	guard_table_map(t, h->map);
	return t;
}

/* Hands one acquisition of FUNCTION up all calls of T. */
static void hand_up_calls(struct handup *h, const struct guard_table *t,
			  fact_id function, uint32_t index)
{
	const GArray *all = h->acquired[function];
	uint32_t guard = g_array_index(all, struct acquisition, index).guard;

	/* A function that calls itself may get more, and drop this one. */
	for (uint32_t i = 0; i < guard_table_calls(t) &&
			     !g_array_index(all, struct acquisition,
					    index).dead;
	     i++)
		hand_up(h, guard_table_call(t, i), index,
			guard_table_at(t, guard, i));
}

/* Hands up what FUNCTION got since the last time. */
static bool hand_up_new(struct handup *h, fact_id function)
{
	uint32_t first = h->handed[function];
	const GArray *all = h->acquired[function];
	struct guard_table *t;

	if (!all || first == all->len)
		return false;
	h->handed[function] = all->len;
	t = map_guards(h, function, first);
	for (uint32_t k = first; k < h->handed[function]; k++)
		hand_up_calls(h, t, function, k);
	guard_table_free(t);
	return true;
}

/* Callees before callers, so that most guards are final when they go up. */
static void hand_up_all(struct handup *h)
{
	struct scc *scc = scc_new(h->x->p->cg, h->x->p->aside);
	bool again = true;

	while (again) {
		again = false;
		for (uint32_t k = 0; k < scc->order_nr; k++)
			again |= hand_up_new(h, scc->order[k]);
	}
	scc_free(scc);
}

static void collect_edges(struct handup *h)
{
	for (fact_id id = 1; id < h->x->p->f->function->len; id++) {
		const struct summary *s = h->x->summary[id];

		if (!s || reach_context(h->reach, id) < 0)
			continue;
		for (guint i = 0; i < s->edge->len; i++) {
			struct call_edge *e = g_ptr_array_index(s->edge, i);

			e->id = h->edge->len;
			g_ptr_array_add(h->edge, e);
			if (!h->callers[e->callee])
				h->callers[e->callee] = g_ptr_array_new();
			g_ptr_array_add(h->callers[e->callee], e);
		}
	}
}

/* What tells alike acquisitions from others, a fifth of the memory, serves to
 * hand them up alone. */
static void forget_groups(struct handup *h)
{
	g_clear_pointer(&h->groups, guard_groups_free);
	g_clear_pointer(&h->pair_groups, guard_groups_free);
	g_clear_pointer(&h->arguments, g_array_unref);
	g_clear_pointer(&h->asked, nummap_free);
}

struct handup *handup_new(struct explorer *x, const struct reach *reach)
{
	struct handup *h = g_new0(struct handup, 1);
	uint32_t nr = x->p->f->function->len;

	h->x = x;
	h->reach = reach;
	h->sets = numsets_new();
	h->edge = g_ptr_array_new();
	h->callers = g_new0(GPtrArray *, nr);
	h->acquired = g_new0(GArray *, nr);
	h->groups = guard_groups_new(x->t, h->sets);
	h->pair_groups = guard_groups_new(x->t, h->sets);
	h->arguments = g_array_new(FALSE, TRUE, sizeof(uint32_t));
	h->asked = nummap_new();
	h->pair = g_array_new(FALSE, FALSE, sizeof(struct pair));
	h->variant = g_ptr_array_new_with_free_func(g_free);
	h->under_lock = g_new0(uint8_t, nr);
	h->handed = g_new0(uint32_t, nr);
	collect_edges(h);
	h->map = mapping_new(x, h->sets, h->edge);
	h->levels = levels_new(x, h->map);
	h->owner_known = nummap_new();
	mark_under_lock(h);
	for (fact_id id = 1; id < nr; id++) {
		const struct summary *s = x->summary[id];

		for (guint i = 0; s && reach_context(reach, id) >= 0 &&
				  i < s->event->len; i++)
			start_event(h, g_ptr_array_index(s->event, i));
	}
	hand_up_all(h);
	forget_groups(h);
	return h;
}

void handup_free(struct handup *h)
{
	for (fact_id id = 0; id < h->x->p->f->function->len; id++) {
		if (h->callers[id])
			g_ptr_array_unref(h->callers[id]);
		if (h->acquired[id])
			g_array_unref(h->acquired[id]);
	}
	numsets_free(h->sets);
	g_ptr_array_unref(h->edge);
	g_free(h->callers);
	g_free(h->acquired);
	g_array_unref(h->pair);
	g_ptr_array_unref(h->variant);
	levels_free(h->levels);
	nummap_free(h->owner_known);
	mapping_free(h->map);
	g_free(h->under_lock);
	g_free(h->handed);
	g_free(h);
}

const struct call_edge *handup_edge(const struct handup *h, uint32_t id)
{
	return g_ptr_array_index(h->edge, id);
}
