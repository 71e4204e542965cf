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
#include "range.h"
#include "result.h"
#include "term.h"

struct program;

/* KEY holds VALUE; as a fact, VALUE 0 says that KEY is not zero. */
struct binding {
	term_id key, value;
};

/*
 * A level in force: of a class and an owner.  Class 0: a level from before
 * the function was entered: the one in force then, or, if OWNER is not 0, the
 * one that a caller's lock, the object OWNER, has saved.
 */
struct level {
	uint32_t class;		/* index + 1 */
	term_id owner;
};

/*
 * Approximation: deeper recursion counts as this deep, so that a lock taken
 * more often counts as free too early.
 */
enum { HELD_COUNT_MAX = 5 };

/*
 * One lock of the lockset, in order of acquisition; or, if its count is
 * negative, one of the callers' that was released.
 */
struct held {
	uint32_t class;		/* index + 1; 0 where the count is negative */
	enum lock_kind kind;
	int32_t count;		/* recursion */
	bool many;		/* stands for several locks */
	bool each;		/* a loop that goes through an array took it */
	bool all;		/* and keeps it: each element of the array */
	uint8_t untold;		/* returns by which no caller can tell that it
				 * is held: explore_balance.c */
	term_id object, owner;
	struct level saved;	/* in force before it was acquired */
	struct level again[HELD_COUNT_MAX - 1]; /* if it stands for several:
				 * before each of the others was */
	uint32_t origins;	/* where acquired: origin.h */
};

enum state_flags {
	STATE_ASSERT_FAILED = 1 << 0, /* an assertion's failing side was taken */
	/* Only of what is recorded; where no policy decides, the current
	 * domain is the one that it acts on, that one's device model, or a
	 * control domain; one of the last two; a control domain. */
	STATE_TARGET = 1 << 1,
	STATE_DEVICE_MODEL = 1 << 2,
	STATE_CONTROL = 1 << 3,
	STATE_FLAGS_NR = 4,
};

/*
 * A literal of a guard: what a path has asked of the values that were there
 * when the function was entered.
 */
#define LITERAL(term, asserted, truth) \
	((uint32_t)(term) << 2 | ((asserted) ? 2u : 0u) | ((truth) ? 1u : 0u))
#define LITERAL_TERM(literal) ((term_id)((literal) >> 2))
#define LITERAL_IS_ASSERTED(literal) (((literal) >> 1 & 1) != 0)
#define LITERAL_UNASSERTED(literal) ((literal) & ~UINT32_C(2))
#define LITERAL_TRUTH(literal) (((literal) & 1) != 0)

/* What a TERM_STRING stands for, where it is no string. */
enum {
	STRING_RECORD = 1,	/* some record that has no name */
	STRING_EACH,		/* the index of "each element" */
	STRING_CALLER,		/* in the place of a lock: callers that the
				 * model's not-within number b names */
};

/* A guard that has so many gets no more, where nothing else is said. */
enum { STATE_GUARD_MAX = 24 };

/* Where states go that are not used any more. */
struct state_pool;

struct state_pool *state_pool_new(void);
/* After all states that were made with it. */
void state_pool_free(struct state_pool *pool);

/* So many literals fill the guards of its states from now on. */
void state_pool_set_guard_max(struct state_pool *pool, unsigned max);
/* What numbers the states' sets of what was asked for; borrowed.  Without it
 * they are empty. */
struct asks;
void state_pool_set_asks(struct state_pool *pool, struct asks *asks);
struct asks *state_pool_asks(const struct state_pool *pool);

struct state {
	const struct program *program;
	struct state_pool *pool;
	GArray *memory;		/* struct binding, by key (an address) */
	GArray *fact;		/* struct binding, by key (a value): of what is
				 * there now */
	GArray *guard;		/* uint32_t literals, ascending: of what was
				 * there on entry */
	GArray *held;		/* struct held */
	struct level level;
	struct level checked;	/* an order constraint was checked, and its
				 * external lock is not yet taken */
	uint32_t flags;		/* enum state_flags */
	uint32_t asked;		/* a set: asks.h */
	uint32_t stored;	/* parameters, a bit each, to whose records
				 * something may have been stored since entry
				 * (param_writes_nodes()) */
	uint64_t *written;	/* bit set of tracked members that may have been
				 * stored to since entry; NULL: none */
};

/* P and POOL are borrowed. */
struct state *state_new(const struct program *p, struct state_pool *pool);
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
/*
 * A lock OBJECT in an element of an array that was found by an index made in
 * this function: the same in "each element"; any other object as it is.
 */
term_id state_each_element(struct terms *t, term_id object);

/* The value of T as far as facts decide it: a constant, or T itself. */
term_id state_resolve(const struct terms *t, const struct state *s,
		      term_id value);
/* The numbers that VALUE may be by what it has been compared with. */
struct range state_range(const struct terms *t, const struct state *s,
			 term_id value);
/* Is VALUE zero? */
enum tristate state_truth(const struct terms *t, const struct state *s,
			  term_id value);
/* Learns that VALUE is not zero (or is).  False: that cannot be. */
bool state_assume(struct terms *t, struct state *s, term_id value, bool truth);
/* As state_assume(); what it says of values on entry becomes part of the
 * guard. */
bool state_learn(struct terms *t, struct state *s, term_id value, bool truth,
		 bool asserted);
/* Adds a literal to the guard if it speaks of values on entry. */
void state_guard(struct terms *t, struct state *s, term_id value, bool truth,
		 bool asserted);
/* Does ID speak of values on entry only, by names that callers know? */
bool state_is_of_entry(const struct terms *t, const struct state *s,
		       term_id id);
/*
 * The literal that says so of values on entry; 0 if there is none.  A guard
 * that has it without its assertion, or is full, does not get it.
 */
uint32_t state_literal(struct terms *t, const struct state *s, term_id value,
		       bool truth, bool asserted);
/* Adds it to a guard that is not (yet) the one of S. */
void state_add_literal(struct terms *t, const struct state *s, GArray *guard,
		       term_id value, bool truth, bool asserted);
/* Does the guard of S get no more? */
bool state_guard_is_full(const struct state *s);
/* Does the lockset answer whether the lock OBJECT (at address 0: any lock) is
 * held?  TERM_HELD if it is one that callers may hold. */
term_id state_held(const struct program *p, struct terms *t,
		   const struct state *s, term_id object);

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

/*
 * LOCK is released: others may now write to the members of the record that it
 * lies in, so that what was stored there is forgotten, unless the model calls
 * the member stable.
 * Approximation: what was read there, or from records that hang on it, is taken
 * to be as it was.
 */
void state_forget_protected(const struct program *p, const struct terms *t,
			    struct state *s, term_id lock);

/* Is the write lock OBJECT held at S?  TRI_UNKNOWN: it may be one that is. */
enum tristate state_holds_write(const struct program *p, struct terms *t,
				const struct state *s, term_id object);

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
/* May the two have written the same flags? */
bool state_same_written(const struct state *x, const struct state *y);
bool state_same_facts(const struct state *x, const struct state *y);
bool state_same_guard(const struct state *x, const struct state *y);
/* How many literals their guards have in common. */
unsigned state_common_guard(const struct state *x, const struct state *y);
/* Does a guard of NR literals say all that the other one says? */
bool state_guard_says(const struct terms *t, const uint32_t *guard, guint nr,
		      const uint32_t *other, guint nr_other);
/* Is every literal of X's guard said by Y's, and each flag that Y may have
 * written among those that X may have? */
bool state_is_weaker(const struct terms *t, const struct state *x,
		     const struct state *y);

/*
 * Joins Y into X, whose locksets agree: what differs is forgotten.  True if
 * X lost something or gained an origin.
 */
struct origins;
bool state_join(struct terms *t, struct origins *o, struct asks *k,
		struct state *x, const struct state *y);
/*
 * What two guards, arrays of literals, have in common: literals of both, and
 * of two that ask for different bits of one value, that it has one of them.
 */
GArray *state_guard_meet(struct terms *t, const uint32_t *guard, guint nr,
			 const uint32_t *other, guint nr_other);

/*
 * The value of FIELD in the record at BASE, as memory, facts and the model's
 * invariants have it; a TERM_LOAD if they say nothing.
 */
term_id value_of_member(const struct program *p, struct terms *t,
			const struct state *s, term_id base, uint32_t field);

void bindings_set(GArray *bindings, term_id key, term_id value);
const struct binding *bindings_find(const GArray *bindings, term_id key);

#endif
