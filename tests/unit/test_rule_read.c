/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rule is read out of a level function whose body is put together here:
 * "return l + (CONDITION ? BIAS : 0);" for several conditions, and of the check
 * that compares it with the level in force.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "facts_table.h"
#include "rule.h"

static const struct rule_names names = {
	.level_function = "level", .check_function = "check",
	.control_predicate = "is_control", .control_field = "control",
	.current_field = "running", .domain_field = "domain",
	.id_field = "number",
};

enum { TYPE_ID_INT = 1, TYPE_ID_DOMAIN };
enum { FIELD_CONTROL = 1, FIELD_RUNNING, FIELD_DOMAIN, FIELD_NUMBER };
enum { LOCAL_D = 1, LOCAL_L, LOCAL_CALL, LOCAL_BIAS, LOCAL_NR };
enum { FUNCTION_LEVEL = 1, FUNCTION_PREDICATE };

/* A body under construction; expressions and nodes are appended. */
struct draft {
	struct facts *f;
	GArray *expr, *node, *extra;
};

static uint32_t expr(struct draft *d, enum expr_op op, uint32_t a, uint32_t b,
		     int64_t imm)
{
	struct fact_expr e = { .op = (uint8_t)op, .a = a, .b = b, .imm = imm };

	g_array_append_val(d->expr, e);
	return d->expr->len - 1;
}

static uint32_t value(struct draft *d, uint32_t local)
{
	return expr(d, EXPR_LOAD, expr(d, EXPR_LOCAL, local, 0, 0), 0, 0);
}

static uint32_t number(struct draft *d, int64_t imm)
{
	return expr(d, EXPR_CONST, 0, 0, imm);
}

static uint32_t field(struct draft *d, uint32_t base, uint32_t id)
{
	return expr(d, EXPR_LOAD, expr(d, EXPR_FIELD, base, id, 0), 0, 0);
}

static uint32_t node(struct draft *d, struct fact_node n)
{
	n.line = 100 + d->node->len;
	g_array_append_val(d->node, n);
	return d->node->len - 1;
}

static uint32_t assign(struct draft *d, uint32_t local, uint32_t imm,
		       uint32_t next)
{
	return node(d, (struct fact_node){ .kind = NODE_ASSIGN,
		.a = expr(d, EXPR_LOCAL, local, 0, 0), .b = number(d, imm),
		.next = next });
}

static void add_function(struct facts *f, const char *name, fact_id param,
			 fact_id second)
{
	struct fact_local locals[LOCAL_NR] = {
		{ "", 0, 0 }, { "d", param, LOCAL_PARAM },
		{ "l", second, LOCAL_PARAM }, { "", TYPE_ID_INT, LOCAL_TEMP },
		{ "", TYPE_ID_INT, LOCAL_TEMP },
	};
	struct fact_body *body = g_new0(struct fact_body, 1);
	struct fact_function fn = { .key = name, .name = name, .display = name,
		.file = 1, .line = 50, .param_nr = 2, .body = body };

	body->local = g_memdup2(locals, sizeof(locals));
	body->local_nr = LOCAL_NR;
	g_array_append_val(f->function, fn);
}

static struct facts *new_facts(void)
{
	static const struct fact_type types[] = {
		{ .name = "int", .kind = TYPE_INT, .bits = 32 },
		{ .name = "struct domain *", .kind = TYPE_POINTER },
	};
	static const struct fact_field fields[] = {
		{ .key = "1", .name = "control" },
		{ .key = "2", .name = "running" },
		{ .key = "3", .name = "domain" },
		{ .key = "4", .name = "number" },
	};
	static const struct fact_file file = { .path = "locks.h" };
	struct facts *f = facts_new();

	g_array_append_vals(f->type, types, G_N_ELEMENTS(types));
	g_array_append_vals(f->field, fields, G_N_ELEMENTS(fields));
	g_array_append_val(f->file, file);
	return f;
}

/* A body that starts with node 1, which is left for the caller to fill. */
static void begin(struct draft *d, const char *function)
{
	struct fact_expr no_expr = { .op = 0 };
	struct fact_node no_node = { .kind = 0 };
	uint32_t no_extra = 0;

	d->f = new_facts();
	add_function(d->f, function, TYPE_ID_DOMAIN, TYPE_ID_INT);
	d->expr = g_array_new(FALSE, TRUE, sizeof(struct fact_expr));
	d->node = g_array_new(FALSE, TRUE, sizeof(struct fact_node));
	d->extra = g_array_new(FALSE, TRUE, sizeof(uint32_t));
	g_array_append_val(d->expr, no_expr);
	g_array_append_val(d->node, no_node);
	g_array_append_val(d->node, no_node);
	g_array_append_val(d->extra, no_extra);
}

static struct facts *finish(struct draft *d)
{
	struct fact_body *b = FACT_FUNCTION(d->f, FUNCTION_LEVEL)->body;

	b->expr_nr = d->expr->len;
	b->node_nr = d->node->len;
	b->extra_nr = d->extra->len;
	b->expr = (struct fact_expr *)(void *)g_array_free(d->expr, FALSE);
	b->node = (struct fact_node *)(void *)g_array_free(d->node, FALSE);
	b->extra = (uint32_t *)(void *)g_array_free(d->extra, FALSE);
	return d->f;
}

/* The function without parameters that reads the level in force; its number. */
static fact_id add_in_force(struct facts *f)
{
	static const struct fact_global global = {
		.key = "in_force", .name = "in_force", .flags = GLOBAL_PER_CPU,
	};
	struct fact_expr expr[] = { { .op = 0 },
		{ .op = EXPR_GLOBAL, .a = 1 }, { .op = EXPR_LOAD, .a = 1 } };
	struct fact_body *b;

	g_array_append_val(f->global, global);
	add_function(f, "get_level", TYPE_ID_INT, TYPE_ID_INT);
	FACT_FUNCTION(f, f->function->len - 1)->param_nr = 0;
	b = FACT_FUNCTION(f, f->function->len - 1)->body;
	b->expr = g_memdup2(expr, sizeof(expr));
	b->expr_nr = G_N_ELEMENTS(expr);
	return f->function->len - 1;
}

/*
 * "if (get_level() OP level(d, l)) stop();", or with l itself if level is 0;
 * of a function of that name.
 */
static void add_check(struct facts *f, const char *name, enum expr_op op,
		      fact_id level)
{
	fact_id get = add_in_force(f);
	struct fact_expr expr[] = {
		{ .op = 0 },
		{ .op = EXPR_FUNCTION, .a = get },		/* 1 */
		{ .op = EXPR_FUNCTION, .a = level },		/* 2 */
		{ .op = EXPR_LOCAL, .a = LOCAL_D },
		{ .op = EXPR_LOAD, .a = 3 },			/* 4: d */
		{ .op = EXPR_LOCAL, .a = LOCAL_L },
		{ .op = EXPR_LOAD, .a = 5 },			/* 6: l */
		{ .op = EXPR_LOCAL, .a = LOCAL_CALL },
		{ .op = EXPR_LOAD, .a = 7 },			/* 8 */
		{ .op = EXPR_LOCAL, .a = LOCAL_BIAS },
		{ .op = EXPR_LOAD, .a = 9 },			/* 10 */
		{ .op = (uint8_t)op, .a = 8, .b = level ? 10 : 6 },
	};
	struct fact_node node[] = {
		{ .kind = 0 },
		{ .kind = NODE_CALL, .a = 1, .b = LOCAL_CALL, .next = 2 },
		{ .kind = NODE_CALL, .a = 2, .b = LOCAL_BIAS, .extra = 1,
		  .extra_nr = 2, .next = 3 },
		{ .kind = NODE_BRANCH, .a = 11, .next = 4, .other = 5,
		  .line = 203 },
		{ .kind = NODE_DEAD, .line = 204 },
		{ .kind = NODE_RETURN, .line = 205 },
	};
	const uint32_t extra[] = { 0, 4, 6 };
	struct fact_body *b;

	if (!level)
		node[2] = (struct fact_node){ .kind = NODE_NOP, .next = 3 };
	add_function(f, name, level ? TYPE_ID_DOMAIN : TYPE_ID_INT,
		     TYPE_ID_INT);
	FACT_FUNCTION(f, f->function->len - 1)->line = 200;
	b = FACT_FUNCTION(f, f->function->len - 1)->body;
	b->expr = g_memdup2(expr, sizeof(expr));
	b->expr_nr = G_N_ELEMENTS(expr);
	b->node = g_memdup2(node, sizeof(node));
	b->node_nr = G_N_ELEMENTS(node);
	b->extra = g_memdup2(extra, sizeof(extra));
	b->extra_nr = G_N_ELEMENTS(extra);
}

/* The tail that all bodies share: the two assignments and the return. */
struct tail {
	uint32_t biased, plain;
};

static struct tail add_tail(struct draft *d, uint32_t bias)
{
	uint32_t sum = expr(d, EXPR_ADD, value(d, LOCAL_L),
			    value(d, LOCAL_BIAS), 0);
	uint32_t end = node(d, (struct fact_node){ .kind = NODE_RETURN,
						   .a = sum });

	return (struct tail){ assign(d, LOCAL_BIAS, bias, end),
			      assign(d, LOCAL_BIAS, 0, end) };
}

static void branch_at(struct draft *d, uint32_t at, uint32_t condition,
		      uint32_t next, uint32_t other)
{
	struct fact_node n = { .kind = NODE_BRANCH, .a = condition,
			       .next = next, .other = other,
			       .line = 100 + at };

	g_array_index(d->node, struct fact_node, at) = n;
}

/* A call of another function with the domain, and a branch on its result. */
static uint32_t add_call(struct draft *d, const char *name, struct tail t)
{
	uint32_t domain = value(d, LOCAL_D);
	uint32_t callee, decide;

	add_function(d->f, name, TYPE_ID_DOMAIN, TYPE_ID_INT);
	callee = expr(d, EXPR_FUNCTION, FUNCTION_PREDICATE, 0, 0);
	g_array_append_val(d->extra, domain);
	decide = node(d, (struct fact_node){ .kind = NODE_BRANCH,
		.a = value(d, LOCAL_CALL), .next = t.biased,
		.other = t.plain });
	return node(d, (struct fact_node){ .kind = NODE_CALL, .a = callee,
		.b = LOCAL_CALL, .extra = d->extra->len - 1, .extra_nr = 1,
		.next = decide });
}

/* The facts, with a check that compares as it ought to. */
static struct facts *with_check(struct draft *d)
{
	struct facts *f = finish(d);

	add_check(f, "check", EXPR_GT, FUNCTION_LEVEL);
	return f;
}

static void assert_rule(struct facts *f, enum rule_form form, int bias,
			const char *source)
{
	struct rule rule;
	int ret = rule_read(&rule, f, &names);

	assert_int_equal(ret, form == RULE_UNKNOWN_FORM ? -1 : 0);
	assert_int_equal(rule.form, form);
	if (form != RULE_UNKNOWN_FORM)
		assert_int_equal(rule.bias, bias);
	assert_string_equal(rule.source, source);
	rule_release(&rule);
	facts_free(f);
}

/* d && is_control(d) ? 40 : 0 */
static void test_predicate_call(void **state)
{
	struct draft d;
	struct tail t;

	(void)state;
	begin(&d, "level");
	t = add_tail(&d, 40);
	branch_at(&d, 1, value(&d, LOCAL_D), add_call(&d, "is_control", t),
		  t.plain);
	assert_rule(with_check(&d), RULE_CONTROL_DOMAIN, 40,
		    "auto: locks.h:102, compared at line 203");
}

/* d->control ? 40 : 0, the predicate as a macro */
static void test_predicate_field(void **state)
{
	struct draft d;
	struct tail t;

	(void)state;
	begin(&d, "level");
	t = add_tail(&d, 40);
	branch_at(&d, 1, field(&d, value(&d, LOCAL_D), FIELD_CONTROL),
		  t.biased, t.plain);
	assert_rule(with_check(&d), RULE_CONTROL_DOMAIN, 40,
		    "auto: locks.h:102, compared at line 203");
}

/* !is_control(d) gives the bias to the wrong domains: no known form */
static void test_negated_predicate_is_unknown(void **state)
{
	struct draft d;
	struct tail t, swapped;

	(void)state;
	begin(&d, "level");
	t = add_tail(&d, 40);
	swapped = (struct tail){ t.plain, t.biased };
	branch_at(&d, 1, value(&d, LOCAL_D),
		  add_call(&d, "is_control", swapped), t.plain);
	assert_rule(finish(&d), RULE_UNKNOWN_FORM, 0, "auto: locks.h:102");
}

/* Some other function decides: the line of the condition is told. */
static void test_other_condition_is_unknown(void **state)
{
	struct draft d;
	struct tail t;

	(void)state;
	begin(&d, "level");
	t = add_tail(&d, 40);
	branch_at(&d, 1, value(&d, LOCAL_D), add_call(&d, "is_special", t),
		  t.plain);
	assert_rule(finish(&d), RULE_UNKNOWN_FORM, 0, "auto: locks.h:105");
}

static uint32_t current_domain(struct draft *d)
{
	return field(d, field(d, number(d, 0), FIELD_RUNNING), FIELD_DOMAIN);
}

/* d == current->domain */
static void test_current_by_pointer(void **state)
{
	struct draft d;
	struct tail t;

	(void)state;
	begin(&d, "level");
	t = add_tail(&d, 64);
	branch_at(&d, 1, expr(&d, EXPR_EQ, value(&d, LOCAL_D),
			      current_domain(&d), 0), t.biased, t.plain);
	assert_rule(with_check(&d), RULE_CURRENT_DOMAIN, 64,
		    "auto: locks.h:102, compared at line 203");
}

/* d->number != current->domain->number, the other way round */
static void test_current_by_number(void **state)
{
	struct draft d;
	struct tail t;
	uint32_t a, b;

	(void)state;
	begin(&d, "level");
	t = add_tail(&d, 64);
	a = field(&d, value(&d, LOCAL_D), FIELD_NUMBER);
	b = field(&d, current_domain(&d), FIELD_NUMBER);
	branch_at(&d, 1, expr(&d, EXPR_NE, a, b, 0), t.plain, t.biased);
	assert_rule(with_check(&d), RULE_CURRENT_DOMAIN, 64,
		    "auto: locks.h:102, compared at line 203");
}

/* An assertion before the return: its failing side ends nowhere. */
static void test_assertion_does_not_matter(void **state)
{
	struct draft d;
	struct tail t;
	uint32_t dead, rest, call;

	(void)state;
	begin(&d, "level");
	t = add_tail(&d, 40);
	call = add_call(&d, "is_control", t);
	rest = node(&d, (struct fact_node){ .kind = NODE_BRANCH,
		.a = value(&d, LOCAL_D), .next = call, .other = t.plain });
	dead = node(&d, (struct fact_node){ .kind = NODE_DEAD });
	branch_at(&d, 1, expr(&d, EXPR_LE, value(&d, LOCAL_L),
			      number(&d, 64), 0), rest, dead);
	assert_rule(with_check(&d), RULE_CONTROL_DOMAIN, 40,
		    "auto: locks.h:102, compared at line 203");
}

/* A loop, or a body that was damaged, is no known form. */
static void test_endless_body_is_unknown(void **state)
{
	struct draft d;

	(void)state;
	begin(&d, "level");
	g_array_index(d.node, struct fact_node, 1) =
		(struct fact_node){ .kind = NODE_NOP, .next = 1, .line = 7 };
	assert_rule(finish(&d), RULE_UNKNOWN_FORM, 0, "auto: locks.h:7");
}

/* The check takes a level only: there is no bias. */
static void test_check_without_domain_is_no_rule(void **state)
{
	struct facts *f = new_facts();

	(void)state;
	add_check(f, "check", EXPR_GT, 0);
	FACT_FUNCTION(f, 2)->body->local[LOCAL_D].type = TYPE_ID_INT;
	FACT_FUNCTION(f, 2)->param_nr = 2;
	assert_rule(f, RULE_NONE, 0, "auto: locks.h:203");
}

static void test_check_with_domain_is_unknown(void **state)
{
	struct facts *f = new_facts();

	(void)state;
	add_function(f, "check", TYPE_ID_DOMAIN, TYPE_ID_INT);
	assert_rule(f, RULE_UNKNOWN_FORM, 0, "auto: locks.h:50");
}

/* A level function whose condition is as it ought to be. */
static struct facts *control_facts(void)
{
	struct draft d;
	struct tail t;

	begin(&d, "level");
	t = add_tail(&d, 40);
	branch_at(&d, 1, field(&d, value(&d, LOCAL_D), FIELD_CONTROL),
		  t.biased, t.plain);
	return finish(&d);
}

/* in force >= needed stops where Xen does not: the line is told */
static void test_other_comparison_is_unknown(void **state)
{
	struct facts *f = control_facts();

	(void)state;
	add_check(f, "check", EXPR_GE, FUNCTION_LEVEL);
	assert_rule(f, RULE_UNKNOWN_FORM, 0, "auto: locks.h:203");
}

/* in force < needed stops the wrong ones */
static void test_reversed_comparison_is_unknown(void **state)
{
	struct facts *f = control_facts();

	(void)state;
	add_check(f, "check", EXPR_LT, FUNCTION_LEVEL);
	assert_rule(f, RULE_UNKNOWN_FORM, 0, "auto: locks.h:203");
}

/* needed < in force: the same, the other way round */
static void test_swapped_comparison_is_known(void **state)
{
	struct facts *f = control_facts();
	struct fact_expr *compare;

	(void)state;
	add_check(f, "check", EXPR_LT, FUNCTION_LEVEL);
	compare = &FACT_FUNCTION(f, f->function->len - 1)->body->expr[11];
	compare->a = 10;
	compare->b = 8;
	assert_rule(f, RULE_CONTROL_DOMAIN, 40,
		    "auto: locks.h:102, compared at line 203");
}

/* The check compares with the class' level and leaves the bias out. */
static void test_level_without_bias_is_unknown(void **state)
{
	struct facts *f = control_facts();

	(void)state;
	add_check(f, "check", EXPR_GT, FUNCTION_LEVEL);
	FACT_FUNCTION(f, f->function->len - 1)->body->expr[11].b = 6;
	assert_rule(f, RULE_UNKNOWN_FORM, 0, "auto: locks.h:203");
}

static void test_level_without_check_is_unknown(void **state)
{
	(void)state;
	assert_rule(control_facts(), RULE_UNKNOWN_FORM, 0,
		    "auto: locks.h:102: nothing compares the level");
}

/* A copy of the check of another header that compares otherwise. */
static void test_copies_that_differ_are_unknown(void **state)
{
	struct facts *f = control_facts();

	(void)state;
	add_check(f, "check", EXPR_GT, FUNCTION_LEVEL);
	add_check(f, "check", EXPR_GE, FUNCTION_LEVEL);
	assert_rule(f, RULE_UNKNOWN_FORM, 0, "auto: locks.h:203");
}

static void test_no_code_is_unknown(void **state)
{
	(void)state;
	assert_rule(new_facts(), RULE_UNKNOWN_FORM, 0,
		    "auto: no code that checks levels was found");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_predicate_call),
		cmocka_unit_test(test_predicate_field),
		cmocka_unit_test(test_negated_predicate_is_unknown),
		cmocka_unit_test(test_other_condition_is_unknown),
		cmocka_unit_test(test_current_by_pointer),
		cmocka_unit_test(test_current_by_number),
		cmocka_unit_test(test_assertion_does_not_matter),
		cmocka_unit_test(test_endless_body_is_unknown),
		cmocka_unit_test(test_check_without_domain_is_no_rule),
		cmocka_unit_test(test_check_with_domain_is_unknown),
		cmocka_unit_test(test_other_comparison_is_unknown),
		cmocka_unit_test(test_reversed_comparison_is_unknown),
		cmocka_unit_test(test_swapped_comparison_is_known),
		cmocka_unit_test(test_level_without_bias_is_unknown),
		cmocka_unit_test(test_level_without_check_is_unknown),
		cmocka_unit_test(test_copies_that_differ_are_unknown),
		cmocka_unit_test(test_no_code_is_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
