/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of a diff a witness goes through. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "hunks.h"
#include "result.h"

/* The added lines of b.c look like the heads of another file and hunk. */
static const char diff[] =
	"diff --git a/xen/a.c b/xen/a.c\n"
	"--- a/xen/a.c\n"
	"+++ b/xen/a.c\n"
	"@@ -10,2 +10,3 @@ static int f(void)\n"
	"-old\n"
	"-old\n"
	"+new\n"
	"+new\n"
	"+new\n"
	"@@ -40,2 +40,0 @@ int second(void)\n"
	"--- a/xen/x.c\n"
	"-old\n"
	"diff --git a/xen/common/b.c b/xen/common/b.c\n"
	"--- a/xen/common/b.c\n"
	"+++ b/xen/common/b.c\n"
	"@@ -0,0 +1,2 @@\n"
	"+++ b/xen/trap.c\n"
	"+@@ -1 +99 @@\n"
	"\\ No newline at end of file\n"
	"diff --git a/docs/c b/docs/c\n"
	"--- a/docs/c\n"
	"+++ b/docs/c\n"
	"@@ -5 +5 @@\n"
	"-old\n"
	"+new\n";

static enum hunk_match find(const char *const *step, GArray *out)
{
	struct hunks *h = hunks_parse(diff);
	GArray *witness = g_array_new(FALSE, TRUE,
				      sizeof(struct witness_step));
	enum hunk_match match;

	for (; *step; step += 3) {
		const struct witness_step s = {
			.site = { step[0], step[1],
				  (uint32_t)g_ascii_strtoull(step[2], NULL,
							     10) },
		};

		g_array_append_val(witness, s);
	}
	match = hunks_find(h, witness, out);
	g_array_free(witness, TRUE);
	hunks_free(h);
	return match;
}

static void test_hunks_are_read(void **state)
{
	struct hunks *h = hunks_parse(diff);
	const struct hunk *hunk = (const struct hunk *)(void *)h->hunk->data;

	(void)state;
	assert_int_equal(h->hunk->len, 4);
	assert_string_equal(hunk[0].file, "a.c");
	assert_int_equal(hunk[0].first, 10);
	assert_int_equal(hunk[0].count, 3);
	assert_int_equal(hunk[1].count, 0);
	assert_string_equal(hunk[1].heading, "int second(void)");
	assert_string_equal(hunk[2].file, "common/b.c");
	assert_int_equal(hunk[2].count, 2);
	assert_int_equal(hunk[3].count, 1);
	hunks_free(h);
}

static void test_a_changed_line_is_surest(void **state)
{
	static const char *const steps[] = { "second", "a.c", "39",
		"f", "a.c", "9", "f", "a.c", "12", "f", "a.c", "13", NULL };
	GArray *out = g_array_new(FALSE, FALSE, sizeof(struct hunk_step));
	const struct hunk_step *found;

	(void)state;
	assert_int_equal(find(steps, out), HUNK_LINE);
	assert_int_equal(out->len, 1);
	found = &g_array_index(out, struct hunk_step, 0);
	assert_int_equal(found->step, 2);
	assert_int_equal(found->hunk, 0);
	g_array_free(out, TRUE);
}

static void test_the_function_comes_next(void **state)
{
	static const char *const named[] = { "second@a.o", "a.c", "44", NULL };
	static const char *const around[] = { "third", "a.c", "38",
					      "third", "a.c", "42", NULL };
	static const char *const behind[] = { "third", "a.c", "41",
					      "third", "a.c", "42", NULL };
	static const char *const longer[] = { "a_second", "a.c", "44", NULL };

	(void)state;
	assert_int_equal(find(named, NULL), HUNK_FUNCTION);
	assert_int_equal(find(around, NULL), HUNK_FUNCTION);
	assert_int_equal(find(behind, NULL), HUNK_FILE);
	assert_int_equal(find(longer, NULL), HUNK_FILE);
}

static void test_other_files_do_not_count(void **state)
{
	static const char *const steps[] = { "f", "trap.c", "99",
					     "f", "x.c", "1", NULL };

	(void)state;
	assert_int_equal(find(steps, NULL), HUNK_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hunks_are_read),
		cmocka_unit_test(test_a_changed_line_is_surest),
		cmocka_unit_test(test_the_function_comes_next),
		cmocka_unit_test(test_other_files_do_not_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
