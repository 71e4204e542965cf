/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "access_check.h"

#include <glib.h>

#include "callgraph.h"
#include "facts_find.h"
#include "model.h"

enum {
	STEPS_MAX = 20000,	/* nodes passed, in one question */
	DEPTH_MAX = 8,		/* calls within calls */
	RESULTS_MAX = 64,	/* of one call, different ones */
};

struct access_checks {
	const struct facts *f;
	const struct callgraph *cg;
	fact_id current_field, domain_field, control_field, target_field;
	uint8_t *check;		/* per function */
	uint8_t *policy;	/* per function: of a module with a policy */
	const char *world;	/* of the policy; NULL: there is none */
};

enum value_kind {
	VALUE_ANY,
	VALUE_NUMBER,
	VALUE_VCPU,		/* the current one */
	VALUE_DOMAIN,		/* the current one */
	VALUE_TARGET,		/* whose device model the current domain is */
	VALUE_IS_CONTROL,	/* is the current domain a control domain? */
	VALUE_IS_TARGET,	/* is it the device model of the other one? */
	VALUE_IS_SELF,		/* is it the other one? */
};

struct value {
	enum value_kind kind;
	bool negated;
	int64_t number;
};

/* What has been found out on a path: -1 not yet, else 0 or 1. */
struct findings_of_path {
	int8_t control, target, self;
};

struct check_result {
	struct value value;
	struct findings_of_path found;
};

/* One question. */
struct inquiry {
	const struct access_checks *c;
	uint32_t steps;
	bool too_long;
};

/* One activation on one path. */
struct activation {
	fact_id function;
	const struct fact_body *b;
	struct value *local;
	struct findings_of_path found;
	int depth;
	GArray *out;		/* struct check_result */
};

static void find_checks(struct access_checks *c, const struct model *m)
{
	const GPtrArray *all = model_entries(m, MODEL_ACCESS_CHECK);

	for (guint i = 0; i < all->len; i++) {
		const struct model_entry *e = g_ptr_array_index(all, i);

		for (fact_id id = 1; id < c->f->function->len; id++)
			if (model_match(e->arg[0],
					FACT_FUNCTION(c->f, id)->name, NULL))
				c->check[id] = 1;
	}
}

static void find_policies(struct access_checks *c, const struct model *m)
{
	const GPtrArray *all = model_entries(m, MODEL_POLICY);

	for (guint i = 0; i < all->len; i++) {
		const struct model_entry *e = g_ptr_array_index(all, i);

		for (fact_id id = 1; id < c->f->function->len; id++) {
			const struct fact_function *fn =
				FACT_FUNCTION(c->f, id);

			if (!fn->body ||
			    !g_str_has_prefix(FACT_FILE(c->f, fn->file)->path,
					      e->arg[1]))
				continue;
			c->policy[id] = 1;
			c->world = e->arg[0];
		}
	}
}

struct access_checks *access_checks_new(const struct facts *f,
					const struct model *m,
					const struct callgraph *cg)
{
	struct access_checks *c = g_new0(struct access_checks, 1);

	c->f = f;
	c->cg = cg;
	c->current_field = facts_field_by_model(f, m, MODEL_CURRENT);
	c->domain_field = facts_field_by_model(f, m, MODEL_CURRENT_DOMAIN);
	c->control_field = facts_field_by_model(f, m, MODEL_CONTROL_FIELD);
	c->target_field = facts_field_by_model(f, m, MODEL_DEVICE_MODEL);
	c->check = g_new0(uint8_t, f->function->len);
	c->policy = g_new0(uint8_t, f->function->len);
	find_checks(c, m);
	find_policies(c, m);
	return c;
}

void access_checks_free(struct access_checks *c)
{
	if (!c)
		return;
	g_free(c->check);
	g_free(c->policy);
	g_free(c);
}

bool access_checks_is_check(const struct access_checks *c, fact_id function)
{
	return c->check[function];
}

const char *access_checks_policy(const struct access_checks *c)
{
	return c->world;
}

static struct value any_value(void)
{
	return (struct value){ .kind = VALUE_ANY };
}

static struct value number(int64_t imm)
{
	return (struct value){ .kind = VALUE_NUMBER, .number = imm };
}

/* What has been found out of a condition is a number. */
static struct value settle(const struct activation *a, struct value v)
{
	int8_t found = v.kind == VALUE_IS_CONTROL  ? a->found.control
		       : v.kind == VALUE_IS_TARGET ? a->found.target
		       : v.kind == VALUE_IS_SELF   ? a->found.self
						   : -1;

	return found < 0 ? v : number((found != 0) != v.negated);
}

static bool is_condition(const struct value *v)
{
	return v->kind == VALUE_IS_CONTROL || v->kind == VALUE_IS_TARGET ||
	       v->kind == VALUE_IS_SELF;
}

static struct value negate(struct value v)
{
	if (v.kind == VALUE_NUMBER)
		return number(!v.number);
	if (!is_condition(&v))
		return any_value();
	v.negated = !v.negated;
	return v;
}

static struct value evaluate(const struct inquiry *q,
			     const struct activation *a, uint32_t expr);

static struct value load_member(const struct inquiry *q,
				const struct activation *a, uint32_t address)
{
	const struct fact_expr *e = &a->b->expr[address];
	struct value base;

	if (e->imm == 1)
		return any_value();
	if (e->b == q->c->current_field)
		return (struct value){ .kind = VALUE_VCPU };
	if (a->b->expr[e->a].op != EXPR_LOAD)
		return any_value();
	base = evaluate(q, a, e->a);
	if (base.kind == VALUE_VCPU && e->b == q->c->domain_field)
		return (struct value){ .kind = VALUE_DOMAIN };
	if (base.kind == VALUE_DOMAIN && e->b == q->c->control_field)
		return settle(a, (struct value){ .kind = VALUE_IS_CONTROL });
	if (base.kind == VALUE_DOMAIN && e->b == q->c->target_field)
		return (struct value){ .kind = VALUE_TARGET };
	return any_value();
}

static struct value load(const struct inquiry *q, const struct activation *a,
			 uint32_t address)
{
	const struct fact_expr *e = &a->b->expr[address];

	if (e->op == EXPR_LOCAL)
		return settle(a, a->local[e->a]);
	return e->op == EXPR_FIELD ? load_member(q, a, address) : any_value();
}

/* Is one of them of KIND and the other one a domain that is not known? */
static bool is_one(const struct value *x, const struct value *y,
		   enum value_kind kind)
{
	return (x->kind == kind && y->kind == VALUE_ANY) ||
	       (y->kind == kind && x->kind == VALUE_ANY);
}

static struct value compare(const struct activation *a, struct value x,
			    struct value y, bool equal)
{
	struct value out = { .kind = VALUE_IS_SELF };

	if (x.kind == VALUE_NUMBER && y.kind == VALUE_NUMBER)
		return number((x.number == y.number) == equal);
	if (is_condition(&x) && y.kind == VALUE_NUMBER && y.number == 0)
		return equal ? negate(x) : x;
	if (is_one(&x, &y, VALUE_TARGET))
		out.kind = VALUE_IS_TARGET;
	else if (!is_one(&x, &y, VALUE_DOMAIN))
		return any_value();
	out.negated = !equal;
	return settle(a, out);
}

static struct value evaluate(const struct inquiry *q,
			     const struct activation *a, uint32_t expr)
{
	const struct fact_expr *e = &a->b->expr[expr];

	switch (e->op) {
	case EXPR_CONST:
		return number(e->imm);
	case EXPR_LOAD:
		return load(q, a, e->a);
	case EXPR_LNOT:
		return negate(evaluate(q, a, e->a));
	case EXPR_CAST:
		return evaluate(q, a, e->a);
	case EXPR_EQ:
	case EXPR_NE:
		return compare(a, evaluate(q, a, e->a),
			       evaluate(q, a, e->b), e->op == EXPR_EQ);
	default:
		return any_value();
	}
}

static bool is_equal(const struct check_result *x, const struct check_result *y)
{
	return x->value.kind == y->value.kind &&
	       x->value.negated == y->value.negated &&
	       x->value.number == y->value.number &&
	       x->found.control == y->found.control &&
	       x->found.target == y->found.target &&
	       x->found.self == y->found.self;
}

static void add_result(struct inquiry *q, GArray *out,
			const struct check_result *new)
{
	for (guint i = 0; i < out->len; i++)
		if (is_equal(&g_array_index(out, struct check_result, i), new))
			return;
	if (out->len >= RESULTS_MAX)
		q->too_long = true;
	else
		g_array_append_vals(out, new, 1);
}

static void walk(struct inquiry *q, const struct activation *from,
		 uint32_t node);

/* On with NODE, the condition V having turned out to be TRUTH. */
static void walk_if(struct inquiry *q, const struct activation *a,
		    const struct value *v, bool truth, uint32_t node)
{
	struct activation next = *a;
	int8_t found = truth != v->negated;

	if (v->kind == VALUE_IS_CONTROL)
		next.found.control = found;
	else if (v->kind == VALUE_IS_TARGET)
		next.found.target = found;
	else if (v->kind == VALUE_IS_SELF)
		next.found.self = found;
	walk(q, &next, node);
}

static void do_branch(struct inquiry *q, const struct activation *a,
		      const struct fact_node *n)
{
	struct value v = evaluate(q, a, n->a);

	if (v.kind != VALUE_NUMBER || v.number != 0)
		walk_if(q, a, &v, true, n->next);
	if (v.kind != VALUE_NUMBER || v.number == 0)
		walk_if(q, a, &v, false, n->other);
}

static void do_switch(struct inquiry *q, const struct activation *a,
		      const struct fact_node *n)
{
	struct value v = evaluate(q, a, n->a);

	for (uint32_t i = 0; i < n->extra_nr; i++) {
		const struct fact_case *c = &a->b->cases[n->extra + i];

		if (v.kind != VALUE_NUMBER)
			walk(q, a, c->node);
		else if (v.number >= c->lo && v.number <= c->hi) {
			walk(q, a, c->node);
			return;
		}
	}
	walk(q, a, n->next);
}

static void run(struct inquiry *q, fact_id function, const struct value *arg,
		uint32_t nr, const struct activation *caller, GArray *out)
{
	const struct fact_function *fn = FACT_FUNCTION(q->c->f, function);
	struct activation a = {
		.function = function,
		.b = fn->body,
		.found = caller->found,
		.depth = caller->depth + 1,
		.out = out,
	};
	struct check_result unknown = { .found = caller->found };

	if (!fn->body || a.depth > DEPTH_MAX) {
		add_result(q, out, &unknown);
		return;
	}
	a.local = g_new0(struct value, fn->body->local_nr);
	for (uint32_t i = 0; i < nr && i < fn->param_nr; i++)
		a.local[i + 1] = arg[i];
	walk(q, &a, 1);
	g_free(a.local);
}

/* The results of all that may be called, but for modules with a policy. */
static GArray *results_of_call(struct inquiry *q, const struct activation *a,
			       uint32_t node)
{
	const struct fact_node *n = &a->b->node[node];
	const struct call_site *site =
		callgraph_site(q->c->cg, a->function, node);
	GArray *out = g_array_new(FALSE, FALSE, sizeof(struct check_result));
	struct value *arg = g_new0(struct value, n->extra_nr + 1);
	struct check_result unknown = { .found = a->found };

	for (uint32_t i = 0; i < n->extra_nr; i++)
		arg[i] = evaluate(q, a, a->b->extra[n->extra + i]);
	for (uint32_t k = 0; site && k < site->target_nr; k++) {
		fact_id to = g_array_index(q->c->cg->target, fact_id,
					   site->target + k);

		if (!q->c->policy[to])
			run(q, to, arg, n->extra_nr, a, out);
	}
	if (!out->len)
		add_result(q, out, &unknown);
	g_free(arg);
	return out;
}

static void do_call(struct inquiry *q, const struct activation *a,
		    uint32_t node)
{
	const struct fact_node *n = &a->b->node[node];
	GArray *results = results_of_call(q, a, node);

	for (guint i = 0; i < results->len; i++) {
		const struct check_result *r =
			&g_array_index(results, struct check_result, i);
		struct activation next = *a;

		next.found = r->found;
		next.local = g_memdup2(a->local,
				       sizeof(*a->local) * a->b->local_nr);
		if (n->b)
			next.local[n->b] = r->value;
		walk(q, &next, n->next);
		g_free(next.local);
	}
	g_array_unref(results);
}

static void do_return(struct inquiry *q, const struct activation *a,
		      const struct fact_node *n)
{
	struct check_result o = { .found = a->found };

	if (n->a)
		o.value = evaluate(q, a, n->a);
	add_result(q, a->out, &o);
}

/* All paths from NODE on. */
static void walk(struct inquiry *q, const struct activation *from,
		 uint32_t node)
{
	struct activation a = *from;

	a.local = g_memdup2(from->local,
			    sizeof(*from->local) * from->b->local_nr);
	while (node && !q->too_long) {
		const struct fact_node *n = &a.b->node[node];

		q->too_long |= ++q->steps > STEPS_MAX;
		switch (n->kind) {
		case NODE_ASSIGN:
			if (a.b->expr[n->a].op == EXPR_LOCAL)
				a.local[a.b->expr[n->a].a] =
					evaluate(q, &a, n->b);
			node = n->next;
			continue;
		case NODE_CALL:
			do_call(q, &a, node);
			break;
		case NODE_BRANCH:
			do_branch(q, &a, n);
			break;
		case NODE_SWITCH:
			do_switch(q, &a, n);
			break;
		case NODE_RETURN:
			do_return(q, &a, n);
			break;
		case NODE_DEAD:
			break;
		case NODE_JUMP:
			q->too_long = true;
			break;
		default:
			node = n->next;
			continue;
		}
		break;
	}
	g_free(a.local);
}

/* A number other than 0 is refusal. */
static bool may_allow(const struct check_result *o)
{
	return o->value.kind != VALUE_NUMBER || o->value.number == 0;
}

static enum privilege privilege_of(const struct findings_of_path *found)
{
	if (found->control == 1)
		return PRIVILEGE_CONTROL;
	if (found->target == 1)
		return PRIVILEGE_DEVICE_MODEL;
	return found->self == 1 ? PRIVILEGE_TARGET : PRIVILEGE_NONE;
}

enum privilege access_checks_ask(const struct access_checks *c,
				 fact_id function,
				 const struct known_argument *arg, uint32_t nr)
{
	struct inquiry q = { .c = c };
	struct activation nobody = { .found = { -1, -1, -1 }, .depth = -1 };
	GArray *out = g_array_new(FALSE, FALSE, sizeof(struct check_result));
	struct value *value = g_new0(struct value, nr + 1);
	enum privilege asked = PRIVILEGE_CONTROL;
	bool allows = false;

	for (uint32_t i = 0; i < nr; i++)
		if (arg[i].known)
			value[i] = number(arg[i].value);
	run(&q, function, value, nr, &nobody, out);
	for (guint i = 0; i < out->len; i++) {
		const struct check_result *o = &g_array_index(out, struct check_result,
							 i);

		if (!may_allow(o))
			continue;
		allows = true;
		asked = MIN(asked, privilege_of(&o->found));
	}
	g_free(value);
	g_array_unref(out);
	return q.too_long || !allows ? PRIVILEGE_NONE : asked;
}
