/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vary.h"

#include <string.h>

#include "candidate.h"
#include "leg.h"
#include "variant.h"

/* Have A and B the holder and both places in common? */
static bool is_of_run(const struct candidate *a, const struct candidate *b)
{
	return a->pair->holder == b->pair->holder &&
	       a->held_function == b->held_function &&
	       a->held_line == b->held_line &&
	       a->pair->acquired.site_function ==
		       b->pair->acquired.site_function &&
	       a->pair->acquired.site_line == b->pair->acquired.site_line;
}

static bool is_same_chain(const GArray *a, const GArray *b)
{
	return a->len == b->len &&
	       (a->len == 0 ||
		memcmp(a->data, b->data, a->len * sizeof(fact_id)) == 0);
}

/* Adds CHAIN, which is handed over, to SHOWN; false: it is there already. */
static bool show(GPtrArray *shown, GArray *chain)
{
	for (guint i = 0; i < shown->len; i++)
		if (is_same_chain(g_ptr_array_index(shown, i), chain)) {
			g_array_unref(chain);
			return false;
		}
	g_ptr_array_add(shown, chain);
	return true;
}

bool vary_take(struct handup *h, struct replayer *rp, struct candidate *k,
	       const struct pair *variant)
{
	struct candidate other = *k;
	GPtrArray *legs;

	other.pair = variant;
	if (!candidate_same_lockset(h, k, &other))
		return false;
	legs = legs_make(h, &k->way, variant, k->origin);
	if (!replay(rp, &k->way, variant, legs)) {
		legs_free(legs);
		return false;
	}
	if (k->legs)
		legs_free(k->legs);
	k->legs = legs;
	k->pair = variant;
	k->confirmed = true;
	return true;
}

/* K's witness is one of SHOWN: is there another one? */
static void vary(struct handup *h, struct replayer *rp, struct candidate *k,
		 GPtrArray *shown)
{
	GPtrArray *variants = variant_find(h, k->pair, 0);
	bool taken = false;

	for (guint i = 0; i < variants->len && !taken; i++) {
		const struct pair *p = g_ptr_array_index(variants, i);
		GArray *chain = variant_chain(h, p);

		if (!show(shown, chain))
			continue;
		taken = vary_take(h, rp, k, p);
		if (taken)
			k->steady = k->unstopped = true;
		else
			g_ptr_array_set_size(shown, (int)shown->len - 1);
	}
	g_ptr_array_unref(variants);
}

static void free_chain(void *chain)
{
	g_array_unref(chain);
}

void vary_all(struct handup *h, struct replayer *rp,
	      const GPtrArray *candidates)
{
	GPtrArray *shown = g_ptr_array_new_with_free_func(free_chain);

	for (guint i = 0; i < candidates->len; i++) {
		struct candidate *k = g_ptr_array_index(candidates, i);

		if (i == 0 ||
		    !is_of_run(g_ptr_array_index(candidates, i - 1), k))
			g_ptr_array_set_size(shown, 0);
		if (!show(shown, variant_chain(h, k->pair)) && k->confirmed)
			vary(h, rp, k, shown);
	}
	g_ptr_array_unref(shown);
}
