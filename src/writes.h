/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stores of a program by what they store to, for who asks where a value
 * may come from.
 */
#ifndef XLA_WRITES_H
#define XLA_WRITES_H

#include <stdbool.h>
#include <stdint.h>

#include "facts.h"

/* A node of a function. */
struct node_ref {
	fact_id function;
	uint32_t node;
};

struct writes {
	const struct facts *f;
	GArray **field;		/* per field: struct node_ref, assignments to
				 * it; NULL if none */
	GArray **global;	/* per global: the same, to all of it or an
				 * element */
	GArray **record;	/* per record: copies of such */
	GArray *far;		/* struct node_ref: assignments through a
				 * pointer, to no member */
	uint8_t *field_escapes;	/* its address is a value: stores to it may not
				 * be seen */
	uint8_t *global_escapes;
	fact_id *alias_of;	/* per field: the first function pointer in its
				 * union, or itself; these are in one list */
	GArray ***local;	/* per function, once asked for, and local:
				 * uint32_t nodes that store to it */
};

/* Never NULL.  F must outlive it. */
struct writes *writes_new(const struct facts *f);
void writes_free(struct writes *w);

/* The nodes of FUNCTION, which has a body, that store to a local; NULL if
 * none does.  Owned by the table. */
const GArray *writes_local(struct writes *w, fact_id function, uint32_t local);

#endif
