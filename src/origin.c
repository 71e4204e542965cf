/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hash-consed origins and sets of them. */
#include "origin.h"

#include <string.h>

#include <glib.h>

#include "nummap.h"

struct set {
	uint32_t first, nr;	/* slice of member[] */
};

struct origins {
	GArray *origin;		/* struct origin, element 0 unused */
	GArray *member;		/* uint32_t */
	GArray *set;		/* struct set, element 0 is empty */
	GHashTable *by_origin;	/* GBytes -> number */
	GHashTable *by_set;
	struct nummap *unions;	/* two sets -> their union */
};

struct origins *origins_new(void)
{
	struct origins *o = g_new0(struct origins, 1);
	struct origin none = { 0 };
	struct set empty = { 0 };

	o->origin = g_array_new(FALSE, TRUE, sizeof(struct origin));
	o->member = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	o->set = g_array_new(FALSE, TRUE, sizeof(struct set));
	g_array_append_val(o->origin, none);
	g_array_append_val(o->set, empty);
	o->by_origin = g_hash_table_new_full(g_bytes_hash, g_bytes_equal,
					     (GDestroyNotify)g_bytes_unref,
					     NULL);
	o->by_set = g_hash_table_new_full(g_bytes_hash, g_bytes_equal,
					  (GDestroyNotify)g_bytes_unref, NULL);
	o->unions = nummap_new();
	return o;
}

void origins_free(struct origins *o)
{
	g_array_unref(o->origin);
	g_array_unref(o->member);
	g_array_unref(o->set);
	g_hash_table_unref(o->by_origin);
	g_hash_table_unref(o->by_set);
	nummap_free(o->unions);
	g_free(o);
}

/* Looks up the bytes; a number that is new goes to the table as *NEXT. */
static uint32_t number_of(GHashTable *table, const void *data, size_t size,
			  uint32_t next, int *is_new)
{
	GBytes *key = g_bytes_new(data, size);
	void *found = g_hash_table_lookup(table, key);

	*is_new = !found;
	if (found) {
		g_bytes_unref(key);
		return GPOINTER_TO_UINT(found);
	}
	g_hash_table_insert(table, key, GUINT_TO_POINTER(next));
	return next;
}

uint32_t origin_make(struct origins *o, const struct origin *origin)
{
	int is_new;
	uint32_t words[] = { origin->function, origin->line, origin->in,
			     origin->node };
	uint32_t id = number_of(o->by_origin, words, sizeof(words),
				o->origin->len, &is_new);

	if (is_new)
		g_array_append_vals(o->origin, origin, 1);
	return id;
}

const struct origin *origin_get(const struct origins *o, uint32_t id)
{
	return &g_array_index(o->origin, struct origin, id);
}

static uint32_t make_set(struct origins *o, const uint32_t *member,
			 uint32_t nr)
{
	struct set s = { .first = o->member->len, .nr = nr };
	int is_new;
	uint32_t id = number_of(o->by_set, member, sizeof(*member) * nr,
				o->set->len, &is_new);

	if (is_new) {
		g_array_append_vals(o->member, member, nr);
		g_array_append_val(o->set, s);
	}
	return id;
}

uint32_t origin_set_of(struct origins *o, uint32_t origin)
{
	return make_set(o, &origin, 1);
}

const uint32_t *origin_set_members(const struct origins *o, uint32_t set,
				   uint32_t *nr)
{
	const struct set *s = &g_array_index(o->set, struct set, set);

	*nr = s->nr;
	return &g_array_index(o->member, uint32_t, s->first);
}

bool origin_set_has(const struct origins *o, uint32_t set, uint32_t origin)
{
	uint32_t nr;
	const uint32_t *member = origin_set_members(o, set, &nr);

	for (uint32_t i = 0; i < nr; i++)
		if (member[i] == origin)
			return true;
	return false;
}

static uint32_t merge_sets(struct origins *o, uint32_t x, uint32_t y)
{
	uint32_t nx, ny, i = 0, k = 0, id;
	const uint32_t *mx = origin_set_members(o, x, &nx);
	const uint32_t *my = origin_set_members(o, y, &ny);
	GArray *out = g_array_new(FALSE, FALSE, sizeof(uint32_t));

	while (i < nx || k < ny) {
		uint32_t next = i < nx && (k >= ny || mx[i] <= my[k]) ? mx[i]
								      : my[k];

		g_array_append_val(out, next);
		while (i < nx && mx[i] == next)
			i++;
		while (k < ny && my[k] == next)
			k++;
	}
	id = make_set(o, (const uint32_t *)(void *)out->data, out->len);
	g_array_unref(out);
	return id;
}

uint32_t origin_set_union(struct origins *o, uint32_t x, uint32_t y)
{
	uint32_t *found;

	if (x == y || !y)
		return x;
	if (!x)
		return y;
	found = nummap_at(o->unions, x < y ? NUMMAP_KEY(x, y)
					   : NUMMAP_KEY(y, x));
	if (!*found)
		*found = merge_sets(o, x, y);
	return *found;
}
