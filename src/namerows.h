/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known of the names of a pair at all calls of a function.  Many pairs
 * have the same names there, so that it is found once for each name.
 */
#ifndef XLA_NAMEROWS_H
#define XLA_NAMEROWS_H

#include <glib.h>

#include "handup.h"
#include "told.h"

struct namerows;

/* H is borrowed and must outlive it. */
struct namerows *namerows_new(struct handup *h);
void namerows_free(struct namerows *r);

/* The numbers of rows, each with a struct told_name for each call of a
 * function; 0: there is no name. */
struct namerow {
	uint32_t held_owner, acquired_owner;
	uint32_t held_object, acquired_object;
};

/* Those of what N, of FUNCTION, is at its calls. */
struct namerow namerows_find(struct namerows *r, fact_id function,
			     const struct told *n);

/* In the caller by call I, in the order of H's callers. */
struct told_names namerows_at(const struct namerows *r,
			      const struct namerow *row, guint i);

#endif
