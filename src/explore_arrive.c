/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * States meet at nodes.
 *
 * Approximation: at a node with many states, states with one lockset are
 * joined although their memory differs, which forgets values and adds paths.
 */
#include "explore_int.h"

#include "body_expr.h"
#include "gaps.h"

enum {
	STATES_MAX = 12,	/* of one lockset and the same objects at one
				 * node */
	OBJECT_STATES_MAX = 24, /* of one lockset at one node */
	MEDIUM_NODES = 600,	/* in bodies with more nodes: */
	MEDIUM_STATES_MAX = 4,
	MEDIUM_OBJECT_STATES_MAX = 10,
	LARGE_NODES = 3000,	/* in bodies with more nodes: */
	LARGE_STATES_MAX = 2,	/* of one lockset at one node */
	SPARE_STATES = 6,	/* more of one lockset, which are nobody's
				 * fellow */
	FELLOW_LIKENESS = 1 << 24, /* fellows are joined before any others */
};

static bool is_dead(const struct run *r, const uint64_t *live, term_id key)
{
	const struct term *x = term_get(r->x->t, key);
	uint32_t i;

	while (x->op == TERM_FIELD || x->op == TERM_INDEX)
		x = term_get(r->x->t, x->a);
	if (x->op != TERM_LOCAL)
		return false;
	if (!r->e.slice->local[x->a])
		return true;
	i = r->e.slice->dense[x->a];
	return i && !bit_is_set(live, i - 1);
}

static void drop_dead(const struct run *r, struct state *s, uint32_t node)
{
	const uint64_t *live = r->e.slice->live +
			       (size_t)node * r->e.slice->live_words;
	guint to = 0;

	for (guint i = 0; i < s->memory->len; i++) {
		struct binding b = g_array_index(s->memory, struct binding, i);

		if (!is_dead(r, live, b.key))
			g_array_index(s->memory, struct binding, to++) = b;
	}
	g_array_set_size(s->memory, to);
}

/* The next local that says which function a call is of; or NULL. */
static const struct binding *next_callee(const struct run *r,
					 const GArray *memory, guint *i)
{
	while (*i < memory->len) {
		const struct binding *b =
			&g_array_index(memory, struct binding, (*i)++);
		const struct term *x = term_get(r->x->t, b->key);

		if (x->op == TERM_LOCAL &&
		    FACT_TYPE(r->x->p->f, r->e.b->local[x->a].type)->kind ==
			    TYPE_FUNCTION_POINTER)
			return b;
	}
	return NULL;
}

typedef const struct binding *next_fn(const struct run *r, const GArray *memory,
				      guint *i);

/* Is what NEXT finds in the memory of both the same? */
static bool same_found(const struct run *r, const struct state *x,
		       const struct state *y, next_fn *next)
{
	guint i = 0, k = 0;

	for (;;) {
		const struct binding *a = next(r, x->memory, &i);
		const struct binding *b = next(r, y->memory, &k);

		if (!a || !b)
			return a == b;
		if (a->key != b->key || a->value != b->value)
			return false;
	}
}

bool explore_same_objects(const struct run *r, const struct state *x,
			  const struct state *y)
{
	return same_found(r, x, y, explore_next_object);
}

/*
 * States in which the same flags have been written, and the same functions
 * are about to be called: joined with others, all of that is forgotten.
 */
static bool is_fellow(const struct run *r, const struct state *x,
		      const struct state *y)
{
	return state_same_written(x, y) && same_found(r, x, y, next_callee);
}

static uint32_t hash_objects(const struct run *r, const struct state *s)
{
	const struct binding *b;
	uint32_t hash = 0;
	guint i = 0;

	while ((b = explore_next_object(r, s->memory, &i)))
		hash = (hash ^ b->key) * 0x9e3779b1u ^ (hash >> 15) ^ b->value;
	return hash ? hash : 1;
}

static void join_into(struct run *r, uint32_t node, struct seen_state *seen,
		      struct state *s)
{
	bool changed = explore_name_joined(r, node, seen->state, s);

	changed |= state_join(r->x->t, r->x->origins, r->x->asks, seen->state,
			      s);
	seen->objects = 0;
	if (changed) {
		seen->pending = true;
		explore_queue_node(r, node);
	}
	state_free(s);
}

/* A state that arrives at a node, and those there that are like it. */
struct meeting {
	const struct state *state;
	uint32_t hash, objects;	/* as of struct seen_state */
	struct seen_state *join;	/* into this one, if not NULL */
	guint alike;		/* so many of this lockset */
	guint fellows;		/* of them */
	guint close;		/* and with the same objects */
};

static bool is_alike(const struct meeting *m, const struct seen_state *v)
{
	return v->hash == m->hash && state_same_locks(v->state, m->state);
}

static bool is_close(const struct run *r, struct meeting *m,
		     struct seen_state *v)
{
	if (!v->objects)
		v->objects = hash_objects(r, v->state);
	if (!m->objects)
		m->objects = hash_objects(r, m->state);
	return v->objects == m->objects &&
	       explore_same_objects(r, v->state, m->state);
}

/* Does a lock that is held at S belong to the object VALUE? */
static bool has_lock_held(const struct run *r, const struct state *s,
			  term_id value)
{
	for (guint i = 0; i < s->held->len; i++)
		if (term_contains(r->x->t,
				  g_array_index(s->held, struct held, i).object,
				  value))
			return true;
	return false;
}

/*
 * What of memory is the same; what a branch depends on is worth more, and most
 * by what name a lock is released.
 */
static unsigned common_memory(const struct run *r, const struct state *x,
			      const struct state *y)
{
	const struct binding *b = (const struct binding *)(void *)
		y->memory->data;
	unsigned same = 0;
	guint k = 0;

	for (guint i = 0; i < x->memory->len; i++) {
		const struct binding *a =
			&g_array_index(x->memory, struct binding, i);
		const struct term *at;

		while (k < y->memory->len && b[k].key < a->key)
			k++;
		if (k == y->memory->len)
			break;
		if (b[k].key != a->key || b[k].value != a->value)
			continue;
		at = term_get(r->x->t, a->key);
		if (explore_is_object(r, a->key) &&
		    has_lock_held(r, x, a->value))
			same += 5000;
		else
			same += at->op == TERM_LOCAL &&
						r->e.slice->decides[at->a]
					? 1000
					: 1;
	}
	return same;
}

/* How little is forgotten if the two are joined: whose locks are meant is worth
 * what five branches depend on. */
static unsigned likeness_of(const struct run *r, struct meeting *m,
			    struct seen_state *v)
{
	return 1 + 20000 * is_close(r, m, v) +
	       4 * common_memory(r, v->state, m->state) +
	       FELLOW_LIKENESS * is_fellow(r, v->state, m->state) +
	       state_common_guard(v->state, m->state);
}

/* The most alike; if FELLOWS, of those with the same memory and flags. */
static struct seen_state *closest(const struct run *r, const GPtrArray *seen,
				  struct meeting *m, bool fellows)
{
	struct seen_state *found = NULL;
	unsigned most = 0;

	for (guint i = 0; i < seen->len; i++) {
		struct seen_state *v = g_ptr_array_index(seen, i);
		unsigned likeness;

		if (!is_alike(m, v) ||
		    (fellows && (!is_fellow(r, v->state, m->state) ||
				 !state_same_memory(v->state, m->state))))
			continue;
		likeness = likeness_of(r, m, v);
		if (!found || likeness > most) {
			most = likeness;
			found = v;
		}
	}
	return found;
}

static void find_meeting(const struct run *r, const GPtrArray *seen,
			 struct meeting *m)
{
	guint others = 0;

	for (guint i = 0; i < seen->len && !m->join; i++) {
		struct seen_state *v = g_ptr_array_index(seen, i);

		if (!is_alike(m, v))
			continue;
		m->alike++;
		if (!is_fellow(r, v->state, m->state))
			continue;
		m->fellows++;
		m->close += is_close(r, m, v);
		if (!state_same_memory(v->state, m->state))
			continue;
		others++;
		if (!r->self->guards_matter ||
		    state_is_weaker(r->x->t, v->state, m->state))
			m->join = v;
	}
	if (!m->join && others >= GUARD_STATES_MAX)
		m->join = closest(r, seen, m, true);
}

static void add_seen(struct run *r, GPtrArray *seen, struct state *s,
		     const struct meeting *m, uint32_t node)
{
	struct seen_state *new = g_new0(struct seen_state, 1);

	new->state = s;
	new->hash = m->hash;
	new->objects = m->objects;
	new->pending = true;
	g_ptr_array_add(seen, new);
	explore_queue_node(r, node);
}

/* The node of this function that made the index in OBJECT; or 0. */
static uint32_t index_node(const struct run *r, term_id object)
{
	term_id index = term_index_of(r->x->t, object);
	const struct term *x = term_get(r->x->t, index);

	return index && x->op == TERM_FRESH && x->a < r->e.b->node_nr ? x->a
								       : 0;
}

/*
 * Approximation: a loop that goes round with the lock of one element of an
 * array takes those of all elements.
 */
static void go_round(const struct run *r, struct state *s, uint32_t node)
{
	const uint8_t *in_loop = r->e.slice->in_loop;
	const uint32_t *order = r->e.slice->order;

	if (!in_loop[node] || order[node] > order[r->e.node])
		return;
	for (guint i = 0; i < s->held->len; i++) {
		struct held *h = &g_array_index(s->held, struct held, i);

		if (h->each && h->count > 0 &&
		    in_loop[node] <= in_loop[index_node(r, h->object)])
			h->all = h->many = true;
	}
}

static bool has_too_many_states(const struct run *r, const struct meeting *m)
{
	guint close = STATES_MAX, alike = OBJECT_STATES_MAX;

	if (r->e.b->node_nr > LARGE_NODES)
		close = alike = LARGE_STATES_MAX;
	else if (r->e.b->node_nr > MEDIUM_NODES) {
		close = MEDIUM_STATES_MAX;
		alike = MEDIUM_OBJECT_STATES_MAX;
	}
	if (!m->fellows)
		alike += SPARE_STATES;
	return m->close >= close || m->alike >= alike;
}

uint32_t explore_pass_gap(struct run *r, uint32_t node, struct state *s)
{
	uint32_t to = node ? r->e.slice->skip[node] : 0;

	if (to && to != node && !(r->watch && r->watch->steady))
		state_havoc(r->x->p, r->x->t, s,
			    gaps_written(r->x->p->gaps, r->function, node),
			    node);
	return to;
}

/* S, which is handed over, arrives at NODE. */
void explore_arrive(struct run *r, uint32_t node, struct state *s)
{
	struct meeting m = { .state = s };
	GPtrArray *seen;

	node = explore_pass_gap(r, node, s);
	if (r->e.null_access)
		explorer_limit(r->x, LIMIT_NULL, r->function, r->e.node, 0);
	if (!node || r->e.null_access || r->recording) {
		state_free(s);
		return;
	}
	drop_dead(r, s, node);
	state_collect(r->x->t, s, 0);
	go_round(r, s, node);
	if (r->watch && r->watch->arrives(r->watch->context, r, node, s))
		return;
	if (!r->seen[node])
		r->seen[node] = g_ptr_array_new();
	seen = r->seen[node];
	m.hash = state_lock_hash(s);
	find_meeting(r, seen, &m);
	if (m.join) {
		join_into(r, node, m.join, s);
	} else if (has_too_many_states(r, &m)) {
		explorer_limit(r->x, LIMIT_STATES, r->function, node, 0);
		join_into(r, node, closest(r, seen, &m, false), s);
	} else if (!m.alike && r->locksets[node] >= LOCKSETS_MAX) {
		explorer_limit(r->x, LIMIT_DROPPED, r->function, node, 0);
		state_free(s);
	} else {
		r->locksets[node] += !m.alike;
		add_seen(r, seen, s, &m, node);
	}
}

void explore_arrive_all(struct run *r, uint32_t node)
{
	for (guint i = 0; i < r->out->len; i++)
		explore_arrive(r, node, g_ptr_array_index(r->out, i));
	g_ptr_array_set_size(r->out, 0);
}
