/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Brings joined facts into their canonical order: every table sorted by what
 * identifies its elements, and all references renumbered.  The same contents
 * then have the same ids and the same bytes.
 */
#include "link_int.h"

#include <stdlib.h>
#include <string.h>

/* An element's place in its table, by what it is sorted by. */
struct place {
	const char *key, *key2, *key3;
	uint64_t number;
	guint id;
};

static gint compare_places(gconstpointer a, gconstpointer b)
{
	const struct place *x = a, *y = b;
	int order = strcmp(x->key, y->key);

	if (!order && x->key2)
		order = strcmp(x->key2, y->key2);
	if (!order)
		order = (x->number > y->number) - (x->number < y->number);
	if (!order && x->key3)
		order = strcmp(x->key3, y->key3);
	return order;
}

/* nr places, all with empty keys; element 0 is left out. */
static struct place *places_new(guint nr)
{
	struct place *place = g_new0(struct place, nr);

	for (guint i = 0; i < nr; i++) {
		place[i].id = i;
		place[i].key = "";
	}
	return place;
}

static void sort(struct place *place, guint nr)
{
	if (nr > 1)
		qsort(place + 1, nr - 1, sizeof(*place), compare_places);
}

/* Sorts; puts to[] into to, with new ids by old ones if map is not NULL. */
static void put_sorted(GArray *to, const GArray *from, struct place *place,
		       fact_id *map)
{
	guint size = g_array_get_element_size(to);

	sort(place, from->len);
	for (guint i = 1; i < from->len; i++) {
		g_array_append_vals(to, from->data + (gsize)place[i].id * size,
				    1);
		if (map)
			map[place[i].id] = i;
	}
	g_free(place);
}

static void sort_strings(struct facts *to, const struct facts *from,
			 fact_id *map)
{
	struct place *place = places_new(from->string->len);

	for (guint i = 1; i < from->string->len; i++)
		place[i].key = g_array_index(from->string, const char *, i);
	sort(place, from->string->len);
	for (guint i = 1; i < from->string->len; i++)
		map[place[i].id] = facts_intern(to, place[i].key);
	g_free(place);
}

static void sort_keyed(struct facts *to, const struct facts *from,
		       struct id_map *map)
{
	struct place *p = places_new(from->type->len);

	for (guint i = 1; i < from->type->len; i++)
		p[i].key = FACT_TYPE(from, i)->name;
	put_sorted(to->type, from->type, p, map->type);

	p = places_new(from->file->len);
	for (guint i = 1; i < from->file->len; i++)
		p[i].key = FACT_FILE(from, i)->path;
	put_sorted(to->file, from->file, p, map->file);

	p = places_new(from->record->len);
	for (guint i = 1; i < from->record->len; i++)
		p[i].key = FACT_RECORD(from, i)->key;
	put_sorted(to->record, from->record, p, map->record);

	p = places_new(from->global->len);
	for (guint i = 1; i < from->global->len; i++)
		p[i].key = FACT_GLOBAL(from, i)->key;
	put_sorted(to->global, from->global, p, map->global);

	p = places_new(from->function->len);
	for (guint i = 1; i < from->function->len; i++)
		p[i].key = FACT_FUNCTION(from, i)->key;
	put_sorted(to->function, from->function, p, map->function);
}

/* Fields stand in the order of their record. */
static void sort_fields(struct facts *to, const struct facts *from,
			fact_id *map)
{
	struct place *p = places_new(from->field->len);

	for (guint i = 1; i < from->field->len; i++) {
		const struct fact_field *m = FACT_FIELD(from, i);

		p[i].key = FACT_RECORD(from, m->record)->key;
		p[i].number = m->index;
		p[i].key3 = m->key;
	}
	put_sorted(to->field, from->field, p, map);
}

static bool is_same_tu(const struct fact_tu *a, const struct fact_tu *b)
{
	return !strcmp(a->file, b->file) && !strcmp(a->object, b->object) &&
	       a->status == b->status && !strcmp(a->message, b->message);
}

/* A unit that was added twice is one. */
static void sort_units(struct facts *to, const struct facts *from)
{
	struct place *p = places_new(from->tu->len);

	for (guint i = 1; i < from->tu->len; i++) {
		p[i].key = FACT_TU(from, i)->file;
		p[i].key2 = FACT_TU(from, i)->object;
		p[i].number = FACT_TU(from, i)->status;
		p[i].key3 = FACT_TU(from, i)->message;
	}
	sort(p, from->tu->len);
	for (guint i = 1; i < from->tu->len; i++) {
		const struct fact_tu *tu = FACT_TU(from, p[i].id);

		if (to->tu->len == 1 ||
		    !is_same_tu(tu, FACT_TU(to, to->tu->len - 1)))
			g_array_append_vals(to->tu, tu, 1);
	}
	g_free(p);
}

static void sort_asm_symbols(struct facts *to, const struct facts *from)
{
	struct place *p = places_new(from->asm_symbol->len);

	for (guint i = 1; i < from->asm_symbol->len; i++) {
		const struct fact_asm_symbol *s =
			FACT(from, asm_symbol, struct fact_asm_symbol, i);

		p[i].key = s->name;
		p[i].key2 = s->file;
		p[i].number = s->line;
	}
	put_sorted(to->asm_symbol, from->asm_symbol, p, NULL);
}

static void sort_lines(struct facts *to, const struct facts *from,
		       const struct id_map *map)
{
	struct place *p = places_new(from->source_line->len);

	for (guint i = 1; i < from->source_line->len; i++) {
		const struct fact_line *l =
			FACT(from, source_line, struct fact_line, i);

		p[i].number = (uint64_t)map->file[l->file] << 32 | l->line;
	}
	put_sorted(to->source_line, from->source_line, p, NULL);
}

/* The strings still belong to from: copy them. */
static void own_strings(struct facts *f)
{
	for (guint i = 1; i < f->type->len; i++)
		FACT_TYPE(f, i)->name = facts_text(f, FACT_TYPE(f, i)->name);
	for (guint i = 1; i < f->file->len; i++)
		FACT_FILE(f, i)->path = facts_text(f, FACT_FILE(f, i)->path);
	for (guint i = 1; i < f->record->len; i++) {
		struct fact_record *r = FACT_RECORD(f, i);

		r->key = facts_text(f, r->key);
		r->name = facts_text(f, r->name);
	}
	for (guint i = 1; i < f->field->len; i++) {
		struct fact_field *m = FACT_FIELD(f, i);

		m->key = facts_text(f, m->key);
		m->name = facts_text(f, m->name);
	}
	for (guint i = 1; i < f->global->len; i++) {
		struct fact_global *g = FACT_GLOBAL(f, i);

		g->key = facts_text(f, g->key);
		g->name = facts_text(f, g->name);
		g->section = facts_text(f, g->section ? g->section : "");
	}
}

static void own_more_strings(struct facts *f)
{
	for (guint i = 1; i < f->function->len; i++) {
		struct fact_function *fn = FACT_FUNCTION(f, i);

		fn->key = facts_text(f, fn->key);
		fn->name = facts_text(f, fn->name);
		fn->display = facts_text(f, fn->display);
	}
	for (guint i = 1; i < f->tu->len; i++) {
		struct fact_tu *tu = FACT_TU(f, i);

		tu->file = facts_text(f, tu->file);
		tu->object = facts_text(f, tu->object);
		tu->message = facts_text(f, tu->message);
	}
	for (guint i = 1; i < f->asm_symbol->len; i++) {
		struct fact_asm_symbol *s =
			FACT(f, asm_symbol, struct fact_asm_symbol, i);

		s->name = facts_text(f, s->name);
		s->file = facts_text(f, s->file);
	}
	for (guint i = 1; i < f->source_line->len; i++) {
		struct fact_line *l = FACT(f, source_line, struct fact_line, i);

		l->text = facts_text(f, l->text);
	}
}

static void renumber_tables(struct facts *f, const struct id_map *map)
{
	for (guint i = 1; i < f->type->len; i++) {
		struct fact_type *t = FACT_TYPE(f, i);

		t->target = map->type[t->target];
		t->record = map->record[t->record];
	}
	for (guint i = 1; i < f->record->len; i++)
		FACT_RECORD(f, i)->file = map->file[FACT_RECORD(f, i)->file];
	for (guint i = 1; i < f->field->len; i++) {
		struct fact_field *m = FACT_FIELD(f, i);

		m->record = map->record[m->record];
		m->type = map->type[m->type];
	}
	for (guint i = 1; i < f->global->len; i++) {
		struct fact_global *g = FACT_GLOBAL(f, i);

		g->type = map->type[g->type];
		g->file = map->file[g->file];
	}
	for (guint i = 1; i < f->source_line->len; i++) {
		struct fact_line *l = FACT(f, source_line, struct fact_line, i);

		l->file = map->file[l->file];
	}
}

/* Bodies keep their memory; only the names of locals belong to from. */
static void renumber_functions(struct facts *f, const struct id_map *map)
{
	for (guint i = 1; i < f->function->len; i++) {
		struct fact_function *fn = FACT_FUNCTION(f, i);
		struct fact_body *body = fn->body;

		fn->type = map->type[fn->type];
		fn->file = map->file[fn->file];
		if (!body)
			continue;
		body_renumber(body, map);
		for (uint32_t k = 0; k < body->local_nr; k++)
			body->local[k].name = facts_text(f,
							 body->local[k].name);
	}
}

static void drop_bodies(struct facts *f)
{
	for (guint i = 1; i < f->function->len; i++)
		FACT_FUNCTION(f, i)->body = NULL;
}

struct facts *link_sorted(struct facts *f)
{
	struct facts *to = facts_new();
	struct id_map map;

	id_map_init(&map, f);
	sort_strings(to, f, map.string);
	sort_keyed(to, f, &map);
	sort_fields(to, f, map.field);
	sort_units(to, f);
	sort_asm_symbols(to, f);
	sort_lines(to, f, &map);
	drop_bodies(f);

	own_strings(to);
	own_more_strings(to);
	renumber_tables(to, &map);
	renumber_functions(to, &map);
	id_map_release(&map);
	return to;
}
