/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a held lock came from, as seen from one function: the acquisition's
 * site, the node of this function through which it came, and, if that is a
 * call, where it came from inside the callee.  Sets of them are hash-consed.
 */
#ifndef XLA_ORIGIN_H
#define XLA_ORIGIN_H

#include <stdbool.h>
#include <stdint.h>

#include "facts.h"

struct origin {
	fact_id function;	/* site; 0: still inside the lock header */
	uint32_t line;
	fact_id in;		/* the function explored, and its node through
				 * which the lock came */
	uint32_t node;
	fact_id callee;		/* or 0: acquired here */
	uint32_t inner;		/* origin inside the callee, or 0 */
};

struct origins;

struct origins *origins_new(void);
void origins_free(struct origins *o);

/*
 * Numbers of origins and of sets; 0 is no origin and the empty set.  Origins
 * that differ only in the way inside the callee are one: the first way that
 * is seen stands for all, or recursion would make ever more of them.
 */
uint32_t origin_make(struct origins *o, const struct origin *origin);
const struct origin *origin_get(const struct origins *o, uint32_t id);
uint32_t origin_set_of(struct origins *o, uint32_t origin);
uint32_t origin_set_union(struct origins *o, uint32_t x, uint32_t y);
bool origin_set_has(const struct origins *o, uint32_t set, uint32_t origin);
/* The members of a set, ascending; borrowed until the next set is made. */
const uint32_t *origin_set_members(const struct origins *o, uint32_t set,
				   uint32_t *nr);

#endif
