/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where control may go in a body. */
#ifndef XLA_SUCCESSORS_H
#define XLA_SUCCESSORS_H

#include <stdint.h>

struct fact_body;

typedef void successor_fn(void *context, uint32_t node);

/* Calls VISIT for each node that control may go to from NODE. */
void for_successors(const struct fact_body *b, uint32_t node,
		    successor_fn *visit, void *context);

#endif
