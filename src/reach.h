/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entry points, and which functions are reached from them in which context.
 */
#ifndef XLA_REACH_H
#define XLA_REACH_H

#include <stdbool.h>
#include <stdint.h>

#include "explore.h"

enum { CONTEXT_NR = CONTEXT_GOING_DOWN + 1 };

/* Why a function is an entry point; the first that applies. */
enum entry_kind {
	ENTRY_NONE,
	ENTRY_MODEL,		/* the model says so */
	ENTRY_CONTEXT,		/* ... gives it a context of its own */
	ENTRY_APART,		/* ... sets it apart */
	ENTRY_ASSEMBLY,		/* assembly names it */
	ENTRY_ADDRESS,		/* nothing is known to call it, but its address
				 * is taken */
	ENTRY_UNCALLED,		/* nothing is known to call it */
};

struct reach {
	uint8_t *is_entry;	/* per function: enum entry_kind, or 0 */
	uint8_t *reached[CONTEXT_NR]; /* per function */
	uint32_t *distance;	/* per function: calls from the nearest entry
				 * point; UINT32_MAX: not reached */
	const struct call_edge **from; /* per function: the last of these calls;
				 * NULL: it is an entry point */
};

struct reach *reach_new(const struct explorer *x);
void reach_free(struct reach *reach);

/* Is FUNCTION an entry point for want of a caller alone?  It may never run. */
bool reach_is_uncalled(const struct reach *reach, fact_id function);

/* The best context in which FUNCTION runs; -1 if it is not reached. */
int reach_context(const struct reach *reach, fact_id function);

#endif
