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

/* A lock as it is told of. */
struct lock_view {
	uint8_t class;		/* index + 1 */
	uint8_t mode, instance, owner, control;
	fact_id function;	/* site, if it is of this activation */
};

/* What a symbol of the callee is in the caller. */
struct root {
	term_id term;
	int64_t role;		/* as imm of TERM_SYMBOL */
};

/*
 * A call.  AT is what holds there: the lockset, the level in force, and of
 * facts and memory what tells domains and kinds of tables.
 */
struct call_edge {
	uint32_t node;
	uint32_t callee;	/* instance */
	struct state *at;
	GArray *root;		/* struct root, per symbol of the callee */
	GArray *visible;	/* guint: per lock of the callee's entry
				 * lockset, its index in at->held */
};

/* An acquisition, just before it. */
struct event {
	uint32_t node;
	struct state *at;	/* as in struct call_edge */
	struct lock_view view;
	enum lock_kind kind;
	term_id object, owner;
};

struct instance {
	fact_id function;
	GArray *arg;		/* term_id per parameter */
	struct state *entry;
	GPtrArray *exits;	/* struct exit_state * */
	GPtrArray *edge;	/* struct call_edge * */
	GPtrArray *event;	/* struct event * */
	GHashTable *dependent;	/* set of instances + 1 that used the exits */
	uint32_t from, from_node; /* who asked first: instance + 1 */
	uint32_t runs, steps;
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
	LIMIT_LEAK,		/* a lock held on return that no caller looks
				 * after */
	LIMIT_KIND_NR,
};

struct limit {
	enum limit_kind kind;
	fact_id function;
	uint32_t node;
	uint32_t detail;	/* LIMIT_STALE, LIMIT_LEAK: class index + 1 */
	uint32_t count;
};

struct explorer {
	const struct program *p;
	struct terms *t;
	struct origins *origins;
	GPtrArray *instance;	/* struct instance * */
	GHashTable *by_key;	/* GBytes -> index + 1 */
	GHashTable *limits;	/* struct limit, as set */
	GQueue work;		/* indices of dirty instances */
	uint32_t *contexts;	/* per function: how many */
	uint64_t steps;
};

struct explorer *explorer_new(const struct program *p);
void explorer_free(struct explorer *x);

/* Explores FUNCTION as an entry point; returns its instance. */
uint32_t explorer_enter(struct explorer *x, fact_id function);
/* Repeats what depends on changed exits until nothing changes. */
void explorer_settle(struct explorer *x);

/* What is to be told of a held lock, by what is known at AT. */
struct lock_view explore_view(const struct explorer *x,
			      const struct state *at, const struct held *h);

/* A value in the callee's terms, in those of the caller with these roots. */
term_id explore_map_back(struct terms *t, const GArray *root, uint32_t node,
			 term_id value);

/*
 * Does KEY, of a fact, compare the sizes of one member of two records?  Of
 * those at A and B, if A is not 0.
 */
bool explore_is_sorting(const struct terms *t, term_id key, term_id a,
			term_id b);

void explorer_limit(struct explorer *x, enum limit_kind kind,
		    fact_id function, uint32_t node, uint32_t detail);

#endif
