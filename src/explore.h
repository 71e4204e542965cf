/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Explores every function that matters once, with symbols for its arguments,
 * callees before callers, and sums it up: the ways in which it returns
 * (guarded by what it has asked of its arguments), the acquisitions in it, and
 * the calls from which more acquisitions come.  Bottom-up summaries with
 * guards follow Saturn (Xie and Aiken, POPL 2005); within a function, states
 * are joined where they agree on lockset and memory, as in ESP (Das, Lerner,
 * Seigle, PLDI 2002).
 */
#ifndef XLA_EXPLORE_H
#define XLA_EXPLORE_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "bytes.h"
#include "origin.h"
#include "result.h"
#include "state.h"
#include "term.h"

struct code_world;
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
};

/* A call, and what holds just before it. */
struct call_edge {
	fact_id caller, callee;
	uint32_t node;
	uint32_t id;		/* handup.h */
	struct state *at;
	GArray *arg;		/* term_id: the arguments */
};

/* An acquisition, just before it. */
struct event {
	fact_id function;
	uint32_t node;
	struct state *at;
	struct lock_view view;
	enum lock_kind kind;
	bool recurses;		/* it may be held already */
	term_id object, owner;
};

struct summary {
	fact_id function;
	GPtrArray *exits;	/* struct exit_state * */
	GPtrArray *balanced;	/* the same as callers see them: balance.h */
	GPtrArray *edge;	/* struct call_edge * */
	GPtrArray *event;	/* struct event * */
	uint32_t runs, steps;
	bool dirty;
	bool guards_matter;	/* exits are told apart by what they asked: they
				 * differ in the locks that are held */
};

/* What the exploration could not follow, by place. */
enum limit_kind {
	LIMIT_STATES,		/* too many states: facts were forgotten */
	LIMIT_DROPPED,		/* too many locksets: paths were dropped */
	LIMIT_WAYS,		/* too many ways lead to a function: some were
				 * not looked at */
	LIMIT_RELEASE,		/* a release of a lock that is not held */
	LIMIT_SELF,		/* a lock taken again that does not recurse */
	LIMIT_STALE,		/* a release left a level that nothing held
				 * justifies */
	LIMIT_ASSERT,		/* a path on which an assertion fails */
	LIMIT_ASIDE,		/* work of others, run in a function that
				 * asserts that nobody holds a lock, but is
				 * called with one */
	LIMIT_NOT_WITHIN,	/* what a function calls never gets to another
				 * one, by the model */
	LIMIT_NULL,		/* a path that loads through a null pointer */
	LIMIT_LEAK,		/* a callee that may or may not release a lock,
				 * for reasons that are not known: it does */
	LIMIT_UNBALANCED,	/* a function that returns with a lock on some
				 * ways only, or releases one once too often */
	LIMIT_UNTOLD,		/* the same, of a lock that comes from further
				 * down, or that callers should hold */
	LIMIT_KIND_NR,
};

struct limit {
	enum limit_kind kind;
	fact_id function;
	uint32_t node;
	uint32_t detail;	/* class index + 1, where one is told; of
				 * LIMIT_STALE three of them: STALE_DETAIL */
	uint32_t count;
	bool once;		/* COUNT is 1, however often it was met */
};

/* What was released, what is in force, and what ought to be: 0: none. */
#define STALE_DETAIL(released, in_force, justified) \
	((released) | (in_force) << 8 | (justified) << 16)
#define STALE_RELEASED(detail) ((detail) & 255)
#define STALE_IN_FORCE(detail) ((detail) >> 8 & 255)
#define STALE_JUSTIFIED(detail) ((detail) >> 16 & 255)

struct explorer {
	const struct program *p;
	struct terms *t;
	struct state_pool *pool;
	struct initials *initials;
	struct makers *makers;
	struct bundles *bundles;
	struct origins *origins;
	struct asks *asks;
	struct summary **summary; /* per function; NULL: not explored */
	GHashTable *limits;	/* struct limit, as set */
	uint64_t steps;
	bool recording;		/* summaries are final: edges and events */
};

/* Explores all functions of P that have a slice.  Never NULL. */
struct explorer *explorer_new(const struct program *p);
void explorer_free(struct explorer *x);

/*
 * The domain that one of FUNCTION's arguments is, belongs to, or is a table of,
 * as seen at AT, a state of it; 0: there is none.
 */
term_id explore_own_domain(const struct explorer *x, const struct state *at,
			   fact_id function);

/*
 * Is what E acquires, OBJECT of OWNER by their names at AT, the lock H for
 * sure?  The plain lock that a constraint stands around is that constraint's.
 */
bool explore_is_held(const struct explorer *x, const struct state *at,
		     const struct held *h, const struct event *e,
		     term_id object, term_id owner);

/*
 * Was LEVEL, which a function called at AT has set, in force there?  A table's
 * lock that is held already sets none when it is taken again: what was in force
 * before stays.  If not, what came then was over AT's level at least: if the lock
 * is another one of that class and owner, it has asked over that itself.
 */
bool explore_sets_level(const struct explorer *x, const struct state *at,
			const struct level *level);

/* Is the lock OBJECT held at AT, by the function itself? */
bool explore_holds(const struct explorer *x, const struct state *at,
		   term_id object);

/* What is to be told of a held lock, by what is known at AT. */
struct lock_view explore_view(const struct explorer *x,
			      const struct state *at, const struct held *h);

/* Are there no values of which two literals are both true? */
bool explore_contradict(const struct explorer *x, uint32_t a, uint32_t b);
/* ... of LITERAL and one of GUARD, of uint32_t? */
bool explore_contradicts_any(const struct explorer *x, uint32_t literal,
			     const GArray *guard);
/* OUT, of term_id, becomes what LITERAL is about: two literals that contradict
 * each other have one of these in common. */
void explore_subjects(const struct explorer *x, uint32_t literal, GArray *out);
/* What W asks of DOMAIN, or of another record that its path starts from. */
term_id explore_world_term(const struct explorer *x, const struct state *s,
			   term_id domain, const struct code_world *w);
/* May VALUE be not zero (or be) at S, by the model's implications? */
bool explore_world_allows(const struct explorer *x, const struct state *s,
			  term_id value, bool truth);
/* VALUE is not zero (or is) at S, which is learnt.  False: that cannot be. */
bool explore_learn(const struct explorer *x, struct state *s, term_id value,
		   bool truth);
/* May LITERAL, in the caller's terms, hold with what FACTS say? */
bool explore_facts_allow(const struct explorer *x, const GArray *facts,
			 uint32_t literal);

void explorer_limit(struct explorer *x, enum limit_kind kind,
		    fact_id function, uint32_t node, uint32_t detail);
/* The same of what is met there again whenever it is asked for. */
void explorer_limit_once(struct explorer *x, enum limit_kind kind,
			 fact_id function, uint32_t node);

/* From now on, those of this process alone are to be put. */
void explorer_forget_limits(struct explorer *x);
/* Appends all limits, for explorer_get_limits(), which adds them to X's. */
void explorer_put_limits(const struct explorer *x, GByteArray *out);
void explorer_get_limits(struct explorer *x, struct byte_reader *in);

#endif
