/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Configured sources of revisions, in a work directory of their own.  There
 * are two trees in it, each at one place whatever is in it, so that the cache
 * of facts serves all revisions; of a tree that is there already only the
 * files that differ are replaced, if its configuration and generated files
 * cannot differ.
 */
#ifndef XLA_GATE_TREE_H
#define XLA_GATE_TREE_H

#include <glib.h>

#include "git.h"

struct gate_tree;

struct gate_tree_options {
	const struct git *git;
	const char *work;	/* NULL: a directory in the user's cache */
	const char *kconfig, *cc; /* as in struct collect_options */
	unsigned jobs;
	bool progress;
};

/* A revision as far as its sources go. */
struct gate_source {
	const char *commit;	/* its full name */
	const char *sources;	/* git_sources */
};

/* Ready to be extracted; all is owned. */
struct gate_prepared {
	char *compile_commands, *source_root, *version, *config;
};

/*
 * Makes and locks the work directory, waiting for another run in it.  -1 with
 * a message, and *out is NULL, if it cannot be had or is in the checkout.
 */
int gate_tree_open(struct gate_tree **out,
		   const struct gate_tree_options *options);
void gate_tree_close(struct gate_tree *t);

/* Hex digits: what the outcome depends on besides the sources. */
const char *gate_tree_key(const struct gate_tree *t);
const char *gate_tree_work(const struct gate_tree *t);

/*
 * Configures the revision, preferably in tree 0 or 1, by its own makefiles.
 * An exit status: EXIT_INCOMPLETE if the revision cannot be configured, with
 * a message; out is to be released in any case.
 */
int gate_tree_build(struct gate_tree *t, const struct gate_source *source,
		    unsigned preferred, struct gate_prepared *out);

/*
 * The same with the configuration and the generated headers of base: nothing
 * of the revision is run.
 */
int gate_tree_overlay(struct gate_tree *t, const struct gate_source *base,
		      const struct gate_source *source,
		      struct gate_prepared *out);

void gate_prepared_release(struct gate_prepared *prepared);

#endif
