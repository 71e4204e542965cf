/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The orderings of a running host as a graph: a node is a lock class with its
 * owner's role, an edge the orderings from one to another.  What is one lock
 * object, or another context's, is left out.
 */
#ifndef XLA_LOCKORDER_H
#define XLA_LOCKORDER_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "result.h"

struct order_node {
	uint32_t class;
	enum owner_role owner;
	enum tristate control;	/* TRI_UNKNOWN if nodes do not tell */
};

struct order_edge {
	uint32_t from, to;	/* indices of nodes */
	GArray *ordering;	/* guint: indices into the result's, ascending */
};

struct lockorder {
	const struct result *r;
	GArray *node;		/* struct order_node, by level, class, owner */
	GPtrArray *edge;	/* struct order_edge *, by from, to */
	uint8_t *reaches;	/* [from * node->len + to], in one step or more */
};

/* Is the ordering of that index to be in the graph? */
typedef bool lockorder_filter(const struct result *r, guint index,
			      const void *context);

/*
 * FILTER may be NULL.  TELLS_CONTROL: nodes tell locks of control domains, of
 * others, and of domains of which that is not known apart.  R is borrowed.
 */
struct lockorder *lockorder_new(const struct result *r,
				lockorder_filter *filter, const void *context,
				bool tells_control);
void lockorder_free(struct lockorder *lo);

/* The nodes that the ordering leads from and to: one domain has one role. */
void lockorder_ends(const struct ordering *o, bool tells_control,
		    struct order_node *from, struct order_node *to);

/* Do the two nodes reach each other, or are one? */
bool lockorder_are_equal(const struct lockorder *lo, uint32_t a, uint32_t b);

/*
 * The nodes in an order into which every edge fits: a GArray of GArrays of
 * uint32_t (nodes that reach each other stand together), for g_ptr_array_unref.
 */
GPtrArray *lockorder_steps(const struct lockorder *lo);

/* Must two locks of one step have different levels? */
bool lockorder_has_conflict(const struct lockorder *lo);

/*
 * Cycles that no levels satisfy, each a GArray of guint (indices of edges, one
 * leading to the next), for g_ptr_array_unref: for each edge that leads from a
 * higher class to a lower one and is on a cycle, the shortest one.
 */
GPtrArray *lockorder_cycles(const struct lockorder *lo);

/* "paging of the subject", for g_free. */
char *lockorder_name(const struct lockorder *lo, uint32_t node);

#endif
