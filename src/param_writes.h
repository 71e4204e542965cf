/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a function may write of the record that a parameter points to: a MOD set
 * after Banning (POPL 1979), per parameter and member, for parameters that do
 * not escape.
 */
#ifndef XLA_PARAM_WRITES_H
#define XLA_PARAM_WRITES_H

#include <stdbool.h>

#include <glib.h>

#include "callgraph.h"
#include "facts.h"

struct param_writes;

/* F and CG are borrowed and must outlive it. */
struct param_writes *param_writes_new(const struct facts *f,
				      const struct callgraph *cg);
void param_writes_free(struct param_writes *w);

/*
 * The members (fact_id) of the record that parameter NR of FUNCTION, from 0,
 * points to which FUNCTION or what it calls may write; NULL: any, or what is
 * done with the pointer is not known.  Belongs to W.
 *
 * Approximation: who has kept the record's address from before the call, and is
 * not passed it, does not write to it.
 */
const GArray *param_writes_find(struct param_writes *w, fact_id function,
				uint32_t nr);

/* Parameters from this number on have no bit. */
enum { PARAM_WRITES_BITS = 32 };

/*
 * Does parameter NR of FUNCTION, from 0, point to a number or to a pointer, and
 * is it known which nodes write that?
 */
bool param_writes_is_told(struct param_writes *w, fact_id function,
			  uint32_t nr);

/*
 * Those nodes: of each node of FUNCTION, which has a body, a bit for each such
 * parameter that the node may write behind.  NULL: no node does.  Belongs to W.
 */
const uint32_t *param_writes_nodes(struct param_writes *w, fact_id function);

#endif
