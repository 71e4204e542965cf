/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the local pointers of a body are set to, as its assignments have it.
 * Approximation: a pointer that is kept in memory, or comes from a caller or a
 * callee, may point anywhere, and nothing is said of it.
 */
#ifndef XLA_AIMS_H
#define XLA_AIMS_H

#include <stdbool.h>
#include <stdint.h>

#include "facts.h"

struct aims;

/* Never NULL.  B is borrowed and must outlive it. */
struct aims *aims_new(const struct fact_body *b);
void aims_free(struct aims *a);

/* Is it so of EXPR, an address? */
typedef bool aim_fn(void *context, uint32_t expr);

/*
 * Is it so of ADDRESS, an expression of the body, or, where that is the value
 * of a local pointer, of something that the pointer may be set to?
 */
bool aims_any(const struct aims *a, uint32_t address, aim_fn *fn,
	      void *context);

/*
 * The number or pointer outside of locals that EXPR is the address of, or has
 * as an element: a field, or the number of fields plus that of a global; 0 if it
 * is none, or a record.
 */
uint32_t aims_member(const struct facts *f, const struct fact_body *b,
		     uint32_t expr);

#endif
