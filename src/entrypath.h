/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ways from entry points on which a lock is not held yet. */
#ifndef XLA_ENTRYPATH_H
#define XLA_ENTRYPATH_H

#include <stdbool.h>

#include <glib.h>

#include "explore.h"
#include "reach.h"
#include "witness.h"

/* The calls that lead to each instance. */
struct caller_edge {
	uint32_t caller;	/* instance */
	uint32_t edge;		/* index */
};

struct entry_paths;

struct entry_paths *entry_paths_new(struct explorer *x,
				    const struct reach *reach);
void entry_paths_free(struct entry_paths *e);

/* What the cheapest way from an entry point to INSTANCE costs. */
uint32_t entry_paths_distance(const struct entry_paths *e, uint32_t instance);

/* struct caller_edge, of reached callers; NULL if there are none. */
const GArray *entry_paths_callers(const struct entry_paths *e,
				  uint32_t instance);

/*
 * The held lock of AT that OBJECT of KIND is for sure; NULL if there is none.
 * DROPPED, not NULL, says for each of AT's locks that it is released.
 */
const struct held *held_same(struct explorer *x, const struct state *at,
			     enum lock_kind kind, term_id object,
			     const uint8_t *dropped);

/*
 * Can INSTANCE be reached so that none of its callers holds OBJECT, a lock of
 * KIND in the instance's terms?  PATH, if not NULL, gets the way there as
 * struct path_step, entry point first.
 */
bool entry_paths_find(struct entry_paths *e, uint32_t instance,
		      enum lock_kind kind, term_id object, GArray *path);

#endif
