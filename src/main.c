/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds the subcommand in a table and runs it.  Options and all the work are
 * the subcommand's; what is left here is the last write to standard output,
 * which may fail like any other.
 */
#include "command.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "completion.h"
#include "diag.h"
#include "extract.h"

static const struct command commands[] = {
	{ "audit", cmd_audit, "collect, extract, analyse and report" },
	{ "collect", cmd_collect, "configure a tree, write its commands" },
	{ "extract", cmd_extract, "make the database of facts" },
	{ "merge", cmd_merge, "join shards of one tree" },
	{ "check", cmd_check, "analyse facts and report" },
	{ "explain", cmd_explain, "show one finding or ordering in full" },
	{ "compare", cmd_compare, "judge the orderings by several rules" },
	{ "gate", cmd_gate, "what a patch series adds or removes" },
	{ "graph", cmd_graph, "draw the lock-order graph" },
	{ "query", cmd_query, "ask the database of facts" },
	{ "report", cmd_report, "write an HTML report" },
	{ NULL, NULL, NULL },
};

static void print_usage(void)
{
	puts("usage: xen-lockaudit COMMAND [OPTION...] [ARGUMENT...]\n"
	     "       xen-lockaudit --help | --version | --completion bash\n"
	     "\n"
	     "Lists every order in which Xen's mm locks can be acquired and\n"
	     "judges each by the tree's own rule.\n"
	     "\n"
	     "Commands:");
	for (const struct command *c = commands; c->name; c++)
		printf("  %-8s  %s\n", c->name, c->help);
	puts("\n"
	     "'xen-lockaudit COMMAND --help' shows the options of a command.");
}

static int run(int argc, char **argv)
{
	for (const struct command *c = commands; c->name; c++)
		if (strcmp(argv[0], c->name) == 0)
			return c->run(argc, argv);

	if (argv[0][0] == '-')
		diag_error("unknown option '%s'; try --help", argv[0]);
	else
		diag_error("unknown command '%s'; try --help", argv[0]);
	return EXIT_TROUBLE;
}

/* Asked for before or after the name of a command. */
static bool is_version(int argc, char **argv)
{
	return strcmp(argv[1], "--version") == 0 ||
	       (argc > 2 && argv[1][0] != '-' &&
		strcmp(argv[2], "--version") == 0);
}

static void print_version(void)
{
	char *clang = extract_clang_version();

	printf("xen-lockaudit %s (%s)\n", XLA_VERSION, clang);
	g_free(clang);
}

static int print_completion(int argc, char **argv)
{
	if (argc != 3) {
		diag_error("--completion wants the name of a shell: bash");
		return EXIT_TROUBLE;
	}
	return completion_print(argv[2], commands) < 0 ? EXIT_TROUBLE
							: EXIT_CLEAN;
}

int main(int argc, char **argv)
{
	int status = EXIT_CLEAN;

	if (argc < 2) {
		diag_error("no command given; try --help");
		return EXIT_TROUBLE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		print_usage();
	else if (is_version(argc, argv))
		print_version();
	else if (strcmp(argv[1], "--completion") == 0)
		status = print_completion(argc, argv);
	else
		status = run(argc - 1, argv + 1);

	errno = 0;
	if (fflush(stdout) != 0 || ferror(stdout)) {
		/* A subcommand that failed has said why. */
		if (status != EXIT_TROUBLE)
			diag_error("cannot write standard output: %s", errno ?
				   g_strerror(errno) : "output is incomplete");
		return EXIT_TROUBLE;
	}
	return status;
}
