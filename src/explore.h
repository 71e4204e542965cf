/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tabulates (function, context) -> exits, acquisitions and calls, after the
 * functional approach of Sharir and Pnueli, as Reps, Horwitz and Sagiv
 * ("Precise interprocedural dataflow analysis via graph reachability", POPL
 * 1995) tabulate it.  Within a function, states are joined where they agree
 * on lockset and memory, as in ESP (Das, Lerner, Seigle, PLDI 2002).
 */
#ifndef XLA_EXPLORE_H
#define XLA_EXPLORE_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "origin.h"
#include "result.h"
#include "state.h"
#include "term.h"

struct program;

/* One way out of a function. */
struct exit_state {
	struct state *state;
	term_id result;		/* 0: none */
};

/* A held lock as a caller sees it: its caller's, or one of its own, or both
 * where one entry stands for several locks. */
struct held_link {
	uint32_t inherited;	/* index + 1 in the caller's entry lockset */
	uint32_t origins;	/* set of origins in the caller */
};

/* A lock as it is at an acquisition. */
struct lock_view {
	uint8_t class;		/* index + 1 */
	uint8_t mode, instance, owner, control;
	fact_id function;	/* site, if it is of this activation */
};

/* A lock held at a call that the callee has no name for. */
struct background {
	struct held_link link;
	struct lock_view view;
};

struct call_edge {
	uint32_t node;
	uint32_t background, background_nr; /* slice of instance->background */
	uint32_t callee;	/* instance */
	uint32_t link, link_nr;	/* slice of instance->link: one per lock held
				 * on the callee's entry */
};

/* A held lock and one acquired under it; hash-consed. */
struct critical_pair {
	struct lock_view held, acquired;
	uint8_t relation;
	bool same_object, visible, assert_failed;
	uint8_t in_force;	/* class index + 1 of the level in force */
	uint8_t in_force_lock;	/* 1 + index into lockset, 0: stale */
	uint32_t lockset;	/* number in explorer->lockset */
};

/* In place of a held lock: whatever callers hold that this one cannot name.
 * The pair then has no held lock. */
enum { HELD_OUTSIDE = 0xffff };

/* An acquisition under one held lock. */
struct acquisition {
	uint32_t node;
	uint32_t pair;
	struct held_link link;
};

struct instance {
	fact_id function;
	GArray *arg;		/* term_id per parameter */
	struct state *entry;
	GPtrArray *exits;	/* struct exit_state * */
	GArray *edge;		/* struct call_edge */
	GArray *link;		/* struct held_link */
	GArray *background;	/* struct background */
	GArray *acquisition;	/* struct acquisition */
	GHashTable *dependent;	/* set of instances + 1 that used the exits */
	uint32_t from, from_node; /* who asked first: instance + 1 */
	uint32_t runs;
	bool running, dirty, used_while_running;
};

/* What the exploration could not follow, by place. */
enum limit_kind {
	LIMIT_NO_TARGET,	/* indirect call without a known target */
	LIMIT_SIGNATURE,	/* targets by type only */
	LIMIT_NO_BODY,		/* of a function that is called */
	LIMIT_STATES,		/* too many states: facts were forgotten */
	LIMIT_DROPPED,		/* too many locksets: paths were dropped */
	LIMIT_CONTEXTS,		/* too many contexts: facts were forgotten */
	LIMIT_RELEASE,		/* a release of a lock that is not held */
	LIMIT_SELF,		/* a lock taken again that does not recurse */
	LIMIT_STALE,		/* a release left a level that nothing held
				 * justifies */
	LIMIT_ASSERT,		/* a path on which an assertion fails */
	LIMIT_NULL,		/* a path that loads through a null pointer */
	LIMIT_KIND_NR,
};

struct limit {
	enum limit_kind kind;
	fact_id function;
	uint32_t node;
	uint32_t detail;	/* LIMIT_STALE: class index + 1 of the level */
	uint32_t count;
};

struct explorer {
	const struct program *p;
	struct terms *t;
	struct origins *origins;
	GPtrArray *instance;	/* struct instance * */
	GHashTable *by_key;	/* GBytes -> index + 1 */
	GArray *pair;		/* struct critical_pair */
	GHashTable *by_pair;
	GPtrArray *lockset;	/* GArray of struct lock_view */
	GHashTable *by_lockset;
	GHashTable *limits;	/* struct limit, as set */
	GQueue work;		/* indices of dirty instances */
	uint32_t *contexts;	/* per function: how many */
	uint32_t steps;
};

struct explorer *explorer_new(const struct program *p);
void explorer_free(struct explorer *x);

/* Explores FUNCTION as an entry point; returns its instance. */
uint32_t explorer_enter(struct explorer *x, fact_id function);
/* Repeats what depends on changed exits until nothing changes. */
void explorer_settle(struct explorer *x);

void explorer_limit(struct explorer *x, enum limit_kind kind,
		    fact_id function, uint32_t node, uint32_t detail);

#endif
