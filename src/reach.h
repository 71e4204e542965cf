/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entry points, and from which of them, in which context, an instance is
 * reached.
 */
#ifndef XLA_REACH_H
#define XLA_REACH_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "explore.h"

enum { CONTEXT_NR = CONTEXT_GOING_DOWN + 1 };

/* How an instance is first reached: breadth first, so by fewest calls. */
struct reach_step {
	bool reached;
	uint32_t from;		/* instance + 1; 0: it is an entry point */
	uint32_t edge;		/* of that instance */
};

struct reach {
	GArray *entry;		/* uint32_t: instances of entry points */
	struct reach_step *step[CONTEXT_NR]; /* per instance */
};

/* The functions where control starts; appends fact_id to OUT. */
void reach_find_entries(const struct program *p, GArray *out);

/* ENTRY (of uint32_t, instances) is handed over. */
struct reach *reach_new(const struct explorer *x, GArray *entry);
void reach_free(struct reach *reach);

/* The best context in which INSTANCE runs; -1 if it is not reached. */
int reach_context(const struct reach *reach, uint32_t instance);

#endif
