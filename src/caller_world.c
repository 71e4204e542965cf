/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "caller_world.h"

#include <string.h>

#include "nummap.h"
#include "program.h"
#include "value.h"

struct caller_worlds {
	struct handup *h;
	struct wayup *w;
	struct nummap *asked;	/* (pair, world and truth) -> index in found + 1 */
	GPtrArray *found;	/* GArray * of struct way_view; NULL: the search
				 * met its bound */
};

static void views_free(void *views)
{
	if (views)
		g_array_unref(views);
}

struct caller_worlds *caller_worlds_new(struct handup *h, struct wayup *w)
{
	struct caller_worlds *c = g_new0(struct caller_worlds, 1);

	c->h = h;
	c->w = w;
	c->asked = nummap_new();
	c->found = g_ptr_array_new_with_free_func(views_free);
	return c;
}

void caller_worlds_free(struct caller_worlds *c)
{
	nummap_free(c->asked);
	g_ptr_array_unref(c->found);
	g_free(c);
}

/* Whether the current domain can be so in a pair, or not be so. */
struct question {
	bool is_possible;	/* the holder does not exclude it */
	uint32_t guard;		/* of the pair, and that it is so */
};

static struct question ask(const struct caller_worlds *c, const struct pair *p,
			   const struct code_world *world, bool truth)
{
	struct explorer *x = c->h->x;
	term_id value = explore_world_term(
		x, p->at, value_current_domain(x->p, x->t), world);
	enum tristate now = state_truth(x->t, p->at, value);
	uint32_t literal = state_literal(x->t, p->at, value, truth, false);
	uint32_t nr;
	const uint32_t *asked =
		numset_members(c->h->sets, p->acquired.guard, &nr);
	GArray *guard = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	struct question q;

	g_array_append_vals(guard, asked, nr);
	q.is_possible = (now == TRI_UNKNOWN || (now == TRI_YES) == truth) &&
			!(literal && explore_contradicts_any(x, literal,
							     guard));
	state_add_literal(x->t, p->at, guard, value, truth, false);
	q.guard = numset_make(c->h->sets, (uint32_t *)(void *)guard->data,
			      guard->len);
	g_array_unref(guard);
	return q;
}

/* What is told of P on ways on which GUARD holds; NULL: not all was found. */
static GArray *find_views(const struct caller_worlds *c, const struct pair *p,
			  uint32_t guard)
{
	struct pair asked = *p;
	bool complete;
	const GArray *ways;
	GArray *views;

	asked.acquired.guard = guard;
	ways = wayup_find(c->w, &asked, &complete);
	if (!complete)
		return NULL;
	views = g_array_new(FALSE, FALSE, sizeof(struct way_view));
	for (guint i = 0; i < ways->len; i++)
		g_array_append_val(views,
				   g_array_index(ways, struct way, i).view);
	return views;
}

/*
 * Is OTHER the same as VIEW, and needs no failing assertion if that does not?
 * Privileges count as the same, since an ordering that needs none stands for
 * those that need one (order.c).
 */
static bool tells_the_same(const struct way_view *view,
			   const struct way_view *other)
{
	struct way_view x = *view, y = *other;

	if (y.flags & ~x.flags & STATE_ASSERT_FAILED)
		return false;
	x.flags = y.flags = 0;
	return memcmp(&x, &y, sizeof(x)) == 0;
}

/* As find_views(), once for each pair and world; borrowed. */
static const GArray *views_of(struct caller_worlds *c, const struct pair *p,
			      uint32_t world, uint32_t guard)
{
	const struct pair *first = &g_array_index(c->h->pair, struct pair, 0);
	uint32_t *found = nummap_at(
		c->asked, NUMMAP_KEY((uint32_t)(p - first) + 1, world));

	if (!*found) {
		g_ptr_array_add(c->found, find_views(c, p, guard));
		*found = c->found->len;
	}
	return g_ptr_array_index(c->found, *found - 1);
}

/* Does no way of P on which GUARD, that of WORLD, holds tell VIEW?  WORLD is a
 * number with the truth in its lowest bit. */
static bool is_without(struct caller_worlds *c, const struct pair *p,
		       uint32_t world, uint32_t guard,
		       const struct way_view *view)
{
	const GArray *views = views_of(c, p, world, guard);

	for (guint i = 0; views && i < views->len; i++)
		if (tells_the_same(view, &g_array_index(
					       views, struct way_view, i)))
			return false;
	return views != NULL;
}

/* Is none of ALL told as VIEW where TRUTH of the world with this number is? */
static bool is_nowhere(struct caller_worlds *c, const GPtrArray *all,
		       guint number, bool truth, const struct way_view *view)
{
	const struct caller_world *w = &g_array_index(
		c->h->x->p->caller_world, struct caller_world, number);

	for (guint i = 0; i < all->len; i++) {
		const struct pair *p = g_ptr_array_index(all, i);
		struct question q = ask(c, p, &w->world, truth);

		if (q.is_possible &&
		    !is_without(c, p, number << 1 | truth, q.guard, view))
			return false;
	}
	return true;
}

void caller_worlds_find(struct caller_worlds *c, const struct pair *p,
			const struct way *way, const GPtrArray *all,
			GPtrArray *out)
{
	const GArray *worlds = c->h->x->p->caller_world;

	for (guint i = 0; i < worlds->len; i++) {
		const struct caller_world *w =
			&g_array_index(worlds, struct caller_world, i);
		const struct question q[] = { ask(c, p, &w->world, false),
					      ask(c, p, &w->world, true) };
		bool no = q[0].is_possible &&
			  way_admits(c->h, way, q[0].guard);
		bool yes = q[1].is_possible &&
			   way_admits(c->h, way, q[1].guard);

		/* Another way, or pair, may do for the other one. */
		if (no != yes && w->word[yes] &&
		    is_nowhere(c, all, i, no, &way->view))
			g_ptr_array_add(out, (char *)w->word[yes]);
	}
}
