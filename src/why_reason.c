/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What excludes one call, or one acquisition at one call, told with its place:
 * the literal of a guard that cannot hold, and where it was asked for.
 */
#include "why_int.h"

#include <string.h>

#include "body_defs.h"
#include "expr_text.h"
#include "subst.h"
#include "term_text.h"

static const struct fact_node *node_of(const struct asker *k, fact_id function,
				       uint32_t node)
{
	return &FACT_FUNCTION(k->p->f, function)->body->node[node];
}

static const char *name_of(const struct asker *k, fact_id function)
{
	return FACT_FUNCTION(k->p->f, function)->display;
}

static char *value_text(const struct asker *k, fact_id function, uint32_t expr)
{
	const struct fact_body *b = FACT_FUNCTION(k->p->f, function)->body;
	GString *text = g_string_new("");
	struct body_defs defs;

	body_defs_init(&defs, b);
	expr_text(text, k->p->f, b, &defs, expr);
	body_defs_release(&defs);
	return g_string_free(text, FALSE);
}

/* Does expression E compare two pointers? */
static bool compares_objects(const struct asker *k, fact_id function,
			     uint32_t expr)
{
	const struct fact_body *b = FACT_FUNCTION(k->p->f, function)->body;
	const struct fact_expr *e = &b->expr[expr];

	if (e->op == EXPR_LNOT)
		return compares_objects(k, function, e->a);
	return (e->op == EXPR_EQ || e->op == EXPR_NE) &&
	       b->expr[e->a].op == EXPR_LOAD && b->expr[e->b].op == EXPR_LOAD;
}

/* Is EXPR about a variable that the source names, and not about memory? */
static bool is_of_variable(const struct asker *k, fact_id function,
			   uint32_t expr)
{
	const struct fact_body *b = FACT_FUNCTION(k->p->f, function)->body;
	const struct fact_expr *e = &b->expr[expr];

	while (e->op >= EXPR_NEG)
		e = &b->expr[e->a];
	return e->op == EXPR_LOAD && b->expr[e->a].op == EXPR_LOCAL &&
	       !(b->local[b->expr[e->a].a].flags & LOCAL_TEMP);
}

static enum why_kind kind_of_branch(struct asker *k, fact_id function,
				    uint32_t node)
{
	if (program_in_lock_header(k->p, function) ||
	    compares_objects(k, function, node_of(k, function, node)->a))
		return WHY_IDENTITY;
	return why_trace(k, function)->constant[node] &&
			       is_of_variable(k, function,
					      node_of(k, function, node)->a)
		       ? WHY_CONSTANT
		       : WHY_GUARD;
}

static void add_branch_cut(struct asker *k, fact_id function,
			   const struct cut *c)
{
	const struct fact_node *n = node_of(k, function, c->node);
	char *condition = value_text(k, function, n->a);

	if (n->kind == NODE_BRANCH)
		why_add(k, kind_of_branch(k, function, c->node), function,
			c->node,
			g_strdup_printf("'%s' is %s on every way here",
					condition,
					c->to == n->next ? "false" : "true"));
	else
		why_add(k, kind_of_branch(k, function, c->node), function,
			c->node,
			g_strdup_printf("'%s' is no value that leads there",
					condition));
	g_free(condition);
}

/* The functions that the call at NODE may be of, as text. */
static char *callee_text(const struct asker *k, fact_id function, uint32_t node)
{
	const struct call_site *s = callgraph_site(k->p->cg, function, node);

	if (s && s->target_nr == 1)
		return g_strdup(name_of(k, g_array_index(k->p->cg->target,
							 fact_id, s->target)));
	return g_strdup("what is called here");
}

static void add_call_cut(struct asker *k, fact_id function,
			 const struct cut *c)
{
	char *callee = callee_text(k, function, c->node);

	if (c->is_release)
		why_add(k, WHY_RELEASE, function, c->node,
			g_strdup_printf("%s returns with the lock released",
					callee));
	else
		why_add(k, WHY_GUARD, function, c->node,
			g_strdup_printf("%s does not return in what is known "
					"here", callee));
	g_free(callee);
}

void why_cuts(struct asker *k, fact_id function, uint32_t node, bool if_held)
{
	GArray *cuts = g_array_new(FALSE, FALSE, sizeof(struct cut));

	trace_cuts(why_trace(k, function), k->x, k->cfg, node, if_held, cuts);
	for (guint i = 0; i < cuts->len; i++) {
		const struct cut *c = &g_array_index(cuts, struct cut, i);
		uint8_t kind = node_of(k, function, c->node)->kind;

		if (kind == NODE_BRANCH || kind == NODE_SWITCH)
			add_branch_cut(k, function, c);
		else if (kind == NODE_CALL)
			add_call_cut(k, function, c);
	}
	g_array_unref(cuts);
}

static const struct summary *summary_of(const struct asker *k, fact_id id)
{
	return k->x->summary[id];
}

void why_no_call(struct asker *k, fact_id function, uint32_t node,
		 fact_id target, bool if_held)
{
	const struct program *p = k->p;
	bool primitive = why_acquires(k, function, node, target) != 0;
	const struct trace *t;

	if (if_held &&
	    !trace_gets_to(why_trace(k, function), k->x, node, true)) {
		why_cuts(k, function, node,
			 trace_gets_to(why_trace(k, function), k->x, node,
				       false));
		return;
	}
	if (!primitive && program_is_apart(p, target)) {
		why_add(k, WHY_CONTEXT, function, node,
			g_strdup_printf("%s runs in a context of its own",
					name_of(k, target)));
		return;
	}
	if (!primitive && p->opaque[target]) {
		why_add(k, WHY_WORLD, function, node,
			g_strdup_printf("the model does not follow %s",
					name_of(k, target)));
		return;
	}
	if (!primitive && (p->not_within[target] & p->excludes[function])) {
		why_add(k, WHY_CONTEXT, function, node,
			g_strdup_printf("by the model %s never gets to %s",
					name_of(k, function),
					name_of(k, target)));
		return;
	}
	if (!primitive && !program_call_locks(p, function, node, target)) {
		why_add(k, WHY_CONSTANT, function, node,
			g_strdup_printf("%s takes no lock with the constants "
					"that are passed here",
					name_of(k, target)));
		return;
	}
	if (!summary_of(k, function)) {
		why_add(k, WHY_NOT_REACHED, function, 0,
			g_strdup("nothing in it decides a lock"));
		return;
	}
	t = why_trace(k, function);
	if (!trace_gets_to(t, k->x, node, false))
		why_cuts(k, function, node, false);
	else if (primitive)
		why_add(k, WHY_IDENTITY, function, node,
			g_strdup("what is acquired here is another lock"));
	else
		why_add(k, WHY_WORLD, function, node,
			g_strdup_printf("the pointer called through is not %s "
					"here", name_of(k, target)));
}

/* The guard of one literal. */
static uint32_t set_of(struct asker *k, uint32_t literal)
{
	return numset_make(k->h->sets, &literal, 1);
}

static bool is_in(const GArray *guard, uint32_t literal)
{
	for (guint i = 0; i < guard->len; i++)
		if (LITERAL_UNASSERTED(g_array_index(guard, uint32_t, i)) ==
		    LITERAL_UNASSERTED(literal))
			return true;
	return false;
}

/* Where FUNCTION, by itself, has asked for LITERAL; 0: not known. */
static uint32_t node_that_asks(struct asker *k, fact_id function,
			       uint32_t literal)
{
	GHashTable *from = why_trace(k, function)->literal;
	void *found;

	if (!g_hash_table_lookup_extended(from, GUINT_TO_POINTER(literal),
					  NULL, &found))
		return 0;
	return GPOINTER_TO_UINT(found);
}

static const struct call_edge *edge_at(const struct asker *k, uint32_t id)
{
	return g_ptr_array_index(k->h->edge, id);
}

/* Which literal of INNER, in E's callee, is LITERAL in E's caller; or 0. */
static uint32_t literal_below(struct asker *k, const struct call_edge *e,
			      const struct acquisition *inner,
			      uint32_t literal)
{
	uint32_t nr;
	const uint32_t *member = numset_members(k->h->sets, inner->guard, &nr);
	uint32_t *copy = g_memdup2(member, sizeof(*member) * nr), found = 0;

	for (uint32_t i = 0; i < nr && !found; i++) {
		struct mapped_guard g = mapping_guard(k->h->map, e,
						      set_of(k, copy[i]));

		if (!g.is_excluded && numset_has(k->h->sets, g.set, literal) &&
		    !is_in(e->at->guard, literal))
			found = copy[i];
	}
	g_free(copy);
	return found;
}

/* Where was LITERAL asked for on the way of A, of FUNCTION, down? */
static struct why_step find_asked(struct asker *k, fact_id function,
				  const struct acquisition *a,
				  uint32_t literal)
{
	const struct call_edge *e;
	const struct acquisition *inner;
	struct why_step here = { .function = function };
	uint32_t below;

	if (!a->edge) {
		here.node = node_that_asks(k, function, literal);
		here.node = here.node ? here.node : a->event->node;
		return here;
	}
	e = edge_at(k, a->edge - 1);
	inner = &g_array_index(k->h->acquired[e->callee], struct acquisition,
			       a->inner);
	if (is_in(e->at->guard, literal)) {
		here.node = node_that_asks(k, function, literal);
		here.node = here.node ? here.node : e->node;
		return here;
	}
	below = literal_below(k, e, inner, literal);
	if (below)
		return find_asked(k, e->callee, inner, below);
	here.node = e->node;
	return here;
}

/* The argument, a number in E, that ID is about; -1: none. */
static int constant_argument(const struct asker *k, const struct call_edge *e,
			     term_id id)
{
	const struct term *x = term_get(k->x->t, id);

	while (x->op == TERM_BINARY || x->op == TERM_UNARY)
		x = term_get(k->x->t, x->a);
	if (x->op == TERM_SYMBOL && x->a < e->arg->len &&
	    term_is_const(k->x->t, g_array_index(e->arg, term_id, x->a), NULL))
		return (int)x->a;
	return -1;
}

static bool is_function_test(const struct asker *k, term_id id)
{
	const struct term *x = term_get(k->x->t, id);

	return x->op == TERM_BINARY && x->imm == EXPR_EQ &&
	       term_get(k->x->t, x->b)->op == TERM_FUNCTION;
}

/* Is it which function the caller passed as an argument? */
static bool is_callback_test(const struct asker *k, term_id id)
{
	const struct term *x = term_get(k->x->t, id);

	return is_function_test(k, id) &&
	       term_get(k->x->t, x->a)->op == TERM_SYMBOL;
}

static bool is_object_test(const struct asker *k, term_id id)
{
	const struct term *x = term_get(k->x->t, id);

	return x->op == TERM_BINARY && x->imm == EXPR_EQ &&
	       !term_is_fixed(k->x->t, x->b);
}

/* What E's caller makes of LITERAL: a number, or what the model implies. */
static bool is_decided(const struct asker *k, const struct call_edge *e,
		       uint32_t literal)
{
	enum tristate truth;
	struct subst m;
	term_id mapped;

	subst_init(&m, k->p, k->x->t, e->at, e->arg, e->node);
	truth = subst_truth(&m, LITERAL_TERM(literal), &mapped);
	subst_release(&m);
	return truth != TRI_UNKNOWN;
}

static enum why_kind kind_of_literal(const struct asker *k,
				     const struct call_edge *e,
				     uint32_t literal,
				     const struct why_step *asked)
{
	term_id id = LITERAL_TERM(literal);
	const struct term *x = term_get(k->x->t, id);

	if (x->op == TERM_HELD)
		return WHY_GUARD;
	if (constant_argument(k, e, id) >= 0)
		return WHY_CONSTANT;
	if (is_function_test(k, id) || !is_decided(k, e, literal))
		return WHY_WORLD;
	if (program_in_lock_header(k->p, asked->function) ||
	    is_object_test(k, id))
		return WHY_IDENTITY;
	return WHY_GUARD;
}

static char *literal_text(const struct asker *k, fact_id function,
			  uint32_t literal)
{
	GString *text = g_string_new(LITERAL_TRUTH(literal) ? "'" : "not '");

	term_text(text, k->p->f, k->x->t, function, LITERAL_TERM(literal));
	g_string_append_c(text, '\'');
	return g_string_free(text, FALSE);
}

/* Is it whether a function that never gets there is running? */
static bool is_caller_test(const struct asker *k, term_id id)
{
	const struct term *x = term_get(k->x->t, id);

	return x->op == TERM_HELD &&
	       term_get(k->x->t, x->a)->op == TERM_STRING;
}

/* E's caller never gets to what ID is about. */
static void add_caller_test(struct asker *k, const struct call_edge *e,
			    term_id id)
{
	uint32_t entry = term_get(k->x->t, term_get(k->x->t, id)->a)->b;
	fact_id to = 1;

	while (to < k->p->f->function->len &&
	       !(k->p->not_within[to] >> entry & 1))
		to++;
	why_add(k, WHY_CONTEXT, e->caller, e->node,
		g_strdup_printf("by the model %s never gets to %s",
				name_of(k, e->caller),
				name_of(k, to < k->p->f->function->len
						   ? to
						   : e->callee)));
}

/*
 * LITERAL, of E's callee, is excluded at E.  A constant is told where it is
 * passed, everything else where it is asked for.
 */
static void add_literal(struct asker *k, const struct call_edge *e,
			const struct acquisition *a, uint32_t literal)
{
	struct why_step asked;
	enum why_kind kind;
	char *what;
	const struct fact_function *fn;
	uint32_t line, call;

	/* Of many callbacks that it is not, one is told. */
	if (is_callback_test(k, LITERAL_TERM(literal))) {
		why_add(k, WHY_CONSTANT, e->caller, e->node,
			g_strdup_printf("%s gets another callback than those "
					"that lead there",
					name_of(k, e->callee)));
		return;
	}
	if (is_caller_test(k, LITERAL_TERM(literal))) {
		add_caller_test(k, e, LITERAL_TERM(literal));
		return;
	}
	asked = find_asked(k, e->callee, a, literal);
	kind = kind_of_literal(k, e, literal, &asked);
	what = literal_text(k, e->callee, literal);
	fn = FACT_FUNCTION(k->p->f, asked.function);
	line = node_of(k, asked.function, asked.node)->line;
	call = node_of(k, e->caller, e->node)->line;
	if (kind == WHY_CONSTANT)
		why_add(k, kind, e->caller, e->node,
			g_strdup_printf("%s asks for %s (%s:%u), which the "
					"constant passed here is not",
					name_of(k, e->callee), what,
					FACT_FILE(k->p->f, fn->file)->path,
					line));
	else
		why_add(k, kind, asked.function, asked.node,
			g_strdup_printf("asks for %s of %s, which cannot be "
					"in the call from %s, line %u", what,
					name_of(k, e->callee),
					name_of(k, e->caller), call));
	g_free(what);
}

/* The literals that E's state contradicts, one by one; false: none does. */
static bool add_literals(struct asker *k, const struct call_edge *e,
			 const struct acquisition *a)
{
	uint32_t nr;
	const uint32_t *member = numset_members(k->h->sets, a->guard, &nr);
	uint32_t *copy = g_memdup2(member, sizeof(*member) * nr);
	bool found = false;

	for (uint32_t i = 0; i < nr; i++)
		if (mapping_guard(k->h->map, e,
				  set_of(k, copy[i])).is_excluded) {
			add_literal(k, e, a, copy[i]);
			found = true;
		}
	g_free(copy);
	return found;
}

/* The lock that is taken at E is one that E's caller holds already. */
static bool add_recursion(struct asker *k, const struct call_edge *e,
			  const struct acquisition *a)
{
	term_id object = mapping_name(k->h->map, e, a->object);

	for (guint i = 0; object && i < e->at->held->len; i++) {
		const struct held *h = &g_array_index(e->at->held, struct held,
						      i);
		uint32_t nr;
		const uint32_t *from;
		const struct origin *o;

		if (h->count <= 0 || h->class != a->view.class ||
		    state_same(k->p, k->x->t, e->at, h->object, object) !=
			    TRI_YES)
			continue;
		from = origin_set_members(k->x->origins, h->origins, &nr);
		if (!nr)
			continue;
		o = origin_get(k->x->origins, from[0]);
		why_add(k, WHY_RECURSION, o->in, o->node,
			g_strdup_printf("%s holds the lock already, since "
					"here: taken again at line %u it is "
					"recursion", name_of(k, e->caller),
					node_of(k, e->caller, e->node)->line));
		return true;
	}
	return false;
}

/* The held lock is released by the callee before it acquires the other. */
static bool add_released(struct asker *k, const struct call_edge *e,
			 const struct acquisition *a)
{
	uint32_t nr;
	const uint32_t *member = numset_members(k->h->sets, a->released, &nr);
	uint32_t *copy = g_memdup2(member, sizeof(*member) * nr);
	bool found = false;

	for (uint32_t i = 0; i < nr && !found; i++) {
		term_id object = mapping_name(k->h->map, e, copy[i]);

		for (guint j = 0; object && j < e->at->held->len; j++)
			found |= g_array_index(e->at->held, struct held,
					       j).object == object;
	}
	g_free(copy);
	if (found)
		why_add(k, WHY_RELEASE, e->caller, e->node,
			g_strdup_printf("%s releases the lock before it "
					"acquires the other one",
					name_of(k, e->callee)));
	return found;
}

/* What A asks for is excluded at E. */
static void add_excluded(struct asker *k, const struct call_edge *e,
			 const struct acquisition *a)
{
	if (!add_literals(k, e, a))
		why_add(k, WHY_WORLD, e->caller, e->node,
			g_strdup_printf("what %s asks for contradicts what is "
					"known here", name_of(k, e->callee)));
}

bool why_not_handed_up(struct asker *k, const struct call_edge *e,
		       const struct acquisition *a)
{
	bool released = add_released(k, e, a);

	if (!mapping_guard(k->h->map, e, a->guard).is_excluded)
		return released || add_recursion(k, e, a);
	add_excluded(k, e, a);
	return true;
}

void why_call_excluded(struct asker *k, const struct call_edge *outer,
		       const struct call_edge *inner, uint32_t guard)
{
	struct event at = { .function = inner->caller, .node = inner->node };
	struct acquisition asks = { .event = &at, .guard = guard };

	add_excluded(k, outer, &asks);
}

/* A place further up, and what must hold there. */
struct up {
	fact_id function;
	uint32_t guard;
	const struct call_edge *by; /* the call that asks for it; NULL: what is
				     * asked about itself */
};

enum { WAYS_MAX = 400 };

static bool was_there(const GArray *all, const struct up *u)
{
	for (guint i = 0; i < all->len; i++) {
		const struct up *old = &g_array_index(all, struct up, i);

		if (old->function == u->function && old->guard == u->guard)
			return true;
	}
	return false;
}

/* What U asks for is excluded in the call E of its function. */
static void add_excluded_up(struct asker *k, const struct call_edge *e,
			    const struct up *u, const struct acquisition *a)
{
	struct acquisition asks = *a;

	asks.guard = u->guard;
	if (u->by)
		why_call_excluded(k, e, u->by, u->guard);
	else
		add_literals(k, e, &asks);
}

static void look_up(struct asker *k, GArray *all, const struct up *u,
		    const struct acquisition *a)
{
	const GPtrArray *callers = k->h->callers[u->function];

	for (guint i = 0; callers && i < callers->len; i++) {
		const struct call_edge *e = g_ptr_array_index(callers, i);
		struct mapped_guard g = mapping_guard(k->h->map, e, u->guard);
		struct up next = { .function = e->caller, .guard = g.set,
				   .by = e };

		if (g.is_excluded)
			add_excluded_up(k, e, u, a);
		else if (all->len < WAYS_MAX && !was_there(all, &next))
			g_array_append_val(all, next);
	}
}

void why_no_way(struct asker *k, const struct pair *p)
{
	GArray *all = g_array_new(FALSE, FALSE, sizeof(struct up));
	struct up first = { .function = p->holder,
			    .guard = p->acquired.guard };

	g_array_append_val(all, first);
	for (guint i = 0; i < all->len; i++) {
		struct up u = g_array_index(all, struct up, i);

		look_up(k, all, &u, &p->acquired);
		if (k->reach->is_entry[u.function])
			why_add(k, WHY_RECURSION, u.function, 0,
				g_strdup("an entry point: here nobody holds "
					 "what must be held, or holds the "
					 "lock already"));
	}
	g_array_unref(all);
}
