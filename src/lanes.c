/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lockset is in order of acquisition, so the place of the held lock in it
 * tells which locks are older and which are younger.
 */
#include "lanes.h"

#include <string.h>

/* The first acquisition of a witness is that of the held lock; 0 if there is
 * none. */
static guint first_acquisition(const GArray *witness)
{
	for (guint i = 0; i < witness->len; i++)
		if (g_array_index(witness, struct witness_step, i).event ==
		    STEP_ACQUIRE)
			return i;
	return 0;
}

static bool is_held_lock(const struct lock_ref *lock,
			 const struct lock_ref *held)
{
	return lock->class == held->class && lock->mode == held->mode &&
	       lock->owner == held->owner &&
	       lock->instance == held->instance &&
	       strcmp(lock->site.function, held->site.function) == 0;
}

/* The place of the held lock in the lockset; its length if it is not there. */
static guint place_of_held(const struct ordering *o)
{
	for (guint i = 0; i < o->lockset->len; i++)
		if (is_held_lock(&g_array_index(o->lockset, struct lock_ref,
						i), &o->held))
			return i;
	return o->lockset->len;
}

static void add_lane(GArray *lanes, const struct lock_ref *lock,
		     enum lane_role role, guint possible, guint certain)
{
	const struct lane lane = { lock, role, possible, certain };

	g_array_append_val(lanes, lane);
}

GArray *lanes_make(const struct ordering *o)
{
	GArray *lanes = g_array_new(FALSE, FALSE, sizeof(struct lane));
	guint last = o->witness->len ? o->witness->len - 1 : 0;
	guint first = first_acquisition(o->witness);
	guint held = place_of_held(o);

	if (held == o->lockset->len)
		add_lane(lanes, &o->held, LANE_HELD, first, first);
	for (guint i = 0; i < o->lockset->len; i++) {
		const struct lock_ref *lock =
			&g_array_index(o->lockset, struct lock_ref, i);

		if (i == held)
			add_lane(lanes, lock, LANE_HELD, first, first);
		else if (i < held && held < o->lockset->len)
			add_lane(lanes, lock, LANE_OTHER, 0, first);
		else
			add_lane(lanes, lock, LANE_OTHER,
				 held < o->lockset->len ? first : 0, last);
	}
	add_lane(lanes, &o->acquired, LANE_ACQUIRED, last, last);
	return lanes;
}

enum lane_state lane_at(const struct lane *lane, guint step)
{
	if (step >= lane->certain)
		return LANE_CERTAIN;
	return step >= lane->possible ? LANE_POSSIBLE : LANE_FREE;
}
