/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a value may come from, asked for one expression at a time: which
 * functions it may be, of which variables' members it was read.
 */
#ifndef XLA_POINTSTO_H
#define XLA_POINTSTO_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "access.h"
#include "callgraph.h"
#include "facts.h"
#include "writes.h"

struct pointsto;

/* Some of the calls on the way to a place: the innermost first. */
struct call_string {
	uint32_t site[3];	/* numbers of call sites */
	uint32_t nr;
	bool ends;		/* what is passed to the first function is not
				 * asked for: else its callers are, all */
};

/* What a program is; all of it must outlive what is made from it. */
struct pointsto_input {
	const struct facts *f;
	const GArray *site;	/* struct call_site, by function and node */
	const GPtrArray *target; /* per site: GArray of fact_id */
	const uint32_t *first_site; /* per function */
	GArray *const *table;	/* per global: the variables (fact_id) that a
				 * table of the linker is made of; else NULL */
	const uint8_t *copies;	/* per function: copies memory */
};

/* Never NULL. */
struct pointsto *pointsto_new(const struct pointsto_input *in);
void pointsto_free(struct pointsto *w);

/* Is the store REF, made by those calls, one to leave out? */
typedef bool skip_store_fn(const struct node_ref *ref,
			   const struct call_string *calls, void *context);

/*
 * Appends to OUT, an array of fact_id, the functions that the value of EXPR in
 * FUNCTION may be.  SKIP, if not NULL, is asked about the stores to the member
 * that EXPR loads.  False: it may be others too.
 */
bool pointsto_functions(struct pointsto *w, fact_id function, uint32_t expr,
			skip_store_fn *skip, void *context, GArray *out);

/* The constant that EXPR in FUNCTION, called so, is; false if it is none. */
bool pointsto_constant(struct pointsto *w, fact_id function, uint32_t expr,
		       const struct call_string *calls, int64_t *value);

struct writes *pointsto_writes(const struct pointsto *w);

#endif
