/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads the fact tables of a database.  Rows are read in the order of their
 * ids, which must be 1, 2, ... without gaps; every reference must be to a row
 * that exists.  So the facts are sound whoever wrote the database, or -1.
 */
#include "store_int.h"

#include <string.h>

#include "diag.h"
#include "facts_io.h"

struct loader {
	struct db *db;
	const char *path;
	struct facts *f;
	struct db_statement *row;
	bool bad;		/* a value of the row is out of range */
	int64_t body_nr;	/* that functions say to have, not read yet */
};

enum {
	/* No tree has more of anything; see facts_io.c. */
	TABLE_MAX = 1 << 24,
	TYPE_DEPTH_MAX = 1024,
	PARAM_MAX = 1 << 16,
};

static int fail(struct loader *l, const char *what)
{
	return diag_error("'%s' is damaged: bad row in table %s", l->path,
			  what);
}

static int64_t number(struct loader *l, int column, int64_t limit)
{
	int64_t value = db_column_int(l->row, column);

	if (value >= 0 && value < limit)
		return value;
	l->bad = true;
	return 0;
}

static uint32_t number32(struct loader *l, int column)
{
	return (uint32_t)number(l, column, (int64_t)UINT32_MAX + 1);
}

/* NULL reads as 0. */
static fact_id reference(struct loader *l, int column, const GArray *table)
{
	return (fact_id)number(l, column, table->len);
}

static const char *text(struct loader *l, int column)
{
	return facts_text(l->f, db_column_text(l->row, column));
}

static unsigned word(struct loader *l, int column, const char *const *words)
{
	const char *found = db_column_text(l->row, column);

	for (unsigned i = 0; words[i]; i++)
		if (!strcmp(words[i], found))
			return i;
	l->bad = true;
	return 0;
}

static void get_string(struct loader *l, fact_id id)
{
	/* Element id is there already: intern anew. */
	g_array_set_size(l->f->string, id);
	if (facts_intern(l->f, db_column_text(l->row, 1)) != id)
		l->bad = true;
}

static void get_file(struct loader *l, fact_id id)
{
	FACT_FILE(l->f, id)->path = text(l, 1);
}

static void get_type(struct loader *l, fact_id id)
{
	struct fact_type *t = FACT_TYPE(l->f, id);

	t->name = text(l, 1);
	t->kind = word(l, 2, type_kind_words);
	t->bits = (uint8_t)number(l, 3, UINT8_MAX + 1);
	t->is_signed = number(l, 4, 2);
	t->target = reference(l, 5, l->f->type);
	t->record = reference(l, 6, l->f->record);
}

static void get_record(struct loader *l, fact_id id)
{
	struct fact_record *r = FACT_RECORD(l->f, id);

	r->key = text(l, 1);
	r->name = text(l, 2);
	r->file = reference(l, 3, l->f->file);
	r->line = number32(l, 4);
	r->is_union = number(l, 5, 2);
}

static void get_field(struct loader *l, fact_id id)
{
	struct fact_field *m = FACT_FIELD(l->f, id);

	m->key = text(l, 1);
	m->name = text(l, 2);
	m->record = reference(l, 3, l->f->record);
	m->type = reference(l, 4, l->f->type);
	m->index = number32(l, 5);
}

static void get_global(struct loader *l, fact_id id)
{
	struct fact_global *g = FACT_GLOBAL(l->f, id);

	g->key = text(l, 1);
	g->name = text(l, 2);
	g->type = reference(l, 3, l->f->type);
	g->file = reference(l, 4, l->f->file);
	g->line = number32(l, 5);
	g->flags = number32(l, 6);
	g->section = text(l, 7);
}

static void get_function(struct loader *l, fact_id id)
{
	struct fact_function *fn = FACT_FUNCTION(l->f, id);

	fn->key = text(l, 1);
	fn->name = text(l, 2);
	fn->display = text(l, 3);
	fn->type = reference(l, 4, l->f->type);
	fn->file = reference(l, 5, l->f->file);
	fn->line = number32(l, 6);
	fn->end_line = number32(l, 7);
	fn->flags = number32(l, 8);
	fn->param_nr = (uint32_t)number(l, 9, PARAM_MAX);
	l->body_nr += number(l, 10, 2);
}

static void get_tu(struct loader *l, fact_id id)
{
	struct fact_tu *tu = FACT_TU(l->f, id);

	tu->file = text(l, 1);
	tu->object = text(l, 2);
	tu->status = word(l, 3, tu_status_words);
	tu->message = text(l, 4);
}

static void get_asm_symbol(struct loader *l, fact_id id)
{
	struct fact_asm_symbol *s =
		FACT(l->f, asm_symbol, struct fact_asm_symbol, id);

	s->name = text(l, 1);
	s->file = text(l, 2);
	s->line = number32(l, 3);
}

static void get_source_line(struct loader *l, fact_id id)
{
	struct fact_line *line = FACT(l->f, source_line, struct fact_line, id);

	line->file = reference(l, 1, l->f->file);
	line->line = number32(l, 2);
	line->text = text(l, 3);
}

static void get_body(struct loader *l, fact_id id)
{
	fact_id function = reference(l, 1, l->f->function);
	struct fact_function *fn = FACT_FUNCTION(l->f, function);
	size_t len;
	const void *bytes = db_column_blob(l->row, 2, &len);

	(void)id;
	if (!function || fn->body ||
	    body_decode(&fn->body, l->f, bytes, len) < 0 ||
	    fn->param_nr >= fn->body->local_nr)
		l->bad = true;
	l->body_nr--;
}

/* A table to be read; the columns after the id, "" for none. */
struct table {
	const char *name, *id, *columns;
	GArray *rows;		/* NULL: they go into other tables */
	void (*get)(struct loader *l, fact_id id);
};

static int count_rows(struct loader *l, const struct table *t, uint32_t *nr)
{
	char *sql = g_strdup_printf("SELECT count(*) FROM %s", t->name);
	int ret = db_prepare(l->db, &l->row, sql);

	g_free(sql);
	if (ret < 0)
		return -1;
	l->bad = false;
	ret = db_step(l->row) == 1 ? 0 : -1;
	if (ret == 0)
		*nr = (uint32_t)number(l, 0, TABLE_MAX);
	db_finalize(l->row);
	return ret == 0 && l->bad ? fail(l, t->name) : ret;
}

/* Sizes first: rows refer to tables that are read later. */
static int size_table(struct loader *l, const struct table *t)
{
	uint32_t nr;

	if (!t->rows)
		return 0;
	if (count_rows(l, t, &nr) < 0)
		return -1;
	g_array_set_size(t->rows, nr + 1);
	return 0;
}

static int read_rows(struct loader *l, const struct table *t)
{
	fact_id id = 0;
	guint nr = t->rows ? t->rows->len : UINT32_MAX;
	int step;

	l->bad = false;
	while ((step = db_step(l->row)) == 1) {
		id++;
		if (id >= nr || db_column_int(l->row, 0) != id)
			return fail(l, t->name);
		t->get(l, id);
		if (l->bad)
			return fail(l, t->name);
	}
	if (step < 0)
		return -1;
	return t->rows && id + 1 != nr ? fail(l, t->name) : 0;
}

/* No text of the file goes into the statement. */
static int read_table(struct loader *l, const struct table *t)
{
	char *sql = g_strdup_printf("SELECT %s%s FROM %s ORDER BY 1", t->id,
				    t->columns, t->name);
	int ret = db_prepare(l->db, &l->row, sql);

	g_free(sql);
	if (ret < 0)
		return -1;
	ret = read_rows(l, t);
	db_finalize(l->row);
	return ret;
}

/* A chain of targets must end, or whoever follows it does not. */
static int check_types(struct loader *l)
{
	for (guint i = 1; i < l->f->type->len; i++) {
		int depth = 0;

		for (fact_id t = i; t; t = FACT_TYPE(l->f, t)->target)
			if (++depth > TYPE_DEPTH_MAX)
				return fail(l, "type");
	}
	return 0;
}

static int read_tables(struct loader *l)
{
	struct facts *f = l->f;
	const struct table table[] = {
		{ "file", "id", ", path", f->file, get_file },
		{ "record", "id", ", key, name, file, line, is_union",
		  f->record, get_record },
		{ "type", "id",
		  ", name, kind, bits, is_signed, target, record",
		  f->type, get_type },
		{ "field", "id", ", key, name, record, type, position",
		  f->field, get_field },
		{ "global", "id", ", key, name, type, file, line, flags, "
		  "section", f->global, get_global },
		{ "function", "id", ", key, name, display, type, file, line,"
		  " end_line, flags, param_nr, has_body", f->function, get_function },
		{ "tu", "id", ", file, object, status, message", f->tu,
		  get_tu },
		{ "asm_symbol", "id", ", name, file, line", f->asm_symbol,
		  get_asm_symbol },
		{ "source_line", "row_number() OVER (ORDER BY file, line)",
		  ", file, line, text", f->source_line, get_source_line },
		{ "string", "id", ", text", f->string, get_string },
		{ "body", "row_number() OVER (ORDER BY function)",
		  ", function, bytes", NULL, get_body },
	};

	for (guint i = 0; i < G_N_ELEMENTS(table); i++)
		if (size_table(l, &table[i]) < 0)
			return -1;
	for (guint i = 0; i < G_N_ELEMENTS(table); i++)
		if (read_table(l, &table[i]) < 0)
			return -1;
	return l->body_nr ? fail(l, "body") : check_types(l);
}

int store_get_facts(struct db *db, const char *path, struct facts **out)
{
	struct loader l = { .db = db, .path = path, .f = facts_new() };

	*out = NULL;
	/* One view of the file, whoever else writes to it. */
	if (db_exec(db, "BEGIN") < 0)
		goto out_free;
	if (read_tables(&l) < 0) {
		db_exec(db, "ROLLBACK");
		goto out_free;
	}
	if (db_exec(db, "COMMIT") < 0)
		goto out_free;
	*out = l.f;
	return 0;

out_free:
	facts_free(l.f);
	return -1;
}
