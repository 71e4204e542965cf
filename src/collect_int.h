/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the collect*.c files only. */
#ifndef XLA_COLLECT_INT_H
#define XLA_COLLECT_INT_H

#include <stdbool.h>

#include <glib.h>

#include "collect.h"
#include "xentree.h"

/* One run; all strings are owned. */
struct collect {
	const struct collect_options *options;
	struct xentree tree;
	char *work;		/* absolute */
	char *source;		/* the copy's xen/ folder */
	char *records;		/* directory of what the wrapper saw */
	char *log;
	int log_fd, lock_fd;	/* or -1 */
	char **cc;		/* words of the compiler's command */
	char *cc_version;	/* what it says to --version */
	char *hostcc, *python;
	char *config_name;	/* of struct collect_result */
	char *fragment;		/* wanted options, or NULL for defconfig */
	GPtrArray *files;	/* struct source_file, ordered by path */
	bool was_built;		/* products of a build were left out */
	bool make_failed;
	char *complaint;	/* of struct collect_result */
};

/* A file or symbolic link of the tree that the copy gets. */
struct source_file {
	char *path;		/* relative to the root */
	char *target;		/* of a symbolic link, or NULL */
	bool is_executable;
};

/* One compilation, as the wrapper saw it. */
struct record {
	char *directory, *file, *output;	/* file is absolute */
	char **argv;		/* without the compiler itself */
};

/* collect_source.c: what of the tree is copied. */
int source_list(struct collect *c);
/* Adds the names and the content of all files to the sum. */
int source_sum(struct collect *c, GChecksum *sum);
int source_copy(const struct collect *c);

/* collect_dir.c: the file system. */
int dir_make(const char *path);		/* with its parents; may exist */
int dir_remove(const char *path);	/* with all in it; may be absent */
int dir_write(const char *path, const char *text, int mode);

/* collect_tools.c: programs needed. */
int tools_find(struct collect *c);
int tools_find_cc(struct collect *c);	/* sets cc, cc_version */

/* collect_patch.c: makes old trees build with what is installed today. */
int patch_copy(const struct collect *c);

/* collect_kconfig.c */
int kconfig_read(struct collect *c);	/* sets fragment, config_name */
int kconfig_apply(struct collect *c);

/* collect_wrapper.c: stands in for compiler and linker. */
int wrapper_write(const struct collect *c);
char *wrapper_path(const struct collect *c, const char *name);
/* Did the build get as far as the final link? */
bool wrapper_linked(const struct collect *c);

/*
 * collect_make.c.  Runs make for one goal in the copy; goal "build" is done
 * when the final link is reached.  Sets make_failed and complaint if it fails
 * for another reason than a full disk.
 */
int make_run(struct collect *c, const char *goal);
/* Runs a command with its output to the log; false if it failed. */
bool make_spawn(const struct collect *c, const char *const *argv);

/* collect_records.c: array of struct record, ordered by file and output. */
int records_read(GPtrArray **out, const struct collect *c);

/* collect_json.c: writes compile_commands.json, atomically. */
int json_write(const struct collect *c, const GPtrArray *records,
	       const char *path);

#endif
