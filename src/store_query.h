/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asking a database in SQL. */
#ifndef XLA_STORE_QUERY_H
#define XLA_STORE_QUERY_H

struct db_statement;
struct store;

/*
 * *out is a statement that does nothing but SELECT, to be finalised before the
 * store is closed.  Afterwards st is good for nothing else.
 */
int store_select(struct store *st, struct db_statement **out, const char *sql);

/*
 * Makes the tables of the database at path known as other.TABLE, for reading
 * only; to be done before store_select.  -1 with a message if it is none.
 */
int store_attach(struct store *st, const char *path);

#endif
