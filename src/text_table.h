/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts by number: each is kept once, made visible (see html.h). */
#ifndef XLA_TEXT_TABLE_H
#define XLA_TEXT_TABLE_H

#include <glib.h>

struct text_table;

/* Number 0 is "". */
struct text_table *text_table_new(void);
void text_table_free(struct text_table *t);

/* The number of text; NULL is "". */
guint text_table_add(struct text_table *t, const char *text);

/* const char *, by number; borrowed. */
const GPtrArray *text_table_texts(const struct text_table *t);

#endif
