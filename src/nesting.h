/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How many domains' locks are held or wanted at once. */
#ifndef XLA_NESTING_H
#define XLA_NESTING_H

#include <stdbool.h>

#include "result.h"

/*
 * The domains whose locks are held or acquired.  Approximation: those that are
 * not known to be one are counted as different; this over-reports operations
 * of a domain on itself.  Special domains are not counted.
 */
unsigned nesting_domains(const struct ordering *o);

/* Do the held and the acquired lock belong to one domain on this path? */
bool nesting_is_one_domain(const struct ordering *o);

/* Are there three domains, or more? */
bool nesting_is_third_domain(const struct ordering *o);

/* The caller's lock is held, taken after one of the subject's, and now one of
 * the subject's is acquired again. */
bool nesting_is_interleaved(const struct ordering *o);

/* Is one of the domains the caller, and another a subject that may be the
 * caller?  In operations of a domain on itself the two are one. */
bool nesting_may_be_self(const struct ordering *o);

/* Of all orderings of a running host. */
struct nesting {
	unsigned most;		/* domains at once */
	unsigned third;		/* orderings with three domains or more */
	unsigned third_self;	/* of them, fewer if the caller is the subject */
	unsigned interleaved, interleaved_self;
};

struct nesting nesting_count(const struct result *r);

#endif
