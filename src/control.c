/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control.h"

#include "program.h"
#include "value.h"

/* What is not 0 if OWNER is a control domain. */
static term_id control_of(const struct explorer *x, const struct state *at,
			  term_id owner)
{
	return value_of_member(x->p, x->t, at, owner, x->p->control_field);
}

enum tristate control_at(const struct explorer *x, const struct state *at,
			 term_id owner)
{
	enum tristate known = value_is_control(x->p, x->t, at, owner);

	return known == TRI_UNKNOWN && x->p->control_field &&
			       !explore_world_allows(
				       x, at, control_of(x, at, owner), true)
		       ? TRI_NO
		       : known;
}

bool control_is_excluded(const struct handup *h, const struct pair *p,
			 term_id owner)
{
	const struct explorer *x = h->x;
	uint32_t nr, is_control;
	const uint32_t *guard;

	if (!owner || !x->p->control_field)
		return false;
	if (control_at(x, p->at, owner) == TRI_NO)
		return true;
	is_control = LITERAL(control_of(x, p->at, owner), false, true);
	guard = numset_members(h->sets, p->acquired.guard, &nr);
	for (uint32_t i = 0; i < nr; i++)
		if (explore_contradict(x, is_control, guard[i]))
			return true;
	return false;
}
