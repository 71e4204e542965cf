/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts made by hand, for the tests of what stores and joins facts. */
#ifndef XLA_SAMPLE_FACTS_H
#define XLA_SAMPLE_FACTS_H

#include "facts_table.h"

/* A body under construction: add_* append and return the index. */
struct sample_body {
	GArray *expr, *node, *extra, *cases, *local;
};

static inline GArray *sample_table(guint size)
{
	GArray *table = g_array_new(FALSE, TRUE, size);

	g_array_set_size(table, 1);
	return table;
}

static inline struct sample_body sample_begin(struct facts *f)
{
	struct sample_body b = {
		sample_table(sizeof(struct fact_expr)),
		sample_table(sizeof(struct fact_node)),
		sample_table(sizeof(uint32_t)),
		sample_table(sizeof(struct fact_case)),
		sample_table(sizeof(struct fact_local)),
	};

	g_array_index(b.local, struct fact_local, 0).name = facts_text(f, "");
	return b;
}

static inline uint32_t sample_expr(struct sample_body *b, unsigned op,
				   uint32_t x, uint32_t y, int64_t imm)
{
	struct fact_expr e = { (uint8_t)op, x, y, imm };

	g_array_append_val(b->expr, e);
	return b->expr->len - 1;
}

static inline uint32_t sample_local(struct facts *f, struct sample_body *b,
				    const char *name, fact_id type,
				    uint32_t flags)
{
	struct fact_local l = { facts_text(f, name), type, flags };

	g_array_append_val(b->local, l);
	return b->local->len - 1;
}

/* next is the following node unless the kind ends here. */
static inline struct fact_node *sample_node(struct sample_body *b,
					    unsigned kind, uint32_t line,
					    uint32_t x, uint32_t y)
{
	struct fact_node n = { .kind = (uint8_t)kind, .line = line, .a = x,
			       .b = y, .next = b->node->len + 1 };

	if (kind == NODE_RETURN || kind == NODE_DEAD)
		n.next = 0;
	g_array_append_val(b->node, n);
	return &g_array_index(b->node, struct fact_node, b->node->len - 1);
}

static inline struct fact_body *sample_end(struct sample_body *b)
{
	struct fact_body *body = g_new0(struct fact_body, 1);

	body->expr_nr = b->expr->len;
	body->node_nr = b->node->len;
	body->extra_nr = b->extra->len;
	body->cases_nr = b->cases->len;
	body->local_nr = b->local->len;
	body->expr = (gpointer)g_array_free(b->expr, FALSE);
	body->node = (gpointer)g_array_free(b->node, FALSE);
	body->extra = (gpointer)g_array_free(b->extra, FALSE);
	body->cases = (gpointer)g_array_free(b->cases, FALSE);
	body->local = (gpointer)g_array_free(b->local, FALSE);
	return body;
}

static inline fact_id sample_file(struct facts *f, const char *path)
{
	struct fact_file file = { facts_text(f, path) };

	g_array_append_val(f->file, file);
	return f->file->len - 1;
}

static inline fact_id sample_type(struct facts *f, const char *name,
				  enum type_kind kind, fact_id target,
				  fact_id record)
{
	struct fact_type t = { .name = facts_text(f, name), .kind = kind,
			       .target = target, .record = record };

	if (kind == TYPE_INT) {
		t.bits = 32;
		t.is_signed = true;
	}
	g_array_append_val(f->type, t);
	return f->type->len - 1;
}

static inline fact_id sample_record(struct facts *f, const char *name,
				    fact_id file, uint32_t line)
{
	char *key = g_strconcat("c:@S@", name, NULL);
	struct fact_record r = { facts_text(f, key), facts_text(f, name), file,
				 line, false };

	g_free(key);
	g_array_append_val(f->record, r);
	return f->record->len - 1;
}

static inline fact_id sample_field(struct facts *f, fact_id record,
				   const char *name, fact_id type,
				   uint32_t index)
{
	char *key = g_strconcat(FACT_RECORD(f, record)->key, "@FI@", name,
				NULL);
	struct fact_field m = { facts_text(f, key), facts_text(f, name),
				record, type, index };

	g_free(key);
	g_array_append_val(f->field, m);
	return f->field->len - 1;
}

static inline fact_id sample_global(struct facts *f, const char *key,
				    const char *name, fact_id type,
				    uint32_t flags)
{
	struct fact_global g = { facts_text(f, key), facts_text(f, name), type,
				 0, 0, flags, facts_text(f, "") };

	g_array_append_val(f->global, g);
	return f->global->len - 1;
}

static inline fact_id sample_function(struct facts *f, const char *key,
				      const char *name, fact_id file,
				      uint32_t line, uint32_t flags)
{
	struct fact_function fn = { .key = facts_text(f, key),
				    .name = facts_text(f, name),
				    .display = facts_text(f, ""),
				    .file = file, .line = line,
				    .end_line = line + 3, .flags = flags };

	g_array_append_val(f->function, fn);
	return f->function->len - 1;
}

static inline void sample_tu(struct facts *f, const char *file,
			     const char *object)
{
	struct fact_tu tu = { facts_text(f, file), facts_text(f, object), TU_OK,
			      facts_text(f, "") };

	g_array_append_val(f->tu, tu);
}

/* A function that calls callee (0: none) and returns `value`. */
static inline void sample_calls(struct facts *f, fact_id function,
				fact_id callee, int64_t value)
{
	struct fact_function *fn = FACT_FUNCTION(f, function);
	struct sample_body b = sample_begin(f);

	if (callee)
		sample_node(&b, NODE_CALL, fn->line + 1,
			    sample_expr(&b, EXPR_FUNCTION, callee, 0, 0), 0);
	sample_node(&b, NODE_RETURN, fn->line + 2,
		    sample_expr(&b, EXPR_CONST, 0, 0, value), 0);
	fn->body = sample_end(&b);
}

#endif
