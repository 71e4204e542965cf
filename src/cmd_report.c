/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xen-lockaudit report: a folder of reports for people. */
#include "command.h"

#include "check.h"
#include "diag.h"
#include "judge.h"
#include "options.h"
#include "publish.h"

static int run(const struct check_request *request, const char *dir)
{
	struct check c;
	int status = check_open(&c, request);

	if (status == EXIT_CLEAN) {
		judge_outcome(c.result);
		if (publish(&c, request->rule, dir, "index.html") < 0)
			status = EXIT_TROUBLE;
	}
	check_release(&c);
	return status;
}

int cmd_report(int argc, char **argv)
{
	char *dir = NULL, *rule = NULL, *model = NULL;
	const GOptionEntry rows[] = {
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &dir,
		  "Write the report to DIR", "DIR" },
		{ "rule", 0, 0, G_OPTION_ARG_STRING, &rule,
		  "Rule: auto, none, control-domain, current-domain or a file",
		  "RULE" },
		{ "model", 0, 0, G_OPTION_ARG_FILENAME, &model,
		  "Use the model in FILE", "FILE" },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	const struct usage usage = {
		.operands = "FACTS.db",
		.summary = "Writes an HTML report, the graph and the JSON.",
		.entries = rows, .operands_min = 1, .operands_max = 1,
	};
	struct options common;
	int status = EXIT_TROUBLE;

	if (options_parse(&common, &usage, &argc, &argv) == 0) {
		const struct check_request request = {
			.path = argv[1], .rule = rule, .model = model,
			.jobs = (unsigned)common.jobs,
			.progress = options_want_progress(&common),
		};

		if (!dir)
			diag_error("option '-o' is missing: where to write "
				   "the report");
		else
			status = run(&request, dir);
	}
	options_release(&common);
	g_free(dir);
	g_free(rule);
	g_free(model);
	return status;
}
