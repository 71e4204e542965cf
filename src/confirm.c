/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "confirm.h"

#include <string.h>

#include "asked.h"
#include "leg.h"
#include "program.h"
#include "replay.h"
#include "variant.h"
#include "vary.h"

struct effort {
	struct replay_effort replay;
	enum candidate_rank rank; /* the last one that it is made for: errors
				   * are few, and are read first */
	guint others;		/* so many of an ordering's others are tried */
	bool variants;		/* and the variants of its pair */
};

struct confirmer {
	struct handup *h;
	struct wayup *wayup;
	struct replayer *replayer;
	const struct effort *effort; /* that is made */
};

/*
 * What the holder has to be called with so that K comes about by itself: the
 * legs that were executed then, the holder's first; or NULL.
 */
static GPtrArray *find_guard(const struct confirmer *c,
			     const struct candidate *k, GArray *guard)
{
	struct way none = { .view = k->way.view, .context = k->way.context,
			    .edge = g_array_new(FALSE, FALSE,
						sizeof(uint32_t)) };
	GPtrArray *legs = legs_make(c->h, &none, k->pair, k->origin);

	if (!replay_from_holder(c->replayer, &none, k->pair, legs, guard))
		g_clear_pointer(&legs, legs_free);
	g_array_unref(none.edge);
	return legs;
}

/* The call of WAY at which it could not be executed is to be avoided. */
static void avoid(const struct confirmer *c, const struct way *way,
		  GArray *avoided)
{
	guint leg = replay_refusing_leg(c->replayer);

	if (way->edge->len)
		g_array_append_val(avoided,
				   g_array_index(way->edge, uint32_t,
						 MIN(leg, way->edge->len - 1)));
}

/*
 * The legs of a way that tells the same as K's and can be replayed; or NULL,
 * and calls of those that cannot are appended to AVOIDED.
 */
static GPtrArray *replay_one(const struct confirmer *c,
			     const struct candidate *k, const GArray *ways,
			     GArray *avoided)
{
	for (guint i = 0; i < ways->len; i++) {
		const struct way *way = &g_array_index(ways, struct way, i);
		GPtrArray *legs;

		if (way_is_uncalled(c->h, way, k->pair->holder) != k->uncalled ||
		    memcmp(&way->view, &k->way.view, sizeof(way->view)) != 0 ||
		    (way->context != k->way.context &&
		     k->pair->acquired.context == CONTEXT_RUNNING))
			continue;
		legs = legs_make(c->h, way, k->pair, k->origin);
		if (replay(c->replayer, way, k->pair, legs))
			return legs;
		legs_free(legs);
		avoid(c, way, avoided);
	}
	return NULL;
}

/* Other ways are looked for so many times, each without calls of those that
 * could not be executed before. */
enum { OTHER_WAYS_MAX = 4 };

/* Other ways on which GUARD holds: as replay_one(). */
static GPtrArray *replay_other(const struct confirmer *c,
			       const struct candidate *k, const GArray *guard)
{
	GArray *avoided = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	struct pair p = *k->pair;
	GPtrArray *legs = NULL;
	guint before = 0;

	p.acquired.guard = numset_make(c->h->sets,
				       (uint32_t *)(void *)guard->data,
				       guard->len);
	for (int i = 0; i <= OTHER_WAYS_MAX && !legs &&
			(i == 0 || avoided->len > before);
	     i++) {
		GArray *ways = ways_new();

		before = avoided->len;
		wayup_find_other(c->wayup, &p, &k->way, avoided, ways);
		legs = replay_one(c, k, ways, avoided);
		g_array_unref(ways);
	}
	g_array_unref(avoided);
	return legs;
}

/* The last of LEGS are executed as FROM_HOLDER was. */
static void take_paths(const GPtrArray *legs, const GPtrArray *from_holder)
{
	guint before = legs->len - from_holder->len;

	for (guint i = 0; i < from_holder->len; i++) {
		struct leg *from = g_ptr_array_index(from_holder, i);
		struct leg *to = g_ptr_array_index(legs, before + i);

		to->path = from->path;
		from->path = NULL;
	}
}

/*
 * K's own way cannot be replayed: others are looked for, by what the path that
 * the holder is executed on asks for.  False: there is no such path.
 */
static bool replay_holder(const struct confirmer *c, struct candidate *k)
{
	GArray *guard = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	GPtrArray *from_holder = find_guard(c, k, guard);
	bool found = from_holder != NULL;
	GPtrArray *other = found ? replay_other(c, k, guard) : NULL;

	k->confirmed = other != NULL;
	if (other) {
		legs_free(k->legs);
		k->legs = other;
	} else if (found) {
		take_paths(k->legs, from_holder);
	}
	if (found)
		legs_free(from_holder);
	g_array_unref(guard);
	return found;
}

/* With what effort K was replayed. */
static void note_effort(const struct confirmer *c, struct candidate *k)
{
	k->steady = k->confirmed && c->effort->replay.steady;
	k->unstopped = k->confirmed && !replay_was_stopped(c->replayer);
}

/* Sets the legs of K's witness, replayed as far as that can be. */
static void replay_candidate(const struct confirmer *c, struct candidate *k)
{
	GPtrArray *before = k->legs;

	k->legs = legs_make(c->h, &k->way, k->pair, k->origin);
	k->confirmed = replay(c->replayer, &k->way, k->pair, k->legs);
	if (!k->confirmed && !replay_holder(c, k) && before) {
		legs_free(k->legs);
		k->legs = before;
	} else if (before) {
		legs_free(before);
	}
	note_effort(c, k);
}

/*
 * Do K and OTHER say the same of the run-time check, and of domains?  Of two
 * locks of one domain whichever others are held do not matter, if none stops the
 * host before.
 */
static bool tell_the_same(const struct confirmer *c, const struct candidate *k,
			  const struct candidate *other)
{
	if (k->visible != other->visible || k->in_force != other->in_force)
		return false;
	if (c->effort->replay.unstopped &&
	    candidate_rank(c->h->x->p->lp, k) == RANK_STOPPED)
		return true;
	return asked_is_same(k->asked, other->asked) &&
	       candidate_same_lockset(c->h, k, other);
}

/* How many calls more than the shortest way one that can happen may have. */
enum { VARIANT_CALLS_MAX = 8 };

static void replay_variants(const struct confirmer *c, struct candidate *k)
{
	GPtrArray *variants = variant_find(c->h, k->pair, VARIANT_CALLS_MAX);

	for (guint i = 0; i < variants->len && !k->confirmed; i++)
		vary_take(c->h, c->replayer, k, g_ptr_array_index(variants, i));
	note_effort(c, k);
	g_ptr_array_unref(variants);
}

/*
 * Sets K's legs, and if they cannot be replayed those of one of its others
 * that can: the shortest witness may be impossible, and the ordering is not.
 */
static void replay_any(const struct confirmer *c, struct candidate *k)
{
	replay_candidate(c, k);
	if (candidate_rank(c->h->x->p->lp, k) == RANK_IN_ORDER)
		return;
	for (guint i = 0, tried = 0; k->others && i < k->others->len &&
				     tried < c->effort->others && !k->confirmed;
	     i++) {
		struct candidate *other = g_ptr_array_index(k->others, i);

		if (!tell_the_same(c, k, other))
			continue;
		tried++;
		replay_candidate(c, other);
		if (other->confirmed)
			candidate_swap(k, other);
	}
	if (c->effort->variants && !k->confirmed)
		replay_variants(c, k);
}

/*
 * On a way that the check has stopped before nobody comes to the acquisition, so
 * others are looked for first.  Most that can be executed at all are so by the
 * first effort of these.  A witness that needs none of the changes that calls
 * beside it may make is easier to believe, so such ones are looked for first.
 * The longest ones are made for a few of an ordering's others only, which mostly
 * fail as the first did.
 */
static const struct effort efforts[] = {
	{ .replay = { .steps = 1000, .ends = 2, .steady = true,
		      .unstopped = true },
	  .rank = RANK_SAME_LEVEL, .others = G_MAXUINT, .variants = true },
	{ .replay = { .steps = 1000, .ends = 2, .last_first = true,
		      .steady = true, .unstopped = true },
	  .rank = RANK_SAME_LEVEL, .others = G_MAXUINT },
	{ .replay = { .steps = 3000, .ends = 8, .unstopped = true },
	  .rank = RANK_BIAS, .others = 2 },
	{ .replay = { .steps = 10000, .ends = 8, .steady = true,
		      .unstopped = true },
	  .rank = RANK_STOPPED, .others = 1 },
	{ .replay = { .steps = 1000, .ends = 2, .steady = true },
	  .rank = RANK_NR, .others = G_MAXUINT },
	{ .replay = { .steps = 1000, .ends = 2, .last_first = true,
		      .steady = true },
	  .rank = RANK_NR, .others = G_MAXUINT },
	{ .replay = { .steps = 2000, .ends = 3 },
	  .rank = RANK_SAME_LEVEL, .others = G_MAXUINT },
	{ .replay = { .steps = 4000, .ends = 3, .last_first = true },
	  .rank = RANK_OUT_OF_ORDER, .others = G_MAXUINT },
	{ .replay = { .steps = 60000, .ends = 8, .steady = true },
	  .rank = RANK_STOPPED, .others = 3 },
};

/*
 * Of a witness that could not be replayed, how the lock came to be held in the
 * function that returned with it is executed by itself at least.
 */
static void replay_own_hold(const struct confirmer *c, struct candidate *k)
{
	for (guint i = 0; i < k->legs->len; i++) {
		struct leg *leg = g_ptr_array_index(k->legs, i);

		if (leg->via && !leg->path)
			replay_hold(c->replayer, &k->way, leg);
	}
}

static void replay_rank(const struct confirmer *c, const GPtrArray *candidates,
			enum candidate_rank rank)
{
	for (guint i = 0; i < candidates->len; i++) {
		struct candidate *k = g_ptr_array_index(candidates, i);

		if (!k->confirmed && candidate_rank(c->h->x->p->lp, k) == rank)
			replay_any(c, k);
	}
}

void confirm_all(struct handup *h, struct wayup *w, struct cfg *cfg,
		 const GPtrArray *candidates)
{
	struct confirmer c = { .h = h, .wayup = w,
			       .replayer = replayer_new(h, cfg) };

	for (int i = 0; i < RANK_NR; i++) {
		enum candidate_rank rank = (enum candidate_rank)i;

		for (size_t k = 0; k < G_N_ELEMENTS(efforts); k++) {
			if (efforts[k].rank < rank)
				continue;
			c.effort = &efforts[k];
			replayer_set_effort(c.replayer, efforts[k].replay);
			replay_rank(&c, candidates, rank);
		}
	}
	replayer_set_effort(c.replayer, efforts[0].replay);
	vary_all(h, c.replayer, candidates);
	for (guint i = 0; i < candidates->len; i++)
		replay_own_hold(&c, g_ptr_array_index(candidates, i));
	replayer_free(c.replayer);
}
