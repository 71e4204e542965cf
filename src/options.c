/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options that all subcommands share.  GLib's parser does the work; this adds
 * the common rows, checks of values, and errors in our own form.
 */
#include "options.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "diag.h"

static const char *const choices[] = { "auto", "always", "never", NULL };

static bool is_choice(const char *text)
{
	return !text || g_strv_contains(choices, text);
}

static int check_values(struct options *common)
{
	if (common->jobs < 0)
		return diag_error("option '-j' wants a number of workers");
	if (!is_choice(common->color))
		return diag_error("option '--color' wants auto, always or "
				  "never, not '%s'", common->color);
	if (!is_choice(common->progress))
		return diag_error("option '--progress' wants auto, always or "
				  "never, not '%s'", common->progress);
	if (common->quiet && common->verbose)
		return diag_error("options '-q' and '-v' exclude each other");
	return 0;
}

static void set_defaults(struct options *common)
{
	if (common->jobs == 0)
		common->jobs = (int)g_get_num_processors();
	if (!common->color)
		common->color = g_strdup("auto");
	if (!common->progress)
		common->progress = g_strdup("auto");
	if (common->quiet)
		diag_set_level(DIAG_QUIET);
	if (common->verbose)
		diag_set_level(DIAG_VERBOSE);
}

/* GLib leaves a "--" in place if an operand that starts with '-' follows. */
static void drop_separator(int *argc, char **argv)
{
	if (*argc < 2 || strcmp(argv[1], "--") != 0)
		return;
	memmove(&argv[1], &argv[2], (size_t)(*argc - 1) * sizeof(*argv));
	--*argc;
}

/* GLib wants a blank between a short option and its value: -j2 has none. */
static void spell_jobs(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		char *text;

		if (!g_str_has_prefix(argv[i], "-j") || argv[i][2] == '\0')
			continue;
		text = g_strdup_printf("--jobs=%s", argv[i] + 2);
		argv[i] = (char *)g_intern_string(text);
		g_free(text);
	}
}

static int check_operands(const struct usage *usage, int nr)
{
	if (nr < usage->operands_min)
		return diag_error("operand missing: %s (see '%s --help')",
				  usage->operands, g_get_prgname());
	if (usage->operands_max >= 0 && nr > usage->operands_max)
		return diag_error("too many operands (see '%s --help')",
				  g_get_prgname());
	return 0;
}

static int parse(GOptionContext *context, struct options *common,
		 const struct usage *usage, int *argc, char ***argv)
{
	GError *error = NULL;

	if (!g_option_context_parse(context, argc, argv, &error)) {
		char first = g_ascii_tolower(error->message[0]);

		diag_error("%c%s", first, error->message + 1);
		g_error_free(error);
		return -1;
	}
	drop_separator(argc, *argv);
	if (check_values(common) < 0)
		return -1;
	set_defaults(common);
	return check_operands(usage, *argc - 1);
}

/* "a, b or c" in "Title: a, b or c (default: a)"; NULL if there are none. */
static char **words_of(const GOptionEntry *row)
{
	const char *text = strstr(row->description, ": ");
	char **words = NULL, *list;

	if (row->arg == G_OPTION_ARG_NONE || !text)
		return NULL;
	list = g_strndup(text + 2, strcspn(text + 2, "(;"));
	if (strstr(list, " or ")) {
		char **half = g_strsplit(list, " or ", 2);
		char *all = g_strjoinv(", ", half);

		words = g_strsplit(all, ", ", -1);
		g_free(all);
		g_strfreev(half);
	}
	g_free(list);
	return words;
}

static bool is_file(const char *word)
{
	return strcmp(word, "FILE") == 0 || strcmp(word, "a file") == 0;
}

static const char *kind_of(const GOptionEntry *row, char *const *words)
{
	if (row->arg == G_OPTION_ARG_NONE)
		return "none";
	if (row->arg == G_OPTION_ARG_FILENAME)
		return g_str_has_prefix(row->arg_description, "DIR")
			? "directory" : "file";
	for (; words && *words; words++)
		if (is_file(g_strstrip(*words)))
			return "file";
	return words ? "words" : "any";
}

static void list_row(const char *dashes, const char *name, const char *kind,
		     char *const *words)
{
	printf(" \\\n\t\t'%s%s %s", dashes, name, kind);
	for (; words && *words; words++)
		if (!strpbrk(g_strstrip(*words), " '") && !is_file(*words))
			printf(" %s", *words);
	putchar('\'');
}

static void list_rows(const GOptionEntry *row)
{
	for (; row && row->long_name; row++) {
		char **words = words_of(row);
		const char *kind = kind_of(row, words);
		const char name[] = { row->short_name, '\0' };

		list_row("--", row->long_name, kind, words);
		if (row->short_name)
			list_row("-", name, kind, words);
		g_strfreev(words);
	}
}

static bool wants_list(int argc, char **argv)
{
	return argc == 2 && strcmp(argv[1], OPTIONS_LIST) == 0;
}

int options_parse(struct options *common, const struct usage *usage,
		  int *argc, char ***argv)
{
	const GOptionEntry rows[] = {
		{ "jobs", 'j', 0, G_OPTION_ARG_INT, &common->jobs,
		  "Number of workers (default: all cores)", "N" },
		{ "quiet", 'q', 0, G_OPTION_ARG_NONE, &common->quiet,
		  "Say nothing but errors", NULL },
		{ "verbose", 'v', 0, G_OPTION_ARG_NONE, &common->verbose,
		  "Say more", NULL },
		{ "color", 0, 0, G_OPTION_ARG_STRING, &common->color,
		  "Colour: auto, always or never", "WHEN" },
		{ "progress", 0, 0, G_OPTION_ARG_STRING, &common->progress,
		  "Progress line: auto, always or never", "WHEN" },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	GOptionContext *context;
	char *name;
	int ret;

	memset(common, 0, sizeof(*common));
	if (wants_list(*argc, *argv)) {
		list_rows(usage->entries);
		list_rows(usage->shared);
		list_rows(rows);
		return -1;
	}
	context = g_option_context_new(usage->operands);
	name = g_strdup_printf("xen-lockaudit %s", (*argv)[0]);
	spell_jobs(*argc, *argv);
	g_set_prgname(name);
	g_free(name);
	g_option_context_set_summary(context, usage->summary);
	if (usage->entries)
		g_option_context_add_main_entries(context, usage->entries,
						  NULL);
	if (usage->shared)
		g_option_context_add_main_entries(context, usage->shared,
						  NULL);
	g_option_context_add_main_entries(context, rows, NULL);
	ret = parse(context, common, usage, argc, argv);
	g_option_context_free(context);
	return ret;
}

void options_release(struct options *common)
{
	g_free(common->color);
	g_free(common->progress);
	memset(common, 0, sizeof(*common));
}

static bool want(const char *choice, int fd)
{
	if (!choice || strcmp(choice, "auto") == 0)
		return isatty(fd);
	return strcmp(choice, "always") == 0;
}

bool options_want_color(const struct options *common)
{
	return want(common->color, STDOUT_FILENO);
}

bool options_want_progress(const struct options *common)
{
	return !common->quiet && want(common->progress, STDERR_FILENO);
}
