/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expressions as text that looks like the C they come from. */
#include "expr_text.h"

enum {
	LENGTH_MAX = 200,
	DEPTH_MAX = 64,
};

struct writer {
	GString *out;
	gsize end;		/* of out's length */
	const struct facts *f;
	const struct fact_body *body;
	const struct body_defs *defs;
	int depth;
};

static const char *const binary_sign[] = {
	[EXPR_ADD] = " + ", [EXPR_SUB] = " - ", [EXPR_MUL] = " * ",
	[EXPR_DIV] = " / ", [EXPR_REM] = " % ", [EXPR_SHL] = " << ",
	[EXPR_SHR] = " >> ", [EXPR_AND] = " & ", [EXPR_OR] = " | ",
	[EXPR_XOR] = " ^ ", [EXPR_EQ] = " == ", [EXPR_NE] = " != ",
	[EXPR_LT] = " < ", [EXPR_LE] = " <= ", [EXPR_GT] = " > ",
	[EXPR_GE] = " >= ",
};

static void put_value(struct writer *w, uint32_t id, bool is_part);

static void put(struct writer *w, const char *text)
{
	if (w->out->len < w->end)
		g_string_append(w->out, text);
}

static const struct fact_expr *expr_at(const struct writer *w, uint32_t id)
{
	return &w->body->expr[id];
}

/* Is the expression the address of something that has a name? */
static bool is_address(const struct fact_expr *e)
{
	return e->op == EXPR_LOCAL || e->op == EXPR_GLOBAL ||
	       e->op == EXPR_FIELD || e->op == EXPR_INDEX;
}

static void put_call(struct writer *w, const struct fact_node *n)
{
	put_value(w, n->a, true);
	put(w, "(");
	for (uint32_t i = 0; i < n->extra_nr; i++) {
		put(w, i ? ", " : "");
		put_value(w, w->body->extra[n->extra + i], false);
	}
	put(w, ")");
}

/* A temporary stands for what it was set to, if that is one thing. */
static void put_temporary(struct writer *w, uint32_t local, bool is_part)
{
	uint32_t def = w->defs->first[local];
	const struct fact_node *n = &w->body->node[def];

	if (!def || w->defs->next[def])
		put(w, "?");
	else if (n->kind == NODE_CALL)
		put_call(w, n);
	else
		put_value(w, n->b, is_part);
}

static void put_local(struct writer *w, uint32_t local, bool is_part)
{
	const struct fact_local *l = &w->body->local[local];

	if (l->flags & LOCAL_TEMP || !*l->name)
		put_temporary(w, local, is_part);
	else
		put(w, l->name);
}

/* What is at an address. */
static void put_object(struct writer *w, uint32_t id, bool is_part)
{
	const struct fact_expr *e = expr_at(w, id);
	const struct fact_expr *base = expr_at(w, e->a);

	switch (e->op) {
	case EXPR_LOCAL:
		put_local(w, e->a, is_part);
		return;
	case EXPR_GLOBAL:
		put(w, FACT_GLOBAL(w->f, e->a)->name);
		return;
	case EXPR_FIELD:
		if (is_address(base))
			put_object(w, e->a, true);
		else
			put_value(w, e->a, true);
		put(w, is_address(base) ? "." : "->");
		put(w, FACT_FIELD(w->f, e->b)->name);
		return;
	case EXPR_INDEX:
		if (is_address(base))
			put_object(w, e->a, true);
		else
			put_value(w, e->a, true);
		put(w, "[");
		put_value(w, e->b, false);
		put(w, "]");
		return;
	default:
		put(w, "*");
		put_value(w, id, true);
	}
}

static void put_constant(struct writer *w, int64_t value)
{
	char *text = g_strdup_printf("%lld", (long long)value);

	put(w, text);
	g_free(text);
}

static void put_binary(struct writer *w, const struct fact_expr *e,
		       bool is_part)
{
	put(w, is_part ? "(" : "");
	put_value(w, e->a, true);
	put(w, binary_sign[e->op]);
	put_value(w, e->b, true);
	put(w, is_part ? ")" : "");
}

static void put_unary(struct writer *w, const char *sign, uint32_t id)
{
	put(w, sign);
	put_value(w, id, true);
}

static void put_any(struct writer *w, uint32_t id, bool is_part)
{
	const struct fact_expr *e = expr_at(w, id);

	switch (e->op) {
	case EXPR_CONST:
		put_constant(w, e->imm);
		break;
	case EXPR_STRING:
		put(w, "\"\"");
		break;
	case EXPR_FUNCTION:
		put(w, FACT_FUNCTION(w->f, e->a)->name);
		break;
	case EXPR_LOCAL: case EXPR_GLOBAL: case EXPR_FIELD: case EXPR_INDEX:
		put(w, "&");
		put_object(w, id, true);
		break;
	case EXPR_LOAD:
		put_object(w, e->a, is_part);
		break;
	case EXPR_NEG:
		put_unary(w, "-", e->a);
		break;
	case EXPR_BITNOT:
		put_unary(w, "~", e->a);
		break;
	case EXPR_LNOT:
		put_unary(w, "!", e->a);
		break;
	case EXPR_CAST:
		put_value(w, e->a, is_part);
		break;
	default:
		if (e->op < G_N_ELEMENTS(binary_sign) && binary_sign[e->op])
			put_binary(w, e, is_part);
		else
			put(w, "?");
	}
}

/* A temporary may be defined by itself: depth ends that, too. */
static void put_value(struct writer *w, uint32_t id, bool is_part)
{
	if (w->out->len >= w->end)
		return;
	if (w->depth == DEPTH_MAX) {
		put(w, "...");
		return;
	}
	w->depth++;
	put_any(w, id, is_part);
	w->depth--;
}

void expr_text(GString *out, const struct facts *f,
	       const struct fact_body *body, const struct body_defs *defs,
	       uint32_t expr)
{
	struct writer w = { out, out->len + LENGTH_MAX, f, body, defs, 0 };

	put_value(&w, expr, false);
	if (out->len >= w.end)
		g_string_append(out, "...");
}
