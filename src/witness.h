/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The source steps that lead from an entry point to an acquisition. */
#ifndef XLA_WITNESS_H
#define XLA_WITNESS_H

#include "cfg.h"
#include "explore.h"
#include "handup.h"
#include "result.h"

/*
 * Appends struct witness_step to OUT for LEGS (leg.h): calls, acquisitions,
 * returns with a lock held, and the decisions taken at branches that decide
 * whether the next of these steps is reached.
 */
void witness_make(const struct explorer *x, struct cfg *cfg,
		  const GPtrArray *legs, struct result *r, GArray *out);

/* The same, of an acquisition A of FUNCTION's, from its beginning on. */
void witness_of_entry(const struct handup *h, fact_id function,
		      const struct acquisition *a, struct result *r,
		      GArray *out);

#endif
