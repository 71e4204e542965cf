/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ways from entry points to a holder of a lock, with what is told on them. */
#ifndef XLA_WAY_H
#define XLA_WAY_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "handup.h"
#include "levels.h"

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

/* Of struct way; their arrays go with it. */
GArray *ways_new(void);

/* Is the same told, but for the flags? */
bool way_views_alike(const struct way_view *x, const struct way_view *y);

/* Do FLAGS, enum state_flags, need nothing that MORE do not? */
bool way_needs_no_more(uint8_t flags, uint8_t more);

/* Does WAY, to HOLDER, begin where nothing is known to call?  It may never be
 * taken. */
bool way_is_uncalled(const struct handup *h, const struct way *way,
		     fact_id holder);

/* Can GUARD, of the holder, hold on WAY? */
bool way_admits(const struct handup *h, const struct way *way, uint32_t guard);

#endif
