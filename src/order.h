/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Orderings from pairs of locks. */
#ifndef XLA_ORDER_H
#define XLA_ORDER_H

#include "handup.h"
#include "result.h"

/* Adds to R every pair of H that some way from an entry point allows. */
void order_collect(struct handup *h, struct result *r);

#endif
