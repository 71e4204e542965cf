/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tests are found by a forward data-flow analysis over one body: what a branch
 * asked of a member holds until the record's expression may mean another one,
 * or the member is stored to.  They count where a program stores to the
 * member only next to a store to the other, or in initialisers.
 *
 * Approximation that could hide a target: a record is not given another
 * function between the test and the call, by what is called in between or
 * by another CPU.
 */
#include "together.h"

#include "body_expr.h"

enum {
	TESTS_MAX = 4,
	NEAR_MAX = 16,		/* stores next to each other */
	NODES_MAX = 20000,
};

struct known {
	bool is_reached;
	bool is_loaded;		/* the function called is the record's now */
	uint8_t nr;
	struct member_test test[TESTS_MAX];
};

struct flow {
	const struct facts *f;
	const struct fact_body *b;
	uint32_t record;	/* expression: the address of the record */
	uint32_t local;		/* that holds the function, or 0 */
	uint32_t load;		/* node that sets it, or 0 */
	struct known *before;	/* per node */
	GQueue todo;
};

/* Does EXPR read locals, variables and constants only? */
static bool is_plain(const struct fact_body *b, uint32_t expr)
{
	const struct fact_expr *e = &b->expr[expr];

	switch (e->op) {
	case EXPR_CONST:
	case EXPR_LOCAL:
	case EXPR_GLOBAL:
		return true;
	case EXPR_FIELD:
	case EXPR_CAST:
		return is_plain(b, e->a);
	case EXPR_LOAD:
		return b->expr[e->a].op == EXPR_LOCAL;
	case EXPR_INDEX:
	case EXPR_ADD:
	case EXPR_SUB:
	case EXPR_SHR:
	case EXPR_AND:
		return is_plain(b, e->a) && is_plain(b, e->b);
	default:
		return false;
	}
}

/* Equal expressions of these. */
static bool is_same(const struct fact_body *b, uint32_t x, uint32_t y)
{
	return is_plain(b, x) && body_same_expr(b, x, y);
}

/* Does the value of EXPR change with a local? */
static bool reads_local(const struct fact_body *b, uint32_t expr,
			uint32_t local)
{
	const struct fact_expr *e = &b->expr[expr];

	switch (e->op) {
	case EXPR_LOCAL:
		return e->a == local;
	case EXPR_FIELD:
	case EXPR_CAST:
	case EXPR_LOAD:
		return reads_local(b, e->a, local);
	case EXPR_INDEX:
	case EXPR_ADD:
	case EXPR_SUB:
	case EXPR_SHR:
	case EXPR_AND:
		return reads_local(b, e->a, local) ||
		       reads_local(b, e->b, local);
	default:
		return false;
	}
}

/* No local in it is stored to through a pointer. */
static bool is_stable(const struct fact_body *b, uint32_t expr)
{
	if (!is_plain(b, expr))
		return false;
	for (uint32_t i = 1; i < b->local_nr; i++)
		if ((b->local[i].flags & LOCAL_ADDRESS_TAKEN) &&
		    reads_local(b, expr, i))
			return false;
	return true;
}

/* ---- what a branch asks ---- */

/* A load of a member of the record; the member, or 0. */
static fact_id member_read(const struct flow *w, uint32_t expr)
{
	const struct fact_expr *e = &w->b->expr[expr];

	while (e->op == EXPR_CAST)
		e = &w->b->expr[e->a];
	if (e->op != EXPR_LOAD)
		return 0;
	e = &w->b->expr[e->a];
	if (e->op != EXPR_FIELD || e->imm || !is_same(w->b, e->a, w->record) ||
	    FACT_TYPE(w->f, FACT_FIELD(w->f, e->b)->type)->kind != TYPE_INT)
		return 0;
	return e->b;
}

static bool read_test(const struct flow *w, uint32_t expr, bool truth,
		      struct member_test *out)
{
	const struct fact_expr *e = &w->b->expr[expr];

	while (e->op == EXPR_LNOT) {
		truth = !truth;
		expr = e->a;
		e = &w->b->expr[expr];
	}
	out->value = 0;
	out->is_equal = !truth;
	out->field = member_read(w, expr);
	if (out->field || (e->op != EXPR_EQ && e->op != EXPR_NE))
		return out->field != 0;
	if (w->b->expr[e->b].op != EXPR_CONST)
		return false;
	out->value = w->b->expr[e->b].imm;
	out->is_equal = (e->op == EXPR_EQ) == truth;
	out->field = member_read(w, e->a);
	return out->field != 0;
}

static bool has_test(const struct known *k, const struct member_test *t)
{
	for (int i = 0; i < k->nr; i++)
		if (k->test[i].field == t->field &&
		    k->test[i].is_equal == t->is_equal &&
		    k->test[i].value == t->value)
			return true;
	return false;
}

static void add_test(struct known *k, const struct member_test *t)
{
	if (k->nr < TESTS_MAX && !has_test(k, t))
		k->test[k->nr++] = *t;
}

/* ---- the flow ---- */

static void forget_field(struct known *k, fact_id field)
{
	uint8_t nr = 0;

	for (int i = 0; i < k->nr; i++)
		if (k->test[i].field != field)
			k->test[nr++] = k->test[i];
	k->nr = nr;
}

static void set_local(const struct flow *w, struct known *k, uint32_t local)
{
	if (local && local == w->local)
		k->is_loaded = false;
	if (!local || !reads_local(w->b, w->record, local))
		return;
	k->is_loaded = !w->local;
	k->nr = 0;
}

static void pass(const struct flow *w, struct known *k, uint32_t node)
{
	const struct fact_node *n = &w->b->node[node];

	switch (n->kind) {
	case NODE_ASSIGN:
		if (w->b->expr[n->a].op == EXPR_FIELD)
			forget_field(k, w->b->expr[n->a].b);
		set_local(w, k, body_root_local(w->b, n->a));
		break;
	case NODE_COPY:
		k->nr = 0;
		set_local(w, k, body_root_local(w->b, n->a));
		break;
	case NODE_UNDEF:
		set_local(w, k, n->a);
		break;
	case NODE_CALL:
		set_local(w, k, n->b);
		break;
	case NODE_ASM:
		for (uint32_t i = 0; i < n->b; i++)
			set_local(w, k,
				  body_root_local(w->b, w->b->extra[n->extra + i]));
		break;
	default:
		break;
	}
	if (node == w->load)
		k->is_loaded = true;
}

/* Keeps what is known on both ways. */
static void join(struct flow *w, const struct known *k, uint32_t node)
{
	struct known *to = &w->before[node], old = *to;

	if (!to->is_reached) {
		*to = *k;
		to->is_reached = true;
		g_queue_push_tail(&w->todo, GUINT_TO_POINTER(node));
		return;
	}
	to->is_loaded &= k->is_loaded;
	to->nr = 0;
	for (int i = 0; i < old.nr; i++)
		if (has_test(k, &old.test[i]))
			to->test[to->nr++] = old.test[i];
	if (to->nr != old.nr || to->is_loaded != old.is_loaded)
		g_queue_push_tail(&w->todo, GUINT_TO_POINTER(node));
}

static void leave(struct flow *w, const struct known *k, uint32_t node)
{
	const struct fact_node *n = &w->b->node[node];
	struct member_test t;
	struct known side = *k;

	if (n->kind == NODE_BRANCH) {
		if (read_test(w, n->a, true, &t))
			add_test(&side, &t);
		join(w, &side, n->next);
		side = *k;
		if (read_test(w, n->a, false, &t))
			add_test(&side, &t);
		join(w, &side, n->other);
		return;
	}
	if (n->kind == NODE_SWITCH || n->kind == NODE_JUMP) {
		for (uint32_t i = 0; i < n->extra_nr; i++)
			join(w, k, n->kind == NODE_JUMP
					   ? w->b->extra[n->extra + i]
					   : w->b->cases[n->extra + i].node);
	}
	if (n->next)
		join(w, k, n->next);
}

static void run(struct flow *w)
{
	const struct known start = { .is_reached = true,
				     .is_loaded = !w->local };

	w->before = g_new0(struct known, w->b->node_nr);
	g_queue_init(&w->todo);
	join(w, &start, 1);
	while (!g_queue_is_empty(&w->todo)) {
		uint32_t node = GPOINTER_TO_UINT(g_queue_pop_head(&w->todo));
		struct known k = w->before[node];

		pass(w, &k, node);
		if (w->b->node[node].kind != NODE_RETURN &&
		    w->b->node[node].kind != NODE_DEAD)
			leave(w, &k, node);
	}
}

/* The member that is loaded to be called: expression of its address, or 0.
 * If that goes through a local, it is set once. */
static uint32_t member_called(struct flow *w, struct writes *writes,
			      fact_id function, uint32_t callee)
{
	const struct fact_expr *e = &w->b->expr[callee];
	const struct fact_node *n;
	const GArray *nodes;

	if (e->op == EXPR_LOAD && w->b->expr[e->a].op == EXPR_LOCAL) {
		w->local = w->b->expr[e->a].a;
		nodes = writes_local(writes, function, w->local);
		if ((w->b->local[w->local].flags &
		     (LOCAL_PARAM | LOCAL_ADDRESS_TAKEN)) ||
		    !nodes || nodes->len != 1)
			return 0;
		w->load = g_array_index(nodes, uint32_t, 0);
		n = &w->b->node[w->load];
		if (n->kind != NODE_ASSIGN)
			return 0;
		e = &w->b->expr[n->b];
	}
	if (e->op != EXPR_LOAD || w->b->expr[e->a].op != EXPR_FIELD ||
	    w->b->expr[e->a].imm)
		return 0;
	return e->a;
}

/* ---- is it stored together? ---- */

static const struct fact_expr *field_stored(const struct fact_body *b,
					    uint32_t node)
{
	const struct fact_node *n = &b->node[node];

	return n->kind == NODE_ASSIGN && b->expr[n->a].op == EXPR_FIELD &&
	       !b->expr[n->a].imm ? &b->expr[n->a] : NULL;
}

/* Does control go from X through stores only to Y? */
static bool is_next(const struct fact_body *b, uint32_t x, uint32_t y)
{
	for (int i = 0; i < NEAR_MAX && b->node[x].kind == NODE_ASSIGN; i++) {
		x = b->node[x].next;
		if (x == y)
			return true;
	}
	return false;
}

/* The store to FIELD of the same record next to the store at NODE; 0: none,
 * UINT32_MAX: it cannot be told. */
static uint32_t store_beside(const struct writes *w, fact_id function,
			     uint32_t node, fact_id field)
{
	const struct facts *f = w->f;
	const struct fact_function *fn = FACT_FUNCTION(f, function);
	const struct fact_expr *at = field_stored(fn->body, node), *e;
	uint32_t found = 0;

	if (!at || !is_plain(fn->body, at->a))
		return UINT32_MAX;
	for (uint32_t i = 1; i < fn->body->node_nr; i++) {
		e = field_stored(fn->body, i);
		if (!e || w->alias_of[e->b] != w->alias_of[field] ||
		    !is_same(fn->body, e->a, at->a))
			continue;
		if (found || (!(fn->flags & FUNCTION_INIT) &&
			      !is_next(fn->body, i, node) &&
			      !is_next(fn->body, node, i)))
			return UINT32_MAX;
		found = i;
	}
	if (!found && !(fn->flags & FUNCTION_INIT))
		return UINT32_MAX;
	return found;
}

/* Is FIELD set only where CALLED, beside it, is set too? */
static bool is_set_together(const struct facts *f, const struct writes *w,
			    fact_id field, fact_id called)
{
	const GArray *stores = w->field[w->alias_of[field]];

	if (w->field_escapes[w->alias_of[field]])
		return false;
	for (guint i = 0; stores && i < stores->len; i++) {
		const struct node_ref *ref =
			&g_array_index(stores, struct node_ref, i);
		uint32_t other;

		if (FACT_FUNCTION(f, ref->function)->flags & FUNCTION_INIT)
			continue;
		other = store_beside(w, ref->function, ref->node, called);
		if (other == 0 || other == UINT32_MAX)
			return false;
	}
	return true;
}

GArray *together_tests(const struct facts *f, struct writes *w,
		       fact_id function, uint32_t node)
{
	GArray *out = g_array_new(FALSE, FALSE, sizeof(struct member_test));
	struct flow flow = { .f = f };
	const struct known *k;
	uint32_t member;

	flow.b = FACT_FUNCTION(f, function)->body;
	member = member_called(&flow, w, function, flow.b->node[node].a);
	if (!member || flow.b->node_nr > NODES_MAX ||
	    !is_stable(flow.b, flow.b->expr[member].a))
		return out;
	flow.record = flow.b->expr[member].a;
	run(&flow);
	k = &flow.before[node];
	for (int i = 0; k->is_loaded && i < k->nr; i++)
		if (is_set_together(f, w, k->test[i].field,
				    flow.b->expr[member].b))
			g_array_append_val(out, k->test[i]);
	g_free(flow.before);
	return out;
}

static bool fails(struct pointsto *pt, const struct facts *f,
		  const struct member_test *t, const struct node_ref *ref,
		  const struct call_string *calls)
{
	const struct fact_body *b = FACT_FUNCTION(f, ref->function)->body;
	uint32_t other = store_beside(pointsto_writes(pt), ref->function,
				      ref->node, t->field);
	int64_t value = 0;

	if (other == UINT32_MAX)
		return false;
	if (other && !pointsto_constant(pt, ref->function, b->node[other].b,
					calls, &value))
		return false;
	if (FACT_TYPE(f, FACT_FIELD(f, t->field)->type)->bits == 1)
		value = value != 0;
	return (value == t->value) != t->is_equal;
}

bool together_contradicts(struct pointsto *pt, const struct facts *f,
			  const GArray *tests, const struct node_ref *ref,
			  const struct call_string *calls)
{
	for (guint i = 0; i < tests->len; i++)
		if (fails(pt, f,
			  &g_array_index(tests, struct member_test, i), ref,
			  calls))
			return true;
	return false;
}
