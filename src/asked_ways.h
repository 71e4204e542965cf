/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What each of several ways has asked for between the two locks of a pair.  The
 * run-time check has stopped all of them in a world in which it has stopped each,
 * be it at another lock: what they have in common would not do.
 */
#ifndef XLA_ASKED_WAYS_H
#define XLA_ASKED_WAYS_H

#include <stdbool.h>
#include <stdint.h>

#include "result.h"

enum { ASKED_WAYS_MAX = 8 };

/* Those of which no other one asks for less, in order.  With none there was no
 * way yet. */
struct asked_ways {
	struct asked_classes way[ASKED_WAYS_MAX];
	uint32_t nr;
};

bool asked_is_same(struct asked_classes a, struct asked_classes b);

/*
 * Adds a way.  Approximation: of more than ASKED_WAYS_MAX two are taken for one
 * that asks for what both do, so that less is taken for stopped.
 */
void asked_ways_add(struct asked_ways *w, struct asked_classes asked);
void asked_ways_join(struct asked_ways *w, const struct asked_ways *other);

/* Is W stopped nowhere where OTHER is not? */
bool asked_ways_are_within(const struct asked_ways *w,
			   const struct asked_ways *other);
/* Is ASKED one of W's, none of which asks for less? */
bool asked_ways_have(const struct asked_ways *w, struct asked_classes asked);

/* Appends those of W to OUT, of struct asked_classes; none if one asks for
 * nothing. */
void asked_ways_tell(const struct asked_ways *w, GArray *out);

#endif
