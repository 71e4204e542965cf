/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Private to store_body.c and store_flow.c: the walk over all bodies. */
#ifndef XLA_STORE_BODY_H
#define XLA_STORE_BODY_H

#include "body_defs.h"
#include "store_int.h"

enum { PUT_CALL, PUT_ARGUMENT, PUT_CONDITION, PUT_ADDRESS, PUT_FLOW, PUT_NR };

struct body_walk {
	struct db *db;
	const struct facts *f;
	struct db_statement *statement[PUT_NR];
	GString *text;
	uint32_t call_nr;	/* calls of all bodies so far */
	/* of the function at hand */
	fact_id function;
	const struct fact_body *body;
	struct body_defs defs;
	uint32_t *call;		/* by node: id of its row in table call */
};

/* The function that a call names, or 0. */
fact_id walk_callee(const struct body_walk *w, const struct fact_node *n);

/* store_flow.c: the rows of pointer_flow for a node. */
int store_put_flows(struct body_walk *w, uint32_t node);

#endif
