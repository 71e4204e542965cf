/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which access paths may lead to one place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "access.h"
#include "facts_table.h"
#include "sample_facts.h"

/*
 * struct timer { fn; }; struct vcpu { struct timer a, b; };
 * struct sched { struct timer t; }; union any { struct timer x, y; };
 */
struct tree {
	struct facts *f;
	struct accesses *w;
	fact_id timer, vcpu;	/* types */
	fact_id fn, a, b, t, x, y;
};

static void setup(struct tree *s)
{
	struct facts *f = s->f = facts_new();
	fact_id timer = sample_record(f, "timer", 0, 1);
	fact_id vcpu = sample_record(f, "vcpu", 0, 2);
	fact_id sched = sample_record(f, "sched", 0, 3);
	fact_id any = sample_record(f, "any", 0, 4);
	fact_id pointer = sample_type(f, "void (*)(void)",
				      TYPE_FUNCTION_POINTER, 0, 0);

	FACT_RECORD(f, any)->is_union = true;
	s->timer = sample_type(f, "struct timer", TYPE_RECORD, 0, timer);
	s->vcpu = sample_type(f, "struct vcpu", TYPE_RECORD, 0, vcpu);
	s->fn = sample_field(f, timer, "fn", pointer, 0);
	s->a = sample_field(f, vcpu, "a", s->timer, 0);
	s->b = sample_field(f, vcpu, "b", s->timer, 1);
	s->t = sample_field(f, sched, "t", s->timer, 0);
	s->x = sample_field(f, any, "x", s->timer, 0);
	s->y = sample_field(f, any, "y", s->timer, 1);
	s->w = accesses_new(f);
}

static void teardown(struct tree *s)
{
	accesses_free(s->w);
	facts_free(s->f);
}

/* Member fn of a member of any record. */
static access_id of_any(struct tree *s, fact_id member)
{
	return access_member(s->w, access_member(s->w, ACCESS_ANY, member),
			     s->fn);
}

static void test_variables(void **state)
{
	struct tree s;
	access_id one, other, any;

	(void)state;
	setup(&s);
	one = access_member(s.w, access_root(s.w, 1, s.timer), s.fn);
	other = access_member(s.w, access_root(s.w, 2, s.timer), s.fn);
	any = access_member(s.w, ACCESS_ANY, s.fn);
	assert_true(access_may_alias(s.w, one, one));
	assert_false(access_may_alias(s.w, one, other));
	assert_true(access_may_alias(s.w, one, any));
	assert_true(access_may_alias(s.w, one, ACCESS_ANY));
	/* A variable is no member. */
	assert_false(access_may_alias(s.w, one, of_any(&s, s.a)));
	assert_int_equal(access_object(s.w, one), 1);
	assert_int_equal(access_object(s.w, any), 0);
	teardown(&s);
}

static void test_members(void **state)
{
	struct tree s;
	access_id part, any;

	(void)state;
	setup(&s);
	part = access_member(s.w,
			     access_member(s.w, access_root(s.w, 1, s.vcpu),
					   s.a), s.fn);
	any = access_member(s.w, ACCESS_ANY, s.fn);
	assert_true(access_may_alias(s.w, part, any));
	assert_true(access_may_alias(s.w, part, of_any(&s, s.a)));
	assert_false(access_may_alias(s.w, part, of_any(&s, s.b)));
	assert_false(access_may_alias(s.w, of_any(&s, s.a),
				      of_any(&s, s.t)));
	assert_true(access_may_alias(s.w, of_any(&s, s.x), of_any(&s, s.y)));
	teardown(&s);
}

/* Through a pointer to another type the path starts anew. */
static void test_other_types(void **state)
{
	struct tree s;
	access_id root, part;

	(void)state;
	setup(&s);
	root = access_root(s.w, 1, s.vcpu);
	part = access_member(s.w, root, s.a);
	assert_int_equal(access_member(s.w, root, s.fn),
			 access_member(s.w, ACCESS_ANY, s.fn));
	assert_int_equal(access_container(s.w, part, s.a), root);
	assert_int_equal(access_container(s.w, part, s.b), ACCESS_ANY);
	assert_int_equal(access_container(s.w, root, s.t), ACCESS_ANY);
	assert_true(access_is_record(s.w, part));
	assert_false(access_is_record(s.w, access_member(s.w, part, s.fn)));
	assert_true(access_record_holds(
		s.w, FACT_TYPE(s.f, s.vcpu)->record,
		FACT_TYPE(s.f, s.timer)->record));
	assert_false(access_record_holds(
		s.w, FACT_TYPE(s.f, s.timer)->record,
		FACT_TYPE(s.f, s.vcpu)->record));
	teardown(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_variables),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_other_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
