/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guards and names of a callee in terms of its caller.  What one literal is at
 * one call is found out once.
 */
#ifndef XLA_MAPPING_H
#define XLA_MAPPING_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "explore.h"
#include "numset.h"

/* A guard of the callee in the caller's terms, with what holds at the call. */
struct mapped_guard {
	bool is_excluded;
	bool is_null;		/* ... by a load through a null pointer */
	bool assert_failed;	/* only an assertion excludes it */
	uint32_t set;
	uint32_t made;		/* a set: what else it asks there, of values
				 * that the caller has made */
};

struct mapping;

/*
 * X, SETS and EDGES, an array of struct call_edge * by id, are borrowed and
 * must outlive it.
 */
struct mapping *mapping_new(struct explorer *x, struct numsets *sets,
			    const GPtrArray *edges);
void mapping_free(struct mapping *m);

/* GUARD is a set of literals of E's callee. */
struct mapped_guard mapping_guard(struct mapping *m, const struct call_edge *e,
				  uint32_t guard);

/* ID in the terms of E's caller; 0 if it has no name there. */
term_id mapping_name(struct mapping *m, const struct call_edge *e, term_id id);
/* The same of what has no name further up, as it is found by arithmetic there;
 * not kept, so that it takes longer. */
term_id mapping_value(struct mapping *m, const struct call_edge *e, term_id id);

#endif
