// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include <glib.h>

#include "xentree.h"

#define COMMIT "0123456789abcdef0123456789abcdef01234567"

static void put(const char *root, const char *name, const char *text)
{
	char *path = g_build_filename(root, name, NULL);
	char *dir = g_path_get_dirname(path);

	assert_int_equal(g_mkdir_with_parents(dir, 0755), 0);
	assert_true(g_file_set_contents(path, text, -1, NULL));
	g_free(dir);
	g_free(path);
}

static int setup(void **state)
{
	*state = g_dir_make_tmp("xla-xentree-XXXXXX", NULL);
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	const char *argv[] = { "rm", "-rf", *state, NULL };

	g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL,
		     NULL, NULL, NULL, NULL, NULL);
	g_free(*state);
	return 0;
}

static void put_tree(const char *root, const char *makefile)
{
	put(root, "Config.mk", "");
	put(root, "xen/Makefile", makefile);
}

static void expect_version(const char *path, const char *version)
{
	struct xentree tree;

	assert_int_equal(xentree_open(&tree, path), 0);
	assert_string_equal(tree.version, version);
	xentree_release(&tree);
}

static void released(void **state)
{
	put_tree(*state, "# The version.\n"
			 "export XEN_VERSION       = 4\n"
			 "export XEN_SUBVERSION    = 17\n"
			 "export XEN_EXTRAVERSION ?= .5$(XEN_VENDORVERSION)\n"
			 "export XEN_FULLVERSION   = $(XEN_VERSION).x\n");
	expect_version(*state, "4.17.5");
}

static void unstable(void **state)
{
	put_tree(*state, "XEN_VERSION := 4 # major\n"
			 "XEN_SUBVERSION := 12\n"
			 "XEN_EXTRAVERSION ?= -unstable$(XEN_VENDORVERSION)\n");
	expect_version(*state, "4.12-unstable");
}

static void by_folder(void **state)
{
	char *xen = g_build_filename(*state, "xen", NULL);
	struct xentree tree;

	put_tree(*state, "XEN_VERSION = 4\nXEN_SUBVERSION = 8\n");
	assert_int_equal(xentree_open(&tree, xen), 0);
	assert_string_equal(tree.root, *state);
	assert_string_equal(tree.version, "4.8");
	xentree_release(&tree);
	g_free(xen);
}

static void expect_foreign(const char *path)
{
	struct xentree tree;

	assert_int_equal(xentree_open(&tree, path), -1);
	xentree_release(&tree);
}

static void foreign(void **state)
{
	expect_foreign(*state);
	put(*state, "Makefile", "all:\n");
	expect_foreign(*state);
	put_tree(*state, "VERSION = 6\nPATCHLEVEL = 1\n");
	expect_foreign(*state);
	put_tree(*state, "XEN_VERSION = x\nXEN_SUBVERSION = y\n");
	expect_foreign(*state);
	put_tree(*state, "XEN_VERSION = 4\n");
	expect_foreign(*state);
}

static void expect_commit(const char *path, const char *commit)
{
	struct xentree tree;

	assert_int_equal(xentree_open(&tree, path), 0);
	if (commit)
		assert_string_equal(tree.commit, commit);
	else
		assert_null(tree.commit);
	xentree_release(&tree);
}

static void archived(void **state)
{
	put_tree(*state, "XEN_VERSION = 4\nXEN_SUBVERSION = 8\n");
	expect_commit(*state, NULL);
	put(*state, ".gitarchive-info", "Changeset: " COMMIT "\nCommit date:\n");
	expect_commit(*state, COMMIT);
	put(*state, ".gitarchive-info", "Changeset: $Format:%H$\n");
	expect_commit(*state, NULL);
	put(*state, ".gitarchive-info", "Changeset: 0123\n");
	expect_commit(*state, NULL);
}

/* Runs git in a folder; what it prints is to be freed. */
static char *git(const char *root, const char *const *words)
{
	const char *argv[16] = { "git", "-C", root, "-c", "user.name=n", "-c",
				 "user.email=e" };
	char *out = NULL;
	size_t n = 7;

	while (*words && n < G_N_ELEMENTS(argv) - 1)
		argv[n++] = *words++;
	g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL,
		     NULL, &out, NULL, NULL, NULL);
	return out;
}

static char *commit_all(const char *root)
{
	static const char *const init[] = { "init", "-q", NULL };
	static const char *const commit[] = { "commit", "-q", "--allow-empty",
					      "-m", "x", NULL };
	static const char *const head[] = { "rev-parse", "HEAD", NULL };
	char *out;

	g_free(git(root, init));
	g_free(git(root, commit));
	out = git(root, head);
	return out ? g_strstrip(out) : NULL;
}

static void checkout(void **state)
{
	char *git_path = g_find_program_in_path("git");
	char *inner = g_build_filename(*state, "inner", NULL);
	char *commit;

	if (!git_path)
		skip();
	g_free(git_path);
	put_tree(*state, "XEN_VERSION = 4\nXEN_SUBVERSION = 8\n");
	put_tree(inner, "XEN_VERSION = 4\nXEN_SUBVERSION = 9\n");
	commit = commit_all(*state);
	expect_commit(*state, commit);
	/* A tree inside another checkout is not at that one's commit. */
	expect_commit(inner, NULL);
	g_free(commit);
	g_free(inner);
}

static void contains(void **state)
{
	char *inside = g_build_filename(*state, "xen", "a", "b", NULL);
	char *beside = g_build_filename(g_get_tmp_dir(), "no-such-folder", NULL);
	char *other = g_dir_make_tmp("xla-other-XXXXXX", NULL);
	char *link = g_build_filename(other, "link", NULL);
	char *below = g_build_filename(link, "new", NULL);
	char *xen = g_build_filename(*state, "xen", NULL);
	struct xentree tree;

	put_tree(*state, "XEN_VERSION = 4\nXEN_SUBVERSION = 8\n");
	assert_int_equal(xentree_open(&tree, *state), 0);
	assert_true(xentree_contains(&tree, *state));
	assert_true(xentree_contains(&tree, inside));
	assert_false(xentree_contains(&tree, beside));
	assert_false(xentree_contains(&tree, "/"));
	assert_false(xentree_contains(&tree, other));
	assert_int_equal(symlink(xen, link), 0);
	assert_true(xentree_contains(&tree, below));
	xentree_release(&tree);
	unlink(link);
	rmdir(other);
	g_free(xen);
	g_free(below);
	g_free(link);
	g_free(other);
	g_free(beside);
	g_free(inside);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(released, setup, teardown),
		cmocka_unit_test_setup_teardown(unstable, setup, teardown),
		cmocka_unit_test_setup_teardown(by_folder, setup, teardown),
		cmocka_unit_test_setup_teardown(foreign, setup, teardown),
		cmocka_unit_test_setup_teardown(archived, setup, teardown),
		cmocka_unit_test_setup_teardown(checkout, setup, teardown),
		cmocka_unit_test_setup_teardown(contains, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
