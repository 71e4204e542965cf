/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options of the subcommands: those that all of them share, and one way to
 * parse them.  A subcommand describes its own options in a GOptionEntry table
 * with the help text on the same row.
 */
#ifndef XLA_OPTIONS_H
#define XLA_OPTIONS_H

#include <stdbool.h>

#include <glib.h>

struct options {
	int jobs;		/* at least 1 */
	gboolean quiet, verbose;
	char *color, *progress;	/* "auto", "always" or "never" */
};

/* What a subcommand is, for its --help. */
struct usage {
	const char *operands;	/* "FACTS.db" */
	const char *summary;	/* one line */
	const GOptionEntry *entries; /* or NULL; ends with a null row */
	const GOptionEntry *shared;  /* the same, of several subcommands */
	int operands_min, operands_max; /* max < 0: any number */
};

/*
 * Parses the options of a subcommand; afterwards (*argv)[1] to
 * (*argv)[*argc - 1] are its operands.  Sets the level of diagnostics from
 * -q and -v.  --help prints and ends the program.  common is to be released
 * in any case.
 */
int options_parse(struct options *common, const struct usage *usage,
		  int *argc, char ***argv);

/*
 * Given as the only argument, makes options_parse print the rows, for
 * completion, and return -1: a word in quotes for each name of an option, with
 * the kind of its value (none, any, file, directory, words) and the words that
 * its help text lists after a colon: "Format: text, json or sarif"; "a file" or
 * FILE among them stands for any file.
 */
#define OPTIONS_LIST "--list-options"

void options_release(struct options *common);

/* Is standard output to be coloured, standard error to show progress? */
bool options_want_color(const struct options *common);
bool options_want_progress(const struct options *common);

#endif
