/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each function's own stores: to members by their names, to members by pointers
 * that it has set to them, and to members whose addresses it passes to who
 * stores there.
 * Approximation: a store by a pointer from elsewhere (memory, a result) is to no
 * member.
 */
#include "stores.h"

#include "aims.h"
#include "body_expr.h"
#include "program_int.h"

static void mark_record(const struct program *p, fact_id record, int depth,
			uint64_t *set)
{
	for (fact_id i = 1; record && depth < 6 && i < p->f->field->len; i++) {
		const struct fact_field *field = FACT_FIELD(p->f, i);
		const struct fact_type *t;

		if (field->record != record)
			continue;
		bit_set(set, i);
		t = FACT_TYPE(p->f, field->type);
		if (t->kind == TYPE_RECORD)
			mark_record(p, t->record, depth + 1, set);
	}
}

static void mark_stored(const struct program *p, const struct fact_body *b,
			uint32_t expr, uint64_t *set)
{
	const struct fact_expr *e = &b->expr[expr];

	while (e->op == EXPR_INDEX)
		e = &b->expr[e->a];
	if (e->op == EXPR_FIELD && !body_root_local(b, expr))
		bit_set(set, e->b);
	else if (e->op == EXPR_GLOBAL)
		bit_set(set, program_global_member(p, e->a));
}

/* The members that a body stores to by pointers to them. */
struct pointed {
	const struct program *p;
	const struct fact_body *b;
	uint64_t *set;
};

/* An aim_fn that goes on. */
static bool mark_pointed(void *context, uint32_t expr)
{
	const struct pointed *w = context;
	uint32_t member = aims_member(w->p->f, w->b, expr);

	if (member)
		bit_set(w->set, member);
	return false;
}

/* What FUNCTION's callees write that it passes the address of. */
static void mark_passed(struct pointed *w, const struct aims *aims,
			fact_id function, uint32_t node)
{
	const struct fact_node *n = &w->b->node[node];
	const struct call_site *site =
		callgraph_site(w->p->cg, function, node);

	for (uint32_t i = 0; i < n->extra_nr; i++)
		if (program_writes_behind(w->p, site, i))
			aims_any(aims, w->b->extra[n->extra + i], mark_pointed,
				 w);
}

static void mark_behind(const struct program *p, fact_id function,
			uint64_t *set)
{
	struct pointed w = { .p = p, .set = set };
	struct aims *aims;

	w.b = FACT_FUNCTION(p->f, function)->body;
	aims = aims_new(w.b);
	for (uint32_t i = 1; i < w.b->node_nr; i++) {
		const struct fact_node *n = &w.b->node[i];

		if (n->kind == NODE_ASSIGN)
			aims_any(aims, n->a, mark_pointed, &w);
		else if (n->kind == NODE_CALL)
			mark_passed(&w, aims, function, i);
		for (uint32_t k = 0; n->kind == NODE_ASM && k < n->b; k++)
			aims_any(aims, w.b->extra[n->extra + k], mark_pointed,
				 &w);
	}
	aims_free(aims);
}

static void mark_stores(const struct program *p, const struct fact_body *b,
			uint64_t *set)
{
	for (uint32_t i = 1; i < b->node_nr; i++) {
		const struct fact_node *n = &b->node[i];

		if (n->kind == NODE_ASSIGN)
			mark_stored(p, b, n->a, set);
		else if (n->kind == NODE_COPY && !body_root_local(b, n->a))
			mark_record(p, FACT_TYPE(p->f, n->type)->record, 0,
				    set);
		for (uint32_t k = 0; n->kind == NODE_ASM && k < n->extra_nr;
		     k++)
			mark_stored(p, b, b->extra[n->extra + k], set);
	}
}

void stores_find(struct program *p)
{
	p->stores = g_new0(uint64_t,
			   (size_t)p->member_words * p->f->function->len);
	for (fact_id id = 1; id < p->f->function->len; id++) {
		const struct fact_body *b = FACT_FUNCTION(p->f, id)->body;
		uint64_t *set = p->stores + (size_t)p->member_words * id;

		if (!b)
			continue;
		mark_stores(p, b, set);
		mark_behind(p, id, set);
	}
	program_close_over_calls(p, p->member_words, p->stores);
}
