/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two revisions of a git repository, both audited and compared.  What is known
 * of a revision is kept in the cache, so that only what is new costs time.
 */
#ifndef XLA_GATE_H
#define XLA_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "changes.h"
#include "git.h"
#include "hunks.h"
#include "result.h"

struct gate_options {
	const char *tree;	/* checkout or repository */
	const char *work, *kconfig, *cc; /* as in struct gate_tree_options */
	const char *cache;	/* directory, or NULL for none */
	uint64_t cache_size;	/* bytes; 0: no limit */
	const char *rule;	/* "auto", ... */
	const char *model;	/* file, or NULL */
	unsigned jobs;
	bool progress;
	bool no_build;		/* run nothing of the series */
};

struct gate;

struct gate_revision {
	const char *commit;	/* its full name */
	struct result *result;	/* judged, with findings */
};

/* What of the series brought an added finding. */
struct gate_brought {
	enum hunk_match match;
	const GArray *witness;	/* of the finding: where it was found */
	GArray *steps;		/* struct hunk_step */
};

/* All is owned, but for the names of commits. */
struct gate_comparison {
	struct gate_revision base, head;
	struct changes *changes;
	struct hunks *hunks;
	GPtrArray *brought;	/* struct gate_brought *, one for each of
				 * changes->findings.added */
};

/*
 * Finds both revisions, whose full names *base and *head then are: they live
 * as long as *out, which NULL with a message is in case of failure.
 */
int gate_open(struct gate **out, const struct gate_options *options,
	      const char **base, const char **head);
void gate_close(struct gate *g);

const struct git *gate_git(const struct gate *g);

/*
 * Audits and compares two commits, whose full names live longer than *out,
 * which is to be released in any case.  reuse is NULL or a comparison that is
 * not needed any more: what fits is taken out of it.  An exit status:
 * EXIT_CLEAN; EXIT_INCOMPLETE, with a message, if a revision cannot be
 * configured or read or has no known rule; EXIT_TROUBLE.  With no_build all is
 * configured as the base that gate_open was given.
 */
int gate_compare(struct gate *g, const char *base, const char *head,
		 struct gate_comparison *reuse, struct gate_comparison *out);
void gate_comparison_release(struct gate_comparison *c);

#endif
