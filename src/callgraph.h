/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who may call whom: direct calls, and indirect calls by where function
 * pointers flow.
 */
#ifndef XLA_CALLGRAPH_H
#define XLA_CALLGRAPH_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "facts.h"

/* How the targets of a call site were found. */
enum target_reason {
	TARGET_DIRECT,
	TARGET_FLOW,		/* what was stored where the pointer is read */
	TARGET_SIGNATURE,	/* every function of the type whose address is
				 * taken: nothing better is known */
	TARGET_NONE,		/* no function was ever stored there */
};

struct call_site {
	fact_id function;	/* the caller */
	uint32_t node;
	enum target_reason reason;
	uint32_t target, target_nr; /* slice of target[] */
	bool open;		/* the pointer may also come from a place that
				 * is not known */
	fact_id field;		/* member called through, or 0 */
};

struct callgraph {
	GArray *site;		/* struct call_site, by function and node */
	GArray *target;		/* fact_id */
	uint32_t *first_site;	/* per function, and one more */
	GArray **caller;	/* per function: fact_id, NULL if none */
	uint32_t function_nr;
};

/* Never NULL.  Borrows nothing from FACTS. */
struct callgraph *callgraph_build(const struct facts *f);
void callgraph_free(struct callgraph *cg);

/* The call site at NODE of FUNCTION; NULL if it is none. */
const struct call_site *callgraph_site(const struct callgraph *cg,
				       fact_id function, uint32_t node);

#endif
