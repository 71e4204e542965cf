/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Joins the facts of translation units: the course of it.  As units are added
 * their tables are unified at once, in the order of arrival, and bodies are
 * kept once for each distinct content.  All that depends on an order is left
 * to the end: then the units are sorted, variants are chosen in that order
 * (link_variant.c), and every table is sorted by key (link_sort.c).
 */
#include "link_int.h"

#include <string.h>

#include <xxhash.h>

#include "bytes.h"
#include "facts_io.h"

static void table_init(struct link_table *table)
{
	table->id = g_hash_table_new(g_str_hash, g_str_equal);
	table->claim = g_array_new(FALSE, TRUE, sizeof(struct claim));
	g_array_set_size(table->claim, 1);
}

static void table_release(struct link_table *table)
{
	g_hash_table_unref(table->id);
	g_array_unref(table->claim);
}

static void unit_free(gpointer data)
{
	struct link_unit *unit = data;

	g_array_unref(unit->definition);
	g_free(unit);
}

static void definition_release(gpointer data)
{
	struct definition *d = data;

	g_bytes_unref(d->bytes);
}

/* GLib's hash of a number would give a line of one file that of others. */
static guint hash_place(gconstpointer key)
{
	guint64 place = (guint64)*(const gint64 *)key;

	return (guint)(place * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15) >> 32);
}

struct linker *linker_new(void)
{
	struct linker *l = g_new0(struct linker, 1);

	l->joint = facts_new();
	table_init(&l->type);
	table_init(&l->file);
	table_init(&l->record);
	table_init(&l->field);
	table_init(&l->global);
	table_init(&l->function);
	l->asm_symbol = g_hash_table_new(g_str_hash, g_str_equal);
	l->source_line = g_hash_table_new_full(hash_place, g_int64_equal,
					       g_free, NULL);
	l->unit = g_ptr_array_new_with_free_func(unit_free);
	l->definition = g_array_new(FALSE, TRUE, sizeof(struct definition));
	g_array_set_clear_func(l->definition, definition_release);
	l->definition_id = g_hash_table_new(g_bytes_hash, g_bytes_equal);
	return l;
}

static void linker_free(struct linker *l)
{
	facts_free(l->joint);
	table_release(&l->type);
	table_release(&l->file);
	table_release(&l->record);
	table_release(&l->field);
	table_release(&l->global);
	table_release(&l->function);
	g_hash_table_unref(l->asm_symbol);
	g_hash_table_unref(l->source_line);
	g_ptr_array_unref(l->unit);
	g_hash_table_unref(l->definition_id);
	g_array_unref(l->definition);
	g_free(l);
}

int link_unit_compare(const struct link_unit *a, const struct link_unit *b)
{
	int order = strcmp(a->file, b->file);

	if (!order)
		order = strcmp(a->object, b->object);
	if (!order)
		order = (a->digest > b->digest) - (a->digest < b->digest);
	return order;
}

void linker_keep(struct linker *l, GPtrArray *unit)
{
	l->kept = unit;
}

static uint64_t digest(struct linker *l, const struct facts *f)
{
	GByteArray *bytes = g_byte_array_new();
	uint64_t hash;

	facts_encode(f, bytes);
	hash = XXH3_64bits(bytes->data, bytes->len);
	if (l->kept)
		g_ptr_array_add(l->kept, g_byte_array_free_to_bytes(bytes));
	else
		g_byte_array_unref(bytes);
	return hash;
}

static struct link_unit *unit_new(struct linker *l, const struct facts *tu)
{
	struct link_unit *unit = g_new0(struct link_unit, 1);
	const struct fact_tu *first = FACT_TU(tu, tu->tu->len > 1 ? 1 : 0);

	unit->file = facts_text(l->joint, first->file);
	unit->object = facts_text(l->joint, first->object);
	unit->digest = digest(l, tu);
	unit->definition = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	g_ptr_array_add(l->unit, unit);
	return unit;
}

void id_map_init(struct id_map *map, const struct facts *f)
{
	map->string = g_new0(fact_id, f->string->len);
	map->type = g_new0(fact_id, f->type->len);
	map->file = g_new0(fact_id, f->file->len);
	map->record = g_new0(fact_id, f->record->len);
	map->field = g_new0(fact_id, f->field->len);
	map->global = g_new0(fact_id, f->global->len);
	map->function = g_new0(fact_id, f->function->len);
}

void id_map_release(struct id_map *map)
{
	g_free(map->string);
	g_free(map->type);
	g_free(map->file);
	g_free(map->record);
	g_free(map->field);
	g_free(map->global);
	g_free(map->function);
}

static fact_id renumber(enum operand what, fact_id id,
			const struct id_map *map)
{
	if (what == OPERAND_GLOBAL && map->global)
		return map->global[id];
	if (what == OPERAND_FUNCTION && map->function)
		return map->function[id];
	if (what == OPERAND_FIELD && map->field)
		return map->field[id];
	return id;
}

void body_renumber(struct fact_body *body, const struct id_map *map)
{
	for (uint32_t i = 1; i < body->expr_nr; i++) {
		struct fact_expr *e = &body->expr[i];

		e->a = renumber(expr_shape(e->op).a, e->a, map);
		e->b = renumber(expr_shape(e->op).b, e->b, map);
	}
	for (uint32_t i = 1; i < body->node_nr; i++) {
		struct fact_node *n = &body->node[i];

		n->macro = map->string ? map->string[n->macro] : n->macro;
		n->type = map->type ? map->type[n->type] : n->type;
	}
	for (uint32_t i = 1; i < body->local_nr && map->type; i++)
		body->local[i].type = map->type[body->local[i].type];
}

/* Appends body's bytes in the ids of the joint facts. */
static void put_relocated(GByteArray *out, const struct fact_body *body,
			  const struct id_map *map)
{
	struct fact_body copy = *body;

	copy.expr = g_memdup2(body->expr, body->expr_nr * sizeof(*body->expr));
	copy.node = g_memdup2(body->node, body->node_nr * sizeof(*body->node));
	copy.local = g_memdup2(body->local,
			       body->local_nr * sizeof(*body->local));
	body_renumber(&copy, map);
	body_encode(&copy, out);
	g_free(copy.expr);
	g_free(copy.node);
	g_free(copy.local);
}

static GBytes *definition_bytes(struct definition *d,
				const struct fact_body *body,
				const struct id_map *map)
{
	GByteArray *out = g_byte_array_new();

	bytes_put(out, d->function);
	bytes_put(out, d->at.type);
	bytes_put(out, d->at.file);
	bytes_put(out, d->at.line);
	bytes_put(out, d->at.end_line);
	bytes_put(out, d->at.param_nr);
	d->body_offset = out->len;
	put_relocated(out, body, map);
	return g_byte_array_free_to_bytes(out);
}

/* Keeps the definition, once for all units that have the same. */
static void add_definition(struct linker *l, struct link_unit *unit,
			   const struct fact_function *fn, fact_id key,
			   const struct id_map *map)
{
	struct definition d = { .function = key, .at = *fn };
	guint id;

	d.at.type = map->type[fn->type];
	d.at.file = map->file[fn->file];
	d.at.body = NULL;
	d.at.key = d.at.name = d.at.display = NULL;
	d.bytes = definition_bytes(&d, fn->body, map);

	id = GPOINTER_TO_UINT(g_hash_table_lookup(l->definition_id, d.bytes));
	if (id) {
		g_bytes_unref(d.bytes);
	} else {
		g_array_append_val(l->definition, d);
		id = l->definition->len;
		g_hash_table_insert(l->definition_id, d.bytes,
				    GUINT_TO_POINTER(id));
	}
	id--;
	g_array_append_val(unit->definition, id);
}

void linker_add(struct linker *l, const struct facts *tu)
{
	struct link_unit *unit = unit_new(l, tu);
	struct id_map map;

	id_map_init(&map, tu);
	link_join(l, l->unit->len - 1, tu, &map);
	for (guint i = 1; i < tu->function->len; i++) {
		const struct fact_function *fn = FACT_FUNCTION(tu, i);

		if (fn->body)
			add_definition(l, unit, fn, map.function[i], &map);
	}
	id_map_release(&map);
}

static gint compare_units(gconstpointer a, gconstpointer b)
{
	const struct link_unit *const *x = a;
	const struct link_unit *const *y = b;

	return link_unit_compare(*x, *y);
}

static const char *name_in_file(struct facts *f, const char *name,
				 const char *file)
{
	char *text = g_strdup_printf("%s\n%s", name, file);
	const char *kept = facts_text(f, text);

	g_free(text);
	return kept;
}

/* By name; a static function, only if the assembly stands in its file. */
static void mark_asm_called(struct facts *f)
{
	GHashTable *named = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 1; i < f->asm_symbol->len; i++) {
		struct fact_asm_symbol *s =
			FACT(f, asm_symbol, struct fact_asm_symbol, i);

		g_hash_table_add(named, (gpointer)s->name);
		g_hash_table_add(named, (gpointer)name_in_file(f, s->name,
								s->file));
	}
	for (fact_id id = 1; id < f->function->len; id++) {
		struct fact_function *fn = FACT_FUNCTION(f, id);
		const char *name = fn->name;

		if (fn->flags & FUNCTION_STATIC)
			name = name_in_file(f, name,
					     FACT_FILE(f, fn->file)->path);
		if (g_hash_table_contains(named, name))
			fn->flags |= FUNCTION_ASM_CALLED;
	}
	g_hash_table_unref(named);
}

struct facts *linker_finish(struct linker *l)
{
	GArray *base = g_array_new(FALSE, FALSE, sizeof(fact_id));
	GPtrArray *object = g_ptr_array_new();
	struct facts *sorted;

	g_ptr_array_sort(l->unit, compare_units);
	link_variants(l, base, object);
	link_display_names(l->joint, base, object);
	sorted = link_sorted(l->joint);
	mark_asm_called(sorted);

	g_array_unref(base);
	g_ptr_array_unref(object);
	linker_free(l);
	return sorted;
}
