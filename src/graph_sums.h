/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Orderings of a running host, counted for the edges of a graph. */
#ifndef XLA_GRAPH_SUMS_H
#define XLA_GRAPH_SUMS_H

#include "picture.h"
#include "result.h"

enum { GRAPH_VERDICT_NR = VERDICT_VIOLATION + 1 };

/* Of one node to another. */
struct graph_sum {
	unsigned nr[GRAPH_VERDICT_NR];
	const struct ordering *example;	/* out of order if any is; borrowed */
};

struct graph_sums {
	guint node_nr;
	struct graph_sum *sum;	/* node_nr * node_nr, by held and acquired */
};

/* The node of a lock, below node_nr; or -1: not in this graph. */
typedef int graph_node_of(const struct lock_ref *lock, const void *data);

struct graph_sums *graph_sums_make(const struct result *r, guint node_nr,
				   graph_node_of *node_of, const void *data);
void graph_sums_free(struct graph_sums *s);

const struct graph_sum *graph_sum_at(const struct graph_sums *s, guint held,
				     guint acquired);

unsigned graph_sum_all(const struct graph_sum *sum);

/* By the worst verdict. */
enum picture_kind graph_sum_kind(const struct graph_sum *sum);

/* "5 viol.\n123 cond.\n64 > 16", "12 ok"; for g_free.  With an example's
 * function if wanted. */
char *graph_sum_label(const struct graph_sum *sum, bool has_function);

/* "5 violation, 123 conditional"; for g_free. */
char *graph_sum_words(const struct graph_sum *sum);

/* From 1 point on, by magnitude. */
double graph_sum_width(const struct graph_sum *sum);

#endif
