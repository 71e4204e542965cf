/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Orders and cycles of small graphs of orderings, and the order that a result
 * without violations shows.  Levels: p2m 16, sharing 24, paging 64.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "proof.h"
#include "result_table.h"

enum { P2M, SHARING, PAGING };

static int setup(void **state)
{
	static const struct lock_class classes[] = {
		{ "p2m", 16, FORM_RWLOCK, "mm-locks.h", 1, 0 },
		{ "sharing", 24, FORM_ORDER, "mm-locks.h", 2, 1 },
		{ "paging", 64, FORM_LOCK, "mm-locks.h", 3, 2 },
	};
	struct result *r = result_new();

	g_array_append_vals(r->classes, classes, G_N_ELEMENTS(classes));
	*state = r;
	return 0;
}

static int teardown(void **state)
{
	result_free(*state);
	return 0;
}

static struct ordering *add(struct result *r, uint32_t held,
			    enum owner_role held_owner, uint32_t acquired,
			    enum owner_role acquired_owner)
{
	struct ordering *o = result_add_ordering(r);

	o->held.class = held;
	o->held.owner = held_owner;
	o->held.owner_control = TRI_UNKNOWN;
	o->acquired.class = acquired;
	o->acquired.owner = acquired_owner;
	o->acquired.owner_control = TRI_UNKNOWN;
	o->relation = RELATION_UNKNOWN;
	o->verdict = VERDICT_ALLOWED;
	return o;
}

static void assert_steps(const struct lockorder *lo, const char *expected)
{
	GPtrArray *steps = lockorder_steps(lo);
	GString *text = g_string_new("");

	for (guint i = 0; i < steps->len; i++) {
		const GArray *step = steps->pdata[i];

		for (guint k = 0; k < step->len; k++) {
			char *name = lockorder_name(
				lo, g_array_index(step, uint32_t, k));

			g_string_append_printf(text, "%s%s", k ? " = " :
					       i ? " < " : "", name);
			g_free(name);
		}
	}
	assert_string_equal(text->str, expected);
	g_string_free(text, TRUE);
	g_ptr_array_unref(steps);
}

static void test_steps_follow_orderings_then_levels(void **state)
{
	struct lockorder *lo;

	add(*state, PAGING, OWNER_SUBJECT, P2M, OWNER_CURRENT);
	add(*state, P2M, OWNER_SUBJECT, PAGING, OWNER_SUBJECT);
	lo = lockorder_new(*state, NULL, NULL, false);
	assert_steps(lo, "p2m (subject) < paging (subject) < p2m (current)");
	assert_false(lockorder_has_conflict(lo));
	lockorder_free(lo);
}

/* Locks of one class may stand together; those of two may not. */
static void test_one_class_is_no_conflict(void **state)
{
	struct lockorder *lo;
	GPtrArray *cycles;

	add(*state, P2M, OWNER_SUBJECT, P2M, OWNER_CURRENT);
	add(*state, P2M, OWNER_CURRENT, P2M, OWNER_SUBJECT);
	lo = lockorder_new(*state, NULL, NULL, false);
	cycles = lockorder_cycles(lo);
	assert_steps(lo, "p2m (current) = p2m (subject)");
	assert_false(lockorder_has_conflict(lo));
	assert_int_equal(cycles->len, 0);
	g_ptr_array_unref(cycles);
	lockorder_free(lo);
}

/* The subject's paging, the caller's p2m, a page, the subject's paging: found
 * once, by its one descending edge; the way round the long side is not. */
static void test_shortest_cycle(void **state)
{
	struct lockorder *lo;
	GPtrArray *cycles;
	const struct order_edge *e;

	add(*state, PAGING, OWNER_SUBJECT, P2M, OWNER_CURRENT);
	add(*state, P2M, OWNER_CURRENT, SHARING, OWNER_NONE);
	add(*state, SHARING, OWNER_NONE, PAGING, OWNER_SUBJECT);
	add(*state, P2M, OWNER_CURRENT, P2M, OWNER_SUBJECT);
	add(*state, P2M, OWNER_SUBJECT, SHARING, OWNER_NONE);
	lo = lockorder_new(*state, NULL, NULL, false);
	cycles = lockorder_cycles(lo);
	assert_true(lockorder_has_conflict(lo));
	assert_int_equal(cycles->len, 1);
	assert_int_equal(((GArray *)cycles->pdata[0])->len, 3);
	e = lo->edge->pdata[g_array_index((GArray *)cycles->pdata[0], guint, 0)];
	assert_int_equal(g_array_index(e->ordering, guint, 0), 0);
	g_ptr_array_unref(cycles);
	lockorder_free(lo);
}

/* What is one lock, or of another context, does not count. */
static void test_recursion_and_boot_are_left_out(void **state)
{
	struct lockorder *lo;

	add(*state, PAGING, OWNER_SUBJECT, P2M,
	    OWNER_SUBJECT)->context = CONTEXT_BOOT;
	add(*state, P2M, OWNER_SUBJECT, P2M, OWNER_SUBJECT)->same_object = true;
	lo = lockorder_new(*state, NULL, NULL, false);
	assert_int_equal(lo->node->len, 0);
	assert_int_equal(lo->edge->len, 0);
	lockorder_free(lo);
}

/* Of one domain, the role that is told is that of both locks. */
static void test_one_domain_has_one_role(void **state)
{
	struct lockorder *lo;

	add(*state, P2M, OWNER_ANY, PAGING,
	    OWNER_CURRENT)->relation = RELATION_SAME;
	lo = lockorder_new(*state, NULL, NULL, false);
	assert_steps(lo, "p2m (current) < paging (current)");
	lockorder_free(lo);
}

static void test_all_that_is_allowed_is_proved(void **state)
{
	struct proof *p;

	add(*state, P2M, OWNER_SUBJECT, PAGING, OWNER_SUBJECT);
	add(*state, P2M, OWNER_SUBJECT, P2M, OWNER_SUBJECT);
	((struct result *)*state)->tu_nr = 1;
	p = proof_new(*state);
	assert_non_null(p);
	assert_true(p->is_complete);
	assert_int_equal(p->ordering_nr, 2);
	assert_int_equal(p->step->len, 2);
	assert_int_equal(g_array_index(p->step, struct proof_step, 0).within,
			 1);
	assert_int_equal(g_array_index(p->step, struct proof_step, 0).before,
			 1);
	assert_int_equal(g_array_index(p->step, struct proof_step, 1).after, 1);
	proof_free(p);
}

static void test_violation_leaves_no_order(void **state)
{
	add(*state, PAGING, OWNER_SUBJECT, P2M,
	    OWNER_SUBJECT)->verdict = VERDICT_VIOLATION;
	assert_null(proof_new(*state));
}

/* The larger group of two that close a cycle stays in. */
static void test_what_does_not_fit_stands_outside(void **state)
{
	struct proof *p;

	add(*state, PAGING, OWNER_SUBJECT, P2M,
	    OWNER_CURRENT)->verdict = VERDICT_CONDITIONAL;
	add(*state, P2M, OWNER_CURRENT, PAGING,
	    OWNER_SUBJECT)->verdict = VERDICT_CONDITIONAL;
	add(*state, P2M, OWNER_CURRENT, PAGING,
	    OWNER_SUBJECT)->verdict = VERDICT_CONDITIONAL;
	((struct result *)*state)->tu_nr = 1;
	p = proof_new(*state);
	assert_non_null(p);
	assert_false(p->is_complete);
	assert_int_equal(p->ordering_nr, 2);
	assert_int_equal(p->conditional_nr, 3);
	assert_int_equal(p->outside->len, 1);
	assert_int_equal(g_array_index(p->outside, guint, 0), 0);
	proof_free(p);
}

/* Locks of one role on both sides of the bias: nodes tell them apart. */
static void test_control_splits_a_role(void **state)
{
	struct ordering *up = add(*state, PAGING, OWNER_REMOTE, P2M,
				  OWNER_CURRENT);
	struct ordering *down = add(*state, P2M, OWNER_CURRENT, PAGING,
				    OWNER_REMOTE);
	struct proof *p;

	up->held.owner_control = down->held.owner_control = TRI_NO;
	up->acquired.owner_control = TRI_YES;
	down->acquired.owner_control = TRI_NO;
	((struct result *)*state)->tu_nr = 1;
	p = proof_new(*state);
	assert_non_null(p);
	assert_true(p->is_complete);
	assert_steps(p->graph, "p2m (current, no control domain) < paging "
		     "(remote, no control domain) < p2m (current, a control "
		     "domain)");
	proof_free(p);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_steps_follow_orderings_then_levels),
		TEST(test_one_class_is_no_conflict),
		TEST(test_shortest_cycle),
		TEST(test_recursion_and_boot_are_left_out),
		TEST(test_one_domain_has_one_role),
		TEST(test_all_that_is_allowed_is_proved),
		TEST(test_violation_leaves_no_order),
		TEST(test_what_does_not_fit_stands_outside),
		TEST(test_control_splits_a_role),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
