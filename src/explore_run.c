/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Explores one function in one context: states are carried along the sliced
 * control-flow graph, nodes in reverse postorder.
 *
 * Approximation: at a node with many states, states with one lockset are
 * joined although their memory differs, which forgets values and adds paths.
 */
#include "explore_int.h"

#include <string.h>

#include "body_expr.h"
#include "mutant.h"

enum {
	STATES_MAX = 12,	/* of one lockset and the same objects at one
				 * node */
	OBJECT_STATES_MAX = 24, /* of one lockset at one node */
	MEDIUM_NODES = 600,	/* in bodies with more nodes: */
	MEDIUM_STATES_MAX = 4,
	MEDIUM_OBJECT_STATES_MAX = 10,
	LARGE_NODES = 3000,	/* in bodies with more nodes: */
	LARGE_STATES_MAX = 2,	/* of one lockset at one node */
	GUARD_STATES_MAX = 6,	/* of one lockset and memory, with different
				 * guards, in functions that return with a
				 * lock or release one of their callers' */
	SPARE_STATES = 6,	/* more of one lockset, with other flags
				 * written */
	WRITTEN_LIKENESS = 1 << 24, /* states with the same flags written are
				 * joined before any others */
	CLOSE_EXITS_MAX = 1,	/* of one lockset, result and objects */
	RESULT_EXITS_MAX = 3,	/* of one lockset and result */
	EXITS_MAX = 16,		/* of one lockset */
	TOLD_CASES_MAX = 4,	/* of a switch, in the guard of its default */
	LOCKSETS_MAX = 16,	/* different ones at one node, or on exit */
};

/* The number of a computed pointer that a node assigns. */
enum { FRESH_POINTER = 700 };

struct seen_state {
	struct state *state;
	uint32_t hash;		/* of its lockset */
	uint32_t objects;	/* hash of where which objects lie; 0: not yet
				 * asked for */
	bool pending;
};

static void heap_push(struct run *r, uint32_t order)
{
	guint i = r->heap->len;
	uint32_t *h;

	g_array_append_val(r->heap, order);
	h = &g_array_index(r->heap, uint32_t, 0);
	while (i > 0 && h[(i - 1) / 2] > h[i]) {
		uint32_t swap = h[i];

		h[i] = h[(i - 1) / 2];
		h[(i - 1) / 2] = swap;
		i = (i - 1) / 2;
	}
}

static uint32_t heap_pop(struct run *r)
{
	uint32_t *h = &g_array_index(r->heap, uint32_t, 0);
	uint32_t top = h[0];
	guint i = 0, nr = r->heap->len - 1;

	h[0] = h[nr];
	g_array_set_size(r->heap, nr);
	while (2 * i + 1 < nr) {
		guint child = 2 * i + 1;
		uint32_t swap;

		if (child + 1 < nr && h[child + 1] < h[child])
			child++;
		if (h[i] <= h[child])
			break;
		swap = h[i];
		h[i] = h[child];
		h[child] = swap;
		i = child;
	}
	return top;
}

static void queue_node(struct run *r, uint32_t node)
{
	if (r->queued[node])
		return;
	r->queued[node] = 1;
	heap_push(r, r->e.slice->order[node]);
}

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

/* Do they agree on which objects lie where? */
static bool same_objects(const struct run *r, const struct state *x,
			 const struct state *y)
{
	guint i = 0, k = 0;

	for (;;) {
		const struct binding *a = explore_next_object(r, x->memory, &i);
		const struct binding *b = explore_next_object(r, y->memory, &k);

		if (!a || !b)
			return a == b;
		if (a->key != b->key || a->value != b->value)
			return false;
	}
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

	changed |= state_join(r->x->t, r->x->origins, seen->state, s);
	seen->objects = 0;
	if (changed) {
		seen->pending = true;
		queue_node(r, node);
	}
	state_free(s);
}

/* A state that arrives at a node, and those there that are like it. */
struct meeting {
	const struct state *state;
	uint32_t hash, objects;	/* as of struct seen_state */
	struct seen_state *join;	/* into this one, if not NULL */
	guint alike;		/* so many of this lockset */
	guint fellows;		/* of them with the same flags written */
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
	       same_objects(r, v->state, m->state);
}

/* What of memory is the same; what a branch depends on is worth more. */
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
		same += at->op == TERM_LOCAL && r->e.slice->decides[at->a]
				? 1000
				: 1;
	}
	return same;
}

/* How little is forgotten if the two are joined. */
static unsigned likeness_of(const struct run *r, struct meeting *m,
			    struct seen_state *v)
{
	return 1 + 1000 * is_close(r, m, v) +
	       4 * common_memory(r, v->state, m->state) +
	       WRITTEN_LIKENESS * state_same_written(v->state, m->state) +
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
		    (fellows && (!state_same_written(v->state, m->state) ||
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
		if (!state_same_written(v->state, m->state))
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
	queue_node(r, node);
}

/* The node of this function that made the index in OBJECT; or 0. */
static uint32_t index_node(const struct run *r, term_id object)
{
	const struct term *x = term_get(r->x->t, object);

	while (x->op == TERM_FIELD || x->op == TERM_LOAD)
		x = term_get(r->x->t, x->a);
	if (x->op != TERM_INDEX)
		return 0;
	x = term_get(r->x->t, x->b);
	return x->op == TERM_FRESH && x->a < r->e.b->node_nr ? x->a : 0;
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

/* S, which is handed over, arrives at NODE. */
static void arrive(struct run *r, uint32_t node, struct state *s)
{
	struct meeting m = { .state = s };
	GPtrArray *seen;

	node = node ? r->e.slice->skip[node] : 0;
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

static void arrive_all(struct run *r, uint32_t node)
{
	for (guint i = 0; i < r->out->len; i++)
		arrive(r, node, g_ptr_array_index(r->out, i));
	g_ptr_array_set_size(r->out, 0);
}

static bool same_exit(const struct exit_state *x, const struct exit_state *y)
{
	return x->result == y->result && state_same_locks(x->state, y->state) &&
	       state_same_memory(x->state, y->state) &&
	       state_same_guard(x->state, y->state);
}

/* Stores straight through a pointer argument: nobody looks at them. */
static void drop_symbol_stores(const struct run *r, struct state *s)
{
	guint to = 0;

	for (guint i = 0; i < s->memory->len; i++) {
		struct binding b = g_array_index(s->memory, struct binding, i);

		if (term_get(r->x->t, b.key)->op != TERM_SYMBOL)
			g_array_index(s->memory, struct binding, to++) = b;
	}
	g_array_set_size(s->memory, to);
}

/* Keeps of an exit what a caller can name. */
static void trim_exit(const struct run *r, struct state *s, term_id result)
{
	guint to = 0;

	for (guint i = 0; i < s->memory->len; i++) {
		struct binding b = g_array_index(s->memory, struct binding, i);

		if (term_get(r->x->t, b.key)->flags & TERM_HAS_LOCAL)
			continue;
		if (term_get(r->x->t, b.value)->flags & TERM_HAS_LOCAL)
			b.value = term_unknown(r->x->t);
		g_array_index(s->memory, struct binding, to++) = b;
	}
	g_array_set_size(s->memory, to);
	if (!r->x->p->output_needed[r->function])
		drop_symbol_stores(r, s);
	to = 0;
	for (guint i = 0; i < s->fact->len; i++) {
		struct binding b = g_array_index(s->fact, struct binding, i);

		/* What is still as it was on entry, the guard tells. */
		if (!(term_get(r->x->t, b.key)->flags &
		      (TERM_HAS_LOCAL | TERM_HAS_OLD)) &&
		    !state_is_of_entry(r->x->t, s, b.key))
			g_array_index(s->fact, struct binding, to++) = b;
	}
	g_array_set_size(s->fact, to);
	state_collect(r->x->t, s, result);
}

/* The exits of one lockset, and which of them is the most like a new one. */
struct likeness {
	struct exit_state *same, *closest;
	guint alike;		/* so many of this lockset */
	guint with_result;	/* and with its result */
	guint close;		/* and with its objects, too */
	int score;		/* of the closest */
};

static void compare_exit(const struct run *r, struct exit_state *e,
			 const struct exit_state *new, struct likeness *l)
{
	bool same_written = state_same_written(e->state, new->state);
	bool same_result = e->result == new->result;
	bool objects;
	int score;

	if (!state_same_locks(e->state, new->state))
		return;
	same_result &= same_written;
	objects = same_objects(r, e->state, new->state);
	if ((same_written && same_exit(e, new)) ||
	    (same_result && objects &&
	     (!r->self->guards_matter ||
	      state_is_weaker(r->x->t, e->state, new->state))))
		l->same = e;
	score = 1 + 64 * same_result + 32 * objects + 128 * same_written +
		(int)state_common_guard(e->state, new->state);
	l->alike++;
	l->with_result += same_result;
	l->close += same_result && objects;
	if (score > l->score) {
		l->score = score;
		l->closest = e;
	}
}

/* NEW's state is handed over. */
static void join_exits(struct run *r, struct exit_state *into,
		       const struct exit_state *new)
{
	if (into->result != new->result) {
		term_id name = explore_name_result(r, into, new);

		r->exits_changed |= into->result != name;
		into->result = name;
	}
	r->exits_changed |= explore_name_stored(r, into->state, new->state);
	r->exits_changed |= state_join(r->x->t, r->x->origins, into->state,
				       new->state);
	state_free(new->state);
}

static bool has_too_many_exits(const struct run *r, const struct likeness *l)
{
	guint more = r->self->guards_matter ? GUARD_STATES_MAX : 1;

	return l->alike >= EXITS_MAX || l->close >= CLOSE_EXITS_MAX * more ||
	       l->with_result >= RESULT_EXITS_MAX * more;
}

/*
 * Locks that were not released in the order in which they were acquired leave
 * a level in force that is no held lock's.  Approximation: it ends with the
 * function; the finding names the release.
 */
static void end_stale_level(struct state *s)
{
	for (guint i = 0; i < s->held->len; i++) {
		const struct held *h = &g_array_index(s->held, struct held, i);

		if (s->level.class ? h->count > 0 &&
					     h->class == s->level.class
				   : h->count < 0 &&
					     h->object == s->level.owner)
			return;
	}
	s->level = (struct level){ 0 };
}

/* Arrays of which no element is held any more (explore_lock.c). */
static void drop_done(struct state *s)
{
	for (guint i = s->held->len; i > 0; i--)
		if (g_array_index(s->held, struct held, i - 1).count == 0)
			g_array_remove_index(s->held, i - 1);
}

static void add_exit(struct run *r, struct state *s, term_id result)
{
	GPtrArray *exits = r->self->exits;
	struct exit_state new = { .state = s, .result = result };
	struct likeness l = { 0 };

	drop_done(s);
	end_stale_level(s);
	/* Approximation: what happened under a failing assertion is told by
	 * the acquisitions made there, not by what follows the return. */
	s->flags = 0;
	trim_exit(r, s, result);
	/* The check and the lock that it is for stand together. */
	if (!program_in_lock_header(r->x->p, r->function))
		s->checked = (struct level){ 0 };
	if (r->watch && r->watch->leaves(r->watch->context, r, s, result))
		return;
	for (guint i = 0; i < exits->len && !l.same; i++)
		compare_exit(r, g_ptr_array_index(exits, i), &new, &l);
	if (l.same) {
		join_exits(r, l.same, &new);
	} else if (has_too_many_exits(r, &l)) {
		join_exits(r, l.closest, &new);
	} else if (exits->len >= EXITS_MAX * LOCKSETS_MAX) {
		explorer_limit(r->x, LIMIT_DROPPED, r->function, 0, 0);
		state_free(s);
	} else {
		r->exits_changed = true;
		g_ptr_array_add(exits, g_memdup2(&new, sizeof(new)));
	}
}

/* Results from -MAX_ERRNO to -1 say what went wrong. */
enum { ERRNO_MAX = 4095 };

/*
 * Approximation: a caller is told that a call failed, but not with which of
 * the errors.
 */
static term_id any_error(struct run *r, struct state *s, term_id result)
{
	int64_t imm;
	term_id error;

	if (!term_is_const(r->x->t, result, &imm) || imm >= 0 ||
	    imm < -ERRNO_MAX)
		return result;
	error = term_leaf(r->x->t, TERM_FRESH, 0, 0, 0);
	bindings_set(s->fact, error, 0);
	return error;
}

static void do_return(struct run *r, struct state *s, uint32_t node)
{
	const struct fact_node *n = &r->e.b->node[node];
	term_id result = 0;

	if (r->recording) {
		state_free(s);
		return;
	}
	if (n->a && r->x->p->result_needed[r->function]) {
		result = value_of(&r->e, s, n->a);
		if (term_get(r->x->t, result)->flags & TERM_HAS_LOCAL)
			result = term_unknown(r->x->t);
		result = any_error(r, s, result);
	}
	add_exit(r, s, result);
}

/* The member that VALUE was loaded from in the record at BASE, or 0. */
static uint32_t walked_member(const struct run *r, term_id value,
			      term_id base)
{
	const struct term *x = term_get(r->x->t, value);

	if (x->op != TERM_LOAD)
		return 0;
	x = term_get(r->x->t, x->a);
	return x->op == TERM_FIELD && x->a == base ? x->b : 0;
}

/*
 * A walk along a list: the next element is some element, which keeps what the
 * model says that all elements share.  To be asked before what NODE made is
 * renamed: SHARED gets the members that the element to come has.  0 if NODE is
 * no such step.
 */
static term_id next_element(struct run *r, const struct state *s,
			    uint32_t node, GArray *shared)
{
	const struct program *p = r->x->p;
	const struct fact_node *n = &r->e.b->node[node];
	term_id old = state_memory(s, value_of(&r->e, s, n->a)), next;
	uint32_t member = old ? walked_member(r, value_of(&r->e, s, n->b), old)
			      : 0;

	if (!member || !r->e.slice->in_loop[node])
		return 0;
	next = term_leaf(r->x->t, TERM_FRESH, node, 0,
			 p->role_of_field[member]);
	for (guint i = 0; i < p->invariant->len; i++) {
		const struct invariant *v =
			&g_array_index(p->invariant, struct invariant, i);
		struct binding b;

		if (v->from != v->field || v->path != member)
			continue;
		b.key = term_field(r->x->t, next, v->field);
		b.value = value_of_member(p, r->x->t, s, old, v->field);
		if (term_is_stable(r->x->t, b.value) &&
		    !term_contains(r->x->t, b.value, next))
			g_array_append_val(shared, b);
	}
	return next;
}

/* What a loop counts is any number after the first round. */
static bool is_counted(const struct run *r, uint32_t node, term_id value)
{
	const struct fact_node *n = &r->e.b->node[node];
	const struct fact_expr *target = &r->e.b->expr[n->a];

	if (target->op != EXPR_LOCAL || !r->e.slice->varies[target->a])
		return false;
	return n->flags & NODE_WEAK ||
	       (r->e.slice->in_loop[node] &&
		!term_is_const(r->x->t, value, NULL));
}

/* A pointer to a record that was computed (an allocator's result, a page's
 * address) gets a name in the local that it is assigned to. */
static term_id name_pointer(const struct run *r, uint32_t node, term_id value)
{
	const struct fact_node *n = &r->e.b->node[node];
	const struct fact_expr *target = &r->e.b->expr[n->a];

	if (target->op != EXPR_LOCAL ||
	    !program_is_object(r->x->p, r->e.b->local[target->a].type) ||
	    (term_is_stable(r->x->t, value) &&
	     term_get(r->x->t, value)->op != TERM_UNKNOWN))
		return value;
	return term_leaf(r->x->t, TERM_FRESH, node, FRESH_POINTER, 0);
}

/*
 * A number that is stored through an argument gets one, too: what is known of
 * it is known to callers then, and calls leave it alone.
 */
static term_id name_stored(const struct run *r, uint32_t node, term_id address,
			   term_id value)
{
	if (term_get(r->x->t, address)->op != TERM_SYMBOL ||
	    !r->x->p->output_needed[r->function] ||
	    term_is_fixed(r->x->t, value) ||
	    term_get(r->x->t, value)->op == TERM_FRESH)
		return value;
	return term_leaf(r->x->t, TERM_FRESH, node, FRESH_POINTER, 0);
}

static void do_assign(struct run *r, struct state *s, uint32_t node)
{
	const struct fact_node *n = &r->e.b->node[node];
	GArray *shared = g_array_new(FALSE, FALSE, sizeof(struct binding));
	term_id next = next_element(r, s, node, shared), value, address;

	if (r->e.slice->in_loop[node])
		state_age(r->x->t, s, node);
	value = value_of(&r->e, s, n->b);
	if (next)
		value = next;
	else if (is_counted(r, node, value))
		value = term_unknown(r->x->t);
	else
		value = name_pointer(r, node, value);
	for (guint i = 0; i < shared->len; i++) {
		struct binding b = g_array_index(shared, struct binding, i);

		bindings_set(s->memory, b.key, b.value);
	}
	g_array_unref(shared);
	address = value_of(&r->e, s, n->a);
	state_store(r->x->p, r->x->t, s, address,
		    name_stored(r, node, address, value));
	arrive(r, n->next, s);
}

/* The members of a small record, one by one; of a large one: forgotten. */
static void do_copy(struct run *r, struct state *s, uint32_t node)
{
	const struct fact_node *n = &r->e.b->node[node];
	term_id to = value_of(&r->e, s, n->a);
	term_id from = value_of(&r->e, s, n->b);
	GArray *found = g_array_new(FALSE, FALSE, sizeof(struct binding));

	for (guint i = 0; i < s->memory->len; i++) {
		struct binding b = g_array_index(s->memory, struct binding, i);
		const struct term *x = term_get(r->x->t, b.key);

		if (x->op == TERM_FIELD && x->a == from) {
			b.key = term_field(r->x->t, to, x->b);
			g_array_append_val(found, b);
		}
	}
	state_forget(r->x->t, s, to);
	for (guint i = 0; i < found->len; i++) {
		struct binding b = g_array_index(found, struct binding, i);

		state_store(r->x->p, r->x->t, s, b.key, b.value);
	}
	g_array_unref(found);
	arrive(r, n->next, s);
}

static void do_asm(struct run *r, struct state *s, uint32_t node)
{
	const struct fact_node *n = &r->e.b->node[node];

	for (uint32_t i = 0; i < n->extra_nr; i++) {
		uint32_t expr = r->e.b->extra[n->extra + i];
		uint32_t local = body_root_local(r->e.b, expr);

		if (local)
			state_forget(r->x->t, s, value_of(&r->e, s, expr));
	}
	arrive(r, n->next, s);
}

static bool leads_nowhere(const struct run *r, uint32_t node)
{
	uint32_t to = node ? r->e.slice->skip[node] : 0;

	return !to || r->e.b->node[to].kind == NODE_DEAD;
}

/*
 * A path on which an assertion must fail goes on, as in a release build: its
 * orderings are of the world "assert-fails".
 * Approximation: the second assertion that fails on a path is taken to hold,
 * and so is one about anything else than arguments.
 */
static void do_assertion(struct run *r, struct state *s, uint32_t node,
			 term_id value)
{
	const struct fact_node *n = &r->e.b->node[node];
	bool truth = leads_nowhere(r, n->other);
	uint32_t next = truth ? n->next : n->other;

	if (state_truth(r->x->t, s, value) == TRI_UNKNOWN &&
	    !(s->flags & STATE_ASSERT_FAILED) &&
	    !(term_get(r->x->t, value)->flags &
	      (TERM_HAS_LOAD | TERM_HAS_FRESH))) {
		struct state *failed = state_copy(s);

		failed->flags |= STATE_ASSERT_FAILED;
		if (state_learn(r->x->t, failed, value, !truth, false))
			arrive(r, next, failed);
		else
			state_free(failed);
	}
	if (!state_learn(r->x->t, s, value, truth, true)) {
		explorer_limit(r->x, LIMIT_ASSERT, r->function, node, 0);
		s->flags |= STATE_ASSERT_FAILED;
	}
	arrive(r, next, s);
}

static void do_branch(struct run *r, struct state *s, uint32_t node)
{
	const struct fact_node *n = &r->e.b->node[node];
	term_id value = value_of(&r->e, s, n->a);
	enum tristate truth = state_condition(r->x->p, r->x->t, s, value);
	struct state *other;

	if (slice_is_guard(r->e.b, node) && program_is_assertion(r->x->p, n)) {
		do_assertion(r, s, node, value);
		return;
	}
	if (truth != TRI_UNKNOWN) {
		arrive(r, truth == TRI_YES ? n->next : n->other, s);
		return;
	}
	other = state_copy(s);
	if (explore_world_allows(r->x, s, value, true) &&
	    state_learn(r->x->t, s, value, true, false))
		arrive(r, n->next, s);
	else
		state_free(s);
	if (explore_world_allows(r->x, other, value, false) &&
	    state_learn(r->x->t, other, value, false, false))
		arrive(r, n->other, other);
	else
		state_free(other);
}

/* One case of a switch over VALUE, which is not known. */
static void do_case(struct run *r, const struct state *s, term_id value,
		    const struct fact_case *c)
{
	struct state *to = state_copy(s);

	if (c->lo == c->hi &&
	    !state_learn(r->x->t, to,
			 term_binary(r->x->t, EXPR_EQ, value,
				     term_const(r->x->t, c->lo)),
			 true, false)) {
		state_free(to);
		return;
	}
	arrive(r, c->node, to);
}

/*
 * The default: none of the cases.  Approximation: callers are not told of what
 * VALUE is not where there are many cases; that would crowd out what matters.
 */
static void do_default(struct run *r, struct state *s, term_id value,
		       const struct fact_node *n)
{
	bool few = n->extra_nr <= TOLD_CASES_MAX;

	for (uint32_t i = 0; i < n->extra_nr; i++) {
		const struct fact_case *c = &r->e.b->cases[n->extra + i];

		term_id equal = term_binary(r->x->t, EXPR_EQ, value,
					    term_const(r->x->t, c->lo));

		if (c->lo == c->hi &&
		    !(few ? state_learn(r->x->t, s, equal, false, false)
			  : state_assume(r->x->t, s, equal, false))) {
			state_free(s);
			return;
		}
	}
	arrive(r, n->next, s);
}

static void do_switch(struct run *r, struct state *s, uint32_t node)
{
	const struct fact_node *n = &r->e.b->node[node];
	term_id value = state_resolve(r->x->t, s, value_of(&r->e, s, n->a));
	int64_t imm = 0;

	if (!term_is_const(r->x->t, value, &imm)) {
		for (uint32_t i = 0; i < n->extra_nr; i++)
			do_case(r, s, value, &r->e.b->cases[n->extra + i]);
		do_default(r, s, value, n);
		return;
	}
	for (uint32_t i = 0; i < n->extra_nr; i++) {
		const struct fact_case *c = &r->e.b->cases[n->extra + i];

		if (MUTANT(19, imm > c->lo, imm >= c->lo) && imm <= c->hi) {
			arrive(r, c->node, s);
			return;
		}
	}
	arrive(r, n->next, s);
}

static void do_jump(struct run *r, struct state *s, uint32_t node)
{
	const struct fact_node *n = &r->e.b->node[node];

	for (uint32_t i = 0; i < n->extra_nr; i++)
		arrive(r, r->e.b->extra[n->extra + i], state_copy(s));
	if (n->next)
		arrive(r, n->next, s);
	else
		state_free(s);
}

static void call_target(struct run *r, struct state *s, uint32_t node,
			fact_id callee)
{
	const struct lock_primitive *lp =
		program_primitive(r->x->p, r->function, node, callee);

	if (lp)
		explore_primitive(r, s, node, lp);
	else
		explore_call(r, s, node, callee);
}

static void no_target(struct run *r, struct state *s, uint32_t node)
{
	uint32_t local = r->e.b->node[node].b;

	if (local)
		state_store(r->x->p, r->x->t, s,
			    term_leaf(r->x->t, TERM_LOCAL, local, 0, 0),
			    term_leaf(r->x->t, TERM_FRESH, node, 0, 0));
	g_ptr_array_add(r->out, s);
}

/*
 * One of several functions that a pointer may be: what the pointer is known to
 * be there excludes the others.
 */
static void call_through_pointer(struct run *r, const struct state *s,
				 uint32_t node, term_id pointer,
				 fact_id callee)
{
	struct terms *t = r->x->t;
	term_id equal = term_binary(t, EXPR_EQ, pointer,
				    term_leaf(t, TERM_FUNCTION, callee, 0, 0));
	struct state *own = state_copy(s);

	if ((term_is_stable(t, equal) &&
	     (!explore_facts_allow(r->x, own->fact,
				   LITERAL(equal, false, true)) ||
	      !state_learn(t, own, equal, true, false))) ||
	    !explore_learn_world(r, own, node, callee)) {
		state_free(own);
		return;
	}
	call_target(r, own, node, callee);
}

static void do_call(struct run *r, struct state *s, uint32_t node)
{
	const struct fact_node *n = &r->e.b->node[node];
	const struct call_site *site =
		callgraph_site(r->x->p->cg, r->function, node);
	term_id callee = value_of(&r->e, s, n->a);
	/* A copy: new terms move the table. */
	const struct term x = *term_get(r->x->t, callee);

	if (r->e.null_access) {
		g_ptr_array_add(r->out, s);
		arrive_all(r, n->next);
		return;
	}
	if (x.op == TERM_FUNCTION) {
		if (explore_learn_world(r, s, node, x.a))
			call_target(r, s, node, x.a);
		else
			state_free(s);
	} else if (!site->target_nr) {
		no_target(r, s, node);
	} else {
		for (uint32_t i = 0; i < MUTANT(14, 1, site->target_nr); i++)
			call_through_pointer(
				r, s, node, callee,
				g_array_index(r->x->p->cg->target, fact_id,
					      site->target + i));
		state_free(s);
	}
	arrive_all(r, n->next);
}

void explore_step(struct run *r, struct state *s, uint32_t node)
{
	const struct fact_node *n = &r->e.b->node[node];

	r->x->steps++;
	r->self->steps++;
	r->e.node = node;
	r->e.null_access = false;
	if (r->e.slice->in_loop[node] &&
	    (n->kind == NODE_CALL || n->kind == NODE_COPY))
		state_age(r->x->t, s, node);
	switch (n->kind) {
	case NODE_ASSIGN:
		do_assign(r, s, node);
		break;
	case NODE_COPY:
		do_copy(r, s, node);
		break;
	case NODE_UNDEF:
		state_forget(r->x->t, s,
			     term_leaf(r->x->t, TERM_LOCAL, n->a, 0, 0));
		arrive(r, n->next, s);
		break;
	case NODE_CALL:
		do_call(r, s, node);
		break;
	case NODE_ASM:
		do_asm(r, s, node);
		break;
	case NODE_BRANCH:
		do_branch(r, s, node);
		break;
	case NODE_SWITCH:
		do_switch(r, s, node);
		break;
	case NODE_JUMP:
		do_jump(r, s, node);
		break;
	case NODE_RETURN:
		do_return(r, s, node);
		break;
	case NODE_NOP:
		arrive(r, n->next, s);
		break;
	default:
		state_free(s);
		break;
	}
}

static void do_pending(struct run *r, uint32_t node)
{
	GPtrArray *seen = r->seen[node];

	r->queued[node] = 0;
	for (guint i = 0; i < seen->len; i++) {
		struct seen_state *v = g_ptr_array_index(seen, i);

		if (!v->pending)
			continue;
		v->pending = false;
		explore_step(r, state_copy(v->state), node);
	}
}

void explore_run_init(struct run *r, struct explorer *x, struct summary *self)
{
	const struct program *p = x->p;

	*r = (struct run){ .x = x, .self = self, .function = self->function };
	r->e = (struct evaluator){
		.p = p,
		.t = x->t,
		.b = FACT_FUNCTION(p->f, self->function)->body,
		.slice = p->slice[self->function],
	};
	r->seen = g_new0(GPtrArray *, r->e.b->node_nr);
	r->queued = g_new0(uint8_t, r->e.b->node_nr);
	r->locksets = g_new0(uint8_t, r->e.b->node_nr);
	r->node_at = g_new0(uint32_t, r->e.b->node_nr + 1);
	for (uint32_t i = 1; i < r->e.b->node_nr; i++)
		r->node_at[r->e.slice->order[i]] = i;
	r->heap = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	r->out = g_ptr_array_new();
}

void explore_run_release(struct run *r)
{
	for (uint32_t i = 0; i < r->e.b->node_nr; i++) {
		for (guint k = 0; r->seen[i] && k < r->seen[i]->len; k++) {
			struct seen_state *v =
				g_ptr_array_index(r->seen[i], k);

			state_free(v->state);
			g_free(v);
		}
		if (r->seen[i])
			g_ptr_array_unref(r->seen[i]);
	}
	g_free(r->seen);
	g_free(r->queued);
	g_free(r->locksets);
	g_free(r->node_at);
	g_array_unref(r->heap);
	g_ptr_array_unref(r->out);
	if (r->member)
		g_array_unref(r->member);
}

/* What the model says of who is current there. */
static void learn_current(const struct run *r, struct state *s)
{
	const GArray *all = r->x->p->entry_fact;

	for (guint i = 0; i < all->len; i++) {
		const struct entry_fact *f =
			&g_array_index(all, struct entry_fact, i);
		term_id base = f->of_vcpu
				       ? term_leaf(r->x->t, TERM_CURRENT, 0, 0,
						   0)
				       : value_current_domain(r->x->p, r->x->t);

		if (f->function == r->function)
			state_learn(r->x->t, s,
				    explore_world_term(r->x, s, base,
						       &f->world),
				    f->world.truth, false);
	}
}

/* The arguments are symbols. */
struct state *explore_entry_state(const struct run *r)
{
	const struct fact_function *fn =
		FACT_FUNCTION(r->x->p->f, r->function);
	struct state *s = state_new(r->x->p, r->x->pool);

	for (uint32_t i = 0; i < fn->param_nr; i++) {
		if (r->e.slice->local[i + 1])
			bindings_set(s->memory,
				     term_leaf(r->x->t, TERM_LOCAL, i + 1, 0,
					       0),
				     explore_parameter(r->x, r->function, i));
	}
	learn_current(r, s);
	return s;
}

/* Once more over all states, which are final, to keep calls and events. */
static void record_all(struct run *r)
{
	r->recording = true;
	for (uint32_t node = 1; node < r->e.b->node_nr; node++) {
		const GPtrArray *seen = r->seen[node];

		if (!seen || r->e.b->node[node].kind != NODE_CALL)
			continue;
		for (guint i = 0; i < seen->len; i++) {
			const struct seen_state *v =
				g_ptr_array_index(seen, i);

			explore_step(r, state_copy(v->state), node);
		}
	}
}

static bool changes_locks(const GPtrArray *exits)
{
	for (guint i = 0; i < exits->len; i++)
		if (((struct exit_state *)g_ptr_array_index(exits, i))
			    ->state->held->len)
			return true;
	return false;
}

static bool has_exit(const GPtrArray *exits, const struct exit_state *e)
{
	for (guint i = 0; i < exits->len; i++) {
		const struct exit_state *old = g_ptr_array_index(exits, i);

		if (same_exit(old, e) && state_same_facts(old->state, e->state))
			return true;
	}
	return false;
}

static bool same_exits(const GPtrArray *x, const GPtrArray *y)
{
	for (guint i = 0; i < x->len; i++)
		if (!has_exit(y, g_ptr_array_index(x, i)))
			return false;
	return x->len == y->len;
}

/* After so many runs, exits are only ever added: the fixpoint ends. */
enum { FRESH_RUNS_MAX = 6 };

/* True if they are not those of the last run. */
static bool keep_exits(struct run *r, GPtrArray *old)
{
	bool changed = r->exits_changed;

	if (old == r->self->exits)
		return changed;
	changed = !same_exits(old, r->self->exits);
	explore_free_exits(old);
	return changed;
}

void explore_all_states(struct run *r)
{
	arrive(r, 1, explore_entry_state(r));
	while (r->heap->len)
		do_pending(r, r->node_at[heap_pop(r)]);
}

bool explore_run(struct explorer *x, struct summary *self)
{
	GPtrArray *old = self->exits;
	bool changed;
	struct run r;

	explore_run_init(&r, x, self);
	if (self->runs < FRESH_RUNS_MAX && !x->recording)
		self->exits = g_ptr_array_new();
	self->runs++;
	explore_all_states(&r);
	if (x->recording)
		record_all(&r);
	changed = keep_exits(&r, old);
	explore_run_release(&r);
	/* The next time they are told apart better. */
	if (!self->guards_matter && changes_locks(self->exits)) {
		self->guards_matter = true;
		self->dirty = true;
	}
	return changed;
}
