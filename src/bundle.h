/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Function pointers that are stored together: the members of one table, or
 * those that one function sets in a record.  A record holds those of one
 * bundle, never a mixture.
 */
#ifndef XLA_BUNDLE_H
#define XLA_BUNDLE_H

#include <stdbool.h>

#include "facts.h"

struct bundles;

struct bundles *bundles_new(const struct facts *f);
void bundles_free(struct bundles *b);

/*
 * Can one record hold X in its member FX and Y in its member FY?
 * Approximation: a bundle is taken to be stored as a whole, and what is not
 * seen as a store of a function is taken for any.
 */
bool bundles_allow(const struct bundles *b, fact_id fx, fact_id x, fact_id fy,
		   fact_id y);

#endif
