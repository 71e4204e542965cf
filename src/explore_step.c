/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The effect of each kind of node on a state. */
#include "explore_int.h"

#include "body_expr.h"
#include "mutant.h"

/* The number of a computed pointer that a node assigns. */
enum { FRESH_POINTER = 700 };

/* Of a switch, in the guard of its default. */
enum { TOLD_CASES_MAX = 4 };

/* Results from -MAX_ERRNO to -1 say what went wrong. */
enum { ERRNO_MAX = 4095 };

static bool returns_signed(const struct run *r)
{
	const struct facts *f = r->x->p->f;
	const struct fact_type *t =
		FACT_TYPE(f, FACT_FUNCTION(f, r->function)->type);

	return FACT_TYPE(f, t->target)->is_signed;
}

/*
 * Approximation: a caller is told that a call failed, but not with which of
 * the errors.
 */
static term_id any_error(struct run *r, struct state *s, term_id result)
{
	struct terms *t = r->x->t;
	int64_t imm;
	term_id error;

	if (!term_is_const(t, result, &imm) || imm >= 0 || imm < -ERRNO_MAX)
		return result;
	error = term_leaf(t, TERM_FRESH, 0, 0, 0);
	bindings_set(s->fact, error, 0);
	if (returns_signed(r)) {
		term_id zero = term_const(t, 0);

		state_assume(t, s, term_binary(t, EXPR_LT, error, zero), true);
		state_assume(t, s, term_binary(t, EXPR_GE, error, zero), false);
	}
	return error;
}

static void do_return(struct run *r, struct state *s, uint32_t node)
{
	const struct fact_node *n = &r->e.b->node[node];
	term_id result = 0;

	if (r->recording) {
		state_free(s);
		return;
	}
	if (n->a && r->x->p->result_needed[r->function]) {
		result = value_of(&r->e, s, n->a);
		if (term_get(r->x->t, result)->flags & TERM_HAS_LOCAL)
			result = term_unknown(r->x->t);
		result = any_error(r, s, result);
	}
	explore_add_exit(r, s, result);
}

/* The member that VALUE was loaded from in the record at BASE, or 0. */
static uint32_t walked_member(const struct run *r, term_id value,
			      term_id base)
{
	const struct term *x = term_get(r->x->t, value);

	if (x->op != TERM_LOAD)
		return 0;
	x = term_get(r->x->t, x->a);
	return x->op == TERM_FIELD && x->a == base ? x->b : 0;
}

/*
 * A walk along a list: the next element is some element, which keeps what the
 * model says that all elements share.  To be asked before what NODE made is
 * renamed: SHARED gets the members that the element to come has.  0 if NODE is
 * no such step.
 */
static term_id next_element(struct run *r, const struct state *s,
			    uint32_t node, GArray *shared)
{
	const struct program *p = r->x->p;
	const struct fact_node *n = &r->e.b->node[node];
	term_id old = state_memory(s, value_of(&r->e, s, n->a)), next;
	uint32_t member = old ? walked_member(r, value_of(&r->e, s, n->b), old)
			      : 0;

	if (!member || !r->e.slice->in_loop[node])
		return 0;
	next = term_leaf(r->x->t, TERM_FRESH, node, 0,
			 p->role_of_field[member]);
	for (guint i = 0; i < p->invariant->len; i++) {
		const struct invariant *v =
			&g_array_index(p->invariant, struct invariant, i);
		struct binding b;

		if (v->from != v->field || v->path != member)
			continue;
		b.key = term_field(r->x->t, next, v->field);
		b.value = value_of_member(p, r->x->t, s, old, v->field);
		if (term_is_stable(r->x->t, b.value) &&
		    !term_contains(r->x->t, b.value, next))
			g_array_append_val(shared, b);
	}
	return next;
}

/* What a loop counts is any number after the first round. */
static bool is_counted(const struct run *r, uint32_t node, term_id value)
{
	const struct fact_node *n = &r->e.b->node[node];
	const struct fact_expr *target = &r->e.b->expr[n->a];

	if (target->op != EXPR_LOCAL || !r->e.slice->varies[target->a])
		return false;
	return n->flags & NODE_WEAK ||
	       (r->e.slice->in_loop[node] &&
		!term_is_const(r->x->t, value, NULL));
}

/*
 * What a loop has left of 1 << order pages; 0 if NODE stores no such thing.
 * Approximation: each round takes off a page at least, and none more than is
 * left, so that of one page nothing is.
 */
static term_id rest_of_size(struct run *r, const struct state *s, uint32_t node)
{
	const struct fact_node *n = &r->e.b->node[node];
	const struct fact_expr *target = &r->e.b->expr[n->a];
	const struct fact_expr *value = &r->e.b->expr[body_uncast(r->e.b, n->b)];
	term_id size, whole;

	if (target->op != EXPR_LOCAL || value->op != EXPR_SUB ||
	    body_local_read(r->e.b, value->a) != target->a ||
	    !r->e.slice->in_loop[node] || !r->e.slice->decides[target->a])
		return 0;
	size = value_of(&r->e, s, value->a);
	whole = term_size_of_rest(r->x->t, size);
	if (whole)
		size = whole;
	if (!term_is_size(r->x->t, size))
		return 0;
	return term_rest(r->x->t, size,
			 term_leaf(r->x->t, TERM_FRESH, node, FRESH_POINTER,
				   0));
}

/* A pointer to a record that was computed (an allocator's result, a page's
 * address) gets a name in the local that it is assigned to. */
static term_id name_pointer(const struct run *r, uint32_t node, term_id value)
{
	const struct fact_node *n = &r->e.b->node[node];
	const struct fact_expr *target = &r->e.b->expr[n->a];

	if (target->op != EXPR_LOCAL ||
	    !program_is_object(r->x->p, r->e.b->local[target->a].type) ||
	    (term_is_stable(r->x->t, value) &&
	     term_get(r->x->t, value)->op != TERM_UNKNOWN))
		return value;
	return term_leaf(r->x->t, TERM_FRESH, node, FRESH_POINTER, 0);
}

/* Does ADDRESS, an argument, point to a pointer? */
static bool points_to_pointer(const struct run *r, term_id address)
{
	const struct facts *f = r->x->p->f;
	uint32_t local = term_get(r->x->t, address)->a + 1;
	const struct fact_type *t = FACT_TYPE(f, r->e.b->local[local].type);

	return t->kind == TYPE_POINTER &&
	       FACT_TYPE(f, t->target)->kind == TYPE_POINTER;
}

/*
 * A number that is stored through an argument gets one, too: what is known of
 * it is known to callers then, and calls leave it alone.  An argument, and a
 * pointer that has a name, keep theirs: what that is is what callers know.
 */
static term_id name_stored(const struct run *r, uint32_t node, term_id address,
			   term_id value)
{
	if (term_get(r->x->t, address)->op != TERM_SYMBOL ||
	    !r->x->p->output_needed[r->function] ||
	    term_is_fixed(r->x->t, value) ||
	    term_get(r->x->t, value)->op == TERM_FRESH ||
	    term_get(r->x->t, value)->op == TERM_SYMBOL ||
	    (term_is_stable(r->x->t, value) &&
	     term_get(r->x->t, value)->op != TERM_UNKNOWN &&
	     points_to_pointer(r, address)))
		return value;
	return term_leaf(r->x->t, TERM_FRESH, node, FRESH_POINTER, 0);
}

static void do_assign(struct run *r, struct state *s, uint32_t node)
{
	const struct fact_node *n = &r->e.b->node[node];
	GArray *shared = g_array_new(FALSE, FALSE, sizeof(struct binding));
	term_id next = next_element(r, s, node, shared), value, address, rest;

	if (r->e.slice->in_loop[node])
		state_age(r->x->t, s, node);
	value = value_of(&r->e, s, n->b);
	rest = rest_of_size(r, s, node);
	if (next || rest)
		value = next ? next : rest;
	else if (is_counted(r, node, value))
		value = term_unknown(r->x->t);
	else
		value = name_pointer(r, node, value);
	for (guint i = 0; i < shared->len; i++) {
		struct binding b = g_array_index(shared, struct binding, i);

		bindings_set(s->memory, b.key, b.value);
	}
	g_array_unref(shared);
	address = value_of(&r->e, s, n->a);
	state_store(r->x->p, r->x->t, s, address,
		    name_stored(r, node, address, value));
	explore_arrive(r, n->next, s);
}

/* The members of a small record, one by one; of a large one: forgotten. */
static void do_copy(struct run *r, struct state *s, uint32_t node)
{
	const struct fact_node *n = &r->e.b->node[node];
	term_id to = value_of(&r->e, s, n->a);
	term_id from = value_of(&r->e, s, n->b);
	GArray *found = g_array_new(FALSE, FALSE, sizeof(struct binding));

	for (guint i = 0; i < s->memory->len; i++) {
		struct binding b = g_array_index(s->memory, struct binding, i);
		const struct term *x = term_get(r->x->t, b.key);

		if (x->op == TERM_FIELD && x->a == from) {
			b.key = term_field(r->x->t, to, x->b);
			g_array_append_val(found, b);
		}
	}
	state_forget(r->x->t, s, to);
	for (guint i = 0; i < found->len; i++) {
		struct binding b = g_array_index(found, struct binding, i);

		state_store(r->x->p, r->x->t, s, b.key, b.value);
	}
	g_array_unref(found);
	explore_arrive(r, n->next, s);
}

static void do_asm(struct run *r, struct state *s, uint32_t node)
{
	const struct fact_node *n = &r->e.b->node[node];

	for (uint32_t i = 0; i < n->extra_nr; i++) {
		uint32_t expr = r->e.b->extra[n->extra + i];
		uint32_t local = body_root_local(r->e.b, expr);

		if (local)
			state_forget(r->x->t, s, value_of(&r->e, s, expr));
		else if (i < n->b)
			explore_store_any(r, s, node, i,
					  value_of(&r->e, s, expr));
	}
	explore_arrive(r, n->next, s);
}

static bool leads_nowhere(const struct run *r, uint32_t node)
{
	uint32_t to = node ? r->e.slice->skip[node] : 0;

	return !to || r->e.b->node[to].kind == NODE_DEAD;
}

/*
 * A path on which an assertion must fail goes on, as in a release build: its
 * orderings are of the world "assert-fails".
 * Approximation: the second assertion that fails on a path is taken to hold,
 * and so is one about anything else than arguments.
 */
static void do_assertion(struct run *r, struct state *s, uint32_t node,
			 term_id value)
{
	const struct fact_node *n = &r->e.b->node[node];
	bool truth = leads_nowhere(r, n->other);
	uint32_t next = truth ? n->next : n->other;

	if (state_truth(r->x->t, s, value) == TRI_UNKNOWN &&
	    !(s->flags & STATE_ASSERT_FAILED) &&
	    !(term_get(r->x->t, value)->flags &
	      (TERM_HAS_LOAD | TERM_HAS_FRESH))) {
		struct state *failed = state_copy(s);

		failed->flags |= STATE_ASSERT_FAILED;
		if (state_learn(r->x->t, failed, value, !truth, false))
			explore_arrive(r, next, failed);
		else
			state_free(failed);
	}
	if (!state_learn(r->x->t, s, value, truth, true)) {
		explorer_limit(r->x, LIMIT_ASSERT, r->function, node, 0);
		s->flags |= STATE_ASSERT_FAILED;
	}
	explore_arrive(r, next, s);
}

static void do_branch(struct run *r, struct state *s, uint32_t node)
{
	const struct fact_node *n = &r->e.b->node[node];
	term_id value = term_condition(r->x->t, value_of(&r->e, s, n->a));
	enum tristate truth = state_condition(r->x->p, r->x->t, s, value);
	struct state *other;

	if (slice_is_guard(r->e.b, node) && program_is_assertion(r->x->p, n)) {
		do_assertion(r, s, node, value);
		return;
	}
	if (truth != TRI_UNKNOWN) {
		explore_arrive(r, truth == TRI_YES ? n->next : n->other, s);
		return;
	}
	other = state_copy(s);
	explore_learn_held(r, s, value, true);
	explore_learn_held(r, other, value, false);
	if (explore_learn(r->x, s, value, true))
		explore_arrive(r, n->next, s);
	else
		state_free(s);
	if (explore_learn(r->x, other, value, false))
		explore_arrive(r, n->other, other);
	else
		state_free(other);
}

/* VALUE OP NUMBER holds at S; false: that cannot be. */
static bool learn_compared(struct run *r, struct state *s, int op,
			   term_id value, int64_t number)
{
	struct terms *t = r->x->t;

	return state_learn(t, s,
			   term_binary(t, op, value, term_const(t, number)),
			   true, false);
}

/* One case of a switch over VALUE, which is not known. */
static void do_case(struct run *r, const struct state *s, term_id value,
		    const struct fact_case *c)
{
	struct state *to = state_copy(s);

	if (c->lo == c->hi ? !learn_compared(r, to, EXPR_EQ, value, c->lo)
			   : !learn_compared(r, to, EXPR_GE, value, c->lo) ||
				     !learn_compared(r, to, EXPR_LE, value,
						     c->hi)) {
		state_free(to);
		return;
	}
	explore_arrive(r, c->node, to);
}

/*
 * The default: none of the cases.  Approximation: callers are not told of what
 * VALUE is not where there are many cases; that would crowd out what matters.
 */
static void do_default(struct run *r, struct state *s, term_id value,
		       const struct fact_node *n)
{
	bool few = n->extra_nr <= TOLD_CASES_MAX;

	for (uint32_t i = 0; i < n->extra_nr; i++) {
		const struct fact_case *c = &r->e.b->cases[n->extra + i];

		term_id equal = term_binary(r->x->t, EXPR_EQ, value,
					    term_const(r->x->t, c->lo));

		if (c->lo == c->hi &&
		    !(few ? state_learn(r->x->t, s, equal, false, false)
			  : state_assume(r->x->t, s, equal, false))) {
			state_free(s);
			return;
		}
	}
	explore_arrive(r, n->next, s);
}

static void do_switch(struct run *r, struct state *s, uint32_t node)
{
	const struct fact_node *n = &r->e.b->node[node];
	term_id value = state_resolve(r->x->t, s, value_of(&r->e, s, n->a));
	int64_t imm = 0;

	if (!term_is_const(r->x->t, value, &imm)) {
		for (uint32_t i = 0; i < n->extra_nr; i++)
			do_case(r, s, value, &r->e.b->cases[n->extra + i]);
		do_default(r, s, value, n);
		return;
	}
	for (uint32_t i = 0; i < n->extra_nr; i++) {
		const struct fact_case *c = &r->e.b->cases[n->extra + i];

		if (MUTANT(19, imm > c->lo, imm >= c->lo) && imm <= c->hi) {
			explore_arrive(r, c->node, s);
			return;
		}
	}
	explore_arrive(r, n->next, s);
}

static void do_jump(struct run *r, struct state *s, uint32_t node)
{
	const struct fact_node *n = &r->e.b->node[node];

	for (uint32_t i = 0; i < n->extra_nr; i++)
		explore_arrive(r, r->e.b->extra[n->extra + i], state_copy(s));
	if (n->next)
		explore_arrive(r, n->next, s);
	else
		state_free(s);
}

static void call_target(struct run *r, struct state *s, uint32_t node,
			fact_id callee)
{
	const struct lock_primitive *lp =
		program_primitive(r->x->p, r->function, node, callee);

	if (lp)
		explore_primitive(r, s, node, lp);
	else
		explore_call(r, s, node, callee);
}

static void no_target(struct run *r, struct state *s, uint32_t node)
{
	uint32_t local = r->e.b->node[node].b;

	if (local)
		state_store(r->x->p, r->x->t, s,
			    term_leaf(r->x->t, TERM_LOCAL, local, 0, 0),
			    term_leaf(r->x->t, TERM_FRESH, node, 0, 0));
	g_ptr_array_add(r->out, s);
}

/*
 * One of several functions that a pointer may be: what the pointer is known to
 * be there excludes the others.
 */
static void call_through_pointer(struct run *r, const struct state *s,
				 uint32_t node, term_id pointer,
				 fact_id callee)
{
	struct terms *t = r->x->t;
	term_id equal = term_binary(t, EXPR_EQ, pointer,
				    term_leaf(t, TERM_FUNCTION, callee, 0, 0));
	struct state *own = state_copy(s);

	if ((term_is_stable(t, equal) &&
	     (!explore_facts_allow(r->x, own->fact,
				   LITERAL(equal, false, true)) ||
	      !state_learn(t, own, equal, true, false))) ||
	    !explore_learn_world(r, own, node, callee)) {
		state_free(own);
		return;
	}
	call_target(r, own, node, callee);
}

static void do_call(struct run *r, struct state *s, uint32_t node)
{
	const struct fact_node *n = &r->e.b->node[node];
	const struct call_site *site =
		callgraph_site(r->x->p->cg, r->function, node);
	term_id callee = value_of(&r->e, s, n->a);
	/* A copy: new terms move the table. */
	const struct term x = *term_get(r->x->t, callee);

	if (r->e.null_access) {
		g_ptr_array_add(r->out, s);
		explore_arrive_all(r, n->next);
		return;
	}
	if (x.op == TERM_FUNCTION) {
		if (explore_learn_world(r, s, node, x.a))
			call_target(r, s, node, x.a);
		else
			state_free(s);
	} else if (!site->target_nr) {
		no_target(r, s, node);
	} else {
		for (uint32_t i = 0; i < MUTANT(14, 1, site->target_nr); i++)
			call_through_pointer(
				r, s, node, callee,
				g_array_index(r->x->p->cg->target, fact_id,
					      site->target + i));
		state_free(s);
	}
	explore_arrive_all(r, n->next);
}

void explore_step(struct run *r, struct state *s, uint32_t node)
{
	const struct fact_node *n = &r->e.b->node[node];

	r->x->steps++;
	r->self->steps++;
	r->e.node = node;
	r->e.null_access = false;
	if (r->param_writes)
		s->stored |= r->param_writes[node];
	if (r->e.slice->in_loop[node] &&
	    (n->kind == NODE_CALL || n->kind == NODE_COPY ||
	     n->kind == NODE_ASM))
		state_age(r->x->t, s, node);
	switch (n->kind) {
	case NODE_ASSIGN:
		do_assign(r, s, node);
		break;
	case NODE_COPY:
		do_copy(r, s, node);
		break;
	case NODE_UNDEF:
		state_forget(r->x->t, s,
			     term_leaf(r->x->t, TERM_LOCAL, n->a, 0, 0));
		explore_arrive(r, n->next, s);
		break;
	case NODE_CALL:
		do_call(r, s, node);
		break;
	case NODE_ASM:
		do_asm(r, s, node);
		break;
	case NODE_BRANCH:
		do_branch(r, s, node);
		break;
	case NODE_SWITCH:
		do_switch(r, s, node);
		break;
	case NODE_JUMP:
		do_jump(r, s, node);
		break;
	case NODE_RETURN:
		do_return(r, s, node);
		break;
	case NODE_NOP:
		explore_arrive(r, n->next, s);
		break;
	default:
		state_free(s);
		break;
	}
}
