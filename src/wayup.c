/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Breadth-first search over nodes (function, guard, names of the owners, what
 * is told of them so far).  Nodes are shared by all pairs, so that each call
 * edge is looked at once per node; a backward analysis of preconditions on
 * demand, as in Snugglebug (Chandra, Fink, Sridharan, PLDI 2009).
 *
 * A node is a place (function and guard) and what is told there.  Which calls
 * lead up from a place, and what is told beyond a call, are found out once
 * each.  Nodes where much of the same was told, and those that only a failing
 * assertion leads to, come after others.
 */
#include "wayup.h"

#include <assert.h>
#include <string.h>

#include "mutant.h"
#include "nummap.h"
#include "program.h"
#include "value.h"

/* More nodes than this for one pair are not looked at; nor more ways. */
enum { NODES_MAX = 1500, VIEWS_MAX = 24 };

/* After so many nodes where the same is told, others come first: of what can
 * be told, most is found within the bound. */
enum { CROWD_MAX = 64, ALIKE_MAX = 1 };

/* Of arrays that are not made yet. */
#define NOT_YET UINT32_MAX

struct place {
	fact_id function;
	uint32_t guard;
	uint32_t first, up_nr;	/* of the calls that lead on; or NOT_YET */
};

/* A call whose caller's guard can hold. */
struct up_call {
	uint32_t edge, place;
	uint32_t flags;		/* enum state_flags */
};

/* What is told of a pair: the names are those of a place. */
struct told {
	term_id held_owner, acquired_owner;
	term_id held_object, acquired_object;
	uint32_t may_be_same;	/* the two locks, as far as is known */
	level_chain level;	/* the one in force, as long as callers decide
				 * whether it is below the held lock's; or
				 * SHOWN; else 0 */
	int held_level;		/* if LEVEL is one */
	struct way_view view;	/* but for flags */
};

/* The level in force is at least the held lock's. */
#define SHOWN UINT32_MAX

/* Is nothing left that could be told of the pair further up? */
static bool is_final(const struct told *n)
{
	return !n->held_owner && !n->acquired_owner && !n->held_object &&
	       !n->acquired_object && (!n->level || n->level == SHOWN);
}

struct up_node {
	uint32_t place;
	uint32_t told;		/* its number and, in the lowest bits, enum
				 * state_flags */
	uint32_t first, step_nr; /* or NOT_YET */
	uint32_t search;	/* that saw it last */
	uint32_t listed;	/* the node + 1 that has last led to it */
	bool closed;		/* no way leads on from it */
};

/* How many nodes where that is told were visited in a round. */
struct crowd {
	uint32_t round, nr;
};

struct up_step {
	uint32_t node, edge;
};

struct visit {
	uint32_t node, edge, from; /* FROM: index + 1 of the visit before */
	uint32_t older;		/* index + 1 of the last one in that function */
};

struct wayup {
	struct handup *h;
	GArray *place;		/* struct place */
	struct nummap *place_of; /* (function, guard) -> number + 1 */
	GArray *call;		/* struct up_call */
	GArray *told;		/* struct told */
	struct numsets *by_told; /* struct told as words -> number + 1 */
	struct nummap *told_up;	/* (edge, told) -> told there + 1, or SAME */
	GArray *node;		/* struct up_node */
	struct nummap *node_of;	/* (place, told) -> number + 1 */
	GArray *step;		/* struct up_step */
	GArray *visits;		/* struct visit */
	GArray *crowded;	/* struct visit: much has been seen of the same */
	GArray *later;		/* struct visit: an assertion fails there */
	GArray *crowd;		/* struct crowd, per told */
	uint32_t round;		/* of all searches */
	uint32_t rounds;	/* of this one */
	uint32_t *newest;	/* per function: index + 1 of the last visit, */
	uint32_t *newest_in;	/* and of which search that is */
	uint32_t search;
	const GArray *avoided;	/* uint32_t: ids of calls that this search leaves
				 * out; or NULL */
	const struct way *wanted; /* it ends with one that tells the same; or
				 * NULL */
};

/* The two are found out to be one lock. */
#define SAME UINT32_MAX

/* No edge's number, nor that of NUMMAP_KEY's forbidden one. */
#define ANY_EDGE (UINT32_MAX - 1)

static void way_release(void *way)
{
	g_array_unref(((struct way *)way)->edge);
}

GArray *ways_new(void)
{
	GArray *ways = g_array_new(FALSE, FALSE, sizeof(struct way));

	g_array_set_clear_func(ways, way_release);
	return ways;
}

struct wayup *wayup_new(struct handup *h)
{
	struct wayup *w = g_new0(struct wayup, 1);

	w->h = h;
	w->place = g_array_new(FALSE, FALSE, sizeof(struct place));
	w->place_of = nummap_new();
	w->call = g_array_new(FALSE, FALSE, sizeof(struct up_call));
	w->told = g_array_new(FALSE, FALSE, sizeof(struct told));
	w->by_told = numsets_new();
	w->told_up = nummap_new();
	w->node = g_array_new(FALSE, FALSE, sizeof(struct up_node));
	w->node_of = nummap_new();
	w->step = g_array_new(FALSE, FALSE, sizeof(struct up_step));
	w->visits = g_array_new(FALSE, FALSE, sizeof(struct visit));
	w->crowded = g_array_new(FALSE, FALSE, sizeof(struct visit));
	w->later = g_array_new(FALSE, FALSE, sizeof(struct visit));
	w->crowd = g_array_new(FALSE, TRUE, sizeof(struct crowd));
	w->newest = g_new0(uint32_t, h->x->p->f->function->len);
	w->newest_in = g_new0(uint32_t, h->x->p->f->function->len);
	return w;
}

void wayup_free(struct wayup *w)
{
	g_array_unref(w->place);
	nummap_free(w->place_of);
	g_array_unref(w->call);
	g_array_unref(w->told);
	numsets_free(w->by_told);
	nummap_free(w->told_up);
	g_array_unref(w->node);
	nummap_free(w->node_of);
	g_array_unref(w->step);
	g_array_unref(w->visits);
	g_array_unref(w->crowded);
	g_array_unref(w->later);
	g_array_unref(w->crowd);
	g_free(w->newest);
	g_free(w->newest_in);
	g_free(w);
}

static uint32_t place_make(struct wayup *w, fact_id function, uint32_t guard)
{
	uint32_t *number = nummap_at(w->place_of, NUMMAP_KEY(function, guard));
	struct place new = { .function = function, .guard = guard,
			     .up_nr = NOT_YET };

	if (!*number) {
		g_array_append_val(w->place, new);
		*number = w->place->len;
	}
	return *number - 1;
}

static uint32_t told_make(struct wayup *w, const struct told *new)
{
	uint32_t words[sizeof(*new) / sizeof(uint32_t)], number;

	static_assert(sizeof(words) == sizeof(*new), "told in words");
	memcpy(words, new, sizeof(words));
	number = numset_make(w->by_told, words, G_N_ELEMENTS(words));
	if (number > w->told->len)
		g_array_append_vals(w->told, new, 1);
	return number - 1;
}

static uint32_t node_make(struct wayup *w, uint32_t place, uint32_t told)
{
	uint32_t *number = nummap_at(w->node_of, NUMMAP_KEY(place, told));
	struct up_node new = { .place = place, .told = told,
			       .step_nr = NOT_YET };

	if (!*number) {
		g_array_append_val(w->node, new);
		*number = w->node->len;
	}
	return *number - 1;
}

static struct up_node *node_at(const struct wayup *w, uint32_t node)
{
	return &g_array_index(w->node, struct up_node, node);
}

static const struct place *place_of(const struct wayup *w, uint32_t node)
{
	return &g_array_index(w->place, struct place, node_at(w, node)->place);
}

static const struct told *told_of(const struct wayup *w, uint32_t node)
{
	return &g_array_index(w->told, struct told,
			      node_at(w, node)->told >> STATE_FLAGS_NR);
}

static uint8_t flags_of(const struct wayup *w, uint32_t node)
{
	return node_at(w, node)->told & ((1 << STATE_FLAGS_NR) - 1);
}

static struct way_view view_of(const struct wayup *w, uint32_t node)
{
	struct way_view view = told_of(w, node)->view;

	view.flags = flags_of(w, node);
	return view;
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

/*
 * What is found through a member of one domain alone tells of that domain.
 * Approximation: of the held lock's only; the acquired lock's is in the same
 * order, or worse, if it is told.
 */
static void refine_by_other(const struct explorer *x, const struct state *at,
			    term_id owner, term_id other, uint8_t *control)
{
	if (owner && other && *control == TRI_UNKNOWN &&
	    value_excludes_control(x->p, x->t, at, owner, other))
		*control = TRI_NO;
}

/* What is known at AT, where the names of N are valid, is told of the pair. */
static void refine(const struct explorer *x, const struct state *at,
		   struct told *n)
{
	const struct program *p = x->p;
	struct way_view *v = &n->view;

	refine_owner(p, x->t, at, n->held_owner, &v->held_owner,
		     &v->held_control);
	refine_owner(p, x->t, at, n->acquired_owner, &v->acquired_owner,
		     &v->acquired_control);
	refine_by_other(x, at, n->held_owner, n->acquired_owner,
			&v->held_control);
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

static bool owner_is_settled(uint8_t role, uint8_t control)
{
	return role != OWNER_ANY && role != OWNER_SUBJECT &&
	       (control != TRI_UNKNOWN || role == OWNER_CURRENT ||
		role == OWNER_SPECIAL || role == OWNER_NONE);
}

/* OBJECT, if a caller may tell which kind of table it lies in. */
static term_id unless_settled(const struct explorer *x, term_id object,
			      uint8_t instance)
{
	return instance == INSTANCE_ANY &&
			       value_has_instances(x->p, x->t, object)
		       ? object
		       : 0;
}

/* Names that tell nothing more are dropped, so that nodes meet. */
static void settle(const struct explorer *x, struct told *n)
{
	struct way_view *v = &n->view;

	n->may_be_same &= n->held_object && n->acquired_object;
	if (!n->may_be_same) {
		n->held_object = unless_settled(x, n->held_object,
						v->held_instance);
		n->acquired_object = unless_settled(x, n->acquired_object,
						    v->acquired_instance);
	}
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
			  struct told *n)
{
	enum tristate same;

	if (!n->may_be_same || !n->held_object || !n->acquired_object)
		return false;
	same = state_same(x->p, x->t, at, n->held_object, n->acquired_object);
	n->may_be_same = same == TRI_UNKNOWN;
	return same == TRI_YES;
}

/* What LEVEL, of which held locks decide, is by now. */
static void set_level(const struct wayup *w, struct told *n, level_chain level,
		      int held_level)
{
	const struct levels *levels = w->h->levels;

	if (levels_may_show(levels, level, held_level)) {
		n->level = level;
		n->held_level = held_level;
	} else if (levels_shows(levels, level, held_level)) {
		n->level = SHOWN;
	}
}

/* What is told in E's caller; SAME if the two turn out to be one lock. */
static uint32_t make_told(struct wayup *w, const struct call_edge *e,
			  const struct told *n)
{
	struct mapping *map = w->h->map;
	struct told up;

	memset(&up, 0, sizeof(up));
	up.held_owner = mapping_name(map, e, n->held_owner);
	up.acquired_owner = mapping_name(map, e, n->acquired_owner);
	up.held_object = mapping_name(map, e, n->held_object);
	up.acquired_object = mapping_name(map, e, n->acquired_object);
	up.view = n->view;
	up.may_be_same = n->may_be_same;
	if (n->level == SHOWN)
		up.level = SHOWN;
	else if (n->level)
		set_level(w, &up, levels_above(w->h->levels, e, n->level),
			  n->held_level);
	if (find_out_same(w->h->x, e->at, &up))
		return SAME;
	refine(w->h->x, e->at, &up);
	settle(w->h->x, &up);
	return told_make(w, &up);
}

static uint32_t told_up(struct wayup *w, const struct call_edge *e,
			uint32_t told)
{
	struct told here = g_array_index(w->told, struct told, told);
	/* Without names, it is the same at all calls. */
	uint32_t edge = is_final(&here) ? ANY_EDGE : e->id;
	uint32_t *found = nummap_at(w->told_up, NUMMAP_KEY(edge, told));
	uint32_t up;

	if (!*found) {
		up = make_told(w, e, &here);
		*found = up == SAME ? SAME : up + 1;
	}
	return *found == SAME ? SAME : *found - 1;
}

/* A step from NODE along a call, unless one leads to the same node. */
static void add_step(struct wayup *w, uint32_t node,
		     const struct up_call *c)
{
	uint32_t up = told_up(w, g_ptr_array_index(w->h->edge, c->edge),
			      node_at(w, node)->told >> STATE_FLAGS_NR);
	struct up_step step = { .edge = c->edge };

	if (up == SAME)
		return;
	step.node = node_make(w, c->place,
			      up << STATE_FLAGS_NR | flags_of(w, node) |
				      c->flags);
	if (node_at(w, step.node)->listed == node + 1)
		return;
	node_at(w, step.node)->listed = node + 1;
	g_array_append_val(w->step, step);
}

/* False: the guard of the place excludes the call. */
static bool make_call(struct wayup *w, uint32_t place,
		      const struct call_edge *e, struct up_call *out)
{
	struct mapped_guard g = mapping_guard(
		w->h->map, e,
		g_array_index(w->place, struct place, place).guard);

	if (g.is_excluded)
		return false;
	*out = (struct up_call){
		.edge = e->id,
		.place = place_make(w, e->caller, g.set),
		.flags = e->at->flags |
			 (g.assert_failed ? STATE_ASSERT_FAILED : 0),
	};
	return true;
}

/* The steps from NODE, the first at its place: the calls are made, too. */
static void make_calls(struct wayup *w, uint32_t node)
{
	uint32_t place = node_at(w, node)->place, first = w->call->len;
	const GPtrArray *callers = w->h->callers[place_of(w, node)->function];
	struct place *p;
	struct up_call c;

	for (guint i = 0; callers && i < callers->len; i++) {
		if (!make_call(w, place, g_ptr_array_index(callers, i), &c))
			continue;
		g_array_append_val(w->call, c);
		add_step(w, node, &c);
	}
	p = &g_array_index(w->place, struct place, place);
	p->first = first;
	p->up_nr = w->call->len - first;
}

static void make_steps(struct wayup *w, uint32_t node)
{
	struct place p = *place_of(w, node);
	uint32_t first = w->step->len;

	if (p.up_nr == NOT_YET)
		make_calls(w, node);
	else
		for (uint32_t i = 0; i < p.up_nr; i++)
			add_step(w, node, &g_array_index(w->call,
							 struct up_call,
							 p.first + i));
	node_at(w, node)->first = first;
	node_at(w, node)->step_nr = w->step->len - first;
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
			return MUTANT(17, true, false);
		*asserted = true;
	}
	return true;
}

static bool is_wanted(const struct wayup *w, const struct way *way)
{
	return w->wanted && way->context == w->wanted->context &&
	       memcmp(&way->view, &w->wanted->view, sizeof(way->view)) == 0;
}

/* True: it is what the search is for. */
static bool add_way(struct wayup *w, uint32_t index, bool asserted,
		    GArray *out)
{
	const struct visit *v = &g_array_index(w->visits, struct visit, index);
	fact_id entry = place_of(w, v->node)->function;
	struct way way = { .view = view_of(w, v->node),
			   .context = program_context(w->h->x->p, entry),
			   .level = told_of(w, v->node)->level };

	if (asserted)
		way.view.flags |= STATE_ASSERT_FAILED;
	for (guint i = 0; i < out->len; i++) {
		const struct way *old = &g_array_index(out, struct way, i);

		if (memcmp(&old->view, &way.view, sizeof(way.view)) == 0 &&
		    old->level == way.level && old->context <= way.context)
			return false;
	}
	way.edge = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	while (v->from) {
		g_array_append_val(way.edge, v->edge);
		v = &g_array_index(w->visits, struct visit, v->from - 1);
	}
	g_array_append_val(out, way);
	return is_wanted(w, &way);
}

/* Do FLAGS need nothing that MORE do not? */
static bool needs_no_more(uint8_t flags, uint8_t more)
{
	return !(flags & ~more);
}

/* Index + 1 of this search's last visit in FUNCTION. */
static uint32_t newest_of(const struct wayup *w, fact_id function)
{
	return w->newest_in[function] == w->search ? w->newest[function] : 0;
}

/*
 * Has a node of the same function been visited where the same is told, and no
 * more is needed, and a guard asks for less?  All ways that lead on from NODE
 * lead on from that one, so NODE is left out.
 */
static bool is_covered(const struct wayup *w, uint32_t node, uint32_t newest)
{
	const struct told *told = told_of(w, node);
	uint32_t guard = place_of(w, node)->guard;

	for (uint32_t i = newest; i;) {
		const struct visit *v =
			&g_array_index(w->visits, struct visit, i - 1);

		if (told_of(w, v->node) == told &&
		    needs_no_more(flags_of(w, v->node), flags_of(w, node)) &&
		    numset_is_subset(w->h->sets, place_of(w, v->node)->guard,
				     guard))
			return true;
		i = v->older;
	}
	return false;
}

/* Borrowed until something else is told. */
static struct crowd *crowd_of(struct wayup *w, uint32_t node)
{
	uint32_t told = node_at(w, node)->told >> STATE_FLAGS_NR;
	struct crowd *c;

	if (told >= w->crowd->len)
		g_array_set_size(w->crowd, w->told->len);
	c = &g_array_index(w->crowd, struct crowd, told);
	if (c->round != w->round)
		*c = (struct crowd){ .round = w->round };
	return c;
}

/* How many nodes of the same function, where the same is told, were visited. */
static uint32_t count_alike(const struct wayup *w, uint32_t node)
{
	const struct told *told = told_of(w, node);
	fact_id function = place_of(w, node)->function;
	uint32_t nr = 0;

	for (uint32_t i = newest_of(w, function); i;) {
		const struct visit *v =
			&g_array_index(w->visits, struct visit, i - 1);

		nr += told_of(w, v->node) == told;
		i = v->older;
	}
	return nr;
}

static bool is_crowded(struct wayup *w, uint32_t node)
{
	return crowd_of(w, node)->nr >= CROWD_MAX ||
	       count_alike(w, node) >= ALIKE_MAX * w->rounds;
}

static void visit_node(struct wayup *w, struct visit v)
{
	struct up_node *n = node_at(w, v.node);
	fact_id function = place_of(w, v.node)->function;

	if (n->search == w->search || n->closed)
		return;
	n->search = w->search;
	v.older = newest_of(w, function);
	if (is_covered(w, v.node, v.older))
		return;
	g_array_append_val(w->visits, v);
	w->newest[function] = w->visits->len;
	w->newest_in[function] = w->search;
	crowd_of(w, v.node)->nr++;
}

/* What the pair's guard asks of OWNER tells that it is no control domain. */
static void refine_by_guard(struct wayup *w, const struct pair *p,
			    term_id owner, uint8_t *control)
{
	struct explorer *x = w->h->x;
	uint32_t nr;
	const uint32_t *literal =
		numset_members(w->h->sets, p->acquired.guard, &nr);

	for (uint32_t i = 0; owner && i < nr; i++)
		if (LITERAL_TRUTH(literal[i]))
			refine_by_other(x, p->at, owner,
					LITERAL_TERM(literal[i]), control);
}

static int level_of(const struct wayup *w, const struct pair *p)
{
	return MAX(lockprims_level(w->h->x->p->lp, p->held.class), 0);
}

static struct told first_told(struct wayup *w, const struct pair *p,
			      bool with_levels)
{
	const struct acquisition *a = &p->acquired;
	struct explorer *x = w->h->x;
	struct lock_view held = explore_view(x, p->at, &p->held);
	struct told n;

	memset(&n, 0, sizeof(n));
	n.held_owner = term_is_stable(x->t, p->held.owner) ? p->held.owner : 0;
	n.acquired_owner = a->owner;
	n.held_object = term_is_stable(x->t, p->held.object) &&
			!(p->held.many && !p->held.all)
				? p->held.object : 0;
	n.acquired_object = a->object;
	n.view = (struct way_view){
		.held_owner = held.owner, .held_control = held.control,
		.held_instance = held.instance,
		.acquired_owner = a->view.owner,
		.acquired_control = a->view.control,
		.acquired_instance = a->view.instance,
		.relation = (uint8_t)(p->same_object ? RELATION_SAME
						     : p->relation),
	};
	n.may_be_same = !p->same_object && n.held_object &&
			n.acquired_object &&
			state_same(x->p, x->t, p->at, n.held_object,
				   n.acquired_object) == TRI_UNKNOWN;
	if (with_levels)
		set_level(w, &n, a->level, level_of(w, p));
	refine_by_guard(w, p, n.held_owner, &n.view.held_control);
	refine(x, p->at, &n);
	settle(x, &n);
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

/* Is nothing left to be told of the pair, and has a way that tells the same,
 * and needs no more, been found? */
static bool is_told(const struct wayup *w, uint32_t node, const GArray *out)
{
	const struct told *n = told_of(w, node);
	uint8_t flags = flags_of(w, node);

	if (!is_final(n))
		return false;
	for (guint i = 0; i < out->len; i++) {
		const struct way *way = &g_array_index(out, struct way, i);
		struct way_view view = way->view;

		view.flags = n->view.flags;
		if (memcmp(&n->view, &view, sizeof(view)) == 0 &&
		    needs_no_more(way->view.flags, flags) &&
		    way->level == n->level && way->context == CONTEXT_RUNNING)
			return true;
	}
	return false;
}

/*
 * Approximation: when the search has met its bound and found no way, the pair
 * is reported all the same, with the shortest way of calls, guards or not.
 */
static void add_any_way(struct wayup *w, uint32_t first, GArray *out)
{
	const struct reach *reach = w->h->reach;
	struct way way = { .view = view_of(w, first) };
	fact_id holder = place_of(w, first)->function;
	int context = reach_context(reach, holder);
	const struct call_edge *e = reach->from[holder];

	way.context = context < 0 ? CONTEXT_RUNNING : (enum context)context;
	way.edge = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	for (; e; e = reach->from[e->caller])
		g_array_prepend_val(way.edge, e->id);
	g_array_append_val(out, way);
}

static uint32_t first_node(struct wayup *w, const struct pair *p,
			   bool with_levels)
{
	struct told told = first_told(w, p, with_levels);
	uint32_t guard = guard_of(w, p);

	return node_make(w, place_make(w, p->holder, guard),
			 told_make(w, &told) << STATE_FLAGS_NR |
				 p->acquired.flags);
}

static bool is_avoided(const struct wayup *w, uint32_t edge)
{
	for (guint i = 0; w->avoided && i < w->avoided->len; i++)
		if (g_array_index(w->avoided, uint32_t, i) == edge)
			return true;
	return false;
}

/*
 * What visit INDEX leads to is to be visited; what only a failing assertion
 * leads to, when all else has been, as it is told only if nothing else tells
 * the same (order.c).
 */
static void visit_steps(struct wayup *w, uint32_t index)
{
	uint32_t node = g_array_index(w->visits, struct visit, index).node;
	bool failed = flags_of(w, node) & STATE_ASSERT_FAILED;
	struct up_node n;

	if (node_at(w, node)->step_nr == NOT_YET)
		make_steps(w, node);
	n = *node_at(w, node);
	for (uint32_t i = 0; i < n.step_nr; i++) {
		struct up_step s = g_array_index(w->step, struct up_step,
						 n.first + i);
		struct visit v = { .node = s.node, .edge = s.edge,
				   .from = index + 1 };

		if (is_avoided(w, s.edge))
			continue;
		if (!failed && flags_of(w, s.node) & STATE_ASSERT_FAILED)
			g_array_append_val(w->later, v);
		else if (is_crowded(w, s.node))
			g_array_append_val(w->crowded, v);
		else
			visit_node(w, v);
	}
}

static void visit_all(struct wayup *w, GArray *from)
{
	for (guint i = 0; i < from->len; i++)
		visit_node(w, g_array_index(from, struct visit, i));
	g_array_set_size(from, 0);
}

/* Those that are still crowded, in this round, stay. */
static void visit_uncrowded(struct wayup *w)
{
	guint to = 0;

	for (guint i = 0; i < w->crowded->len; i++) {
		struct visit v = g_array_index(w->crowded, struct visit, i);

		if (is_crowded(w, v.node))
			g_array_index(w->crowded, struct visit, to++) = v;
		else
			visit_node(w, v);
	}
	g_array_set_size(w->crowded, to);
}

/* False: there is nothing left to visit. */
static bool visit_later(struct wayup *w)
{
	guint before = w->visits->len;

	while (w->crowded->len && w->visits->len == before) {
		w->round++;
		w->rounds++;
		visit_uncrowded(w);
	}
	if (w->visits->len == before)
		visit_all(w, w->later);
	return w->visits->len > before;
}

/*
 * Can a way begin in FUNCTION?  Code that is freed after boot is not run from
 * entry points of a running host.
 */
static bool may_begin(const struct wayup *w, fact_id function,
		      const struct acquisition *a)
{
	return w->h->reach->is_entry[function] &&
	       (a->context != CONTEXT_BOOT ||
		program_context(w->h->x->p, function) == CONTEXT_BOOT);
}

/*
 * Of what others asked for, ways on which an assertion fails are not followed
 * (LIMIT_ASIDE).  False: there were too many visits.
 */
static bool search(struct wayup *w, uint32_t first,
		   const struct acquisition *a, GArray *out)
{
	g_array_set_size(w->visits, 0);
	g_array_set_size(w->crowded, 0);
	g_array_set_size(w->later, 0);
	w->search++;
	w->round++;
	w->rounds = 1;
	visit_node(w, (struct visit){ .node = first });
	for (guint i = 0; i < w->visits->len || visit_later(w); i++) {
		uint32_t node = g_array_index(w->visits, struct visit, i).node;
		const struct place *p = place_of(w, node);
		bool asserted;

		if (a->aside && flags_of(w, node) & STATE_ASSERT_FAILED)
			continue;
		if (may_begin(w, p->function, a) &&
		    is_open(w, p->guard, &asserted) &&
		    !(a->aside && asserted) && add_way(w, i, asserted, out))
			return true;
		if (w->visits->len > NODES_MAX || out->len >= VIEWS_MAX)
			return false;
		if (!is_told(w, node, out))
			visit_steps(w, i);
	}
	return true;
}

/* Is the same told by one of the first NR ways, but for the level? */
static bool is_found(const GArray *ways, guint nr, const struct way *way)
{
	for (guint i = 0; i < nr; i++)
		if (memcmp(&g_array_index(ways, struct way, i).view,
			   &way->view, sizeof(way->view)) == 0)
			return true;
	return false;
}

/*
 * Ways on which the level in force is another, of what OUT tells already.
 * Levels have no part in which ways are found first, so that a tree with other
 * levels has the same orderings.
 * Approximation: ways that the first search did not find, as it met its bound,
 * are not told either (LIMIT_WAYS).
 */
static bool find_levels(struct wayup *w, const struct pair *p, GArray *out)
{
	GArray *more;	/* what is not taken over is freed one by one */
	guint found = out->len;
	bool complete;

	if (!found || !levels_may_show(w->h->levels, p->acquired.level,
				       level_of(w, p)))
		return true;
	more = g_array_new(FALSE, FALSE, sizeof(struct way));
	complete = search(w, first_node(w, p, true), &p->acquired, more);
	for (guint i = 0; i < more->len; i++) {
		struct way *way = &g_array_index(more, struct way, i);

		if (way->level && is_found(out, found, way))
			g_array_append_vals(out, way, 1);
		else
			g_array_unref(way->edge);
	}
	g_array_unref(more);
	return complete;
}

bool wayup_find(struct wayup *w, const struct pair *p, GArray *out)
{
	uint32_t first = first_node(w, p, false);
	bool closed, complete = search(w, first, &p->acquired, out);

	/* No way for any pair, if this one asked for nothing special. */
	closed = complete && !out->len && !p->acquired.aside &&
		 p->acquired.context != CONTEXT_BOOT;
	for (guint i = 0; closed && i < w->visits->len; i++)
		node_at(w, g_array_index(w->visits, struct visit, i).node)
			->closed = true;
	if (!complete && !out->len)
		add_any_way(w, first, out);
	return find_levels(w, p, out) && complete;
}

void wayup_find_other(struct wayup *w, const struct pair *p,
		      const struct way *way, const GArray *avoided,
		      GArray *out)
{
	w->avoided = avoided;
	w->wanted = way;
	search(w, first_node(w, p, false), &p->acquired, out);
	w->avoided = NULL;
	w->wanted = NULL;
}
