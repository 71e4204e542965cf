/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "asked.h"

#include "asks.h"
#include "control.h"
#include "program.h"
#include "value.h"

static bool is_ordered(enum lock_kind kind)
{
	return kind != LOCKKIND_READ && kind != LOCKKIND_SPIN;
}

static bool is_same_owner(const struct handup *h, const struct pair *p,
			  term_id a, term_id b)
{
	return a && b && (a == b || value_relation(h->x->p, h->x->t, p->at, a,
						   b) == RELATION_SAME);
}

static bool is_held_lock(const struct pair *p, const struct state *at,
			 const struct held *l)
{
	return at == p->at && l->object == p->held.object &&
	       l->kind == p->held.kind;
}

/* Whose locks of a class were held before the held lock was acquired. */
enum before {
	BEFORE_NONE,
	BEFORE_OWN,		/* the held lock's owner's */
	BEFORE_ANY,
};

static enum before before_of(const struct handup *h, const struct pair *p,
			     const struct state *at, const struct held *l)
{
	return at == p->at && is_same_owner(h, p, l->owner, p->held.owner)
		       ? BEFORE_OWN
		       : BEFORE_ANY;
}

/* The lock of CLASS that was asked for later may have been one of these. */
static enum before held_before(const struct handup *h,
			       const struct candidate *k, uint32_t class)
{
	GPtrArray *states = candidate_active(h, k);
	enum before most = BEFORE_NONE;
	bool done = false;

	for (guint i = 0; i < states->len && !done; i++) {
		const struct state *at = g_ptr_array_index(states, i);

		for (guint n = 0; n < at->held->len && !done; n++) {
			const struct held *l = &g_array_index(at->held,
							      struct held, n);

			done = is_held_lock(k->pair, at, l);
			if (!done && l->count > 0 && l->class == class &&
			    is_ordered(l->kind))
				most = MAX(most, before_of(h, k->pair, at, l));
		}
	}
	g_ptr_array_unref(states);
	return most;
}

/* Has the acquired lock itself been asked for before, as nobody holds it? */
static bool is_of_acquired(const struct pair *p, const struct ask *ask)
{
	return (ask->kind == ASK_ITSELF ||
		(ask->object && ask->object == p->acquired.object)) &&
	       p->acquired.event->kind != LOCKKIND_READ;
}

static uint32_t class_bit(const struct handup *h, uint32_t class)
{
	uint32_t rank = lockprims_class(h->x->p->lp, class)->rank;

	/* Approximation: further classes are not told. */
	return rank < 32 ? UINT32_C(1) << rank : 0;
}

static int class_level(const struct handup *h, uint32_t class)
{
	return lockprims_level(h->x->p->lp, class);
}

/* Is what ASK speaks of in order in each world? */
static bool is_above_held(const struct handup *h, const struct pair *p,
			  const struct ask *ask)
{
	return ask->class && is_same_owner(h, p, ask->owner, p->held.owner) &&
	       class_level(h, ask->class) >= class_level(h, p->held.class);
}

/* Is what ASK speaks of no lock of the held one's domain? */
static bool is_of_other(const struct handup *h, const struct pair *p,
			const struct ask *ask)
{
	return value_relation(h->x->p, h->x->t, p->at, ask->owner,
			      p->held.owner) == RELATION_DIFFERENT;
}

/* Whose locks that callers may have held may be the one that ASK speaks of? */
static enum before before_ask(const struct handup *h, const struct candidate *k,
			      const struct ask *ask)
{
	enum before before = ask->kind == ASK_UNLESS_HELD
				     ? held_before(h, k, ask->class)
				     : BEFORE_NONE;

	return before == BEFORE_OWN && is_of_other(h, k->pair, ask)
		       ? BEFORE_NONE
		       : before;
}

/*
 * Is OWNER the domain that one was forked from, and neither lock's owner?
 * Approximation: the parents of two domains are not told apart.
 */
static bool is_other_parent(const struct handup *h, const struct pair *p,
			    term_id owner)
{
	return value_role(h->x->p, h->x->t, p->at, owner) == OWNER_PARENT &&
	       !is_same_owner(h, p, owner, p->held.owner) &&
	       !is_same_owner(h, p, owner, p->acquired.owner);
}

static void add_ask(const struct handup *h, const struct candidate *k,
		    const struct ask *ask, struct asked_classes *out)
{
	const struct pair *p = k->pair;
	enum before before = before_ask(h, k, ask);

	if (is_of_acquired(p, ask))
		out->of_acquired |= class_bit(h, p->acquired.view.class);
	if (is_above_held(h, p, ask))
		return;
	if (ask->kind == ASK_OR_HELD || ask->kind == ASK_ITSELF)
		return;
	if (before == BEFORE_ANY)
		return;
	if (is_same_owner(h, p, ask->owner, p->acquired.owner)) {
		out->of_other |= class_bit(h, ask->class);
		if (before == BEFORE_NONE)
			out->of_acquired |= class_bit(h, ask->class);
	}
	if (before != BEFORE_NONE)
		return;
	if (is_same_owner(h, p, ask->owner, p->held.owner))
		out->of_held |= class_bit(h, ask->class);
	if (control_is_excluded(h, p, ask->owner))
		out->of_plain |= class_bit(h, ask->class);
	if (value_role(h->x->p, h->x->t, p->at, ask->owner) == OWNER_CURRENT)
		out->of_caller |= class_bit(h, ask->class);
	if (is_other_parent(h, p, ask->owner))
		out->of_parent |= class_bit(h, ask->class);
}

/*
 * Is what comes under that lock over the level that was in force before it?  A
 * spinlock that is taken again sets its level, and asks for none; a table's lock
 * sets none then.
 */
static bool keeps_level(const struct handup *h, const struct candidate *k,
			const struct ask *ask)
{
	if (ask->kind != ASK_UNLESS_HELD)
		return ask->kind == ASK_SURE;
	return lockprims_class(h->x->p->lp, ask->class)->form == FORM_RWLOCK ||
	       held_before(h, k, ask->class) == BEFORE_NONE;
}

/* Is LEVEL that of K's held lock? */
static bool is_held_level(const struct handup *h, const struct pair *p,
			  const struct level *level)
{
	return level->class == p->held.class &&
	       is_same_owner(h, p, level->owner, p->held.owner);
}

/*
 * Was LEVEL in force over that of P's held lock?  A lock that was asked for then
 * has either stopped the host, or is in order, and so is at least as high; the
 * same goes for one that was asked for over that one.  SEEN: ids of the asks that
 * this has gone through.
 */
static bool is_over_held(const struct handup *h, const struct candidate *k,
			 const struct level *level, uint32_t seen)
{
	const struct pair *p = k->pair;
	const struct asks *asks = h->x->asks;
	uint32_t nr = MIN(asks_count(asks, p->acquired.asks), 32);

	if (is_held_level(h, p, level))
		return true;
	for (uint32_t i = 0; i < nr; i++) {
		const struct ask *ask = asks_at(asks, p->acquired.asks, i);

		if (!(seen >> i & 1) && ask->class == level->class &&
		    is_same_owner(h, p, ask->owner, level->owner) &&
		    keeps_level(h, k, ask) &&
		    is_over_held(h, k, &ask->force, seen | UINT32_C(1) << i))
			return true;
	}
	return false;
}

struct asked_classes asked_between(const struct handup *h,
				   const struct candidate *k)
{
	const struct pair *p = k->pair;
	const struct asks *asks = h->x->asks;
	struct asked_classes out = { .of_held = 0 };

	if (!is_ordered(p->held.kind) || p->same_object || p->held.many)
		return out;
	for (uint32_t i = 0; i < asks_count(asks, p->acquired.asks); i++) {
		const struct ask *ask = asks_at(asks, p->acquired.asks, i);

		if (ask->force.class && is_over_held(h, k, &ask->force, 0))
			add_ask(h, k, ask, &out);
	}
	out.of_other |= out.of_acquired;
	return out;
}

/* More than any level: what a control domain's locks are above others'. */
enum { BIAS = 1 << 16 };

/*
 * The held lock's level, as a lock of OWNER has to be at least: that of a control
 * domain's if the ordering is out of order for that alone.
 */
static int level_over(const struct handup *h, const struct candidate *k,
		      term_id owner)
{
	const struct pair *p = k->pair;
	int level = class_level(h, p->held.class);
	bool biased = k->way.view.held_control == TRI_YES ||
		      level < class_level(h, p->acquired.view.class);

	return biased && !is_same_owner(h, p, owner, p->held.owner)
		       ? level + BIAS
		       : level;
}

bool asked_is_stopped(const struct handup *h, const struct candidate *k)
{
	const struct pair *p = k->pair;
	const struct asks *asks = h->x->asks;

	if (!is_ordered(p->held.kind) || p->same_object || p->held.many)
		return false;
	for (uint32_t i = 0; i < asks_count(asks, p->acquired.asks); i++) {
		const struct ask *ask = asks_at(asks, p->acquired.asks, i);

		if (!ask->force.class || !is_over_held(h, k, &ask->force, 0))
			continue;
		if (is_of_acquired(p, ask))
			return true;
		if (ask->class && ask->owner &&
		    class_level(h, ask->class) < level_over(h, k, ask->owner) &&
		    before_ask(h, k, ask) == BEFORE_NONE)
			return true;
	}
	return false;
}
