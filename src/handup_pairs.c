/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a function holds, paired with what it acquires or leads to. */
#include "handup_int.h"

#include "asks.h"
#include "guard_group.h"
#include "value.h"

/* Are A and B one, by what the acquisition asks on its way? */
static enum relation relation_asked(const struct handup *h, uint32_t made,
				    term_id a, term_id b)
{
	uint32_t nr;
	const uint32_t *literal = numset_members(h->sets, made, &nr);
	term_id equal = term_binary(h->x->t, EXPR_EQ, a, b);
	term_id reverse = term_binary(h->x->t, EXPR_EQ, b, a);

	for (uint32_t i = 0; i < nr; i++)
		if (LITERAL_TERM(literal[i]) == equal ||
		    LITERAL_TERM(literal[i]) == reverse)
			return LITERAL_TRUTH(literal[i]) ? RELATION_SAME
							 : RELATION_DIFFERENT;
	return RELATION_UNKNOWN;
}

/* Of one domain, or of two, as the holder knows. */
static enum relation relation_of(struct handup *h, const struct pair *p)
{
	term_id held = p->held.owner, acquired = p->acquired.owner;
	enum relation known;

	if (!held || !acquired)
		return RELATION_UNKNOWN;
	known = value_relation(h->x->p, h->x->t, p->at, held, acquired);
	return known == RELATION_UNKNOWN
		       ? relation_asked(h, p->made, held, acquired)
		       : known;
}

/* Is the owner of the lock at INDEX that of one before it? */
static bool is_counted(const struct state *at, guint index)
{
	const struct held *h = &g_array_index(at->held, struct held, index);

	for (guint i = 0; i < index; i++) {
		const struct held *before =
			&g_array_index(at->held, struct held, i);

		if (before->count > 0 && before->owner == h->owner)
			return true;
	}
	return false;
}

/* So many owners have locks that are held: of two ways to one pair, the one on
 * which two of them are one must not stand for the other. */
static uint32_t count_owners(const struct state *at)
{
	uint32_t nr = 0;

	for (guint i = 0; i < at->held->len; i++) {
		const struct held *h = &g_array_index(at->held, struct held, i);

		nr += h->count > 0 && h->owner && !is_counted(at, i);
	}
	return nr;
}

/* The classes of the locks that are held at AT, a bit each; of many some share
 * one. */
static uint32_t held_classes(const struct state *at)
{
	uint32_t classes = 0;

	for (guint i = 0; i < at->held->len; i++) {
		const struct held *h = &g_array_index(at->held, struct held, i);

		if (h->count > 0)
			classes |= UINT32_C(1) << h->class % 32;
	}
	return classes;
}

static struct guard_group *find_pairs(struct handup *h, const struct pair *p)
{
	const struct acquisition *a = &p->acquired;
	struct lock_view held = explore_view(h->x, p->at, &p->held);
	uint32_t words[] = {
		handup_argument_part(h, a->guard), a->asked, (uint32_t)p->relation,
		held.owner, held.instance, held.control, a->view.control,
		p->holder, p->held.class, p->held.kind, p->held.object,
		p->held.owner, p->held.origins, p->same_object,
		a->event->kind, a->object, a->owner, a->site_function,
		a->site_line, (uint32_t)a->context, a->flags, a->view.class,
		a->event->recurses,
		a->view.mode, a->view.instance, a->view.owner, a->aside,
		a->elsewhere, levels_key(h->levels, a->level),
		count_owners(p->at), held_classes(p->at),
		p->at->level.class, p->at->level.owner,
	};

	return guard_groups_find(h->pair_groups, words, G_N_ELEMENTS(words));
}

static struct pair *pair_at(const struct handup *h, uint32_t index)
{
	return &g_array_index(h->pair, struct pair, index);
}

struct new_pair {
	struct handup *h;
	struct pair *pair;
};

static void replace_pair(void *context, uint32_t index)
{
	struct new_pair *new = context;
	struct pair *old = pair_at(new->h, index);

	old->dead = true;
	new->pair->acquired.asks = asks_meet(new->h->x->asks,
					     new->pair->acquired.asks,
					     old->acquired.asks);
}

static void add_pair(struct handup *h, struct pair *p)
{
	struct new_pair new = { .h = h, .pair = p };
	struct guard_group *group;
	uint32_t found;

	p->relation = relation_of(h, p);
	group = find_pairs(h, p);
	found = guard_group_find(h->pair_groups, group, p->acquired.guard);
	if (found < group->nr) {
		struct pair *old = pair_at(h, group->member[found].index);

		old->acquired.asks = asks_meet(h->x->asks, old->acquired.asks,
					       p->acquired.asks);
		return;
	}
	guard_group_make_room(h->pair_groups, group, &p->acquired.guard,
			      replace_pair, &new);
	guard_group_add(group, h->pair->len, p->acquired.guard);
	g_array_append_vals(h->pair, p, 1);
}

/* Is the acquisition one of a lock that HELD is already? */
static bool is_recursion(struct handup *h, const struct state *at,
			 const struct held *held, const struct acquisition *a)
{
	if (held->all && a->object && held->kind == a->event->kind &&
	    state_same_array(h->x->t, held->object, a->object))
		return true;
	/* One of those that it stands for may have been released. */
	return !held->many && explore_is_held(h->x, at, held, a->event,
					      a->object, a->owner);
}

/* A, which is no recursion, is another lock than those held at AT: what that
 * says of values on entry joins its guard. */
static void tell_apart(struct handup *h, const struct state *at,
		       struct acquisition *a)
{
	struct explorer *x = h->x;
	GArray *guard = NULL;

	for (guint i = 0; a->object && i < at->held->len; i++) {
		const struct held *held =
			&g_array_index(at->held, struct held, i);

		if (held->count <= 0 || held->many ||
		    held->kind != a->event->kind ||
		    held->kind == LOCKKIND_READ ||
		    state_same(x->p, x->t, at, held->object, a->object) !=
			    TRI_UNKNOWN)
			continue;
		if (!guard)
			guard = numset_copy(h->sets, a->guard);
		state_add_literal(x->t, at, guard,
				  term_same_record(x->t, held->object,
						   a->object),
				  false, false);
	}
	if (!guard)
		return;
	a->guard = numset_make(h->sets, (uint32_t *)(void *)guard->data,
			       guard->len);
	g_array_unref(guard);
}

/* Was HELD, held once, released by a callee since?  RELEASED does not count. */
static bool is_dropped(struct handup *h, const struct held *held,
		       uint32_t released)
{
	return held->count == 1 &&
	       numset_has(h->sets, released, held->object);
}

/* Which of the locks that are held at AT is acquired again; or their number. */
static guint find_recursion(struct handup *h, const struct state *at,
			    const struct acquisition *a, uint32_t released)
{
	guint i = 0;

	while (i < at->held->len) {
		const struct held *held =
			&g_array_index(at->held, struct held, i);

		if (held->count > 0 && !is_dropped(h, held, released) &&
		    is_recursion(h, at, held, a))
			break;
		i++;
	}
	return i;
}

bool handup_pair_up(struct handup *h, fact_id function, const struct state *at,
		    struct acquisition *a, uint32_t released, uint32_t made)
{
	struct pair p = { .holder = function, .at = at, .acquired = *a,
			  .made = made };
	guint again = find_recursion(h, at, a, released);

	if (again < at->held->len) {
		p.held = g_array_index(at->held, struct held, again);
		p.same_object = true;
		add_pair(h, &p);
		if (a->event->kind != LOCKKIND_READ)
			return false;
		p.same_object = false;
	}
	tell_apart(h, at, a);
	p.acquired.guard = a->guard;
	for (guint i = 0; i < at->held->len; i++) {
		p.held = g_array_index(at->held, struct held, i);
		if (i != again && p.held.count > 0 && p.held.class &&
		    !numset_has(h->sets, released, p.held.object))
			add_pair(h, &p);
	}
	return true;
}
