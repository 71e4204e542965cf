/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the locals of a body get their values. */
#include "body_defs.h"

static uint32_t defined_local(const struct fact_body *body,
			      const struct fact_node *n)
{
	if (n->kind == NODE_CALL)
		return n->b;
	if (n->kind == NODE_ASSIGN && body->expr[n->a].op == EXPR_LOCAL)
		return body->expr[n->a].a;
	return 0;
}

void body_defs_init(struct body_defs *defs, const struct fact_body *body)
{
	defs->first = g_new0(uint32_t, body->local_nr);
	defs->next = g_new0(uint32_t, body->node_nr);
	for (uint32_t i = body->node_nr - 1; i > 0; i--) {
		uint32_t local = defined_local(body, &body->node[i]);

		if (!local)
			continue;
		defs->next[i] = defs->first[local];
		defs->first[local] = i;
	}
}

void body_defs_release(struct body_defs *defs)
{
	g_free(defs->first);
	g_free(defs->next);
}
