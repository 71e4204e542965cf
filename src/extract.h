/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a compilation database to a database of facts.
 */
#ifndef XLA_EXTRACT_H
#define XLA_EXTRACT_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "identity.h"

struct compile_command;
struct facts;

struct extract_options {
	const char *output;	/* FACTS.db */
	const char *compdb;	/* compile_commands.json, or its directory */
	const char *source_root; /* prefix that file names lose; NULL: derived
				  * from the commands */
	struct identity tree;	/* of which the files are */
	const char *cache;	/* directory, or NULL for none */
	uint64_t cache_size;	/* bytes; 0: no limit */
	unsigned shard, shards;	/* shard (from 0) of shards; 0, 0: all */
	unsigned jobs;		/* at least 1 */
	unsigned timeout;	/* seconds a file; 0: the default */
	bool progress;
	GPtrArray *failed;	/* or NULL: gets the names, for g_free, of the
				 * files that could not be read to the end */
};

/*
 * Writes options->output, all of it or nothing.  *failed_nr counts the files
 * that could not be read to the end; they are recorded in the database and
 * named in a warning.  -1 with a message if there is no database.
 */
int extract_run(const struct extract_options *options, unsigned *failed_nr);

/*
 * Where facts of files are kept by what --cache says, for g_free: a directory,
 * by default (NULL) in the user's cache; NULL for "none".
 */
char *extract_cache_directory(const char *option);

/* "libclang 19.1.7": what reads the sources; for g_free. */
char *extract_clang_version(void);

/* What facts depend on besides the sources and commands; for g_free. */
char *extract_version(void);

/*
 * The facts of one translation unit, read in this process, which changes its
 * working directory.  Never NULL: what went wrong is in its fact_tu.
 */
struct facts *extract_tu(const struct compile_command *command,
			 const char *source_root);

/*
 * The root of the tree that the commands compile: the innermost directory
 * around all files that contains "common" and "arch", else the innermost
 * directory around them.  To be freed.
 */
char *extract_source_root(const char *const *files, unsigned nr);

/* The symbols that an assembly file and those that it includes name. */
void extract_assembly(struct facts *f, const char *path,
		      const char *source_root);

#endif
