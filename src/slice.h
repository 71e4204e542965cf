/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The part of a function's control-flow graph that decides which locks are
 * acquired and on which objects.
 */
#ifndef XLA_SLICE_H
#define XLA_SLICE_H

#include <stdbool.h>
#include <stdint.h>

#include "facts.h"

struct program;

struct slice {
	uint8_t *node;		/* per node: it matters */
	uint32_t *skip;		/* per node: the first node that matters from
				 * here on, itself included; 0: none */
	uint8_t *local;		/* per local: it matters */
	uint64_t *uses;		/* bit set of members that are asked for, or
				 * stored to */
	uint8_t *decides;	/* per local: compared or masked, so that a
				 * constant in it decides a branch */
	uint8_t *behind;	/* per local: a pointer, and what it leads to is
				 * asked for */
	uint8_t *in_loop;	/* per node: so many loops are around it */
	uint8_t *varies;	/* per local: counted up or down in a loop */
	uint32_t *order;	/* per node: reverse postorder number */
	uint32_t *dense;	/* per local: index among those that matter and
				 * whose address is not taken, plus 1; or 0 */
	uint32_t dense_nr, live_words;
	uint64_t *live;		/* per node: bit set of dense locals live on
				 * entry */
};

/*
 * Makes or widens the slice of FUNCTION from what its callees need now.
 * True if a parameter or a member matters that did not before.
 */
bool slice_update(struct program *p, fact_id function);

/* Computes the parts that do not change once all slices are final. */
void slice_finish(struct slice *s, const struct fact_body *b);
void slice_free(struct slice *s);

/* Is NODE a branch of which one side can only end in NODE_DEAD? */
bool slice_is_guard(const struct fact_body *b, uint32_t node);

#endif
