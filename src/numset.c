/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hash-consed sets: a table of slices of one array. */
#include "numset.h"

#include <glib.h>

struct slice_of {
	uint32_t first, nr;
};

struct numsets {
	GArray *member;		/* uint32_t */
	GArray *set;		/* struct slice_of; element 0 is empty */
	GHashTable *by_members;	/* GBytes -> number */
};

struct numsets *numsets_new(void)
{
	struct numsets *n = g_new0(struct numsets, 1);
	struct slice_of empty = { 0, 0 };

	n->member = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	n->set = g_array_new(FALSE, FALSE, sizeof(struct slice_of));
	n->by_members = g_hash_table_new_full(g_bytes_hash, g_bytes_equal,
					      (GDestroyNotify)g_bytes_unref,
					      NULL);
	g_array_append_val(n->set, empty);
	return n;
}

void numsets_free(struct numsets *n)
{
	g_array_unref(n->member);
	g_array_unref(n->set);
	g_hash_table_unref(n->by_members);
	g_free(n);
}

uint32_t numset_make(struct numsets *n, const uint32_t *member, uint32_t nr)
{
	struct slice_of s = { .first = n->member->len, .nr = nr };
	GBytes *key;
	void *found;

	if (!nr)
		return 0;
	key = g_bytes_new(member, sizeof(*member) * nr);
	found = g_hash_table_lookup(n->by_members, key);
	if (found) {
		g_bytes_unref(key);
		return GPOINTER_TO_UINT(found);
	}
	g_array_append_vals(n->member, member, nr);
	g_array_append_val(n->set, s);
	g_hash_table_insert(n->by_members, key,
			    GUINT_TO_POINTER(n->set->len - 1));
	return n->set->len - 1;
}

const uint32_t *numset_members(const struct numsets *n, uint32_t set,
			       uint32_t *nr)
{
	const struct slice_of *s =
		&g_array_index(n->set, struct slice_of, set);

	*nr = s->nr;
	return (const uint32_t *)(void *)n->member->data + s->first;
}

bool numset_has(const struct numsets *n, uint32_t set, uint32_t member)
{
	uint32_t nr;
	const uint32_t *m = numset_members(n, set, &nr);

	for (uint32_t i = 0; i < nr; i++)
		if (m[i] == member)
			return true;
	return false;
}

uint32_t numset_common(const struct numsets *n, uint32_t x, uint32_t y)
{
	uint32_t nx, ny, i = 0, k = 0, common = 0;
	const uint32_t *mx = numset_members(n, x, &nx);
	const uint32_t *my = numset_members(n, y, &ny);

	while (i < nx && k < ny) {
		if (mx[i] == my[k]) {
			common++;
			i++;
			k++;
		} else if (mx[i] < my[k]) {
			i++;
		} else {
			k++;
		}
	}
	return common;
}

bool numset_is_subset(const struct numsets *n, uint32_t x, uint32_t y)
{
	uint32_t nx;

	if (x == y)
		return true;
	numset_members(n, x, &nx);
	return numset_common(n, x, y) == nx;
}
