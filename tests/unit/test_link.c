/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Joining translation units: identity, variants, names, order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "facts_io.h"
#include "link.h"
#include "sample_facts.h"

#define HEADER "include/xen/mm.h"

/* Units are added in the order of `order`, and freed. */
static struct facts *joined(struct facts **unit, const int *order, int nr)
{
	struct linker *l = linker_new();

	for (int i = 0; i < nr; i++)
		linker_add(l, unit[order[i]]);
	return linker_finish(l);
}

static struct facts *join_and_free(struct facts **unit, int nr)
{
	static const int order[] = { 0, 1, 2, 3, 4, 5 };
	struct facts *f = joined(unit, order, nr);

	for (int i = 0; i < nr; i++)
		facts_free(unit[i]);
	return f;
}

static fact_id function_by_key(const struct facts *f, const char *key)
{
	for (guint i = 1; i < f->function->len; i++)
		if (!strcmp(FACT_FUNCTION(f, i)->key, key))
			return i;
	return 0;
}

static fact_id function_shown(const struct facts *f, const char *display)
{
	for (guint i = 1; i < f->function->len; i++)
		if (!strcmp(FACT_FUNCTION(f, i)->display, display))
			return i;
	return 0;
}

/* The function that the first call of `function` goes to. */
static fact_id callee(const struct facts *f, fact_id function)
{
	const struct fact_body *b = FACT_FUNCTION(f, function)->body;

	assert_non_null(b);
	for (uint32_t i = 1; i < b->node_nr; i++)
		if (b->node[i].kind == NODE_CALL)
			return b->expr[b->node[i].a].a;
	return 0;
}

static int64_t returned(const struct facts *f, fact_id function)
{
	const struct fact_body *b = FACT_FUNCTION(f, function)->body;

	return b->expr[b->node[b->node_nr - 1].a].imm;
}

/*
 * A unit with inner() and outer() of the header, outer calling inner, and a
 * function of its own that calls outer.
 */
static struct facts *unit_new(const char *stem, int64_t inner_value)
{
	struct facts *f = facts_new();
	char *file = g_strconcat("common/", stem, ".c", NULL);
	char *object = g_strconcat("common/", stem, ".o", NULL);
	char *own = g_strconcat("run_", stem, NULL);
	fact_id header, source, inner, outer, run;

	/* Different ids in each unit. */
	if (inner_value)
		sample_file(f, "include/xen/config.h");
	source = sample_file(f, file);
	header = sample_file(f, HEADER);
	run = sample_function(f, own, own, source, 5, 0);
	outer = sample_function(f, "outer@" HEADER ":20", "outer", header, 20,
				FUNCTION_STATIC | FUNCTION_INLINE);
	inner = sample_function(f, "inner@" HEADER ":10", "inner", header, 10,
				FUNCTION_STATIC | FUNCTION_INLINE);
	sample_calls(f, inner, 0, inner_value);
	sample_calls(f, outer, inner, 7);
	sample_calls(f, run, outer, 8);
	sample_tu(f, file, object);
	g_free(file);
	g_free(object);
	g_free(own);
	return f;
}

static void test_same_inline_is_one(void **state)
{
	struct facts *unit[] = { unit_new("a", 0), unit_new("b", 0) };
	struct facts *f = join_and_free(unit, 2);

	(void)state;
	assert_int_equal(f->function->len - 1, 4);
	assert_int_equal(callee(f, function_by_key(f, "run_a")),
			 callee(f, function_by_key(f, "run_b")));
	assert_int_not_equal(function_shown(f, "inner"), 0);
	assert_int_equal(f->tu->len - 1, 2);
	facts_free(f);
}

/* outer's bodies are equal, but what they call is not. */
static void test_variants(void **state)
{
	struct facts *unit[] = { unit_new("b", 1), unit_new("a", 0),
				 unit_new("c", 1) };
	struct facts *f = join_and_free(unit, 3);
	fact_id outer_a, outer_b, outer_c;

	(void)state;
	assert_int_equal(f->function->len - 1, 7);
	outer_a = callee(f, function_by_key(f, "run_a"));
	outer_b = callee(f, function_by_key(f, "run_b"));
	outer_c = callee(f, function_by_key(f, "run_c"));
	assert_int_not_equal(outer_a, outer_b);
	assert_int_equal(outer_b, outer_c);
	assert_int_equal(returned(f, callee(f, outer_a)), 0);
	assert_int_equal(returned(f, callee(f, outer_b)), 1);
	assert_string_equal(FACT_FUNCTION(f, outer_a)->key,
			    "outer@" HEADER ":20");
	assert_string_equal(FACT_FUNCTION(f, outer_a)->display, "outer");
	assert_true(g_str_has_prefix(FACT_FUNCTION(f, outer_b)->key,
				     "outer@" HEADER ":20#"));
	assert_true(g_str_has_prefix(FACT_FUNCTION(f, outer_b)->display,
				     "outer#"));
	facts_free(f);
}

static void test_order_does_not_matter(void **state)
{
	static const int orders[][3] = { { 0, 1, 2 }, { 2, 1, 0 }, { 1, 2, 0 },
					 { 0, 2, 1 } };
	struct facts *unit[] = { unit_new("a", 0), unit_new("b", 1),
				 unit_new("c", 2) };
	GByteArray *first = NULL;

	(void)state;
	for (guint i = 0; i < G_N_ELEMENTS(orders); i++) {
		struct facts *f = joined(unit, orders[i], 3), *back;
		GByteArray *bytes = g_byte_array_new();

		facts_encode(f, bytes);
		facts_free(f);
		assert_int_equal(facts_decode(&back, bytes->data, bytes->len),
				 0);
		facts_free(back);
		if (!first) {
			first = bytes;
			continue;
		}
		assert_int_equal(bytes->len, first->len);
		assert_memory_equal(bytes->data, first->data, first->len);
		g_byte_array_unref(bytes);
	}
	g_byte_array_unref(first);
	for (int i = 0; i < 3; i++)
		facts_free(unit[i]);
}

static void test_unit_added_twice_is_one(void **state)
{
	struct facts *unit[] = { unit_new("a", 1), unit_new("a", 1) };
	struct facts *f = join_and_free(unit, 2);

	(void)state;
	assert_int_equal(f->function->len - 1, 3);
	assert_int_equal(f->tu->len - 1, 1);
	facts_free(f);
}

static struct facts *unit_with_static(const char *stem, uint32_t flags)
{
	struct facts *f = facts_new();
	char *file = g_strconcat(stem, ".c", NULL);
	char *object = g_strconcat(stem, ".o", NULL);
	char *key = g_strconcat("add_entry@", object, NULL);
	fact_id entry, external;

	entry = sample_function(f, key, "add_entry", sample_file(f, file), 3,
				FUNCTION_STATIC | flags);
	external = sample_function(f, "printk", "printk", 0, 0, flags);
	sample_calls(f, entry, external, 0);
	sample_tu(f, file, object);
	g_free(file);
	g_free(object);
	g_free(key);
	return f;
}

static void test_static_functions_stay_apart(void **state)
{
	struct facts *unit[] = { unit_with_static("common/timer", 0),
				 unit_with_static("common/hypfs", 0) };
	struct facts *f = join_and_free(unit, 2);

	(void)state;
	assert_int_equal(f->function->len - 1, 3);
	assert_int_not_equal(function_shown(f, "add_entry@common/timer.o"), 0);
	assert_int_not_equal(function_shown(f, "add_entry@common/hypfs.o"), 0);
	assert_int_not_equal(function_shown(f, "printk"), 0);
	facts_free(f);
}

/* One unit declares and takes the address, the other defines. */
static void test_definition_and_flags(void **state)
{
	struct facts *user = unit_with_static("a", FUNCTION_ADDRESS_TAKEN);
	struct facts *owner = facts_new();
	struct facts *unit[] = { user, owner };
	struct facts *f;
	fact_id id, type;

	(void)state;
	type = sample_type(owner, "int (void)", TYPE_FUNCTION, 0, 0);
	id = sample_function(owner, "printk", "printk",
			     sample_file(owner, "drivers/console.c"), 70, 0);
	FACT_FUNCTION(owner, id)->type = type;
	sample_calls(owner, id, 0, 4);
	sample_tu(owner, "drivers/console.c", "drivers/console.o");

	f = join_and_free(unit, 2);
	id = function_by_key(f, "printk");
	assert_int_equal(FACT_FUNCTION(f, id)->line, 70);
	assert_string_equal(FACT_FILE(f, FACT_FUNCTION(f, id)->file)->path,
			    "drivers/console.c");
	assert_int_equal(FACT_FUNCTION(f, id)->flags, FUNCTION_ADDRESS_TAKEN);
	assert_string_equal(FACT_TYPE(f, FACT_FUNCTION(f, id)->type)->name,
			    "int (void)");
	assert_int_equal(returned(f, id), 4);
	assert_int_equal(callee(f, function_by_key(f, "add_entry@a.o")), id);
	facts_free(f);
}

/* f calls itself through g; only g's bodies differ. */
static struct facts *unit_recursive(const char *file, int64_t value)
{
	struct facts *f = facts_new();
	fact_id header = sample_file(f, HEADER);
	fact_id one = sample_function(f, "one@" HEADER ":1", "one", header, 1,
				      FUNCTION_STATIC);
	fact_id two = sample_function(f, "two@" HEADER ":5", "two", header, 5,
				      FUNCTION_STATIC);

	sample_calls(f, one, two, 0);
	sample_calls(f, two, one, value);
	sample_tu(f, file, file);
	return f;
}

static void test_recursive_variants(void **state)
{
	struct facts *unit[] = { unit_recursive("a.c", 1),
				 unit_recursive("b.c", 2),
				 unit_recursive("c.c", 1) };
	struct facts *f = join_and_free(unit, 3);
	fact_id one;

	(void)state;
	assert_int_equal(f->function->len - 1, 4);
	one = function_by_key(f, "one@" HEADER ":1");
	assert_int_equal(returned(f, callee(f, one)), 1);
	assert_int_equal(callee(f, callee(f, one)), one);
	facts_free(f);
}

/* Fields, types, macros and globals in bodies follow their tables. */
static struct facts *unit_with_field(const char *file, bool reversed)
{
	struct facts *f = facts_new();
	fact_id where = sample_file(f, file);
	fact_id type, record, hook, value, fn, macro;
	struct sample_body b;
	struct fact_node *n;

	if (reversed)
		facts_intern(f, "other_macro");
	macro = facts_intern(f, "set_hook");
	type = sample_type(f, "int", TYPE_INT, 0, 0);
	record = sample_record(f, "ops", where, 2);
	value = reversed ? sample_field(f, record, "value", type, 1) : 0;
	hook = sample_field(f, record, "hook", type, 0);
	value = value ? value : sample_field(f, record, "value", type, 1);
	fn = sample_function(f, "set", "set", where, 9, 0);
	sample_global(f, reversed ? "b" : "a", "x", type, 0);
	sample_global(f, "ops", "ops", type, GLOBAL_DEFINED);

	b = sample_begin(f);
	n = sample_node(&b, NODE_ASSIGN, 10,
			sample_expr(&b, EXPR_FIELD,
				    sample_expr(&b, EXPR_GLOBAL, 2, 0, 0),
				    hook, 0),
			sample_expr(&b, EXPR_CONST, 0, 0, 1));
	n->macro = macro;
	n->type = type;
	sample_node(&b, NODE_RETURN, 11, 0, 0);
	FACT_FUNCTION(f, fn)->body = sample_end(&b);
	sample_tu(f, "same.c", reversed ? "b.o" : "a.o");
	return f;
}

static void test_references_follow(void **state)
{
	struct facts *unit[] = { unit_with_field("include/ops.h", true),
				 unit_with_field("include/ops.h", false) };
	struct facts *f = join_and_free(unit, 2);
	const struct fact_body *b;
	const struct fact_expr *field;

	(void)state;
	assert_int_equal(f->function->len - 1, 1);
	b = FACT_FUNCTION(f, 1)->body;
	field = &b->expr[b->node[1].a];
	assert_string_equal(FACT_FIELD(f, field->b)->name, "hook");
	assert_string_equal(FACT_GLOBAL(f, b->expr[field->a].a)->name, "ops");
	assert_string_equal(g_array_index(f->string, const char *,
					  b->node[1].macro), "set_hook");
	assert_string_equal(FACT_TYPE(f, b->node[1].type)->name, "int");
	facts_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_inline_is_one),
		cmocka_unit_test(test_variants),
		cmocka_unit_test(test_order_does_not_matter),
		cmocka_unit_test(test_unit_added_twice_is_one),
		cmocka_unit_test(test_static_functions_stay_apart),
		cmocka_unit_test(test_definition_and_flags),
		cmocka_unit_test(test_recursive_variants),
		cmocka_unit_test(test_references_follow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
