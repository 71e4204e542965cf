/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a copy of the process hands back, and one that comes to nothing. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "child.h"

/* More than a pipe holds. */
enum { MUCH = 300000 };

static void hand_back(void *context, GByteArray *out)
{
	const guint8 *byte = context;

	for (int i = 0; i < MUCH; i++)
		g_byte_array_append(out, byte, 1);
}

static void change_and_hand_back(void *context, GByteArray *out)
{
	guint8 *byte = context;

	*byte = 2;
	g_byte_array_append(out, byte, 1);
}

static void get_killed(void *context, GByteArray *out)
{
	hand_back(context, out);
	raise(SIGKILL);
}

static void test_much_is_handed_back(void **state)
{
	guint8 byte = 7;
	GByteArray *bytes = child_finish(child_start(hand_back, &byte));

	(void)state;
	assert_non_null(bytes);
	assert_int_equal(bytes->len, MUCH);
	for (guint i = 0; i < bytes->len; i++)
		assert_int_equal(bytes->data[i], 7);
	g_byte_array_unref(bytes);
}

static void test_nothing_else_changes(void **state)
{
	guint8 byte = 1;
	GByteArray *bytes = child_finish(child_start(change_and_hand_back,
						     &byte));

	(void)state;
	assert_non_null(bytes);
	assert_int_equal(bytes->len, 1);
	assert_int_equal(bytes->data[0], 2);
	assert_int_equal(byte, 1);
	g_byte_array_unref(bytes);
}

static void test_one_that_is_killed(void **state)
{
	guint8 byte = 7;

	(void)state;
	assert_null(child_finish(child_start(get_killed, &byte)));
}

static void test_all_are_awaited(void **state)
{
	guint8 byte[3] = { 1, 2, 3 };
	struct child *child[4] = { NULL };
	unsigned seen = 0;

	(void)state;
	for (unsigned i = 0; i < 3; i++)
		child[i] = child_start(i == 1 ? get_killed : hand_back,
				       &byte[i]);
	for (unsigned nr = 0; nr < 3; nr++) {
		unsigned i = child_await(child, 4);
		GByteArray *bytes;

		assert_in_range(i, 0, 2);
		bytes = child_finish(child[i]);
		child[i] = NULL;
		seen |= 1U << i;
		if (i == 1) {
			assert_null(bytes);
			continue;
		}
		assert_int_equal(bytes->data[0], byte[i]);
		g_byte_array_unref(bytes);
	}
	assert_int_equal(seen, 7);
	assert_int_equal(child_await(child, 4), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_much_is_handed_back),
		cmocka_unit_test(test_nothing_else_changes),
		cmocka_unit_test(test_one_that_is_killed),
		cmocka_unit_test(test_all_are_awaited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
