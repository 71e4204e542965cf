/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes a Xen tree to a compile_commands.json of all C files of its x86
 * hypervisor.  The tree itself is only read: a copy of what the build needs
 * is configured, and its headers are generated, in a work directory.
 */
#ifndef XLA_COLLECT_H
#define XLA_COLLECT_H

#include <stdbool.h>

#include "identity.h"

struct collect_options {
	const char *tree;	/* checkout root or its xen/ folder */
	const char *work;	/* NULL: a directory in the user's cache */
	const char *kconfig;	/* "defconfig", "widest" or a path; NULL: widest */
	const char *cc;		/* compiler, may have arguments; NULL: gcc */
	unsigned jobs;		/* at least 1 */
	bool progress;		/* show on standard error how far it is */
};

struct collect_result {
	char *compile_commands;	/* absolute path */
	char *source_root;	/* the copy's xen/, which the commands refer to */
	struct identity tree;	/* config: "defconfig", "widest" or the file's
				 * name */
	unsigned commands_nr;	/* translation units in it */
	/* After a failure: */
	bool is_tree_at_fault;	/* its own make failed */
	char *complaint;	/* what a compiler or make said of it, or NULL */
};

/*
 * Work done before for the same content of the tree and the same options is
 * used again.  out is to be released in either case.
 */
int collect_run(const struct collect_options *options,
		struct collect_result *out);

/*
 * A sum of all that the outcome depends on besides the content of the tree and
 * the place of the work directory; for g_free.  NULL with a message if the
 * configuration or the compiler cannot be had.
 */
char *collect_key(const struct collect_options *options);

void collect_result_release(struct collect_result *result);

#endif
