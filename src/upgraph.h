/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The graph in which ways to entry points are looked for: a node is a place
 * (function and guard), what is told there, and what is needed so far.  Nodes
 * are shared by all pairs: which calls lead up from a place, and what is told
 * beyond a call, are found out once each, when they are asked for; a backward
 * analysis of preconditions on demand, as in Snugglebug (Chandra, Fink,
 * Sridharan, PLDI 2009).
 */
#ifndef XLA_UPGRAPH_H
#define XLA_UPGRAPH_H

#include <stdbool.h>
#include <stdint.h>

#include "told.h"

struct up_node {
	uint32_t place;
	uint32_t told;		/* its number and, in the lowest bits, enum
				 * state_flags */
	uint32_t first, step_nr; /* or UPGRAPH_NOT_YET: upgraph_steps() */
	uint32_t listed;	/* the node + 1 that has last led to it */
	/* The searches' own: */
	uint32_t search;	/* that saw it last */
	bool closed;		/* no way leads on from it */
};

/* Of arrays that are not made yet. */
#define UPGRAPH_NOT_YET UINT32_MAX

/* What a node stands for. */
struct up_spot {
	fact_id function;
	uint32_t guard;
	uint32_t told;		/* its number */
	uint8_t flags;		/* enum state_flags */
};

struct up_step {
	uint32_t node, edge;	/* EDGE: the id of a call */
};

struct upgraph;

/* H is borrowed and must outlive it. */
struct upgraph *upgraph_new(struct handup *h);
void upgraph_free(struct upgraph *g);

/* All nodes are forgotten, to bound the memory; their numbers are void, but not
 * those of what is told. */
void upgraph_forget(struct upgraph *g);

/* How many nodes there are, and how many different things are told. */
uint32_t upgraph_size(const struct upgraph *g);
uint32_t upgraph_told_nr(const struct upgraph *g);

/* The node of P's holder.  WITH_LEVELS: the level in force is told, too. */
uint32_t upgraph_first(struct upgraph *g, const struct pair *p,
		       bool with_levels);

/* Borrowed until a node is made. */
struct up_node *upgraph_at(const struct upgraph *g, uint32_t node);

struct up_spot upgraph_spot(const struct upgraph *g, uint32_t node);

/* What is told by that number; borrowed until something else is told. */
const struct told *upgraph_told(const struct upgraph *g, uint32_t told);

/* The number of the same, but for the level. */
uint32_t upgraph_told_bare(struct upgraph *g, uint32_t told);

/* The number of TOLD. */
uint32_t upgraph_tell(struct upgraph *g, const struct told *told);

/* Step I, of as many as upgraph_steps() says, from NODE along a call. */
uint32_t upgraph_steps(struct upgraph *g, uint32_t node);
struct up_step upgraph_step(const struct upgraph *g, uint32_t node,
			    uint32_t i);

/*
 * Does nothing in GUARD ask for a lock that callers hold?  ASSERTED: but for
 * what an assertion asks.
 */
bool upgraph_is_open(const struct upgraph *g, uint32_t guard, bool *asserted);

#endif
