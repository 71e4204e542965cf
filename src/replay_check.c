/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is what a replay has led to what the ordering tells: these two locks, the
 * one still held, and not one lock taken twice?
 */
#include "replay_int.h"

#include "value.h"

/* The two locks, by their names in one function on the way up. */
struct names {
	term_id held, held_owner;	/* 0: not (yet) known here */
	term_id acquired, acquired_owner;
};

static bool is_class(const struct held *h, const struct held *other)
{
	return h->count > 0 && h->class == other->class &&
	       h->kind == other->kind;
}

/* The lock of the pair, in the holder's state AT. */
static const struct held *held_lock(const struct replayer *rp,
				    const struct state *at)
{
	const struct leg *leg = g_ptr_array_index(rp->legs, rp->holder);

	for (guint i = 0; i < at->held->len; i++) {
		const struct held *h = &g_array_index(at->held, struct held,
						      i);

		if (is_class(h, &rp->pair->held) &&
		    origin_set_has(rp->x->origins, h->origins, leg->origin))
			return h;
	}
	return NULL;
}

/* Is what E acquires, by the names N, one of the locks that are held at AT? */
static bool is_held(const struct replayer *rp, const struct state *at,
		    const struct event *e, const struct names *n)
{
	for (guint i = 0; i < at->held->len; i++) {
		const struct held *h = &g_array_index(at->held, struct held,
						      i);

		if (h->count > 0 && !h->many &&
		    explore_is_held(rp->x, at, h, e, n->acquired,
				    n->acquired_owner))
			return true;
	}
	return false;
}

static bool releases(const struct replayer *rp, const struct state *holder,
		     const struct held *lock, term_id object)
{
	return object && state_same(rp->x->p, rp->x->t, holder, lock->object,
				    object) == TRI_YES;
}

/*
 * Between the holder and the acquisition: is the lock released?  AT is the
 * state of a function called by OUTER.
 */
static bool is_released_below(const struct replayer *rp,
			      const struct state *at,
			      const struct outer *outer,
			      const struct state *holder,
			      const struct held *lock)
{
	for (guint i = 0; i < at->held->len; i++) {
		const struct held *h = &g_array_index(at->held, struct held,
						      i);
		const struct outer *o = outer;
		term_id object = h->object;

		if (h->count >= 0)
			continue;
		for (; o && o->at != holder; o = o->up)
			object = replay_name(rp, o, object);
		if (o && releases(rp, holder, lock,
				  replay_name(rp, o, object)))
			return true;
	}
	return false;
}

static const struct outer *outer_of_holder(const struct replayer *rp,
					   const struct outer *outer)
{
	for (guint i = rp->legs->len - 1; i > rp->holder + 1; i--)
		outer = outer->up;
	return outer;
}

static bool roles_agree(enum owner_role a, enum owner_role b)
{
	return a == b || a == OWNER_ANY || b == OWNER_ANY ||
	       a == OWNER_SUBJECT || b == OWNER_SUBJECT || a == OWNER_NONE;
}

static bool kinds_agree(enum instance_kind a, enum instance_kind b)
{
	return a == b || a == INSTANCE_ANY || b == INSTANCE_ANY;
}

static bool relations_agree(enum relation a, enum relation b)
{
	return a == b || a == RELATION_UNKNOWN || b == RELATION_UNKNOWN;
}

/* Does what is known at AT contradict what is told of the two? */
static bool is_as_told(const struct replayer *rp, const struct state *at,
		       const struct names *n)
{
	const struct way_view *v = &rp->way->view;
	const struct program *p = rp->x->p;
	struct terms *t = rp->x->t;

	if (n->held &&
	    !kinds_agree(value_instance(p, t, at, n->held),
			 (enum instance_kind)v->held_instance))
		return false;
	if (n->acquired &&
	    !kinds_agree(value_instance(p, t, at, n->acquired),
			 (enum instance_kind)v->acquired_instance))
		return false;
	if (n->held_owner &&
	    !roles_agree(value_role(p, t, at, n->held_owner),
			 (enum owner_role)v->held_owner))
		return false;
	if (n->acquired_owner &&
	    !roles_agree(value_role(p, t, at, n->acquired_owner),
			 (enum owner_role)v->acquired_owner))
		return false;
	return !n->held_owner || !n->acquired_owner ||
	       relations_agree(value_relation(p, t, at, n->held_owner,
					      n->acquired_owner),
			       (enum relation)v->relation);
}

static void names_up(const struct replayer *rp, const struct outer *o,
		     struct names *n)
{
	n->held = replay_name(rp, o, n->held);
	n->held_owner = replay_name(rp, o, n->held_owner);
	n->acquired = replay_name(rp, o, n->acquired);
	n->acquired_owner = replay_name(rp, o, n->acquired_owner);
}

/*
 * From the acquisition in E up to the entry point.  Somebody's lock that is
 * taken again is recursion, which is told of the holder's own alone.
 */
static bool check_up(const struct replayer *rp, const struct event *e,
		     const struct outer *outer, const struct state *holder,
		     const struct held *lock)
{
	struct names n = { .acquired = e->object, .acquired_owner = e->owner };
	const struct state *at = e->at;

	for (;;) {
		if (is_held(rp, at, e, &n))
			return rp->pair->same_object && at == holder;
		if (at == holder) {
			n.held = lock->object;
			n.held_owner = lock->owner;
		}
		if (!is_as_told(rp, at, &n))
			return false;
		if (!outer)
			return !rp->pair->same_object;
		names_up(rp, outer, &n);
		at = outer->at;
		outer = outer->up;
	}
}

static bool is_acquisition(const struct replayer *rp, const struct event *e)
{
	const struct acquisition *a = &rp->pair->acquired;

	return e->node == a->event->node && e->kind == a->event->kind &&
	       e->view.class == a->view.class;
}

/* Does it take more than what is told: a privilege, a failing assertion? */
static bool needs_more(const struct replayer *rp, const struct event *e,
		       const struct outer *outer)
{
	uint32_t flags = e->at->flags;

	for (; outer; outer = outer->up)
		flags |= outer->at->flags;
	return (flags & ~(uint32_t)rp->way->view.flags) != 0;
}

bool replay_check(struct replayer *rp, const struct event *e,
		  const struct outer *outer)
{
	bool is_own = rp->holder + 1 == rp->legs->len;
	const struct state *holder = is_own ? e->at
					    : outer_of_holder(rp, outer)->at;
	const struct held *lock = held_lock(rp, holder);
	const struct state *at = e->at;

	if (!lock || !is_acquisition(rp, e) || needs_more(rp, e, outer))
		return false;
	for (const struct outer *o = outer; at != holder;
	     at = o->at, o = o->up)
		if (is_released_below(rp, at, o, holder, lock))
			return false;
	if (!check_up(rp, e, outer, holder, lock))
		return false;
	rp->is_stopped = replay_is_stopped(rp, e, outer, holder, lock);
	if (rp->is_stopped && rp->effort.unstopped)
		return false;
	if (rp->guard && holder->guard->len)
		g_array_append_vals(rp->guard, holder->guard->data,
				    holder->guard->len);
	return true;
}
