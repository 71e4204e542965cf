/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a series changes, read from the text of git diff, and which of it a
 * witness goes through.
 */
#ifndef XLA_HUNKS_H
#define XLA_HUNKS_H

#include <stdint.h>

#include <glib.h>

/* A run of lines that changed; of a deletion count is 0, and what was deleted
 * followed line first. */
struct hunk {
	const char *file;	/* as it is called now, relative to xen/ */
	uint32_t first, count;
	const char *heading;	/* what git takes for the function's line */
};

struct hunks {
	GStringChunk *chunk;
	GArray *hunk;		/* struct hunk, in the order of the diff */
	GHashTable *first;	/* file -> 1 + number of its first hunk */
};

/* How sure it is that a hunk brought a step, the surest first. */
enum hunk_match {
	HUNK_LINE,		/* the step is in one of its lines */
	HUNK_FUNCTION,		/* it is in the step's function */
	HUNK_FILE,		/* in the step's file */
	HUNK_NONE,
};

extern const char *const hunk_match_words[];	/* ends with NULL */

/* A step of a witness and the hunk that brought it; both are indices. */
struct hunk_step {
	uint32_t step, hunk;
};

struct hunks *hunks_parse(const char *diff);
void hunks_free(struct hunks *h);

/*
 * The surest kind of match between hunks and the steps of a witness (struct
 * witness_step).  out, which may be NULL, gets a struct hunk_step for each
 * hunk that matches so, in the order of the steps.
 */
enum hunk_match hunks_find(const struct hunks *h, const GArray *witness,
			   GArray *out);

#endif
