/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is told of a pair of locks on the way from the holder to an entry
 * point: whose they are, as far as the states at the calls tell.
 */
#ifndef XLA_TOLD_H
#define XLA_TOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "handup.h"
#include "way.h"

/* The names are in the terms of one function. */
struct told {
	term_id held_owner, acquired_owner;
	term_id held_object, acquired_object;
	uint32_t may_be_same;	/* the two locks, as far as is known */
	level_chain level;	/* the one in force, as long as callers decide
				 * whether it is below the held lock's; or
				 * TOLD_SHOWN; else 0 */
	int held_level;		/* if LEVEL is one */
	struct way_view view;	/* but for flags */
};

/* The level in force is at least the held lock's. */
#define TOLD_SHOWN UINT32_MAX

/* In the holder of P.  WITH_LEVELS: of the level in force, too. */
struct told told_first(struct handup *h, const struct pair *p,
		       bool with_levels);

/* UP is what N, of E's callee, is in the caller.  False: the two turn out to be
 * one lock. */
bool told_above(struct handup *h, const struct call_edge *e,
		const struct told *n, struct told *up);

/* Is nothing left that could be told of the pair further up? */
bool told_is_final(const struct told *n);

#endif
