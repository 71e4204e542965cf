/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Groups are numbered as the sets of words are that tell them apart. */
#include "guard_group.h"

#include <glib.h>

#include "nummap.h"
#include "state.h"

/* So many answers are kept, each until another one takes its place. */
enum { SAID_NR = 1 << 15 };

/* Does GUARD say all that OTHER says? */
struct said {
	uint32_t guard, other;	/* both 0: none */
	bool yes;
};

struct guard_groups {
	struct terms *t;
	struct numsets *sets;
	struct numsets *key;
	GArray *group;		/* struct guard_group, by number of the key */
	struct said *said;	/* SAID_NR, by hash: most are asked for again */
};

struct guard_groups *guard_groups_new(struct terms *t, struct numsets *sets)
{
	struct guard_groups *g = g_new0(struct guard_groups, 1);

	g->t = t;
	g->sets = sets;
	g->key = numsets_new();
	g->group = g_array_new(FALSE, TRUE, sizeof(struct guard_group));
	g->said = g_new0(struct said, SAID_NR);
	return g;
}

void guard_groups_free(struct guard_groups *g)
{
	numsets_free(g->key);
	g_array_unref(g->group);
	g_free(g->said);
	g_free(g);
}

struct guard_group *guard_groups_find(struct guard_groups *g,
				      const uint32_t *words, uint32_t nr)
{
	uint32_t number = numset_make(g->key, words, nr);

	if (number >= g->group->len)
		g_array_set_size(g->group, number + 1);
	return &g_array_index(g->group, struct guard_group, number);
}

static bool find_says(const struct guard_groups *g, uint32_t guard,
		      uint32_t other)
{
	uint32_t nr, nr_other;
	const uint32_t *x, *y;

	if (numset_is_subset(g->sets, other, guard))
		return true;
	x = numset_members(g->sets, guard, &nr);
	y = numset_members(g->sets, other, &nr_other);
	return state_guard_says(g->t, x, nr, y, nr_other);
}

/* Does a guard say all that the other one says? */
static bool says(const struct guard_groups *g, uint32_t guard, uint32_t other)
{
	struct said *said;

	if (guard == other)
		return true;
	said = &g->said[nummap_hash(NUMMAP_KEY(guard, other)) % SAID_NR];
	if (said->guard != guard || said->other != other)
		*said = (struct said){ .guard = guard, .other = other,
				       .yes = find_says(g, guard, other) };
	return said->yes;
}

uint32_t guard_group_find(const struct guard_groups *g,
			  const struct guard_group *group, uint32_t guard)
{
	/* most are there already */
	for (uint32_t i = 0; i < group->nr; i++)
		if (group->member[i].guard == guard)
			return i;
	for (uint32_t i = 0; i < group->nr; i++)
		if (says(g, guard, group->member[i].guard))
			return i;
	return group->nr;
}

/* The member whose guard has the most in common with GUARD. */
static uint32_t closest(const struct guard_groups *g,
			const struct guard_group *group, uint32_t guard)
{
	uint32_t best = 0, most = 0;

	for (uint32_t i = 0; i < group->nr; i++) {
		uint32_t common = numset_common(
			g->sets, group->member[i].guard, guard);

		if (common > most) {
			most = common;
			best = i;
		}
	}
	return best;
}

static uint32_t meet(const struct guard_groups *g, uint32_t x, uint32_t y)
{
	uint32_t nx, ny, set;
	const uint32_t *mx = numset_members(g->sets, x, &nx);
	const uint32_t *my = numset_members(g->sets, y, &ny);
	GArray *out = state_guard_meet(g->t, mx, nx, my, ny);

	set = numset_make(g->sets, (uint32_t *)(void *)out->data, out->len);
	g_array_unref(out);
	return set;
}

void guard_group_make_room(struct guard_groups *g, struct guard_group *group,
			   uint32_t *guard, guard_kill_fn *kill, void *context)
{
	uint32_t kept = 0, joined = GROUP_MAX;

	if (group->nr >= GROUP_MAX) {
		joined = closest(g, group, *guard);
		*guard = meet(g, *guard, group->member[joined].guard);
	}
	for (uint32_t i = 0; i < group->nr; i++)
		if (i == joined || says(g, group->member[i].guard, *guard))
			kill(context, group->member[i].index);
		else
			group->member[kept++] = group->member[i];
	group->nr = kept;
}

void guard_group_add(struct guard_group *group, uint32_t index, uint32_t guard)
{
	group->member[group->nr].index = index;
	group->member[group->nr++].guard = guard;
}

void guard_group_clear(struct guard_group *group, guard_kill_fn *kill,
		       void *context)
{
	for (uint32_t i = 0; i < group->nr; i++)
		kill(context, group->member[i].index);
	group->nr = 0;
}
