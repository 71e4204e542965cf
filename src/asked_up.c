/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "asked_up.h"

#include "asks.h"

/* The level that was in force when the callee says it was FORCE. */
static struct level force_above(const struct explorer *x,
				const struct state *at, struct level force,
				asked_name_fn *name, const void *context)
{
	if (!force.class)
		return at->level;
	force.owner = name(context, force.owner);
	return force.owner && !explore_sets_level(x, at, &force) ? at->level
								  : force;
}

uint32_t asked_up(struct explorer *x, const struct state *at, uint32_t asked,
		  bool released, asked_name_fn *name, const void *context)
{
	struct asks *asks = x->asks;
	uint32_t out = released ? asks_sure(asks, at->asked) : at->asked;

	for (uint32_t i = 0; i < asks_count(asks, asked); i++) {
		struct ask a = *asks_at(asks, asked, i);

		a.force = force_above(x, at, a.force, name, context);
		a.owner = name(context, a.owner);
		a.object = name(context, a.object);
		if (a.kind == ASK_UNLESS_HELD && a.object &&
		    explore_holds(x, at, a.object))
			continue;
		if (!a.force.class == !a.force.owner)
			out = asks_add(asks, out, &a);
	}
	return out;
}
