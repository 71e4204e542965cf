/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The source steps that lead from an entry point to an acquisition. */
#ifndef XLA_WITNESS_H
#define XLA_WITNESS_H

#include "explore.h"
#include "reach.h"
#include "result.h"

/* An acquisition, as an instance sees it: its own, or one of a callee. */
struct pending {
	const struct event *event;
	struct lock_view view;	/* of the lock acquired */
	term_id object, owner;	/* in the instance's terms */
	struct level level;	/* in force, in the instance's terms */
	struct lock_view in_force; /* whose, if level.class is not 0; its class
				 * is 0 if no lock held has set it */
	uint32_t dropped;	/* bit set: locks of the instance's entry
				 * lockset that are released by then */
	bool again;		/* the lock is held already */
	fact_id site_function;	/* 0: still inside the lock header */
	uint32_t site_line;
	uint32_t node;		/* in this instance: leads to it */
	const struct state *at;	/* what holds at that node */
	uint32_t inner_instance; /* callee + 1, or 0: it is here */
	uint32_t inner;		/* index among the callee's pending */
	uint32_t depth;
	enum context context;	/* of the calls on the way, if not running */
};

/* One way to an ordering: a held lock, and an acquisition under it. */
struct candidate {
	struct lock_view held;
	enum relation relation;
	bool same_object, sorted, visible;
	uint32_t instance;	/* of the holder */
	uint32_t origin;
	fact_id held_function;
	uint32_t held_line;
	struct pending part;	/* the acquisition, as the holder sees it */
	enum context context;
};

/* A call on the way from an entry point to the holder. */
struct path_step {
	uint32_t instance;	/* of the caller */
	const struct call_edge *edge;
};

/* Appends struct witness_step to OUT.  PENDING is indexed by instance; PATH
 * (of struct path_step) comes entry point first. */
void witness_make(const struct explorer *x, const GArray *path,
		  GArray *const *pending, const struct candidate *k,
		  struct result *r, GArray *out);

#endif
