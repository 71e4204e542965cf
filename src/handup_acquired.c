/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The acquisitions that a function leads to: of those alike in all but what they
 * ask for, one that asks for less stands for the others.
 */
#include "handup_int.h"

#include "asks.h"
#include "guard_group.h"

/* The argument that points to the table that a slot is loaded from. */
static const struct term *slot_owner(const struct terms *t,
				     const struct term *load)
{
	const struct term *at = term_get(t, load->a);

	return at->op == TERM_FIELD ? term_get(t, at->a) : load;
}

/* Is it that some code is not running, of a set, or with callees of a set? */
static bool is_about_set(const struct handup *h, const struct term *x)
{
	if (x->op != TERM_HELD)
		return false;
	x = term_get(h->x->t, x->a);
	return x->op == TERM_STRING && x->a == STRING_CALLER &&
	       (h->x->p->excludes_set >> x->b & 1);
}

/*
 * Of a guard, what the arguments must be, and which sets of code do not run
 * (one vendor's, say).  The first is decided at the next call up, and the second
 * by most ways, so acquisitions that differ in it are not joined.
 */
static uint32_t find_argument_part(struct handup *h, uint32_t guard)
{
	uint32_t nr, set;
	const uint32_t *literal = numset_members(h->sets, guard, &nr);
	GArray *kept = g_array_new(FALSE, FALSE, sizeof(uint32_t));

	for (uint32_t i = 0; i < nr; i++) {
		const struct term *x = term_get(h->x->t,
						LITERAL_TERM(literal[i]));

		if (x->op == TERM_BINARY &&
		    (x->imm == EXPR_EQ || x->imm == EXPR_AND)) {
			bool is_slot = term_get(h->x->t, x->b)->op ==
				       TERM_FUNCTION;

			x = term_get(h->x->t, x->a);
			if (is_slot && x->op == TERM_LOAD)
				x = slot_owner(h->x->t, x);
		}
		if (x->op == TERM_BINARY && x->imm == EXPR_AND)
			x = term_get(h->x->t, x->a);
		if (x->op == TERM_SYMBOL || is_about_set(h, x))
			g_array_append_val(kept, literal[i]);
	}
	set = numset_make(h->sets, (uint32_t *)(void *)kept->data, kept->len);
	g_array_unref(kept);
	return set;
}

uint32_t handup_argument_part(struct handup *h, uint32_t guard)
{
	uint32_t *part;

	if (guard >= h->arguments->len)
		g_array_set_size(h->arguments, guard + 1);
	part = &g_array_index(h->arguments, uint32_t, guard);
	if (!*part)
		*part = find_argument_part(h, guard) + 1;
	return *part - 1;
}

static struct guard_group *find_group(struct handup *h, fact_id function,
				      const struct acquisition *a)
{
	uint32_t words[] = {
		function, handup_argument_part(h, a->guard), a->asked,
		a->event->kind, a->event->recurses, a->object, a->owner,
		a->released,
		a->site_function, a->site_line, (uint32_t)a->context,
		a->view.class, a->view.mode, a->view.instance, a->view.owner,
		a->view.control, a->aside, a->elsewhere,
		levels_key(h->levels, a->level),
		a->flags & ~(uint32_t)STATE_ASSERT_FAILED,
	};

	return guard_groups_find(h->groups, words, G_N_ELEMENTS(words));
}

static void kill_acquisition(void *all, uint32_t index)
{
	g_array_index((GArray *)all, struct acquisition, index).dead = true;
}

/* What is being added, and those that are there: struct acquisition. */
struct addition {
	struct handup *h;
	GArray *all;
	struct acquisition new;
};

/* It leaves its group, and the one that is added stands for it. */
static void replace_acquisition(void *context, uint32_t index)
{
	struct addition *a = context;
	struct acquisition *old =
		&g_array_index(a->all, struct acquisition, index);

	old->dead = true;
	a->new.asks = asks_meet(a->h->x->asks, a->new.asks, old->asks);
}

/* *INDEX, of ALL, so many of which callers have got, stands for one before which
 * ASKS were asked for, too. */
static void stand_for(struct handup *h, GArray *all, uint32_t handed,
		      uint32_t *index, uint32_t asks)
{
	struct acquisition *old =
		&g_array_index(all, struct acquisition, *index);
	struct acquisition copy = *old;

	copy.asks = asks_meet(h->x->asks, old->asks, asks);
	if (copy.asks == old->asks)
		return;
	if (*index >= handed) {
		*old = copy;
		return;
	}
	/* It is handed up once more. */
	old->dead = true;
	*index = all->len;
	g_array_append_val(all, copy);
}

void handup_add(struct handup *h, fact_id function,
			    const struct acquisition *new)
{
	bool asserted = new->flags & STATE_ASSERT_FAILED;
	struct addition add = { .h = h, .new = *new };
	struct guard_group *group;
	uint32_t found;

	if (!h->acquired[function])
		h->acquired[function] = g_array_new(
			FALSE, FALSE, sizeof(struct acquisition));
	add.all = h->acquired[function];
	group = find_group(h, function, new);
	if (group->nr && asserted && !group->asserted)
		return;
	if (!asserted && group->asserted)
		guard_group_clear(group, kill_acquisition, add.all);
	group->asserted = asserted;
	found = guard_group_find(h->groups, group, new->guard);
	if (found < group->nr) {
		stand_for(h, add.all, h->handed[function],
			  &group->member[found].index, new->asks);
		return;
	}
	guard_group_make_room(h->groups, group, &add.new.guard,
			      replace_acquisition, &add);
	guard_group_add(group, add.all->len, add.new.guard);
	g_array_append_val(add.all, add.new);
}
