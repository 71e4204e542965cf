/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SQLite, as far as it is used here.  Every failure prints one message that
 * names the file.  A file may be foreign or hostile: its schema is not
 * trusted, its triggers do not run, and what is read from it must be checked.
 */
#ifndef XLA_DB_H
#define XLA_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum db_mode {
	DB_READ,	/* an existing file, never written */
	DB_WRITE,	/* an existing file */
	DB_CREATE,	/* a new file, not safe against a crash until it is
			 * closed: for a temporary that is renamed after */
	DB_MEMORY,	/* no file at all; path is for messages only */
};

struct db;
struct db_statement;

/* *out is an open database, or NULL and the return is -1. */
int db_open(struct db **out, const char *path, enum db_mode mode);

/* db may be NULL; its statements must be gone. */
void db_close(struct db *db);

/* Runs all statements of sql. */
int db_exec(struct db *db, const char *sql);

/* Attaches one more file to a database opened with DB_READ, in the same mode,
 * under that name. */
int db_attach(struct db *db, const char *path, const char *name);

/*
 * Lets only SELECT through from now on, in statements that are prepared
 * afterwards: no other file, no pragma, no change.
 */
void db_restrict_to_select(struct db *db);

/* One statement; text after it is an error. */
int db_prepare(struct db *db, struct db_statement **out, const char *sql);

/* s may be NULL. */
void db_finalize(struct db_statement *s);

/*
 * Sets parameter `index`, from 1, for the next run.  What fails here is
 * reported by db_step.  Texts and blobs are copied; NULL text is SQL NULL.
 */
void db_bind_int(struct db_statement *s, int index, int64_t value);
void db_bind_id(struct db_statement *s, int index, uint32_t id); /* 0: NULL */
void db_bind_text(struct db_statement *s, int index, const char *text);
void db_bind_blob(struct db_statement *s, int index, const void *bytes,
		  size_t len);

/* The name of parameter `index` without its ':', or NULL; their number. */
const char *db_parameter_name(struct db_statement *s, int index);
int db_parameter_nr(struct db_statement *s);

/* 1: there is a row; 0: the end, parameters stay set; -1: printed. */
int db_step(struct db_statement *s);

/* Steps a statement without rows and makes it ready for the next run. */
int db_run(struct db_statement *s);

/* Makes s ready for another run and forgets its parameters. */
void db_reset(struct db_statement *s);

/* Columns of the row, from 0.  Texts and blobs live until the next step. */
int db_column_nr(struct db_statement *s);
const char *db_column_name(struct db_statement *s, int column);
bool db_column_is_null(struct db_statement *s, int column);
bool db_column_is_number(struct db_statement *s, int column);
int64_t db_column_int(struct db_statement *s, int column);

/* Never NULL; it ends at the first NUL byte. */
const char *db_column_text(struct db_statement *s, int column);
const void *db_column_blob(struct db_statement *s, int column, size_t *len);

#endif
