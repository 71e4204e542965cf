/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which locks are held at which step of a witness: a lane for each lock, in
 * the order in which they are acquired.
 *
 * A witness tells how the held lock came to be held and how the other one is
 * acquired.  Of the other locks of the lockset only their place in the order
 * of acquisition is known: their lane has a part that is possible before the
 * part that is certain.
 */
#ifndef XLA_LANES_H
#define XLA_LANES_H

#include "result.h"

enum lane_role {
	LANE_HELD,		/* the held lock of the ordering */
	LANE_OTHER,		/* held as well */
	LANE_ACQUIRED,		/* what is acquired under them */
};

enum lane_state { LANE_FREE, LANE_POSSIBLE, LANE_CERTAIN };

/* Steps count from 0; possible <= certain. */
struct lane {
	const struct lock_ref *lock;	/* borrowed from the ordering */
	enum lane_role role;
	guint possible;		/* may be held from this step on */
	guint certain;		/* is held from this step on */
};

/* struct lane; for g_array_unref.  The acquired lock is the last one. */
GArray *lanes_make(const struct ordering *o);

enum lane_state lane_at(const struct lane *lane, guint step);

#endif
