/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ways from entry points to a holder on which a pair of locks can come
 * about: nobody further up holds the acquired lock, and no guard on the way
 * is excluded.  What is known further up tells whose locks they are.
 */
#ifndef XLA_WAYUP_H
#define XLA_WAYUP_H

#include <stdbool.h>

#include <glib.h>

#include "handup.h"
#include "way.h"

struct wayup;

struct wayup *wayup_new(struct handup *h);
void wayup_free(struct wayup *w);

/*
 * One way for each view that is different, or two if callers decide whether the
 * run-time check sees the held lock: struct way, borrowed until the next call.
 * Not COMPLETE: the search met a bound.
 */
const GArray *wayup_find(struct wayup *w, const struct pair *p,
			 bool *complete);

/*
 * Appends to OUT, of ways_new(), ways until one tells what WAY does and begins
 * in such a context, none with a call whose id is in AVOIDED, uint32_t.
 */
void wayup_find_other(struct wayup *w, const struct pair *p,
		      const struct way *way, const GArray *avoided,
		      GArray *out);

#endif
