/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ways from entry points to a holder on which a pair of locks can come
 * about: nobody further up holds the acquired lock, and no guard on the way
 * is excluded.  What is known further up tells whose locks they are.
 */
#ifndef XLA_WAYUP_H
#define XLA_WAYUP_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "handup.h"

/* What is told of a pair at the end of a way. */
struct way_view {
	uint8_t held_owner, held_control, held_instance;
	uint8_t acquired_owner, acquired_control, acquired_instance;
	uint8_t relation;	/* enum relation */
	uint8_t flags;		/* enum state_flags */
};

struct way {
	struct way_view view;
	enum context context;	/* of the entry point */
	level_chain level;	/* told apart by it: wayup.c */
	GArray *edge;		/* uint32_t: ids of the calls, the entry
				 * point's first */
};

/* For wayup_find(): the ways' arrays go with it. */
GArray *ways_new(void);

struct wayup;

struct wayup *wayup_new(struct handup *h);
void wayup_free(struct wayup *w);

/*
 * Appends to OUT, of ways_new(), one way for each view that is different, or
 * two if callers decide whether the run-time check sees the held lock.  False:
 * the search met a bound.
 */
bool wayup_find(struct wayup *w, const struct pair *p, GArray *out);

/*
 * Appends to OUT, of ways_new(), ways until one tells what WAY does and begins
 * in such a context, none with a call whose id is in AVOIDED, uint32_t.
 */
void wayup_find_other(struct wayup *w, const struct pair *p,
		      const struct way *way, const GArray *avoided,
		      GArray *out);

#endif
