/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Facts of translation units, kept by content, in the manner of ccache's
 * direct mode: the command and the main file's name give a manifest, which
 * says for each result what the files that were read had in them; if they
 * still have that in them, the result stands.
 *
 * Names are relative to the tree, so that copies of it share results.  All is
 * written to a temporary file and renamed; what cannot be read, written or
 * understood counts as not there.
 *
 * Approximation: a new file that is now found before an old one in the search
 * path is not noticed, as in ccache.
 */
#include "extract_int.h"

#include <string.h>

#include <glib/gstdio.h>
#include <xxhash.h>

#include "cache_limit.h"
#include "compdb.h"
#include "facts_io.h"

#ifndef XLA_VERSION
#define XLA_VERSION "0"
#endif

enum {
	FORMAT = 14,		/* of facts and of how they are extracted */
	RESULTS_MAX = 8,	/* in a manifest */
};

struct digest {
	char hex[33];
};

static struct digest digest_of(XXH128_hash_t hash)
{
	struct digest out;

	g_snprintf(out.hex, sizeof(out.hex),
		   "%016" G_GINT64_MODIFIER "x%016" G_GINT64_MODIFIER "x",
		   (guint64)hash.high64, (guint64)hash.low64);
	return out;
}

struct cache {
	char *directory;
	GHashTable *digest;	/* full name of a file -> struct digest */
};

struct cache *cache_new(const char *directory)
{
	struct cache *cache = g_new0(struct cache, 1);

	cache->directory = g_strdup(directory);
	cache->digest = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					      g_free);
	return cache;
}

void cache_free(struct cache *cache)
{
	if (!cache)
		return;
	g_hash_table_destroy(cache->digest);
	g_free(cache->directory);
	g_free(cache);
}

static struct digest digest_text(const GString *text)
{
	return digest_of(XXH3_128bits(text->str, text->len));
}

char *extract_clang_version(void)
{
	static const char before[] = "version ";
	char *full = cx_text(clang_getClangVersion());
	const char *number = strstr(full, before);
	char *version;

	if (!number)
		return full;
	number += strlen(before);
	version = g_strdup_printf("libclang %.*s", (int)strcspn(number, " "),
				  number);
	g_free(full);
	return version;
}

char *extract_version(void)
{
	char *clang = cx_text(clang_getClangVersion());
	char *version = g_strdup_printf("%d %s %s", (int)FORMAT, XLA_VERSION,
					clang);

	g_free(clang);
	return version;
}

/* Arguments without the place of the tree. */
static struct digest command_digest(const struct compile_command *command,
				    const char *source_root)
{
	char **argv = clang_arguments(command->argv, command->file);
	char *object = object_path(command->output, command->file,
				   command->directory, source_root);
	char *directory = relative_path(command->directory, "/", source_root);
	char *version = extract_version();
	GString *text = g_string_new(NULL);
	struct digest out;

	g_string_printf(text, "%s\n%s\n", version, object);
	if (strcmp(directory, source_root))
		g_string_append(text, directory);
	for (char **arg = argv; *arg; arg++) {
		char **parts = g_strsplit(*arg, source_root, -1);
		char *joined = g_strjoinv("\001", parts);

		g_string_append(text, joined);
		g_string_append_c(text, '\n');
		g_free(joined);
		g_strfreev(parts);
	}
	out = digest_text(text);
	g_string_free(text, TRUE);
	g_free(version);
	g_free(directory);
	g_free(object);
	g_strfreev(argv);
	return out;
}

static char *cache_path(const char *cache, const struct digest *digest,
			const char *suffix)
{
	char directory[3] = { digest->hex[0], digest->hex[1], '\0' };
	char *name = g_strconcat(digest->hex, suffix, NULL);
	char *path = g_build_filename(cache, directory, name, NULL);

	g_free(name);
	return path;
}

static void write_file(const char *path, const void *bytes, size_t size)
{
	char *directory = g_path_get_dirname(path);

	if (g_mkdir_with_parents(directory, 0777) == 0)
		g_file_set_contents_full(path, bytes, (gssize)size,
					 G_FILE_SET_CONTENTS_CONSISTENT, 0666,
					 NULL);
	g_free(directory);
}

/* Files are taken not to change during a run: each is read once. */
static const struct digest *file_digest(struct cache *cache, const char *full)
{
	struct digest *digest = g_hash_table_lookup(cache->digest, full);
	char *bytes;
	gsize size;

	if (digest || !g_file_get_contents(full, &bytes, &size, NULL))
		return digest;
	digest = g_new(struct digest, 1);
	*digest = digest_of(XXH3_128bits(bytes, size));
	g_free(bytes);
	g_hash_table_insert(cache->digest, g_strdup(full), digest);
	return digest;
}

/* "hash name" of each file. */
static bool file_line(struct cache *cache, GString *out, const char *name,
		      const char *full)
{
	const struct digest *digest = file_digest(cache, full);

	if (!digest || strchr(name, '\n'))
		return false;
	g_string_append_printf(out, "%s %s\n", digest->hex, name);
	return true;
}

static int compare_text(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* What was read, one line a file, or NULL. */
static GString *describe_files(struct cache *cache,
			       const struct compile_command *command,
			       const char *source_root, GPtrArray *included)
{
	GString *out = g_string_new(NULL);
	bool ok = included->len > 0;

	g_ptr_array_sort(included, compare_text);
	for (guint i = 0; ok && i < included->len; i++) {
		char *name = relative_path(included->pdata[i],
					   command->directory, source_root);
		char *full = g_canonicalize_filename(included->pdata[i],
						     command->directory);

		if (name[0] == '<')	/* clang's own: part of its version */
			;
		else
			ok = file_line(cache, out, name, full);
		g_free(full);
		g_free(name);
	}
	if (ok)
		return out;
	g_string_free(out, TRUE);
	return NULL;
}

/* Do the files still have in them what the description says? */
static bool files_match(struct cache *cache, const char *description,
			const char *source_root)
{
	char **lines = g_strsplit(description, "\n", -1);
	GString *now = g_string_new(NULL);
	bool ok = true;

	for (char **line = lines; ok && **line; line++) {
		const char *name = strchr(*line, ' ');
		char *full;

		if (!name) {
			ok = false;
			break;
		}
		full = g_canonicalize_filename(name + 1, source_root);
		ok = file_line(cache, now, name + 1, full);
		g_free(full);
	}
	ok = ok && !strcmp(now->str, description);
	g_string_free(now, TRUE);
	g_strfreev(lines);
	return ok;
}

static struct digest result_digest(const struct digest *command,
				   const char *description)
{
	GString *text = g_string_new(command->hex);
	struct digest out;

	g_string_append(text, description);
	out = digest_text(text);
	g_string_free(text, TRUE);
	return out;
}

static bool read_result(const char *cache, const struct digest *command,
			const char *description, GByteArray *out)
{
	struct digest digest = result_digest(command, description);
	char *path = cache_path(cache, &digest, ".facts");
	struct facts *facts = NULL;
	char *bytes = NULL;
	gsize size;
	bool ok = g_file_get_contents(path, &bytes, &size, NULL) &&
		  facts_decode(&facts, (const uint8_t *)bytes, size) == 0;

	if (ok) {
		g_byte_array_append(out, (const guint8 *)bytes, (guint)size);
		cache_limit_touch(path);
	}
	facts_free(facts);
	g_free(bytes);
	g_free(path);
	return ok;
}

/* A manifest's descriptions, each without its last newline; an empty line is
 * between them. */
static char **read_manifest(const char *path)
{
	char *text = NULL;
	char **out;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return g_new0(char *, 1);
	out = g_strsplit(g_strchomp(text), "\n\n", RESULTS_MAX);
	g_free(text);
	return out;
}

static bool cache_read(struct cache *cache, const struct digest *command,
		       const char *source_root, GByteArray *out)
{
	char *path = cache_path(cache->directory, command, ".manifest");
	char **results = read_manifest(path);
	bool found = false;

	for (char **result = results; *result && !found; result++) {
		char *description = g_strconcat(*result, "\n", NULL);

		found = **result && files_match(cache, description, source_root) &&
			read_result(cache->directory, command, description, out);
		g_free(description);
	}
	if (found)
		cache_limit_touch(path);
	g_strfreev(results);
	g_free(path);
	return found;
}

static void cache_write(const char *cache, const struct digest *command,
			const char *description, const GByteArray *bytes)
{
	struct digest digest = result_digest(command, description);
	char *result = cache_path(cache, &digest, ".facts");
	char *path = cache_path(cache, command, ".manifest");
	char **old = read_manifest(path);
	GString *text = g_string_new(description);
	unsigned nr = 1;

	write_file(result, bytes->data, bytes->len);
	for (char **other = old; *other && nr < RESULTS_MAX; other++) {
		if (**other && !g_str_has_prefix(description, *other)) {
			g_string_append_printf(text, "\n%s\n", *other);
			nr++;
		}
	}
	write_file(path, text->str, text->len);
	g_string_free(text, TRUE);
	g_strfreev(old);
	g_free(path);
	g_free(result);
}

static bool is_complete(const struct facts *facts)
{
	return facts->tu->len > 1 && FACT_TU(facts, 1)->status == TU_OK;
}

bool cache_find(struct cache *cache, const struct compile_command *command,
		const char *source_root, GByteArray *out)
{
	struct digest digest;

	if (!cache)
		return false;
	digest = command_digest(command, source_root);
	return cache_read(cache, &digest, source_root, out);
}

void cache_make(struct cache *cache, const struct compile_command *command,
		const char *source_root, GByteArray *out)
{
	GPtrArray *included = g_ptr_array_new_with_free_func(g_free);
	struct facts *facts = tu_extract(command, source_root, included);
	GString *description = NULL;

	facts_encode(facts, out);
	if (cache && is_complete(facts))
		description = describe_files(cache, command, source_root,
					     included);
	if (description) {
		struct digest digest = command_digest(command, source_root);

		cache_write(cache->directory, &digest, description->str, out);
		g_string_free(description, TRUE);
	}
	facts_free(facts);
	g_ptr_array_free(included, TRUE);
}
