/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Folds the ledger by identity. */
#include "ledger_fold.h"

#include <string.h>

static void free_row(void *data)
{
	struct ledger_row *row = data;

	g_array_unref(row->lines);
	g_free(row);
}

static struct ledger_row *new_row(const struct assumption *a)
{
	struct ledger_row *row = g_new0(struct ledger_row, 1);

	row->first = a;
	row->lines = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	return row;
}

GPtrArray *ledger_fold(const struct result *r)
{
	GPtrArray *rows = g_ptr_array_new_with_free_func(free_row);
	GHashTable *by_id = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < r->assumptions->len; i++) {
		const struct assumption *a = r->assumptions->pdata[i];
		struct ledger_row *row = g_hash_table_lookup(by_id, a->id);

		if (!row) {
			row = new_row(a);
			g_hash_table_insert(by_id, (void *)a->id, row);
			g_ptr_array_add(rows, row);
		}
		g_array_append_val(row->lines, a->line);
		row->count += a->count;
	}
	g_hash_table_unref(by_id);
	return rows;
}

/*
 * Approximation: an entry names its function in its text only; every word of
 * it may be one.
 */
void ledger_row_functions(const struct ledger_row *row,
			  void (*use)(const char *function, void *data),
			  void *data)
{
	char **words = g_strsplit_set(row->first->what, " :,()'", -1);

	for (char **word = words; *word; word++)
		if (**word)
			use(*word, data);
	g_strfreev(words);
}
