/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Breadth-first search over the nodes of upgraph.h.  Nodes where much of the
 * same was told, and those that only a failing assertion leads to, come after
 * others.
 */
#include "wayup.h"

#include <string.h>

#include "numset.h"
#include "outlook.h"
#include "program.h"
#include "visits.h"

/* More nodes than this for one pair are not looked at; nor more ways. */
enum { NODES_MAX = 6000, VIEWS_MAX = 24 };

/* After so many nodes where the same is told, others come first: of what can
 * be told, most is found within the bound. */
enum { CROWD_MAX = 64, ALIKE_MAX = 1 };

/* After so many nodes it is asked what may be told beyond them at all. */
enum { LOOK_AHEAD = 300 };

/* When there are more nodes than this, or spots (outlook.h), all are forgotten
 * before the next pair's: what they take is of no use any more by then. */
enum { GRAPH_MAX = 600000, OUTLOOK_MAX = 4000000 };

/* How many nodes where that is told were visited in a round. */
struct crowd {
	uint32_t round, nr;
};

/* What wayup_find() has found once. */
struct found {
	GArray *ways;		/* of ways_new() */
	bool complete;
};

struct wayup {
	struct handup *h;
	struct upgraph *g;
	struct visits *v;
	struct outlook *outlook;
	GArray *crowded;	/* struct visit: much was seen of the same */
	GArray *later;		/* struct visit: an assertion fails there */
	GArray *uncalled;	/* struct way: they begin where nothing calls;
				 * told if no others tell the same */
	GArray *crowd;		/* struct crowd, per told */
	uint32_t round;		/* of all searches */
	uint32_t rounds;	/* of this one */
	struct numsets *asked;	/* what was asked for as words -> number + 1 */
	GArray *found;		/* struct found, per number */
	const GArray *avoided;	/* uint32_t: ids of calls that this search
				 * leaves out; or NULL */
	const struct way *wanted; /* it ends with one that tells the same; or
				 * NULL */
	uint8_t not_held, not_acquired; /* bits of enum owner_role: of owners
				 * that the pair's locks never have */
	bool barred;		/* some place was left out for that */
	guint nr;		/* so many nodes have been gone on from */
	const GArray *told;	/* struct way: only what one of these tells is
				 * looked for; or NULL */
};

static void found_release(void *found)
{
	g_array_unref(((struct found *)found)->ways);
}

static void forget_found(struct wayup *w)
{
	numsets_free(w->asked);
	w->asked = numsets_new();
	g_array_set_size(w->found, 0);
}

struct wayup *wayup_new(struct handup *h)
{
	struct wayup *w = g_new0(struct wayup, 1);

	w->h = h;
	w->g = upgraph_new(h);
	w->v = visits_new(h, w->g);
	w->outlook = outlook_new(h, w->g);
	w->crowded = g_array_new(FALSE, FALSE, sizeof(struct visit));
	w->later = g_array_new(FALSE, FALSE, sizeof(struct visit));
	/* What is not taken over is freed one by one. */
	w->uncalled = g_array_new(FALSE, FALSE, sizeof(struct way));
	w->crowd = g_array_new(FALSE, TRUE, sizeof(struct crowd));
	w->asked = numsets_new();
	w->found = g_array_new(FALSE, FALSE, sizeof(struct found));
	g_array_set_clear_func(w->found, found_release);
	return w;
}

void wayup_free(struct wayup *w)
{
	visits_free(w->v);
	outlook_free(w->outlook);
	upgraph_free(w->g);
	g_array_unref(w->crowded);
	g_array_unref(w->later);
	g_array_unref(w->uncalled);
	g_array_unref(w->crowd);
	numsets_free(w->asked);
	g_array_unref(w->found);
	g_free(w);
}

static bool is_wanted(const struct wayup *w, const struct way *way)
{
	return w->wanted && way->context == w->wanted->context &&
	       memcmp(&way->view, &w->wanted->view, sizeof(way->view)) == 0;
}

/* Would a lock be one of an owner that has none (lock-not-for)? */
static bool is_barred(const struct wayup *w, const struct way_view *v)
{
	return (w->not_held >> v->held_owner & 1) ||
	       (w->not_acquired >> v->acquired_owner & 1);
}

/* Borrowed until something else is told. */
static struct crowd *crowd_of(struct wayup *w, uint32_t told)
{
	struct crowd *c;

	if (told >= w->crowd->len)
		g_array_set_size(w->crowd, upgraph_told_nr(w->g));
	c = &g_array_index(w->crowd, struct crowd, told);
	if (c->round != w->round)
		*c = (struct crowd){ .round = w->round };
	return c;
}

static bool is_crowded(struct wayup *w, uint32_t node)
{
	struct up_spot s = upgraph_spot(w->g, node);

	return crowd_of(w, s.told)->nr >= CROWD_MAX ||
	       visits_count_alike(w->v, &s) >= ALIKE_MAX * w->rounds;
}

static bool is_looked_for(const struct wayup *w, const struct acquisition *a,
			  const struct way *end)
{
	bool told = !w->told;

	if (a->context == CONTEXT_BOOT && end->context != CONTEXT_BOOT)
		return false;
	if (w->wanted && !(way_views_alike(&end->view,
					   &w->wanted->view) &&
			   end->context == w->wanted->context))
		return false;
	for (guint i = 0; !told && i < w->told->len; i++)
		told = way_views_alike(
			&g_array_index(w->told, struct way, i).view,
			&end->view);
	return told;
}

/* Has a way in WAYS told what END tells, and needs nothing that FLAGS do not? */
static bool is_told(const GArray *ways, const struct way *end, uint8_t flags)
{
	for (guint i = 0; i < ways->len; i++) {
		const struct way *way = &g_array_index(ways, struct way, i);

		if (way_views_alike(&way->view, &end->view) &&
		    way->context <= end->context &&
		    way_needs_no_more(way->view.flags, flags))
			return true;
	}
	return false;
}

/* Might a way on from S tell what is looked for, and none in WAYS has told? */
static bool has_outlook(struct wayup *w, const struct up_spot *s,
			const struct acquisition *a, const GArray *ways)
{
	uint32_t nr, set;
	const uint32_t *end;

	if (w->v->list->len < LOOK_AHEAD)
		return true;
	set = outlook_of(w->outlook, s->function, s->told);
	end = outlook_members(w->outlook, set, &nr);
	for (uint32_t i = 0; i < nr; i++) {
		struct way way = outlook_at(w->outlook, end[i]);

		if (is_barred(w, &way.view))
			w->barred = true;
		else if (is_looked_for(w, a, &way) &&
		    (w->told || !is_told(ways, &way, s->flags)))
			return true;
	}
	return false;
}

static void visit_node(struct wayup *w, struct visit v)
{
	struct up_spot s = upgraph_spot(w->g, v.node);

	if (visits_have(w->v, v.node))
		return;
	if (is_barred(w, &upgraph_told(w->g, s.told)->view)) {
		w->barred = true;
		return;
	}
	if (visits_cover(w->v, &s)) {
		upgraph_at(w->g, v.node)->search = w->v->search;
		return;
	}
	visits_add(w->v, v);
	crowd_of(w, s.told)->nr++;
}

/*
 * Approximation: when the search has met its bound and found no way, the pair
 * is reported all the same, with the shortest way of calls, guards or not.
 */
static void add_any_way(struct wayup *w, uint32_t first, GArray *out)
{
	const struct reach *reach = w->h->reach;
	struct up_spot s = upgraph_spot(w->g, first);
	struct way way = { .view = upgraph_told(w->g, s.told)->view };
	int context = reach_context(reach, s.function);
	const struct call_edge *e = reach->from[s.function];

	way.view.flags = s.flags;
	way.context = context < 0 ? CONTEXT_RUNNING : (enum context)context;
	way.edge = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	for (; e; e = reach->from[e->caller])
		g_array_prepend_val(way.edge, e->id);
	g_array_append_val(out, way);
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
	uint32_t node = g_array_index(w->v->list, struct visit, index).node;
	bool failed = upgraph_spot(w->g, node).flags & STATE_ASSERT_FAILED;
	uint32_t nr = upgraph_steps(w->g, node);

	for (uint32_t i = 0; i < nr; i++) {
		struct up_step s = upgraph_step(w->g, node, i);
		struct visit v = { .node = s.node, .edge = s.edge,
				   .from = index + 1 };

		if (is_avoided(w, s.edge))
			continue;
		if (!failed &&
		    upgraph_spot(w->g, s.node).flags & STATE_ASSERT_FAILED)
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
	guint before = w->v->list->len;

	while (w->crowded->len && w->v->list->len == before) {
		w->round++;
		w->rounds++;
		visit_uncrowded(w);
	}
	if (w->v->list->len == before)
		visit_all(w, w->later);
	return w->v->list->len > before;
}

static void begin_search(struct wayup *w, uint32_t first)
{
	visits_begin(w->v);
	g_array_set_size(w->crowded, 0);
	g_array_set_size(w->later, 0);
	w->round++;
	w->rounds = 1;
	w->barred = false;
	w->nr = 0;
	visit_node(w, (struct visit){ .node = first });
}

/* A way that visit INDEX, of S, ends is told; false: not the one that is wanted. */
static bool end_way(struct wayup *w, uint32_t index, const struct up_spot *s,
		    const struct acquisition *a, GArray *out)
{
	if (reach_is_uncalled(w->h->reach, s->function)) {
		visits_end(w->v, index, s, a, w->uncalled);
		return false;
	}
	return visits_end(w->v, index, s, a, out) &&
	       is_wanted(w, &g_array_index(out, struct way, out->len - 1));
}

static bool visit_ways(struct wayup *w, const struct acquisition *a,
		       GArray *out)
{
	for (guint i = 0; i < w->v->list->len || visit_later(w); i++) {
		struct up_spot s = upgraph_spot(
			w->g, g_array_index(w->v->list, struct visit, i).node);

		if ((a->aside && s.flags & STATE_ASSERT_FAILED) ||
		    !has_outlook(w, &s, a, out))
			continue;
		if (end_way(w, i, &s, a, out))
			return true;
		if (w->nr > NODES_MAX || out->len >= VIEWS_MAX)
			return false;
		if (visits_tell(w->v, &s, out))
			continue;
		w->nr++;
		visit_steps(w, i);
	}
	return true;
}

/* What no other way tells is told by those that begin where nothing calls. */
static void take_uncalled(struct wayup *w, GArray *out)
{
	for (guint i = 0; i < w->uncalled->len; i++) {
		struct way *way = &g_array_index(w->uncalled, struct way, i);

		if (visits_know(out, way))
			g_array_unref(way->edge);
		else
			g_array_append_vals(out, way, 1);
	}
	g_array_set_size(w->uncalled, 0);
}

/*
 * Of what others asked for, ways on which an assertion fails are not followed
 * (LIMIT_ASIDE).  False: there were too many visits.
 */
static bool search(struct wayup *w, uint32_t first,
		   const struct acquisition *a, GArray *out)
{
	bool complete;

	begin_search(w, first);
	complete = visit_ways(w, a, out);
	take_uncalled(w, out);
	return complete;
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
 * Ways on which the level in force is another, of what OUT tells already; FIRST
 * is the node where levels are told.  Levels have no part in which ways are
 * found first, so that a tree with other levels has the same orderings.
 * Approximation: ways that the first search did not find, as it met its bound,
 * are not told either (LIMIT_WAYS).
 */
static bool find_levels(struct wayup *w, uint32_t first,
			const struct acquisition *a, GArray *out)
{
	level_chain level =
		upgraph_told(w->g, upgraph_spot(w->g, first).told)->level;
	GArray *more;	/* what is not taken over is freed one by one */
	guint found = out->len;
	bool complete;

	if (!found || !level || level == TOLD_SHOWN)
		return true;
	more = g_array_new(FALSE, FALSE, sizeof(struct way));
	w->told = out;
	complete = search(w, first, a, more);
	w->told = NULL;
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

/* No way leads to an entry point from what was visited. */
static void close_visited(struct wayup *w)
{
	for (guint i = 0; i < w->v->list->len; i++) {
		uint32_t node =
			g_array_index(w->v->list, struct visit, i).node;

		upgraph_at(w->g, node)->closed = true;
	}
}

/* FIRST and WITH_LEVELS: P's nodes. */
static bool find(struct wayup *w, const struct pair *p, uint32_t first,
		 uint32_t with_levels, GArray *out)
{
	const struct acquisition *a = &p->acquired;
	bool complete = search(w, first, a, out);

	/* For any pair, if this one asked for nothing special. */
	if (complete && !out->len && !a->aside &&
	    a->context != CONTEXT_BOOT && !w->barred)
		close_visited(w);
	if (!complete && !out->len)
		add_any_way(w, first, out);
	return find_levels(w, with_levels, a, out) && complete;
}

/* What P asks for is looked for once; borrowed until the next one. */
static const struct found *found_of(struct wayup *w, const struct pair *p)
{
	uint32_t words[] = {
		upgraph_first(w->g, p, false), upgraph_first(w->g, p, true),
		p->acquired.aside, p->acquired.context == CONTEXT_BOOT,
		w->not_held, w->not_acquired,
	};
	uint32_t number = numset_make(w->asked, words, G_N_ELEMENTS(words));

	if (number > w->found->len) {
		struct found new = { .ways = ways_new() };

		new.complete = find(w, p, words[0], words[1], new.ways);
		g_array_append_val(w->found, new);
	}
	return &g_array_index(w->found, struct found, number - 1);
}

static void forget_if_large(struct wayup *w)
{
	if (outlook_size(w->outlook) > OUTLOOK_MAX)
		outlook_forget(w->outlook);
	if (upgraph_size(w->g) <= GRAPH_MAX)
		return;
	upgraph_forget(w->g);
	forget_found(w);
}

static void begin_pair(struct wayup *w, const struct pair *p)
{
	const uint8_t *not_for = w->h->x->p->lock_not_for;

	forget_if_large(w);
	w->not_held = not_for[p->held.class];
	w->not_acquired = not_for[p->acquired.view.class];
}

const GArray *wayup_find(struct wayup *w, const struct pair *p,
			 bool *complete)
{
	const struct found *found;

	begin_pair(w, p);
	found = found_of(w, p);
	*complete = found->complete;
	return found->ways;
}

void wayup_find_other(struct wayup *w, const struct pair *p,
		      const struct way *way, const GArray *avoided,
		      GArray *out)
{
	begin_pair(w, p);
	w->avoided = avoided;
	w->wanted = way;
	search(w, upgraph_first(w->g, p, false), &p->acquired, out);
	w->avoided = NULL;
	w->wanted = NULL;
}
