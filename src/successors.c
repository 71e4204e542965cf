/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "successors.h"

#include "facts.h"

void for_successors(const struct fact_body *b, uint32_t node,
		    successor_fn *visit, void *context)
{
	const struct fact_node *n = &b->node[node];

	if (n->next)
		visit(context, n->next);
	if (n->kind == NODE_BRANCH && n->other)
		visit(context, n->other);
	for (uint32_t i = 0; n->kind == NODE_SWITCH && i < n->extra_nr; i++)
		visit(context, b->cases[n->extra + i].node);
	for (uint32_t i = 0; n->kind == NODE_JUMP && i < n->extra_nr; i++)
		visit(context, b->extra[n->extra + i]);
}
