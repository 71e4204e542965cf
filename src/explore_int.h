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

/* Locals whose address the callee at NODE got may hold anything now. */
void explore_forget_passed(struct run *r, struct state *s, uint32_t node);
void explore_set_result(struct run *r, struct state *s, uint32_t node,
			term_id value);

/*
 * Is ID about domains, vCPUs and tables alone?  What is known of anything
 * else stays within a function.
 */
bool explore_is_about_objects(const struct program *p, const struct terms *t,
			      term_id id);

/* The instance for a call; made and explored if it is new. */
uint32_t explorer_demand(struct explorer *x, struct instance *wanted);

struct instance *instance_new(const struct program *p, fact_id function);
void instance_free(struct instance *i);

/* How the caller's values are called in the callee. */
struct mapping {
	struct terms *t;
	GArray *root;		/* struct root, per symbol */
	guint argument_nr;	/* so many of them come from arguments */
	bool closed;		/* no new symbols: unknown leaves fail */
	bool failed;
};

/*
 * The callee's context for a call at NODE: fills in arguments and entry state
 * of TO and the roots of M.  VISIBLE gets, per lock of the entry lockset, its
 * index in the caller's; it is NULL for a callee that cannot reach a lock.
 */
void explore_map_call(struct run *r, struct mapping *m, const struct state *s,
		      uint32_t node, struct instance *to, GArray *visible);

/* The bit of the member that is the lock OBJECT in lockflow.h's sets. */
uint32_t explore_lock_bit(const struct program *p, const struct terms *t,
			  term_id object);

/*
 * A callee released locks that it could not name (EXIT->released): the last of
 * the first NR that are held.
 */
void explore_release_unnamed(struct run *r, struct state *s,
			     const struct state *exit, guint nr);

/* Each exit of CALLEE, an instance, becomes a state in run->out. */
void explore_return(struct run *r, const struct state *before, uint32_t node,
		    uint32_t callee, const GArray *root,
		    const GArray *visible);

/* A copy of S that keeps what tells locks, domains and kinds of tables. */
struct state *explore_snapshot(struct run *r, const struct state *s);
bool explore_same_snapshot(const struct state *x, const struct state *y);

#endif
