/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "way.h"

#include <string.h>

static void way_release(void *way)
{
	g_array_unref(((struct way *)way)->edge);
}

GArray *ways_new(void)
{
	GArray *ways = g_array_new(FALSE, FALSE, sizeof(struct way));

	g_array_set_clear_func(ways, way_release);
	return ways;
}

bool way_views_alike(const struct way_view *x, const struct way_view *y)
{
	struct way_view z = *y;

	z.flags = x->flags;
	return memcmp(x, &z, sizeof(*x)) == 0;
}

bool way_needs_no_more(uint8_t flags, uint8_t more)
{
	return !(flags & ~more);
}

bool way_is_uncalled(const struct handup *h, const struct way *way,
		     fact_id holder)
{
	const struct call_edge *first;

	if (!way->edge->len)
		return reach_is_uncalled(h->reach, holder);
	first = g_ptr_array_index(h->edge,
				  g_array_index(way->edge, uint32_t, 0));
	return reach_is_uncalled(h->reach, first->caller);
}

bool way_admits(const struct handup *h, const struct way *way, uint32_t guard)
{
	for (guint i = way->edge->len; i > 0; i--) {
		const struct call_edge *e = g_ptr_array_index(
			h->edge, g_array_index(way->edge, uint32_t, i - 1));
		struct mapped_guard g = mapping_guard(h->map, e, guard);

		if (g.is_excluded ||
		    (g.assert_failed &&
		     !(way->view.flags & STATE_ASSERT_FAILED)))
			return false;
		guard = g.set;
	}
	return true;
}
