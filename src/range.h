/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What comparisons with numbers say of one another: x > 3 and x == 1.
 *
 * Approximation: a value is compared either always as a signed or always as an
 * unsigned number; terms do not say which.  Numbers below 0 tell nothing.
 */
#ifndef XLA_RANGE_H
#define XLA_RANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "result.h"
#include "term.h"

/* Of the numbers that are not negative: those from lo to hi. */
struct range {
	int64_t lo, hi;
};

/* All of them. */
#define RANGE_ALL ((struct range){ 0, INT64_MAX })

/*
 * If ID compares a value with a number: that value, and R is cut to what is
 * left if ID is TRUTH.  0: it does not.
 */
term_id range_cut(const struct terms *t, term_id id, bool truth,
		  struct range *r);

/* The value that ID compares with a number; 0: it is no such comparison. */
term_id range_compared(const struct terms *t, term_id id);

/* Is ID, which compares a value in R with a number, true? */
enum tristate range_truth(const struct terms *t, term_id id,
			  const struct range *r);

#endif
