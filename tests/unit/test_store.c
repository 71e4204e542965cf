/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Databases of facts: round trip, shards, results, damage. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "db.h"
#include "facts_io.h"
#include "link.h"
#include "lockprim.h"
#include "result_table.h"
#include "sample_facts.h"
#include "store.h"

static char directory[] = "/tmp/test_store.XXXXXX";
static char path[64], other_path[64], joined_path[64];

static int setup(void **state)
{
	(void)state;
	if (!mkdtemp(directory))
		return -1;
	snprintf(path, sizeof(path), "%s/facts.db", directory);
	snprintf(other_path, sizeof(other_path), "%s/other.db", directory);
	snprintf(joined_path, sizeof(joined_path), "%s/joined.db", directory);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(path);
	unlink(other_path);
	unlink(joined_path);
	return rmdir(directory);
}

static const struct store_meta meta = {
	.tree_version = "4.17.5", .tree_config = "widest",
};

/* Types and fields that every unit knows. */
struct names {
	fact_id file, hook_type, function_type, ops, hook, lock;
};

static struct names common_names(struct facts *f)
{
	struct names n;
	fact_id integer = sample_type(f, "int", TYPE_INT, 0, 0);

	n.file = sample_file(f, "arch/x86/mm/hooks.c");
	n.function_type = sample_type(f, "int (int)", TYPE_FUNCTION, integer,
				      0);
	n.hook_type = sample_type(f, "int (*)(int)", TYPE_FUNCTION_POINTER,
				  n.function_type, 0);
	n.ops = sample_record(f, "ops", n.file, 3);
	n.hook = sample_field(f, n.ops, "hook", n.hook_type, 0);
	n.lock = sample_field(f, n.ops, "lock", integer, 1);
	return n;
}

static fact_id typed_function(struct facts *f, const struct names *n,
			      const char *name, uint32_t line)
{
	fact_id id = sample_function(f, name, name, n->file, line, 0);

	FACT_FUNCTION(f, id)->type = n->function_type;
	FACT_FUNCTION(f, id)->param_nr = 1;
	return id;
}

/* set() { ops.hook = hook_a; } */
static struct facts *unit_that_stores(void)
{
	struct facts *f = facts_new();
	struct names n = common_names(f);
	fact_id hook = typed_function(f, &n, "hook_a", 10);
	fact_id set = sample_function(f, "set", "set", n.file, 20, 0);
	fact_id ops = sample_global(f, "ops", "ops", 0, GLOBAL_DEFINED);
	struct sample_body b = sample_begin(f);
	uint32_t at, field, value;

	sample_local(f, &b, "x", n.hook_type, LOCAL_PARAM);
	sample_node(&b, NODE_RETURN, 11, 0, 0);
	FACT_FUNCTION(f, hook)->body = sample_end(&b);

	b = sample_begin(f);
	at = sample_expr(&b, EXPR_GLOBAL, ops, 0, 0);
	field = sample_expr(&b, EXPR_FIELD, at, n.hook, 0);
	value = sample_expr(&b, EXPR_FUNCTION, hook, 0, 0);
	sample_node(&b, NODE_ASSIGN, 21, field, value);
	sample_node(&b, NODE_RETURN, 22, 0, 0);
	FACT_FUNCTION(f, set)->body = sample_end(&b);
	sample_tu(f, "arch/x86/mm/hooks.c", "arch/x86/mm/hooks.o");
	return f;
}

/*
 * run(p) { lock(&p->lock); tmp = p->hook; if (tmp) tmp(1); unlock(&p->lock); }
 */
static struct facts *unit_that_calls(void)
{
	struct facts *f = facts_new();
	struct names n = common_names(f);
	fact_id lock = sample_function(f, "lock", "lock", 0, 0, 0);
	fact_id unlock = sample_function(f, "unlock", "unlock", 0, 0, 0);
	fact_id run = sample_function(f, "run", "run", n.file, 30, 0);
	fact_id unfit = sample_function(f, "unfit", "unfit", n.file, 50,
					FUNCTION_ADDRESS_TAKEN);
	struct fact_line line = { n.file, 33, facts_text(f, "\tp->hook(1);") };
	struct sample_body b = sample_begin(f);
	uint32_t p = sample_local(f, &b, "p", 0, LOCAL_PARAM);
	uint32_t tmp = sample_local(f, &b, "tmp", n.hook_type, LOCAL_TEMP);
	uint32_t value, hook, at_lock, at_tmp, hook_value, tmp_value, one;
	struct fact_node *node;

	value = sample_expr(&b, EXPR_LOAD,
			    sample_expr(&b, EXPR_LOCAL, p, 0, 0), 0, 0);
	at_lock = sample_expr(&b, EXPR_FIELD, value, n.lock, 0);
	hook = sample_expr(&b, EXPR_FIELD, value, n.hook, 0);
	hook_value = sample_expr(&b, EXPR_LOAD, hook, 0, 0);
	at_tmp = sample_expr(&b, EXPR_LOCAL, tmp, 0, 0);
	tmp_value = sample_expr(&b, EXPR_LOAD, at_tmp, 0, 0);
	one = sample_expr(&b, EXPR_CONST, 0, 0, 1);

	node = sample_node(&b, NODE_CALL, 31,
			   sample_expr(&b, EXPR_FUNCTION, lock, 0, 0), 0);
	node->macro = facts_intern(f, "ops_lock");
	node->extra = b.extra->len;
	node->extra_nr = 1;
	g_array_append_val(b.extra, at_lock);
	sample_node(&b, NODE_ASSIGN, 32, at_tmp, hook_value);
	sample_node(&b, NODE_BRANCH, 33, tmp_value, 0)->other = 5;
	node = sample_node(&b, NODE_CALL, 33, tmp_value, 0);
	node->type = n.function_type;
	node->extra = b.extra->len;
	node->extra_nr = 1;
	g_array_append_val(b.extra, one);
	node = sample_node(&b, NODE_CALL, 34,
			   sample_expr(&b, EXPR_FUNCTION, unlock, 0, 0), 0);
	node->extra = b.extra->len;
	node->extra_nr = 1;
	g_array_append_val(b.extra, at_lock);
	sample_node(&b, NODE_RETURN, 35, 0, 0);
	FACT_FUNCTION(f, run)->body = sample_end(&b);
	FACT_FUNCTION(f, run)->param_nr = 1;
	(void)unfit;
	sample_tu(f, "arch/x86/mm/run.c", "arch/x86/mm/run.o");
	g_array_append_val(f->source_line, line);
	return f;
}

/* The tree of both units; their bytes go to unit[] if it is not NULL. */
static struct facts *tree(GBytes **unit)
{
	struct facts *part[] = { unit_that_stores(), unit_that_calls() };
	struct linker *l = linker_new();

	for (int i = 0; i < 2; i++) {
		GByteArray *bytes = g_byte_array_new();

		linker_add(l, part[i]);
		facts_encode(part[i], bytes);
		if (unit)
			unit[i] = g_byte_array_free_to_bytes(bytes);
		else
			g_byte_array_unref(bytes);
		facts_free(part[i]);
	}
	return linker_finish(l);
}

static void write_tree(void)
{
	struct facts *f = tree(NULL);

	assert_int_equal(store_write(path, f, &meta), 0);
	facts_free(f);
}

static GBytes *loaded_bytes(const char *from, char hash[33])
{
	struct store *st;
	struct facts *f;
	struct store_meta got;
	GByteArray *bytes = g_byte_array_new();

	assert_int_equal(store_open(&st, from, true), 0);
	assert_int_equal(store_load(st, &f, &got), 0);
	assert_string_equal(got.tree_version, "4.17.5");
	assert_string_equal(got.tree_commit, "");
	assert_int_equal(store_facts_hash(st, hash), 0);
	store_close(st);
	facts_encode(f, bytes);
	facts_free(f);
	return g_byte_array_free_to_bytes(bytes);
}

static void test_round_trip(void **state)
{
	struct facts *f = tree(NULL);
	GByteArray *array = g_byte_array_new();
	GBytes *before, *after;
	char hash[33];

	(void)state;
	facts_encode(f, array);
	before = g_byte_array_free_to_bytes(array);
	assert_int_equal(store_write(path, f, &meta), 0);
	facts_free(f);
	after = loaded_bytes(path, hash);
	assert_true(g_bytes_equal(before, after));
	assert_int_equal(strlen(hash), 32);
	g_bytes_unref(before);
	g_bytes_unref(after);
}

/* The whole answer of a statement, columns by '|', rows by ';'. */
static char *ask(const char *sql)
{
	GString *out = g_string_new(NULL);
	struct db_statement *s;
	struct db *db;

	assert_int_equal(db_open(&db, path, DB_READ), 0);
	assert_int_equal(db_prepare(db, &s, sql), 0);
	while (db_step(s) == 1) {
		g_string_append(out, out->len ? ";" : "");
		for (int i = 0; i < db_column_nr(s); i++) {
			g_string_append(out, i ? "|" : "");
			g_string_append(out, db_column_text(s, i));
		}
	}
	db_finalize(s);
	db_close(db);
	return g_string_free(out, FALSE);
}

static void expect(const char *sql, const char *wanted)
{
	char *got = ask(sql);

	assert_string_equal(got, wanted);
	g_free(got);
}

static void test_what_bodies_say(void **state)
{
	(void)state;
	write_tree();
	expect("SELECT line, kind, text, ifnull((SELECT text FROM string "
	       "WHERE id = macro), '') FROM call ORDER BY id",
	       "31|direct|lock|ops_lock;33|indirect|p->hook|;"
	       "34|direct|unlock|");
	expect("SELECT line, kind, text FROM condition",
	       "33|branch|p->hook");
	expect("SELECT kind, name FROM argument JOIN field "
	       "ON field.id = value WHERE kind = 'field'",
	       "field|lock;field|lock");
	expect("SELECT kind, value FROM argument WHERE kind = 'constant'",
	       "constant|1");
	expect("SELECT name, address_taken.line FROM address_taken JOIN function "
	       "ON function.id = function", "hook_a|21");
	expect("SELECT source_kind, f.name, target_kind, field.name "
	       "FROM pointer_flow JOIN function f ON f.id = source "
	       "JOIN field ON field.id = target "
	       "WHERE source_kind = 'function'",
	       "function|hook_a|field|hook");
	/* unfit is no target: another type. */
	expect("SELECT call.line, function.name, reason FROM call_target "
	       "JOIN call ON call.id = call_target.call "
	       "JOIN function ON function.id = call_target.function",
	       "33|hook_a|flow");
}

static void test_write_leaves_no_debris(void **state)
{
	struct facts *f = tree(NULL);
	GDir *dir;
	int nr = 0;

	(void)state;
	assert_int_equal(store_write(path, f, &meta), 0);
	assert_int_equal(store_write("/nonexistent/facts.db", f, &meta), -1);
	facts_free(f);
	dir = g_dir_open(directory, 0, NULL);
	while (g_dir_read_name(dir))
		nr++;
	g_dir_close(dir);
	assert_int_equal(nr, 1);
}

static int write_shard(const char *to, GBytes *bytes, unsigned shard,
		       const char *version)
{
	struct store_meta m = { .tree_version = version,
				.tree_config = "widest", .shard = shard,
				.shards = 2 };
	GPtrArray *unit = g_ptr_array_new();
	struct facts *f;
	gsize len;
	const void *data = g_bytes_get_data(bytes, &len);
	int ret;

	g_ptr_array_add(unit, bytes);
	assert_int_equal(facts_decode(&f, data, len), 0);
	ret = store_write_shard(to, f, &m, unit);
	facts_free(f);
	g_ptr_array_unref(unit);
	return ret;
}

static void test_merge_is_the_whole(void **state)
{
	const char *shard[] = { other_path, path };
	const char *twice[] = { path, path };
	GBytes *unit[2], *whole, *merged;
	char whole_hash[33], merged_hash[33];

	(void)state;
	facts_free(tree(unit));
	write_tree();
	whole = loaded_bytes(path, whole_hash);

	assert_int_equal(write_shard(path, unit[0], 0, "4.17.5"), 0);
	assert_int_equal(write_shard(other_path, unit[1], 1, "4.17.5"), 0);
	assert_int_equal(store_merge(joined_path, shard, 2), 0);
	merged = loaded_bytes(joined_path, merged_hash);
	assert_true(g_bytes_equal(whole, merged));
	assert_string_equal(whole_hash, merged_hash);

	unlink(joined_path);
	assert_int_equal(store_merge(joined_path, shard, 1), -1);
	assert_int_equal(store_merge(joined_path, twice, 2), -1);
	assert_int_equal(write_shard(other_path, unit[1], 1, "4.18"), 0);
	assert_int_equal(store_merge(joined_path, shard, 2), -1);
	write_tree();
	assert_int_equal(store_merge(joined_path, &shard[1], 1), -1);
	assert_int_equal(access(joined_path, F_OK), -1);

	g_bytes_unref(whole);
	g_bytes_unref(merged);
	g_bytes_unref(unit[0]);
	g_bytes_unref(unit[1]);
}

static struct result *sample_result(void)
{
	static const struct lock_class classes[] = {
		{ "p2m", 16, FORM_RWLOCK, "mm-locks.h", 1, 0 },
		{ "paging", 64, FORM_LOCK, "mm-locks.h", 2, 1 },
	};
	struct witness_step step = { STEP_ACQUIRE, { "take", "a.c", 7 },
				     "\tp2m_lock(p);", NULL, false };
	struct result *r = result_new();
	struct ordering *o = result_add_ordering(r);
	struct finding *f;

	g_array_append_vals(r->classes, classes, 2);
	o->held.class = 1;
	o->held.site.function = "hold";
	o->acquired.class = 0;
	o->acquired.site.function = "take";
	o->verdict = VERDICT_VIOLATION;
	g_array_append_val(o->witness, step);
	result_sort(r);
	f = result_add_finding(r);
	f->id = "f1";
	f->kind = "level-violation";
	g_ptr_array_add(f->orderings, o);
	return r;
}

static void test_results(void **state)
{
	struct result *r = sample_result();
	struct store *st;
	char *json;

	(void)state;
	write_tree();
	assert_int_equal(store_open(&st, path, false), 0);
	assert_int_equal(store_result_get(st, "k", &json), 0);
	assert_null(json);
	assert_int_equal(store_result_put(st, "k", "{1}", r), 0);
	assert_int_equal(store_result_put(st, "k", "{2}", r), 0);
	assert_int_equal(store_result_put(st, "l", "{3}", r), 0);
	assert_int_equal(store_result_get(st, "k", &json), 0);
	assert_string_equal(json, "{2}");
	g_free(json);
	store_close(st);
	/* Those of the result that was replaced are gone. */
	expect("SELECT held_class, acquired_class, verdict FROM ordering",
	       "paging|p2m|violation;paging|p2m|violation");
	expect("SELECT count(*), min(text) FROM witness_step",
	       "2|\tp2m_lock(p);");
	expect("SELECT count(*) FROM finding_ordering", "2");
	result_free(r);
}

static void test_locks(void **state)
{
	struct lock_class class = { "ops", 8, FORM_LOCK, "mm-locks.h", 4, 0 };
	struct lockprims lp = { .class = g_array_new(FALSE, FALSE,
						     sizeof(class)) };
	struct store_meta got;
	struct store *st;
	struct facts *f;

	(void)state;
	write_tree();
	assert_int_equal(store_open(&st, path, false), 0);
	assert_int_equal(store_load(st, &f, &got), 0);
	g_array_append_val(lp.class, class);
	lp.function_nr = f->function->len;
	lp.by_function = g_new0(struct lock_primitive, lp.function_nr);
	for (fact_id i = 1; i < f->function->len; i++) {
		struct lock_primitive *p = &lp.by_function[i];
		const char *name = FACT_FUNCTION(f, i)->name;

		p->owner_arg = p->recursive_arg = -1;
		if (!strcmp(name, "lock")) {
			p->operation = LOCKOP_ACQUIRE;
			p->class = 1;
		} else if (!strcmp(name, "unlock")) {
			p->operation = LOCKOP_RELEASE;
		}
	}
	assert_int_equal(store_locks_put(st, f, &lp), 0);
	assert_int_equal(store_locks_put(st, f, &lp), 0);
	store_close(st);
	expect("SELECT call.line, class, operation, mode, field.name "
	       "FROM lock_event JOIN call ON call.id = call "
	       "JOIN field ON field.id = lock_event.field ORDER BY 1",
	       "31|ops|acquire|lock|lock;34||release|lock|lock");
	facts_free(f);
	g_array_unref(lp.class);
	g_free(lp.by_function);
}

static void expect_refused(const char *sql)
{
	struct store_meta got;
	struct store *st;
	struct facts *f;
	struct db *db;
	int ret = -1;

	write_tree();
	assert_int_equal(db_open(&db, path, DB_WRITE), 0);
	if (db_exec(db, sql) < 0)
		fail_msg("%s", sql);
	db_close(db);
	if (store_open(&st, path, true) == 0) {
		ret = store_load(st, &f, &got);
		store_close(st);
	}
	assert_int_equal(ret, -1);
}

static void test_hostile_tables(void **state)
{
	(void)state;
	expect_refused("PRAGMA application_id = 5");
	expect_refused("PRAGMA user_version = 999");
	expect_refused("DROP TABLE string");
	expect_refused("DROP TABLE file; CREATE VIEW file (id, path) AS "
		       "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL "
		       "SELECT i + 1 FROM n) SELECT i, 'x' FROM n");
	expect_refused("DELETE FROM file WHERE id = 1");
	expect_refused("UPDATE function SET type = 999");
	expect_refused("UPDATE function SET type = -1");
	expect_refused("UPDATE function SET param_nr = 9 WHERE name = 'run'");
	expect_refused("UPDATE type SET kind = 'what' WHERE id = 1");
	expect_refused("UPDATE type SET target = id");
	expect_refused("UPDATE body SET bytes = x'00'");
	expect_refused("DELETE FROM body WHERE function = "
		       "(SELECT min(function) FROM body)");
	expect_refused("INSERT INTO string VALUES (5, 'x')");
	expect_refused("UPDATE tu SET status = ''");
	expect_refused("UPDATE source_line SET file = 77");
	expect_refused("UPDATE meta SET value = 'x' WHERE name = 'shard'");
}

/* Every page spoilt in turn: an error or facts, never a crash. */
static void test_damaged_file(void **state)
{
	char *good;
	gsize len;

	(void)state;
	write_tree();
	assert_true(g_file_get_contents(path, &good, &len, NULL));
	for (gsize at = 0; at < len; at += 1031) {
		struct store_meta got;
		struct store *st;
		struct facts *f;
		char *bad = g_memdup2(good, len);

		memset(bad + at, 0xa5, MIN((gsize)23, len - at));
		assert_true(g_file_set_contents(path, bad, (gssize)len, NULL));
		if (store_open(&st, path, true) == 0) {
			if (store_load(st, &f, &got) == 0)
				facts_free(f);
			store_close(st);
		}
		g_free(bad);
	}
	for (gsize cut = 0; cut < len; cut += len / 29) {
		struct store_meta got;
		struct store *st;
		struct facts *f;

		assert_true(g_file_set_contents(path, good, (gssize)cut,
						NULL));
		if (store_open(&st, path, true) == 0) {
			if (store_load(st, &f, &got) == 0)
				facts_free(f);
			store_close(st);
		}
	}
	g_free(good);
}

static void test_select_only(void **state)
{
	static const char *const bad[] = {
		"DELETE FROM file", "PRAGMA user_version = 3",
		"ATTACH ':memory:' AS x", "CREATE TABLE t (a)",
		"SELECT 1; SELECT 2", "SELECT 1; DROP TABLE file", "",
		"-- nothing", "SELECT load_extension('x')", "nonsense",
	};
	struct db_statement *s;
	struct db *db;

	(void)state;
	write_tree();
	assert_int_equal(db_open(&db, path, DB_READ), 0);
	db_restrict_to_select(db);
	for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
		assert_int_equal(db_prepare(db, &s, bad[i]), -1);
	assert_int_equal(db_prepare(db, &s, "SELECT count(*) FROM tu; -- all"),
			 0);
	assert_int_equal(db_step(s), 1);
	assert_int_equal(db_column_int(s, 0), 2);
	db_finalize(s);
	db_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_write_leaves_no_debris),
		cmocka_unit_test(test_what_bodies_say),
		cmocka_unit_test(test_merge_is_the_whole),
		cmocka_unit_test(test_results),
		cmocka_unit_test(test_locks),
		cmocka_unit_test(test_hostile_tables),
		cmocka_unit_test(test_damaged_file),
		cmocka_unit_test(test_select_only),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
