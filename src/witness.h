/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The source steps that lead from an entry point to an acquisition. */
#ifndef XLA_WITNESS_H
#define XLA_WITNESS_H

#include "handup.h"
#include "result.h"
#include "wayup.h"

/*
 * Appends struct witness_step to OUT: WAY to the holder of P, how the lock
 * came to be held there (ORIGIN), how the other is acquired.
 */
void witness_make(const struct handup *h, const struct way *way,
		  const struct pair *p, uint32_t origin, struct result *r,
		  GArray *out);

/* The same, of an acquisition A of FUNCTION's, from its beginning on. */
void witness_of_entry(const struct handup *h, fact_id function,
		      const struct acquisition *a, struct result *r,
		      GArray *out);

#endif
