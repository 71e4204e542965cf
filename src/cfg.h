/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How far it is, in nodes, to a node of a function's control-flow graph, and
 * which branches decide whether it is reached.
 */
#ifndef XLA_CFG_H
#define XLA_CFG_H

#include <stdbool.h>
#include <stdint.h>

#include "facts.h"

/* Stands for a node: wherever the function returns. */
#define CFG_RETURN 0u
/* The distance of what does not lead there. */
#define CFG_NEVER UINT32_MAX

struct cfg;

/* F is borrowed and must outlive it. */
struct cfg *cfg_new(const struct facts *f);
void cfg_free(struct cfg *w);

/*
 * Per node of FUNCTION: nodes to pass until TARGET, or CFG_NEVER.  Borrowed
 * until the flow is freed.
 */
const uint32_t *cfg_distance(struct cfg *w, fact_id function,
			      uint32_t target);

/*
 * Does control get from FROM to TARGET without passing BY?  FROM itself may be
 * the target, but not BY.
 */
bool cfg_avoids(struct cfg *w, fact_id function, uint32_t from,
		 uint32_t target, uint32_t by);

/*
 * Appends, as uint32_t, the nodes of a shortest path from FROM to TARGET, both
 * included; nothing if there is none.
 */
void cfg_path(struct cfg *w, fact_id function, uint32_t from,
	       uint32_t target, GArray *out);

#endif
