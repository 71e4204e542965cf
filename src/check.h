/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a database of facts to a judged result: what check, explain, compare,
 * graph and report share.
 */
#ifndef XLA_CHECK_H
#define XLA_CHECK_H

#include <stdbool.h>

#include <glib.h>

#include "analyze.h"
#include "facts.h"
#include "result.h"

struct check {
	struct store *store;
	struct model *model;
	struct facts *facts;	/* NULL as long as a stored result serves */
	struct result *result;	/* sorted, judged, with findings */
};

/* How a result is asked for. */
struct check_request {
	const char *path;	/* of the database */
	const char *rule;	/* NULL: "auto" */
	const char *model;	/* a model file; NULL: the built-in one */
	unsigned jobs;		/* processes at the same time, at least 1 */
	bool progress;		/* show on standard error that it analyses */
	bool is_passing;	/* do not store the result in the database */
};

/*
 * Opens the database, takes the stored result for the request or analyses and
 * stores one.  EXIT_CLEAN; or EXIT_TROUBLE or EXIT_INCOMPLETE (the tree's rule
 * is of no known form) with a message.  *c is to be released in any case.
 */
int check_open(struct check *c, const struct check_request *request);

/*
 * Analyses, whatever is stored, and lets ASK (analyze.h) ask.  c has facts and
 * an unjudged result then.  As check_open().
 */
int check_ask(struct check *c, const struct check_request *request,
	      analyze_ask_fn *ask, void *context);
void check_release(struct check *c);

/*
 * Judges the orderings of c anew under the named rule and makes its findings
 * again.  Returns what check_open does.
 */
int check_judge(struct check *c, const char *rule);

#endif
