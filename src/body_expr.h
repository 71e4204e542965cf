/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an expression of a body reads, for all who look at bodies as they
 * stand. */
#ifndef XLA_BODY_EXPR_H
#define XLA_BODY_EXPR_H

#include <stdbool.h>
#include <stdint.h>

#include "facts.h"

/* The local that an address lies in, or 0. */
uint32_t body_root_local(const struct fact_body *b, uint32_t expr);

/* The local whose value EXPR is, casts aside, or 0. */
uint32_t body_local_read(const struct fact_body *b, uint32_t expr);

/* EXPR without the casts around it. */
uint32_t body_uncast(const struct fact_body *b, uint32_t expr);

/* Do both say the same?  What is not known is not the same as itself. */
bool body_same_expr(const struct fact_body *b, uint32_t x, uint32_t y);

#endif
