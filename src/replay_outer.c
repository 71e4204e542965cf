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

/* A copy of S, the caller's, that has learnt what is not known there; NULL: it
 * cannot be. */
static struct state *learn_at(struct explorer *x, const struct state *s,
			      term_id mapped, uint32_t literal)
{
	bool truth = LITERAL_TRUTH(literal);
	struct state *copy;

	if (!LITERAL_IS_ASSERTED(literal) &&
	    (!explore_facts_allow(x, s->fact, LITERAL(mapped, false, truth)) ||
	     !explore_world_allows(x, s, mapped, truth)))
		return NULL;
	copy = state_copy(s);
	if (LITERAL_IS_ASSERTED(literal))
		state_guard(x->t, copy, mapped, truth, true);
	else if (!state_learn(x->t, copy, mapped, truth, false))
		g_clear_pointer(&copy, state_free);
	return copy;
}

/* Is LITERAL so where OUTER calls?  *MAPPED is what it asks in its terms. */
static enum tristate decide(const struct replayer *rp,
			    const struct outer *outer, uint32_t literal,
			    term_id *mapped)
{
	struct explorer *x = rp->x;
	enum tristate truth;
	struct subst m;

	*mapped = 0;
	if (excludes_function(rp, literal, outer->function))
		return TRI_NO;
	subst_init(&m, x->p, x->t, outer->at, outer->arg, outer->node);
	truth = subst_truth(&m, LITERAL_TERM(literal), mapped);
	subst_release(&m);
	if (term_loads_null(x->t, *mapped))
		return TRI_NO;
	if (truth == TRI_UNKNOWN)
		return truth;
	return (truth == TRI_YES) == LITERAL_TRUTH(literal) ||
			       (LITERAL_IS_ASSERTED(literal) &&
				(rp->way->view.flags & STATE_ASSERT_FAILED))
		       ? TRI_YES
		       : TRI_NO;
}

static bool learn_literal(struct replayer *rp, const struct outer **outer,
			  uint32_t literal)
{
	struct outer o = **outer;
	const struct state *before = o.at;
	struct state *learnt;
	term_id mapped;
	enum tristate now = decide(rp, &o, literal, &mapped);

	if (now != TRI_UNKNOWN)
		return now == TRI_YES;
	learnt = learn_at(rp->x, before, mapped, literal);
	if (!learnt || !replay_learn(rp, &o.up, before, learnt)) {
		state_free(learnt);
		return false;
	}
	o.at = replay_keep(rp, learnt);
	*outer = keep_outer(rp, &o);
	return true;
}

bool replay_learn(struct replayer *rp, const struct outer **outer,
		  const struct state *before, const struct state *now)
{
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
			g_array_append_val(rp->refused, literal);
			return false;
		}
	}
	return true;
}

/* Which of OUTER and its callers knows that LITERAL is not so; NULL: none. */
static const struct outer *refuser(const struct replayer *rp,
				   const struct outer *outer, uint32_t literal)
{
	struct explorer *x = rp->x;

	while (outer && literal) {
		bool truth = LITERAL_TRUTH(literal);
		term_id mapped;
		enum tristate now = decide(rp, outer, literal, &mapped);

		if (now != TRI_UNKNOWN)
			return now == TRI_NO ? outer : NULL;
		if (!LITERAL_IS_ASSERTED(literal) &&
		    !explore_facts_allow(x, outer->at->fact,
					 LITERAL(mapped, false, truth)))
			return outer;
		literal = state_literal(x->t, outer->at, mapped, truth,
					LITERAL_IS_ASSERTED(literal));
		outer = outer->up;
	}
	return NULL;
}

bool replay_refuses_all(const struct replayer *rp, const struct outer *outer,
			const GArray *literals, bool *above)
{
	*above = true;
	for (guint i = 0; i < literals->len; i++) {
		const struct outer *o = refuser(
			rp, outer, g_array_index(literals, uint32_t, i));

		if (!o)
			return false;
		*above &= o != outer;
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
