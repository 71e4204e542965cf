/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xen-lockaudit merge: joins shards of one tree into one database. */
#include "command.h"

#include "diag.h"
#include "options.h"
#include "store.h"

static int run(const char *output, char **shard, int shard_nr)
{
	if (!output)
		return diag_error("merge: -o FACTS.db must be given");
	return store_merge(output, (const char *const *)shard, shard_nr);
}

int cmd_merge(int argc, char **argv)
{
	char *output = NULL;
	const GOptionEntry rows[] = {
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &output,
		  "Write the database FACTS.db", "FACTS.db" },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	const struct usage usage = {
		.operands = "SHARD.db ...",
		.summary = "Joins the shards of one tree.",
		.entries = rows, .operands_min = 1, .operands_max = -1,
	};
	struct options common;
	int status = EXIT_TROUBLE;

	if (options_parse(&common, &usage, &argc, &argv) == 0 &&
	    run(output, argv + 1, argc - 1) == 0)
		status = EXIT_CLEAN;
	options_release(&common);
	g_free(output);
	return status;
}
