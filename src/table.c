/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of text to standard output. */
#include "table.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <glib.h>

#include "diag.h"

enum { GAP = 2 };

struct cell {
	char *text;
	bool is_number;
};

struct table {
	bool aligned;
	GArray *row;		/* struct cell: of the row at hand */
	GPtrArray *rows;	/* GArray of struct cell: those kept */
	GArray *width;		/* glong, by column */
};

static void cell_release(gpointer data)
{
	struct cell *cell = data;

	g_free(cell->text);
}

static GArray *row_new(void)
{
	GArray *row = g_array_new(FALSE, FALSE, sizeof(struct cell));

	g_array_set_clear_func(row, cell_release);
	return row;
}

struct table *table_new(bool aligned)
{
	struct table *t = g_new0(struct table, 1);

	t->aligned = aligned;
	t->row = row_new();
	t->rows = g_ptr_array_new_with_free_func(
		(GDestroyNotify)g_array_unref);
	t->width = g_array_new(FALSE, TRUE, sizeof(glong));
	return t;
}

/* Neither columns nor the terminal may be upset by what a cell holds. */
static char *escaped(const char *text)
{
	GString *out = g_string_new(NULL);

	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '\\')
			g_string_append(out, "\\\\");
		else if (c == '\n')
			g_string_append(out, "\\n");
		else if (c == '\t')
			g_string_append(out, "\\t");
		else if (c < 0x20 || c == 0x7f)
			g_string_append_printf(out, "\\x%02x", c);
		else
			g_string_append_c(out, *text);
	}
	return g_string_free(out, FALSE);
}

void table_cell(struct table *t, const char *text, bool is_number)
{
	char *valid = g_utf8_make_valid(text, -1);
	struct cell cell = { escaped(valid), is_number };

	g_free(valid);
	g_array_append_val(t->row, cell);
}

static struct cell *cell_at(GArray *row, guint i)
{
	return &g_array_index(row, struct cell, i);
}

static void print_plain(GArray *row)
{
	for (guint i = 0; i < row->len; i++)
		printf("%s%s", i ? "\t" : "", cell_at(row, i)->text);
	putchar('\n');
}

static void keep_row(struct table *t)
{
	for (guint i = 0; i < t->row->len; i++) {
		glong width = g_utf8_strlen(cell_at(t->row, i)->text, -1);

		if (t->width->len <= i)
			g_array_set_size(t->width, i + 1);
		if (g_array_index(t->width, glong, i) < width)
			g_array_index(t->width, glong, i) = width;
	}
	g_ptr_array_add(t->rows, t->row);
	t->row = row_new();
}

void table_end_row(struct table *t)
{
	if (t->aligned) {
		keep_row(t);
		return;
	}
	print_plain(t->row);
	g_array_set_size(t->row, 0);
}

static void print_aligned(const struct table *t, GArray *row)
{
	for (guint i = 0; i < row->len; i++) {
		const struct cell *cell = cell_at(row, i);
		int pad = (int)(g_array_index(t->width, glong, i) -
				g_utf8_strlen(cell->text, -1));
		bool is_last = i + 1 == row->len;

		if (cell->is_number)
			printf("%*s%s", pad, "", cell->text);
		else
			printf("%s%*s", cell->text, is_last ? 0 : pad, "");
		if (!is_last)
			printf("%*s", GAP, "");
	}
	putchar('\n');
}

int table_finish(struct table *t)
{
	int ret = 0;

	for (guint i = 0; i < t->rows->len; i++)
		print_aligned(t, t->rows->pdata[i]);
	if (ferror(stdout) || fflush(stdout) != 0)
		ret = diag_error("cannot write standard output: %s",
				 strerror(errno));
	g_array_unref(t->row);
	g_ptr_array_unref(t->rows);
	g_array_unref(t->width);
	g_free(t);
	return ret;
}
