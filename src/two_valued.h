/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Members that are 0 or 1, though their type has more: enums of two, as what
 * kind of guest a domain is.  That such a member is 1, and that it is not 0, is
 * the same then.
 */
#ifndef XLA_TWO_VALUED_H
#define XLA_TWO_VALUED_H

#include <stdint.h>

#include "facts.h"

/*
 * Per field of F: 1 if all code that stores to it stores 0 or 1, or what a
 * comparison yields, and some does.  The records in RECORD, one byte for each of
 * F's, are looked at: those that no guest fills.  The caller frees it with
 * g_free().  A record that is a part of another one and is copied to, or handed on
 * by its address, may hold anything.  Approximation: what is stored to a whole
 * domain, say, through another type is not seen.
 */
uint8_t *two_valued_find(const struct facts *f, const uint8_t *record);

#endif
