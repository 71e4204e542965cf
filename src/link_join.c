/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unifies the tables of one translation unit with the joint ones.  Where units
 * differ in what they say of one thing (one has only a declaration), the
 * attributes are those of the unit that says most and, of these, of the first
 * in the order of units: so the order of additions does not matter.  Flags are
 * those of any unit.
 */
#include "link_int.h"

#include <string.h>

/* The id of key's element; a new one is appended to table (empty). */
static fact_id unify(struct linker *l, struct link_table *index,
		     GArray *table, const char *key, const char **kept)
{
	gpointer known = NULL, known_key = NULL;
	struct claim none = { UINT32_MAX, 0 };
	fact_id id = table->len;

	if (g_hash_table_lookup_extended(index->id, key, &known_key, &known)) {
		*kept = known_key;
		return GPOINTER_TO_UINT(known);
	}
	*kept = facts_text(l->joint, key);
	g_array_set_size(table, id + 1);
	g_array_append_val(index->claim, none);
	g_hash_table_insert(index->id, (gpointer)*kept, GUINT_TO_POINTER(id));
	return id;
}

/* Does unit know better than who provided the attributes so far? */
static bool claims(struct linker *l, struct link_table *index, fact_id id,
		   uint32_t unit, uint32_t score)
{
	struct claim *claim = &g_array_index(index->claim, struct claim, id);
	bool better = claim->unit == UINT32_MAX || score > claim->score;

	if (!better && score == claim->score && claim->unit != unit)
		better = link_unit_compare(l->unit->pdata[unit],
					   l->unit->pdata[claim->unit]) < 0;
	if (better)
		*claim = (struct claim){ unit, score };
	return better;
}

static void join_strings(struct linker *l, const struct facts *tu,
			 struct id_map *map)
{
	for (guint i = 1; i < tu->string->len; i++)
		map->string[i] = facts_intern(
			l->joint, g_array_index(tu->string, const char *, i));
}

static void join_files(struct linker *l, const struct facts *tu,
		       struct id_map *map)
{
	for (guint i = 1; i < tu->file->len; i++) {
		const char *path;

		map->file[i] = unify(l, &l->file, l->joint->file,
				     FACT_FILE(tu, i)->path, &path);
		FACT_FILE(l->joint, map->file[i])->path = path;
	}
}

/* Gives every element its id before any attribute refers to one. */
static void join_keys(struct linker *l, const struct facts *tu,
		      struct id_map *map)
{
	struct facts *f = l->joint;
	const char *key;

	for (guint i = 1; i < tu->type->len; i++) {
		map->type[i] = unify(l, &l->type, f->type,
				     FACT_TYPE(tu, i)->name, &key);
		FACT_TYPE(f, map->type[i])->name = key;
	}
	for (guint i = 1; i < tu->record->len; i++) {
		map->record[i] = unify(l, &l->record, f->record,
				       FACT_RECORD(tu, i)->key, &key);
		FACT_RECORD(f, map->record[i])->key = key;
	}
	for (guint i = 1; i < tu->field->len; i++) {
		map->field[i] = unify(l, &l->field, f->field,
				      FACT_FIELD(tu, i)->key, &key);
		FACT_FIELD(f, map->field[i])->key = key;
	}
	for (guint i = 1; i < tu->global->len; i++) {
		map->global[i] = unify(l, &l->global, f->global,
				       FACT_GLOBAL(tu, i)->key, &key);
		FACT_GLOBAL(f, map->global[i])->key = key;
	}
	for (guint i = 1; i < tu->function->len; i++) {
		map->function[i] = unify(l, &l->function, f->function,
					 FACT_FUNCTION(tu, i)->key, &key);
		FACT_FUNCTION(f, map->function[i])->key = key;
	}
}

static void join_type(struct linker *l, uint32_t unit,
		      const struct fact_type *t, const struct id_map *map,
		      fact_id id)
{
	struct fact_type *to = FACT_TYPE(l->joint, id);
	uint32_t score = (t->kind != TYPE_OTHER) + (t->record != 0) +
			 (t->target != 0);

	if (!claims(l, &l->type, id, unit, score))
		return;
	to->kind = t->kind;
	to->bits = t->bits;
	to->is_signed = t->is_signed;
	to->target = map->type[t->target];
	to->record = map->record[t->record];
}

static void join_record(struct linker *l, uint32_t unit,
			const struct fact_record *r, const struct id_map *map,
			fact_id id)
{
	struct fact_record *to = FACT_RECORD(l->joint, id);

	if (!claims(l, &l->record, id, unit, r->file != 0))
		return;
	to->name = facts_text(l->joint, r->name);
	to->file = map->file[r->file];
	to->line = r->line;
	to->is_union = r->is_union;
}

static void join_field(struct linker *l, uint32_t unit,
		       const struct fact_field *m, const struct id_map *map,
		       fact_id id)
{
	struct fact_field *to = FACT_FIELD(l->joint, id);

	if (!claims(l, &l->field, id, unit, m->type != 0))
		return;
	to->name = facts_text(l->joint, m->name);
	to->record = map->record[m->record];
	to->type = map->type[m->type];
	to->index = m->index;
}

static void join_global(struct linker *l, uint32_t unit,
			const struct fact_global *g, const struct id_map *map,
			fact_id id)
{
	struct fact_global *to = FACT_GLOBAL(l->joint, id);

	to->flags |= g->flags;
	if (g->section && g->section[0])
		to->section = facts_text(l->joint, g->section);
	if (!claims(l, &l->global, id, unit, g->flags & GLOBAL_DEFINED))
		return;
	to->name = facts_text(l->joint, g->name);
	to->type = map->type[g->type];
	to->file = map->file[g->file];
	to->line = g->line;
}

static void join_function(struct linker *l, uint32_t unit,
			  const struct fact_function *fn,
			  const struct id_map *map, fact_id id)
{
	struct fact_function *to = FACT_FUNCTION(l->joint, id);

	to->flags |= fn->flags;
	if (!claims(l, &l->function, id, unit, fn->body != NULL))
		return;
	to->name = facts_text(l->joint, fn->name);
	to->type = map->type[fn->type];
	to->file = map->file[fn->file];
	to->line = fn->line;
	to->end_line = fn->end_line;
	to->param_nr = fn->param_nr;
}

static void join_attributes(struct linker *l, uint32_t unit,
			    const struct facts *tu, const struct id_map *map)
{
	for (guint i = 1; i < tu->type->len; i++)
		join_type(l, unit, FACT_TYPE(tu, i), map, map->type[i]);
	for (guint i = 1; i < tu->record->len; i++)
		join_record(l, unit, FACT_RECORD(tu, i), map, map->record[i]);
	for (guint i = 1; i < tu->field->len; i++)
		join_field(l, unit, FACT_FIELD(tu, i), map, map->field[i]);
	for (guint i = 1; i < tu->global->len; i++)
		join_global(l, unit, FACT_GLOBAL(tu, i), map, map->global[i]);
	for (guint i = 1; i < tu->function->len; i++)
		join_function(l, unit, FACT_FUNCTION(tu, i), map,
			      map->function[i]);
}

static void join_units(struct linker *l, const struct facts *tu)
{
	for (guint i = 1; i < tu->tu->len; i++) {
		struct fact_tu copy = *FACT_TU(tu, i);

		copy.file = facts_text(l->joint, copy.file);
		copy.object = facts_text(l->joint, copy.object);
		copy.message = facts_text(l->joint,
					  copy.message ? copy.message : "");
		g_array_append_val(l->joint->tu, copy);
	}
}

static void join_asm_symbols(struct linker *l, const struct facts *tu)
{
	for (guint i = 1; i < tu->asm_symbol->len; i++) {
		struct fact_asm_symbol s =
			*FACT(tu, asm_symbol, struct fact_asm_symbol, i);
		char *text = g_strdup_printf("%s\n%s\n%u", s.name, s.file,
					     s.line);

		if (g_hash_table_add(l->asm_symbol,
				     (gpointer)facts_text(l->joint, text))) {
			s.name = facts_text(l->joint, s.name);
			s.file = facts_text(l->joint, s.file);
			g_array_append_val(l->joint->asm_symbol, s);
		}
		g_free(text);
	}
}

/* Of two texts for one line (a generated file) the lesser one is kept. */
static void join_line(struct linker *l, const struct fact_line *line,
		      fact_id file)
{
	GArray *table = l->joint->source_line;
	gint64 place = (gint64)((uint64_t)file << 32 | line->line);
	struct fact_line copy = { file, line->line, NULL };
	gpointer known;

	known = g_hash_table_lookup(l->source_line, &place);
	if (!known) {
		copy.text = facts_text(l->joint, line->text);
		g_hash_table_insert(l->source_line,
				    g_memdup2(&place, sizeof(place)),
				    GUINT_TO_POINTER(table->len));
		g_array_append_val(table, copy);
		return;
	}
	if (strcmp(line->text,
		   g_array_index(table, struct fact_line,
				 GPOINTER_TO_UINT(known)).text) < 0)
		g_array_index(table, struct fact_line,
			      GPOINTER_TO_UINT(known)).text =
			facts_text(l->joint, line->text);
}

void link_join(struct linker *l, uint32_t unit, const struct facts *tu,
	       struct id_map *map)
{
	join_strings(l, tu, map);
	join_files(l, tu, map);
	join_keys(l, tu, map);
	join_attributes(l, unit, tu, map);
	join_units(l, tu);
	join_asm_symbols(l, tu);
	for (guint i = 1; i < tu->source_line->len; i++) {
		const struct fact_line *line =
			FACT(tu, source_line, struct fact_line, i);

		join_line(l, line, map->file[line->file]);
	}
}
