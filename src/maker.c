/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cloning of heap objects by the call of their maker, of one call deep (cf.
 * Lattner, Lenharth, Adve, PLDI 2007), for function pointers in records that a
 * variable keeps.
 *
 * Approximations: a variable that is read before its one assignment is taken to
 * hold that record already; stores through pointers to no member, and memory
 * that is cleared as a whole, are not looked at.
 */
#include "maker.h"

#include <glib.h>

#include "facts.h"
#include "program.h"
#include "writes.h"

struct makers {
	GHashTable *value;	/* address -> value */
};

/* A member that a function stores an argument to, in what it returns. */
struct made {
	fact_id maker;
	uint32_t record;	/* local: points to it */
	uint32_t argument;	/* number */
};

static const struct fact_body *body_of(const struct facts *f, fact_id function)
{
	return FACT_FUNCTION(f, function)->body;
}

/* The local of which EXPR is the value; 0: it is something else. */
static uint32_t loaded_local(const struct fact_body *b, uint32_t expr)
{
	const struct fact_expr *e = &b->expr[expr];

	if (e->op != EXPR_LOAD || b->expr[e->a].op != EXPR_LOCAL)
		return 0;
	return b->expr[e->a].a;
}

/* The one node that stores to LOCAL; 0: there are others, or none. */
static uint32_t only_store(struct writes *w, fact_id function, uint32_t local)
{
	const struct fact_body *b = body_of(w->f, function);
	const GArray *stores = writes_local(w, function, local);

	if (b->local[local].flags & LOCAL_ADDRESS_TAKEN)
		return 0;
	return stores && stores->len == 1 ? g_array_index(stores, uint32_t, 0)
					  : 0;
}

static bool is_constant_parameter(struct writes *w, fact_id function,
				  uint32_t local)
{
	const struct fact_local *l = &body_of(w->f, function)->local[local];
	const GArray *stores = writes_local(w, function, local);

	return (l->flags & LOCAL_PARAM) && !(l->flags & LOCAL_ADDRESS_TAKEN) &&
	       (!stores || stores->len == 0);
}

/* Does each return of B give the value of LOCAL, or null? */
static bool returns_only(const struct fact_body *b, uint32_t local)
{
	for (uint32_t n = 1; n < b->node_nr; n++) {
		const struct fact_node *node = &b->node[n];

		if (node->kind != NODE_RETURN)
			continue;
		if (!node->a || (loaded_local(b, node->a) != local &&
				 (b->expr[node->a].op != EXPR_CONST ||
				  b->expr[node->a].imm != 0)))
			return false;
	}
	return true;
}

static bool is_plain_member(const struct writes *w, fact_id field)
{
	fact_id record = FACT_FIELD(w->f, field)->record;

	return w->field[field] && w->field[field]->len == 1 &&
	       !w->field_escapes[field] &&
	       (!w->record[record] || w->record[record]->len == 0);
}

static bool find_made(struct writes *w, fact_id field, struct made *m)
{
	const struct node_ref *at;
	const struct fact_body *b;
	const struct fact_node *n;
	const struct fact_expr *place;
	uint32_t parameter;

	if (!is_plain_member(w, field))
		return false;
	at = &g_array_index(w->field[field], struct node_ref, 0);
	b = body_of(w->f, at->function);
	n = &b->node[at->node];
	place = &b->expr[n->a];
	if (n->kind != NODE_ASSIGN || place->op != EXPR_FIELD ||
	    place->b != field || place->imm)
		return false;
	parameter = loaded_local(b, n->b);
	m->maker = at->function;
	m->record = loaded_local(b, place->a);
	m->argument = parameter - 1;
	return parameter && m->record &&
	       is_constant_parameter(w, m->maker, parameter) &&
	       only_store(w, m->maker, m->record) &&
	       returns_only(b, m->record);
}

/* The call of MAKER of which GLOBAL gets the result, and nothing else. */
static const struct fact_node *find_call(struct writes *w, fact_id global,
					 fact_id maker,
					 const struct fact_body **body)
{
	const struct node_ref *at;
	const struct fact_node *n;
	uint32_t local, call;

	if (w->global_escapes[global] || !w->global[global] ||
	    w->global[global]->len != 1)
		return NULL;
	at = &g_array_index(w->global[global], struct node_ref, 0);
	*body = body_of(w->f, at->function);
	n = &(*body)->node[at->node];
	if (n->kind != NODE_ASSIGN ||
	    (*body)->expr[n->a].op != EXPR_GLOBAL)
		return NULL;
	local = loaded_local(*body, n->b);
	call = local ? only_store(w, at->function, local) : 0;
	if (!call)
		return NULL;
	n = &(*body)->node[call];
	return n->kind == NODE_CALL &&
			       (*body)->expr[n->a].op == EXPR_FUNCTION &&
			       (*body)->expr[n->a].a == maker
		       ? n
		       : NULL;
}

static term_id constant(const struct fact_body *b, struct terms *t,
			uint32_t expr)
{
	const struct fact_expr *e = &b->expr[expr];

	if (e->op == EXPR_CONST)
		return term_const(t, e->imm);
	return e->op == EXPR_FUNCTION
		       ? term_leaf(t, TERM_FUNCTION, e->a, 0, 0)
		       : 0;
}

static void add_globals(struct makers *m, struct writes *w, struct terms *t,
			fact_id field, const struct made *made)
{
	for (fact_id g = 1; g < w->f->global->len; g++) {
		const struct fact_body *b = NULL;
		const struct fact_node *call = find_call(w, g, made->maker, &b);
		term_id value, address;

		if (!call || made->argument >= call->extra_nr)
			continue;
		value = constant(b, t, b->extra[call->extra + made->argument]);
		if (!value)
			continue;
		address = term_field(
			t, term_load(t, term_leaf(t, TERM_GLOBAL, g, 0, 0)),
			field);
		g_hash_table_insert(m->value, GUINT_TO_POINTER(address),
				    GUINT_TO_POINTER(value));
	}
}

struct makers *makers_new(const struct program *p, struct terms *t)
{
	struct makers *m = g_new0(struct makers, 1);
	struct writes *w = writes_new(p->f);
	struct made made;

	m->value = g_hash_table_new(NULL, NULL);
	for (fact_id field = 1; field < p->f->field->len; field++)
		if (find_made(w, field, &made))
			add_globals(m, w, t, field, &made);
	writes_free(w);
	return m;
}

void makers_free(struct makers *m)
{
	g_hash_table_unref(m->value);
	g_free(m);
}

term_id makers_load(const struct makers *m, term_id address)
{
	return GPOINTER_TO_UINT(g_hash_table_lookup(
		m->value, GUINT_TO_POINTER(address)));
}
