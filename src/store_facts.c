/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fills the fact tables of a database: a row for each element, ids kept. */
#include "store_int.h"

#include "facts_io.h"

/* Runs put for each element of a table, with one prepared statement. */
static int put_table(struct db *db, const struct facts *f, guint nr,
		     const char *sql,
		     int (*put)(struct db_statement *, const struct facts *,
				fact_id))
{
	struct db_statement *s;
	int ret = 0;

	if (db_prepare(db, &s, sql) < 0)
		return -1;
	for (fact_id i = 1; i < nr && ret == 0; i++)
		ret = put(s, f, i);
	db_finalize(s);
	return ret;
}

static int put_string(struct db_statement *s, const struct facts *f,
		      fact_id id)
{
	db_bind_int(s, 1, id);
	db_bind_text(s, 2, g_array_index(f->string, const char *, id));
	return db_run(s);
}

static int put_file(struct db_statement *s, const struct facts *f, fact_id id)
{
	db_bind_int(s, 1, id);
	db_bind_text(s, 2, FACT_FILE(f, id)->path);
	return db_run(s);
}

static int put_type(struct db_statement *s, const struct facts *f, fact_id id)
{
	const struct fact_type *t = FACT_TYPE(f, id);

	db_bind_int(s, 1, id);
	db_bind_text(s, 2, t->name);
	db_bind_text(s, 3, type_kind_words[t->kind]);
	db_bind_int(s, 4, t->bits);
	db_bind_int(s, 5, t->is_signed);
	db_bind_id(s, 6, t->target);
	db_bind_id(s, 7, t->record);
	return db_run(s);
}

static int put_record(struct db_statement *s, const struct facts *f,
		      fact_id id)
{
	const struct fact_record *r = FACT_RECORD(f, id);

	db_bind_int(s, 1, id);
	db_bind_text(s, 2, r->key);
	db_bind_text(s, 3, r->name);
	db_bind_id(s, 4, r->file);
	db_bind_int(s, 5, r->line);
	db_bind_int(s, 6, r->is_union);
	return db_run(s);
}

static int put_field(struct db_statement *s, const struct facts *f, fact_id id)
{
	const struct fact_field *m = FACT_FIELD(f, id);

	db_bind_int(s, 1, id);
	db_bind_text(s, 2, m->key);
	db_bind_text(s, 3, m->name);
	db_bind_int(s, 4, m->record);
	db_bind_id(s, 5, m->type);
	db_bind_int(s, 6, m->index);
	return db_run(s);
}

static int put_global(struct db_statement *s, const struct facts *f,
		      fact_id id)
{
	const struct fact_global *g = FACT_GLOBAL(f, id);

	db_bind_int(s, 1, id);
	db_bind_text(s, 2, g->key);
	db_bind_text(s, 3, g->name);
	db_bind_id(s, 4, g->type);
	db_bind_id(s, 5, g->file);
	db_bind_int(s, 6, g->line);
	db_bind_int(s, 7, g->flags);
	db_bind_text(s, 8, g->section ? g->section : "");
	return db_run(s);
}

static int put_function(struct db_statement *s, const struct facts *f,
			fact_id id)
{
	const struct fact_function *fn = FACT_FUNCTION(f, id);

	db_bind_int(s, 1, id);
	db_bind_text(s, 2, fn->key);
	db_bind_text(s, 3, fn->name);
	db_bind_text(s, 4, fn->display ? fn->display : fn->name);
	db_bind_id(s, 5, fn->type);
	db_bind_id(s, 6, fn->file);
	db_bind_int(s, 7, fn->line);
	db_bind_int(s, 8, fn->end_line);
	db_bind_int(s, 9, fn->flags);
	db_bind_int(s, 10, fn->param_nr);
	db_bind_int(s, 11, fn->body != NULL);
	return db_run(s);
}

static int put_params(struct db_statement *s, const struct facts *f,
		      fact_id id)
{
	const struct fact_function *fn = FACT_FUNCTION(f, id);
	int ret = 0;

	for (uint32_t i = 1; fn->body && i <= fn->param_nr && ret == 0; i++) {
		db_bind_int(s, 1, id);
		db_bind_int(s, 2, i - 1);
		db_bind_text(s, 3, fn->body->local[i].name);
		db_bind_id(s, 4, fn->body->local[i].type);
		ret = db_run(s);
	}
	return ret;
}

static int put_body(struct db_statement *s, const struct facts *f, fact_id id)
{
	const struct fact_body *body = FACT_FUNCTION(f, id)->body;
	GByteArray *bytes;
	int ret;

	if (!body)
		return 0;
	bytes = g_byte_array_new();
	body_encode(body, bytes);
	db_bind_int(s, 1, id);
	db_bind_blob(s, 2, bytes->data, bytes->len);
	ret = db_run(s);
	g_byte_array_unref(bytes);
	return ret;
}

static int put_tu(struct db_statement *s, const struct facts *f, fact_id id)
{
	const struct fact_tu *tu = FACT_TU(f, id);

	db_bind_int(s, 1, id);
	db_bind_text(s, 2, tu->file);
	db_bind_text(s, 3, tu->object);
	db_bind_text(s, 4, tu_status_words[tu->status]);
	db_bind_text(s, 5, tu->message ? tu->message : "");
	return db_run(s);
}

static int put_asm_symbol(struct db_statement *s, const struct facts *f,
			  fact_id id)
{
	const struct fact_asm_symbol *symbol =
		FACT(f, asm_symbol, struct fact_asm_symbol, id);

	db_bind_int(s, 1, id);
	db_bind_text(s, 2, symbol->name);
	db_bind_text(s, 3, symbol->file);
	db_bind_int(s, 4, symbol->line);
	return db_run(s);
}

static int put_source_line(struct db_statement *s, const struct facts *f,
			   fact_id id)
{
	const struct fact_line *l = FACT(f, source_line, struct fact_line, id);

	db_bind_int(s, 1, l->file);
	db_bind_int(s, 2, l->line);
	db_bind_text(s, 3, l->text);
	return db_run(s);
}

int store_put_facts(struct db *db, const struct facts *f)
{
	const struct {
		guint nr;
		const char *sql;
		int (*put)(struct db_statement *, const struct facts *,
			   fact_id);
	} table[] = {
		{ f->string->len, "INSERT INTO string VALUES (?, ?)",
		  put_string },
		{ f->file->len, "INSERT INTO file VALUES (?, ?)", put_file },
		{ f->type->len,
		  "INSERT INTO type VALUES (?, ?, ?, ?, ?, ?, ?)", put_type },
		{ f->record->len,
		  "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?)", put_record },
		{ f->field->len,
		  "INSERT INTO field VALUES (?, ?, ?, ?, ?, ?)", put_field },
		{ f->global->len,
		  "INSERT INTO global VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		  put_global },
		{ f->function->len, "INSERT INTO function "
		  "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", put_function },
		{ f->function->len,
		  "INSERT OR IGNORE INTO param VALUES (?, ?, ?, ?)",
		  put_params },
		{ f->function->len, "INSERT INTO body VALUES (?, ?)",
		  put_body },
		{ f->tu->len, "INSERT INTO tu VALUES (?, ?, ?, ?, ?)",
		  put_tu },
		{ f->asm_symbol->len,
		  "INSERT INTO asm_symbol VALUES (?, ?, ?, ?)",
		  put_asm_symbol },
		{ f->source_line->len, "INSERT INTO source_line "
		  "VALUES (?, ?, ?)", put_source_line },
	};

	for (guint i = 0; i < G_N_ELEMENTS(table); i++)
		if (put_table(db, f, table[i].nr, table[i].sql,
			      table[i].put) < 0)
			return -1;
	return 0;
}
