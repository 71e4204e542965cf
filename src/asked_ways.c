/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "asked_ways.h"

#include <string.h>

/* Does B ask for all that A does? */
static bool is_within(struct asked_classes a, struct asked_classes b)
{
	return !(a.of_held & ~b.of_held) && !(a.of_acquired & ~b.of_acquired) &&
	       !(a.of_other & ~b.of_other) && !(a.of_plain & ~b.of_plain) &&
	       !(a.of_caller & ~b.of_caller) && !(a.of_parent & ~b.of_parent);
}

static struct asked_classes meet(struct asked_classes a, struct asked_classes b)
{
	return (struct asked_classes){
		.of_held = a.of_held & b.of_held,
		.of_acquired = a.of_acquired & b.of_acquired,
		.of_other = a.of_other & b.of_other,
		.of_plain = a.of_plain & b.of_plain,
		.of_caller = a.of_caller & b.of_caller,
		.of_parent = a.of_parent & b.of_parent,
	};
}

/* Any order will do that does not depend on which came first. */
static int compare(const struct asked_classes *a, const struct asked_classes *b)
{
	return memcmp(a, b, sizeof(*a));
}

bool asked_is_same(struct asked_classes a, struct asked_classes b)
{
	return compare(&a, &b) == 0;
}

static void remove_at(struct asked_ways *w, uint32_t i)
{
	w->nr--;
	memmove(&w->way[i], &w->way[i + 1], (w->nr - i) * sizeof(w->way[0]));
}

static void insert(struct asked_ways *w, struct asked_classes asked)
{
	uint32_t i = w->nr++;

	for (; i > 0 && compare(&asked, &w->way[i - 1]) < 0; i--)
		w->way[i] = w->way[i - 1];
	w->way[i] = asked;
}

void asked_ways_add(struct asked_ways *w, struct asked_classes asked)
{
	for (;;) {
		for (uint32_t i = 0; i < w->nr; i++)
			if (is_within(w->way[i], asked))
				return;
		for (uint32_t i = w->nr; i > 0; i--)
			if (is_within(asked, w->way[i - 1]))
				remove_at(w, i - 1);
		if (w->nr < ASKED_WAYS_MAX)
			break;
		asked = meet(asked, w->way[w->nr - 1]);
	}
	insert(w, asked);
}

void asked_ways_join(struct asked_ways *w, const struct asked_ways *other)
{
	for (uint32_t i = 0; i < other->nr; i++)
		asked_ways_add(w, other->way[i]);
}

bool asked_ways_are_within(const struct asked_ways *w,
			   const struct asked_ways *other)
{
	for (uint32_t i = 0; i < other->nr; i++) {
		bool found = false;

		for (uint32_t n = 0; n < w->nr && !found; n++)
			found = is_within(w->way[n], other->way[i]);
		if (!found)
			return false;
	}
	return true;
}

bool asked_ways_have(const struct asked_ways *w, struct asked_classes asked)
{
	for (uint32_t i = 0; i < w->nr; i++)
		if (asked_is_same(w->way[i], asked))
			return true;
	return false;
}

void asked_ways_tell(const struct asked_ways *w, GArray *out)
{
	static const struct asked_classes nothing;

	if (!asked_ways_have(w, nothing))
		g_array_append_vals(out, w->way, w->nr);
}
