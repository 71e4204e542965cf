/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ways out of a function, as its callers are to see them. */
#include "explore_int.h"

#include "asks.h"

enum {
	CLOSE_EXITS_MAX = 1,	/* of one lockset, result and objects */
	RESULT_EXITS_MAX = 3,	/* of one lockset and result */
	EXITS_MAX = 16,		/* of one lockset */
};

bool explore_same_exit(const struct exit_state *x, const struct exit_state *y)
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

/* Does ID speak of what lay somewhere on entry, where something else lies now? */
static bool is_overwritten(const struct terms *t, const struct state *s,
			   term_id id)
{
	const struct term *x = term_get(t, id);

	if (!(x->flags & TERM_HAS_LOAD))
		return false;
	switch (x->op) {
	case TERM_LOAD:
		return state_memory(s, x->a) || is_overwritten(t, s, x->a);
	case TERM_FIELD:
	case TERM_HELD:
	case TERM_UNARY:
		return is_overwritten(t, s, x->a);
	default:
		return is_overwritten(t, s, x->a) ||
		       is_overwritten(t, s, x->b);
	}
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

		/* What is still as it was on entry, the guard tells; callers
		 * take what lies there now for it. */
		if (!(term_get(r->x->t, b.key)->flags &
		      (TERM_HAS_LOCAL | TERM_HAS_OLD)) &&
		    !state_is_of_entry(r->x->t, s, b.key) &&
		    !is_overwritten(r->x->t, s, b.key))
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
	objects = explore_same_objects(r, e->state, new->state);
	if ((same_written && explore_same_exit(e, new)) ||
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
	r->exits_changed |= state_join(r->x->t, r->x->origins, r->x->asks,
				       into->state, new->state);
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

void explore_add_exit(struct run *r, struct state *s, term_id result)
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
	s->asked = asks_lasting(r->x->asks, s->asked);
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
