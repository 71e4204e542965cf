/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is written between nodes that matter: a slice has no node for a call
 * that takes no lock and tells its function nothing, but what the callee stores
 * to may be asked for further up, or by another callee.
 *
 * Approximation: from a node to the next one that matters, all calls on all
 * ways between them are taken to be made.
 */
#ifndef XLA_GAPS_H
#define XLA_GAPS_H

#include <stdint.h>

#include "facts.h"

struct program;
struct gaps;

/* P has its final slices, and what functions write, and must outlive it. */
struct gaps *gaps_find(const struct program *p);
void gaps_free(struct gaps *g);

/*
 * Bit set of tracked members that may be written from NODE of FUNCTION, itself
 * included, to its slice's skip of it, itself excluded; NULL if none.  FUNCTION
 * has a slice.  Owned by the table.
 */
const uint64_t *gaps_written(const struct gaps *g, fact_id function,
			     uint32_t node);

#endif
