// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Changes to the copy of a tree so that it builds with what is installed
 * today, and no slower than it must.  The rules rewrite text line by line and
 * match nothing in trees that need no change; what the scripts generate stays
 * the same.
 */
#include "collect_int.h"

#include <string.h>

#include "diag.h"

struct rule {
	const char *suffix;	/* of the files it is for */
	const char *pattern, *replacement;
};

static const struct rule rules[] = {
	/* Python 2 to 3, as far as Xen's scripts of 2016 to 2018 need it. */
	{ ".py", "^([ \t]*)print[ \t]+([^(\n].*)$", "\\1print(\\2)" },
	{ ".py", "\\.iteritems\\(\\)", ".items()" },
	{ ".py", "\\bxrange\\b", "range" },
	/* The shell can count: thousands of processes less. */
	{ "get-fields.sh",
	  "\\$\\(expr \\$([a-z]+) ([-+]) ([0-9]+)\\)",
	  "$((\\1 \\2 \\3))" },
};

/* Every name in the folder of a tree's scripts. */
static const char folder[] = "xen/tools/";

/* A script that asks which Python it has runs with all of them. */
static bool is_exempt(const char *path, const char *text)
{
	return g_str_has_suffix(path, ".py") &&
	       strstr(text, "sys.version_info") != NULL;
}

static char *apply_rules(const char *path, const char *text)
{
	char *now = g_strdup(text);

	if (is_exempt(path, text))
		return now;
	for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
		GRegex *regex;
		char *next;

		if (!g_str_has_suffix(path, rules[i].suffix))
			continue;
		regex = g_regex_new(rules[i].pattern, G_REGEX_MULTILINE, 0,
				    NULL);
		next = g_regex_replace(regex, now, -1, 0,
				       rules[i].replacement, 0, NULL);
		g_regex_unref(regex);
		if (next) {
			g_free(now);
			now = next;
		}
	}
	return now;
}

static int patch_file(const struct collect *c, const struct source_file *file)
{
	char *path = g_build_filename(c->work, "tree", file->path, NULL);
	char *text = NULL, *now = NULL;
	int ret = 0;

	if (g_file_get_contents(path, &text, NULL, NULL) &&
	    g_utf8_validate(text, -1, NULL)) {
		now = apply_rules(path, text);
		if (strcmp(now, text) != 0) {
			diag_verbose("'%s' is adapted in the copy",
				     file->path);
			ret = dir_write(path, now,
					file->is_executable ? 0755 : 0644);
		}
	}
	g_free(now);
	g_free(text);
	g_free(path);
	return ret;
}

int patch_copy(const struct collect *c)
{
	for (guint i = 0; i < c->files->len; i++) {
		const struct source_file *file = c->files->pdata[i];

		if (!g_str_has_prefix(file->path, folder) || file->target)
			continue;
		if (patch_file(c, file) < 0)
			return -1;
	}
	return 0;
}
