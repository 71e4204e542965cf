/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "candidate.h"

#include "leg.h"
#include "lockprim.h"

enum candidate_rank candidate_rank(const struct lockprims *lp,
				   const struct candidate *k)
{
	const struct way_view *v = &k->way.view;
	int held = lockprims_level(lp, k->pair->held.class);
	int acquired = lockprims_level(lp, k->pair->acquired.view.class);

	if (k->pair->same_object)
		return RANK_IN_ORDER;
	if (held > acquired)
		return RANK_OUT_OF_ORDER;
	if (held == acquired || lockprims_level(lp, k->in_force) > acquired)
		return RANK_SAME_LEVEL;
	return v->relation != RELATION_SAME && v->held_control != TRI_NO &&
			       v->acquired_control != TRI_YES
		       ? RANK_BIAS
		       : RANK_IN_ORDER;
}

void candidate_free(void *data)
{
	struct candidate *k = data;

	g_array_unref(k->way.edge);
	if (k->legs)
		legs_free(k->legs);
	g_free(k);
}
