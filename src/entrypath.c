/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An acquisition of a lock that a caller further up holds already is
 * recursion: no order with what was acquired in between comes of it.  So an
 * ordering needs a way from an entry point on which nobody holds the lock:
 * a breadth-first search upward over pairs of an instance and the lock's name
 * there.  Where the lock has no name any more, no caller can hold it by that
 * name, and any way will do.
 */
#include "entrypath.h"

#include "program.h"
#include "value.h"

struct visit {
	uint32_t instance;
	term_id object;		/* 0: no name */
	uint32_t from;		/* index + 1 of the visit below */
	uint32_t cost;
	const struct call_edge *edge; /* the call that leads to it */
};

struct entry_paths {
	struct explorer *x;
	const struct reach *reach;
	GArray **callers;	/* per instance: struct caller_edge */
	uint8_t *is_entry;	/* per instance */
	uint32_t *distance;	/* per instance: cost from an entry point */
	GHashTable *blocked;	/* (instance, object) with no way */
	GHashTable *open;	/* ... with one */
	GHashTable *way;	/* ... and which: struct step */
};

/* The next step of a way that was found: to a caller, or none at its end. */
struct step {
	uint32_t instance;
	term_id object;
	const struct call_edge *edge; /* NULL: an entry point */
};

static const struct instance *instance_at(const struct entry_paths *e,
					  uint32_t id)
{
	return g_ptr_array_index(e->x->instance, id);
}

static void add_callers(struct entry_paths *e)
{
	for (uint32_t id = 0; id < e->x->instance->len; id++) {
		const struct instance *i = instance_at(e, id);

		if (reach_context(e->reach, id) < 0)
			continue;
		for (guint k = 0; k < i->edge->len; k++) {
			const struct call_edge *edge =
				g_ptr_array_index(i->edge, k);
			struct caller_edge up = { .caller = id, .edge = k };

			if (!e->callers[edge->callee])
				e->callers[edge->callee] = g_array_new(
					FALSE, FALSE, sizeof(up));
			g_array_append_val(e->callers[edge->callee], up);
		}
	}
}

/*
 * A way to show goes through functions that a reader knows: a step to a
 * function with few calls, a wrapper or a continuation, costs more than one to
 * a dispatcher.
 */
enum { DISPATCHER_CALLS = 32, WRAPPER_COST = 3, COST_MAX = 256 };

static uint32_t step_cost(const struct entry_paths *e, uint32_t instance)
{
	const struct callgraph *cg = e->x->p->cg;
	fact_id function = instance_at(e, instance)->function;

	return cg->first_site[function + 1] - cg->first_site[function] >=
			       DISPATCHER_CALLS
		       ? 1
		       : WRAPPER_COST;
}

/* Dijkstra's algorithm with a list per cost. */
static void find_distances(struct entry_paths *e)
{
	uint32_t nr = e->x->instance->len;
	GArray *at[COST_MAX + WRAPPER_COST + 1] = { NULL };

	e->distance = g_new(uint32_t, nr + 1);
	for (uint32_t i = 0; i <= COST_MAX + WRAPPER_COST; i++)
		at[i] = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	for (uint32_t id = 0; id < nr; id++) {
		e->distance[id] = e->is_entry[id] ? 0 : UINT32_MAX;
		if (e->is_entry[id])
			g_array_append_val(at[0], id);
	}
	for (uint32_t d = 0; d < COST_MAX; d++) {
		for (guint i = 0; i < at[d]->len; i++) {
			uint32_t id = g_array_index(at[d], uint32_t, i);
			const struct instance *from = instance_at(e, id);
			uint32_t cost = d + step_cost(e, id);

			if (e->distance[id] != d)
				continue;
			for (guint k = 0; k < from->edge->len; k++) {
				const struct call_edge *edge =
					g_ptr_array_index(from->edge, k);

				if (e->distance[edge->callee] <= cost)
					continue;
				e->distance[edge->callee] = cost;
				g_array_append_val(at[cost], edge->callee);
			}
		}
	}
	for (uint32_t i = 0; i <= COST_MAX + WRAPPER_COST; i++)
		g_array_unref(at[i]);
}

uint32_t entry_paths_distance(const struct entry_paths *e, uint32_t instance)
{
	return e->distance[instance];
}

struct entry_paths *entry_paths_new(struct explorer *x,
				    const struct reach *reach)
{
	struct entry_paths *e = g_new0(struct entry_paths, 1);

	e->x = x;
	e->reach = reach;
	e->callers = g_new0(GArray *, x->instance->len + 1);
	e->is_entry = g_new0(uint8_t, x->instance->len + 1);
	for (guint i = 0; i < reach->entry->len; i++)
		e->is_entry[g_array_index(reach->entry, uint32_t, i)] = 1;
	e->blocked = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free,
					   NULL);
	e->open = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free,
					NULL);
	e->way = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free,
				       g_free);
	add_callers(e);
	find_distances(e);
	return e;
}

void entry_paths_free(struct entry_paths *e)
{
	for (uint32_t id = 0; id < e->x->instance->len; id++)
		if (e->callers[id])
			g_array_unref(e->callers[id]);
	g_free(e->callers);
	g_free(e->is_entry);
	g_free(e->distance);
	g_hash_table_unref(e->blocked);
	g_hash_table_unref(e->open);
	g_hash_table_unref(e->way);
	g_free(e);
}

const GArray *entry_paths_callers(const struct entry_paths *e,
				  uint32_t instance)
{
	return e->callers[instance];
}

const struct held *held_same(struct explorer *x, const struct state *at,
			     enum lock_kind kind, term_id object,
			     const uint8_t *dropped)
{
	if (kind == LOCKKIND_READ || !object)
		return NULL;
	for (guint i = 0; i < at->held->len; i++) {
		const struct held *h = &g_array_index(at->held, struct held,
						      i);

		if (h->kind != kind || (dropped && dropped[i]))
			continue;
		if (h->all && state_same_array(x->t, h->object, object))
			return h;
		if (!h->many &&
		    state_same(x->p, x->t, at, h->object, object) == TRI_YES)
			return h;
	}
	return NULL;
}

static int64_t *make_key(uint32_t instance, term_id object)
{
	int64_t *key = g_new(int64_t, 1);

	*key = (int64_t)instance << 32 | object;
	return key;
}

static bool is_in(GHashTable *set, uint32_t instance, term_id object)
{
	int64_t key = (int64_t)instance << 32 | object;

	return g_hash_table_contains(set, &key);
}

struct search {
	struct entry_paths *e;
	enum lock_kind kind;
	GArray *visit;		/* struct visit */
	GHashTable *seen;
};

static void push(struct search *s, const struct visit *v)
{
	if (is_in(s->seen, v->instance, v->object) ||
	    is_in(s->e->blocked, v->instance, v->object))
		return;
	g_hash_table_add(s->seen, make_key(v->instance, v->object));
	g_array_append_vals(s->visit, v, 1);
}

/* The lock's name in the caller; 0 if it has none there. */
static term_id name_above(struct search *s, const struct call_edge *edge,
			  term_id object)
{
	struct terms *t = s->e->x->t;
	term_id up = explore_map_back(t, edge->root, edge->node, object);

	return up && term_is_stable(t, up) ? up : 0;
}

static void go_up(struct search *s, uint32_t index)
{
	struct visit v = g_array_index(s->visit, struct visit, index);
	const GArray *callers = s->e->callers[v.instance];

	for (guint i = 0; callers && i < callers->len; i++) {
		const struct caller_edge *up =
			&g_array_index(callers, struct caller_edge, i);
		const struct call_edge *edge = g_ptr_array_index(
			instance_at(s->e, up->caller)->edge, up->edge);
		struct visit next = { .instance = up->caller, .edge = edge,
				      .from = index + 1 };

		next.cost = v.cost + step_cost(s->e, up->caller);

		if (v.object)
			next.object = name_above(s, edge, v.object);
		if (!held_same(s->e->x, edge->at, s->kind, next.object, NULL))
			push(s, &next);
	}
}

/* The stored way on from (INSTANCE, OBJECT), nearest call first. */
static void add_stored(const struct entry_paths *e, uint32_t instance,
		       term_id object, GArray *path)
{
	for (;;) {
		int64_t key = (int64_t)instance << 32 | object;
		const struct step *next = g_hash_table_lookup(e->way, &key);
		struct path_step step;

		if (!next || !next->edge)
			return;
		step = (struct path_step){ .instance = next->instance,
					   .edge = next->edge };
		g_array_append_val(path, step);
		instance = next->instance;
		object = next->object;
	}
}

/* Outermost call first. */
static void keep_path(const struct entry_paths *e, uint32_t instance,
		      term_id object, GArray *path)
{
	add_stored(e, instance, object, path);
	for (guint i = 0, k = path->len; i + 1 < k; i++) {
		struct path_step *x = &g_array_index(path, struct path_step,
						     i);
		struct path_step *y = &g_array_index(path, struct path_step,
						     --k);
		struct path_step swap = *x;

		*x = *y;
		*y = swap;
	}
}

/* The index of the first visit that leads to an entry point; -1 if none. */
static int64_t find_any(struct search *s)
{
	for (guint i = 0; i < s->visit->len; i++) {
		struct visit v = g_array_index(s->visit, struct visit, i);

		if (s->e->is_entry[v.instance] ||
		    is_in(s->e->open, v.instance, v.object))
			return i;
		go_up(s, i);
	}
	return -1;
}

static bool is_end(const struct search *s, const struct visit *v)
{
	return s->e->is_entry[v->instance] ||
	       is_in(s->e->way, v->instance, v->object);
}

/* INDEX itself if it is an end; else goes on from there and returns -1. */
static int64_t visit_at(struct search *s, uint32_t index)
{
	struct visit v = g_array_index(s->visit, struct visit, index);

	if (is_end(s, &v))
		return index;
	go_up(s, index);
	return -1;
}

/* Visits by what the whole way costs if nobody holds the lock further up. */
struct frontier {
	GArray *at[COST_MAX];	/* uint32_t, indices of visits */
	guint placed;		/* so many visits are in it */
};

static void place_new(const struct search *s, struct frontier *f, uint32_t low)
{
	for (; f->placed < s->visit->len; f->placed++) {
		const struct visit *v = &g_array_index(
			s->visit, struct visit, f->placed);
		uint32_t far = MIN(s->e->distance[v->instance], COST_MAX);
		uint32_t to = CLAMP(far + v->cost, low, COST_MAX - 1);

		g_array_append_val(f->at[to], f->placed);
	}
}

static int64_t search_frontier(struct search *s, struct frontier *f)
{
	for (uint32_t d = 0; d < COST_MAX; d++) {
		place_new(s, f, d);
		for (guint i = 0; i < f->at[d]->len; i++) {
			int64_t found = visit_at(
				s, g_array_index(f->at[d], uint32_t, i));

			if (found >= 0)
				return found;
			place_new(s, f, d);
		}
	}
	return -1;
}

/* The cheapest way first (A*). */
static int64_t find_best(struct search *s)
{
	struct frontier f = { .placed = 0 };
	int64_t found;

	for (uint32_t d = 0; d < COST_MAX; d++)
		f.at[d] = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	found = search_frontier(s, &f);
	for (uint32_t d = 0; d < COST_MAX; d++)
		g_array_unref(f.at[d]);
	return found;
}

static void remember_way(struct search *s, uint32_t found)
{
	struct step next = { 0 };

	for (uint32_t i = found + 1; i;) {
		const struct visit *v =
			&g_array_index(s->visit, struct visit, i - 1);

		if (!is_in(s->e->way, v->instance, v->object))
			g_hash_table_insert(s->e->way,
					    make_key(v->instance, v->object),
					    g_memdup2(&next, sizeof(next)));
		next = (struct step){ .instance = v->instance,
				      .object = v->object, .edge = v->edge };
		i = v->from;
	}
}

static void remember(struct search *s, int64_t found)
{
	for (uint32_t i = (uint32_t)(found + 1); i;) {
		const struct visit *v =
			&g_array_index(s->visit, struct visit, i - 1);

		g_hash_table_add(s->e->open,
				 make_key(v->instance, v->object));
		i = v->from;
	}
	for (guint i = 0; found < 0 && i < s->visit->len; i++) {
		const struct visit *v =
			&g_array_index(s->visit, struct visit, i);

		g_hash_table_add(s->e->blocked,
				 make_key(v->instance, v->object));
	}
}

bool entry_paths_find(struct entry_paths *e, uint32_t instance,
		      enum lock_kind kind, term_id object, GArray *path)
{
	struct search s = { .e = e, .kind = kind };
	struct visit first = { .instance = instance };
	int64_t found;

	if (object && term_is_stable(e->x->t, object) &&
	    kind != LOCKKIND_READ)
		first.object = object;
	if (is_in(e->blocked, instance, first.object))
		return false;
	if (!path && is_in(e->open, instance, first.object))
		return true;
	s.visit = g_array_new(FALSE, FALSE, sizeof(struct visit));
	s.seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free,
				       NULL);
	push(&s, &first);
	found = path ? find_best(&s) : find_any(&s);
	remember(&s, found);
	if (found >= 0 && path) {
		remember_way(&s, (uint32_t)found);
		keep_path(e, instance, first.object, path);
	}
	g_array_unref(s.visit);
	g_hash_table_unref(s.seen);
	return found >= 0;
}
