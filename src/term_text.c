/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "term_text.h"

struct writer {
	GString *out;
	const struct facts *f;
	const struct terms *t;
	const struct fact_function *fn;	/* or NULL */
};

static const char *const operators[] = {
	[EXPR_NEG] = "-", [EXPR_BITNOT] = "~", [EXPR_LNOT] = "!",
	[EXPR_ADD] = "+", [EXPR_SUB] = "-", [EXPR_MUL] = "*",
	[EXPR_DIV] = "/", [EXPR_REM] = "%", [EXPR_SHL] = "<<",
	[EXPR_SHR] = ">>", [EXPR_AND] = "&", [EXPR_OR] = "|",
	[EXPR_XOR] = "^", [EXPR_EQ] = "==", [EXPR_NE] = "!=",
	[EXPR_LT] = "<", [EXPR_LE] = "<=", [EXPR_GT] = ">", [EXPR_GE] = ">=",
};

static void put_value(const struct writer *w, term_id id);

static void put_local(const struct writer *w, uint32_t local)
{
	const char *name = "?";

	if (w->fn && w->fn->body && local < w->fn->body->local_nr &&
	    *w->fn->body->local[local].name)
		name = w->fn->body->local[local].name;
	g_string_append(w->out, name);
}

static bool is_place(const struct term *x)
{
	return x->op == TERM_FIELD || x->op == TERM_INDEX ||
	       x->op == TERM_GLOBAL || x->op == TERM_LOCAL;
}

/* What lies at ADDRESS. */
static void put_place(const struct writer *w, term_id address)
{
	const struct term *x = term_get(w->t, address);

	switch (x->op) {
	case TERM_FIELD:
		if (is_place(term_get(w->t, x->a))) {
			put_place(w, x->a);
			g_string_append_c(w->out, '.');
		} else {
			put_value(w, x->a);
			g_string_append(w->out, "->");
		}
		g_string_append(w->out, FACT_FIELD(w->f, x->b)->name);
		break;
	case TERM_INDEX:
		put_place(w, x->a);
		g_string_append_c(w->out, '[');
		put_value(w, x->b);
		g_string_append_c(w->out, ']');
		break;
	case TERM_GLOBAL:
		g_string_append(w->out, FACT_GLOBAL(w->f, x->a)->name);
		break;
	case TERM_LOCAL:
		put_local(w, x->a);
		break;
	default:
		g_string_append_c(w->out, '*');
		put_value(w, address);
		break;
	}
}

static void put_operand(const struct writer *w, term_id id)
{
	bool is_nested = term_get(w->t, id)->op == TERM_BINARY;

	if (is_nested)
		g_string_append_c(w->out, '(');
	put_value(w, id);
	if (is_nested)
		g_string_append_c(w->out, ')');
}

static const char *operator_of(const struct term *x)
{
	const char *text = NULL;

	if (x->imm >= 0 && x->imm < (int64_t)G_N_ELEMENTS(operators))
		text = operators[x->imm];
	return text ? text : "?";
}

static void put_value(const struct writer *w, term_id id)
{
	const struct term *x = term_get(w->t, id);

	switch (x->op) {
	case TERM_CONST:
		g_string_append_printf(w->out, "%" G_GINT64_FORMAT, x->imm);
		break;
	case TERM_FUNCTION:
		g_string_append(w->out, FACT_FUNCTION(w->f, x->a)->name);
		break;
	case TERM_CURRENT:
		g_string_append(w->out, "current");
		break;
	case TERM_SYMBOL:
		put_local(w, x->a + 1);
		break;
	case TERM_LOAD:
		put_place(w, x->a);
		break;
	case TERM_HELD:
		g_string_append(w->out, "a caller holds ");
		put_place(w, x->a);
		break;
	case TERM_UNARY:
		g_string_append(w->out, operator_of(x));
		put_operand(w, x->a);
		break;
	case TERM_BINARY:
		put_operand(w, x->a);
		g_string_append_printf(w->out, " %s ", operator_of(x));
		put_operand(w, x->b);
		break;
	case TERM_FIELD:
	case TERM_INDEX:
	case TERM_GLOBAL:
	case TERM_LOCAL:
		g_string_append_c(w->out, '&');
		put_place(w, id);
		break;
	default:
		g_string_append_c(w->out, '?');
		break;
	}
}

void term_text(GString *out, const struct facts *f, const struct terms *t,
	       fact_id function, term_id id)
{
	const struct writer w = {
		.out = out, .f = f, .t = t,
		.fn = function ? FACT_FUNCTION(f, function) : NULL,
	};

	put_value(&w, id);
}
