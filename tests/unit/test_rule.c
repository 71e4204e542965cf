/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Verdicts of orderings under the three rules.  The expected values are
 * derived by hand from levels p2m 16, per_page_sharing 24, altp2mlist 32,
 * pod 48, paging 64 and a bias of 64.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "result_table.h"
#include "rule.h"

enum { P2M, SHARING, ALTP2MLIST, POD, PAGING };

static const struct rule none = { .name = "none", .form = RULE_NONE };
static const struct rule control = { .name = "control-domain",
	.form = RULE_CONTROL_DOMAIN, .bias = 64 };
static const struct rule current = { .name = "current-domain",
	.form = RULE_CURRENT_DOMAIN, .bias = 64 };

static int setup(void **state)
{
	static const struct lock_class classes[] = {
		{ "p2m", 16, FORM_RWLOCK, "mm-locks.h", 1, 0 },
		{ "per_page_sharing", 24, FORM_ORDER, "mm-locks.h", 2, 1 },
		{ "altp2mlist", 32, FORM_LOCK, "mm-locks.h", 3, 2 },
		{ "pod", 48, FORM_LOCK, "mm-locks.h", 4, 3 },
		{ "paging", 64, FORM_LOCK, "mm-locks.h", 5, 4 },
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

/* An ordering whose level in force was set by the held lock. */
static struct ordering *add(struct result *r, uint32_t held,
			    enum owner_role held_owner, uint32_t acquired,
			    enum owner_role acquired_owner,
			    enum relation relation)
{
	struct ordering *o = result_add_ordering(r);

	o->held.class = held;
	o->held.owner = held_owner;
	o->held.site.function = "hold";
	o->acquired.class = acquired;
	o->acquired.owner = acquired_owner;
	o->acquired.site.function = "acquire";
	o->relation = relation;
	o->runtime_visible = true;
	o->in_force = result_class(r, held)->level;
	o->in_force_lock = 1;
	g_array_append_val(o->lockset, o->held);
	return o;
}

static void assert_worlds(const struct ordering *o, const char *expected)
{
	char *text;

	g_ptr_array_add(o->worlds, NULL);
	text = g_strjoinv(" ", (char **)o->worlds->pdata);
	g_ptr_array_set_size(o->worlds, (int)o->worlds->len - 1);
	assert_string_equal(text, expected);
	g_free(text);
}

/* The ordering of the thread: 64 held, 16 wanted. */
static void test_no_rule_is_a_violation(void **state)
{
	struct ordering *o = add(*state, PAGING, OWNER_SUBJECT, P2M,
				 OWNER_CURRENT, RELATION_UNKNOWN);

	rule_apply(&none, *state);
	assert_int_equal(o->verdict, VERDICT_VIOLATION);
	assert_int_equal(o->held_level, 64);
	assert_int_equal(o->needed_level, 16);
	assert_int_equal(o->level_in_force, 64);
	assert_true(o->trips_always);
	assert_worlds(o, "");
}

/*
 *	subject	caller	held	needed
 *	no	no	64	16	out
 *	no	yes	64	80	in order
 *	yes	no	128	16	out
 *	yes	yes	128	80	out
 */
static void test_control_rule_leaves_conditions(void **state)
{
	struct ordering *o = add(*state, PAGING, OWNER_SUBJECT, P2M,
				 OWNER_CURRENT, RELATION_UNKNOWN);

	rule_apply(&control, *state);
	assert_int_equal(o->verdict, VERDICT_CONDITIONAL);
	assert_worlds(o, "caller-is-not-control-domain "
		      "subject-is-control-domain");
	assert_false(o->trips_always);
	assert_true(o->trips_sometimes);
	assert_int_equal(o->held_level, 64);
	assert_int_equal(o->needed_level, 16);
}

static void test_control_caller_and_plain_subject_are_allowed(void **state)
{
	struct ordering *o = add(*state, PAGING, OWNER_REMOTE, P2M,
				 OWNER_CURRENT, RELATION_DIFFERENT);

	o->held.owner_control = TRI_NO;
	o->acquired.owner_control = TRI_YES;
	rule_apply(&control, *state);
	assert_int_equal(o->verdict, VERDICT_ALLOWED);
	assert_int_equal(o->held_level, 64);
	assert_int_equal(o->needed_level, 80);
	assert_false(o->trips_sometimes);
	assert_worlds(o, "");
}

/* One domain: both get the bias or neither. */
static void test_same_owner_is_never_helped(void **state)
{
	struct ordering *o = add(*state, POD, OWNER_SUBJECT, ALTP2MLIST,
				 OWNER_SUBJECT, RELATION_SAME);

	rule_apply(&control, *state);
	assert_int_equal(o->verdict, VERDICT_VIOLATION);
	assert_true(o->trips_always);
	rule_apply(&current, *state);
	assert_int_equal(o->verdict, VERDICT_VIOLATION);
}

/* 16 held by a control domain is 80; the lock without owner stays at 24. */
static void test_ownerless_lock_gets_no_bias(void **state)
{
	struct ordering *o = add(*state, P2M, OWNER_SUBJECT, SHARING,
				 OWNER_NONE, RELATION_UNKNOWN);

	rule_apply(&control, *state);
	assert_int_equal(o->verdict, VERDICT_CONDITIONAL);
	assert_worlds(o, "subject-is-control-domain");
	assert_int_equal(o->held_level, 80);
	assert_int_equal(o->needed_level, 24);
	rule_apply(&none, *state);
	assert_int_equal(o->verdict, VERDICT_ALLOWED);
}

/* Equal levels are allowed; only a biased host table trips. */
static void test_same_class_of_two_domains(void **state)
{
	struct ordering *o = add(*state, P2M, OWNER_SUBJECT, P2M,
				 OWNER_PARENT, RELATION_DIFFERENT);

	rule_apply(&control, *state);
	assert_int_equal(o->verdict, VERDICT_CONDITIONAL);
	assert_worlds(o, "subject-is-control-domain+"
		      "parent-is-not-control-domain");
	rule_apply(&none, *state);
	assert_int_equal(o->verdict, VERDICT_ALLOWED);
	assert_int_equal(o->held_level, 16);
	assert_int_equal(o->needed_level, 16);
}

/* The caller's locks are biased by who runs, whatever its privilege. */
static void test_current_rule_admits_the_thread(void **state)
{
	struct ordering *remote = add(*state, PAGING, OWNER_REMOTE, P2M,
				      OWNER_CURRENT, RELATION_DIFFERENT);
	struct ordering *subject = add(*state, PAGING, OWNER_SUBJECT, P2M,
				       OWNER_CURRENT, RELATION_UNKNOWN);
	struct ordering *back = add(*state, P2M, OWNER_CURRENT, PAGING,
				    OWNER_REMOTE, RELATION_DIFFERENT);

	rule_apply(&current, *state);
	assert_int_equal(remote->verdict, VERDICT_ALLOWED);
	assert_int_equal(subject->verdict, VERDICT_CONDITIONAL);
	assert_worlds(subject, "caller-is-subject");
	assert_int_equal(back->verdict, VERDICT_VIOLATION);
	assert_int_equal(back->held_level, 80);
	assert_int_equal(back->needed_level, 64);
}

/* Different domains are not both the current one. */
static void test_only_one_domain_is_current(void **state)
{
	struct ordering *o = add(*state, P2M, OWNER_ANY, P2M, OWNER_CURRENT,
				 RELATION_DIFFERENT);

	rule_apply(&current, *state);
	assert_int_equal(o->verdict, VERDICT_ALLOWED);
	assert_int_equal(o->needed_level, 80);
}

static void test_two_subjects_are_told_apart(void **state)
{
	struct ordering *o = add(*state, P2M, OWNER_SUBJECT, SHARING,
				 OWNER_SUBJECT, RELATION_DIFFERENT);

	rule_apply(&control, *state);
	assert_worlds(o, "held-owner-is-control-domain+"
		      "acquired-owner-is-not-control-domain");
}

/* A read lock sets no level: the check sees what was in force before. */
static void test_read_held_is_invisible(void **state)
{
	struct ordering *o = add(*state, PAGING, OWNER_SUBJECT, P2M,
				 OWNER_SUBJECT, RELATION_SAME);

	o->in_force = -1;
	o->in_force_lock = 0;
	rule_apply(&none, *state);
	assert_int_equal(o->verdict, VERDICT_VIOLATION);
	assert_false(o->trips_sometimes);
	assert_int_equal(o->level_in_force, -1);
}

/* In order by what is held, but a level of the past is still in force. */
static void test_stale_level_trips(void **state)
{
	struct ordering *o = add(*state, P2M, OWNER_SUBJECT, SHARING,
				 OWNER_NONE, RELATION_UNKNOWN);

	o->in_force = 64;
	o->in_force_lock = 0;
	rule_apply(&none, *state);
	assert_int_equal(o->verdict, VERDICT_ALLOWED);
	assert_true(o->trips_always);
	assert_int_equal(o->level_in_force, 64);
}

static void test_recursion_is_no_nesting(void **state)
{
	struct ordering *o = add(*state, P2M, OWNER_SUBJECT, P2M,
				 OWNER_SUBJECT, RELATION_SAME);

	o->same_object = true;
	rule_apply(&control, *state);
	assert_int_equal(o->verdict, VERDICT_RECURSIVE);
	assert_false(o->trips_sometimes);
}

/* A world names what the path already needs, in a violation too. */
static void test_path_worlds_are_named(void **state)
{
	struct ordering *o = add(*state, PAGING, OWNER_REMOTE, P2M,
				 OWNER_CURRENT, RELATION_DIFFERENT);

	g_ptr_array_add(o->path_worlds, (void *)"caller-is-hvm");
	o->held.owner_control = TRI_NO;
	rule_apply(&control, *state);
	assert_worlds(o, "caller-is-not-control-domain+caller-is-hvm");
	rule_apply(&none, *state);
	assert_worlds(o, "caller-is-hvm");
}

/* Only a policy, or nobody, lets in a caller without the privilege that was
 * asked for. */
static void test_privilege_excludes_callers(void **state)
{
	struct result *r = *state;
	struct ordering *o = add(r, PAGING, OWNER_REMOTE, P2M, OWNER_CURRENT,
				 RELATION_DIFFERENT);

	o->privilege = PRIVILEGE_CONTROL;
	o->held.owner_control = TRI_NO;
	r->policy = "policy";
	rule_apply(&control, r);
	assert_int_equal(o->verdict, VERDICT_CONDITIONAL);
	assert_worlds(o, "caller-is-not-control-domain+policy");
	r->policy = "";
	rule_apply(&control, r);
	assert_int_equal(o->verdict, VERDICT_ALLOWED);
	assert_worlds(o, "");
	o->privilege = PRIVILEGE_DEVICE_MODEL;
	rule_apply(&control, r);
	assert_worlds(o, "caller-is-not-control-domain+"
		      "caller-is-device-model");
}

/* If the one control domain is another one, the caller is none. */
static void test_sole_control_domain(void **state)
{
	struct result *r = *state;
	struct ordering *o = add(r, P2M, OWNER_REMOTE, SHARING, OWNER_NONE,
				 RELATION_DIFFERENT);

	o->privilege = PRIVILEGE_CONTROL;
	r->policy = "policy";
	rule_apply(&control, r);
	assert_worlds(o, "subject-is-control-domain");
	r->sole_control = true;
	rule_apply(&control, r);
	assert_worlds(o, "subject-is-control-domain+policy");
	r->policy = "";
	rule_apply(&control, r);
	assert_int_equal(o->verdict, VERDICT_CONDITIONAL);
	assert_worlds(o, "subject-is-control-domain");
}

/* Who may act on itself need not be a device model to do so. */
static void test_target_acts_on_itself(void **state)
{
	struct result *r = *state;
	struct ordering *own = add(r, PAGING, OWNER_CURRENT, SHARING,
				   OWNER_NONE, RELATION_DIFFERENT);
	struct ordering *two = add(r, PAGING, OWNER_SUBJECT, P2M,
				   OWNER_CURRENT, RELATION_UNKNOWN);

	own->privilege = two->privilege = PRIVILEGE_TARGET;
	rule_apply(&control, r);
	assert_worlds(own, "");
	assert_int_equal(own->verdict, VERDICT_VIOLATION);
	assert_worlds(two, "caller-is-not-control-domain "
		      "subject-is-control-domain");
}

/* Without a constant in the tree the bias is the highest level. */
static void test_default_bias_is_the_highest_level(void **state)
{
	static const struct rule unset = { .name = "current-domain",
		.form = RULE_CURRENT_DOMAIN };
	struct result *r = *state;

	rule_apply(&unset, r);
	assert_int_equal(r->rule.bias, 64);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_no_rule_is_a_violation),
		TEST(test_control_rule_leaves_conditions),
		TEST(test_control_caller_and_plain_subject_are_allowed),
		TEST(test_same_owner_is_never_helped),
		TEST(test_ownerless_lock_gets_no_bias),
		TEST(test_same_class_of_two_domains),
		TEST(test_current_rule_admits_the_thread),
		TEST(test_only_one_domain_is_current),
		TEST(test_two_subjects_are_told_apart),
		TEST(test_read_held_is_invisible),
		TEST(test_stale_level_trips),
		TEST(test_recursion_is_no_nesting),
		TEST(test_path_worlds_are_named),
		TEST(test_privilege_excludes_callers),
		TEST(test_sole_control_domain),
		TEST(test_target_acts_on_itself),
		TEST(test_default_bias_is_the_highest_level),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
