/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The only file that knows SQLite; see db.h. */
#include "db.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib.h>
#include <sqlite3.h>

#include "diag.h"

enum {
	/* No text or blob of ours comes near; a damaged file may say more. */
	LENGTH_MAX = 256 << 20,
	BUSY_MILLISECONDS = 5000,
};

struct db {
	sqlite3 *handle;
	char *path;
	enum db_mode mode;
};

struct db_statement {
	sqlite3_stmt *handle;
	struct db *db;
	int error;	/* of a binding */
};

static int fail(struct db *db, int code)
{
	int primary = code & 0xff;
	const char *path = db->path;

	if (primary == SQLITE_NOTADB)
		return diag_error("'%s' is no database", path);
	if (primary == SQLITE_CORRUPT)
		return diag_error("'%s' is damaged: %s", path,
				  sqlite3_errmsg(db->handle));
	if (primary == SQLITE_FULL)
		return diag_error("cannot write '%s': the disk is full", path);
	if (primary == SQLITE_READONLY)
		return diag_error("cannot write '%s': it is read-only", path);
	if (primary == SQLITE_BUSY || primary == SQLITE_LOCKED)
		return diag_error("'%s' is in use by another program", path);
	return diag_error("'%s': %s", path, sqlite3_errmsg(db->handle));
}

/* SQLite would wait on a FIFO, and tells little of why it cannot open. */
static int check_file(const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return diag_error("cannot open '%s': %s", path,
				  strerror(errno));
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return diag_error("cannot open '%s': not a regular file",
				  path);
	}
	close(fd);
	return 0;
}

static int open_flags(enum db_mode mode)
{
	int flags = SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOMUTEX;

	switch (mode) {
	case DB_READ:
		return flags | SQLITE_OPEN_READONLY;
	case DB_WRITE:
		return flags | SQLITE_OPEN_READWRITE;
	case DB_CREATE:
		return flags | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	case DB_MEMORY:
		break;
	}
	return flags | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
	       SQLITE_OPEN_MEMORY;
}

/* Whoever wrote the schema has no say in what runs. */
static void distrust(sqlite3 *handle)
{
	sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, LENGTH_MAX);
	sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_busy_timeout(handle, BUSY_MILLISECONDS);
}

/* The file counts only once it has been renamed: no journal, no waiting. */
static int prepare_new(struct db *db)
{
	return db_exec(db, "PRAGMA journal_mode = OFF;"
			   "PRAGMA synchronous = OFF;"
			   "PRAGMA cache_size = -65536;");
}

int db_open(struct db **out, const char *path, enum db_mode mode)
{
	struct db *db;
	int code;

	*out = NULL;
	if ((mode == DB_READ || mode == DB_WRITE) && check_file(path) < 0)
		return -1;
	db = g_new0(struct db, 1);
	db->path = g_strdup(path);
	db->mode = mode;
	code = sqlite3_open_v2(path, &db->handle, open_flags(mode), NULL);
	if (code != SQLITE_OK) {
		if (db->handle)
			fail(db, code);
		else
			diag_error("cannot open '%s': out of memory", path);
		goto out_close;
	}
	distrust(db->handle);
	if (db_exec(db, "PRAGMA cell_size_check = ON;") < 0 ||
	    (mode == DB_CREATE && prepare_new(db) < 0))
		goto out_close;
	*out = db;
	return 0;

out_close:
	db_close(db);
	return -1;
}

void db_close(struct db *db)
{
	if (!db)
		return;
	sqlite3_close_v2(db->handle);
	g_free(db->path);
	g_free(db);
}

int db_exec(struct db *db, const char *sql)
{
	int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);

	return code == SQLITE_OK ? 0 : fail(db, code);
}

/* A name that starts with "file:" would be an address if those were allowed;
 * the flags that the database was opened with do not. */
int db_attach(struct db *db, const char *path, const char *name)
{
	struct db_statement *s;
	int ret = check_file(path);

	if (ret < 0)
		return -1;
	sqlite3_limit(db->handle, SQLITE_LIMIT_ATTACHED, 1);
	ret = db_prepare(db, &s, "ATTACH ?1 AS ?2");
	if (ret == 0) {
		db_bind_text(s, 1, path);
		db_bind_text(s, 2, name);
		ret = db_run(s);
		db_finalize(s);
	}
	sqlite3_limit(db->handle, SQLITE_LIMIT_ATTACHED, 0);
	return ret;
}

/* These only tell what columns there are. */
static bool is_harmless_pragma(const char *name)
{
	return !strcmp(name, "table_list") || !strcmp(name, "table_info") ||
	       !strcmp(name, "table_xinfo");
}

static int allow_select(void *context, int action, const char *a,
			const char *b, const char *c, const char *d)
{
	(void)context;
	(void)c;
	(void)d;
	if (action == SQLITE_FUNCTION && b && !strcmp(b, "load_extension"))
		return SQLITE_DENY;
	if (action == SQLITE_PRAGMA)
		return is_harmless_pragma(a) ? SQLITE_OK : SQLITE_DENY;
	return action == SQLITE_SELECT || action == SQLITE_READ ||
	       action == SQLITE_FUNCTION || action == SQLITE_RECURSIVE
		? SQLITE_OK : SQLITE_DENY;
}

void db_restrict_to_select(struct db *db)
{
	/* Tables that functions make are declared when first used, which
	 * would be denied. */
	sqlite3_exec(db->handle, "SELECT * FROM json_each('[]'), "
				 "json_tree('[]')", NULL, NULL, NULL);
	sqlite3_set_authorizer(db->handle, allow_select, NULL);
}

/* The rest of the text may hold blanks and comments. */
static bool is_blank(struct db *db, const char *sql)
{
	sqlite3_stmt *rest = NULL;
	int code = sqlite3_prepare_v2(db->handle, sql, -1, &rest, NULL);
	bool blank = code == SQLITE_OK && !rest;

	sqlite3_finalize(rest);
	return blank;
}

int db_prepare(struct db *db, struct db_statement **out, const char *sql)
{
	struct db_statement *s = g_new0(struct db_statement, 1);
	const char *rest;
	int code = sqlite3_prepare_v2(db->handle, sql, -1, &s->handle, &rest);

	*out = NULL;
	s->db = db;
	if (code == SQLITE_AUTH)
		diag_error("'%s': the statement does more than SELECT",
			   db->path);
	else if (code != SQLITE_OK)
		fail(db, code);
	else if (!s->handle)
		diag_error("'%s': the statement is empty", db->path);
	else if (!is_blank(db, rest))
		diag_error("'%s': more than one statement", db->path);
	else
		*out = s;
	if (*out)
		return 0;
	db_finalize(s);
	return -1;
}

void db_finalize(struct db_statement *s)
{
	if (!s)
		return;
	sqlite3_finalize(s->handle);
	g_free(s);
}

static void bound(struct db_statement *s, int code)
{
	if (code != SQLITE_OK && !s->error)
		s->error = code;
}

void db_bind_int(struct db_statement *s, int index, int64_t value)
{
	bound(s, sqlite3_bind_int64(s->handle, index, value));
}

void db_bind_id(struct db_statement *s, int index, uint32_t id)
{
	if (id)
		db_bind_int(s, index, id);
	else
		bound(s, sqlite3_bind_null(s->handle, index));
}

void db_bind_text(struct db_statement *s, int index, const char *text)
{
	bound(s, sqlite3_bind_text(s->handle, index, text, -1,
				   SQLITE_TRANSIENT));
}

void db_bind_blob(struct db_statement *s, int index, const void *bytes,
		  size_t len)
{
	bound(s, sqlite3_bind_blob64(s->handle, index, len ? bytes : "", len,
				     SQLITE_TRANSIENT));
}

const char *db_parameter_name(struct db_statement *s, int index)
{
	const char *name = sqlite3_bind_parameter_name(s->handle, index);

	return name ? name + 1 : NULL;
}

int db_parameter_nr(struct db_statement *s)
{
	return sqlite3_bind_parameter_count(s->handle);
}

int db_step(struct db_statement *s)
{
	int code = s->error ? s->error : sqlite3_step(s->handle);

	if (code == SQLITE_ROW)
		return 1;
	if (code == SQLITE_DONE)
		return 0;
	return fail(s->db, code);
}

int db_run(struct db_statement *s)
{
	int code = db_step(s);

	sqlite3_reset(s->handle);
	return code < 0 ? -1 : 0;
}

void db_reset(struct db_statement *s)
{
	sqlite3_reset(s->handle);
	sqlite3_clear_bindings(s->handle);
	s->error = SQLITE_OK;
}

int db_column_nr(struct db_statement *s)
{
	return sqlite3_column_count(s->handle);
}

const char *db_column_name(struct db_statement *s, int column)
{
	const char *name = sqlite3_column_name(s->handle, column);

	return name ? name : "";
}

bool db_column_is_null(struct db_statement *s, int column)
{
	return sqlite3_column_type(s->handle, column) == SQLITE_NULL;
}

bool db_column_is_number(struct db_statement *s, int column)
{
	int type = sqlite3_column_type(s->handle, column);

	return type == SQLITE_INTEGER || type == SQLITE_FLOAT;
}

int64_t db_column_int(struct db_statement *s, int column)
{
	return sqlite3_column_int64(s->handle, column);
}

const char *db_column_text(struct db_statement *s, int column)
{
	const unsigned char *text = sqlite3_column_text(s->handle, column);

	return text ? (const char *)text : "";
}

const void *db_column_blob(struct db_statement *s, int column, size_t *len)
{
	const void *bytes = sqlite3_column_blob(s->handle, column);

	*len = bytes ? (size_t)sqlite3_column_bytes(s->handle, column) : 0;
	return bytes ? bytes : "";
}
