/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A record that is a member is so of one record and under one name: two paths
 * to one place have the same members from the end on, as far as both are
 * known.  That is the alias rule of multi-layer type analysis (Lu and Hu, CCS
 * 2019), with variables told apart too.
 *
 * Approximation that could hide a target: who reaches a record through a
 * pointer to another type (the first member of a record for the record, and
 * then members of the record) is told by the member's record alone; records
 * that overlap other than by a union are not seen.
 */
#include "access.h"

#include <string.h>

struct access {
	access_id parent;	/* 0: a whole variable, or any address */
	fact_id field;
	uint32_t object;
	fact_id type;		/* of what is there, without arrays; 0: any */
};

struct accesses {
	const struct facts *f;
	GArray *access;		/* struct access; 0 unused, 1 any */
	GHashTable *id;		/* of keys to ids */
	GArray *field_first, *field_next; /* per record, per field: a list */
};

enum { DEPTH_MAX = 12 };

static const struct access *get(const struct accesses *w, access_id x)
{
	return &g_array_index(w->access, struct access, x);
}

static fact_id element_type(const struct facts *f, fact_id type)
{
	while (type && FACT_TYPE(f, type)->kind == TYPE_ARRAY)
		type = FACT_TYPE(f, type)->target;
	return type;
}

static void list_fields(struct accesses *w)
{
	w->field_first = g_array_new(FALSE, TRUE, sizeof(fact_id));
	w->field_next = g_array_new(FALSE, TRUE, sizeof(fact_id));
	g_array_set_size(w->field_first, w->f->record->len);
	g_array_set_size(w->field_next, w->f->field->len);
	for (fact_id id = w->f->field->len - 1; id > 0; id--) {
		fact_id *first = &g_array_index(
			w->field_first, fact_id, FACT_FIELD(w->f, id)->record);

		g_array_index(w->field_next, fact_id, id) = *first;
		*first = id;
	}
}

struct accesses *accesses_new(const struct facts *f)
{
	struct accesses *w = g_new0(struct accesses, 1);

	w->f = f;
	w->access = g_array_new(FALSE, TRUE, sizeof(struct access));
	g_array_set_size(w->access, ACCESS_ANY + 1);
	w->id = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free,
				      NULL);
	list_fields(w);
	return w;
}

void accesses_free(struct accesses *w)
{
	g_array_unref(w->access);
	g_hash_table_unref(w->id);
	g_array_unref(w->field_first);
	g_array_unref(w->field_next);
	g_free(w);
}

static access_id intern(struct accesses *w, gint64 key,
			const struct access *row)
{
	access_id id = GPOINTER_TO_UINT(g_hash_table_lookup(w->id, &key));

	if (id)
		return id;
	id = w->access->len;
	g_array_append_vals(w->access, row, 1);
	g_hash_table_insert(w->id, g_memdup2(&key, sizeof(key)),
			    GUINT_TO_POINTER(id));
	return id;
}

access_id access_root(struct accesses *w, uint32_t object, fact_id type)
{
	const struct access row = { .object = object,
				    .type = element_type(w->f, type) };

	return intern(w, (gint64)object, &row);
}

/* Is a member of RECORD one of what is of TYPE, maybe through members without
 * a name? */
static bool has_member_of(const struct accesses *w, fact_id type,
			  fact_id record, int depth)
{
	fact_id own = type ? FACT_TYPE(w->f, type)->record : 0;

	if (!own || FACT_TYPE(w->f, type)->kind != TYPE_RECORD)
		return false;
	if (own == record)
		return true;
	for (fact_id id = g_array_index(w->field_first, fact_id, own);
	     id && depth > 0; id = g_array_index(w->field_next, fact_id, id))
		if (!FACT_FIELD(w->f, id)->name[0] &&
		    has_member_of(w, FACT_FIELD(w->f, id)->type, record,
				  depth - 1))
			return true;
	return false;
}

static int depth_of(const struct accesses *w, access_id x)
{
	int depth = 0;

	for (; x; x = get(w, x)->parent)
		depth++;
	return depth;
}

access_id access_member(struct accesses *w, access_id base, fact_id field)
{
	const struct fact_field *f = FACT_FIELD(w->f, field);
	struct access row = { .field = field,
			      .type = element_type(w->f, f->type) };

	if (base != ACCESS_ANY &&
	    (!has_member_of(w, get(w, base)->type, f->record, 4) ||
	     depth_of(w, base) > DEPTH_MAX))
		base = ACCESS_ANY;
	row.parent = base;
	return intern(w, (gint64)base << 32 | field, &row);
}

access_id access_container(const struct accesses *w, access_id x,
			   fact_id field)
{
	return get(w, x)->field == field ? get(w, x)->parent : ACCESS_ANY;
}

fact_id access_field(const struct accesses *w, access_id x)
{
	return get(w, x)->field;
}

access_id access_parent(const struct accesses *w, access_id x)
{
	return get(w, x)->parent;
}

uint32_t access_object(const struct accesses *w, access_id x)
{
	while (get(w, x)->parent)
		x = get(w, x)->parent;
	return get(w, x)->object;
}

/* The name of the record with a name that this one is a part of. */
static size_t outer_name(const char *name)
{
	return strcspn(name, ".");
}

/*
 * May two members be at one place?  Those of a union; and as records without
 * a name may be in a union, all of one record, or of one file if that has no
 * name either.
 */
static bool may_overlap(const struct facts *f, fact_id x, fact_id y)
{
	fact_id rx = FACT_FIELD(f, x)->record, ry = FACT_FIELD(f, y)->record;
	const char *a = FACT_RECORD(f, rx)->name, *b = FACT_RECORD(f, ry)->name;
	size_t nr = outer_name(a);

	if (rx == ry)
		return FACT_RECORD(f, rx)->is_union;
	return nr == outer_name(b) && strncmp(a, b, nr) == 0 &&
	       (nr > 0 || FACT_RECORD(f, rx)->file == FACT_RECORD(f, ry)->file);
}

bool access_may_alias(const struct accesses *w, access_id x, access_id y)
{
	while (x != y) {
		const struct access *a = get(w, x), *b = get(w, y);

		if (x == ACCESS_ANY || y == ACCESS_ANY)
			return true;
		if (!a->field || !b->field)
			return false;
		if (a->field != b->field)
			return may_overlap(w->f, a->field, b->field);
		x = a->parent;
		y = b->parent;
	}
	return true;
}

static bool record_holds(const struct accesses *w, fact_id outer,
			 fact_id record, int depth)
{
	if (outer == record)
		return true;
	for (fact_id id = g_array_index(w->field_first, fact_id, outer);
	     id && depth > 0; id = g_array_index(w->field_next, fact_id, id)) {
		fact_id type = element_type(w->f, FACT_FIELD(w->f, id)->type);

		if (type && FACT_TYPE(w->f, type)->kind == TYPE_RECORD &&
		    record_holds(w, FACT_TYPE(w->f, type)->record, record,
				 depth - 1))
			return true;
	}
	return false;
}

bool access_record_holds(const struct accesses *w, fact_id outer,
			 fact_id record)
{
	return record_holds(w, outer, record, DEPTH_MAX);
}

bool access_is_record(const struct accesses *w, access_id x)
{
	fact_id type = get(w, x)->type;

	return type && FACT_TYPE(w->f, type)->kind == TYPE_RECORD;
}
