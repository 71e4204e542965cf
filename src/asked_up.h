/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XLA_ASKED_UP_H
#define XLA_ASKED_UP_H

#include <stdbool.h>
#include <stdint.h>

#include "explore.h"

/* A name of the callee in the terms of its caller; 0 if it has none there. */
typedef term_id asked_name_fn(const void *context, term_id id);

/*
 * What was asked for by then in a function, whose state is AT at a call, and in
 * its callee, which says ASKED (asks.h): the set, in the function's terms.
 * RELEASED: the callee has released a lock of its callers.
 */
uint32_t asked_up(struct explorer *x, const struct state *at, uint32_t asked,
		  bool released, asked_name_fn *name, const void *context);

#endif
