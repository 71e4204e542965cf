/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The initialisers of constants, as a table of addresses and values.  What an
 * initialiser leaves out is zero.
 */
#include "initial.h"

#include <glib.h>

#include "facts.h"
#include "program.h"

struct initials {
	const struct program *p;
	GHashTable *value;	/* address -> value */
	uint8_t *is_known;	/* per global: a constant with an initialiser */
};

/* EXPR of an initialiser; 0 if it is made of anything else than addresses
 * and numbers. */
static term_id evaluate(const struct fact_body *b, struct terms *t,
			uint32_t expr)
{
	const struct fact_expr *e = &b->expr[expr];
	term_id base, index;
	int64_t imm;

	switch (e->op) {
	case EXPR_CONST:
		return term_const(t, e->imm);
	case EXPR_FUNCTION:
		return term_leaf(t, TERM_FUNCTION, e->a, 0, 0);
	case EXPR_GLOBAL:
		return term_leaf(t, TERM_GLOBAL, e->a, 0, 0);
	case EXPR_FIELD:
		base = e->imm ? 0 : evaluate(b, t, e->a);
		return base ? term_field(t, base, e->b) : 0;
	case EXPR_INDEX:
		base = evaluate(b, t, e->a);
		index = evaluate(b, t, e->b);
		if (!base || !index || !term_is_const(t, index, &imm))
			return 0;
		return imm ? term_index(t, base, index) : base;
	case EXPR_CAST:
		base = evaluate(b, t, e->a);
		return base ? term_cast(t, base, e->imm) : 0;
	default:
		return 0;
	}
}

static uint32_t root_global(const struct terms *t, term_id address)
{
	const struct term *x = term_get(t, address);

	while (x->op == TERM_FIELD || x->op == TERM_INDEX)
		x = term_get(t, x->a);
	return x->op == TERM_GLOBAL ? x->a : 0;
}

static void read_body(struct initials *i, struct terms *t,
		      const struct fact_body *b)
{
	for (uint32_t k = 1; b && k < b->node_nr; k++) {
		const struct fact_node *n = &b->node[k];
		term_id address, value;
		uint32_t global;

		if (n->kind != NODE_ASSIGN)
			continue;
		address = evaluate(b, t, n->a);
		global = address ? root_global(t, address) : 0;
		if (!global || !(FACT_GLOBAL(i->p->f, global)->flags &
				 GLOBAL_CONST))
			continue;
		value = evaluate(b, t, n->b);
		i->is_known[global] = 1;
		g_hash_table_insert(i->value, GUINT_TO_POINTER(address),
				    GUINT_TO_POINTER(value ? value
							   : term_unknown(t)));
	}
}

struct initials *initials_new(const struct program *p, struct terms *t)
{
	struct initials *i = g_new0(struct initials, 1);

	i->p = p;
	i->value = g_hash_table_new(NULL, NULL);
	i->is_known = g_new0(uint8_t, p->f->global->len);
	for (fact_id id = 1; id < p->f->function->len; id++)
		if (FACT_FUNCTION(p->f, id)->flags & FUNCTION_INIT)
			read_body(i, t, FACT_FUNCTION(p->f, id)->body);
	return i;
}

void initials_free(struct initials *i)
{
	g_hash_table_unref(i->value);
	g_free(i->is_known);
	g_free(i);
}

/* Is it one member or variable, found by no index that is not known? */
static bool is_exact(const struct terms *t, term_id address)
{
	const struct term *x = term_get(t, address);

	while (x->op == TERM_FIELD || x->op == TERM_INDEX) {
		if (x->op == TERM_INDEX && !term_is_const(t, x->b, NULL))
			return false;
		x = term_get(t, x->a);
	}
	return true;
}

term_id initials_load(const struct initials *i, struct terms *t,
		      term_id address)
{
	uint32_t global = root_global(t, address);
	const struct term *x = term_get(t, address);
	void *found;
	int kind;

	if (!global || !i->is_known[global])
		return 0;
	found = g_hash_table_lookup(i->value, GUINT_TO_POINTER(address));
	if (found)
		return GPOINTER_TO_UINT(found);
	if (x->op != TERM_FIELD || !is_exact(t, address))
		return 0;
	kind = FACT_TYPE(i->p->f, FACT_FIELD(i->p->f, x->b)->type)->kind;
	return kind == TYPE_INT || kind == TYPE_POINTER ||
			       kind == TYPE_FUNCTION_POINTER
		       ? term_const(t, 0)
		       : 0;
}
