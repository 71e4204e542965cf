/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Open addressing with linear probing; at most half of the slots are used. */
#include "nummap.h"

#include <string.h>

#include <glib.h>

struct slot {
	uint32_t high, low;	/* of the key; all ones: free */
	uint32_t value;
};

struct nummap {
	struct slot *slot;
	uint32_t slot_nr;	/* a power of two */
	uint32_t used;
};

static struct slot *slots_new(uint32_t nr)
{
	struct slot *slot = g_new(struct slot, nr);

	memset(slot, 0xff, sizeof(*slot) * nr);
	return slot;
}

struct nummap *nummap_new(void)
{
	struct nummap *m = g_new0(struct nummap, 1);

	m->slot_nr = 1 << 10;
	m->slot = slots_new(m->slot_nr);
	return m;
}

void nummap_free(struct nummap *m)
{
	g_free(m->slot);
	g_free(m);
}

static uint64_t key_of(const struct slot *s)
{
	return NUMMAP_KEY(s->high, s->low);
}

/* The slot of KEY, or the free one where it belongs. */
static struct slot *find(const struct nummap *m, uint64_t key)
{
	uint64_t i = nummap_hash(key);

	for (;; i++) {
		struct slot *s = &m->slot[i & (m->slot_nr - 1)];

		if (key_of(s) == key || key_of(s) == UINT64_MAX)
			return s;
	}
}

static void grow(struct nummap *m)
{
	struct slot *old = m->slot;
	uint32_t nr = m->slot_nr;

	m->slot_nr *= 2;
	m->slot = slots_new(m->slot_nr);
	for (uint32_t i = 0; i < nr; i++)
		if (key_of(&old[i]) != UINT64_MAX)
			*find(m, key_of(&old[i])) = old[i];
	g_free(old);
}

uint32_t *nummap_at(struct nummap *m, uint64_t key)
{
	struct slot *s;

	if (m->used * 2 >= m->slot_nr)
		grow(m);
	s = find(m, key);
	if (key_of(s) == UINT64_MAX) {
		*s = (struct slot){ .high = (uint32_t)(key >> 32),
				    .low = (uint32_t)key };
		m->used++;
	}
	return &s->value;
}
