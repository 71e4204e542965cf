/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xen-lockaudit compare: the same orderings under several rules. */
#include "command.h"

#include <string.h>

#include "check.h"
#include "comparison_report.h"
#include "diag.h"
#include "options.h"
#include "output.h"

struct compare_options {
	char *rules, *format, *output, *model;
	gboolean all;
};

static const struct {
	const char *name;
	void (*write)(FILE *out, const struct comparison *cmp,
		      const struct result *r, bool all);
} formats[] = {
	{ "text", comparison_text },
	{ "json", comparison_json },
};

/* Its index, or -1 with a message. */
static int find_format(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(formats); i++)
		if (strcmp(formats[i].name, name) == 0)
			return (int)i;
	return diag_error("option '--format' wants text or json, not '%s'",
			  name);
}

static int write_comparison(const struct compare_options *o, int format,
			    const struct comparison *cmp,
			    const struct result *r)
{
	struct output out;

	if (output_open(&out, o->output) < 0)
		return EXIT_TROUBLE;
	formats[format].write(out.stream, cmp, r, o->all);
	return output_close(&out) < 0 ? EXIT_TROUBLE : EXIT_CLEAN;
}

static int run(const struct compare_options *o, const struct options *common,
	       const char *path)
{
	const struct check_request request = {
		.path = path, .rule = "none", .model = o->model,
		.jobs = (unsigned)common->jobs,
		.progress = options_want_progress(common),
	};
	int format = find_format(o->format ? o->format : "text");
	struct comparison cmp = { .rule_nr = 0 };
	struct check c;
	int status;

	if (format < 0)
		return EXIT_TROUBLE;
	status = check_open(&c, &request);
	if (status == EXIT_CLEAN)
		status = comparison_make(&cmp, &c, o->rules ? o->rules :
					 COMPARISON_RULES);
	if (status == EXIT_CLEAN)
		status = write_comparison(o, format, &cmp, c.result);
	comparison_release(&cmp);
	check_release(&c);
	return status;
}

static void release(struct compare_options *o)
{
	g_free(o->rules);
	g_free(o->format);
	g_free(o->output);
	g_free(o->model);
}

int cmd_compare(int argc, char **argv)
{
	struct compare_options o = { .rules = NULL };
	const GOptionEntry rows[] = {
		{ "rule", 0, 0, G_OPTION_ARG_STRING, &o.rules,
		  "Rules, separated by commas", "RULE,..." },
		{ "all", 0, 0, G_OPTION_ARG_NONE, &o.all,
		  "Show orderings that every rule admits, too", NULL },
		{ "format", 0, 0, G_OPTION_ARG_STRING, &o.format,
		  "Format: text or json", "FORMAT" },
		{ "output", 0, 0, G_OPTION_ARG_FILENAME, &o.output,
		  "Write the table to FILE", "FILE" },
		{ "model", 0, 0, G_OPTION_ARG_FILENAME, &o.model,
		  "Use the model in FILE", "FILE" },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	const struct usage usage = {
		.operands = "FACTS.db",
		.summary = "Judges the same orderings by several rules, side "
			   "by side.",
		.entries = rows, .operands_min = 1, .operands_max = 1,
	};
	struct options common;
	int status = EXIT_TROUBLE;

	if (options_parse(&common, &usage, &argc, &argv) == 0)
		status = run(&o, &common, argv[1]);
	options_release(&common);
	release(&o);
	return status;
}
