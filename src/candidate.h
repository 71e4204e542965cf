/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A pair of locks at the end of one way, which may become an ordering: one for
 * each place where the held lock was acquired.
 */
#ifndef XLA_CANDIDATE_H
#define XLA_CANDIDATE_H

#include <stdbool.h>
#include <stdint.h>

#include "asked_ways.h"
#include "handup.h"
#include "wayup.h"

struct lockprims;

struct candidate {
	const struct pair *pair;
	struct way way;
	uint32_t origin;
	fact_id held_function;
	uint32_t held_line;
	uint32_t node;		/* of the holder, that leads to the acquisition */
	uint32_t in_force;	/* class + 1 */
	bool sorted, visible;
	bool uncalled;		/* way_is_uncalled() */
	struct asked_classes asked; /* on its own way, */
	struct asked_ways asked_all; /* and on each that tells the same */
	bool held_plain;	/* on each, the held lock's owner is known to be
				 * no control domain.  Approximation: of the
				 * acquired one's it is not asked */
	uint32_t cost;		/* calls on the witness */
	GPtrArray *legs;	/* leg.h: set at last */
	bool confirmed;		/* the legs were replayed, */
	bool steady;		/* with no more changed by calls beside them
				 * than what these are known to store */
	bool unstopped;		/* and asked for nothing that is out of order
				 * on the way (asked_is_stopped()) */
	GPtrArray *others;	/* struct candidate *, or NULL: that tell the same,
				 * with longer witnesses */
};

/* What a rule may say of it. */
enum candidate_rank {
	RANK_STOPPED,		/* out of order, of one domain or the acquired
				 * one of none, and the run-time check sees it:
				 * an error by any rule */
	RANK_OUT_OF_ORDER,	/* by the levels alone */
	RANK_BIAS,		/* a bias may put it out of order */
	RANK_SAME_LEVEL,	/* or a higher one may be in force */
	RANK_IN_ORDER,
	RANK_NR
};

enum candidate_rank candidate_rank(const struct lockprims *lp,
				   const struct candidate *k);

/*
 * The states of all that are active when the lock is acquired, at the call that
 * leads on: of const struct state *, the entry point's first; the caller's,
 * H's states.
 */
GPtrArray *candidate_active(const struct handup *h, const struct candidate *k);

/* Are the same locks held of the same owners, in the same order? */
bool candidate_same_lockset(const struct handup *h, const struct candidate *a,
			    const struct candidate *b);

/* A copy of K without legs and others. */
struct candidate *candidate_copy(const struct candidate *k);

/*
 * Of two that an ordering does not tell apart, the better one, with the other
 * one among its others; both are handed over.  One that begins where nothing
 * calls is dropped for one that does not.
 */
struct candidate *candidate_join(struct candidate *old, struct candidate *new);

/* What OTHER, one of K's others, says of the witness is K's, and the other way
 * round. */
void candidate_swap(struct candidate *k, struct candidate *other);

/* A GDestroyNotify. */
void candidate_free(void *candidate);

#endif
