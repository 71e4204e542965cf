/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows of text to standard output: aligned for a terminal, else with a tab
 * between columns, in which control characters are shown as \n, \t, \xHH and
 * a backslash as two.
 */
#ifndef XLA_TABLE_H
#define XLA_TABLE_H

#include <stdbool.h>

struct table;

/* Aligned tables are kept until they end; others are printed row by row. */
struct table *table_new(bool aligned);

/* One cell; numbers are aligned to the right. */
void table_cell(struct table *t, const char *text, bool is_number);

/* Ends a row; the first one is the heading. */
void table_end_row(struct table *t);

/* Prints what is left; t is freed.  -1 with a message if any output failed. */
int table_finish(struct table *t);

#endif
