/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Strongly connected components of the call graph. */
#ifndef XLA_SCC_H
#define XLA_SCC_H

#include <stdint.h>

struct callgraph;

struct scc {
	uint32_t *head;		/* per function: a member that stands for its
				 * component */
	uint32_t *order;	/* functions; a component's members stand
				 * together, callees' components first */
	uint32_t order_nr;
	uint32_t function_nr;
	const uint8_t *skip;
};

/*
 * Without the calls of functions for which SKIP, one byte a function, is not
 * 0; SKIP is borrowed until scc_free().
 */
struct scc *scc_new(const struct callgraph *cg, const uint8_t *skip);
void scc_free(struct scc *scc);

/*
 * ORs the sets (WORDS words each) of the heads of all callees of FUNCTION
 * into the set of FUNCTION's head.
 */
void scc_for_callees(const struct scc *scc, const struct callgraph *cg,
		     uint32_t function, uint32_t words, uint64_t *sets);

#endif
