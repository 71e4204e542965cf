/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "term_text.h"

#include "facts.h"
#include "program.h"
#include "state.h"

struct printer {
	const struct program *p;
	const struct terms *t;
	uint32_t function;
	GString *out;
};

static const char *const operators[] = {
	[EXPR_ADD] = "+", [EXPR_SUB] = "-", [EXPR_MUL] = "*",
	[EXPR_DIV] = "/", [EXPR_REM] = "%", [EXPR_SHL] = "<<",
	[EXPR_SHR] = ">>", [EXPR_AND] = "&", [EXPR_OR] = "|",
	[EXPR_XOR] = "^", [EXPR_EQ] = "==", [EXPR_NE] = "!=",
	[EXPR_LT] = "<", [EXPR_LE] = "<=", [EXPR_GT] = ">", [EXPR_GE] = ">=",
};

static void print(const struct printer *w, term_id id);

static void print_symbol(const struct printer *w, const struct term *x)
{
	const struct fact_function *fn =
		FACT_FUNCTION(w->p->f, w->function);

	if (w->function && fn->body && x->a < fn->param_nr)
		g_string_append(w->out, fn->body->local[x->a + 1].name);
	else
		g_string_append_printf(w->out, "argument%u", x->a + 1);
}

static void print_local(const struct printer *w, const struct term *x)
{
	const struct fact_function *fn =
		FACT_FUNCTION(w->p->f, w->function);

	g_string_append_c(w->out, '&');
	if (w->function && fn->body && x->a < fn->body->local_nr &&
	    *fn->body->local[x->a].name)
		g_string_append(w->out, fn->body->local[x->a].name);
	else
		g_string_append_printf(w->out, "local%u", x->a);
}

/* The address of a member, as it is written: p->a.b, g.a */
static void print_place(const struct printer *w, term_id address)
{
	const struct term *x = term_get(w->t, address);
	const struct term *base;

	switch (x->op) {
	case TERM_FIELD:
		base = term_get(w->t, x->a);
		print_place(w, x->a);
		g_string_append(w->out, base->op == TERM_FIELD ||
						base->op == TERM_GLOBAL ||
						base->op == TERM_INDEX
					? "." : "->");
		g_string_append(w->out, FACT_FIELD(w->p->f, x->b)->name);
		break;
	case TERM_INDEX:
		print_place(w, x->a);
		g_string_append_c(w->out, '[');
		print(w, x->b);
		g_string_append_c(w->out, ']');
		break;
	case TERM_GLOBAL:
		g_string_append(w->out, FACT_GLOBAL(w->p->f, x->a)->name);
		break;
	default:
		print(w, address);
		break;
	}
}

static void print_load(const struct printer *w, term_id address)
{
	int op = term_get(w->t, address)->op;

	if (op != TERM_FIELD && op != TERM_INDEX && op != TERM_GLOBAL)
		g_string_append_c(w->out, '*');
	print_place(w, address);
}

static void print_binary(const struct printer *w, const struct term *x)
{
	int64_t imm;

	if (x->imm == EXPR_EQ && term_is_const(w->t, x->b, &imm) && imm == 0) {
		g_string_append_c(w->out, '!');
		print(w, x->a);
		return;
	}
	g_string_append_c(w->out, '(');
	print(w, x->a);
	g_string_append_printf(w->out, " %s ", operators[x->imm]);
	print(w, x->b);
	g_string_append_c(w->out, ')');
}

static void print(const struct printer *w, term_id id)
{
	struct term x = *term_get(w->t, id);

	switch (x.op) {
	case TERM_CONST:
		g_string_append_printf(w->out, "%" G_GINT64_FORMAT, x.imm);
		break;
	case TERM_STRING:
		g_string_append(w->out, "\"...\"");
		break;
	case TERM_FUNCTION:
		g_string_append(w->out, FACT_FUNCTION(w->p->f, x.a)->display);
		break;
	case TERM_LOCAL:
		print_local(w, &x);
		break;
	case TERM_CURRENT:
		g_string_append(w->out, "current");
		break;
	case TERM_SYMBOL:
		print_symbol(w, &x);
		break;
	case TERM_FRESH:
	case TERM_OLD:
		g_string_append_printf(w->out, "%s%u.%u",
				       x.op == TERM_OLD ? "old" : "value", x.a,
				       x.b);
		break;
	case TERM_GLOBAL:
	case TERM_FIELD:
	case TERM_INDEX:
		g_string_append_c(w->out, '&');
		print_place(w, id);
		break;
	case TERM_LOAD:
		print_load(w, x.a);
		break;
	case TERM_HELD:
		g_string_append(w->out, "held(");
		print(w, x.a);
		g_string_append_c(w->out, ')');
		break;
	case TERM_UNARY:
		g_string_append_c(w->out, x.imm == EXPR_NEG ? '-' : '~');
		print(w, x.a);
		break;
	case TERM_BINARY:
		print_binary(w, &x);
		break;
	default:
		g_string_append_c(w->out, '?');
		break;
	}
}

void term_text(const struct program *p, const struct terms *t,
	       uint32_t function, term_id id, GString *out)
{
	struct printer w = { .p = p, .t = t, .function = function,
			     .out = out };

	print(&w, id);
}

void term_text_literal(const struct program *p, const struct terms *t,
		       uint32_t function, uint32_t literal, GString *out)
{
	if (!LITERAL_TRUTH(literal))
		g_string_append_c(out, '!');
	term_text(p, t, function, LITERAL_TERM(literal), out);
}
