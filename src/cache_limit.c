/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists all, sorts by age, removes.  Whatever runs that were killed left there
 * gets old like all else.
 */
#include "cache_limit.h"

#include <string.h>
#include <sys/stat.h>
#include <utime.h>

#include <glib.h>
#include <glib/gstdio.h>

#include "diag.h"

#define DEFAULT_SIZE (UINT64_C(2) << 30)

enum { DEPTH_MAX = 2 };		/* of folders below the cache's own */

struct entry {
	char *path;
	gint64 used;		/* nanoseconds */
	uint64_t size;		/* on disk */
};

static void entry_clear(void *p)
{
	struct entry *entry = p;

	g_free(entry->path);
}

int cache_limit_parse(const char *text, uint64_t *bytes)
{
	static const char units[] = "KMG";
	const char *unit;
	char *end;

	*bytes = DEFAULT_SIZE;
	if (!text)
		return 0;
	*bytes = g_ascii_strtoull(text, &end, 10);
	unit = *end ? strchr(units, g_ascii_toupper(*end)) : NULL;
	if (!g_ascii_isdigit(*text) || *bytes > UINT64_MAX >> 34 ||
	    (*end && (!unit || end[1])))
		return diag_error("--cache-size wants a number of bytes, "
				  "perhaps with K, M or G, not '%s'", text);
	if (unit)
		*bytes <<= 10 * (unit - units + 1);
	return 0;
}

void cache_limit_touch(const char *path)
{
	utime(path, NULL);
}

static void add_entry(GArray *entries, char *path, const struct stat *st)
{
	const struct entry entry = {
		.path = path,
		.used = (gint64)st->st_mtim.tv_sec * 1000000000 +
			st->st_mtim.tv_nsec,
		.size = (uint64_t)st->st_blocks * 512,
	};

	g_array_append_val(entries, entry);
}

static void list(GArray *entries, const char *directory, unsigned depth)
{
	GDir *dir = g_dir_open(directory, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		char *path = g_build_filename(directory, name, NULL);
		struct stat st;

		if (lstat(path, &st) == 0 && S_ISREG(st.st_mode)) {
			add_entry(entries, path, &st);
			continue;
		}
		if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode) &&
		    depth < DEPTH_MAX)
			list(entries, path, depth + 1);
		g_free(path);
	}
	if (dir)
		g_dir_close(dir);
}

static int oldest_first(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;

	if (a->used != b->used)
		return a->used < b->used ? -1 : 1;
	return strcmp(a->path, b->path);
}

static uint64_t sum_sizes(const GArray *entries)
{
	uint64_t sum = 0;

	for (guint i = 0; i < entries->len; i++)
		sum += g_array_index(entries, struct entry, i).size;
	return sum;
}

void cache_limit_apply(const char *directory, uint64_t bytes)
{
	GArray *entries;
	uint64_t sum;

	if (bytes == 0)
		return;
	entries = g_array_new(FALSE, FALSE, sizeof(struct entry));
	g_array_set_clear_func(entries, entry_clear);
	list(entries, directory, 0);
	sum = sum_sizes(entries);
	if (sum > bytes)
		g_array_sort(entries, oldest_first);
	for (guint i = 0; i < entries->len && sum > bytes; i++) {
		const struct entry *entry =
			&g_array_index(entries, struct entry, i);

		g_unlink(entry->path);
		sum -= entry->size;
	}
	g_array_free(entries, TRUE);
}
