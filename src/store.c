/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opening, making and joining databases of facts.  The tables are left to the
 * other store_*.c.
 *
 * A database may come from anywhere.  Before anything is read from it, its
 * marks must be ours and every table, index and view of ours must be defined
 * in it by exactly our text: so no table is a view in disguise.
 */
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xxhash.h>

#include "diag.h"
#include "embedded.h"
#include "facts_io.h"
#include "link.h"
#include "model.h"
#include "store_int.h"
#include "store_query.h"

enum { USER_VERSION = 3, APPLICATION_ID = 0x584c4146 };

const char *const type_kind_words[] = {
	[TYPE_OTHER] = "other", [TYPE_INT] = "int", [TYPE_POINTER] = "pointer",
	[TYPE_FUNCTION_POINTER] = "function-pointer",
	[TYPE_RECORD] = "record", [TYPE_ARRAY] = "array",
	[TYPE_FUNCTION] = "function", NULL,
};

const char *const tu_status_words[] = {
	[TU_OK] = "ok", [TU_ERRORS] = "errors", [TU_CRASHED] = "crashed",
	[TU_TIMEOUT] = "timeout", [TU_UNREADABLE] = "unreadable", NULL,
};

/* The only number that a statement yields. */
static int get_number(struct db *db, const char *sql, int64_t *out)
{
	struct db_statement *s;
	int ret = -1;

	if (db_prepare(db, &s, sql) < 0)
		return -1;
	if (db_step(s) == 1) {
		*out = db_column_int(s, 0);
		ret = 0;
	}
	db_finalize(s);
	return ret;
}

static int check_marks(struct db *db, const char *path)
{
	int64_t application, version;

	if (get_number(db, "PRAGMA application_id", &application) < 0 ||
	    get_number(db, "PRAGMA user_version", &version) < 0)
		return -1;
	if (application != APPLICATION_ID)
		return diag_error("'%s' is no database of facts", path);
	if (version != USER_VERSION)
		return diag_error("'%s' was made by %s version of this "
				  "program: extract again", path,
				  version > USER_VERSION ? "a newer"
							 : "an older");
	return 0;
}

/* The definitions of a schema, by type and name. */
static GHashTable *definitions(struct db *db)
{
	GHashTable *out = g_hash_table_new_full(g_str_hash, g_str_equal,
						g_free, g_free);
	struct db_statement *s;
	int row;

	if (db_prepare(db, &s, "SELECT type || ' ' || name, sql "
			       "FROM sqlite_schema WHERE sql NOT NULL") < 0) {
		g_hash_table_unref(out);
		return NULL;
	}
	while ((row = db_step(s)) == 1)
		g_hash_table_insert(out, g_strdup(db_column_text(s, 0)),
				    g_strdup(db_column_text(s, 1)));
	db_finalize(s);
	if (row < 0)
		g_clear_pointer(&out, g_hash_table_unref);
	return out;
}

static int make_schema(struct db *db)
{
	if (db_exec(db, sql_schema) < 0)
		return -1;
	return db_exec(db, sql_schema_index);
}

static GHashTable *own_definitions(void)
{
	GHashTable *out = NULL;
	struct db *db;

	if (db_open(&db, ":memory:", DB_MEMORY) < 0)
		return NULL;
	if (make_schema(db) == 0)
		out = definitions(db);
	db_close(db);
	return out;
}

static bool has_all(GHashTable *there, GHashTable *wanted)
{
	GHashTableIter iter;
	gpointer name, sql;

	g_hash_table_iter_init(&iter, wanted);
	while (g_hash_table_iter_next(&iter, &name, &sql)) {
		const char *found = g_hash_table_lookup(there, name);

		if (!found || strcmp(found, sql))
			return false;
	}
	return true;
}

static int check_schema(struct db *db, const char *path)
{
	GHashTable *wanted = own_definitions();
	GHashTable *there = wanted ? definitions(db) : NULL;
	int ret = -1;

	if (!there)
		goto out;
	if (has_all(there, wanted))
		ret = 0;
	else
		diag_error("'%s' is damaged: its tables are not those of "
			   "this version: extract again", path);
	g_hash_table_unref(there);
out:
	if (wanted)
		g_hash_table_unref(wanted);
	return ret;
}

int store_open(struct store **out, const char *path, bool read_only)
{
	struct store *st = g_new0(struct store, 1);

	*out = NULL;
	st->path = g_strdup(path);
	if (db_open(&st->db, path, read_only ? DB_READ : DB_WRITE) < 0 ||
	    check_marks(st->db, path) < 0 || check_schema(st->db, path) < 0) {
		store_close(st);
		return -1;
	}
	*out = st;
	return 0;
}

void store_close(struct store *st)
{
	if (!st)
		return;
	db_close(st->db);
	g_free(st->path);
	g_free(st);
}

int store_attach(struct store *st, const char *path)
{
	struct store *other;

	if (store_open(&other, path, true) < 0)
		return -1;
	store_close(other);
	return db_attach(st->db, path, "other");
}

int store_select(struct store *st, struct db_statement **out, const char *sql)
{
	db_restrict_to_select(st->db);
	return db_prepare(st->db, out, sql);
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

/* Of the facts in their canonical order, and of what they are of. */
static void facts_hash(const struct facts *f, const struct store_meta *meta,
		       char hash[33])
{
	GByteArray *bytes = g_byte_array_new();
	XXH128_hash_t h;

	facts_encode(f, bytes);
	g_byte_array_append(bytes, (const guint8 *)or_empty(meta->tree_version),
			    (guint)strlen(or_empty(meta->tree_version)) + 1);
	g_byte_array_append(bytes, (const guint8 *)or_empty(meta->tree_commit),
			    (guint)strlen(or_empty(meta->tree_commit)) + 1);
	g_byte_array_append(bytes, (const guint8 *)or_empty(meta->tree_config),
			    (guint)strlen(or_empty(meta->tree_config)) + 1);
	h = XXH3_128bits(bytes->data, bytes->len);
	g_byte_array_unref(bytes);
	snprintf(hash, 33, "%016llx%016llx", (unsigned long long)h.high64,
		 (unsigned long long)h.low64);
}

static int put_meta_row(struct db_statement *s, const char *name,
			const char *value)
{
	db_bind_text(s, 1, name);
	db_bind_text(s, 2, or_empty(value));
	return db_run(s);
}

static int put_meta(struct db *db, const struct facts *f,
		    const struct store_meta *meta)
{
	struct db_statement *s;
	char hash[33], shard[16], shards[16];
	int ret = 0;

	facts_hash(f, meta, hash);
	snprintf(shard, sizeof(shard), "%u", meta->shard);
	snprintf(shards, sizeof(shards), "%u", meta->shards);
	if (db_prepare(db, &s, "INSERT INTO meta VALUES (?, ?)") < 0)
		return -1;
	if (put_meta_row(s, "facts_hash", hash) < 0 ||
	    put_meta_row(s, "tree_version", meta->tree_version) < 0 ||
	    put_meta_row(s, "tree_commit", meta->tree_commit) < 0 ||
	    put_meta_row(s, "tree_config", meta->tree_config) < 0 ||
	    put_meta_row(s, "source_root_hash", meta->source_root_hash) < 0 ||
	    put_meta_row(s, "justifications", meta->justifications) < 0 ||
	    put_meta_row(s, "shard", shard) < 0 ||
	    put_meta_row(s, "shards", shards) < 0)
		ret = -1;
	db_finalize(s);
	return ret;
}

static gint compare_bytes(gconstpointer a, gconstpointer b)
{
	return g_bytes_compare(*(GBytes *const *)a, *(GBytes *const *)b);
}

/* In an order of their own, so that the file does not depend on -j. */
static int put_units(struct db *db, const GPtrArray *unit)
{
	GPtrArray *sorted = g_ptr_array_sized_new(unit->len);
	struct db_statement *s;
	int ret = 0;

	for (guint i = 0; i < unit->len; i++)
		g_ptr_array_add(sorted, unit->pdata[i]);
	g_ptr_array_sort(sorted, compare_bytes);
	if (db_prepare(db, &s, "INSERT INTO unit VALUES (NULL, ?)") < 0)
		ret = -1;
	for (guint i = 0; i < sorted->len && ret == 0; i++) {
		gsize len;
		const void *bytes = g_bytes_get_data(sorted->pdata[i], &len);

		db_bind_blob(s, 1, bytes, len);
		ret = db_run(s);
	}
	if (s)
		db_finalize(s);
	g_ptr_array_unref(sorted);
	return ret;
}

/* What the built-in model says of the facts. */
static int put_by_model(struct db *db, const struct facts *f)
{
	struct model *m;
	int ret;

	if (model_read(&m, NULL) < 0)
		return -1;
	ret = store_put_locks(db, f, m);
	if (ret == 0)
		ret = store_put_targets(db, f, m);
	model_free(m);
	return ret;
}

static int fill(struct db *db, const struct facts *f,
		const struct store_meta *meta, const GPtrArray *unit)
{
	if (db_exec(db, sql_schema) < 0 || db_exec(db, "BEGIN") < 0 ||
	    put_meta(db, f, meta) < 0 || store_put_facts(db, f) < 0 ||
	    store_put_bodies(db, f) < 0 ||
	    put_by_model(db, f) < 0 ||
	    (unit && put_units(db, unit) < 0) ||
	    db_exec(db, sql_schema_index) < 0 || db_exec(db, "COMMIT") < 0)
		return -1;
	return db_exec(db, "ANALYZE");
}

static int sync_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int ret = fd < 0 ? -1 : fsync(fd);

	if (fd >= 0 && close(fd) < 0)
		ret = -1;
	return ret;
}

/* An empty file that nobody else has, beside path; its name to be freed. */
static char *temporary_new(const char *path)
{
	char *name = g_strconcat(path, ".XXXXXX", NULL);
	mode_t mask = umask(0);
	int fd;

	umask(mask);
	fd = mkstemp(name);
	if (fd < 0) {
		diag_error("cannot create '%s': %s", path, strerror(errno));
		g_free(name);
		return NULL;
	}
	(void)fchmod(fd, 0666 & ~mask);
	close(fd);
	return name;
}

static int write_new(const char *name, const struct facts *f,
		     const struct store_meta *meta, const GPtrArray *unit)
{
	struct db *db;
	int ret;

	if (db_open(&db, name, DB_CREATE) < 0)
		return -1;
	ret = fill(db, f, meta, unit);
	db_close(db);
	return ret;
}

int store_write_shard(const char *path, const struct facts *f,
		      const struct store_meta *meta, const GPtrArray *unit)
{
	struct stat st;
	char *name;
	int ret;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return diag_error("'%s' is no regular file: a database cannot "
				  "be written there", path);
	name = temporary_new(path);
	if (!name)
		return -1;
	ret = write_new(name, f, meta, unit);
	if (ret == 0 && (sync_file(name) < 0 || rename(name, path) < 0))
		ret = diag_error("cannot write '%s': %s", path,
				 strerror(errno));
	if (ret < 0)
		unlink(name);
	g_free(name);
	return ret;
}

int store_write(const char *path, const struct facts *f,
		const struct store_meta *meta)
{
	return store_write_shard(path, f, meta, NULL);
}

/* The value of a row of meta, to be freed; "" if there is none. */
static char *get_meta_text(struct store *st, const char *name)
{
	struct db_statement *s;
	char *text = NULL;
	int row;

	if (db_prepare(st->db, &s, "SELECT value FROM meta WHERE name = ?") < 0)
		return NULL;
	db_bind_text(s, 1, name);
	row = db_step(s);
	if (row >= 0)
		text = g_strdup(row ? db_column_text(s, 0) : "");
	db_finalize(s);
	return text;
}

static int get_meta_number(struct store *st, const char *name, unsigned *out)
{
	char *text = get_meta_text(st, name);
	guint64 number;
	int ret = -1;

	if (text && g_ascii_string_to_unsigned(text, 10, 0, 1 << 20, &number,
					       NULL)) {
		*out = (unsigned)number;
		ret = 0;
	} else if (text) {
		diag_error("'%s' is damaged: bad %s", st->path, name);
	}
	g_free(text);
	return ret;
}

static int get_meta_into(struct store *st, struct facts *f, const char *name,
			 const char **out)
{
	char *text = get_meta_text(st, name);

	if (!text)
		return -1;
	*out = facts_text(f, text);
	g_free(text);
	return 0;
}

int store_get_meta(struct store *st, struct facts *f,
		   struct store_meta *meta)
{
	if (get_meta_into(st, f, "tree_version", &meta->tree_version) < 0 ||
	    get_meta_into(st, f, "tree_commit", &meta->tree_commit) < 0 ||
	    get_meta_into(st, f, "tree_config", &meta->tree_config) < 0 ||
	    get_meta_into(st, f, "source_root_hash",
			  &meta->source_root_hash) < 0 ||
	    get_meta_into(st, f, "justifications",
			  &meta->justifications) < 0 ||
	    get_meta_number(st, "shard", &meta->shard) < 0)
		return -1;
	return get_meta_number(st, "shards", &meta->shards);
}

char *store_justifications(struct store *st)
{
	return get_meta_text(st, "justifications");
}

int store_facts_hash(struct store *st, char hash[33])
{
	char *text = get_meta_text(st, "facts_hash");
	int ret = 0;

	if (!text)
		return -1;
	if (strlen(text) == 32)
		memcpy(hash, text, 33);
	else
		ret = diag_error("'%s' is damaged: bad facts_hash", st->path);
	g_free(text);
	return ret;
}

int store_load(struct store *st, struct facts **out, struct store_meta *meta)
{
	if (store_get_facts(st->db, st->path, out) < 0)
		return -1;
	if (store_get_meta(st, *out, meta) == 0)
		return 0;
	facts_free(*out);
	*out = NULL;
	return -1;
}
