/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What may be told of a pair at entry points, from some function on, whatever
 * guards ask: more than any way tells, as all calls are followed.  Where
 * nothing is left of it that has not been told, a search need not go on.
 */
#ifndef XLA_OUTLOOK_H
#define XLA_OUTLOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "result.h"
#include "upgraph.h"
#include "way.h"

struct outlook;

/* H and G are borrowed and must outlive it. */
struct outlook *outlook_new(struct handup *h, struct upgraph *g);
void outlook_free(struct outlook *o);

/* All that was found is forgotten, to bound the memory: outlook_size() says how
 * many functions with something told there that was found for. */
void outlook_forget(struct outlook *o);
uint32_t outlook_size(const struct outlook *o);

/* The number of the set of what may be told at entry points, but for levels, if
 * TOLD is told in FUNCTION. */
uint32_t outlook_of(struct outlook *o, fact_id function, uint32_t told);

/* Its members, of which outlook_at() says more; borrowed until the next
 * set is asked for. */
const uint32_t *outlook_members(const struct outlook *o, uint32_t set,
				uint32_t *nr);

/* What is told at entry points of a context: no edges, flags or level. */
struct way outlook_at(const struct outlook *o, uint32_t number);

#endif
