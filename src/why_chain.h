/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The calls that lead down from a holder, each with the state in which it is
 * made: what a call asks for must be possible in all the calls above it.
 */
#ifndef XLA_WHY_CHAIN_H
#define XLA_WHY_CHAIN_H

#include <stdbool.h>

#include <glib.h>

#include "why_int.h"

/* A function that one of these calls leads to. */
struct why_link {
	fact_id function;
	struct why_step call;	/* its caller's, if it is not the first */
	const struct call_edge *edge; /* the call as it was recorded; NULL: none
				       * was */
	guint from;		/* index + 1 of the caller; 0: it is the first */
};

/* Makes K's path that of the link INDEX of ALL, an array of struct why_link. */
void why_set_path(struct asker *k, const GArray *all, guint index);

/*
 * Can E, which the link INDEX of ALL makes, be made when it is come to by ALL's
 * calls, and is the lock that the first one holds still held then?  If not, the
 * reasons are added.  IF_HELD: the first one holds the lock by itself.  Nothing
 * is known above a call that was not recorded.
 */
bool why_link_leads(struct asker *k, const GArray *all, guint index,
		    const struct call_edge *e, bool if_held);

#endif
