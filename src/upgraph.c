/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "upgraph.h"

#include <assert.h>
#include <string.h>

#include "mutant.h"
#include "nummap.h"
#include "program.h"

struct place {
	fact_id function;
	uint32_t guard;
	uint32_t first, up_nr;	/* of the calls that lead on; or
				 * UPGRAPH_NOT_YET */
};

/* A call whose caller's guard can hold. */
struct up_call {
	uint32_t edge, place;
	uint32_t flags;		/* enum state_flags */
};

struct upgraph {
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
};

/* No edge's number, nor that of NUMMAP_KEY's forbidden one. */
#define ANY_EDGE (UINT32_MAX - 1)

static void make_nodes(struct upgraph *g)
{
	g->place = g_array_new(FALSE, FALSE, sizeof(struct place));
	g->place_of = nummap_new();
	g->call = g_array_new(FALSE, FALSE, sizeof(struct up_call));
	g->node = g_array_new(FALSE, FALSE, sizeof(struct up_node));
	g->node_of = nummap_new();
	g->step = g_array_new(FALSE, FALSE, sizeof(struct up_step));
	g->told_up = nummap_new();
}

static void free_nodes(struct upgraph *g)
{
	g_array_unref(g->place);
	nummap_free(g->place_of);
	g_array_unref(g->call);
	g_array_unref(g->node);
	nummap_free(g->node_of);
	g_array_unref(g->step);
	nummap_free(g->told_up);
}

struct upgraph *upgraph_new(struct handup *h)
{
	struct upgraph *g = g_new0(struct upgraph, 1);

	g->h = h;
	g->told = g_array_new(FALSE, FALSE, sizeof(struct told));
	g->by_told = numsets_new();
	make_nodes(g);
	return g;
}

void upgraph_free(struct upgraph *g)
{
	free_nodes(g);
	g_array_unref(g->told);
	numsets_free(g->by_told);
	g_free(g);
}

void upgraph_forget(struct upgraph *g)
{
	free_nodes(g);
	make_nodes(g);
}

static uint32_t place_make(struct upgraph *g, fact_id function, uint32_t guard)
{
	uint32_t *number = nummap_at(g->place_of, NUMMAP_KEY(function, guard));
	struct place new = { .function = function, .guard = guard,
			     .up_nr = UPGRAPH_NOT_YET };

	if (!*number) {
		g_array_append_val(g->place, new);
		*number = g->place->len;
	}
	return *number - 1;
}

uint32_t upgraph_tell(struct upgraph *g, const struct told *new)
{
	uint32_t words[sizeof(*new) / sizeof(uint32_t)], number;

	static_assert(sizeof(words) == sizeof(*new), "told in words");
	memcpy(words, new, sizeof(words));
	number = numset_make(g->by_told, words, G_N_ELEMENTS(words));
	if (number > g->told->len)
		g_array_append_vals(g->told, new, 1);
	return number - 1;
}

uint32_t upgraph_told_bare(struct upgraph *g, uint32_t told)
{
	struct told bare = g_array_index(g->told, struct told, told);

	if (!bare.level)
		return told;
	bare.level = 0;
	bare.held_level = 0;
	return upgraph_tell(g, &bare);
}

static uint32_t node_make(struct upgraph *g, uint32_t place, uint32_t told)
{
	uint32_t *number = nummap_at(g->node_of, NUMMAP_KEY(place, told));
	struct up_node new = { .place = place, .told = told,
			       .step_nr = UPGRAPH_NOT_YET };

	if (!*number) {
		g_array_append_val(g->node, new);
		*number = g->node->len;
	}
	return *number - 1;
}

struct up_node *upgraph_at(const struct upgraph *g, uint32_t node)
{
	return &g_array_index(g->node, struct up_node, node);
}

static const struct place *place_of(const struct upgraph *g, uint32_t node)
{
	return &g_array_index(g->place, struct place,
			      upgraph_at(g, node)->place);
}

struct up_spot upgraph_spot(const struct upgraph *g, uint32_t node)
{
	const struct place *p = place_of(g, node);
	uint32_t told = upgraph_at(g, node)->told;

	return (struct up_spot){
		.function = p->function,
		.guard = p->guard,
		.told = told >> STATE_FLAGS_NR,
		.flags = told & ((1 << STATE_FLAGS_NR) - 1),
	};
}

const struct told *upgraph_told(const struct upgraph *g, uint32_t told)
{
	return &g_array_index(g->told, struct told, told);
}

uint32_t upgraph_size(const struct upgraph *g)
{
	return g->node->len;
}

uint32_t upgraph_told_nr(const struct upgraph *g)
{
	return g->told->len;
}

/* The guard, and that no caller holds the acquired lock. */
static uint32_t guard_of(struct upgraph *g, const struct pair *p)
{
	struct terms *t = g->h->x->t;
	const struct acquisition *a = &p->acquired;
	GArray *guard = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	uint32_t nr, set;
	const uint32_t *literal = numset_members(g->h->sets, a->guard, &nr);

	g_array_append_vals(guard, literal, nr);
	if (!p->same_object && a->object && a->view.mode != MODE_READ)
		state_add_literal(t, p->at, guard, term_held(t, a->object),
				  false, false);
	set = numset_make(g->h->sets, (uint32_t *)(void *)guard->data,
			  guard->len);
	g_array_unref(guard);
	return set;
}

uint32_t upgraph_first(struct upgraph *g, const struct pair *p,
		       bool with_levels)
{
	struct told told = told_first(g->h, p, with_levels);
	uint32_t guard = guard_of(g, p);

	return node_make(g, place_make(g, p->holder, guard),
			 upgraph_tell(g, &told) << STATE_FLAGS_NR |
				 p->acquired.flags);
}

/* The two turn out to be one lock: no number of what is told. */
#define SAME UINT32_MAX

static uint32_t tell_above(struct upgraph *g, uint32_t edge, uint32_t told)
{
	const struct call_edge *e = g_ptr_array_index(g->h->edge, edge);
	const struct told *n = upgraph_told(g, told);
	struct told above;

	return told_above(g->h, e, n, &above)
		       ? upgraph_tell(g, &above)
		       : SAME;
}

/* The number of what is told, in the caller of the call EDGE, of what is TOLD
 * in its callee; found once. */
static uint32_t told_up(struct upgraph *g, uint32_t edge, uint32_t told)
{
	/* Without names, it is the same at all calls. */
	uint32_t key = told_is_final(upgraph_told(g, told)) ? ANY_EDGE : edge;
	uint32_t *found = nummap_at(g->told_up, NUMMAP_KEY(key, told));

	if (!*found) {
		uint32_t up = tell_above(g, edge, told);

		*found = up == SAME ? up : up + 1;
	}
	return *found == SAME ? SAME : *found - 1;
}

/* A step from NODE along a call, unless one leads to the same node. */
static void add_step(struct upgraph *g, uint32_t node,
		     const struct up_call *c)
{
	struct up_spot at = upgraph_spot(g, node);
	uint32_t up = told_up(g, c->edge, at.told);
	struct up_step step = { .edge = c->edge };

	if (up == SAME)
		return;
	step.node = node_make(g, c->place,
			      up << STATE_FLAGS_NR | at.flags | c->flags);
	if (upgraph_at(g, step.node)->listed == node + 1)
		return;
	upgraph_at(g, step.node)->listed = node + 1;
	g_array_append_val(g->step, step);
}

/* False: the guard of the place excludes the call. */
static bool make_call(struct upgraph *g, uint32_t place,
		      const struct call_edge *e, struct up_call *out)
{
	struct mapped_guard guard = mapping_guard(
		g->h->map, e,
		g_array_index(g->place, struct place, place).guard);

	if (guard.is_excluded)
		return false;
	*out = (struct up_call){
		.edge = e->id,
		.place = place_make(g, e->caller, guard.set),
		.flags = e->at->flags |
			 (guard.assert_failed ? STATE_ASSERT_FAILED : 0),
	};
	return true;
}

/* The steps from NODE, the first at its place: the calls are made, too. */
static void make_calls(struct upgraph *g, uint32_t node)
{
	uint32_t place = upgraph_at(g, node)->place, first = g->call->len;
	const GPtrArray *callers = g->h->callers[place_of(g, node)->function];
	struct place *p;
	struct up_call c;

	for (guint i = 0; callers && i < callers->len; i++) {
		if (!make_call(g, place, g_ptr_array_index(callers, i), &c))
			continue;
		g_array_append_val(g->call, c);
		add_step(g, node, &c);
	}
	p = &g_array_index(g->place, struct place, place);
	p->first = first;
	p->up_nr = g->call->len - first;
}

static void make_steps(struct upgraph *g, uint32_t node)
{
	struct place p = *place_of(g, node);
	uint32_t first = g->step->len;

	if (p.up_nr == UPGRAPH_NOT_YET)
		make_calls(g, node);
	else
		for (uint32_t i = 0; i < p.up_nr; i++)
			add_step(g, node, &g_array_index(g->call,
							 struct up_call,
							 p.first + i));
	upgraph_at(g, node)->first = first;
	upgraph_at(g, node)->step_nr = g->step->len - first;
}

uint32_t upgraph_steps(struct upgraph *g, uint32_t node)
{
	if (upgraph_at(g, node)->step_nr == UPGRAPH_NOT_YET)
		make_steps(g, node);
	return upgraph_at(g, node)->step_nr;
}

struct up_step upgraph_step(const struct upgraph *g, uint32_t node, uint32_t i)
{
	return g_array_index(g->step, struct up_step,
			     upgraph_at(g, node)->first + i);
}

bool upgraph_is_open(const struct upgraph *g, uint32_t guard, bool *asserted)
{
	uint32_t nr;
	const uint32_t *literal = numset_members(g->h->sets, guard, &nr);

	*asserted = false;
	for (uint32_t i = 0; i < nr; i++) {
		const struct term *x = term_get(g->h->x->t,
						LITERAL_TERM(literal[i]));

		if (x->op != TERM_HELD || !LITERAL_TRUTH(literal[i]))
			continue;
		if (!LITERAL_IS_ASSERTED(literal[i]))
			return MUTANT(17, true, false);
		*asserted = true;
	}
	return true;
}
