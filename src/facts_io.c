/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All facts of a translation unit, or of a tree, as bytes and back.  Bodies
 * are left to facts_body_io.c.
 *
 * Every text is written once, in a pool at the front, in order of first use;
 * the tables refer to it by number.
 */
#include "facts_io.h"

#include <string.h>

#include <xxhash.h>

#include "bytes.h"

static const char magic[] = { 'X', 'L', 'A', 'F', 1 /* version */ };

enum {
	HASH_SIZE = 8,
	HEADER_SIZE = sizeof(magic) + HASH_SIZE,
	/* Longer chains of fact_type.target than this are cycles. */
	TYPE_DEPTH_MAX = 1024,
	/* No tree has more of anything. */
	TABLE_MAX = 1 << 24,
};

static void put_hash(uint8_t *at, const uint8_t *bytes, size_t len)
{
	uint64_t hash = XXH3_64bits(bytes, len);

	for (int i = 0; i < HASH_SIZE; i++)
		at[i] = (uint8_t)(hash >> (8 * i));
}

struct writer {
	GByteArray *out;
	GHashTable *number;	/* text -> its number + 1 */
	GPtrArray *text;
};

static void put_text(struct writer *w, const char *text)
{
	gpointer number = g_hash_table_lookup(w->number, text);

	if (!number) {
		g_ptr_array_add(w->text, (gpointer)text);
		number = GUINT_TO_POINTER(w->text->len);
		g_hash_table_insert(w->number, (gpointer)text, number);
	}
	bytes_put(w->out, GPOINTER_TO_UINT(number) - 1);
}

static void put_counts(const struct facts *f, GByteArray *out)
{
	bytes_put(out, f->string->len - 1);
	bytes_put(out, f->type->len - 1);
	bytes_put(out, f->file->len - 1);
	bytes_put(out, f->record->len - 1);
	bytes_put(out, f->field->len - 1);
	bytes_put(out, f->global->len - 1);
	bytes_put(out, f->function->len - 1);
	bytes_put(out, f->tu->len - 1);
	bytes_put(out, f->asm_symbol->len - 1);
	bytes_put(out, f->source_line->len - 1);
}

static void put_types(struct writer *w, const struct facts *f)
{
	for (guint i = 1; i < f->type->len; i++) {
		const struct fact_type *t = FACT_TYPE(f, i);

		put_text(w, t->name);
		bytes_put(w->out, t->kind);
		bytes_put(w->out, (unsigned)t->bits << 1 | t->is_signed);
		bytes_put(w->out, t->target);
		bytes_put(w->out, t->record);
	}
}

static void put_records(struct writer *w, const struct facts *f)
{
	for (guint i = 1; i < f->record->len; i++) {
		const struct fact_record *r = FACT_RECORD(f, i);

		put_text(w, r->key);
		put_text(w, r->name);
		bytes_put(w->out, r->file);
		bytes_put(w->out, r->line);
		bytes_put(w->out, r->is_union);
	}
	for (guint i = 1; i < f->field->len; i++) {
		const struct fact_field *m = FACT_FIELD(f, i);

		put_text(w, m->key);
		put_text(w, m->name);
		bytes_put(w->out, m->record);
		bytes_put(w->out, m->type);
		bytes_put(w->out, m->index);
	}
}

static void put_globals(struct writer *w, const struct facts *f)
{
	for (guint i = 1; i < f->global->len; i++) {
		const struct fact_global *g = FACT_GLOBAL(f, i);

		put_text(w, g->key);
		put_text(w, g->name);
		bytes_put(w->out, g->type);
		bytes_put(w->out, g->file);
		bytes_put(w->out, g->line);
		bytes_put(w->out, g->flags);
		put_text(w, g->section ? g->section : "");
	}
}

static void put_functions(struct writer *w, const struct facts *f)
{
	for (guint i = 1; i < f->function->len; i++) {
		const struct fact_function *fn = FACT_FUNCTION(f, i);

		put_text(w, fn->key);
		put_text(w, fn->name);
		put_text(w, fn->display ? fn->display : "");
		bytes_put(w->out, fn->type);
		bytes_put(w->out, fn->file);
		bytes_put(w->out, fn->line);
		bytes_put(w->out, fn->end_line);
		bytes_put(w->out, fn->flags);
		bytes_put(w->out, fn->param_nr);
	}
}

static void put_units(struct writer *w, const struct facts *f)
{
	for (guint i = 1; i < f->tu->len; i++) {
		const struct fact_tu *tu = FACT_TU(f, i);

		put_text(w, tu->file);
		put_text(w, tu->object);
		bytes_put(w->out, tu->status);
		put_text(w, tu->message ? tu->message : "");
	}
	for (guint i = 1; i < f->asm_symbol->len; i++) {
		const struct fact_asm_symbol *s =
			FACT(f, asm_symbol, struct fact_asm_symbol, i);

		put_text(w, s->name);
		put_text(w, s->file);
		bytes_put(w->out, s->line);
	}
	for (guint i = 1; i < f->source_line->len; i++) {
		const struct fact_line *l =
			FACT(f, source_line, struct fact_line, i);

		bytes_put(w->out, l->file);
		bytes_put(w->out, l->line);
		put_text(w, l->text);
	}
}

/* Each body after its length; length 0 is no body. */
static void put_bodies(const struct facts *f, GByteArray *out)
{
	GByteArray *one = g_byte_array_new();

	for (guint i = 1; i < f->function->len; i++) {
		const struct fact_body *body = FACT_FUNCTION(f, i)->body;

		g_byte_array_set_size(one, 0);
		if (body)
			body_encode(body, one);
		bytes_put(out, one->len);
		g_byte_array_append(out, one->data, one->len);
	}
	g_byte_array_unref(one);
}

static void put_tables(struct writer *w, const struct facts *f)
{
	for (guint i = 1; i < f->string->len; i++)
		put_text(w, g_array_index(f->string, const char *, i));
	for (guint i = 1; i < f->file->len; i++)
		put_text(w, FACT_FILE(f, i)->path);
	put_types(w, f);
	put_records(w, f);
	put_globals(w, f);
	put_functions(w, f);
	put_units(w, f);
	put_bodies(f, w->out);
}

void facts_encode(const struct facts *f, GByteArray *out)
{
	guint start = out->len;
	struct writer w = {
		.out = g_byte_array_new(),
		.number = g_hash_table_new(g_str_hash, g_str_equal),
		.text = g_ptr_array_new(),
	};

	put_tables(&w, f);

	g_byte_array_set_size(out, start + HEADER_SIZE);
	memcpy(out->data + start, magic, sizeof(magic));
	put_counts(f, out);
	bytes_put(out, w.text->len);
	for (guint i = 0; i < w.text->len; i++)
		bytes_put_text(out, w.text->pdata[i]);
	g_byte_array_append(out, w.out->data, w.out->len);
	put_hash(out->data + start + sizeof(magic),
		 out->data + start + HEADER_SIZE,
		 out->len - start - HEADER_SIZE);

	g_byte_array_unref(w.out);
	g_hash_table_unref(w.number);
	g_ptr_array_unref(w.text);
}

struct reader {
	struct byte_reader in;
	struct facts *facts;
	const char **text;
	uint32_t text_nr;
};

static const char *get_text(struct reader *r)
{
	uint32_t number = bytes_get_below(&r->in, r->text_nr);

	return r->in.bad ? "" : r->text[number];
}

static uint32_t get_number(struct reader *r)
{
	uint64_t value = bytes_get(&r->in);

	if (value > UINT32_MAX)
		r->in.bad = true;
	return (uint32_t)value;
}

static void get_counts(struct reader *r)
{
	struct facts *f = r->facts;
	GArray *table[] = {
		f->string, f->type, f->file, f->record, f->field,
		f->global, f->function, f->tu, f->asm_symbol, f->source_line,
	};
	size_t sum = 0;

	for (guint i = 0; i < G_N_ELEMENTS(table); i++) {
		uint32_t nr = bytes_get_below(&r->in, TABLE_MAX);

		/* Every element takes a byte at least. */
		sum += nr;
		if (sum > (size_t)(r->in.end - r->in.at))
			r->in.bad = true;
		g_array_set_size(table[i], r->in.bad ? 1 : nr + 1);
	}
}

static void get_pool(struct reader *r)
{
	r->text_nr = bytes_get_count(&r->in);
	r->text = g_new0(const char *, r->text_nr + 1);
	for (uint32_t i = 0; i < r->text_nr && !r->in.bad; i++) {
		char *text = bytes_get_text(&r->in);

		r->text[i] = facts_text(r->facts, text ? text : "");
		g_free(text);
	}
}

/*
 * The strings' ids are their positions; two of one text, or an empty one,
 * would be ids that facts_intern never gave.
 */
static void get_strings(struct reader *r)
{
	guint nr = r->facts->string->len;

	g_array_set_size(r->facts->string, 1);
	for (guint i = 1; i < nr && !r->in.bad; i++)
		if (facts_intern(r->facts, get_text(r)) != i)
			r->in.bad = true;
}

static void get_types(struct reader *r)
{
	struct facts *f = r->facts;

	for (guint i = 1; i < f->type->len && !r->in.bad; i++) {
		struct fact_type *t = FACT_TYPE(f, i);
		uint32_t bits;

		t->name = get_text(r);
		t->kind = bytes_get_below(&r->in, TYPE_FUNCTION + 1);
		bits = bytes_get_below(&r->in, (UINT8_MAX + 1) << 1);
		t->bits = (uint8_t)(bits >> 1);
		t->is_signed = bits & 1;
		t->target = bytes_get_below(&r->in, f->type->len);
		t->record = bytes_get_below(&r->in, f->record->len);
	}
}

static void check_type_targets(struct reader *r)
{
	struct facts *f = r->facts;

	for (guint i = 1; i < f->type->len && !r->in.bad; i++) {
		int depth = 0;

		for (fact_id t = i; t && !r->in.bad; t = FACT_TYPE(f, t)->target)
			r->in.bad = ++depth > TYPE_DEPTH_MAX;
	}
}

static void get_records(struct reader *r)
{
	struct facts *f = r->facts;

	for (guint i = 1; i < f->record->len && !r->in.bad; i++) {
		struct fact_record *record = FACT_RECORD(f, i);

		record->key = get_text(r);
		record->name = get_text(r);
		record->file = bytes_get_below(&r->in, f->file->len);
		record->line = get_number(r);
		record->is_union = bytes_get_below(&r->in, 2);
	}
	for (guint i = 1; i < f->field->len && !r->in.bad; i++) {
		struct fact_field *field = FACT_FIELD(f, i);

		field->key = get_text(r);
		field->name = get_text(r);
		field->record = bytes_get_below(&r->in, f->record->len);
		field->type = bytes_get_below(&r->in, f->type->len);
		field->index = get_number(r);
	}
}

static void get_globals(struct reader *r)
{
	struct facts *f = r->facts;

	for (guint i = 1; i < f->global->len && !r->in.bad; i++) {
		struct fact_global *g = FACT_GLOBAL(f, i);

		g->key = get_text(r);
		g->name = get_text(r);
		g->type = bytes_get_below(&r->in, f->type->len);
		g->file = bytes_get_below(&r->in, f->file->len);
		g->line = get_number(r);
		g->flags = get_number(r);
		g->section = get_text(r);
	}
}

static void get_functions(struct reader *r)
{
	struct facts *f = r->facts;

	for (guint i = 1; i < f->function->len && !r->in.bad; i++) {
		struct fact_function *fn = FACT_FUNCTION(f, i);

		fn->key = get_text(r);
		fn->name = get_text(r);
		fn->display = get_text(r);
		fn->type = bytes_get_below(&r->in, f->type->len);
		fn->file = bytes_get_below(&r->in, f->file->len);
		fn->line = get_number(r);
		fn->end_line = get_number(r);
		fn->flags = get_number(r);
		fn->param_nr = get_number(r);
	}
}

static void get_units(struct reader *r)
{
	struct facts *f = r->facts;

	for (guint i = 1; i < f->tu->len && !r->in.bad; i++) {
		struct fact_tu *tu = FACT_TU(f, i);

		tu->file = get_text(r);
		tu->object = get_text(r);
		tu->status = bytes_get_below(&r->in, TU_UNREADABLE + 1);
		tu->message = get_text(r);
	}
	for (guint i = 1; i < f->asm_symbol->len && !r->in.bad; i++) {
		struct fact_asm_symbol *s =
			FACT(f, asm_symbol, struct fact_asm_symbol, i);

		s->name = get_text(r);
		s->file = get_text(r);
		s->line = get_number(r);
	}
	for (guint i = 1; i < f->source_line->len && !r->in.bad; i++) {
		struct fact_line *l = FACT(f, source_line, struct fact_line, i);

		l->file = bytes_get_below(&r->in, f->file->len);
		l->line = get_number(r);
		l->text = get_text(r);
	}
}

static void get_bodies(struct reader *r)
{
	struct facts *f = r->facts;

	for (guint i = 1; i < f->function->len && !r->in.bad; i++) {
		struct fact_function *fn = FACT_FUNCTION(f, i);
		uint32_t len = bytes_get_count(&r->in);

		if (len && body_decode(&fn->body, f, r->in.at, len) < 0)
			r->in.bad = true;
		if (fn->body && fn->param_nr >= fn->body->local_nr)
			r->in.bad = true;
		r->in.at += len;
	}
}

static void get_tables(struct reader *r)
{
	struct facts *f = r->facts;

	get_strings(r);
	for (guint i = 1; i < f->file->len && !r->in.bad; i++)
		FACT_FILE(f, i)->path = get_text(r);
	get_types(r);
	check_type_targets(r);
	get_records(r);
	get_globals(r);
	get_functions(r);
	get_units(r);
	get_bodies(r);
}

static bool is_header_right(const uint8_t *bytes, size_t len)
{
	uint8_t hash[HASH_SIZE];

	if (len < HEADER_SIZE || memcmp(bytes, magic, sizeof(magic)))
		return false;
	put_hash(hash, bytes + HEADER_SIZE, len - HEADER_SIZE);
	return !memcmp(bytes + sizeof(magic), hash, HASH_SIZE);
}

int facts_decode(struct facts **out, const uint8_t *bytes, size_t len)
{
	struct reader r = { .in = { bytes, bytes + len, false } };

	*out = NULL;
	if (!is_header_right(bytes, len))
		return -1;
	r.in.at += HEADER_SIZE;
	r.facts = facts_new();
	get_counts(&r);
	get_pool(&r);
	if (!r.in.bad)
		get_tables(&r);
	g_free(r.text);
	if (r.in.bad || r.in.at != r.in.end) {
		facts_free(r.facts);
		return -1;
	}
	*out = r.facts;
	return 0;
}
