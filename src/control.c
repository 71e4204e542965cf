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

bool control_is_excluded(const struct handup *h, const struct pair *p,
			 term_id owner)
{
	const struct explorer *x = h->x;
	uint32_t nr, is_control;
	const uint32_t *guard;
	term_id control;

	if (!owner || !x->p->control_field)
		return false;
	control = control_of(x, p->at, owner);
	if (value_is_control(x->p, x->t, p->at, owner) == TRI_NO ||
	    !explore_world_allows(x, p->at, control, true))
		return true;
	is_control = LITERAL(control, false, true);
	guard = numset_members(h->sets, p->acquired.guard, &nr);
	for (uint32_t i = 0; i < nr; i++)
		if (explore_contradict(x, is_control, guard[i]))
			return true;
	return false;
}
