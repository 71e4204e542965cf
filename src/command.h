/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The subcommands.  To add one: write cmd_NAME.c with a function of this
 * signature and add a row to the table in main.c.
 */
#ifndef XLA_COMMAND_H
#define XLA_COMMAND_H

enum exit_status {
	EXIT_CLEAN = 0,		/* analysed completely, nothing to report */
	EXIT_FINDINGS = 1,	/* findings at or above --fail-on */
	EXIT_TROUBLE = 2,	/* could not do it */
	EXIT_INCOMPLETE = 3,	/* no finding, but no proof */
};

struct command {
	const char *name;	/* NULL: the row after the last */
	int (*run)(int argc, char **argv);
	const char *help;
};

/* argv[0] is the subcommand's name.  Returns an enum exit_status. */
int cmd_audit(int argc, char **argv);
int cmd_collect(int argc, char **argv);
int cmd_extract(int argc, char **argv);
int cmd_merge(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_gate(int argc, char **argv);
int cmd_graph(int argc, char **argv);
int cmd_query(int argc, char **argv);
int cmd_report(int argc, char **argv);

#endif
