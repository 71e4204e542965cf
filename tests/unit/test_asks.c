/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was asked for on all paths. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "asks.h"

struct fixture {
	struct terms *t;
	struct asks *asks;
	term_id owner, object, other;
};

static int set_up(void **state)
{
	struct fixture *f = g_new0(struct fixture, 1);

	f->t = terms_new();
	f->asks = asks_new(f->t);
	f->owner = term_leaf(f->t, TERM_SYMBOL, 0, 0, 0);
	f->object = term_leaf(f->t, TERM_SYMBOL, 1, 0, 0);
	f->other = term_leaf(f->t, TERM_SYMBOL, 2, 0, 0);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	asks_free(f->asks);
	terms_free(f->t);
	g_free(f);
	return 0;
}

/* SET and a lock of class 3, while the level of class FORCE is in force. */
static uint32_t add(struct fixture *f, uint32_t set, enum ask_kind kind,
		    uint32_t force, term_id object)
{
	struct ask ask = { .kind = kind, .object = object };

	if (force)
		ask.force = (struct level){ force, f->owner };
	if (kind != ASK_OR_HELD) {
		ask.class = 3;
		ask.owner = f->owner;
	}
	return asks_add(f->asks, set, &ask);
}

static void test_same(void **state)
{
	struct fixture *f = *state;
	uint32_t one = add(f, 0, ASK_SURE, 0, 0);
	uint32_t two = add(f, one, ASK_SURE, 2, 0);

	assert_int_equal(add(f, one, ASK_SURE, 0, 0), one);
	assert_int_equal(asks_count(f->asks, two), 2);
	assert_int_equal(add(f, add(f, 0, ASK_SURE, 2, 0), ASK_SURE, 0, 0),
			 two);
}

/* Only what both paths have asked for, with the same level in force. */
static void test_meet(void **state)
{
	struct fixture *f = *state;
	uint32_t one = add(f, 0, ASK_SURE, 0, 0);
	uint32_t two = add(f, 0, ASK_SURE, 2, 0);
	uint32_t both = add(f, one, ASK_SURE, 2, 0);

	assert_int_equal(asks_count(f->asks, both), 2);
	assert_int_equal(asks_meet(f->asks, one, two), 0);
	assert_int_equal(asks_meet(f->asks, both, two), two);
	assert_int_equal(asks_meet(f->asks, both, 0), 0);
}

/* Asked for on one path, held already on the other: unless it was held. */
static void test_or_held(void **state)
{
	struct fixture *f = *state;
	uint32_t asked = add(f, add(f, 0, ASK_SURE, 2, 0), ASK_UNLESS_HELD, 2,
			     f->object);
	uint32_t held = add(f, 0, ASK_OR_HELD, 2, f->object);
	uint32_t met = asks_meet(f->asks, asked, held);

	assert_int_equal(met, add(f, 0, ASK_UNLESS_HELD, 2, f->object));
	assert_int_equal(asks_meet(f->asks, held, asked), met);
	held = add(f, 0, ASK_OR_HELD, 2, f->other);
	assert_int_equal(asks_meet(f->asks, asked, held), 0);
	held = add(f, 0, ASK_OR_HELD, 1, f->object);
	assert_int_equal(asks_meet(f->asks, asked, held), 0);
}

/* A table was asked for as one of another class on the other path: which one it
 * is, is not known. */
static void test_as_other_class(void **state)
{
	struct fixture *f = *state;
	struct ask view = { .kind = ASK_UNLESS_HELD, .object = f->object,
			    .class = 4, .owner = f->owner,
			    .force = { 2, f->owner } };
	struct ask either = { .kind = ASK_OR_HELD, .object = f->object,
			      .class = 4, .force = { 2, f->owner } };
	uint32_t other = asks_add(f->asks, 0, &view);
	uint32_t one = add(f, 0, ASK_UNLESS_HELD, 2, f->object);

	other = asks_add(f->asks, other, &either);
	either.class = 3;
	one = asks_add(f->asks, one, &either);
	assert_int_equal(asks_meet(f->asks, one, other), 0);
	assert_int_equal(asks_meet(f->asks, one, one), one);
	other = add(f, other, ASK_OR_HELD, 2, f->object);
	assert_int_equal(asks_count(f->asks, asks_meet(f->asks, one, other)),
			 2);
}

static void test_sure(void **state)
{
	struct fixture *f = *state;
	uint32_t sure = add(f, 0, ASK_SURE, 2, 0);
	uint32_t all = add(f, sure, ASK_UNLESS_HELD, 2, f->object);

	all = add(f, all, ASK_OR_HELD, 2, f->object);
	assert_int_equal(asks_count(f->asks, all), 3);
	assert_int_equal(asks_sure(f->asks, all), sure);
}

/* A value that was made at a node means nothing to callers, and one that was
 * made there before means nothing at all. */
static void test_unnamed(void **state)
{
	struct fixture *f = *state;
	term_id fresh = term_leaf(f->t, TERM_FRESH, 5, 0, 0);
	term_id old = term_leaf(f->t, TERM_OLD, 5, 0, 0);
	uint32_t lasting = add(f, 0, ASK_UNLESS_HELD, 2, f->object);
	uint32_t both = add(f, lasting, ASK_UNLESS_HELD, 2, fresh);

	assert_true(asks_is_name(f->asks, fresh));
	assert_false(asks_is_name(f->asks, old));
	assert_true(asks_is_name(f->asks, f->owner));
	assert_int_equal(add(f, 0, ASK_UNLESS_HELD, 2, old), 0);
	assert_int_equal(asks_count(f->asks, both), 2);
	assert_int_equal(asks_lasting(f->asks, both), lasting);
}

/* That the acquired lock itself was asked for outlives its name. */
static void test_itself(void **state)
{
	struct fixture *f = *state;
	term_id fresh = term_leaf(f->t, TERM_FRESH, 5, 0, 0);
	uint32_t set = add(f, 0, ASK_UNLESS_HELD, 2, fresh);
	uint32_t with = asks_itself(f->asks, set, fresh);
	uint32_t lasting = asks_lasting(f->asks, with);

	assert_int_equal(asks_count(f->asks, with), 2);
	assert_int_equal(asks_count(f->asks, lasting), 1);
	assert_int_equal(asks_at(f->asks, lasting, 0)->kind, ASK_ITSELF);
	assert_int_equal(asks_at(f->asks, lasting, 0)->force.class, 2);
	assert_int_equal(asks_itself(f->asks, set, f->object), set);
	assert_int_equal(asks_itself(f->asks, set, 0), set);
	assert_int_equal(asks_sure(f->asks, with), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_same, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_meet, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_as_other_class, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_or_held, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_sure, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_unnamed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_itself, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
