// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads what the compiler's stand-in noted: one file a compilation, that
 * holds directory, output, source and all arguments, each ended by a zero
 * byte.
 */
#include "collect_int.h"

#include <string.h>

#include "diag.h"

static void record_free(void *p)
{
	struct record *r = p;

	g_free(r->directory);
	g_free(r->file);
	g_free(r->output);
	g_strfreev(r->argv);
	g_free(r);
}

/* Some versions write ".name.o.tmp" first, and from that "name.o". */
static char *final_name(const char *output)
{
	char *dir = g_path_get_dirname(output);
	char *name = g_path_get_basename(output);
	char *final = NULL;

	if (name[0] == '.' && g_str_has_suffix(name, ".tmp")) {
		name[strlen(name) - strlen(".tmp")] = '\0';
		final = strcmp(dir, ".") == 0 ? g_strdup(name + 1) :
			g_build_filename(dir, name + 1, NULL);
	}
	g_free(name);
	g_free(dir);
	return final ? final : g_strdup(output);
}

/* NULL if the text was cut short. */
static struct record *record_parse(const char *text, size_t len)
{
	GPtrArray *words = g_ptr_array_new();
	struct record *r = NULL;

	for (const char *at = text; at < text + len; at += strlen(at) + 1)
		g_ptr_array_add(words, (char *)at);
	if (words->len > 3 && text[len - 1] == '\0') {
		g_ptr_array_add(words, NULL);
		r = g_new0(struct record, 1);
		r->directory = g_strdup(words->pdata[0]);
		r->output = final_name(words->pdata[1]);
		r->file = g_canonicalize_filename(words->pdata[2],
						  words->pdata[0]);
		r->argv = g_strdupv((char **)words->pdata + 3);
	}
	g_ptr_array_unref(words);
	return r;
}

static int record_read(GPtrArray *records, const char *path)
{
	struct record *r = NULL;
	GError *error = NULL;
	char *text = NULL;
	gsize len = 0;

	if (!g_file_get_contents(path, &text, &len, &error)) {
		diag_error("cannot read record: %s", error->message);
		g_error_free(error);
		return -1;
	}
	r = record_parse(text, len);
	g_free(text);
	if (!r)
		return diag_error("record '%s' is cut short", path);
	g_ptr_array_add(records, r);
	return 0;
}

static int compare_records(gconstpointer a, gconstpointer b)
{
	const struct record *ra = *(struct record *const *)a;
	const struct record *rb = *(struct record *const *)b;
	int order = strcmp(ra->file, rb->file);

	if (order == 0)
		order = strcmp(ra->directory, rb->directory);
	return order ? order : strcmp(ra->output, rb->output);
}

/* Make may do one step twice; one object is one translation unit. */
static void drop_repeated(GPtrArray *records)
{
	for (guint i = records->len; i > 1; i--)
		if (compare_records(&records->pdata[i - 2],
				    &records->pdata[i - 1]) == 0)
			g_ptr_array_remove_index(records, i - 1);
}

static int read_all(GPtrArray *records, const struct collect *c, GDir *dir)
{
	const char *name;
	int ret = 0;

	while (ret == 0 && (name = g_dir_read_name(dir))) {
		char *path = g_build_filename(c->records, name, NULL);

		ret = record_read(records, path);
		g_free(path);
	}
	return ret;
}

int records_read(GPtrArray **out, const struct collect *c)
{
	GPtrArray *records = g_ptr_array_new_with_free_func(record_free);
	GDir *dir = g_dir_open(c->records, 0, NULL);
	int ret;

	if (!dir)
		ret = diag_error("cannot read directory '%s'", c->records);
	else
		ret = read_all(records, c, dir);
	if (dir)
		g_dir_close(dir);
	g_ptr_array_sort(records, compare_records);
	drop_repeated(records);
	if (ret == 0 && records->len == 0)
		ret = diag_error("the build compiled no C file; see '%s'",
				 c->log);
	*out = records;
	return ret;
}
