/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XLA_VARY_H
#define XLA_VARY_H

#include <glib.h>

#include <stdbool.h>

#include "candidate.h"
#include "replay.h"

/* Sets K's witness to that of VARIANT (variant.h), if it can be replayed with
 * RP's effort, and the same locks are held then. */
bool vary_take(struct handup *h, struct replayer *rp, struct candidate *k,
	       const struct pair *variant);

/*
 * Orderings that differ in owners and kinds of tables alone have witnesses that
 * are alike, the shortest ones.  Of several that are as short, and that can be
 * replayed with RP's effort, which is a steady and unstopped one, each gets
 * another one: CANDIDATES are struct candidate *, replayed already, those of one
 * holder and two places one after the other.
 */
void vary_all(struct handup *h, struct replayer *rp,
	      const GPtrArray *candidates);

#endif
