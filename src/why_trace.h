/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One function explored once more, to see where its states go: which nodes are
 * reached, which with a lock held, and where literals of its guards come from.
 */
#ifndef XLA_WHY_TRACE_H
#define XLA_WHY_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "cfg.h"
#include "explore.h"

/* Asks whether the lock that is looked for is held at S. */
typedef bool trace_held_fn(const void *context, const struct state *s);

struct trace {
	fact_id function;
	uint8_t *reached;	/* per node */
	uint8_t *held;		/* per node: reached with the lock held */
	uint8_t *constant;	/* per node: a condition that is a number there */
	GHashTable *step;	/* int64: node, node -> 1; 2: and held */
	GHashTable *literal;	/* literal -> the node that it comes from */
};

/* A step of the control flow that is never taken. */
struct cut {
	uint32_t node;
	uint32_t to;		/* its successor */
	bool is_release;	/* it is taken, but the lock is not held then */
};

struct trace *trace_new(struct explorer *x, fact_id function,
			trace_held_fn *held, const void *context);
void trace_free(struct trace *t);

/* Is NODE reached (IF_HELD: with the lock held)?  One that decides nothing is
 * if what comes first behind it is. */
bool trace_gets_to(const struct trace *t, const struct explorer *x,
		   uint32_t node, bool if_held);

/*
 * Appends struct cut to OUT: the steps that lead on to TARGET, or CFG_RETURN,
 * from nodes that are reached (IF_HELD: with the lock held) and are not taken
 * so.
 */
void trace_cuts(const struct trace *t, struct explorer *x, struct cfg *cfg,
		uint32_t target, bool if_held, GArray *out);

#endif
