/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A list of assignments, gone through for each question: there are few. */
#include "aims.h"

#include <glib.h>

#include "body_expr.h"

/* Pointers are followed through so many copies at most: what macros make of
 * their arguments. */
enum { POINTER_COPIES_MAX = 4 };

/* A local pointer, and an expression that it is set to. */
struct aim {
	uint32_t pointer, expr;
};

struct aims {
	const struct fact_body *b;
	GArray *aim;		/* struct aim */
};

struct aims *aims_new(const struct fact_body *b)
{
	struct aims *a = g_new0(struct aims, 1);

	a->b = b;
	a->aim = g_array_new(FALSE, FALSE, sizeof(struct aim));
	for (uint32_t i = 1; i < b->node_nr; i++) {
		const struct fact_node *n = &b->node[i];
		struct aim aim;

		if (n->kind != NODE_ASSIGN || b->expr[n->a].op != EXPR_LOCAL)
			continue;
		aim.pointer = b->expr[n->a].a;
		aim.expr = body_uncast(b, n->b);
		switch (b->expr[aim.expr].op) {
		case EXPR_LOCAL:
		case EXPR_GLOBAL:
		case EXPR_FIELD:
		case EXPR_INDEX:
			break;
		default:
			if (!body_local_read(b, aim.expr))
				continue;
		}
		g_array_append_val(a->aim, aim);
	}
	return a;
}

void aims_free(struct aims *a)
{
	if (!a)
		return;
	g_array_unref(a->aim);
	g_free(a);
}

static bool search(const struct aims *a, uint32_t address, aim_fn *fn,
		   void *context, int copies)
{
	uint32_t pointer = body_local_read(a->b, address);

	if (!pointer)
		return fn(context, body_uncast(a->b, address));
	for (guint i = 0; copies > 0 && i < a->aim->len; i++) {
		const struct aim *aim =
			&g_array_index(a->aim, struct aim, i);

		if (aim->pointer == pointer &&
		    search(a, aim->expr, fn, context, copies - 1))
			return true;
	}
	return false;
}

bool aims_any(const struct aims *a, uint32_t address, aim_fn *fn, void *context)
{
	return search(a, address, fn, context, POINTER_COPIES_MAX + 1);
}

uint32_t aims_member(const struct facts *f, const struct fact_body *b,
		     uint32_t expr)
{
	const struct fact_expr *e;
	const struct fact_type *t;
	bool global;

	expr = body_uncast(b, expr);
	if (body_root_local(b, expr))
		return 0;
	while (b->expr[expr].op == EXPR_INDEX)
		expr = body_uncast(b, b->expr[expr].a);
	e = &b->expr[expr];
	global = e->op == EXPR_GLOBAL;
	if (!global && e->op != EXPR_FIELD)
		return 0;
	t = FACT_TYPE(f, global ? FACT_GLOBAL(f, e->a)->type
				: FACT_FIELD(f, e->b)->type);
	while (t->kind == TYPE_ARRAY)
		t = FACT_TYPE(f, t->target);
	if (t->kind != TYPE_INT && t->kind != TYPE_POINTER)
		return 0;
	return global ? f->field->len + e->a : e->b;
}
