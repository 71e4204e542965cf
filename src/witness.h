/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The source steps that lead from an entry point to an acquisition. */
#ifndef XLA_WITNESS_H
#define XLA_WITNESS_H

#include "explore.h"
#include "reach.h"
#include "result.h"

/* An acquisition under a lock that is held on entry to an instance. */
struct pending {
	uint32_t inherited;	/* index + 1 in the entry lockset */
	uint32_t pair;
	fact_id site_function;	/* 0: still inside the lock header */
	uint32_t site_line;
	uint32_t node;		/* in this instance: leads to it */
	uint32_t inner_instance; /* callee + 1, or 0: it is here */
	uint32_t inner;		/* index among the callee's pending */
	uint32_t depth;
	enum context context;	/* of the calls on the way, if not running */
};

/* One way to an ordering. */
struct candidate {
	const struct critical_pair *pair;
	uint32_t instance;	/* of the holder */
	fact_id holder;
	uint32_t origin;
	fact_id held_function;
	uint32_t held_line;
	fact_id site_function;
	uint32_t site_line;
	uint32_t acquire_node;	/* in the holder */
	uint32_t inner_instance, inner; /* as in struct pending */
	uint32_t depth;
	enum context context;
};

/* Appends struct witness_step to OUT.  PENDING is indexed by instance. */
void witness_make(const struct explorer *x, const struct reach *reach,
		  GArray *const *pending, const struct candidate *k,
		  struct result *r, GArray *out);

#endif
