/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Private to store*.c. */
#ifndef XLA_STORE_INT_H
#define XLA_STORE_INT_H

#include "db.h"
#include "facts_table.h"
#include "store.h"

struct model;

struct store {
	struct db *db;
	char *path;
};

extern const char *const type_kind_words[];
extern const char *const tu_status_words[];

/* store_facts.c: fills the fact tables. */
int store_put_facts(struct db *db, const struct facts *f);

/* store_body.c: fills the tables of what the bodies say. */
int store_put_bodies(struct db *db, const struct facts *f);

/* store_lock.c: what the model says of lock primitives. */
int store_put_locks(struct db *db, const struct facts *f,
		    const struct model *m);

/* store_target.c: where calls through pointers go, by the model. */
int store_put_targets(struct db *db, const struct facts *f,
		      const struct model *m);

/*
 * store_load.c: reads the fact tables.  Anything that is not as it should be
 * is an error with a message.
 */
int store_get_facts(struct db *db, const char *path, struct facts **out);

/* store.c: what the facts are of; the strings will be owned by f. */
int store_get_meta(struct store *st, struct facts *f,
		   struct store_meta *meta);

#endif
