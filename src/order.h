/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Orderings from pairs of locks. */
#ifndef XLA_ORDER_H
#define XLA_ORDER_H

#include "handup.h"
#include "result.h"

/*
 * Adds to R, which has its classes, every pair of H that some way from an entry
 * point allows.  JOBS: so many processes at the same time, at least 1; the
 * result is the same.
 */
void order_collect(struct handup *h, struct result *r, unsigned jobs);

/* The same of those holders alone of which PART_OF, by function, says PART:
 * pairs of one holder share no ordering with those of another. */
void order_collect_part(struct handup *h, struct result *r,
			const uint8_t *part_of, unsigned part);

#endif
