/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Completion of command lines by a shell.  What there is to complete comes from
 * the tables of commands, options and queries.
 */
#ifndef XLA_COMPLETION_H
#define XLA_COMPLETION_H

#include "command.h"

/*
 * Prints a script for bash to standard output.  shell is the name of a shell;
 * -1 with a message if it is not "bash".  commands ends with a row without a
 * name.
 */
int completion_print(const char *shell, const struct command *commands);

#endif
