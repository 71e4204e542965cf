/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The database of facts: FACTS.db.  xen-lockaudit-facts(5) tells users of its
 * tables.
 */
#ifndef XLA_STORE_H
#define XLA_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

struct facts;
struct lockprims;
struct result;
struct store;

/* What facts are of.  NULL is "" when written; "" is never NULL when read. */
struct store_meta {
	const char *tree_version, *tree_commit, *tree_config;
	const char *source_root_hash;
	const char *justifications; /* what saf_read says of the tree */
	unsigned shard, shards;	/* shard (from 0) of shards; 0, 0: all */
};

/*
 * Writes a new database to path: all of it or nothing, an old file stays until
 * the new one is complete.  unit: GBytes of facts_encode of each translation
 * unit that was linked, for store_merge; NULL for none.
 */
int store_write(const char *path, const struct facts *f,
		const struct store_meta *meta);
int store_write_shard(const char *path, const struct facts *f,
		      const struct store_meta *meta, const GPtrArray *unit);

/*
 * Joins shards, all of one tree and each one once, into a new database: the
 * same as if it had been extracted at once.
 */
int store_merge(const char *output, const char *const *shard, int shard_nr);

/* *out is a database of facts of this version, or NULL and the return is -1. */
int store_open(struct store **out, const char *path, bool read_only);
void store_close(struct store *st);

/* *out and the strings of *meta live until facts_free(*out). */
int store_load(struct store *st, struct facts **out, struct store_meta *meta);

/*
 * 32 hex digits that depend on the facts and what they are of alone, neither
 * on -j nor on where the tree stood.
 */
int store_facts_hash(struct store *st, char hash[33]);

/* meta.justifications alone, for g_free; NULL with a message on failure. */
char *store_justifications(struct store *st);

/* A line of source. */
struct store_line {
	char *file;		/* owned */
	uint32_t line;
	char *text;		/* owned */
};

/*
 * *out: struct store_line, by file and line, of all lines of source with mark
 * in them, and as many as behind behind each.  -1 with a message, and *out is
 * NULL.
 */
int store_lines(struct store *st, const char *mark, unsigned behind,
		GArray **out);

/* *json is to be freed with g_free, or NULL if no such result is stored. */
int store_result_get(struct store *st, const char *key, char **json);

/* Stores r, as json and in the tables, in the place of one of the same key. */
int store_result_put(struct store *st, const char *key, const char *json,
		     const struct result *r);

/*
 * Fills lock_class, lock_primitive and lock_event anew: what lp says of f,
 * which must be the facts of this database.  Until then they hold what the
 * built-in model says.
 */
int store_locks_put(struct store *st, const struct facts *f,
		    const struct lockprims *lp);

#endif
