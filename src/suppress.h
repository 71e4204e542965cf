/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Findings that a comment in the source justifies, in the manner of Xen:
 * SAF-<n>-safe before or behind the line, and an entry of that id for this
 * tool in the tree's register (saf.h).  The entry's rule is a kind of finding,
 * or a kind and two classes, the held one's and the acquired one's:
 * "level-violation", "level-violation pod altp2mlist".
 */
#ifndef XLA_SUPPRESS_H
#define XLA_SUPPRESS_H

#include "result.h"

/* A line of source. */
struct suppress_line {
	const char *file;
	uint32_t line;
	const char *text;
};

/* What is in every comment of interest, and how many lines behind it may be
 * needed to tell what it speaks of. */
#define SUPPRESS_MARK "SAF-"
enum { SUPPRESS_LINES = 8 };

/*
 * Fills r->suppressions.  entries: what saf_read returns; lines: struct
 * suppress_line, in order, all that have the mark and those behind them.
 * Cannot fail.
 */
void suppress_collect(struct result *r, const char *entries,
		      const GArray *lines);

/* Sets the suppression of each finding: only if all of its orderings are
 * justified.  Part of findings_make. */
void suppress_apply(struct result *r);

/* Is there such a rule?  If not the entry justifies nothing. */
bool suppress_is_rule(const char *rule);

#endif
