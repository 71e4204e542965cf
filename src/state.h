/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known at a program point: values in memory, facts about symbolic
 * values, the lockset, and the level that the run-time check has in force.
 */
#ifndef XLA_STATE_H
#define XLA_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "facts.h"
#include "lockprim.h"
#include "result.h"
#include "term.h"

struct program;

/* KEY holds VALUE; as a fact, VALUE 0 says that KEY is not zero. */
struct binding {
	term_id key, value;
};

/*
 * A level in force: of a class and an owner.  Class 0: a level from before
 * the function was entered, which it does not know: the one in force then,
 * or, if OWNER is not 0, the one that the lock of the entry lockset with that
 * index + 1 saved.
 */
struct level {
	uint32_t class;		/* index + 1 */
	term_id owner;
};

/* One lock of the lockset, in order of acquisition. */
struct held {
	uint32_t class;		/* index + 1 */
	enum lock_kind kind;
	uint16_t count;		/* recursion */
	bool many;		/* stands for several locks */
	bool all;		/* a loop took it, of each element of an array */
	term_id object, owner;
	struct level saved;	/* in force before it was acquired */
	uint32_t inherited;	/* index + 1 in the lockset on entry, or 0 */
	uint32_t origins;	/* where acquired, if not inherited: origin.h */
};

enum state_flags {
	STATE_ASSERT_FAILED = 1 << 0, /* an assertion's failing side was taken */
	STATE_LOCK_OUTSIDE = 1 << 1, /* callers hold locks that are not part of
				 * the context */
};

struct state {
	const struct program *program;
	GArray *memory;		/* struct binding, by key (an address) */
	GArray *fact;		/* struct binding, by key (a value) */
	GArray *held;		/* struct held */
	struct level level;
	struct level checked;	/* an order constraint was checked, and its
				 * external lock is not yet taken */
	uint32_t flags;		/* enum state_flags */
	uint32_t released;	/* lock members (lockflow.h) of which a lock of a
				 * caller's was released that has no name here */
	uint32_t outside;	/* lock members of which callers hold locks that
				 * are not part of the context */
};

struct state *state_new(const struct program *p);
struct state *state_copy(const struct state *s);
void state_free(struct state *s);

/* Memory: 0 if nothing is known of what lies at ADDRESS. */
term_id state_memory(const struct state *s, term_id address);
/* A store that is known to hit ADDRESS, and may hit what it may alias. */
void state_store(const struct program *p, struct terms *t, struct state *s,
		 term_id address, term_id value);
/* Forgets everything below ADDRESS, and itself. */
void state_forget(struct terms *t, struct state *s, term_id address);
/* Forgets what a callee, called at NODE, that writes the members of a set may
 * have changed. */
void state_havoc(const struct program *p, struct terms *t, struct state *s,
		 const uint64_t *writes, uint32_t node);
/* What ID was before that call, named as state_havoc() names it. */
term_id state_named_before(const struct program *p, struct terms *t,
			   const uint64_t *writes, uint32_t node, term_id id);

/* The value of T as far as facts decide it: a constant, or T itself. */
term_id state_resolve(const struct terms *t, const struct state *s,
		      term_id value);
/* Is VALUE zero? */
enum tristate state_truth(const struct terms *t, const struct state *s,
			  term_id value);
/* Learns that VALUE is not zero (or is).  False: that cannot be. */
bool state_assume(struct terms *t, struct state *s, term_id value, bool truth);

/* Are two addresses the same object? */
enum tristate state_same(const struct program *p, struct terms *t,
			 const struct state *s, term_id a, term_id b);

/* state_truth(), with what the model says of the pointers compared. */
enum tristate state_condition(const struct program *p, struct terms *t,
			      const struct state *s, term_id value);

/*
 * Are A and B elements of one array, found by indices that were made at
 * different places?
 */
bool state_same_array(const struct terms *t, term_id a, term_id b);

/* Values made at a node, from this number on: what a local holds where states
 * meet. */
enum { FRESH_LOCAL = 1 << 24 };

/* Renames OLD values: what NODE makes is about to be made again. */
void state_age(struct terms *t, struct state *s, uint32_t node);
/* Renames one of them, a leaf. */
void state_age_value(struct terms *t, struct state *s, term_id value);

/* Forgets what is known of values made here that neither RESULT nor anything
 * that is kept leads to. */
void state_collect(const struct terms *t, struct state *s, term_id result);

/* The hash and equality of what must agree before two states are joined. */
uint32_t state_lock_hash(const struct state *s);
bool state_same_locks(const struct state *x, const struct state *y);
bool state_same_memory(const struct state *x, const struct state *y);

/*
 * Joins Y into X, whose locksets agree: what differs is forgotten.  True if
 * X lost something or gained an origin.
 */
struct origins;
bool state_join(struct origins *o, struct state *x, const struct state *y);

/*
 * The value of FIELD in the record at BASE, as memory, facts and the model's
 * invariants have it; a TERM_LOAD if they say nothing.
 */
term_id value_of_member(const struct program *p, struct terms *t,
			const struct state *s, term_id base, uint32_t field);

void bindings_set(GArray *bindings, term_id key, term_id value);
const struct binding *bindings_find(const GArray *bindings, term_id key);

#endif
