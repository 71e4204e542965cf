/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A compilation database: the commands of compile_commands.json.
 */
#ifndef XLA_COMPDB_H
#define XLA_COMPDB_H

#include <stdbool.h>

#include <glib.h>

struct compile_command {
	char *directory;	/* absolute */
	char *file;		/* absolute */
	char *output;		/* as given, may be "" */
	char **argv;		/* NULL-terminated */
};

/*
 * Reads the file, or compile_commands.json in the directory, that path names.
 * On success *out holds struct compile_command in the order of the file and
 * owns them; -1 with a message otherwise, *out then is NULL.
 */
int compdb_read(GPtrArray **out, const char *path);

/* Writes what compdb_read reads; -1 with a message. */
int compdb_write(const GPtrArray *commands, const char *path);

/*
 * Adds to commands a copy of command that compiles file in its place.  The
 * copy belongs to commands, if they are compdb_read's.
 */
void compdb_add_alike(GPtrArray *commands,
		      const struct compile_command *command, const char *file);

/* Is it a C file, rather than assembly or something else? */
bool compile_command_is_c(const struct compile_command *command);

/* Is it assembly that runs through the preprocessor? */
bool compile_command_is_assembly(const struct compile_command *command);

#endif
