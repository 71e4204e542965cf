/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the replay*.c files. */
#ifndef XLA_REPLAY_INT_H
#define XLA_REPLAY_INT_H

#include "explore_int.h"
#include "cfg.h"
#include "leg.h"
#include "replay.h"

/*
 * What is known outside of the function that is executed: its caller, at the
 * call.  Never changed: who learns something makes another one.
 */
struct outer {
	const struct outer *up;	/* NULL: an entry point */
	fact_id function;
	uint32_t node;
	const struct state *at;
	const GArray *arg;	/* term_id: of the call */
};

/* The last replay that could be done: of its legs but for the last one. */
struct replay_last {
	GPtrArray *key;		/* GBytes: legs up to this one */
	GPtrArray *path;	/* struct leg_path *, owned */
	GPtrArray *outer;	/* struct outer *: of the leg behind it */
};

struct replayer {
	struct handup *h;
	struct explorer *x;
	struct cfg *cfg;
	uint64_t steps_left;	/* of all replays */
	struct replay_effort effort;
	uint32_t steps;		/* of this one */
	GHashTable *failed;	/* GBytes: first legs that could not be
				 * executed, to in how many steps; UINT32_MAX:
				 * however many */
	guint deepest;		/* index of the last leg that was begun */
	GArray *refusals;	/* guint, per leg: how often it refused what
				 * others asked of their callers */
	/* of this replay */
	const struct way *way;
	const struct pair *pair;
	const GPtrArray *legs;
	guint holder;		/* index of its leg */
	bool is_stopped;	/* the run-time check has stopped the host
				 * before the acquisition that was found */
	GArray *guard;		/* takes the holder's guard, which is called by
				 * anybody; or NULL */
	GPtrArray *state;	/* struct state *: made, to be freed */
	GPtrArray *summary;	/* struct summary *: the same */
	GPtrArray *outer;	/* struct outer *: the same */
	GPtrArray *begin;	/* struct outer *, per leg: where it began */
	struct replay_last last;
	GArray *refused;	/* uint32_t literals that replay_learn() could
				 * not learn: of the outermost function that
				 * is asked first, last of the one that asks */
};

/* Keeps S until the end of the replay. */
struct state *replay_keep(struct replayer *rp, struct state *s);

/* The caller of E, which is called by UP or is an entry point. */
const struct outer *replay_call(struct replayer *rp, const struct call_edge *e,
				const struct outer *up);

/*
 * NOW has literals in its guard that BEFORE has not (NULL: it has none): what
 * they say is learnt in *OUTER, too.  False: that cannot be.
 */
bool replay_learn(struct replayer *rp, const struct outer **outer,
		  const struct state *before, const struct state *now);

/*
 * Would OUTER or its callers refuse each of LITERALS (uint32_t), of the function
 * that it calls?  *ABOVE is set if it is its callers for each.
 */
bool replay_refuses_all(const struct replayer *rp, const struct outer *outer,
			const GArray *literals, bool *above);

/* ID, of the function that OUTER calls, in the terms of OUTER; 0 if it has no
 * name there. */
term_id replay_name(const struct replayer *rp, const struct outer *outer,
		    term_id id);

/*
 * E is executed, in a function that OUTER calls: is it the acquisition of the
 * replay, told as the way tells it?
 */
bool replay_check(struct replayer *rp, const struct event *e,
		  const struct outer *outer);

/*
 * As replay_check(), which says yes, of the LOCK that is held in the state HOLDER:
 * has the run-time check stopped the host between the two, or is it none of this
 * path's domains that it would stop the host for?
 */
bool replay_is_stopped(const struct replayer *rp, const struct event *e,
		       const struct outer *outer, const struct state *holder,
		       const struct held *lock);

/* Have some of the first legs failed already, or is there no budget? */
bool replay_is_hopeless(const struct replayer *rp);
/* The legs up to the deepest one cannot be executed. */
void replay_note_failed(struct replayer *rp);

void replay_last_init(struct replay_last *last);
void replay_last_release(struct replay_last *last);
/* So many legs are those of the last replay: they get its paths. */
guint replay_take_last(struct replayer *rp);
/*
 * This replay is the last one now.  KEPT: so many states, summaries and outers
 * were there before it; IS_MORE: it began with them.
 */
void replay_keep_last(struct replayer *rp, const guint kept[3], bool is_more);

#endif
