/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Executes a witness again, without joins: in each function on it one path
 * through its nodes, from its entry on, in a state of its own that is joined
 * with no other; and what is asked of a function's arguments and of memory is
 * asked of the one state of its caller, and that one's caller, up to the entry
 * point.  As a path that a joined state allows may not exist, the search goes
 * back and tries others, depth first, as far as its budget goes; cf. the
 * path-sensitive replay of reports in RacerX and Snugglebug.
 *
 * Approximation: a call that lies beside the witness has the effect of one of
 * the ways out that its function's summary has, which are joined ones.
 */
#ifndef XLA_REPLAY_H
#define XLA_REPLAY_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "handup.h"
#include "wayup.h"

struct cfg;
struct leg;
struct replayer;

/* H and CFG are borrowed and must outlive it. */
struct replayer *replayer_new(struct handup *h, struct cfg *cfg);
void replayer_free(struct replayer *rp);

struct replay_effort {
	uint32_t steps;		/* nodes executed, and arrivals at them, of one
				 * replay; at least 1 */
	unsigned ends;		/* of one leg that are followed */
	bool last_first;	/* of two nodes that are as near to the end, the
				 * second one is tried first */
	bool steady;		/* only what calls beside the witness are known
				 * to store is changed by them */
	bool unstopped;		/* the run-time check has not stopped the host
				 * between the two locks */
};

void replayer_set_effort(struct replayer *rp, struct replay_effort effort);

/*
 * Can what LEGS (leg.h) say be executed so that P comes about, told as WAY
 * tells it?  Sets the legs' paths if so.  False, too, when the budget ends: the
 * steps of one replay, or of all of them.
 */
bool replay(struct replayer *rp, const struct way *way, const struct pair *p,
	    const GPtrArray *legs);

/* Of the last replay(), which did not fail: has the run-time check stopped the
 * host on its path (asked_is_stopped())? */
bool replay_was_stopped(const struct replayer *rp);

/*
 * Of the last replay(), which failed: the index of the leg that refused most of
 * what later ones asked of their callers; or of the last one that was begun.
 */
guint replay_refusing_leg(const struct replayer *rp);

/*
 * The same of LEGS that begin with the holder, whoever calls it: what they ask
 * of it then are the literals that are appended to GUARD, uint32_t, ascending.
 */
bool replay_from_holder(struct replayer *rp, const struct way *way,
			const struct pair *p, const GPtrArray *legs,
			GArray *guard);

/*
 * The same of how a lock comes to be held in the callee of LEG's VIA alone,
 * whoever calls that: sets the path of the leg's inner one, if it has one.
 * WAY is the one that LEG is of.
 */
void replay_hold(struct replayer *rp, const struct way *way, struct leg *leg);

#endif
