// SPDX-License-Identifier: GPL-2.0-or-later
/* xen-lockaudit collect: see collect.h. */
#include "command.h"

#include <stdio.h>

#include <glib.h>

#include "collect.h"
#include "diag.h"
#include "options.h"

static int run(const struct collect_options *options)
{
	struct collect_result result;
	int ret = collect_run(options, &result);

	if (ret == 0) {
		diag_note("Xen %s, configuration %s: %u translation units",
			  result.tree.version, result.tree.config, result.commands_nr);
		puts(result.compile_commands);
	}
	collect_result_release(&result);
	return ret;
}

int cmd_collect(int argc, char **argv)
{
	char *work = NULL, *kconfig = NULL, *cc = NULL;
	const GOptionEntry entries[] = {
		{ "work", 0, 0, G_OPTION_ARG_FILENAME, &work,
		  "Directory to build in (default: in the user's cache)",
		  "DIR" },
		{ "kconfig", 0, 0, G_OPTION_ARG_FILENAME, &kconfig,
		  "Configuration: defconfig, widest or a file "
		  "(default: widest)", "CONFIG" },
		{ "cc", 0, 0, G_OPTION_ARG_STRING, &cc,
		  "Compiler to configure for (default: gcc)", "CC" },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	const struct usage usage = {
		.operands = "TREE",
		.summary = "Configures a copy of a Xen tree and writes its "
			   "compile_commands.json",
		.entries = entries,
		.operands_min = 1,
		.operands_max = 1,
	};
	struct options common;
	int status = EXIT_TROUBLE;

	if (options_parse(&common, &usage, &argc, &argv) == 0) {
		const struct collect_options options = {
			.tree = argv[1],
			.work = work,
			.kconfig = kconfig,
			.cc = cc,
			.jobs = (unsigned)common.jobs,
			.progress = options_want_progress(&common),
		};

		if (run(&options) == 0)
			status = EXIT_CLEAN;
	}
	options_release(&common);
	g_free(work);
	g_free(kconfig);
	g_free(cc);
	return status;
}
