/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What comparisons with numbers say of one another: x > 3 and x == 1.  That
 * ((1 << x) & mask) is not 0 says that x is one of a set of numbers below 64, as
 * a shift by more is not defined; ((1 << (x & 63)) & mask), that the rest of x
 * divided by 64 is one of a set; of (x & mask) it is known which of the numbers
 * below 64 it allows.
 *
 * Approximation: a value is compared either always as a signed or always as an
 * unsigned number; terms do not say which.  Numbers below 0 tell nothing, and
 * of a value that is known to be one nothing is said but that it equals no other.
 */
#ifndef XLA_RANGE_H
#define XLA_RANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "result.h"
#include "term.h"

/* Of the numbers that are not negative: those from lo to hi, without holes. */
struct range {
	int64_t lo, hi;
	uint64_t holes;		/* bit n: n is left out */
	bool natural;		/* nor is it any negative number */
	uint64_t rests;		/* bit n: x mod 64 may be n */
};

/* All of them. */
#define RANGE_ALL ((struct range){ 0, INT64_MAX, 0, false, UINT64_MAX })

/*
 * If ID compares a value with a number, or asks for one of a set: that value,
 * and R is cut to what is left if ID is TRUTH.  0: it does not.
 */
term_id range_cut(const struct terms *t, term_id id, bool truth,
		  struct range *r);

/* The value that ID compares so; 0: it is no such comparison. */
term_id range_compared(const struct terms *t, term_id id);

/* Is ID, which compares a value in R so, true? */
enum tristate range_truth(const struct terms *t, term_id id,
			  const struct range *r);

/* Does it follow from A, which is TRUTH, whether B is true? */
enum tristate range_follows(const struct terms *t, term_id a, bool truth,
			    term_id b);

/* The numbers of R, as bits; 0 if they are not all below 64. */
uint64_t range_set(const struct range *r);

/* That VALUE is one of SET, bits of which some are set. */
term_id range_one_of(struct terms *t, term_id value, uint64_t set);

/* What the numbers of R leave when they are divided by 64, as bits. */
uint64_t range_rests(const struct range *r);

/* That VALUE mod 64 is one of RESTS, bits of which some are set. */
term_id range_rest_of(struct terms *t, term_id value, uint64_t rests);

#endif
