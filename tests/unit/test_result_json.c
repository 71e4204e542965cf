/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names of the JSON report, and that a stored result is read back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "findings.h"
#include "result_json.h"
#include "result_table.h"
#include "rule.h"
#include "sample_result.h"

/* Every name of the contract, in order; a missing one names itself. */
static void assert_keys(const char *json, const char *const *keys)
{
	for (; *keys; keys++) {
		char *quoted = g_strdup_printf("\"%s\":", *keys);
		const char *at = strstr(json, quoted);

		g_free(quoted);
		if (!at)
			fail_msg("no key '%s' in its place", *keys);
		json = at;
	}
}

static void test_keys_are_those_of_the_contract(void **state)
{
	static const char *const keys[] = {
		"tool", "name", "version",
		"tree", "version", "commit", "config", "translation_units",
		"failed",
		"rule", "name", "bias", "source",
		"classes", "name", "level", "file", "line", "form",
		"verdict",
		"counts", "functions", "call_edges", "indirect_sites",
		"indirect_resolved", "acquisitions", "orderings", "findings",
		"orderings", "id", "held", "class", "instance", "owner",
		"mode", "function", "file", "line",
		"acquired", "class",
		"holder", "function", "file", "line", "acquire_line",
		"relation", "verdict", "worlds", "context", "held_level",
		"level_in_force", "needed_level", "runtime_visible",
		"lockset", "class",
		"witness", "event", "function", "file", "line", "text", "via",
		"event", "condition", "taken",
		"confirmed", "steady",
		"findings", "id", "kind", "severity", "message", "function",
		"file", "line", "context", "orderings", "locks", "witnesses",
		"worlds",
		"assumptions", "id", "kind", "what", "file", "line", "effect",
		"count", NULL,
	};
	struct result *r = make();
	char *json = result_json_write(r, JSON_REPORT);

	(void)state;
	assert_keys(json, keys);
	assert_non_null(strstr(json, "\"commit\": null"));
	assert_non_null(strstr(json, "\"event\": \"indirect-call\""));
	assert_non_null(strstr(json, "caller-is-not-control-domain+"
			       "caller-is-hvm"));
	g_free(json);
	result_free(r);
}

/* Read back, judged again and written, the text is the same. */
static void test_round_trip_keeps_every_byte(void **state)
{
	struct result *r = make(), *copy;
	char *before = result_json_write(r, JSON_REPORT);
	char *stored = result_json_write(r, JSON_STORE);
	char *after;

	(void)state;
	assert_int_equal(result_json_read(&copy, stored), 0);
	findings_make(copy);
	after = result_json_write(copy, JSON_REPORT);
	assert_string_equal(before, after);
	rule_apply(&rule, copy);
	findings_make(copy);
	g_free(after);
	after = result_json_write(copy, JSON_REPORT);
	assert_string_equal(before, after);
	g_free(after);
	g_free(before);
	g_free(stored);
	result_free(copy);
	result_free(r);
}

static void assert_unreadable(const char *text)
{
	struct result *r;

	assert_int_equal(result_json_read(&r, text), -1);
	assert_null(r);
}

/* Any prefix of a stored result is damaged; so is one with foreign values. */
static void test_damage_is_noticed(void **state)
{
	struct result *r = make();
	char *stored = result_json_write(r, JSON_STORE);
	size_t length = strlen(stored);
	char *class = strstr(stored, "\"class\":\"paging\"");

	(void)state;
	class[9] = 'x';
	assert_unreadable(stored);
	for (size_t i = length - 2; i > 0; i -= 1 + i / 50) {
		stored[i] = '\0';
		assert_unreadable(stored);
	}
	assert_unreadable("");
	assert_unreadable("[]");
	assert_unreadable("{}");
	g_free(stored);
	result_free(r);
}

static void test_text_that_is_no_utf8_is_replaced(void **state)
{
	struct result *r = make();
	char *json;

	(void)state;
	r->tree_version = "4.\xff";
	json = result_json_write(r, JSON_REPORT);
	assert_non_null(strstr(json, "\"version\": \"4.\xef\xbf\xbd\""));
	g_free(json);
	result_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys_are_those_of_the_contract),
		cmocka_unit_test(test_round_trip_keeps_every_byte),
		cmocka_unit_test(test_damage_is_noticed),
		cmocka_unit_test(test_text_that_is_no_utf8_is_replaced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
