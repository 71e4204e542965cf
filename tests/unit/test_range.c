/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What comparisons of one value with numbers say of one another. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "facts.h"
#include "range.h"

/* x OP NUMBER, of one x. */
static term_id compared(struct terms *t, int op, int64_t number)
{
	return term_binary(t, op, term_leaf(t, TERM_SYMBOL, 0, 1, 0),
			   term_const(t, number));
}

/* What x OP NUMBER says of x ASKED OTHER. */
static enum tristate says(int op, int64_t number, bool truth, int asked,
			  int64_t other)
{
	struct terms *t = terms_new();
	struct range r = RANGE_ALL;
	enum tristate out;

	range_cut(t, compared(t, op, number), truth, &r);
	out = range_truth(t, compared(t, asked, other), &r);
	terms_free(t);
	return out;
}

static void test_orders(void **state)
{
	(void)state;
	assert_int_equal(says(EXPR_GT, 3, true, EXPR_EQ, 1), TRI_NO);
	assert_int_equal(says(EXPR_GT, 3, true, EXPR_EQ, 4), TRI_UNKNOWN);
	assert_int_equal(says(EXPR_GT, 3, true, EXPR_GE, 4), TRI_YES);
	assert_int_equal(says(EXPR_GT, 3, true, EXPR_GE, 5), TRI_UNKNOWN);
	assert_int_equal(says(EXPR_GT, 3, true, EXPR_LT, 4), TRI_NO);
	assert_int_equal(says(EXPR_GE, 16, false, EXPR_GT, 15), TRI_NO);
	assert_int_equal(says(EXPR_LT, 2, true, EXPR_LE, 1), TRI_YES);
	assert_int_equal(says(EXPR_LT, 2, true, EXPR_LE, 0), TRI_UNKNOWN);
}

/* Of x < 3 it does not follow that x is 0 or more, nor of x <= 0 that it is 0,
 * and nothing of any number below 0. */
static void test_below_zero(void **state)
{
	(void)state;
	assert_int_equal(says(EXPR_LT, 3, true, EXPR_GE, 0), TRI_UNKNOWN);
	assert_int_equal(says(EXPR_LE, 0, true, EXPR_EQ, 0), TRI_UNKNOWN);
	assert_int_equal(says(EXPR_LT, 3, true, EXPR_EQ, -1), TRI_UNKNOWN);
	assert_int_equal(says(EXPR_GT, -5, true, EXPR_EQ, 1), TRI_UNKNOWN);
	assert_int_equal(says(EXPR_LT, 0, true, EXPR_EQ, 5), TRI_NO);
	/* As a number without a sign it is above all others. */
	assert_int_equal(says(EXPR_LT, 0, true, EXPR_LT, 5), TRI_UNKNOWN);
	assert_int_equal(says(EXPR_LT, 0, true, EXPR_GE, 5), TRI_UNKNOWN);
}

/* Not to be a number says nothing of others. */
static void test_not_equal(void **state)
{
	(void)state;
	assert_int_equal(says(EXPR_EQ, 4, false, EXPR_EQ, 5), TRI_UNKNOWN);
	assert_int_equal(says(EXPR_EQ, 4, false, EXPR_GT, 3), TRI_UNKNOWN);
	assert_int_equal(says(EXPR_EQ, 4, true, EXPR_GT, 3), TRI_YES);
	assert_int_equal(says(EXPR_EQ, 4, true, EXPR_GT, 4), TRI_NO);
}

/* Whether x is one of OTHER follows so from its being one of SET, or not. */
static enum tristate set_says(uint64_t set, bool truth, uint64_t other)
{
	struct terms *t = terms_new();
	term_id x = term_leaf(t, TERM_SYMBOL, 0, 1, 0);
	enum tristate out = range_follows(t, range_one_of(t, x, set), truth,
					  range_one_of(t, x, other));

	terms_free(t);
	return out;
}

static void test_sets(void **state)
{
	const uint64_t last = UINT64_C(1) << 63;

	(void)state;
	assert_int_equal(set_says(0x14, true, 0x08), TRI_NO);
	assert_int_equal(set_says(0x14, true, 0x1c), TRI_YES);
	assert_int_equal(set_says(0x14, true, 0x18), TRI_UNKNOWN);
	assert_int_equal(set_says(0x14, false, 0x04), TRI_NO);
	assert_int_equal(set_says(0x14, false, 0x18), TRI_UNKNOWN);
	assert_int_equal(set_says(last, true, 1), TRI_NO);
	assert_int_equal(set_says(last | 1, true, last), TRI_UNKNOWN);
}

/* Sets and comparisons say of one another. */
static void test_sets_and_orders(void **state)
{
	struct terms *t = terms_new();
	term_id x = term_leaf(t, TERM_SYMBOL, 0, 1, 0);
	term_id set = range_one_of(t, x, 0x14); /* 2 or 4 */
	struct range r = RANGE_ALL;

	(void)state;
	assert_int_equal(range_follows(t, set, true, compared(t, EXPR_EQ, 3)),
			 TRI_NO);
	assert_int_equal(range_follows(t, set, true, compared(t, EXPR_EQ, 4)),
			 TRI_UNKNOWN);
	assert_int_equal(range_follows(t, set, true, compared(t, EXPR_GT, 1)),
			 TRI_YES);
	assert_int_equal(range_follows(t, set, true, compared(t, EXPR_GE, 0)),
			 TRI_YES);
	assert_int_equal(range_follows(t, compared(t, EXPR_EQ, 4), true, set),
			 TRI_YES);
	assert_int_equal(range_follows(t, compared(t, EXPR_GT, 63), true, set),
			 TRI_NO);
	assert_int_equal(range_follows(t, compared(t, EXPR_LT, 5), true, set),
			 TRI_UNKNOWN);
	range_cut(t, set, true, &r);
	assert_int_equal(range_set(&r), 0x14);
	range_cut(t, compared(t, EXPR_EQ, 4), false, &r);
	assert_int_equal(range_set(&r), 0x04);
	terms_free(t);
}

/* 21, 40 or 88, or another number that leaves as much when divided by 64. */
static void test_rests(void **state)
{
	struct terms *t = terms_new();
	term_id x = term_leaf(t, TERM_SYMBOL, 0, 1, 0);
	uint64_t rests = UINT64_C(1) << 21 | UINT64_C(1) << 40 |
			 UINT64_C(1) << 24;
	term_id set = range_rest_of(t, x, rests);
	term_id order = compared(t, EXPR_GE, 89);
	term_id beyond = compared(t, EXPR_GT, 25);
	struct range r = RANGE_ALL, number = RANGE_ALL;

	(void)state;
	assert_int_equal(range_compared(t, set), x);
	assert_int_equal(range_follows(t, set, true, compared(t, EXPR_EQ, 10)),
			 TRI_NO);
	assert_int_equal(range_follows(t, set, true,
				       compared(t, EXPR_EQ, 1001)), TRI_NO);
	assert_int_equal(range_follows(t, set, true, compared(t, EXPR_EQ, 21)),
			 TRI_UNKNOWN);
	assert_int_equal(range_follows(t, set, true, compared(t, EXPR_EQ, 88)),
			 TRI_UNKNOWN);
	assert_int_equal(range_follows(t, set, false,
				       compared(t, EXPR_EQ, 88)), TRI_NO);
	assert_int_equal(range_follows(t, compared(t, EXPR_EQ, 88), true, set),
			 TRI_YES);
	assert_int_equal(range_follows(t, compared(t, EXPR_EQ, 89), true, set),
			 TRI_NO);
	assert_int_equal(range_follows(t, order, true, set), TRI_UNKNOWN);
	/* A number below 0 has a rest, too. */
	assert_int_equal(range_follows(t, set, true, compared(t, EXPR_GE, 0)),
			 TRI_UNKNOWN);
	range_cut(t, set, true, &r);
	assert_int_equal(range_set(&r), 0);
	assert_int_equal(range_rests(&r), rests);
	range_cut(t, beyond, true, &r);
	range_cut(t, compared(t, EXPR_LT, 64), true, &r);
	assert_int_equal(range_set(&r), UINT64_C(1) << 40);
	range_cut(t, compared(t, EXPR_EQ, 130), true, &number);
	assert_int_equal(range_rests(&number), UINT64_C(1) << 2);
	terms_free(t);
}

/* Bits of a number say which of those below 64 it may be. */
static void test_bits(void **state)
{
	struct terms *t = terms_new();
	term_id x = term_leaf(t, TERM_SYMBOL, 0, 1, 0);
	term_id second = term_binary(t, EXPR_AND, x, term_const(t, 2));
	term_id high = term_binary(t, EXPR_AND, x, term_const(t, 64));
	struct range r = RANGE_ALL;

	(void)state;
	assert_int_equal(range_compared(t, second), x);
	assert_int_equal(range_follows(t, range_one_of(t, x, 0x13), true,
				       second), TRI_NO);	/* 0, 1, 4 */
	assert_int_equal(range_follows(t, range_one_of(t, x, 0x4c), true,
				       second), TRI_YES);	/* 2, 3, 6 */
	assert_int_equal(range_follows(t, range_one_of(t, x, 0x06), true,
				       second), TRI_UNKNOWN);	/* 1, 2 */
	assert_int_equal(range_follows(t, second, true,
				       compared(t, EXPR_EQ, 5)), TRI_NO);
	assert_int_equal(range_follows(t, second, false,
				       compared(t, EXPR_EQ, 5)), TRI_UNKNOWN);
	/* 64 and more, and numbers below 0, may have it or not. */
	assert_int_equal(range_follows(t, compared(t, EXPR_GT, 5), true,
				       high), TRI_UNKNOWN);
	assert_int_equal(range_follows(t, compared(t, EXPR_LT, 2), true,
				       second), TRI_UNKNOWN);
	range_cut(t, range_one_of(t, x, 0x16), true, &r);
	range_cut(t, second, true, &r);
	assert_int_equal(range_set(&r), 0x04);
	terms_free(t);
}

static void test_number_comes_first(void **state)
{
	struct terms *t = terms_new();
	term_id x = term_leaf(t, TERM_SYMBOL, 0, 1, 0);
	term_id above = term_binary(t, EXPR_LT, term_const(t, 3), x);
	struct range r = RANGE_ALL;

	(void)state;
	assert_int_equal(range_compared(t, above), x);
	assert_int_equal(range_cut(t, above, true, &r), x);
	assert_int_equal(r.lo, 4);
	assert_int_equal(range_compared(t, x), 0);
	terms_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_orders),
		cmocka_unit_test(test_below_zero),
		cmocka_unit_test(test_not_equal),
		cmocka_unit_test(test_sets),
		cmocka_unit_test(test_sets_and_orders),
		cmocka_unit_test(test_rests),
		cmocka_unit_test(test_bits),
		cmocka_unit_test(test_number_comes_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
