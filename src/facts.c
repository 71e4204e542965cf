/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes and frees facts, interns their strings, and holds the two tables that
 * say what the operands of each expression and node are.
 *
 * The ids of interned strings are found in a table that only this file knows:
 * facts are made larger than their public part.
 */
#include "facts_table.h"

struct facts_owner {
	struct facts facts;	/* first: callers hold a pointer to it */
	GHashTable *string_id;	/* interned text (by address) -> id */
};

static GArray *table_new(guint element_size)
{
	GArray *table = g_array_new(FALSE, TRUE, element_size);

	g_array_set_size(table, 1);
	return table;
}

/* Element 0 means "none": printing it must not need a test. */
static void clear_strings(struct facts *f)
{
	const char *empty = g_string_chunk_insert_const(f->chunk, "");

	g_array_index(f->string, const char *, 0) = empty;
	FACT_TYPE(f, 0)->name = empty;
	FACT_FILE(f, 0)->path = empty;
	FACT_RECORD(f, 0)->key = FACT_RECORD(f, 0)->name = empty;
	FACT_FIELD(f, 0)->key = FACT_FIELD(f, 0)->name = empty;
	FACT_GLOBAL(f, 0)->key = FACT_GLOBAL(f, 0)->name = empty;
	FACT_FUNCTION(f, 0)->key = FACT_FUNCTION(f, 0)->name = empty;
	FACT_FUNCTION(f, 0)->display = empty;
	FACT_TU(f, 0)->file = FACT_TU(f, 0)->object = empty;
	FACT_TU(f, 0)->message = empty;
	FACT(f, asm_symbol, struct fact_asm_symbol, 0)->name = empty;
	FACT(f, asm_symbol, struct fact_asm_symbol, 0)->file = empty;
	FACT_GLOBAL(f, 0)->section = empty;
	FACT(f, source_line, struct fact_line, 0)->text = empty;
}

struct facts *facts_new(void)
{
	struct facts_owner *owner = g_new0(struct facts_owner, 1);
	struct facts *f = &owner->facts;

	f->chunk = g_string_chunk_new(1 << 16);
	f->string = table_new(sizeof(const char *));
	f->type = table_new(sizeof(struct fact_type));
	f->file = table_new(sizeof(struct fact_file));
	f->record = table_new(sizeof(struct fact_record));
	f->field = table_new(sizeof(struct fact_field));
	f->global = table_new(sizeof(struct fact_global));
	f->function = table_new(sizeof(struct fact_function));
	f->tu = table_new(sizeof(struct fact_tu));
	f->asm_symbol = table_new(sizeof(struct fact_asm_symbol));
	f->source_line = table_new(sizeof(struct fact_line));
	clear_strings(f);

	owner->string_id = g_hash_table_new(NULL, NULL);
	return f;
}

void facts_free(struct facts *f)
{
	struct facts_owner *owner = (struct facts_owner *)f;

	if (!f)
		return;
	for (guint i = 0; i < f->function->len; i++)
		body_free(FACT_FUNCTION(f, i)->body);
	g_array_unref(f->string);
	g_array_unref(f->type);
	g_array_unref(f->file);
	g_array_unref(f->record);
	g_array_unref(f->field);
	g_array_unref(f->global);
	g_array_unref(f->function);
	g_array_unref(f->tu);
	g_array_unref(f->asm_symbol);
	g_array_unref(f->source_line);
	g_string_chunk_free(f->chunk);
	g_hash_table_unref(owner->string_id);
	g_free(owner);
}

const char *facts_text(struct facts *f, const char *text)
{
	const char *copy;
	char *valid;

	if (g_utf8_validate(text, -1, NULL))
		return g_string_chunk_insert_const(f->chunk, text);
	valid = g_utf8_make_valid(text, -1);
	copy = g_string_chunk_insert_const(f->chunk, valid);
	g_free(valid);
	return copy;
}

fact_id facts_intern(struct facts *f, const char *text)
{
	struct facts_owner *owner = (struct facts_owner *)f;
	const char *copy = facts_text(f, text);
	gpointer known;
	fact_id id;

	if (!*copy)
		return 0;
	known = g_hash_table_lookup(owner->string_id, copy);
	if (known)
		return GPOINTER_TO_UINT(known);
	id = f->string->len;
	g_array_append_val(f->string, copy);
	g_hash_table_insert(owner->string_id, (gpointer)copy,
			    GUINT_TO_POINTER(id));
	return id;
}

void body_free(struct fact_body *body)
{
	if (!body)
		return;
	g_free(body->expr);
	g_free(body->node);
	g_free(body->extra);
	g_free(body->cases);
	g_free(body->local);
	g_free(body);
}

struct expr_shape expr_shape(unsigned op)
{
	static const struct expr_shape unary = { OPERAND_EXPR, OPERAND_NONE };
	static const struct expr_shape binary = { OPERAND_EXPR, OPERAND_EXPR };
	static const struct expr_shape special[] = {
		[EXPR_UNKNOWN] = { OPERAND_NONE, OPERAND_NONE },
		[EXPR_CONST] = { OPERAND_NONE, OPERAND_NONE },
		[EXPR_STRING] = { OPERAND_NONE, OPERAND_NONE },
		[EXPR_LOCAL] = { OPERAND_LOCAL, OPERAND_NONE },
		[EXPR_GLOBAL] = { OPERAND_GLOBAL, OPERAND_NONE },
		[EXPR_FUNCTION] = { OPERAND_FUNCTION, OPERAND_NONE },
		[EXPR_FIELD] = { OPERAND_EXPR, OPERAND_FIELD },
		[EXPR_INDEX] = { OPERAND_EXPR, OPERAND_EXPR },
	};

	if (op < G_N_ELEMENTS(special))
		return special[op];
	if (op == EXPR_LOAD || op == EXPR_NEG || op == EXPR_BITNOT ||
	    op == EXPR_LNOT || op == EXPR_CAST)
		return unary;
	return binary;
}

struct node_shape node_shape(unsigned kind)
{
	static const struct node_shape shape[NODE_KIND_NR] = {
		[NODE_NOP] = { OPERAND_NONE, OPERAND_NONE, OPERAND_NONE },
		[NODE_ASSIGN] = { OPERAND_EXPR, OPERAND_EXPR, OPERAND_NONE },
		[NODE_COPY] = { OPERAND_EXPR, OPERAND_EXPR, OPERAND_NONE },
		[NODE_UNDEF] = { OPERAND_LOCAL, OPERAND_NONE, OPERAND_NONE },
		[NODE_CALL] = { OPERAND_EXPR, OPERAND_LOCAL, OPERAND_EXPR },
		[NODE_ASM] = { OPERAND_NONE, OPERAND_NUMBER, OPERAND_EXPR },
		[NODE_BRANCH] = { OPERAND_EXPR, OPERAND_NONE, OPERAND_NONE },
		[NODE_SWITCH] = { OPERAND_EXPR, OPERAND_NONE, OPERAND_CASE },
		[NODE_JUMP] = { OPERAND_NONE, OPERAND_NONE, OPERAND_NODE },
		[NODE_RETURN] = { OPERAND_EXPR, OPERAND_NONE, OPERAND_NONE },
		[NODE_DEAD] = { OPERAND_NONE, OPERAND_NONE, OPERAND_NONE },
	};

	return shape[kind];
}
