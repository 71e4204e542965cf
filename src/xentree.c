// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Identifies a Xen tree: by the version that xen/Makefile states, and by the
 * commit that git, or else the note that git-archive leaves, knows.
 */
#include "xentree.h"

#include <string.h>
#include <sys/stat.h>

#include <glib.h>

#include "diag.h"

/* Approximation: a value loses its make variables, which vendors append. */
static void drop_variables(char *value)
{
	char *from, *to;

	while ((from = strstr(value, "$(")) && (to = strchr(from, ')')))
		memmove(from, to + 1, strlen(to + 1) + 1);
	g_strstrip(value);
}

/* The value of a variable that the makefile's text assigns, or NULL. */
static char *makefile_value(const char *text, const char *name)
{
	char *pattern = g_strdup_printf(
		"^[ \t]*(?:export[ \t]+)?%s[ \t]*[?:]?=[ \t]*([^#\n]*)", name);
	GRegex *regex = g_regex_new(pattern, G_REGEX_MULTILINE, 0, NULL);
	GMatchInfo *match = NULL;
	char *value = NULL;

	if (g_regex_match(regex, text, 0, &match)) {
		value = g_match_info_fetch(match, 1);
		drop_variables(value);
	}
	g_match_info_free(match);
	g_regex_unref(regex);
	g_free(pattern);
	return value;
}

/* "4.17.5" from the text of xen/Makefile; NULL if it is not Xen's. */
static char *version_of(const char *text)
{
	char *major = makefile_value(text, "XEN_VERSION");
	char *minor = makefile_value(text, "XEN_SUBVERSION");
	char *extra = makefile_value(text, "XEN_EXTRAVERSION");
	char *version = NULL;

	if (major && minor && g_ascii_isdigit(major[0]) &&
	    g_ascii_isdigit(minor[0]))
		version = g_strdup_printf("%s.%s%s", major, minor,
					  extra ? extra : "");
	g_free(major);
	g_free(minor);
	g_free(extra);
	return version;
}

/* Is root the root of a Xen tree?  Then version is set. */
static bool try_root(struct xentree *tree, const char *root)
{
	char *makefile = g_build_filename(root, "xen", "Makefile", NULL);
	char *config = g_build_filename(root, "Config.mk", NULL);
	char *text = NULL;

	if (g_file_test(config, G_FILE_TEST_IS_REGULAR) &&
	    g_file_get_contents(makefile, &text, NULL, NULL) &&
	    g_utf8_validate(text, -1, NULL)) {
		g_free(tree->version);
		tree->version = version_of(text);
	}
	g_free(makefile);
	g_free(config);
	g_free(text);
	if (!tree->version)
		return false;
	tree->root = g_strdup(root);
	return true;
}

static bool is_same_dir(const char *a, const char *b)
{
	struct stat sa, sb;

	return stat(a, &sa) == 0 && stat(b, &sb) == 0 &&
	       sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
}

static bool is_commit(const char *text)
{
	return strlen(text) == 40 &&
	       strspn(text, "0123456789abcdef") == 40;
}

/* A tree unpacked inside some other checkout is not that checkout. */
static char *commit_of_checkout(const char *root)
{
	const char *argv[] = { "git", "--no-optional-locks", "-c",
			       "safe.directory=*", "-C", root, "rev-parse",
			       "--show-toplevel", "HEAD", NULL };
	char *out = NULL, *commit = NULL, **line;
	int status = 0;

	if (!g_spawn_sync(NULL, (char **)argv, NULL,
			  G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL,
			  NULL, NULL, &out, NULL, &status, NULL))
		return NULL;
	line = g_strsplit(out, "\n", 3);
	if (g_spawn_check_wait_status(status, NULL) && line[0] && line[1] &&
	    is_same_dir(line[0], root) && is_commit(line[1]))
		commit = g_strdup(line[1]);
	g_strfreev(line);
	g_free(out);
	return commit;
}

static char *commit_of_archive(const char *root)
{
	static const char key[] = "Changeset: ";
	char *path = g_build_filename(root, ".gitarchive-info", NULL);
	char *text = NULL, *commit = NULL;

	if (g_file_get_contents(path, &text, NULL, NULL) &&
	    g_str_has_prefix(text, key)) {
		commit = g_strndup(text + strlen(key), 40);
		if (!is_commit(commit))
			g_clear_pointer(&commit, g_free);
	}
	g_free(path);
	g_free(text);
	return commit;
}

int xentree_open(struct xentree *tree, const char *path)
{
	char *full = g_canonicalize_filename(path, NULL);
	char *parent = g_path_get_dirname(full);
	int ret = 0;

	memset(tree, 0, sizeof(*tree));
	if (!g_file_test(full, G_FILE_TEST_IS_DIR))
		ret = diag_error("cannot open '%s': not a directory", path);
	else if (!try_root(tree, full) && !try_root(tree, parent))
		ret = diag_error("'%s' is not a Xen tree: no Config.mk beside "
				 "a xen/Makefile that states XEN_VERSION",
				 path);
	else if (!(tree->commit = commit_of_checkout(tree->root)))
		tree->commit = commit_of_archive(tree->root);
	g_free(parent);
	g_free(full);
	return ret;
}

void xentree_release(struct xentree *tree)
{
	g_free(tree->root);
	g_free(tree->version);
	g_free(tree->commit);
	memset(tree, 0, sizeof(*tree));
}

/* The longest part of path that exists. */
static char *existing_part(const char *path)
{
	char *dir = g_canonicalize_filename(path, NULL);

	while (!g_file_test(dir, G_FILE_TEST_IS_DIR) && strcmp(dir, "/") != 0) {
		char *parent = g_path_get_dirname(dir);

		g_free(dir);
		dir = parent;
	}
	return dir;
}

/* Goes up by "..", which symbolic links in the path cannot mislead. */
bool xentree_contains(const struct xentree *tree, const char *path)
{
	char *dir = existing_part(path);
	bool found, is_top = false;

	while (!(found = is_same_dir(dir, tree->root)) && !is_top) {
		char *parent = g_strconcat(dir, "/..", NULL);

		is_top = is_same_dir(dir, parent);
		if (!g_file_test(parent, G_FILE_TEST_IS_DIR))
			is_top = true;
		g_free(dir);
		dir = parent;
	}
	g_free(dir);
	return found;
}
