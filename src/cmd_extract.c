/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xen-lockaudit extract: see extract.h. */
#include "command.h"

#include <stdio.h>
#include <string.h>

#include <glib.h>

#include "cache_limit.h"
#include "diag.h"
#include "extract.h"
#include "options.h"

/* "I/N", from 1. */
static int parse_shard(const char *text, struct extract_options *out)
{
	guint64 shard, shards;
	char **part;
	bool good;

	if (!text)
		return 0;
	part = g_strsplit(text, "/", 2);
	good = part[0] && part[1] &&
	       g_ascii_string_to_unsigned(part[1], 10, 1, 100000, &shards,
					  NULL) &&
	       g_ascii_string_to_unsigned(part[0], 10, 1, shards, &shard,
					  NULL);
	g_strfreev(part);
	if (!good)
		return diag_error("--shard wants I/N with I from 1 to N, not "
				  "'%s'", text);
	out->shard = (unsigned)shard - 1;
	out->shards = (unsigned)shards;
	return 0;
}

static int extract(struct extract_options *options, const char *shard,
		   int timeout)
{
	unsigned failed_nr;
	int ret;

	if (!options->output)
		return diag_error("missing option -o: the database to write");
	if (!options->compdb)
		return diag_error("missing option -p: compile_commands.json, "
				  "or the directory it is in");
	if (timeout < 0)
		return diag_error("--timeout wants a number of seconds");
	options->timeout = (unsigned)timeout;
	if (parse_shard(shard, options) < 0)
		return -1;
	identity_read(&options->tree, options->compdb);
	ret = extract_run(options, &failed_nr);
	identity_release(&options->tree);
	if (ret < 0)
		return -1;
	if (failed_nr)
		diag_note("%u files failed", failed_nr);
	return failed_nr ? EXIT_INCOMPLETE : EXIT_CLEAN;
}

int cmd_extract(int argc, char **argv)
{
	char *output = NULL, *compdb = NULL, *root = NULL, *cache = NULL,
	     *cache_size = NULL;
	char *shard = NULL, *directory;
	gboolean keep_going = TRUE;
	int timeout = 0, status = EXIT_TROUBLE;
	const GOptionEntry entries[] = {
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &output,
		  "Database to write", "FACTS.db" },
		{ "path", 'p', 0, G_OPTION_ARG_FILENAME, &compdb,
		  "compile_commands.json, or the directory it is in", "PATH" },
		{ "source-root", 0, 0, G_OPTION_ARG_FILENAME, &root,
		  "Directory that file names are relative to (default: the "
		  "tree's, found from the commands)", "DIR" },
		{ "shard", 0, 0, G_OPTION_ARG_STRING, &shard,
		  "Do only the I-th of N parts of the files", "I/N" },
		{ "cache", 0, 0, G_OPTION_ARG_FILENAME, &cache,
		  "Directory to keep results in, or none (default: in the "
		  "user's cache)", "DIR" },
		{ "cache-size", 0, 0, G_OPTION_ARG_STRING, &cache_size,
		  "Keep no more than this, as 500M or 2G (default: 2G; 0: no "
		  "limit)", "SIZE" },
		{ "keep-going", 0, 0, G_OPTION_ARG_NONE, &keep_going,
		  "Go on after a file that fails (always on)", NULL },
		{ "timeout", 0, 0, G_OPTION_ARG_INT, &timeout,
		  "Give up on a file after this long (default: 120)",
		  "SECONDS" },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	const struct usage usage = {
		.operands = "",
		.summary = "Extracts the facts of each translation unit",
		.entries = entries,
	};
	struct options common;

	if (options_parse(&common, &usage, &argc, &argv) == 0) {
		struct extract_options options = {
			.output = output,
			.compdb = compdb,
			.source_root = root,
			.cache = directory = extract_cache_directory(cache),
			.jobs = (unsigned)common.jobs,
			.progress = options_want_progress(&common),
		};
		int ret = cache_limit_parse(cache_size, &options.cache_size);

		if (ret == 0)
			ret = extract(&options, shard, timeout);

		status = ret < 0 ? EXIT_TROUBLE : ret;
		g_free(directory);
	}
	options_release(&common);
	g_free(output);
	g_free(compdb);
	g_free(root);
	g_free(cache);
	g_free(cache_size);
	g_free(shard);
	return status;
}
