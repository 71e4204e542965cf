/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An address is used as a place (what is loaded from or stored to) or as a
 * value (what is stored, passed, compared).  A member or variable whose
 * address is a value escapes: it may be stored to through a pointer, which no
 * list here shows.  That says nothing of records: stores to their members
 * name the members.
 */
#include "writes.h"

static void append(GArray **list, fact_id function, uint32_t node)
{
	const struct node_ref ref = { function, node };

	if (!*list)
		*list = g_array_new(FALSE, FALSE, sizeof(ref));
	g_array_append_val(*list, ref);
}

static void visit_value(struct writes *w, const struct fact_body *b,
			uint32_t expr);

static void visit_place(struct writes *w, const struct fact_body *b,
			uint32_t expr)
{
	const struct fact_expr *e = &b->expr[expr];

	switch (e->op) {
	case EXPR_LOCAL:
	case EXPR_GLOBAL:
		break;
	case EXPR_FIELD:
	case EXPR_LOAD:
		visit_place(w, b, e->a);
		break;
	case EXPR_INDEX:
		visit_place(w, b, e->a);
		visit_value(w, b, e->b);
		break;
	default:
		visit_value(w, b, expr);
		break;
	}
}

static void visit_value(struct writes *w, const struct fact_body *b,
			uint32_t expr)
{
	const struct fact_expr *e = &b->expr[expr];

	switch (e->op) {
	case EXPR_UNKNOWN:
	case EXPR_CONST:
	case EXPR_STRING:
	case EXPR_FUNCTION:
	case EXPR_LOCAL:
		break;
	case EXPR_GLOBAL:
		w->global_escapes[e->a] = 1;
		break;
	case EXPR_FIELD:
		if (!e->imm)
			w->field_escapes[w->alias_of[e->b]] = 1;
		visit_place(w, b, e->a);
		break;
	case EXPR_LOAD:
		visit_place(w, b, e->a);
		break;
	case EXPR_NEG:
	case EXPR_BITNOT:
	case EXPR_LNOT:
	case EXPR_CAST:
		visit_value(w, b, e->a);
		break;
	default:
		visit_value(w, b, e->a);
		visit_value(w, b, e->b);
		break;
	}
}

static void index_store(struct writes *w, fact_id function, uint32_t node)
{
	const struct fact_body *b = FACT_FUNCTION(w->f, function)->body;
	const struct fact_expr *e = &b->expr[b->node[node].a];

	while (e->op == EXPR_INDEX)
		e = &b->expr[e->a];
	if (e->op == EXPR_FIELD && !e->imm)
		append(&w->field[w->alias_of[e->b]], function, node);
	else if (e->op == EXPR_GLOBAL)
		append(&w->global[e->a], function, node);
	else if (e->op != EXPR_LOCAL)
		append(&w->far, function, node);
}

static void visit_operands(struct writes *w, const struct fact_body *b,
			   const struct fact_node *n)
{
	for (uint32_t i = 0; i < n->extra_nr; i++)
		visit_value(w, b, b->extra[n->extra + i]);
}

static void index_node(struct writes *w, fact_id function, uint32_t node)
{
	const struct fact_body *b = FACT_FUNCTION(w->f, function)->body;
	const struct fact_node *n = &b->node[node];

	switch (n->kind) {
	case NODE_ASSIGN:
		index_store(w, function, node);
		visit_place(w, b, n->a);
		visit_value(w, b, n->b);
		break;
	case NODE_COPY:
		append(&w->record[FACT_TYPE(w->f, n->type)->record], function,
		       node);
		visit_place(w, b, n->a);
		visit_place(w, b, n->b);
		break;
	case NODE_CALL:
		visit_value(w, b, n->a);
		visit_operands(w, b, n);
		break;
	case NODE_ASM:
		visit_operands(w, b, n);
		break;
	case NODE_BRANCH:
	case NODE_SWITCH:
	case NODE_RETURN:
		visit_value(w, b, n->a);
		break;
	default:
		break;
	}
}

static bool is_function_pointer(const struct facts *f, fact_id type)
{
	while (type && FACT_TYPE(f, type)->kind == TYPE_ARRAY)
		type = FACT_TYPE(f, type)->target;
	return type && FACT_TYPE(f, type)->kind == TYPE_FUNCTION_POINTER;
}

/* Function pointers in one union are one. */
static void find_aliases(struct writes *w)
{
	fact_id *first = g_new0(fact_id, w->f->record->len);

	for (fact_id id = 1; id < w->f->field->len; id++) {
		const struct fact_field *f = FACT_FIELD(w->f, id);

		w->alias_of[id] = id;
		if (!FACT_RECORD(w->f, f->record)->is_union ||
		    !is_function_pointer(w->f, f->type))
			continue;
		if (!first[f->record])
			first[f->record] = id;
		w->alias_of[id] = first[f->record];
	}
	g_free(first);
}

struct writes *writes_new(const struct facts *f)
{
	struct writes *w = g_new0(struct writes, 1);

	w->f = f;
	w->field = g_new0(GArray *, f->field->len);
	w->global = g_new0(GArray *, f->global->len);
	w->record = g_new0(GArray *, f->record->len);
	w->far = g_array_new(FALSE, FALSE, sizeof(struct node_ref));
	w->field_escapes = g_new0(uint8_t, f->field->len);
	w->global_escapes = g_new0(uint8_t, f->global->len);
	w->alias_of = g_new0(fact_id, f->field->len);
	w->local = g_new0(GArray **, f->function->len);
	find_aliases(w);
	for (fact_id id = 1; id < f->function->len; id++) {
		const struct fact_body *b = FACT_FUNCTION(f, id)->body;

		for (uint32_t i = 1; b && i < b->node_nr; i++)
			index_node(w, id, i);
	}
	return w;
}

static void free_lists(GArray **list, uint32_t nr)
{
	for (uint32_t i = 0; i < nr; i++)
		if (list[i])
			g_array_unref(list[i]);
	g_free(list);
}

void writes_free(struct writes *w)
{
	free_lists(w->field, w->f->field->len);
	free_lists(w->global, w->f->global->len);
	free_lists(w->record, w->f->record->len);
	for (fact_id id = 1; id < w->f->function->len; id++)
		if (w->local[id])
			free_lists(w->local[id],
				   FACT_FUNCTION(w->f, id)->body->local_nr);
	g_free(w->local);
	g_array_unref(w->far);
	g_free(w->field_escapes);
	g_free(w->global_escapes);
	g_free(w->alias_of);
	g_free(w);
}

static void append_local(GArray **list, uint32_t local, uint32_t node)
{
	if (!list[local])
		list[local] = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	g_array_append_val(list[local], node);
}

static void note_local(GArray **list, const struct fact_body *b,
		       uint32_t expr, uint32_t node)
{
	const struct fact_expr *e = &b->expr[expr];

	while (e->op == EXPR_FIELD || e->op == EXPR_INDEX)
		e = &b->expr[e->a];
	if (e->op == EXPR_LOCAL)
		append_local(list, e->a, node);
}

static GArray **find_locals(const struct fact_body *b)
{
	GArray **list = g_new0(GArray *, b->local_nr);

	for (uint32_t i = 1; i < b->node_nr; i++) {
		const struct fact_node *n = &b->node[i];

		if (n->kind == NODE_ASSIGN || n->kind == NODE_COPY)
			note_local(list, b, n->a, i);
		for (uint32_t k = 0; n->kind == NODE_ASM && k < n->b; k++)
			note_local(list, b, b->extra[n->extra + k], i);
		if (n->kind == NODE_CALL && n->b)
			append_local(list, n->b, i);
	}
	return list;
}

const GArray *writes_local(struct writes *w, fact_id function, uint32_t local)
{
	if (!w->local[function])
		w->local[function] = find_locals(
			FACT_FUNCTION(w->f, function)->body);
	return w->local[function][local];
}
