/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lock classes and lock primitives of a tree, derived from the functions of
 * its lock header and the model's patterns.
 */
#ifndef XLA_LOCKPRIM_H
#define XLA_LOCKPRIM_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "facts.h"

struct model;

enum lock_operation {
	LOCKOP_NONE,
	LOCKOP_ACQUIRE,
	LOCKOP_TRY,	/* returns whether it acquired */
	LOCKOP_CHECK,	/* order constraint: the check before the lock */
	LOCKOP_HOLD,	/* order constraint: the hold starts */
	LOCKOP_RELEASE,
	LOCKOP_HELD,	/* asks whether this CPU holds it */
};

enum lock_kind {
	LOCKKIND_LOCK,	/* ordered spinlock, recursion on demand */
	LOCKKIND_WRITE,	/* ordered rwlock, written: recursive */
	LOCKKIND_READ,
	LOCKKIND_ORDER,	/* constraint around another lock */
	LOCKKIND_SPIN,	/* a plain lock, unknown to the run-time check */
};

/* The model's words, that of LOCKOP_NONE being none; end with NULL. */
extern const char *const lock_operation_words[];
extern const char *const lock_kind_words[];

/* Which argument of a primitive is what; -1 where it has none. */
struct lock_primitive {
	enum lock_operation operation;
	enum lock_kind kind;
	uint32_t class;		/* index + 1; 0: told by the object alone */
	int object_arg;		/* address of the lock, or for an order
				 * constraint of the level it saves */
	bool object_by_value;	/* the argument is a value loaded from there */
	int owner_arg, recursive_arg;
	bool recurses;		/* a plain lock that is held may be taken so */
};

/* struct lock_class of result.h says what an element of class[] is. */
struct lockprims {
	GArray *class;			/* struct lock_class, by level */
	struct lock_primitive *by_function; /* index: function */
	uint32_t function_nr;
	fact_id header;			/* file that declares the classes */
	GHashTable *external;		/* field -> class index + 1 */
};

/* Never NULL; strings are borrowed from FACTS. */
struct lockprims *lockprims_derive(const struct facts *f,
				   const struct model *m);
void lockprims_free(struct lockprims *lp);

/* The class NUMBER, its index + 1; NULL for 0. */
const struct lock_class *lockprims_class(const struct lockprims *lp,
					 uint32_t number);

/* The level of the class NUMBER; -1 for 0. */
int lockprims_level(const struct lockprims *lp, uint32_t number);

/* The number of the class with that rank, which is below the classes' count. */
uint32_t lockprims_ranked(const struct lockprims *lp, uint32_t rank);

/* NULL if FUNCTION is no lock primitive. */
const struct lock_primitive *lockprims_find(const struct lockprims *lp,
					    fact_id function);

#endif
