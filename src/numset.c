/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hash-consed sets: a table of slices of one array, found by open addressing.
 */
#include "numset.h"

#include <string.h>

#include <glib.h>

#include "nummap.h"

struct slice_of {
	uint32_t first, nr;
};

/* Most that are not the set looked for are told by their hash alone. */
struct slot {
	uint32_t set;		/* 0: free */
	uint32_t hash;
};

struct numsets {
	GArray *member;		/* uint32_t */
	GArray *set;		/* struct slice_of; element 0 is empty */
	struct slot *slot;
	uint32_t slot_nr;	/* a power of two */
};

struct numsets *numsets_new(void)
{
	struct numsets *n = g_new0(struct numsets, 1);
	struct slice_of empty = { 0, 0 };

	n->member = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	n->set = g_array_new(FALSE, FALSE, sizeof(struct slice_of));
	n->slot_nr = 1 << 10;
	n->slot = g_new0(struct slot, n->slot_nr);
	g_array_append_val(n->set, empty);
	return n;
}

void numsets_free(struct numsets *n)
{
	g_array_unref(n->member);
	g_array_unref(n->set);
	g_free(n->slot);
	g_free(n);
}

static uint32_t hash(const uint32_t *member, uint32_t nr)
{
	uint64_t h = nr;

	for (uint32_t i = 0; i < nr; i++)
		h = (h ^ member[i]) * UINT64_C(0x9e3779b97f4a7c15) ^ (h >> 29);
	return (uint32_t)nummap_hash(h);
}

static bool has_members(const struct numsets *n, uint32_t set,
			const uint32_t *member, uint32_t nr)
{
	uint32_t other_nr;
	const uint32_t *other = numset_members(n, set, &other_nr);

	return other_nr == nr &&
	       memcmp(other, member, sizeof(*member) * nr) == 0;
}

/* The slot of the set of these members, whose hash is H, or the free one where
 * it belongs. */
static struct slot *find(const struct numsets *n, const uint32_t *member,
			 uint32_t nr, uint32_t h)
{
	for (uint32_t i = h;; i++) {
		struct slot *slot = &n->slot[i & (n->slot_nr - 1)];

		if (!slot->set || (slot->hash == h &&
				   has_members(n, slot->set, member, nr)))
			return slot;
	}
}

static void grow(struct numsets *n)
{
	struct slot *old = n->slot;
	uint32_t nr = n->slot_nr;

	n->slot_nr *= 2;
	n->slot = g_new0(struct slot, n->slot_nr);
	for (uint32_t i = 0; i < nr; i++) {
		uint32_t to = old[i].hash;

		if (!old[i].set)
			continue;
		while (n->slot[to & (n->slot_nr - 1)].set)
			to++;
		n->slot[to & (n->slot_nr - 1)] = old[i];
	}
	g_free(old);
}

uint32_t numset_make(struct numsets *n, const uint32_t *member, uint32_t nr)
{
	struct slice_of s = { .first = n->member->len, .nr = nr };
	uint32_t h = hash(member, nr);
	struct slot *slot;

	if (!nr)
		return 0;
	if (n->set->len * 2 >= n->slot_nr)
		grow(n);
	slot = find(n, member, nr, h);
	if (slot->set)
		return slot->set;
	*slot = (struct slot){ .set = n->set->len, .hash = h };
	g_array_append_vals(n->member, member, nr);
	g_array_append_val(n->set, s);
	return slot->set;
}

const uint32_t *numset_members(const struct numsets *n, uint32_t set,
			       uint32_t *nr)
{
	const struct slice_of *s =
		&g_array_index(n->set, struct slice_of, set);

	*nr = s->nr;
	return (const uint32_t *)(void *)n->member->data + s->first;
}

GArray *numset_copy(const struct numsets *n, uint32_t set)
{
	GArray *copy = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	uint32_t nr;
	const uint32_t *members = numset_members(n, set, &nr);

	return g_array_append_vals(copy, members, nr);
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
	uint32_t nx, ny, k = 0;
	const uint32_t *a, *b;

	if (x == y)
		return true;
	a = numset_members(n, x, &nx);
	b = numset_members(n, y, &ny);
	for (uint32_t i = 0; i < nx && nx <= ny; i++) {
		while (k < ny && b[k] < a[i])
			k++;
		if (k == ny || b[k] != a[i])
			return false;
	}
	return nx <= ny;
}
