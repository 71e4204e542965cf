/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of a terminal, and text that fits it. */
#ifndef XLA_TTY_H
#define XLA_TTY_H

#include <stdio.h>

/* Columns of the terminal that fd is; 0 if it is none.  COLUMNS in the
 * environment has the last word on a terminal. */
unsigned tty_width(int fd);

/*
 * Writes text and a line feed, with line feeds in place of blanks so that no
 * line is wider than width columns; a word that is wider is cut.  Lines after
 * the first begin with indent blanks.  width 0: one line.  Sequences that set a
 * colour take no column, and words that have one are not cut.
 */
void tty_wrap(FILE *out, const char *text, unsigned indent,
		   unsigned width);

#endif
