/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Of acquisitions of one lock that go through two calls of a function, the one
 * whose guard asks for less stands for both (guard_group.h), and for callers
 * there is one way down to it.  The others are looked for here, to be shown:
 * the ordering is the same.
 */
#ifndef XLA_VARIANT_H
#define XLA_VARIANT_H

#include <glib.h>

#include "handup.h"

/*
 * Pairs that differ from P in the calls between the holder and the
 * acquisition, of which there are at most MORE more than in P, in that one
 * function calls another one than in P: const struct pair *, the nearest to the holder first.
 * The array is the caller's, the pairs are H's.  What their guards ask for above
 * the function that differs is P's, so that whether they can come about is for
 * a replay to say.
 */
GPtrArray *variant_find(struct handup *h, const struct pair *p, uint32_t more);

/* The functions that P's holder calls to get to the acquisition, fact_id,
 * outermost first; the caller's. */
GArray *variant_chain(const struct handup *h, const struct pair *p);

#endif
