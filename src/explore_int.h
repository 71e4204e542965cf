/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the explore*.c files. */
#ifndef XLA_EXPLORE_INT_H
#define XLA_EXPLORE_INT_H

#include "explore.h"
#include "program.h"
#include "slice.h"
#include "value.h"

/*
 * Approximation: deeper recursion counts as this deep, so that a lock taken
 * three times counts as free after the second release.
 */
enum { HELD_COUNT_MAX = 2 };

/* One exploration of one instance. */
struct run {
	struct explorer *x;
	uint32_t self;		/* instance */
	fact_id function;
	struct evaluator e;
	GPtrArray **seen;	/* per node: struct seen_state * */
	GArray *heap;		/* uint32_t: order numbers of nodes to do */
	uint32_t *node_at;	/* per order number: node */
	uint8_t *queued;	/* per node */
	uint8_t *locksets;	/* per node: different ones seen */
	GPtrArray *out;		/* struct state *: results of the node */
	bool exits_changed;
};

static inline struct instance *explorer_instance(const struct explorer *x,
						 uint32_t id)
{
	return g_ptr_array_index(x->instance, id);
}

/* Explores instance ID once. */
void explore_run(struct explorer *x, uint32_t id);

/*
 * The effect of a lock primitive at NODE on STATE, which is handed over.
 * Resulting states go to run->out.
 */
void explore_primitive(struct run *r, struct state *state, uint32_t node,
		       const struct lock_primitive *lp);

/* A call of CALLEE at NODE; as above. */
void explore_call(struct run *r, struct state *state, uint32_t node,
		  fact_id callee);

/* Adds a lock to the lockset, or to one of it that it may be. */
void explore_add_held(struct run *r, struct state *s, const struct held *new);

/* What is to be told of a held lock. */
struct lock_view explore_view_of_held(struct run *r, const struct state *s,
				      const struct held *h);

/* The instance for a call; made and explored if it is new. */
uint32_t explorer_demand(struct explorer *x, struct instance *wanted);

struct instance *instance_new(const struct program *p, fact_id function);
void instance_free(struct instance *i);

/* Numbers of hash-consed values. */
uint32_t explorer_pair(struct explorer *x, const struct critical_pair *pair);
uint32_t explorer_lockset(struct explorer *x, const GArray *views);

#endif
