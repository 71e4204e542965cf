/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts as bytes: they come back as they were, and damage is noticed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <xxhash.h>

#include "bytes.h"
#include "facts_io.h"
#include "sample_facts.h"

enum { HASH_AT = 5, CONTENT_AT = 13 };

/* Every kind of node and operand that takes part in the encoding. */
static struct fact_body *rich_body(struct facts *f)
{
	struct sample_body b = sample_begin(f);
	uint32_t d = sample_local(f, &b, "d", 2, LOCAL_PARAM);
	uint32_t ret = sample_local(f, &b, "", 1, LOCAL_TEMP);
	uint32_t at = sample_expr(&b, EXPR_LOCAL, d, 0, 0);
	uint32_t value = sample_expr(&b, EXPR_LOAD, at, 0, 0);
	uint32_t field = sample_expr(&b, EXPR_FIELD, value, 1, 0);
	uint32_t min = sample_expr(&b, EXPR_CONST, 0, 0, INT64_MIN);
	uint32_t max = sample_expr(&b, EXPR_CONST, 0, 0, INT64_MAX);
	uint32_t less = sample_expr(&b, EXPR_LT, min, max, 0);
	uint32_t cast = sample_expr(&b, EXPR_CAST, less, 0, -32);
	uint32_t callee = sample_expr(&b, EXPR_FUNCTION, 2, 0, 0);
	uint32_t global = sample_expr(&b, EXPR_GLOBAL, 1, 0, 0);
	uint32_t argument[] = { value, cast };
	struct fact_case cases[] = { { 1, 1, 6 }, { INT64_MIN, INT64_MAX, 7 } };
	struct fact_node *n;

	n = sample_node(&b, NODE_CALL, 12, callee, ret);
	n->macro = 1;
	n->flags = NODE_ALTERNATIVE;
	n->extra = b.extra->len;
	n->extra_nr = 2;
	g_array_append_vals(b.extra, argument, 2);
	n = sample_node(&b, NODE_BRANCH, 13, less, 0);
	n->other = 1;
	sample_node(&b, NODE_ASSIGN, 13, field, callee);
	sample_node(&b, NODE_COPY, 11, global, global)->type = 3;
	n = sample_node(&b, NODE_SWITCH, 14, cast, 0);
	n->extra = b.cases->len;
	n->extra_nr = 2;
	g_array_append_vals(b.cases, cases, 2);
	sample_node(&b, NODE_UNDEF, 15, ret, 0);
	sample_node(&b, NODE_RETURN, 16, cast, 0);
	return sample_end(&b);
}

static struct facts *sample(void)
{
	struct facts *f = facts_new();
	struct fact_line line = { 1, 12, NULL };
	struct fact_asm_symbol symbol = { NULL, NULL, 7 };

	facts_intern(f, "paging_lock");
	sample_file(f, "arch/x86/mm/p2m.c");
	sample_type(f, "int", TYPE_INT, 0, 0);
	sample_type(f, "struct domain *", TYPE_POINTER, 3, 0);
	sample_type(f, "struct domain", TYPE_RECORD, 0, 1);
	sample_record(f, "domain", 1, 4);
	sample_field(f, 1, "hook", 1, 0);
	sample_global(f, "table", "table", 3, GLOBAL_DEFINED);
	FACT_GLOBAL(f, 1)->section = facts_text(f, ".data");
	sample_function(f, "walk", "walk", 1, 10, 0);
	sample_function(f, "enter", "enter", 1, 30, FUNCTION_STATIC);
	FACT_FUNCTION(f, 1)->param_nr = 1;
	FACT_FUNCTION(f, 1)->body = rich_body(f);
	sample_tu(f, "arch/x86/mm/p2m.c", "arch/x86/mm/p2m.o");
	line.text = facts_text(f, "\twalk(d);");
	g_array_append_val(f->source_line, line);
	symbol.name = facts_text(f, "enter");
	symbol.file = facts_text(f, "arch/x86/entry.S");
	g_array_append_val(f->asm_symbol, symbol);
	return f;
}

static GByteArray *encoded(const struct facts *f)
{
	GByteArray *out = g_byte_array_new();

	facts_encode(f, out);
	return out;
}

static void test_round_trip(void **state)
{
	struct facts *f = sample(), *back;
	GByteArray *bytes = encoded(f), *again;
	const struct fact_body *body;

	(void)state;
	assert_int_equal(facts_decode(&back, bytes->data, bytes->len), 0);
	again = encoded(back);
	assert_int_equal(again->len, bytes->len);
	assert_memory_equal(again->data, bytes->data, bytes->len);

	body = FACT_FUNCTION(back, 1)->body;
	assert_non_null(body);
	assert_int_equal(body->node_nr, 8);
	assert_int_equal(body->node[1].kind, NODE_CALL);
	assert_int_equal(body->node[1].flags, NODE_ALTERNATIVE);
	assert_int_equal(body->node[1].extra_nr, 2);
	assert_int_equal(body->expr[body->extra[body->node[1].extra + 1]].imm,
			 -32);
	assert_int_equal(body->node[2].next, 3);
	assert_int_equal(body->node[2].other, 1);
	assert_int_equal(body->node[4].line, 11);
	assert_int_equal(body->node[7].next, 0);
	assert_true(body->cases[body->node[5].extra + 1].lo == INT64_MIN);
	assert_true(body->cases[body->node[5].extra + 1].hi == INT64_MAX);
	assert_true(body->expr[4].imm == INT64_MIN);
	assert_string_equal(body->local[1].name, "d");
	assert_null(FACT_FUNCTION(back, 2)->body);
	assert_string_equal(FACT_FIELD(back, 1)->name, "hook");
	assert_string_equal(g_array_index(back->string, const char *, 1),
			    "paging_lock");
	assert_int_equal(FACT_TYPE(back, 1)->bits, 32);
	assert_true(FACT_TYPE(back, 1)->is_signed);

	facts_free(f);
	facts_free(back);
	g_byte_array_unref(bytes);
	g_byte_array_unref(again);
}

/* The same body in a table laid out otherwise has the same bytes. */
static void test_layout_does_not_matter(void **state)
{
	struct facts *f = sample();
	struct fact_body *body = FACT_FUNCTION(f, 1)->body;
	GByteArray *before = g_byte_array_new(), *after = g_byte_array_new();
	uint32_t *moved = g_new0(uint32_t, body->extra_nr + 5);

	(void)state;
	body_encode(body, before);
	memcpy(moved + 6, body->extra + 1, 2 * sizeof(*moved));
	g_free(body->extra);
	body->extra = moved;
	body->extra_nr += 5;
	body->node[1].extra = 6;
	body->expr[4].a = 99;	/* a constant has no operands */
	body_encode(body, after);
	assert_int_equal(before->len, after->len);
	assert_memory_equal(before->data, after->data, before->len);

	g_byte_array_unref(before);
	g_byte_array_unref(after);
	facts_free(f);
}

static void test_every_truncation_fails(void **state)
{
	struct facts *f = sample(), *back;
	GByteArray *bytes = encoded(f);

	(void)state;
	for (guint len = 0; len < bytes->len; len++) {
		/* A copy of the exact size, so that ASan sees an overrun. */
		uint8_t *copy = g_memdup2(bytes->data, len);

		assert_int_equal(facts_decode(&back, copy, len), -1);
		assert_null(back);
		g_free(copy);
	}
	facts_free(f);
	g_byte_array_unref(bytes);
}

static void test_every_flipped_bit_fails(void **state)
{
	struct facts *f = sample(), *back;
	GByteArray *bytes = encoded(f);

	(void)state;
	for (guint i = 0; i < bytes->len * 8; i++) {
		bytes->data[i / 8] ^= 1u << i % 8;
		assert_int_equal(facts_decode(&back, bytes->data, bytes->len),
				 -1);
		bytes->data[i / 8] ^= 1u << i % 8;
	}
	facts_free(f);
	g_byte_array_unref(bytes);
}

/* Makes the checksum right, as an attacker would. */
static void seal(uint8_t *bytes, size_t len)
{
	uint64_t hash = XXH3_64bits(bytes + CONTENT_AT, len - CONTENT_AT);

	for (int i = 0; i < 8; i++)
		bytes[HASH_AT + i] = (uint8_t)(hash >> (8 * i));
}

/* What was accepted is fit to be walked: encoding it again visits it all. */
static void try_bytes(const uint8_t *bytes, size_t len)
{
	struct facts *back;
	GByteArray *again;

	if (facts_decode(&back, bytes, len) < 0)
		return;
	again = encoded(back);
	g_byte_array_unref(again);
	facts_free(back);
}

static void test_hostile_bytes(void **state)
{
	static const uint8_t value[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };
	struct facts *f = sample();
	GByteArray *bytes = encoded(f);

	(void)state;
	for (guint i = CONTENT_AT; i < bytes->len; i++) {
		uint8_t old = bytes->data[i];

		for (size_t k = 0; k < sizeof(value) + 8; k++) {
			bytes->data[i] = k < sizeof(value) ? value[k]
				: (uint8_t)(old ^ 1u << (k - sizeof(value)));
			seal(bytes->data, bytes->len);
			try_bytes(bytes->data, bytes->len);
		}
		bytes->data[i] = old;
		/* and with everything behind it cut off */
		seal(bytes->data, i);
		try_bytes(bytes->data, i);
	}
	facts_free(f);
	g_byte_array_unref(bytes);
}

static void test_random_bodies(void **state)
{
	struct facts *f = sample();
	GRand *rand = g_rand_new_with_seed(1);
	uint8_t bytes[64];

	(void)state;
	for (int round = 0; round < 20000; round++) {
		size_t len = (size_t)g_rand_int_range(rand, 0, sizeof(bytes));
		struct fact_body *body;

		for (size_t i = 0; i < len; i++)
			bytes[i] = (uint8_t)g_rand_int_range(rand, 0,
					round % 2 ? 256 : 16);
		if (body_decode(&body, f, bytes, len) == 0) {
			GByteArray *again = g_byte_array_new();

			body_encode(body, again);
			g_byte_array_unref(again);
			body_free(body);
		}
	}
	g_rand_free(rand);
	facts_free(f);
}

static void expect_rejected(struct facts *f)
{
	struct facts *back;
	GByteArray *bytes = encoded(f);

	assert_int_equal(facts_decode(&back, bytes->data, bytes->len), -1);
	g_byte_array_unref(bytes);
	facts_free(f);
}

static void test_bad_indices_are_rejected(void **state)
{
	struct facts *f;

	(void)state;
	f = sample();
	FACT_FUNCTION(f, 1)->body->expr[3].b = 2;	/* one field only */
	expect_rejected(f);
	f = sample();
	FACT_FUNCTION(f, 1)->body->expr[2].a = 2;	/* itself */
	expect_rejected(f);
	f = sample();
	FACT_FUNCTION(f, 1)->body->node[2].other = 8;
	expect_rejected(f);
	f = sample();
	FACT_FUNCTION(f, 1)->body->node[1].macro = 2;
	expect_rejected(f);
	f = sample();
	FACT_FUNCTION(f, 1)->body->node_nr = 1;
	expect_rejected(f);
	f = sample();
	FACT_FUNCTION(f, 1)->param_nr = 3;
	expect_rejected(f);
	f = sample();
	FACT_FIELD(f, 1)->record = 2;
	expect_rejected(f);
	f = sample();
	FACT_TYPE(f, 3)->target = 2;	/* a cycle */
	expect_rejected(f);
}

static void test_interning(void **state)
{
	struct facts *f = facts_new();
	fact_id a = facts_intern(f, "p2m_lock");

	(void)state;
	assert_int_equal(facts_intern(f, ""), 0);
	assert_int_not_equal(a, 0);
	assert_int_not_equal(facts_intern(f, "pod_lock"), a);
	assert_int_equal(facts_intern(f, "p2m_lock"), a);
	assert_ptr_equal(facts_text(f, "p2m_lock"),
			 g_array_index(f->string, const char *, a));
	assert_string_equal(facts_text(f, "a\xff"), "a\xef\xbf\xbd");
	facts_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_layout_does_not_matter),
		cmocka_unit_test(test_every_truncation_fails),
		cmocka_unit_test(test_every_flipped_bit_fails),
		cmocka_unit_test(test_hostile_bytes),
		cmocka_unit_test(test_random_bodies),
		cmocka_unit_test(test_bad_indices_are_rejected),
		cmocka_unit_test(test_interning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
