/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verdicts of the same orderings under several rules. */
#ifndef XLA_COMPARISON_H
#define XLA_COMPARISON_H

#include <stdbool.h>

#include "check.h"
#include "lockorder.h"
#include "result.h"

/* The rules that are compared unless others are named, separated by commas. */
#define COMPARISON_RULES "none,control-domain,current-domain"

/* A rule that was applied, and of all orderings, in their order, ... */
struct comparison_rule {
	char *name, *source;
	int bias;
	enum verdict *verdict;
	char **worlds;		/* ... in which they are out of order, joined
				 * by ", or "; NULL: none */
};

struct comparison {
	char **rule;		/* as they were asked for */
	unsigned rule_nr;
	struct comparison_rule *by;	/* rule_nr of them */
	guint ordering_nr;
};

/*
 * Judges the orderings of c under each of the rules, separated by commas; c is
 * left judged under the last one.  Returns what check_judge does; *cmp is to be
 * released in any case.
 */
int comparison_make(struct comparison *cmp, struct check *c,
		    const char *rules);
void comparison_release(struct comparison *cmp);

/* Is the k-th ordering out of order under one of the rules? */
bool comparison_is_of_interest(const struct comparison *cmp, guint k);

/* How many orderings of a running host have the verdict under a rule. */
unsigned comparison_count(const struct comparison *cmp,
			  const struct result *r, unsigned rule,
			  enum verdict verdict);

/*
 * The orderings of a running host that the rule does not admit, one edge for
 * each pair of class and owner: without these it admits all that are left, and
 * without fewer it does not.  For lockorder_free.
 */
struct lockorder *comparison_in_the_way(const struct comparison *cmp,
					const struct result *r, unsigned rule);

/* The worst verdict under the rule of an edge's orderings. */
enum verdict comparison_worst(const struct comparison *cmp, unsigned rule,
			      const struct order_edge *e);

/* Of an edge's orderings the one with the shortest witness. */
const struct ordering *comparison_example(const struct result *r,
					  const struct order_edge *e);

#endif
