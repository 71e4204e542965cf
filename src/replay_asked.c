/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A path may end at an acquisition that the host never gets to: on its way it has
 * asked for a lock that is out of order.  Of one path this can be told better
 * than of all that are joined.
 */
#include "replay_int.h"

#include "asked.h"
#include "asked_up.h"
#include "asks.h"
#include "control.h"
#include "program.h"

struct namer {
	const struct replayer *rp;
	const struct outer *outer;
};

static term_id name_above(const void *namer, term_id id)
{
	const struct namer *n = namer;

	return replay_name(n->rp, n->outer, id);
}

static bool has_released(const struct state *at)
{
	for (guint i = 0; i < at->held->len; i++)
		if (g_array_index(at->held, struct held, i).count < 0)
			return true;
	return false;
}

/* May the replay's pair be out of order for the bias, and for that alone? */
static bool is_for_bias(const struct replayer *rp)
{
	const struct lockprims *lp = rp->x->p->lp;
	const struct pair *p = rp->pair;

	return rp->way->view.relation != RELATION_SAME &&
	       rp->way->view.held_control != TRI_NO &&
	       lockprims_level(lp, p->held.class) <=
		       lockprims_level(lp, p->acquired.view.class) &&
	       !control_is_excluded(rp->h, p, p->held.owner);
}

bool replay_is_stopped(const struct replayer *rp, const struct event *e,
		       const struct outer *outer, const struct state *holder,
		       const struct held *lock)
{
	struct asks *asks = rp->x->asks;
	struct pair p = *rp->pair;
	const struct candidate k = { .pair = &p, .way = *rp->way };
	uint32_t asked = asks_itself(asks, e->at->asked, e->object);
	const struct state *at = e->at;
	bool released = false;

	p.acquired.object = e->object;
	p.acquired.owner = e->owner;
	for (; at != holder; at = outer->at, outer = outer->up) {
		const struct namer n = { rp, outer };

		released |= has_released(at);
		p.acquired.object = replay_name(rp, outer, p.acquired.object);
		p.acquired.owner = replay_name(rp, outer, p.acquired.owner);
		asked = asked_up(rp->x, outer->at, asked, released, name_above,
				 &n);
		asked = asks_itself(asks, asked, p.acquired.object);
	}
	p.at = holder;
	p.held = *lock;
	p.acquired.asks = asked;
	/* On this path the held lock's owner may be no control domain. */
	return (is_for_bias(rp) &&
		control_is_excluded(rp->h, &p, p.held.owner)) ||
	       asked_is_stopped(rp->h, &k);
}
