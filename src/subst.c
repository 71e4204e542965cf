/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Substitution.  Loads are made again in the caller's state, so that what it
 * has stored, and what it knows, takes their place.
 */
#include "subst.h"

#include "program.h"
#include "value.h"

void subst_init(struct subst *m, const struct program *p, struct terms *t,
		const struct state *at, const GArray *arg, uint32_t node)
{
	*m = (struct subst){ .p = p, .t = t, .at = at, .arg = arg,
			     .node = node };
	m->fresh = g_array_new(FALSE, FALSE, sizeof(term_id));
}

void subst_release(struct subst *m)
{
	g_array_unref(m->fresh);
}

/* The I-th value that the callee made, as the caller calls it. */
static term_id made_inside(struct subst *m, term_id leaf, int64_t role)
{
	guint i = 0;

	m->is_inside = true;
	while (i < m->fresh->len &&
	       g_array_index(m->fresh, term_id, i) != leaf)
		i++;
	if (i == m->fresh->len)
		g_array_append_val(m->fresh, leaf);
	return term_leaf(m->t, TERM_FRESH, m->node, i + 1, role);
}

static term_id subst_binary(struct subst *m, const struct term *x)
{
	term_id a = subst_term(m, x->a), b = subst_term(m, x->b);

	return state_resolve(m->t, m->at,
			     term_binary(m->t, (int)x->imm, a, b));
}

term_id subst_term(struct subst *m, term_id id)
{
	struct term x;

	if (!id)
		return 0;
	x = *term_get(m->t, id);
	switch (x.op) {
	case TERM_SYMBOL:
		return x.a < m->arg->len
			       ? g_array_index(m->arg, term_id, x.a)
			       : term_unknown(m->t);
	case TERM_FRESH:
		return made_inside(m, id, x.imm);
	case TERM_OLD:
		m->is_inside = true;
		return term_leaf(m->t, TERM_OLD, m->node, x.b, x.imm);
	case TERM_LOCAL:
		m->is_inside = true;
		return term_unknown(m->t);
	case TERM_FIELD:
		return term_field(m->t, subst_term(m, x.a), x.b);
	case TERM_INDEX: {
		term_id a = subst_term(m, x.a), b = subst_term(m, x.b);

		return term_index(m->t, a, b);
	}
	case TERM_LOAD:
		return value_load(m->p, m->t, m->at, subst_term(m, x.a));
	case TERM_HELD:
		return state_held(m->p, m->t, m->at, subst_term(m, x.a));
	case TERM_UNARY:
		return state_resolve(m->t, m->at,
				     term_unary(m->t, (int)x.imm,
						subst_term(m, x.a)));
	case TERM_BINARY:
		return subst_binary(m, &x);
	default:
		return id;
	}
}

enum tristate subst_truth(struct subst *m, term_id id, term_id *mapped)
{
	*mapped = term_condition(m->t, subst_term(m, id));
	return state_condition(m->p, m->t, m->at, *mapped);
}
