/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Baselines: read into a table from id to reason, written sorted by id. */
#include "baseline.h"

#include <string.h>

#include "diag.h"
#include "output.h"

enum { ID_LENGTH = 16 };

static bool is_id(const char *text, size_t length)
{
	if (length != ID_LENGTH)
		return false;
	for (size_t i = 0; i < length; i++)
		if (!g_ascii_isxdigit(text[i]))
			return false;
	return true;
}

static int add_line(GHashTable *known, const char *path, unsigned nr,
		    char *line)
{
	size_t length;

	g_strstrip(line);
	if (*line == '\0' || *line == '#')
		return 0;
	length = strcspn(line, " \t");
	if (!is_id(line, length))
		return diag_error("%s:%u: an id of %d hex digits is missing",
				  path, nr, ID_LENGTH);
	g_hash_table_insert(known, g_ascii_strdown(line, ID_LENGTH),
			    g_strdup(g_strchug(line + length)));
	return 0;
}

static int baseline_read(GHashTable **out, const char *path)
{
	GError *error = NULL;
	char *text, **lines;
	int ret = 0;

	*out = NULL;
	if (!g_file_get_contents(path, &text, NULL, &error)) {
		diag_error("cannot read the baseline: %s", error->message);
		g_error_free(error);
		return -1;
	}
	*out = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	lines = g_strsplit(text, "\n", -1);
	for (unsigned i = 0; ret == 0 && lines[i]; i++)
		ret = add_line(*out, path, i + 1, lines[i]);
	g_strfreev(lines);
	g_free(text);
	if (ret < 0)
		g_clear_pointer(out, g_hash_table_unref);
	return ret;
}

int baseline_apply(const char *path, struct result *r)
{
	GHashTable *known;

	if (baseline_read(&known, path) < 0)
		return -1;
	for (guint i = 0; i < r->findings->len; i++) {
		struct finding *f = r->findings->pdata[i];

		f->is_known = g_hash_table_contains(known, f->id);
	}
	g_hash_table_unref(known);
	return 0;
}

static int by_id(const void *left, const void *right)
{
	const struct finding *a = *(struct finding *const *)left;
	const struct finding *b = *(struct finding *const *)right;

	return strcmp(a->id, b->id);
}

static void append_finding(GString *text, GHashTable *known,
			   const struct finding *f)
{
	const char *reason = known ? g_hash_table_lookup(known, f->id) : NULL;

	if (reason)
		g_string_append_printf(text, "%s %s\n", f->id, reason);
	else
		g_string_append_printf(text, "%s not reviewed: %s: %s: %s\n",
				       f->id, f->kind, f->site.function,
				       f->message);
}

int baseline_write(const char *path, const char *old, const struct result *r)
{
	GHashTable *known = NULL;
	GPtrArray *sorted = g_ptr_array_new();
	GString *text = g_string_new("# Known findings: id and reason.\n");
	int ret;

	for (guint i = 0; i < r->findings->len; i++)
		g_ptr_array_add(sorted, r->findings->pdata[i]);
	g_ptr_array_sort(sorted, by_id);
	ret = old ? baseline_read(&known, old) : 0;
	for (guint i = 0; i < sorted->len; i++)
		append_finding(text, known, sorted->pdata[i]);
	if (ret == 0)
		ret = output_write(path, text->str);
	if (known)
		g_hash_table_unref(known);
	g_string_free(text, TRUE);
	g_ptr_array_free(sorted, TRUE);
	return ret;
}
