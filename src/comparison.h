/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verdicts of the same orderings under several rules. */
#ifndef XLA_COMPARISON_H
#define XLA_COMPARISON_H

#include <stdbool.h>

#include "check.h"
#include "result.h"

/* The rules that are compared unless others are named, separated by commas. */
#define COMPARISON_RULES "none,control-domain,current-domain"

/* verdict[i]: of all orderings under the i-th rule, in their order. */
struct comparison {
	char **rule;
	unsigned rule_nr;
	enum verdict **verdict;
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

#endif
