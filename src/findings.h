/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Findings: what a maintainer is told about judged orderings.
 */
#ifndef XLA_FINDINGS_H
#define XLA_FINDINGS_H

#include "result.h"

/* What --fail-on takes; a level includes those before it. */
enum fail_on { FAIL_ON_VIOLATION, FAIL_ON_CONDITIONAL, FAIL_ON_ANY,
	FAIL_ON_NONE };

/* Ends with NULL; the index is the value. */
extern const char *const fail_on_words[];

/* A kind of finding: a row of the table in cli.md. */
struct finding_kind {
	const char *name;
	enum severity severity;
	enum fail_on fail_on;	/* from which level on it counts */
	const char *what;	/* one sentence, for reports */
};

/* All kinds, in the order of reports; ends with a null name. */
extern const struct finding_kind finding_kinds[];

/* NULL if there is no such kind. */
const struct finding_kind *finding_kind_find(const char *name);

/*
 * Replaces r->findings by those of the orderings, which have been sorted and
 * judged, and of the stale levels.  One finding is made of all orderings of
 * one kind that share holder, classes, context and the functions of both
 * sites.  Cannot fail.
 */
void findings_make(struct result *r);

/* Findings of a running host that count at a level of --fail-on. */
unsigned findings_count(const struct result *r, enum fail_on level);

bool finding_counts(const struct finding *f, enum fail_on level);

#endif
