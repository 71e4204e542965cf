/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A pair of locks at the end of one way, which may become an ordering: one for
 * each place where the held lock was acquired.
 */
#ifndef XLA_CANDIDATE_H
#define XLA_CANDIDATE_H

#include <stdbool.h>
#include <stdint.h>

#include "handup.h"
#include "wayup.h"

struct lockprims;

struct candidate {
	const struct pair *pair;
	struct way way;
	uint32_t origin;
	fact_id held_function;
	uint32_t held_line;
	uint32_t in_force;	/* class + 1 */
	bool sorted, visible;
	uint32_t cost;		/* calls on the witness */
	GPtrArray *legs;	/* leg.h: set at last */
	bool confirmed;		/* the legs were replayed */
};

/* What a rule may say of it. */
enum candidate_rank {
	RANK_OUT_OF_ORDER,	/* by the levels alone */
	RANK_SAME_LEVEL,	/* or a higher one may be in force */
	RANK_BIAS,		/* a bias may put it out of order */
	RANK_IN_ORDER,
	RANK_NR
};

enum candidate_rank candidate_rank(const struct lockprims *lp,
				   const struct candidate *k);

/* A GDestroyNotify. */
void candidate_free(void *candidate);

#endif
