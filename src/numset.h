/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sets of numbers, hash-consed: equal sets have one number.  0 is the empty
 * set.
 */
#ifndef XLA_NUMSET_H
#define XLA_NUMSET_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

struct numsets;

struct numsets *numsets_new(void);
void numsets_free(struct numsets *n);

/*
 * The set of these numbers, which ascend.  Rows of numbers in any order may be
 * numbered, too, from 1 as they come, if nothing is asked of them further on.
 */
uint32_t numset_make(struct numsets *n, const uint32_t *member, uint32_t nr);
/* Ascending; borrowed until the next set is made. */
const uint32_t *numset_members(const struct numsets *n, uint32_t set,
			       uint32_t *nr);
/* They, uint32_t; the caller's. */
GArray *numset_copy(const struct numsets *n, uint32_t set);
bool numset_has(const struct numsets *n, uint32_t set, uint32_t member);
/* Is every member of X one of Y? */
bool numset_is_subset(const struct numsets *n, uint32_t x, uint32_t y);
/* How many members the two have in common. */
uint32_t numset_common(const struct numsets *n, uint32_t x, uint32_t y);

#endif
