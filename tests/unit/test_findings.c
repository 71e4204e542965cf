/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which findings orderings make, how they are grouped, what counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "findings.h"
#include "result_table.h"
#include "rule.h"

enum { P2M, ALTP2MLIST, POD, PAGING };

static int setup(void **state)
{
	static const struct lock_class classes[] = {
		{ "p2m", 16, FORM_RWLOCK, "mm-locks.h", 1, 0 },
		{ "altp2mlist", 32, FORM_LOCK, "mm-locks.h", 2, 1 },
		{ "pod", 48, FORM_LOCK, "mm-locks.h", 3, 2 },
		{ "paging", 64, FORM_LOCK, "mm-locks.h", 4, 3 },
	};
	struct result *r = result_new();

	g_array_append_vals(r->classes, classes, G_N_ELEMENTS(classes));
	r->tu_nr = 1;
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
	o->held.instance = INSTANCE_HOST;
	o->held.site = (struct site){ "take", "a.c", 10 };
	o->acquired.class = acquired;
	o->acquired.owner = acquired_owner;
	o->acquired.instance = INSTANCE_HOST;
	o->acquired.site = (struct site){ "want", "a.c", 20 };
	o->holder = (struct site){ "outer", "a.c", 30 };
	o->relation = held_owner == acquired_owner ? RELATION_SAME
						   : RELATION_UNKNOWN;
	o->runtime_visible = true;
	o->in_force = result_class(r, held)->level;
	o->in_force_lock = 1;
	g_array_append_val(o->lockset, o->held);
	return o;
}

static void find(struct result *r)
{
	static const struct rule rule = { .name = "control-domain",
		.form = RULE_CONTROL_DOMAIN, .bias = 64 };

	result_sort(r);
	rule_apply(&rule, r);
	findings_make(r);
}

static const struct finding *finding(const struct result *r, guint i)
{
	assert_true(i < r->findings->len);
	return r->findings->pdata[i];
}

static const struct finding *find_kind(const struct result *r,
				       const char *kind)
{
	for (guint i = 0; i < r->findings->len; i++)
		if (strcmp(finding(r, i)->kind, kind) == 0)
			return finding(r, i);
	return NULL;
}

static void test_violation_is_an_error(void **state)
{
	struct result *r = *state;

	add(r, POD, OWNER_SUBJECT, ALTP2MLIST, OWNER_SUBJECT);
	find(r);
	assert_int_equal(r->findings->len, 1);
	assert_string_equal(finding(r, 0)->kind, "level-violation");
	assert_int_equal(finding(r, 0)->severity, SEVERITY_ERROR);
	assert_string_equal(finding(r, 0)->site.function, "want");
	assert_int_equal(finding(r, 0)->site.line, 20);
	assert_string_equal(finding(r, 0)->message,
			    "altp2mlist (host) of the subject acquired in want"
			    " while pod (host) of the subject is held since "
			    "take (in outer): 48 > 32");
}

static void test_allowed_is_no_finding(void **state)
{
	struct result *r = *state;

	add(r, ALTP2MLIST, OWNER_SUBJECT, POD, OWNER_SUBJECT);
	find(r);
	assert_int_equal(r->findings->len, 0);
}

static void test_conditional_names_its_worlds(void **state)
{
	struct result *r = *state;

	add(r, PAGING, OWNER_REMOTE, P2M, OWNER_CURRENT);
	find(r);
	assert_int_equal(r->findings->len, 1);
	assert_string_equal(finding(r, 0)->kind, "conditional-violation");
	assert_int_equal(finding(r, 0)->worlds->len, 2);
	assert_string_equal(finding(r, 0)->worlds->pdata[0],
			    "caller-is-not-control-domain");
}

static void test_unseen_inversion_is_hidden(void **state)
{
	struct result *r = *state;
	struct ordering *o = add(r, PAGING, OWNER_SUBJECT, P2M, OWNER_SUBJECT);

	o->held.mode = MODE_SPIN;
	o->in_force = -1;
	o->in_force_lock = 0;
	find(r);
	assert_int_equal(r->findings->len, 1);
	assert_string_equal(finding(r, 0)->kind, "hidden-inversion");
}

/* Lines and owners differ, the places do not: one finding, both orderings. */
static void test_one_finding_for_one_pair_of_places(void **state)
{
	struct result *r = *state;
	const struct finding *f;

	add(r, POD, OWNER_SUBJECT, ALTP2MLIST, OWNER_SUBJECT);
	add(r, POD, OWNER_CURRENT, ALTP2MLIST, OWNER_CURRENT);
	add(r, POD, OWNER_CURRENT, ALTP2MLIST, OWNER_CURRENT)->held.site.line
		= 11;
	find(r);
	assert_int_equal(r->findings->len, 1);
	f = finding(r, 0);
	assert_int_equal(f->orderings->len, 3);
	assert_int_equal(f->locks->len, 4);
}

static void test_other_holder_is_another_finding(void **state)
{
	struct result *r = *state;

	add(r, POD, OWNER_SUBJECT, ALTP2MLIST, OWNER_SUBJECT);
	add(r, POD, OWNER_SUBJECT, ALTP2MLIST, OWNER_SUBJECT)->holder.function
		= "other";
	find(r);
	assert_int_equal(r->findings->len, 2);
}

static void test_only_a_running_host_counts(void **state)
{
	struct result *r = *state;

	add(r, POD, OWNER_SUBJECT, ALTP2MLIST, OWNER_SUBJECT)->context =
		CONTEXT_DUMP;
	find(r);
	assert_int_equal(r->findings->len, 1);
	assert_int_equal(findings_count(r, FAIL_ON_ANY), 0);
}

static void test_fail_on_levels_include_each_other(void **state)
{
	struct result *r = *state;

	add(r, PAGING, OWNER_REMOTE, P2M, OWNER_CURRENT);
	find(r);
	assert_int_equal(findings_count(r, FAIL_ON_VIOLATION), 0);
	assert_int_equal(findings_count(r, FAIL_ON_CONDITIONAL), 1);
	assert_int_equal(findings_count(r, FAIL_ON_ANY), 1);
	assert_int_equal(findings_count(r, FAIL_ON_NONE), 0);
}

static void test_unsorted_pair_is_same_level(void **state)
{
	struct result *r = *state;
	struct ordering *o = add(r, P2M, OWNER_SUBJECT, P2M, OWNER_SUBJECT);

	o->relation = RELATION_UNKNOWN;
	find(r);
	assert_non_null(find_kind(r, "same-level"));
	o->sorted = true;
	findings_make(r);
	assert_null(find_kind(r, "same-level"));
}

static void test_nested_after_host_is_a_fixed_order(void **state)
{
	struct result *r = *state;
	struct ordering *o = add(r, P2M, OWNER_SUBJECT, P2M, OWNER_SUBJECT);

	o->acquired.instance = INSTANCE_NESTED;
	find(r);
	assert_int_equal(r->findings->len, 0);
	o = add(r, P2M, OWNER_SUBJECT, P2M, OWNER_SUBJECT);
	o->held.instance = INSTANCE_NESTED;
	find(r);
	assert_non_null(find_kind(r, "same-level"));
}

/* Host before nested of one domain: a fork's nested table before its parent's
 * host table is no reverse of that. */
static void test_fork_before_parent_is_no_reverse(void **state)
{
	struct result *r = *state;
	struct ordering *o = add(r, P2M, OWNER_CURRENT, P2M, OWNER_CURRENT);

	o->acquired.instance = INSTANCE_NESTED;
	o = add(r, P2M, OWNER_CURRENT, P2M, OWNER_PARENT);
	o->held.instance = INSTANCE_NESTED;
	findings_make(r);
	assert_null(find_kind(r, "same-level"));
	o = add(r, P2M, OWNER_PARENT, P2M, OWNER_CURRENT);
	o->acquired.instance = INSTANCE_NESTED;
	findings_make(r);
	assert_non_null(find_kind(r, "same-level"));
}

static void test_recursion_is_no_same_level(void **state)
{
	struct result *r = *state;

	add(r, P2M, OWNER_SUBJECT, P2M, OWNER_SUBJECT)->same_object = true;
	find(r);
	assert_int_equal(r->findings->len, 0);
}

static void hold(struct ordering *o, enum owner_role owner, uint32_t domain)
{
	struct lock_ref lock = o->held;

	lock.owner = owner;
	lock.domain = domain;
	g_array_append_val(o->lockset, lock);
}

static void test_two_subjects_and_the_caller_are_three(void **state)
{
	struct result *r = *state;
	struct ordering *o = add(r, P2M, OWNER_SUBJECT, P2M, OWNER_CURRENT);

	o->acquired.domain = 1;
	g_array_set_size(o->lockset, 0);
	hold(o, OWNER_SUBJECT, 2);
	find(r);
	assert_null(find_kind(r, "third-domain"));
	hold(o, OWNER_SUBJECT, 3);
	find(r);
	assert_non_null(find_kind(r, "third-domain"));
}

static void test_special_domains_are_no_third(void **state)
{
	struct result *r = *state;
	struct ordering *o = add(r, P2M, OWNER_SUBJECT, P2M, OWNER_CURRENT);

	hold(o, OWNER_SPECIAL, 3);
	hold(o, OWNER_NONE, 4);
	find(r);
	assert_null(find_kind(r, "third-domain"));
}

static void test_subject_caller_subject_is_interleaved(void **state)
{
	struct result *r = *state;
	struct ordering *o = add(r, P2M, OWNER_CURRENT, PAGING, OWNER_SUBJECT);

	g_array_set_size(o->lockset, 0);
	hold(o, OWNER_CURRENT, 0);
	hold(o, OWNER_SUBJECT, 0);
	find(r);
	assert_null(find_kind(r, "interleaved"));
	hold(o, OWNER_CURRENT, 0);
	find(r);
	assert_non_null(find_kind(r, "interleaved"));
}

static void test_stale_level_is_a_note(void **state)
{
	struct result *r = *state;
	struct lone_lock *s = result_add_lone(r);

	s->lock.class = P2M;
	s->lock.site = (struct site){ "drop", "a.c", 40 };
	s->level_in_force = 0;
	s->level_justified = 16;
	find(r);
	assert_int_equal(r->findings->len, 1);
	assert_string_equal(finding(r, 0)->kind, "stale-level");
	assert_int_equal(finding(r, 0)->severity, SEVERITY_NOTE);
	assert_string_equal(finding(r, 0)->site.function, "drop");
	assert_string_equal(finding(r, 0)->message,
			    "after the release of p2m (host) of the caller the "
			    "level in force is 0, the locks held justify 16");
}

/* A fork's own lock behind its parent's table, which the check lets pass only if
 * the parent is a control domain. */
static struct ordering *add_behind_parent(struct result *r)
{
	struct asked_classes asked = { .of_parent = 1U << P2M };
	struct ordering *o = add(r, POD, OWNER_SUBJECT, ALTP2MLIST,
				 OWNER_SUBJECT);

	o->held.owner_control = o->acquired.owner_control = TRI_NO;
	o->acquired.site.line = 21;
	g_array_append_val(o->asked, asked);
	return o;
}

static void test_parent_makes_it_conditional(void **state)
{
	struct result *r = *state;

	add_behind_parent(r);
	find(r);
	assert_int_equal(r->findings->len, 1);
	assert_string_equal(finding(r, 0)->kind, "conditional-violation");
	assert_int_equal(finding(r, 0)->worlds->len, 1);
	assert_string_equal(finding(r, 0)->worlds->pdata[0],
			    "parent-is-control-domain");
}

/* The error is shown, and the other one counts with it. */
static void test_error_tells_conditional_too(void **state)
{
	struct result *r = *state;
	const struct ordering *shown;

	add_behind_parent(r);
	add(r, POD, OWNER_SUBJECT, ALTP2MLIST, OWNER_SUBJECT);
	find(r);
	assert_int_equal(r->findings->len, 1);
	assert_string_equal(finding(r, 0)->kind, "level-violation");
	assert_int_equal(finding(r, 0)->orderings->len, 2);
	assert_int_equal(finding(r, 0)->worlds->len, 0);
	shown = finding(r, 0)->orderings->pdata[0];
	assert_int_equal(shown->acquired.site.line, 20);
}

/* What each way has asked for is below the held lock: no way gets there. */
static void test_all_ways_may_stop(void **state)
{
	struct result *r = *state;
	struct asked_classes one = { .of_held = 1U << P2M };
	struct asked_classes other = { .of_acquired = 1U << ALTP2MLIST };
	struct asked_classes in_order = { .of_held = 1U << PAGING };
	struct ordering *o = add(r, POD, OWNER_SUBJECT, ALTP2MLIST,
				 OWNER_SUBJECT);

	g_array_append_val(o->asked, one);
	g_array_append_val(o->asked, other);
	find(r);
	assert_int_equal(r->findings->len, 0);
	assert_true(o->is_unreached);
	g_array_append_val(o->asked, in_order);
	find(r);
	assert_int_equal(r->findings->len, 1);
}

/* A fork's parent that is no control domain is more usual than a subject that is
 * one, however short that one's witness. */
static void test_usual_worlds_come_first(void **state)
{
	struct result *r = *state;
	struct witness_step step = { .event = STEP_CALL,
				     .site = { "outer", "a.c", 30 },
				     .text = "" };
	struct ordering *o;

	add(r, P2M, OWNER_SUBJECT, POD, OWNER_CURRENT);
	o = add(r, PAGING, OWNER_CURRENT, P2M, OWNER_PARENT);
	g_array_append_val(o->witness, step);
	find(r);
	assert_int_equal(r->findings->len, 2);
	assert_string_equal(finding(r, 0)->kind, "conditional-violation");
	assert_string_equal(finding(r, 1)->kind, "conditional-violation");
	assert_int_equal(((const struct ordering *)finding(r, 0)
				  ->orderings->pdata[0])->acquired.owner,
			 OWNER_PARENT);
}

/* Lines move, identities stay. */
static void test_ids_do_not_know_lines(void **state)
{
	struct result *r = *state, *moved;
	struct ordering *o;
	void *other;

	add(r, POD, OWNER_SUBJECT, ALTP2MLIST, OWNER_SUBJECT);
	find(r);
	setup(&other);
	moved = other;
	o = add(moved, POD, OWNER_SUBJECT, ALTP2MLIST, OWNER_SUBJECT);
	o->held.site.line = o->acquired.site.line = o->holder.line = 1000;
	find(moved);
	assert_string_equal(finding(r, 0)->id, finding(moved, 0)->id);
	assert_int_equal(strlen(finding(r, 0)->id), 16);
	o->held.owner = OWNER_PARENT;
	find(moved);
	assert_string_not_equal(finding(r, 0)->id, finding(moved, 0)->id);
	result_free(moved);
}

/* Two places of one function make two orderings with two identities. */
static void test_ids_are_unique(void **state)
{
	struct result *r = *state;
	struct ordering *a = add(r, POD, OWNER_SUBJECT, PAGING, OWNER_SUBJECT);
	struct ordering *b = add(r, POD, OWNER_SUBJECT, PAGING, OWNER_SUBJECT);

	b->acquired.site.line = 21;
	result_sort(r);
	assert_string_not_equal(a->id, b->id);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_violation_is_an_error),
		TEST(test_allowed_is_no_finding),
		TEST(test_conditional_names_its_worlds),
		TEST(test_unseen_inversion_is_hidden),
		TEST(test_one_finding_for_one_pair_of_places),
		TEST(test_other_holder_is_another_finding),
		TEST(test_only_a_running_host_counts),
		TEST(test_fail_on_levels_include_each_other),
		TEST(test_unsorted_pair_is_same_level),
		TEST(test_nested_after_host_is_a_fixed_order),
		TEST(test_fork_before_parent_is_no_reverse),
		TEST(test_recursion_is_no_same_level),
		TEST(test_parent_makes_it_conditional),
		TEST(test_error_tells_conditional_too),
		TEST(test_all_ways_may_stop),
		TEST(test_usual_worlds_come_first),
		TEST(test_two_subjects_and_the_caller_are_three),
		TEST(test_special_domains_are_no_third),
		TEST(test_subject_caller_subject_is_interleaved),
		TEST(test_stale_level_is_a_note),
		TEST(test_ids_do_not_know_lines),
		TEST(test_ids_are_unique),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
