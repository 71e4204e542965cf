/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shows what the extractor made of functions, one node a line.
 *
 *	dumpfacts FILE.c FUNCTION... [-- COMPILER ARGUMENTS]
 *	dumpfacts -p compile_commands.json OBJECT FUNCTION...
 *
 * With no FUNCTION, all that have a body.  For tests and for reading.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "compdb.h"
#include "extract.h"
#include "facts_table.h"

static void print_expr(const struct facts *f, const struct fact_body *b,
		       uint32_t id);

static void print_local(const struct fact_body *b, uint32_t id)
{
	if (b->local[id].name[0])
		printf("%s", b->local[id].name);
	else
		printf("t%" PRIu32, id);
}

static const char *const binary[] = {
	[EXPR_ADD] = "+", [EXPR_SUB] = "-", [EXPR_MUL] = "*",
	[EXPR_DIV] = "/", [EXPR_REM] = "%", [EXPR_SHL] = "<<",
	[EXPR_SHR] = ">>", [EXPR_AND] = "&", [EXPR_OR] = "|",
	[EXPR_XOR] = "^", [EXPR_EQ] = "==", [EXPR_NE] = "!=",
	[EXPR_LT] = "<", [EXPR_LE] = "<=", [EXPR_GT] = ">", [EXPR_GE] = ">=",
};

/* The object at an address. */
static void print_place(const struct facts *f, const struct fact_body *b,
			uint32_t id)
{
	const struct fact_expr *e = &b->expr[id];

	switch (e->op) {
	case EXPR_LOCAL:
		print_local(b, e->a);
		break;
	case EXPR_GLOBAL:
		printf("%s", FACT_GLOBAL(f, e->a)->name);
		break;
	case EXPR_FUNCTION:
		printf("%s", FACT_FUNCTION(f, e->a)->name);
		break;
	case EXPR_FIELD:
		if (e->imm) {
			printf("container(");
			print_expr(f, b, e->a);
			printf(", %s)", FACT_FIELD(f, e->b)->name);
			break;
		}
		if (b->expr[e->a].op == EXPR_LOAD) {
			print_expr(f, b, e->a);
			printf("->");
		} else {
			print_place(f, b, e->a);
			printf(".");
		}
		printf("%s", FACT_FIELD(f, e->b)->name);
		break;
	case EXPR_INDEX:
		if (b->expr[e->a].op == EXPR_LOAD)
			print_expr(f, b, e->a);
		else
			print_place(f, b, e->a);
		printf("[");
		print_expr(f, b, e->b);
		printf("]");
		break;
	default:
		printf("*");
		print_expr(f, b, id);
	}
}

static void print_expr(const struct facts *f, const struct fact_body *b,
		       uint32_t id)
{
	const struct fact_expr *e = &b->expr[id];

	switch (e->op) {
	case EXPR_UNKNOWN:
		printf("?");
		break;
	case EXPR_CONST:
		printf("%" PRId64, e->imm);
		break;
	case EXPR_STRING:
		printf("\"\"");
		break;
	case EXPR_LOAD:
		print_place(f, b, e->a);
		break;
	case EXPR_LOCAL:
	case EXPR_GLOBAL:
	case EXPR_FUNCTION:
	case EXPR_FIELD:
	case EXPR_INDEX:
		printf("&");
		print_place(f, b, id);
		break;
	case EXPR_NEG:
	case EXPR_BITNOT:
	case EXPR_LNOT:
		printf("%c", "-~!"[e->op - EXPR_NEG]);
		print_expr(f, b, e->a);
		break;
	case EXPR_CAST:
		printf("(%c%d)", e->imm < 0 ? 's' : 'u',
		       (int)(e->imm < 0 ? -e->imm : e->imm));
		print_expr(f, b, e->a);
		break;
	default:
		printf("(");
		print_expr(f, b, e->a);
		printf(" %s%s ", binary[e->op], e->imm ? "u" : "");
		print_expr(f, b, e->b);
		printf(")");
	}
}

static void print_list(const struct facts *f, const struct fact_body *b,
		       const struct fact_node *n)
{
	printf("(");
	for (uint32_t i = 0; i < n->extra_nr; i++) {
		printf("%s", i ? ", " : "");
		print_expr(f, b, b->extra[n->extra + i]);
	}
	printf(")");
}

static void print_call(const struct facts *f, const struct fact_body *b,
		       const struct fact_node *n)
{
	printf("call%s%s ", n->flags & NODE_ALTERNATIVE ? " alternative" : "",
	       n->flags & NODE_FROM_ASM ? " from-asm" : "");
	if (n->b) {
		print_local(b, n->b);
		printf(" = ");
	}
	print_expr(f, b, n->a);
	print_list(f, b, n);
}

static void print_targets(const struct fact_body *b, const struct fact_node *n)
{
	for (uint32_t i = 0; i < n->extra_nr; i++) {
		const struct fact_case *c = &b->cases[n->extra + i];

		if (n->kind == NODE_JUMP)
			printf(" ->%" PRIu32, b->extra[n->extra + i]);
		else if (c->lo == c->hi)
			printf(" %" PRId64 "->%" PRIu32, c->lo, c->node);
		else
			printf(" %" PRId64 "..%" PRId64 "->%" PRIu32, c->lo,
			       c->hi, c->node);
	}
}

static void print_node(const struct facts *f, const struct fact_body *b,
		       const struct fact_node *n)
{
	switch (n->kind) {
	case NODE_ASSIGN:
		print_place(f, b, n->a);
		printf(n->flags & NODE_WEAK ? " := " : " = ");
		print_expr(f, b, n->b);
		break;
	case NODE_COPY:
		printf("copy ");
		print_place(f, b, n->a);
		printf(" = ");
		print_place(f, b, n->b);
		break;
	case NODE_UNDEF:
		printf("undef ");
		print_local(b, n->a);
		break;
	case NODE_CALL:
		print_call(f, b, n);
		break;
	case NODE_ASM:
		printf("asm");
		print_list(f, b, n);
		break;
	case NODE_BRANCH:
		printf(n->flags & NODE_LOOP ? "loop " : "if ");
		print_expr(f, b, n->a);
		break;
	case NODE_SWITCH:
		printf("switch ");
		print_expr(f, b, n->a);
		print_targets(b, n);
		break;
	case NODE_JUMP:
		printf("jump");
		print_targets(b, n);
		break;
	case NODE_RETURN:
		printf("return ");
		if (n->a && n->flags & NODE_ADDRESS_ONLY)
			print_place(f, b, n->a);
		else if (n->a)
			print_expr(f, b, n->a);
		break;
	default:
		printf(n->kind == NODE_DEAD ? "dead" : "nop");
	}
}

static void print_body(const struct facts *f, const struct fact_body *b)
{
	for (uint32_t i = 1; i < b->node_nr; i++) {
		const struct fact_node *n = &b->node[i];

		printf("%4" PRIu32 " %" PRIu32 "%s%s ", i, n->line,
		       n->macro ? " " : "",
		       g_array_index(f->string, const char *, n->macro));
		print_node(f, b, n);
		if (n->other)
			printf(" ->%" PRIu32 " else %" PRIu32, n->next,
			       n->other);
		else if (n->next && n->next != i + 1)
			printf(" ->%" PRIu32, n->next);
		printf("\n");
	}
}

static void print_function(const struct facts *f,
			   const struct fact_function *row)
{
	printf("%s %s:%" PRIu32 "..%" PRIu32 "%s%s%s\n", row->key,
	       FACT_FILE(f, row->file)->path, row->line, row->end_line,
	       row->flags & FUNCTION_NORETURN ? " noreturn" : "",
	       row->flags & FUNCTION_ADDRESS_TAKEN ? " address-taken" : "",
	       row->body ? "" : " no body");
	if (row->body)
		print_body(f, row->body);
}

static bool is_wanted(const char *name, char **names)
{
	if (!names[0])
		return true;
	for (; *names; names++) {
		if (!strcmp(name, *names))
			return true;
	}
	return false;
}

static void print_facts(const struct facts *f, char **names)
{
	for (guint i = 1; i < f->tu->len; i++) {
		const struct fact_tu *tu = FACT_TU(f, i);

		if (tu->status != TU_OK)
			printf("%s: status %d: %s\n", tu->file,
			       (int)tu->status, tu->message);
	}
	for (guint i = 1; i < f->function->len; i++) {
		const struct fact_function *row = FACT_FUNCTION(f, i);

		if ((names[0] || row->body) && is_wanted(row->name, names))
			print_function(f, row);
	}
	for (guint i = 1; !names[0] && i < f->asm_symbol->len; i++) {
		const struct fact_asm_symbol *s = &g_array_index(
			f->asm_symbol, struct fact_asm_symbol, i);

		printf("assembly names %s\n", s->name);
	}
}

static int dump_file(char **argv)
{
	char *cwd = g_get_current_dir();
	GPtrArray *args = g_ptr_array_new();
	char **names = argv + 1, **end = names;
	struct compile_command command = {
		.directory = cwd,
		.file = g_canonicalize_filename(argv[0], cwd),
		.output = g_strdup(""),
	};
	struct facts *f;

	while (*end && strcmp(*end, "--"))
		end++;
	g_ptr_array_add(args, g_strdup("cc"));
	for (char **arg = end; *arg && *++arg;)
		g_ptr_array_add(args, g_strdup(*arg));
	g_ptr_array_add(args, NULL);
	*end = NULL;
	command.argv = (char **)g_ptr_array_free(args, FALSE);
	f = extract_tu(&command, cwd);
	print_facts(f, names);
	facts_free(f);
	g_strfreev(command.argv);
	g_free(command.output);
	g_free(command.file);
	g_free(cwd);
	return 0;
}

static int dump_object(const char *compdb, char **argv)
{
	GPtrArray *commands, *files;
	char *root;

	if (compdb_read(&commands, compdb) < 0)
		return 2;
	files = g_ptr_array_new();
	for (guint i = 0; i < commands->len; i++) {
		const struct compile_command *c = commands->pdata[i];

		g_ptr_array_add(files, c->file);
	}
	root = extract_source_root((const char *const *)files->pdata,
				   files->len);
	for (guint i = 0; i < commands->len; i++) {
		const struct compile_command *c = commands->pdata[i];
		struct facts *f;

		if (!strstr(c->output, argv[0]) && strcmp(argv[0], "all"))
			continue;
		f = extract_tu(c, root);
		print_facts(f, argv + 1);
		facts_free(f);
	}
	g_free(root);
	g_ptr_array_free(files, TRUE);
	g_ptr_array_free(commands, TRUE);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc >= 4 && !strcmp(argv[1], "-p"))
		return dump_object(argv[2], argv + 3);
	if (argc >= 2)
		return dump_file(argv + 1);
	fprintf(stderr, "usage: dumpfacts FILE.c FUNCTION... [-- ARGS]\n"
			"       dumpfacts -p COMPDB OBJECT FUNCTION...\n");
	return 2;
}
