/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "told.h"

#include <string.h>

#include "nummap.h"
#include "program.h"
#include "value.h"

bool told_is_final(const struct told *n)
{
	return !n->held_owner && !n->acquired_owner && !n->held_object &&
	       !n->acquired_object && (!n->level || n->level == TOLD_SHOWN);
}

/* Where names are valid: at the call E, or, if that is NULL, at a holder. */
struct scope {
	struct handup *h;
	const struct call_edge *e;
	const struct state *at;
};

/* What is known of an owner in one scope. */
struct known_owner {
	enum owner_role role;
	enum tristate control;
};

static struct known_owner look_at_owner(const struct scope *w, term_id owner)
{
	const struct explorer *x = w->h->x;

	return (struct known_owner){
		.role = value_role(x->p, x->t, w->at, owner),
		.control = value_is_control(x->p, x->t, w->at, owner),
	};
}

/* Many ask the same at a call. */
static struct known_owner owner_at(const struct scope *w, term_id owner)
{
	struct known_owner k;
	uint32_t *word;

	if (!w->e)
		return look_at_owner(w, owner);
	word = nummap_at(w->h->owner_known, NUMMAP_KEY(w->e->id, owner));
	if (*word)
		return (struct known_owner){
			.role = (enum owner_role)(*word >> 8),
			.control = (enum tristate)((*word & 0xff) - 1),
		};
	k = look_at_owner(w, owner);
	*word = (uint32_t)k.role << 8 | ((uint32_t)k.control + 1);
	return k;
}

static void refine_owner(const struct scope *w, term_id owner, uint8_t *role,
			 uint8_t *control)
{
	struct known_owner k;

	if (!owner)
		return;
	k = owner_at(w, owner);
	if (k.role != OWNER_ANY && k.role != OWNER_NONE &&
	    (*role == OWNER_ANY || *role == OWNER_SUBJECT))
		*role = (uint8_t)k.role;
	if (*control == TRI_UNKNOWN)
		*control = (uint8_t)k.control;
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

/* What is known where the names of N are valid is told of the pair. */
static void refine(const struct scope *w, struct told *n)
{
	const struct explorer *x = w->h->x;
	const struct state *at = w->at;
	const struct program *p = x->p;
	struct way_view *v = &n->view;

	refine_owner(w, n->held_owner, &v->held_owner, &v->held_control);
	refine_owner(w, n->acquired_owner, &v->acquired_owner,
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
static void set_level(const struct levels *levels, struct told *n,
		      level_chain level, int held_level)
{
	if (levels_may_show(levels, level, held_level)) {
		n->level = level;
		n->held_level = held_level;
	} else if (levels_shows(levels, level, held_level)) {
		n->level = TOLD_SHOWN;
	}
}

bool told_above(struct handup *h, const struct call_edge *e,
		const struct told *n, struct told *up)
{
	memset(up, 0, sizeof(*up));
	up->held_owner = mapping_name(h->map, e, n->held_owner);
	up->acquired_owner = mapping_name(h->map, e, n->acquired_owner);
	up->held_object = mapping_name(h->map, e, n->held_object);
	up->acquired_object = mapping_name(h->map, e, n->acquired_object);
	up->view = n->view;
	up->may_be_same = n->may_be_same;
	if (n->level == TOLD_SHOWN)
		up->level = TOLD_SHOWN;
	else if (n->level)
		set_level(h->levels, up, levels_above(h->levels, e, n->level),
			  n->held_level);
	if (find_out_same(h->x, e->at, up))
		return false;
	refine(&(struct scope){ h, e, e->at }, up);
	settle(h->x, up);
	return true;
}

/* What the pair's guard asks of OWNER tells that it is no control domain. */
static void refine_by_guard(const struct handup *h, const struct pair *p,
			    term_id owner, uint8_t *control)
{
	struct explorer *x = h->x;
	uint32_t nr;
	const uint32_t *literal =
		numset_members(h->sets, p->acquired.guard, &nr);

	for (uint32_t i = 0; owner && i < nr; i++)
		if (LITERAL_TRUTH(literal[i]))
			refine_by_other(x, p->at, owner,
					LITERAL_TERM(literal[i]), control);
}

static int level_of(const struct handup *h, const struct pair *p)
{
	return MAX(lockprims_level(h->x->p->lp, p->held.class), 0);
}

struct told told_first(struct handup *h, const struct pair *p, bool with_levels)
{
	const struct acquisition *a = &p->acquired;
	struct explorer *x = h->x;
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
		set_level(h->levels, &n, a->level, level_of(h, p));
	refine_by_guard(h, p, n.held_owner, &n.view.held_control);
	refine(&(struct scope){ h, NULL, p->at }, &n);
	settle(x, &n);
	return n;
}
