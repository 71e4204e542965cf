/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From explored instances to orderings with their holders and witnesses. */
#ifndef XLA_ORDER_H
#define XLA_ORDER_H

#include "explore.h"
#include "reach.h"
#include "result.h"

/* Appends to R one ordering per triple of sites and holder. */
void order_collect(struct explorer *x, const struct reach *reach,
		   struct result *r);

#endif
