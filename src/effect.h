/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an entry of the ledger could hide: which lock classes could be acquired
 * there, and which may be held.
 */
#ifndef XLA_EFFECT_H
#define XLA_EFFECT_H

#include <stdint.h>

#include "explore.h"

/* A set of lock classes: bit i is the class of index i; further ones share the
 * last bit. */
typedef uint32_t class_set;

struct effects;

/* X is borrowed and must outlive it. */
struct effects *effects_new(const struct explorer *x);
void effects_free(struct effects *e);

/* What FUNCTION and all that it calls may acquire. */
class_set effects_acquired(const struct effects *e, fact_id function);

/* What all functions of that type may acquire whose address is taken; of type
 * 0: all whose address is taken. */
class_set effects_acquired_by_type(const struct effects *e, fact_id type);

/* What calls at NODE of FUNCTION may acquire, or all of it if NODE is 0. */
class_set effects_acquired_at(const struct effects *e, fact_id function,
			      uint32_t node);

/* What FUNCTION's callers may acquire, at whatever distance. */
class_set effects_acquired_above(const struct effects *e, fact_id function);

/* What FUNCTION itself and its callers may hold at NODE; 0: anywhere in it. */
class_set effects_held(const struct effects *e, fact_id function,
		       uint32_t node);

/* What FUNCTION may return with. */
class_set effects_returned(const struct effects *e, fact_id function);

/* "orderings of p2m, pod under paging"; NULL if ACQUIRED is empty.  The
 * caller's, for g_free. */
char *effects_text(const struct effects *e, class_set acquired,
		   class_set held);

#endif
