/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "body_expr.h"

uint32_t body_root_local(const struct fact_body *b, uint32_t expr)
{
	const struct fact_expr *e = &b->expr[expr];

	while (e->op == EXPR_FIELD || e->op == EXPR_INDEX)
		e = &b->expr[e->a];
	return e->op == EXPR_LOCAL ? e->a : 0;
}

uint32_t body_uncast(const struct fact_body *b, uint32_t expr)
{
	while (b->expr[expr].op == EXPR_CAST)
		expr = b->expr[expr].a;
	return expr;
}

uint32_t body_local_read(const struct fact_body *b, uint32_t expr)
{
	const struct fact_expr *e = &b->expr[body_uncast(b, expr)];

	if (e->op != EXPR_LOAD || b->expr[e->a].op != EXPR_LOCAL)
		return 0;
	return b->expr[e->a].a;
}

bool body_same_expr(const struct fact_body *b, uint32_t x, uint32_t y)
{
	const struct fact_expr *p = &b->expr[x], *q = &b->expr[y];

	if (p->op != q->op || p->imm != q->imm)
		return false;
	switch (p->op) {
	case EXPR_UNKNOWN:
	case EXPR_STRING:
		return false;
	case EXPR_CONST:
		return true;
	case EXPR_LOCAL:
	case EXPR_GLOBAL:
	case EXPR_FUNCTION:
		return p->a == q->a;
	case EXPR_FIELD:
		return p->b == q->b && body_same_expr(b, p->a, q->a);
	case EXPR_LOAD:
	case EXPR_NEG:
	case EXPR_BITNOT:
	case EXPR_LNOT:
	case EXPR_CAST:
		return body_same_expr(b, p->a, q->a);
	default:
		return body_same_expr(b, p->a, q->a) &&
		       body_same_expr(b, p->b, q->b);
	}
}
