/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xen-lockaudit check: analyses a database of facts and reports. */
#include "command.h"

#include "check.h"
#include "judge.h"
#include "options.h"

static int run(const struct judge_options *judge,
	       const struct options *common, const char *path)
{
	const struct check_request request = {
		.path = path, .rule = judge->rule, .model = judge->model,
		.jobs = (unsigned)common->jobs,
		.progress = options_want_progress(common),
	};
	struct check c;
	int status = check_open(&c, &request);

	if (status == EXIT_CLEAN)
		status = judge_report(judge, common, c.result);
	check_release(&c);
	return status;
}

int cmd_check(int argc, char **argv)
{
	struct judge_options judge = { .rule = NULL };
	struct options common;
	GOptionEntry *rows = judge_rows(&judge);
	const struct usage usage = {
		.operands = "FACTS.db",
		.summary = "Analyses facts and reports what is found.",
		.entries = rows, .operands_min = 1, .operands_max = 1,
	};
	int status = EXIT_TROUBLE;

	if (options_parse(&common, &usage, &argc, &argv) == 0 &&
	    judge_check_options(&judge) == 0)
		status = run(&judge, &common, argv[1]);
	options_release(&common);
	judge_release(&judge);
	g_free(rows);
	return status;
}
