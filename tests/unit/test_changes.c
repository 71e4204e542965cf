/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What counts as added, removed and changed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "changes.h"
#include "result_table.h"

/* A result with one finding for each text: its id, and after a colon the ids
 * of its orderings, a letter each. */
static struct result *make(const char *const *findings)
{
	struct result *r = result_new();

	for (; *findings; findings++) {
		struct finding *f = result_add_finding(r);
		const char *colon = strchr(*findings, ':');

		f->id = *findings;
		f->kind = "level-violation";
		for (const char *at = colon; at && *++at;) {
			char id[] = { *at, '\0' };
			struct ordering *o = result_add_ordering(r);

			o->id = result_text(r, id);
			g_ptr_array_add(f->orderings, o);
		}
	}
	return r;
}

static void expect(const char *const *base, const char *const *head,
		   unsigned added, unsigned removed, unsigned changed)
{
	struct result *b = make(base), *h = make(head);
	struct changes *c = changes_make(b, h);

	assert_int_equal(c->findings.added->len, added);
	assert_int_equal(c->findings.removed->len, removed);
	assert_int_equal(c->findings.changed->len, changed);
	changes_free(c);
	result_free(b);
	result_free(h);
}

static void test_findings_match_by_identity(void **state)
{
	static const char *const none[] = { NULL };
	static const char *const one[] = { "x:ab", NULL };
	static const char *const two[] = { "x:ab", "y:c", NULL };

	(void)state;
	expect(one, one, 0, 0, 0);
	expect(none, one, 1, 0, 0);
	expect(one, none, 0, 1, 0);
	expect(one, two, 1, 0, 0);
}

static void test_a_smaller_group_is_not_new(void **state)
{
	static const char *const large[] = { "x:abc", NULL };
	static const char *const small[] = { "y:ac", NULL };
	static const char *const other[] = { "z:ad", NULL };

	(void)state;
	expect(large, small, 0, 0, 1);
	/* A larger one is new, and what it holds is not removed. */
	expect(small, large, 1, 0, 0);
	expect(small, other, 1, 1, 0);
}

static void test_without_orderings_only_identity_tells(void **state)
{
	static const char *const one[] = { "x", NULL };
	static const char *const two[] = { "y", NULL };

	(void)state;
	expect(one, one, 0, 0, 0);
	expect(one, two, 1, 1, 0);
}

static void test_verdicts_and_worlds_change(void **state)
{
	static const char *const same[] = { "x:a", NULL };
	struct result *b = make(same), *h = make(same);
	struct ordering *o = h->orderings->pdata[0];
	struct finding *f = h->findings->pdata[0];
	struct changes *c;

	(void)state;
	o->verdict = VERDICT_VIOLATION;
	g_ptr_array_add(f->worlds, (void *)"caller-is-hvm");
	c = changes_make(b, h);
	assert_int_equal(c->orderings.changed->len, 1);
	assert_int_equal(c->findings.changed->len, 1);
	assert_int_equal(c->findings.added->len, 0);
	changes_free(c);
	result_free(b);
	result_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_findings_match_by_identity),
		cmocka_unit_test(test_a_smaller_group_is_not_new),
		cmocka_unit_test(test_without_orderings_only_identity_tells),
		cmocka_unit_test(test_verdicts_and_worlds_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
