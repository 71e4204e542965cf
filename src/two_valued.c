/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "two_valued.h"

#include <glib.h>

/* What is stored to a member. */
enum { STORES_BIT = 1, STORES_OTHER = 2 };

static bool is_bit(const struct fact_body *b, uint32_t value, bool of_local);

/* Is the local, a temporary of ?: say, only ever 0 or 1? */
static bool is_bit_local(const struct fact_body *b, uint32_t local)
{
	bool found = false;

	for (uint32_t i = 1; i < b->node_nr; i++) {
		const struct fact_node *n = &b->node[i];
		const struct fact_expr *to = &b->expr[n->a];

		if (n->kind == NODE_CALL && n->b == local)
			return false;
		if (n->kind != NODE_ASSIGN || to->op != EXPR_LOCAL ||
		    to->a != local)
			continue;
		if (n->flags & NODE_WEAK || !is_bit(b, n->b, false))
			return false;
		found = true;
	}
	return found;
}

static bool is_bit(const struct fact_body *b, uint32_t value, bool of_local)
{
	const struct fact_expr *x = &b->expr[value];

	while (x->op == EXPR_CAST)
		x = &b->expr[x->a];
	switch (x->op) {
	case EXPR_CONST:
		return x->imm == 0 || x->imm == 1;
	case EXPR_LNOT:
	case EXPR_EQ:
	case EXPR_NE:
	case EXPR_LT:
	case EXPR_LE:
	case EXPR_GT:
	case EXPR_GE:
		return true;
	case EXPR_LOAD:
		x = &b->expr[x->a];
		return of_local && x->op == EXPR_LOCAL &&
		       is_bit_local(b, x->a);
	default:
		return false;
	}
}

/* What is at the address may be anything: a member, or a record that is one. */
static void note_address(const struct fact_body *b, uint32_t expr,
			 uint8_t *stores)
{
	const struct fact_expr *x = &b->expr[expr];

	while (x->op == EXPR_INDEX)
		x = &b->expr[x->a];
	if (x->op == EXPR_FIELD)
		stores[x->b] |= STORES_OTHER;
}

static void note_node(const struct fact_body *b, const struct fact_node *n,
		      uint8_t *stores)
{
	const struct fact_expr *to = &b->expr[n->a];

	switch (n->kind) {
	case NODE_ASSIGN:
		if (to->op == EXPR_FIELD)
			stores[to->b] |= !(n->flags & NODE_WEAK) &&
							 is_bit(b, n->b, true)
						 ? STORES_BIT
						 : STORES_OTHER;
		note_address(b, n->b, stores);
		break;
	case NODE_COPY:
		note_address(b, n->a, stores);
		break;
	case NODE_CALL:
	case NODE_ASM:
		for (uint32_t i = 0; i < n->extra_nr; i++)
			note_address(b, b->extra[n->extra + i], stores);
		break;
	default:
		break;
	}
}

static void note_stores(const struct facts *f, uint8_t *stores)
{
	for (fact_id id = 1; id < f->function->len; id++) {
		const struct fact_body *b = FACT_FUNCTION(f, id)->body;

		for (uint32_t i = 1; b && i < b->node_nr; i++)
			note_node(b, &b->node[i], stores);
	}
}

/* The record that a member is, or is an array of; 0: none. */
static fact_id record_within(const struct facts *f, fact_id field)
{
	const struct fact_type *t = FACT_TYPE(f, FACT_FIELD(f, field)->type);

	while (t->kind == TYPE_ARRAY)
		t = FACT_TYPE(f, t->target);
	return t->kind == TYPE_RECORD ? t->record : 0;
}

/* Members of what may be anything may be, too, however deep. */
static void note_parts(const struct facts *f, uint8_t *stores)
{
	uint8_t *any = g_new0(uint8_t, f->record->len);
	bool more = true;

	while (more) {
		more = false;
		for (fact_id id = 1; id < f->field->len; id++) {
			fact_id within = record_within(f, id);

			if (any[FACT_FIELD(f, id)->record])
				stores[id] |= STORES_OTHER;
			if (!within || any[within] ||
			    !(stores[id] & STORES_OTHER))
				continue;
			any[within] = 1;
			more = true;
		}
	}
	g_free(any);
}

uint8_t *two_valued_find(const struct facts *f, const uint8_t *record)
{
	uint8_t *stores = g_new0(uint8_t, f->field->len);

	note_stores(f, stores);
	note_parts(f, stores);
	for (fact_id id = 0; id < f->field->len; id++) {
		const struct fact_field *field = FACT_FIELD(f, id);

		stores[id] = id && stores[id] == STORES_BIT &&
			     record[field->record] &&
			     FACT_TYPE(f, field->type)->kind == TYPE_INT;
	}
	return stores;
}
