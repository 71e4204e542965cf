/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the locals of a body get their values: by nodes that assign to the
 * whole local, or calls whose result it takes, in no order of control.
 */
#ifndef XLA_BODY_DEFS_H
#define XLA_BODY_DEFS_H

#include "facts.h"

struct body_defs {
	uint32_t *first;	/* by local: a node, or 0 */
	uint32_t *next;		/* by node: a further one of its local, or 0 */
};

void body_defs_init(struct body_defs *defs, const struct fact_body *body);
void body_defs_release(struct body_defs *defs);

#endif
