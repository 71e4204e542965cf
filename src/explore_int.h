/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the explore*.c files. */
#ifndef XLA_EXPLORE_INT_H
#define XLA_EXPLORE_INT_H

#include "explore.h"
#include "program.h"
#include "slice.h"
#include "value.h"

struct run;

/*
 * Sees the states of a run where they would be joined with others.  Each
 * function returns true if it took the state over.
 */
struct watcher {
	/* S arrives at NODE from r->e.node. */
	bool (*arrives)(void *context, struct run *r, uint32_t node,
			struct state *s);
	/* S, as callers are to see it, leaves the function. */
	bool (*leaves)(void *context, struct run *r, struct state *s,
		       term_id result);
	void *context;
	bool steady;		/* calls change no memory but where it is known
				 * what they store */
};

/* One exploration of one function. */
struct run {
	struct explorer *x;
	struct summary *self;
	fact_id function;
	struct evaluator e;
	GPtrArray **seen;	/* per node: struct seen_state * */
	GArray *heap;		/* uint32_t: order numbers of nodes to do */
	uint32_t *node_at;	/* per order number: node */
	uint8_t *queued;	/* per node */
	uint8_t *locksets;	/* per node: different ones seen */
	GPtrArray *out;		/* struct state *: results of the node */
	const uint32_t *param_writes; /* param_writes.h, if callers look at what
				       * is stored; or NULL */
	GArray *member;		/* fact_id: read anywhere; or NULL so far */
	uint32_t *naming;	/* per node: explore_passed.c; or NULL so far */
	bool recording;		/* the last time: edges and events are kept */
	bool exits_changed;
	const struct watcher *watch; /* or NULL */
	fact_id only;		/* 0, or the one callee that is followed, with */
	const GPtrArray *given;	/* these exits in the place of its own */
};

enum {
	GUARD_STATES_MAX = 6,	/* of one lockset and memory, with different
				 * guards, in functions that return with a
				 * lock or release one of their callers' */
	LOCKSETS_MAX = 16,	/* different ones at one node, or on exit */
};

struct seen_state {
	struct state *state;
	uint32_t hash;		/* of its lockset */
	uint32_t objects;	/* hash of where which objects lie; 0: not yet
				 * asked for */
	bool pending;
};

/* Nothing is known yet. */
struct summary *summary_new(fact_id function);
/* A GDestroyNotify. */
void summary_free(void *summary);

/* Explores a function once; true if its exits changed. */
bool explore_run(struct explorer *x, struct summary *self);

/* The parts of it, for a run that is watched: SELF is borrowed. */
void explore_run_init(struct run *r, struct explorer *x, struct summary *self);
void explore_run_release(struct run *r);
struct state *explore_entry_state(const struct run *r);
/* Executes NODE in S, which is handed over; what follows arrives. */
void explore_step(struct run *r, struct state *s, uint32_t node);
/* NODE is to be executed in what has arrived there. */
void explore_queue_node(struct run *r, uint32_t node);
/*
 * The first node that matters from NODE on, or 0; S forgets what may be written
 * on the way there, unless who watches takes memory as it is.
 */
uint32_t explore_pass_gap(struct run *r, uint32_t node, struct state *s);

/* S, which is handed over, arrives at NODE, and is joined with others if there
 * are too many. */
void explore_arrive(struct run *r, uint32_t node, struct state *s);
/* All of run->out do. */
void explore_arrive_all(struct run *r, uint32_t node);
/* S, which is handed over, leaves the function with RESULT. */
void explore_add_exit(struct run *r, struct state *s, term_id result);
/* But for what is known of values there. */
bool explore_same_exit(const struct exit_state *x, const struct exit_state *y);
/* Do they agree on which objects lie where? */
bool explore_same_objects(const struct run *r, const struct state *x,
			  const struct state *y);
/* From entry to exits, joining states that are not taken over. */
void explore_all_states(struct run *r);

/*
 * The effect of a lock primitive at NODE on STATE, which is handed over.
 * Resulting states go to run->out.
 */
void explore_primitive(struct run *r, struct state *state, uint32_t node,
		       const struct lock_primitive *lp);

/* A call of CALLEE at NODE; as above. */
void explore_call(struct run *r, struct state *state, uint32_t node,
		  fact_id callee);

/* What the caller must be where NODE is reached: of enum state_flags. */
uint32_t explore_privilege(const struct run *r, uint32_t node);

/*
 * Two ways on from S: on the one that is returned the locks A and B are one,
 * with one owner and kind, on *S they are two.  Either is NULL if that cannot
 * be; S is handed over, and what becomes of it is the caller's.
 */
struct state *explore_part(struct run *r, struct state **s, term_id a,
			   term_id b);
/* VALUE, of a condition, turned out to be TRUTH: if it is that callers hold a
 * lock, that is kept with what was asked for. */
void explore_learn_held(const struct run *r, struct state *s, term_id value,
			bool truth);
/* A lock that a callee returns held joins the lockset. */
void explore_add_held(struct run *r, struct state *s, const struct held *new);

/* Releases OBJECT COUNT times: of the lockset, else of what callers hold. */
void explore_release(struct run *r, struct state *s, uint32_t node,
		     enum lock_kind kind, term_id object, int count);

/* Locals whose address the callee at NODE got may hold anything now, but for
 * those behind the parameters that STORED has no bit for (state.h). */
void explore_forget_passed(struct run *r, struct state *s, uint32_t node,
			   fact_id callee, uint32_t stored);
/* The number at ADDRESS, a member, a global or what an argument points to, may
 * be any now: operand or argument I of NODE.  Other addresses are left alone. */
void explore_store_any(struct run *r, struct state *s, uint32_t node,
		       uint32_t i, term_id address);
void explore_set_result(struct run *r, struct state *s, uint32_t node,
			term_id value);

/*
 * The exits of S as callers are to see them: copies, without the locks that
 * the function seems to return with, or to release, for no reason that is
 * known (explore_balance.c).
 */
GPtrArray *explore_balance(struct explorer *x, const struct summary *s);

void explore_free_exits(GPtrArray *exits);

/*
 * What it says of a domain that CALLEE is called through a pointer at NODE
 * (the model's code-world); false: that cannot be.
 */
bool explore_learn_world(struct run *r, struct state *s, uint32_t node,
			 fact_id callee);

/* The I-th argument of FUNCTION, which has a body, as its summary names it: a
 * symbol, or the current vCPU if the model says so. */
term_id explore_parameter(const struct explorer *x, fact_id function,
			  uint32_t i);

/*
 * Where X and Y meet at NODE: locals that differ get names, the same in both.
 * True if X changed.
 */
bool explore_name_joined(struct run *r, uint32_t node, struct state *x,
			 struct state *y);
/* The same of what two exits have stored through arguments. */
bool explore_name_stored(struct run *r, struct state *x, struct state *y);
/*
 * What the two return, which is not the same: a name for it if both return
 * objects; unknown otherwise.
 */
term_id explore_name_result(struct run *r, struct exit_state *into,
			    const struct exit_state *new);
/* Is what lies at KEY, a local or a member, a pointer to an object? */
bool explore_is_object(const struct run *r, term_id key);
/* The next binding from *I on that is a pointer to an object; or NULL. */
const struct binding *explore_next_object(const struct run *r,
					  const GArray *memory, guint *i);

/* Sets in lockflow.h's sense: the bit of the member that is the lock. */
uint32_t explore_lock_bit(const struct program *p, const struct terms *t,
			  term_id object);

#endif
