/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which guards stand for which others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "guard_group.h"
#include "state.h"

struct fixture {
	struct terms *t;
	struct numsets *sets;
	struct guard_groups *groups;
	uint32_t killed;	/* bit n: number n left its group */
};

static int set_up(void **state)
{
	struct fixture *f = g_new0(struct fixture, 1);

	f->t = terms_new();
	f->sets = numsets_new();
	f->groups = guard_groups_new(f->t, f->sets);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	guard_groups_free(f->groups);
	numsets_free(f->sets);
	terms_free(f->t);
	g_free(f);
	return 0;
}

static void note_killed(void *context, uint32_t index)
{
	((struct fixture *)context)->killed |= 1u << index;
}

/* The guard that asks for those of four arguments whose bit is set. */
static uint32_t guard(struct fixture *f, unsigned arguments)
{
	uint32_t literal[4], nr = 0;

	for (uint32_t i = 0; i < 4; i++) {
		term_id x = term_leaf(f->t, TERM_SYMBOL, i, 1, 0);

		if (arguments >> i & 1)
			literal[nr++] = LITERAL(x, false, true);
	}
	return numset_make(f->sets, literal, nr);
}

static struct guard_group *group(struct fixture *f)
{
	const uint32_t words[] = { 1, 2 };

	return guard_groups_find(f->groups, words, 2);
}

/* Adds number INDEX with such a guard; which guard it was added with, or 0. */
static uint32_t add(struct fixture *f, uint32_t index, unsigned arguments)
{
	uint32_t own = guard(f, arguments);

	if (guard_group_find(f->groups, group(f), own) < group(f)->nr)
		return 0;
	guard_group_make_room(f->groups, group(f), &own, note_killed, f);
	guard_group_add(group(f), index, own);
	return own;
}

static void test_weaker(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(add(f, 0, 3), guard(f, 3));
	assert_int_equal(add(f, 1, 3), 0);
	assert_int_equal(add(f, 1, 7), 0);	/* asks for more */
	assert_int_equal(f->killed, 0);
	assert_int_equal(add(f, 1, 4), guard(f, 4));
	assert_int_equal(group(f)->nr, 2);
	assert_int_equal(add(f, 2, 1), guard(f, 1));
	assert_int_equal(f->killed, 1);		/* 3 asked for more */
	assert_int_equal(group(f)->nr, 2);
}

/* The fourth is joined to what it has in common with the closest one. */
static void test_full(void **state)
{
	struct fixture *f = *state;

	add(f, 0, 1);
	add(f, 1, 6);
	add(f, 2, 8);
	assert_int_equal(group(f)->nr, GROUP_MAX);
	add(f, 3, 10);
	assert_int_equal(group(f)->nr, GROUP_MAX);
	assert_int_equal(f->killed, 0);		/* 8 stands for it */
	assert_int_equal(add(f, 3, 4), guard(f, 4));
	assert_int_equal(f->killed, 2);
	assert_int_equal(group(f)->nr, GROUP_MAX);
}

static void test_joined(void **state)
{
	struct fixture *f = *state;

	add(f, 0, 3);
	add(f, 1, 12);
	add(f, 2, 9);
	assert_int_equal(add(f, 3, 6), guard(f, 2));
	assert_int_equal(f->killed, 1);
	assert_int_equal(group(f)->nr, GROUP_MAX);
}

static void test_clear(void **state)
{
	struct fixture *f = *state;
	const uint32_t other[] = { 1, 3 };

	add(f, 0, 1);
	add(f, 1, 2);
	assert_int_equal(guard_groups_find(f->groups, other, 2)->nr, 0);
	guard_group_clear(group(f), note_killed, f);
	assert_int_equal(f->killed, 3);
	assert_int_equal(group(f)->nr, 0);
	assert_int_equal(add(f, 2, 3), guard(f, 3));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_weaker, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_full, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_joined, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_clear, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
