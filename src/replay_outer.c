/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The callers of a function that is executed: what it asks on its way is
 * asked of them at once.
 */
#include "replay_int.h"

#include "subst.h"

static const struct outer *keep_outer(struct replayer *rp,
				      const struct outer *new)
{
	struct outer *o = g_memdup2(new, sizeof(*new));

	g_ptr_array_add(rp->outer, o);
	return o;
}

const struct outer *replay_call(struct replayer *rp, const struct call_edge *e,
				const struct outer *up)
{
	struct outer o = { .up = up, .function = e->caller, .node = e->node,
			   .at = e->at, .arg = e->arg };

	return keep_outer(rp, &o);
}

static bool has_literal(const struct state *s, uint32_t literal)
{
	for (guint i = 0; s && i < s->guard->len; i++)
		if (g_array_index(s->guard, uint32_t, i) == literal)
			return true;
	return false;
}

/* What an entry point is called with: nobody holds a lock. */
static bool may_begin_with(const struct replayer *rp, uint32_t literal)
{
	return rp->guard ||
	       term_get(rp->x->t, LITERAL_TERM(literal))->op != TERM_HELD ||
	       !LITERAL_TRUTH(literal);
}

/* Is it that none of the model's callers, FUNCTION among them, is running? */
static bool excludes_function(const struct replayer *rp, uint32_t literal,
			      fact_id function)
{
	const struct term *x = term_get(rp->x->t, LITERAL_TERM(literal));

	if (x->op != TERM_HELD)
		return false;
	x = term_get(rp->x->t, x->a);
	return x->op == TERM_STRING && x->a == STRING_CALLER &&
	       (rp->x->p->excludes[function] >> x->b & 1);
}

/* Learns what is not known at S, which becomes a copy; false: it cannot be. */
static bool learn_at(struct replayer *rp, const struct state **s,
		     term_id mapped, uint32_t literal)
{
	struct explorer *x = rp->x;
	bool truth = LITERAL_TRUTH(literal);
	struct state *copy;

	if (!LITERAL_IS_ASSERTED(literal) &&
	    (!explore_facts_allow(x, (*s)->fact,
				  LITERAL(mapped, false, truth)) ||
	     !explore_world_allows(x, *s, mapped, truth)))
		return false;
	copy = replay_keep(rp, state_copy(*s));
	*s = copy;
	if (!LITERAL_IS_ASSERTED(literal))
		return state_learn(x->t, copy, mapped, truth, false);
	state_guard(x->t, copy, mapped, truth, true);
	return true;
}

static bool learn_literal(struct replayer *rp, const struct outer **outer,
			  uint32_t literal)
{
	struct explorer *x = rp->x;
	struct outer o = **outer;
	const struct state *before = o.at;
	enum tristate truth;
	struct subst m;
	term_id mapped;

	if (excludes_function(rp, literal, o.function))
		return false;
	subst_init(&m, x->p, x->t, o.at, o.arg, o.node);
	truth = subst_truth(&m, LITERAL_TERM(literal), &mapped);
	subst_release(&m);
	if (term_loads_null(x->t, mapped))
		return false;
	if (truth != TRI_UNKNOWN)
		return (truth == TRI_YES) == LITERAL_TRUTH(literal) ||
		       (LITERAL_IS_ASSERTED(literal) &&
			(rp->way->view.flags & STATE_ASSERT_FAILED));
	if (!learn_at(rp, &o.at, mapped, literal) ||
	    !replay_learn(rp, &o.up, before, o.at))
		return false;
	*outer = keep_outer(rp, &o);
	return true;
}

bool replay_learn(struct replayer *rp, const struct outer **outer,
		  const struct state *before, const struct state *now)
{
	rp->refused = 0;
	/* What no longer fits into the guard would not be asked. */
	if (state_guard_is_full(now))
		return false;
	for (guint i = 0; i < now->guard->len; i++) {
		uint32_t literal = g_array_index(now->guard, uint32_t, i);

		if (has_literal(before, literal))
			continue;
		if (explore_contradicts_any(rp->x, literal, now->guard))
			return false;
		if (!(*outer ? learn_literal(rp, outer, literal)
			     : may_begin_with(rp, literal))) {
			rp->refused = literal;
			return false;
		}
	}
	return true;
}

bool replay_refuses_all(struct replayer *rp, const struct outer *outer,
			const GArray *literals)
{
	for (guint i = 0; i < literals->len; i++) {
		const struct outer *copy = outer;

		if (learn_literal(rp, &copy,
				  g_array_index(literals, uint32_t, i)))
			return false;
	}
	return true;
}

term_id replay_name(const struct replayer *rp, const struct outer *outer,
		    term_id id)
{
	struct explorer *x = rp->x;
	struct subst m;
	term_id out;

	if (!id)
		return 0;
	subst_init(&m, x->p, x->t, outer->at, outer->arg, outer->node);
	out = subst_term(&m, id);
	if (m.is_inside || !term_is_stable(x->t, out))
		out = 0;
	subst_release(&m);
	return out;
}
