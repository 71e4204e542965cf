/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kept result is read back whole, or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "result_bytes.h"
#include "result_json.h"
#include "sample_result.h"

static void test_round_trip_keeps_all(void **state)
{
	struct result *r = make(), *copy;
	struct ordering *o = r->orderings->pdata[0];
	GByteArray *bytes = g_byte_array_new();
	char *before, *after;

	(void)state;
	/* What the JSON form does not have. */
	o->is_stopped = true;
	result_encode(r, bytes);
	assert_int_equal(result_decode(&copy, bytes->data, bytes->len), 0);
	findings_make(r);
	findings_make(copy);
	before = result_json_write(r, JSON_REPORT);
	after = result_json_write(copy, JSON_REPORT);
	assert_string_equal(before, after);
	o = copy->orderings->pdata[0];
	assert_true(o->is_stopped);
	g_free(before);
	g_free(after);
	g_byte_array_free(bytes, TRUE);
	result_free(copy);
	result_free(r);
}

static void test_orderings_are_added(void **state)
{
	struct result *r = make(), *more = make();
	guint nr = r->orderings->len;
	GByteArray *bytes = g_byte_array_new();
	const struct ordering *first = r->orderings->pdata[0], *copy;

	(void)state;
	result_encode_orderings(more, bytes);
	assert_int_equal(result_decode_orderings(r, bytes->data, bytes->len),
			 0);
	assert_int_equal(r->orderings->len, 2 * nr);
	copy = r->orderings->pdata[nr];
	assert_string_equal(copy->id, first->id);
	assert_int_equal(copy->witness->len, first->witness->len);
	bytes->data[bytes->len - 1] ^= 1;
	assert_int_equal(result_decode_orderings(r, bytes->data, bytes->len),
			 -1);
	assert_int_equal(r->orderings->len, 2 * nr);
	g_byte_array_free(bytes, TRUE);
	result_free(more);
	result_free(r);
}

static void test_damage_is_noticed(void **state)
{
	struct result *r = make(), *copy;
	GByteArray *bytes = g_byte_array_new();

	(void)state;
	result_encode(r, bytes);
	for (guint i = 0; i < bytes->len; i++) {
		assert_int_equal(result_decode(&copy, bytes->data, i), -1);
		bytes->data[i] ^= 1;
		assert_int_equal(result_decode(&copy, bytes->data,
					       bytes->len), -1);
		assert_null(copy);
		bytes->data[i] ^= 1;
	}
	g_byte_array_free(bytes, TRUE);
	result_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip_keeps_all),
		cmocka_unit_test(test_orderings_are_added),
		cmocka_unit_test(test_damage_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
