/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "request.h"

#include "body_expr.h"
#include "program.h"

/* The record that EXPR, an argument, points to: a local, or what a local
 * points to; 0: none is seen. */
static fact_id record_passed(const struct program *p,
			     const struct fact_body *b, uint32_t expr)
{
	uint32_t at = body_uncast(b, expr), local = body_local_read(b, expr);
	const struct fact_type *t;

	if (b->expr[at].op == EXPR_LOCAL)
		return FACT_TYPE(p->f, b->local[b->expr[at].a].type)->record;
	if (!local)
		return 0;
	t = FACT_TYPE(p->f, b->local[local].type);
	return t->kind == TYPE_POINTER ? FACT_TYPE(p->f, t->target)->record
				       : 0;
}

static bool takes_bytes(const struct program *p, fact_id callee, uint32_t i)
{
	const struct fact_function *fn = FACT_FUNCTION(p->f, callee);
	const struct fact_type *t;

	if (!fn->body || i >= fn->param_nr)
		return false;
	t = FACT_TYPE(p->f, fn->body->local[i + 1].type);
	return t->kind == TYPE_POINTER &&
	       FACT_TYPE(p->f, t->target)->kind == TYPE_OTHER;
}

static void mark_call(struct program *p, const struct fact_body *b,
		      const struct call_site *site)
{
	const struct fact_node *n = &b->node[site->node];

	for (uint32_t k = 0; k < site->target_nr; k++) {
		fact_id callee = g_array_index(p->cg->target, fact_id,
					       site->target + k);

		for (uint32_t i = 0; i < n->extra_nr; i++) {
			fact_id record = record_passed(
				p, b, b->extra[n->extra + i]);

			if (record && !p->object_record[record] &&
			    takes_bytes(p, callee, i))
				p->request_record[record] = 1;
		}
	}
}

void request_mark(struct program *p)
{
	p->request_record = g_new0(uint8_t, p->f->record->len);
	for (fact_id id = 1; id < p->f->function->len; id++) {
		const struct fact_body *b = FACT_FUNCTION(p->f, id)->body;

		for (uint32_t i = 1; b && i < b->node_nr; i++)
			if (b->node[i].kind == NODE_CALL)
				mark_call(p, b, callgraph_site(p->cg, id, i));
	}
}
