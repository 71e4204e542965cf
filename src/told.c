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

/* What is known of an owner in one scope. */
struct known_owner {
	enum owner_role role;
	enum tristate control;
};

static struct known_owner look_at_owner(const struct explorer *x,
					const struct state *at, term_id owner)
{
	return (struct known_owner){
		.role = value_role(x->p, x->t, at, owner),
		.control = value_is_control(x->p, x->t, at, owner),
	};
}

/* Many ask the same at a call. */
static struct known_owner owner_at(struct handup *h, const struct call_edge *e,
				   term_id owner)
{
	uint32_t *word = nummap_at(h->owner_known, NUMMAP_KEY(e->id, owner));
	struct known_owner k;

	if (*word)
		return (struct known_owner){
			.role = (enum owner_role)(*word >> 8),
			.control = (enum tristate)((*word & 0xff) - 1),
		};
	k = look_at_owner(h->x, e->at, owner);
	*word = (uint32_t)k.role << 8 | ((uint32_t)k.control + 1);
	return k;
}

static struct told_name name_owner(term_id owner, struct known_owner k)
{
	return (struct told_name){ .name = owner, .role = (uint8_t)k.role,
				   .control = (uint8_t)k.control };
}

static struct told_name owner_here(const struct explorer *x,
				   const struct state *at, term_id owner)
{
	return owner ? name_owner(owner, look_at_owner(x, at, owner))
		     : (struct told_name){ 0 };
}

struct told_name told_owner_above(struct handup *h, const struct call_edge *e,
				  term_id owner)
{
	term_id name = mapping_name(h->map, e, owner);

	return name ? name_owner(name, owner_at(h, e, name))
		    : (struct told_name){ 0 };
}

static struct told_name object_here(const struct explorer *x,
				    const struct state *at, term_id object)
{
	struct told_name name = { .name = object };

	if (!object)
		return name;
	name.instance = (uint8_t)value_instance(x->p, x->t, at, object);
	name.has_instances = value_has_instances(x->p, x->t, object);
	return name;
}

struct told_name told_object_above(struct handup *h, const struct call_edge *e,
				   term_id object)
{
	return object_here(h->x, e->at, mapping_name(h->map, e, object));
}

static void refine_owner(const struct told_name *k, uint8_t *role,
			 uint8_t *control)
{
	if (!k->name)
		return;
	if (k->role != OWNER_ANY && k->role != OWNER_NONE &&
	    (*role == OWNER_ANY || *role == OWNER_SUBJECT))
		*role = k->role;
	if (*control == TRI_UNKNOWN)
		*control = k->control;
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
static bool excludes_control(const struct explorer *x, const struct state *at,
			     term_id owner, term_id other)
{
	return owner && other &&
	       value_excludes_control(x->p, x->t, at, owner, other);
}

void told_relate(const struct explorer *x, const struct state *at,
		 const struct told *n, struct told_names *names)
{
	term_id held = names->held_owner.name;
	term_id acquired = names->acquired_owner.name;
	term_id object = names->held_object.name;
	term_id other = names->acquired_object.name;

	names->relation = RELATION_UNKNOWN;
	names->same = TRI_UNKNOWN;
	names->excludes_control =
		n->view.held_control == TRI_UNKNOWN &&
		names->held_owner.control == TRI_UNKNOWN &&
		excludes_control(x, at, held, acquired);
	if (n->view.relation == RELATION_UNKNOWN && held && acquired)
		names->relation = (uint8_t)value_relation(x->p, x->t, at, held,
							  acquired);
	if (n->may_be_same && object && other)
		names->same = (uint8_t)state_same(x->p, x->t, at, object,
						  other);
}

/* Of one domain, what is told of one is told of the other. */
static void refine_same(struct way_view *v)
{
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

/* What is known of NAMES, those of N, is told of the pair. */
static void refine(const struct told_names *names, struct told *n)
{
	struct way_view *v = &n->view;

	refine_owner(&names->held_owner, &v->held_owner, &v->held_control);
	refine_owner(&names->acquired_owner, &v->acquired_owner,
		     &v->acquired_control);
	if (v->held_control == TRI_UNKNOWN && names->excludes_control)
		v->held_control = TRI_NO;
	if (v->held_instance == INSTANCE_ANY && n->held_object)
		v->held_instance = names->held_object.instance;
	if (v->acquired_instance == INSTANCE_ANY && n->acquired_object)
		v->acquired_instance = names->acquired_object.instance;
	if (v->relation == RELATION_UNKNOWN)
		v->relation = names->relation;
	if (v->relation == RELATION_UNKNOWN)
		v->relation = (uint8_t)by_roles(v->held_owner,
						v->acquired_owner);
	if (v->relation == RELATION_SAME)
		refine_same(v);
}

static bool owner_is_settled(uint8_t role, uint8_t control)
{
	return role != OWNER_ANY && role != OWNER_SUBJECT &&
	       (control != TRI_UNKNOWN || role == OWNER_CURRENT ||
		role == OWNER_SPECIAL || role == OWNER_NONE);
}

/* OBJECT's name, if a caller may tell which kind of table it lies in. */
static term_id unless_settled(const struct told_name *object, uint8_t instance)
{
	return instance == INSTANCE_ANY && object->has_instances ? object->name
								 : 0;
}

/* NAMES that tell nothing more are dropped, so that nodes meet. */
static void settle(const struct told_names *names, struct told *n)
{
	struct way_view *v = &n->view;

	n->may_be_same &= n->held_object && n->acquired_object;
	if (!n->may_be_same) {
		n->held_object = unless_settled(&names->held_object,
						v->held_instance);
		n->acquired_object = unless_settled(&names->acquired_object,
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

static struct told_names names_above(struct handup *h,
				     const struct call_edge *e,
				     const struct told *n)
{
	struct told_names names = {
		.held_owner = told_owner_above(h, e, n->held_owner),
		.acquired_owner = told_owner_above(h, e, n->acquired_owner),
		.held_object = told_object_above(h, e, n->held_object),
		.acquired_object = told_object_above(h, e, n->acquired_object),
	};

	told_relate(h->x, e->at, n, &names);
	return names;
}

bool told_with_names(const struct told *n, const struct told_names *names,
		     struct told *up)
{
	/* That they are one is recursion and no ordering. */
	if (names->same == TRI_YES)
		return false;
	memset(up, 0, sizeof(*up));
	up->held_owner = names->held_owner.name;
	up->acquired_owner = names->acquired_owner.name;
	up->held_object = names->held_object.name;
	up->acquired_object = names->acquired_object.name;
	up->view = n->view;
	up->may_be_same = n->may_be_same && names->same == TRI_UNKNOWN;
	refine(names, up);
	settle(names, up);
	return true;
}

bool told_above(struct handup *h, const struct call_edge *e,
		const struct told *n, struct told *up)
{
	struct told_names names = names_above(h, e, n);

	if (!told_with_names(n, &names, up))
		return false;
	if (n->level == TOLD_SHOWN)
		up->level = TOLD_SHOWN;
	else if (n->level)
		set_level(h->levels, up, levels_above(h->levels, e, n->level),
			  n->held_level);
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
		if (LITERAL_TRUTH(literal[i]) && *control == TRI_UNKNOWN &&
		    excludes_control(x, p->at, owner,
				     LITERAL_TERM(literal[i])))
			*control = TRI_NO;
}

static int level_of(const struct handup *h, const struct pair *p)
{
	return MAX(lockprims_level(h->x->p->lp, p->held.class), 0);
}

static struct told_names names_here(const struct explorer *x,
				    const struct state *at,
				    const struct told *n)
{
	struct told_names names = {
		.held_owner = owner_here(x, at, n->held_owner),
		.acquired_owner = owner_here(x, at, n->acquired_owner),
		.held_object = object_here(x, at, n->held_object),
		.acquired_object = object_here(x, at, n->acquired_object),
	};

	told_relate(x, at, n, &names);
	return names;
}

struct told told_first(struct handup *h, const struct pair *p, bool with_levels)
{
	const struct acquisition *a = &p->acquired;
	struct explorer *x = h->x;
	struct lock_view held = explore_view(x, p->at, &p->held);
	struct told_names names;
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
	n.may_be_same = !p->same_object && n.held_object && n.acquired_object;
	if (with_levels)
		set_level(h->levels, &n, a->level, level_of(h, p));
	refine_by_guard(h, p, n.held_owner, &n.view.held_control);
	names = names_here(x, p->at, &n);
	n.may_be_same &= names.same == TRI_UNKNOWN;
	refine(&names, &n);
	settle(&names, &n);
	return n;
}
