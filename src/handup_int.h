/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the handup*.c files. */
#ifndef XLA_HANDUP_INT_H
#define XLA_HANDUP_INT_H

#include "handup.h"
#include "program.h"

/*
 * Of a guard, what the arguments must be, and which sets of code do not run: the
 * set.  Acquisitions that differ in it are not joined.
 */
uint32_t handup_argument_part(struct handup *h, uint32_t guard);

/*
 * FUNCTION leads to NEW, which is copied; while acquisitions are handed up.  One
 * that only a failing assertion leads to is of no interest if there is one that
 * needs none.
 */
void handup_add(struct handup *h, fact_id function,
		const struct acquisition *new);

/*
 * Pairs A with what FUNCTION itself holds at AT.  False: it is a recursion of
 * such a lock, and goes no further up.  A read lock asks for its level each
 * time.  RELEASED: the set of the objects that callees have released by then;
 * MADE: that of what A asks of values that FUNCTION has made.  A's guard learns
 * that its lock is none of those held.
 */
bool handup_pair_up(struct handup *h, fact_id function,
		    const struct state *at, struct acquisition *a,
		    uint32_t released, uint32_t made);

#endif
