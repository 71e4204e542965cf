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
	TARGET_FLOW,		/* what was stored where the pointer is read;
				 * none: nothing ever was */
	TARGET_SIGNATURE,	/* open: the pointer may come from a place that
				 * is not known; every function of its type
				 * whose address is taken, and what is known */
	TARGET_OUTSIDE,		/* the model says: code that is not in the tree */
};

struct call_site {
	fact_id function;	/* the caller */
	uint32_t node;
	enum target_reason reason;
	uint32_t target, target_nr; /* slice of target[] */
	uint32_t flags;		/* enum place_flags: what else arrives there */
	bool is_hidden;		/* of hidden.h: nothing comes after it, so that
				 * the caller sees no effect of it */
	bool is_slot;		/* called through a member or variable that is
				 * a function pointer, or an array of them */
	bool is_short;		/* its targets may take fewer arguments */
	fact_id field;		/* member called through, or 0 */
	fact_id type;		/* of the function called through a pointer, or 0 */
};

struct model;

struct callgraph {
	GArray *site;		/* struct call_site, by function and node */
	GArray *target;		/* fact_id */
	uint32_t *first_site;	/* per function, and one more */
	GArray **caller;	/* per function: fact_id, NULL if none */
	uint32_t function_nr;
};

/* Never NULL.  Borrows nothing from FACTS or the model. */
struct callgraph *callgraph_build(const struct facts *f,
				  const struct model *m);
void callgraph_free(struct callgraph *cg);

/* The call site at NODE of FUNCTION; NULL if it is none. */
const struct call_site *callgraph_site(const struct callgraph *cg,
				       fact_id function, uint32_t node);

#endif
