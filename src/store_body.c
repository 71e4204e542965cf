/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fills the tables of what the bodies say, for queries: calls with their
 * arguments, conditions, and where addresses of functions are taken.  Where
 * pointers to functions flow is left to store_flow.c.
 */
#include "store_body.h"

#include "expr_text.h"

static const char *text_of(struct body_walk *w, uint32_t expr)
{
	g_string_truncate(w->text, 0);
	expr_text(w->text, w->f, w->body, &w->defs, expr);
	return w->text->str;
}

static const char *call_kind(const struct fact_body *body,
			     const struct fact_node *n)
{
	if (n->flags & NODE_FROM_ASM)
		return "asm";
	if (n->flags & NODE_ALTERNATIVE)
		return "alternative";
	return body->expr[n->a].op == EXPR_FUNCTION ? "direct" : "indirect";
}

static int put_call(struct body_walk *w, uint32_t node)
{
	const struct fact_node *n = &w->body->node[node];
	struct db_statement *s = w->statement[PUT_CALL];

	db_bind_int(s, 1, w->call[node]);
	db_bind_int(s, 2, w->function);
	db_bind_int(s, 3, node);
	db_bind_int(s, 4, n->line);
	db_bind_text(s, 5, call_kind(w->body, n));
	db_bind_id(s, 6, walk_callee(w, n));
	db_bind_id(s, 7, n->type);
	db_bind_id(s, 8, n->macro);
	db_bind_text(s, 9, text_of(w, n->a));
	return db_run(s);
}

struct argument {
	const char *kind;
	bool has_value;
	int64_t value;
};

/* What lies at an address, as far as a kind of argument tells it. */
static struct argument loaded(struct body_walk *w, uint32_t address)
{
	const struct fact_expr *e = &w->body->expr[address];

	if (e->op == EXPR_GLOBAL)
		return (struct argument){ "value-of-global", true, e->a };
	if (e->op == EXPR_FIELD)
		return (struct argument){ "value-of-field", true, e->b };
	if (e->op == EXPR_LOCAL && w->body->local[e->a].flags & LOCAL_PARAM)
		return (struct argument){ "parameter", true, e->a - 1 };
	return (struct argument){ "other", false, 0 };
}

static struct argument argument(struct body_walk *w, uint32_t expr)
{
	const struct fact_expr *e = &w->body->expr[expr];

	while (e->op == EXPR_CAST)
		e = &w->body->expr[e->a];
	switch (e->op) {
	case EXPR_CONST:
		return (struct argument){ "constant", true, e->imm };
	case EXPR_FUNCTION:
		return (struct argument){ "function", true, e->a };
	case EXPR_GLOBAL:
		return (struct argument){ "global", true, e->a };
	case EXPR_FIELD:
		return (struct argument){ "field", true, e->b };
	case EXPR_STRING:
		return (struct argument){ "string", false, 0 };
	case EXPR_LOAD:
		return loaded(w, e->a);
	default:
		return (struct argument){ "other", false, 0 };
	}
}

static int put_arguments(struct body_walk *w, uint32_t node)
{
	const struct fact_node *n = &w->body->node[node];
	struct db_statement *s = w->statement[PUT_ARGUMENT];
	int ret = 0;

	for (uint32_t i = 0; i < n->extra_nr && ret == 0; i++) {
		struct argument a = argument(w, w->body->extra[n->extra + i]);

		db_reset(s);
		db_bind_int(s, 1, w->call[node]);
		db_bind_int(s, 2, i);
		db_bind_text(s, 3, a.kind);
		if (a.has_value)
			db_bind_int(s, 4, a.value);
		ret = db_run(s);
	}
	return ret;
}

static int put_condition(struct body_walk *w, uint32_t node)
{
	const struct fact_node *n = &w->body->node[node];
	struct db_statement *s = w->statement[PUT_CONDITION];

	db_bind_int(s, 1, w->function);
	db_bind_int(s, 2, node);
	db_bind_int(s, 3, n->line);
	db_bind_id(s, 4, n->macro);
	db_bind_text(s, 5, n->kind == NODE_SWITCH ? "switch" :
			   n->flags & NODE_LOOP ? "loop" : "branch");
	db_bind_text(s, 6, text_of(w, n->a));
	return db_run(s);
}

static int put_address_taken(struct body_walk *w, fact_id function,
			     uint32_t line)
{
	struct db_statement *s = w->statement[PUT_ADDRESS];

	db_bind_int(s, 1, function);
	db_bind_int(s, 2, w->function);
	db_bind_int(s, 3, line);
	return db_run(s);
}

/* Every function that the value of an expression mentions. */
static int put_addresses(struct body_walk *w, uint32_t expr, uint32_t line)
{
	const struct fact_expr *e = &w->body->expr[expr];
	struct expr_shape shape = expr_shape(e->op);
	int ret = 0;

	if (e->op == EXPR_FUNCTION)
		return put_address_taken(w, e->a, line);
	if (shape.a == OPERAND_EXPR && e->a)
		ret = put_addresses(w, e->a, line);
	if (ret == 0 && shape.b == OPERAND_EXPR && e->b)
		ret = put_addresses(w, e->b, line);
	return ret;
}

static int put_node_addresses(struct body_walk *w, const struct fact_node *n)
{
	struct node_shape shape = node_shape(n->kind);
	bool is_direct = walk_callee(w, n) != 0;
	int ret = 0;

	if (shape.a == OPERAND_EXPR && !is_direct)
		ret = put_addresses(w, n->a, n->line);
	if (ret == 0 && shape.b == OPERAND_EXPR)
		ret = put_addresses(w, n->b, n->line);
	if (shape.extra != OPERAND_EXPR)
		return ret;
	for (uint32_t i = 0; i < n->extra_nr && ret == 0; i++)
		ret = put_addresses(w, w->body->extra[n->extra + i], n->line);
	return ret;
}

static int put_node(struct body_walk *w, uint32_t node)
{
	const struct fact_node *n = &w->body->node[node];

	if (n->kind == NODE_CALL &&
	    (put_call(w, node) < 0 || put_arguments(w, node) < 0))
		return -1;
	if ((n->kind == NODE_BRANCH || n->kind == NODE_SWITCH) &&
	    put_condition(w, node) < 0)
		return -1;
	if (put_node_addresses(w, n) < 0)
		return -1;
	return store_put_flows(w, node);
}

static int put_body(struct body_walk *w)
{
	int ret = 0;

	w->call = g_new0(uint32_t, w->body->node_nr);
	for (uint32_t i = 1; i < w->body->node_nr; i++)
		if (w->body->node[i].kind == NODE_CALL)
			w->call[i] = ++w->call_nr;
	body_defs_init(&w->defs, w->body);
	for (uint32_t i = 1; i < w->body->node_nr && ret == 0; i++)
		ret = put_node(w, i);
	body_defs_release(&w->defs);
	g_free(w->call);
	return ret;
}

fact_id walk_callee(const struct body_walk *w, const struct fact_node *n)
{
	const struct fact_expr *e = &w->body->expr[n->a];

	return n->kind == NODE_CALL && e->op == EXPR_FUNCTION ? e->a : 0;
}

static int prepare(struct body_walk *w)
{
	static const char *const sql[PUT_NR] = {
		[PUT_CALL] = "INSERT INTO call VALUES "
			     "(?, ?, ?, ?, ?, ?, ?, ?, ?)",
		[PUT_ARGUMENT] = "INSERT INTO argument VALUES (?, ?, ?, ?)",
		[PUT_CONDITION] = "INSERT INTO condition VALUES "
				  "(NULL, ?, ?, ?, ?, ?, ?)",
		[PUT_ADDRESS] = "INSERT OR IGNORE INTO address_taken "
				"VALUES (?, ?, ?)",
		[PUT_FLOW] = "INSERT INTO pointer_flow VALUES "
			     "(NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	};

	for (int i = 0; i < PUT_NR; i++)
		if (db_prepare(w->db, &w->statement[i], sql[i]) < 0)
			return -1;
	return 0;
}

int store_put_bodies(struct db *db, const struct facts *f)
{
	struct body_walk w = { .db = db, .f = f, .text = g_string_new(NULL) };
	int ret = prepare(&w);

	for (fact_id i = 1; i < f->function->len && ret == 0; i++) {
		w.function = i;
		w.body = FACT_FUNCTION(f, i)->body;
		if (w.body)
			ret = put_body(&w);
	}
	for (int i = 0; i < PUT_NR; i++)
		db_finalize(w.statement[i]);
	g_string_free(w.text, TRUE);
	return ret;
}
