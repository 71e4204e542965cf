/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "privilege.h"

#include <string.h>

#include <glib.h>

#include "body_expr.h"
#include "callgraph.h"
#include "facts_find.h"
#include "model.h"
#include "successors.h"

enum {
	CHECKS_MAX = 32,	/* in one function; more are not looked at */
	CHECK_ARGUMENTS_MAX = 6,
};

/* Of a member that several functions assign to. */
#define MANY UINT32_MAX

/* A local holds the result of a check. */
struct holder {
	uint32_t local, check;
};

/* The value of an expression is known. */
struct equality {
	uint32_t expr;
	int64_t value;
};

/* What is so on all paths to a node. */
struct known {
	uint32_t passed;	/* bit set of checks that returned 0 */
	GArray *holder, *equality;
};

/*
 * An argument of a check that a caller has passed: a number, or FIELD of the
 * record that parameter PARAMETER points to.
 */
struct inherited_argument {
	struct known_argument number;
	uint32_t parameter;	/* a local; 0: anything */
	fact_id field;
};

/* A check that the caller has passed at the call. */
struct inherited {
	fact_id check;		/* the function */
	struct inherited_argument arg[CHECK_ARGUMENTS_MAX];
	uint32_t arg_nr;
};

struct analysis {
	const struct facts *f;
	const struct fact_body *b;
	struct privileges *p;
	fact_id function, caller; /* CALLER: 0 if there is not one place only */
	GArray *inherited;	/* struct inherited */
	uint32_t check[CHECKS_MAX], check_nr; /* nodes */
	struct known **at;	/* per node; NULL: not reached yet */
	uint8_t *assigned;	/* per local: so often, at most 2 */
	GArray *work;
};

struct privileges {
	const struct facts *f;
	const struct callgraph *cg;
	struct access_checks *checks;
	fact_id *stored;	/* per field: the function that assigns to it,
				 * MANY, or 0 */
	const struct call_site **place; /* per function: the one call of it,
				 * or NULL */
	uint8_t *busy;		/* per function: is being analysed */
	bool sole_control;
	uint8_t **privilege;	/* per function: per node; NULL: not yet */
};

static struct known *known_new(void)
{
	struct known *k = g_new0(struct known, 1);

	k->holder = g_array_new(FALSE, FALSE, sizeof(struct holder));
	k->equality = g_array_new(FALSE, FALSE, sizeof(struct equality));
	return k;
}

static void inherit(struct analysis *a);

static void known_free(struct known *k)
{
	if (!k)
		return;
	g_array_unref(k->holder);
	g_array_unref(k->equality);
	g_free(k);
}

static struct known *known_copy(const struct known *from)
{
	struct known *k = g_new0(struct known, 1);

	k->passed = from->passed;
	k->holder = g_array_copy(from->holder);
	k->equality = g_array_copy(from->equality);
	return k;
}

/* Stores into locals reach nothing that another function begins with. */
static void mark_stored(struct privileges *p, fact_id function)
{
	const struct fact_body *b = FACT_FUNCTION(p->f, function)->body;

	for (uint32_t i = 1; b && i < b->node_nr; i++) {
		const struct fact_node *n = &b->node[i];

		fact_id *by;

		if (n->kind != NODE_ASSIGN ||
		    b->expr[n->a].op != EXPR_FIELD || body_root_local(b, n->a))
			continue;
		by = &p->stored[b->expr[n->a].b];
		*by = *by == 0 || *by == function ? function : MANY;
	}
}

/* Functions that are called at one place, and not through pointers. */
static void find_places(struct privileges *p)
{
	uint8_t *calls = g_new0(uint8_t, p->f->function->len);

	for (guint i = 0; i < p->cg->site->len; i++) {
		const struct call_site *s =
			&g_array_index(p->cg->site, struct call_site, i);

		for (uint32_t k = 0; k < s->target_nr; k++) {
			fact_id to = g_array_index(p->cg->target, fact_id,
						   s->target + k);
			bool one = calls[to] == 0 &&
				   s->reason == TARGET_DIRECT &&
				   !(FACT_FUNCTION(p->f, to)->flags &
				     FUNCTION_ADDRESS_TAKEN);

			calls[to] = 1;
			p->place[to] = one ? s : NULL;
		}
	}
	g_free(calls);
}

struct privileges *privileges_new(const struct facts *f, const struct model *m,
				  const struct callgraph *cg)
{
	struct privileges *p = g_new0(struct privileges, 1);
	const GPtrArray *sole = model_entries(m, MODEL_SOLE_CONTROL);

	p->f = f;
	p->cg = cg;
	p->checks = access_checks_new(f, m, cg);
	p->stored = g_new0(fact_id, f->field->len);
	p->place = g_new0(const struct call_site *, f->function->len);
	p->busy = g_new0(uint8_t, f->function->len);
	find_places(p);
	for (guint i = 0; i < sole->len; i++) {
		const struct model_entry *e = g_ptr_array_index(sole, i);

		p->sole_control |= facts_function_by_name(f, e->arg[0]) != 0;
	}
	p->privilege = g_new0(uint8_t *, f->function->len);
	for (fact_id id = 1; id < f->function->len; id++)
		mark_stored(p, id);
	return p;
}

void privileges_free(struct privileges *p)
{
	if (!p)
		return;
	for (fact_id id = 0; id < p->f->function->len; id++)
		g_free(p->privilege[id]);
	g_free(p->privilege);
	g_free(p->stored);
	g_free(p->place);
	g_free(p->busy);
	access_checks_free(p->checks);
	g_free(p);
}

bool privileges_sole_control(const struct privileges *p)
{
	return p->sole_control;
}

const char *privileges_policy(const struct privileges *p)
{
	return access_checks_policy(p->checks);
}

static uint32_t check_at(const struct analysis *a, uint32_t node)
{
	for (uint32_t i = 0; i < a->check_nr; i++)
		if (a->check[i] == node)
			return i;
	return CHECKS_MAX;
}

static bool calls_check(const struct analysis *a, uint32_t node)
{
	const struct call_site *site =
		callgraph_site(a->p->cg, a->function, node);

	return site && site->reason == TARGET_DIRECT && site->target_nr == 1 &&
	       access_checks_is_check(a->p->checks,
				      g_array_index(a->p->cg->target, fact_id,
						    site->target));
}

static void find_checks(struct analysis *a)
{
	for (uint32_t i = 1; i < a->b->node_nr; i++)
		if (a->b->node[i].kind == NODE_CALL && a->b->node[i].b &&
		    a->check_nr < CHECKS_MAX && calls_check(a, i))
			a->check[a->check_nr++] = i;
}

static void count_assignments(struct analysis *a)
{
	a->assigned = g_new0(uint8_t, a->b->local_nr);
	for (uint32_t i = 1; i < a->b->node_nr; i++) {
		const struct fact_node *n = &a->b->node[i];
		uint32_t local = 0;

		if (n->kind == NODE_CALL)
			local = n->b;
		else if (n->kind == NODE_ASSIGN &&
			 a->b->expr[n->a].op == EXPR_LOCAL)
			local = a->b->expr[n->a].a;
		if (a->assigned[local] < 2)
			a->assigned[local]++;
	}
	a->assigned[0] = 0;
}

/* Does nobody else assign to FIELD? */
static bool is_kept(const struct analysis *a, fact_id field)
{
	fact_id by = a->p->stored[field];

	return by == 0 || by == a->function || by == a->caller;
}

/* Is the address EXPR that of something that keeps its value once it is
 * read, by a name that does not change? */
static bool is_steady(const struct analysis *a, uint32_t expr)
{
	const struct fact_expr *e = &a->b->expr[expr];

	switch (e->op) {
	case EXPR_LOCAL:
		return a->assigned[e->a] <
		       (a->b->local[e->a].flags & LOCAL_PARAM ? 1 : 2);
	case EXPR_FIELD:
		return e->imm != 1 && is_steady(a, e->a) &&
		       (is_kept(a, e->b) || body_root_local(a->b, e->a));
	case EXPR_LOAD:
	case EXPR_CAST:
		return is_steady(a, e->a);
	default:
		return false;
	}
}

/* Do both say the same, casts aside? */
static bool is_same(const struct analysis *a, uint32_t x, uint32_t y)
{
	return body_same_expr(a->b, body_uncast(a->b, x),
			      body_uncast(a->b, y));
}

static bool has_holder(const struct known *k, const struct holder *h)
{
	for (guint i = 0; i < k->holder->len; i++)
		if (memcmp(&g_array_index(k->holder, struct holder, i), h,
			   sizeof(*h)) == 0)
			return true;
	return false;
}

static bool has_equality(const struct analysis *a, const struct known *k,
			 const struct equality *e)
{
	for (guint i = 0; i < k->equality->len; i++) {
		const struct equality *own =
			&g_array_index(k->equality, struct equality, i);

		if (own->value == e->value &&
		    is_same(a, own->expr, e->expr))
			return true;
	}
	return false;
}

/* Keeps of K what OTHER has as well; true if it lost something. */
static bool meet(const struct analysis *a, struct known *k,
		 const struct known *other)
{
	guint before = k->holder->len + k->equality->len;
	uint32_t passed = k->passed;

	k->passed &= other->passed;
	for (guint i = k->holder->len; i > 0; i--)
		if (!has_holder(other, &g_array_index(k->holder, struct holder,
						      i - 1)))
			g_array_remove_index(k->holder, i - 1);
	for (guint i = k->equality->len; i > 0; i--)
		if (!has_equality(a, other,
				  &g_array_index(k->equality, struct equality,
						 i - 1)))
			g_array_remove_index(k->equality, i - 1);
	return passed != k->passed ||
	       before != k->holder->len + k->equality->len;
}

static void arrive(struct analysis *a, uint32_t node, const struct known *k)
{
	if (!node)
		return;
	if (!a->at[node])
		a->at[node] = known_copy(k);
	else if (!meet(a, a->at[node], k))
		return;
	g_array_append_val(a->work, node);
}

static void drop_holders(struct known *k, uint32_t local)
{
	for (guint i = k->holder->len; i > 0; i--)
		if (g_array_index(k->holder, struct holder, i - 1).local ==
		    local)
			g_array_remove_index(k->holder, i - 1);
}

/* LOCAL holds what FROM holds from here on. */
static void copy_holders(struct known *k, uint32_t local, uint32_t from)
{
	guint nr = k->holder->len;

	for (guint i = 0; i < nr; i++) {
		struct holder h = g_array_index(k->holder, struct holder, i);

		if (h.local != from)
			continue;
		h.local = local;
		g_array_append_val(k->holder, h);
	}
}

static bool reads_field(const struct fact_body *b, uint32_t expr,
			fact_id field)
{
	const struct fact_expr *e = &b->expr[expr];

	switch (e->op) {
	case EXPR_FIELD:
		return e->b == field || reads_field(b, e->a, field);
	case EXPR_LOAD:
	case EXPR_CAST:
		return reads_field(b, e->a, field);
	default:
		return false;
	}
}

/* FIELD is assigned to: what is known by its value is not known any more. */
static void forget_field(const struct analysis *a, struct known *k,
			 fact_id field)
{
	for (guint i = k->equality->len; i > 0; i--)
		if (reads_field(a->b, g_array_index(k->equality,
						    struct equality,
						    i - 1).expr, field))
			g_array_remove_index(k->equality, i - 1);
	for (uint32_t i = 0; i < a->check_nr; i++) {
		const struct fact_node *n = &a->b->node[a->check[i]];

		for (uint32_t j = 0; j < n->extra_nr; j++)
			if (reads_field(a->b, a->b->extra[n->extra + j],
					field))
				k->passed &= ~(UINT32_C(1) << i);
	}
}

static void pass_assignment(const struct analysis *a, struct known *k,
			    const struct fact_node *n)
{
	uint32_t local = a->b->expr[n->a].a, from = body_local_read(a->b, n->b);

	if (a->b->expr[n->a].op == EXPR_FIELD)
		forget_field(a, k, a->b->expr[n->a].b);
	if (a->b->expr[n->a].op != EXPR_LOCAL || local == from)
		return;
	drop_holders(k, local);
	if (from)
		copy_holders(k, local, from);
}

static void pass_call(const struct analysis *a, struct known *k,
		      uint32_t node)
{
	struct holder h = { .local = a->b->node[node].b,
			    .check = check_at(a, node) };

	drop_holders(k, h.local);
	if (h.check == CHECKS_MAX)
		return;
	k->passed &= ~(UINT32_C(1) << h.check);
	g_array_append_val(k->holder, h);
}

/* EXPR is 0: so is what a check has returned, if that is it. */
static void learn_zero(const struct analysis *a, struct known *k,
		       uint32_t expr)
{
	uint32_t local = body_local_read(a->b, expr);

	for (guint i = 0; local && i < k->holder->len; i++) {
		const struct holder *h =
			&g_array_index(k->holder, struct holder, i);

		if (h->local == local)
			k->passed |= UINT32_C(1) << h->check;
	}
}

static void learn_equal(const struct analysis *a, struct known *k,
			uint32_t expr, int64_t value)
{
	struct equality e = { .expr = expr, .value = value };

	if (value == 0)
		learn_zero(a, k, expr);
	if (is_steady(a, expr) && !has_equality(a, k, &e))
		g_array_append_val(k->equality, e);
}

/* The condition EXPR has turned out to be TRUTH. */
static void learn(const struct analysis *a, struct known *k, uint32_t expr,
		  bool truth)
{
	const struct fact_expr *e = &a->b->expr[expr];

	while (e->op == EXPR_LNOT || e->op == EXPR_CAST) {
		if (e->op == EXPR_LNOT)
			truth = !truth;
		expr = e->a;
		e = &a->b->expr[expr];
	}
	if (e->op == EXPR_LOAD && !truth)
		learn_zero(a, k, expr);
	else if ((e->op == EXPR_EQ && truth) || (e->op == EXPR_NE && !truth)) {
		if (a->b->expr[e->b].op == EXPR_CONST)
			learn_equal(a, k, e->a, a->b->expr[e->b].imm);
	} else if (e->op == EXPR_LT && !truth &&
		   a->b->expr[e->b].op == EXPR_CONST &&
		   a->b->expr[e->b].imm == 0) {
		/* Checks return 0 or an error, which is below. */
		learn_zero(a, k, e->a);
	}
}

static void go_on_if(struct analysis *a, const struct known *k,
		     const struct fact_node *n, bool truth)
{
	struct known *side = known_copy(k);

	learn(a, side, n->a, truth);
	arrive(a, truth ? n->next : n->other, side);
	known_free(side);
}

static void go_on_switch(struct analysis *a, const struct known *k,
			 const struct fact_node *n)
{
	for (uint32_t i = 0; i < n->extra_nr; i++) {
		const struct fact_case *c = &a->b->cases[n->extra + i];
		struct known *side = known_copy(k);

		if (c->lo == c->hi)
			learn_equal(a, side, n->a, c->lo);
		arrive(a, c->node, side);
		known_free(side);
	}
	arrive(a, n->next, k);
}

struct onward {
	struct analysis *a;
	const struct known *k;
};

static void go_on_to(void *context, uint32_t node)
{
	const struct onward *o = context;

	arrive(o->a, node, o->k);
}

static void pass(struct analysis *a, uint32_t node)
{
	const struct fact_node *n = &a->b->node[node];
	struct known *k = known_copy(a->at[node]);
	struct onward o = { .a = a, .k = k };

	switch (n->kind) {
	case NODE_BRANCH:
		go_on_if(a, k, n, true);
		go_on_if(a, k, n, false);
		break;
	case NODE_SWITCH:
		go_on_switch(a, k, n);
		break;
	case NODE_ASSIGN:
		pass_assignment(a, k, n);
		for_successors(a->b, node, go_on_to, &o);
		break;
	case NODE_CALL:
		pass_call(a, k, node);
		for_successors(a->b, node, go_on_to, &o);
		break;
	default:
		for_successors(a->b, node, go_on_to, &o);
		break;
	}
	known_free(k);
}

static struct known_argument argument(const struct analysis *a,
				      const struct known *k, uint32_t expr)
{
	struct known_argument out = { .known = true };

	if (a->b->expr[expr].op == EXPR_CONST) {
		out.value = a->b->expr[expr].imm;
		return out;
	}
	for (guint i = 0; i < k->equality->len; i++) {
		const struct equality *e =
			&g_array_index(k->equality, struct equality, i);

		out.value = e->value;
		if (is_same(a, e->expr, expr))
			return out;
	}
	out.known = false;
	return out;
}

/* What a check that was passed has asked, by what is known now. */
static enum privilege ask(const struct analysis *a, const struct known *k,
			  uint32_t check)
{
	const struct fact_node *n = &a->b->node[a->check[check]];
	const struct call_site *site =
		callgraph_site(a->p->cg, a->function, a->check[check]);
	struct known_argument *arg = g_new0(struct known_argument,
					    n->extra_nr + 1);
	enum privilege out;

	for (uint32_t i = 0; i < n->extra_nr; i++)
		arg[i] = argument(a, k, a->b->extra[n->extra + i]);
	out = access_checks_ask(a->p->checks,
				g_array_index(a->p->cg->target, fact_id,
					      site->target),
				arg, n->extra_nr);
	g_free(arg);
	return out;
}

/* Is EXPR a member of the record that a local points to? */
static bool member_of_pointer(const struct fact_body *b, uint32_t expr,
			      struct inherited_argument *out)
{
	const struct fact_expr *e = &b->expr[body_uncast(b, expr)];

	if (e->op != EXPR_LOAD || b->expr[e->a].op != EXPR_FIELD)
		return false;
	e = &b->expr[e->a];
	out->field = e->b;
	out->parameter = body_local_read(b, e->a);
	return out->parameter != 0 && e->imm != 1;
}

/* EXPR, if it is a member of a record whose address is an argument of CALL, in
 * the callee's terms. */
static void name_for_callee(const struct analysis *a, uint32_t expr,
			    const struct fact_node *call,
			    struct inherited_argument *out)
{
	const struct fact_expr *e = &a->b->expr[body_uncast(a->b, expr)];

	if (e->op != EXPR_LOAD || a->b->expr[e->a].op != EXPR_FIELD)
		return;
	e = &a->b->expr[e->a];
	for (uint32_t i = 0; i < call->extra_nr; i++)
		if (is_kept(a, e->b) &&
		    is_same(a, a->b->extra[call->extra + i], e->a)) {
			out->parameter = i + 1;
			out->field = e->b;
		}
}

/* What FIELD of what PARAMETER points to is known to be. */
static struct known_argument member_known(const struct analysis *a,
					  const struct known *k,
					  uint32_t parameter, fact_id field)
{
	struct known_argument out = { .known = false };

	for (guint i = 0; i < k->equality->len; i++) {
		const struct equality *e =
			&g_array_index(k->equality, struct equality, i);
		struct inherited_argument is;

		if (!member_of_pointer(a->b, e->expr, &is) ||
		    is.parameter != parameter || is.field != field)
			continue;
		out.known = true;
		out.value = e->value;
	}
	return out;
}

/* What a check that the caller has passed has asked, by what is known now. */
static enum privilege ask_inherited(const struct analysis *a,
				    const struct known *k,
				    const struct inherited *h)
{
	struct known_argument arg[CHECK_ARGUMENTS_MAX];

	for (uint32_t i = 0; i < h->arg_nr; i++)
		arg[i] = h->arg[i].parameter
				 ? member_known(a, k, h->arg[i].parameter,
						h->arg[i].field)
				 : h->arg[i].number;
	return access_checks_ask(a->p->checks, h->check, arg, h->arg_nr);
}

static enum privilege privilege_of(const struct analysis *a,
				   const struct known *k)
{
	enum privilege out = PRIVILEGE_NONE;

	for (uint32_t i = 0; k && i < a->check_nr; i++)
		if (k->passed >> i & 1)
			out = MAX(out, ask(a, k, i));
	for (guint i = 0; k && i < a->inherited->len; i++)
		out = MAX(out, ask_inherited(a, k,
					     &g_array_index(a->inherited,
							    struct inherited,
							    i)));
	return out;
}

static void flow(struct analysis *a)
{
	struct known *nothing = known_new();

	a->at = g_new0(struct known *, a->b->node_nr);
	a->work = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	count_assignments(a);
	arrive(a, 1, nothing);
	known_free(nothing);
	while (a->work->len) {
		uint32_t node = g_array_index(a->work, uint32_t,
					      a->work->len - 1);

		g_array_set_size(a->work, a->work->len - 1);
		pass(a, node);
	}
	g_array_unref(a->work);
}

static void analysis_begin(struct analysis *a, struct privileges *p,
			   fact_id function)
{
	memset(a, 0, sizeof(*a));
	a->f = p->f;
	a->p = p;
	a->function = function;
	a->b = FACT_FUNCTION(p->f, function)->body;
	a->inherited = g_array_new(FALSE, FALSE, sizeof(struct inherited));
	p->busy[function] = 1;
	inherit(a);
	find_checks(a);
	if (a->check_nr || a->inherited->len)
		flow(a);
}

static void analysis_end(struct analysis *a)
{
	for (uint32_t i = 1; a->at && i < a->b->node_nr; i++)
		known_free(a->at[i]);
	a->p->busy[a->function] = 0;
	g_array_unref(a->inherited);
	g_free(a->assigned);
	g_free(a->at);
}

/* The check of A's at NODE as the callee sees it, which is called at CALL. */
static void hand_down(const struct analysis *a, uint32_t node,
		      const struct fact_node *call, struct inherited *out)
{
	const struct fact_node *n = &a->b->node[node];
	const struct call_site *site =
		callgraph_site(a->p->cg, a->function, node);

	memset(out, 0, sizeof(*out));
	out->check = g_array_index(a->p->cg->target, fact_id, site->target);
	out->arg_nr = MIN(n->extra_nr, CHECK_ARGUMENTS_MAX);
	for (uint32_t i = 0; i < out->arg_nr; i++) {
		uint32_t expr = a->b->extra[n->extra + i];
		struct inherited_argument *arg = &out->arg[i];

		arg->number.known = a->b->expr[expr].op == EXPR_CONST;
		if (arg->number.known)
			arg->number.value = a->b->expr[expr].imm;
		else
			name_for_callee(a, expr, call, arg);
	}
}

/* What the one caller has passed. */
static void inherit(struct analysis *a)
{
	const struct call_site *place = a->p->place[a->function];
	struct analysis up;

	if (!place || a->p->busy[place->function])
		return;
	a->caller = place->function;
	analysis_begin(&up, a->p, place->function);
	for (uint32_t i = 0; up.at && i < up.check_nr; i++) {
		const struct known *k = up.at[place->node];
		struct inherited h;

		if (!k || !(k->passed >> i & 1))
			continue;
		hand_down(&up, up.check[i], &up.b->node[place->node], &h);
		g_array_append_val(a->inherited, h);
	}
	analysis_end(&up);
}

enum privilege privileges_at(struct privileges *p, fact_id function,
			     uint32_t node)
{
	struct analysis a;

	if (p->privilege[function])
		return (enum privilege)p->privilege[function][node];
	analysis_begin(&a, p, function);
	p->privilege[function] = g_new0(uint8_t, a.b->node_nr + 1);
	for (uint32_t i = 1; a.at && i < a.b->node_nr; i++)
		if (a.b->node[i].kind == NODE_CALL)
			p->privilege[function][i] =
				(uint8_t)privilege_of(&a, a.at[i]);
	analysis_end(&a);
	return (enum privilege)p->privilege[function][node];
}
