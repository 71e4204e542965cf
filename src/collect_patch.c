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
	const char *with, *without;	/* text they have, and have not */
	const char *pattern, *replacement;
};

/*
 * What the shell can do by itself, in place of a pipe through sed: the script
 * asks so thousands of times.  is_pad: does nothing but "_pad" and digits make
 * up the word?  count_dots leaves their number in the variable dots.
 */
#define SHELL_FUNCTIONS                                                        \
	"set -ef\n"                                                            \
	"is_pad () {\n"                                                        \
	"	case ${1#_pad} in\n"                                           \
	"	\"$1\") [ -z \"$1\" ] ;;\n"                                    \
	"	*[!0-9]*) return 1 ;;\n"                                       \
	"	esac\n"                                                        \
	"}\n"                                                                  \
	"has_brace () {\n"                                                     \
	"	case $1 in *[{}]*) ;; *) return 1 ;; esac\n"                   \
	"}\n"                                                                  \
	"count_dots () {\n"                                                    \
	"	local rest=$1\n"                                               \
	"	dots=0\n"                                                      \
	"	while [ \"$rest\" != \"${rest#*.}\" ]; do\n"                   \
	"		rest=${rest#*.} dots=$((dots + 1))\n"                  \
	"	done\n"                                                        \
	"}\n"

#define PYTHON_2 ".py", NULL, "sys.version_info"
#define FIELDS "/get-fields.sh", "\nset -ef\n", NULL

static const struct rule rules[] = {
	/* Python 2 to 3, as far as Xen's scripts before 2018 need it. */
	{ PYTHON_2, "^([ \t]*)print[ \t]*>>[ \t]*([^,\n]+),[ \t]*(.*)$",
	  "\\1print(\\3, file=\\2)" },
	{ PYTHON_2, "^([ \t]*)print[ \t]+([^(\n].*)$", "\\1print(\\2)" },
	{ PYTHON_2, "\\b(0[xX][0-9a-fA-F]+|[0-9]+)L\\b", "\\1" },
	{ PYTHON_2, "^([ \t]*except[ \t]+[A-Za-z.]+),[ \t]*([a-z]+)",
	  "\\1 as \\2" },
	{ PYTHON_2, "\\bStandardError\\b", "Exception" },
	{ PYTHON_2, "\\.iteritems\\(\\)", ".items()" },
	{ PYTHON_2, "([a-z_.]+\\.keys\\(\\))([ \t]*\\+)", "list(\\1)\\2" },
	{ PYTHON_2, "\\bxrange\\b", "range" },
	{ FIELDS, "\\$\\(expr \\$([a-z]+) ([-+]) ([0-9]+)\\)",
	  "$((\\1 \\2 \\3))" },
	{ FIELDS, " -a -n \"\\$\\(echo \\$id \\| \\$SED "
		  "'s,\\^_pad\\[\\[:digit:\\]\\]\\*,,'\\)\" \\]",
	  " ] && ! is_pad \"$id\"" },
	{ FIELDS, "\\[ -z \"\\$\\(echo \"\\$([0-9])\" \\| \\$SED "
		  "'s,\\[\\^\\{\\}\\],,g'\\)\" \\]",
	  "! has_brace \"$\\1\"" },
	{ FIELDS, "local n=\\$\\(echo \\$3 \\| \\$SED 's,\\[\\^\\.\\], ,g' "
		  "\\| wc -w \\| \\$SED 's,\\[\\[:space:\\]\\]\\*,,g'\\)",
	  "count_dots $3; local n=$dots" },
	{ FIELDS, "^set -ef\n", SHELL_FUNCTIONS },
};

/* Every name in the folder of a tree's scripts. */
static const char folder[] = "xen/tools/";

static bool is_for(const struct rule *rule, const char *path,
		   const char *text)
{
	return g_str_has_suffix(path, rule->suffix) &&
	       (!rule->with || strstr(text, rule->with)) &&
	       (!rule->without || !strstr(text, rule->without));
}

static char *apply_rules(const char *path, const char *text)
{
	char *now = g_strdup(text);

	for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
		GRegex *regex;
		char *next;

		if (!is_for(&rules[i], path, text))
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
