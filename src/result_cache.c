/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file a result, written under another name and renamed; the files that
 * were not used for longest go first. */
#include "result_cache.h"

#include <string.h>

#include <glib/gstdio.h>

#include "cache_limit.h"
#include "diag.h"
#include "result_bytes.h"

enum { RESULTS_MAX = 64 };

static void sum_text(GChecksum *sum, const char *text)
{
	g_checksum_update(sum, (const guchar *)text, (gssize)strlen(text) + 1);
}

/* Approximation: where the program cannot be read, its version tells. */
static void sum_program(GChecksum *sum)
{
	char *bytes;
	gsize size;

	sum_text(sum, XLA_VERSION);
	if (!g_file_get_contents("/proc/self/exe", &bytes, &size, NULL))
		return;
	g_checksum_update(sum, (const guchar *)bytes, (gssize)size);
	g_free(bytes);
}

char *result_cache_key(const char *const *texts)
{
	GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
	char *key;

	sum_program(sum);
	for (; *texts; texts++)
		sum_text(sum, *texts);
	key = g_strdup(g_checksum_get_string(sum));
	g_checksum_free(sum);
	return key;
}

static char *folder_of(const char *directory)
{
	return g_build_filename(directory, "results", NULL);
}

static char *path_of(const char *directory, const char *key)
{
	char *name = g_strconcat(key, ".result", NULL);
	char *path = g_build_filename(directory, "results", name, NULL);

	g_free(name);
	return path;
}

struct result *result_cache_get(const char *directory, const char *key)
{
	struct result *r = NULL;
	char *path, *bytes;
	gsize size;

	if (!directory)
		return NULL;
	path = path_of(directory, key);
	if (g_file_get_contents(path, &bytes, &size, NULL)) {
		if (result_decode(&r, (const uint8_t *)bytes, size) == 0)
			cache_limit_touch(path);
		else
			diag_verbose("'%s' is damaged and not used", path);
		g_free(bytes);
	}
	g_free(path);
	return r;
}

struct entry {
	char *path;
	time_t time;
};

static void entry_clear(void *p)
{
	struct entry *entry = p;

	g_free(entry->path);
}

static int newest_first(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;

	if (a->time != b->time)
		return a->time > b->time ? -1 : 1;
	return strcmp(a->path, b->path);
}

/* What a killed run left unfinished is among the files, and gets old. */
static void prune(const char *folder)
{
	GArray *entries = g_array_new(FALSE, FALSE, sizeof(struct entry));
	GDir *dir = g_dir_open(folder, 0, NULL);
	const char *name;

	g_array_set_clear_func(entries, entry_clear);
	while (dir && (name = g_dir_read_name(dir))) {
		struct entry entry = {
			.path = g_build_filename(folder, name, NULL),
		};
		GStatBuf info;

		if (g_stat(entry.path, &info) == 0)
			entry.time = info.st_mtime;
		g_array_append_val(entries, entry);
	}
	if (dir)
		g_dir_close(dir);
	g_array_sort(entries, newest_first);
	for (guint i = RESULTS_MAX; i < entries->len; i++)
		g_unlink(g_array_index(entries, struct entry, i).path);
	g_array_free(entries, TRUE);
}

static bool write_file(const char *path, const GByteArray *bytes)
{
	GError *error = NULL;

	if (g_file_set_contents_full(path, (const char *)bytes->data,
				     (gssize)bytes->len,
				     G_FILE_SET_CONTENTS_CONSISTENT, 0666,
				     &error))
		return true;
	diag_warning("the result was not kept: %s", error->message);
	g_error_free(error);
	return false;
}

void result_cache_put(const char *directory, const char *key,
		      const struct result *r)
{
	GByteArray *bytes;
	char *folder, *path;

	if (!directory)
		return;
	folder = folder_of(directory);
	path = path_of(directory, key);
	bytes = g_byte_array_new();
	result_encode(r, bytes);
	if (g_mkdir_with_parents(folder, 0777) < 0)
		diag_warning("the result was not kept: cannot create '%s'",
			     folder);
	else if (write_file(path, bytes))
		prune(folder);
	g_byte_array_free(bytes, TRUE);
	g_free(path);
	g_free(folder);
}
