/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known of the names of a pair in all callers of a function.  Many pairs
 * have the same names there, and most states of a caller know the same of them,
 * so that both are found once.
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

/* What some calls of one caller know. */
struct caller_names {
	fact_id caller;
	struct told_names names;
};

/*
 * What is known of N, of FUNCTION, at its calls: each once, and those of one
 * caller next to each other.  *NR of them; borrowed until the next ones are
 * found.
 */
const struct caller_names *namerows_find(struct namerows *r, fact_id function,
					 const struct told *n, uint32_t *nr);

#endif
