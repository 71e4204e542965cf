/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a check of access (an XSM hook) asks of the caller, by its code: every
 * path through it and the functions that it calls is run with the arguments
 * that are known, and what those that return 0 have found out is what it asks.
 * What modules with a policy of their own (flask) allow is not known, and not
 * followed: it is a world of its own.
 */
#ifndef XLA_ACCESS_CHECK_H
#define XLA_ACCESS_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "facts.h"
#include "result.h"

struct callgraph;
struct model;

struct access_checks;

/* Never NULL.  Borrows all three. */
struct access_checks *access_checks_new(const struct facts *f,
					const struct model *m,
					const struct callgraph *cg);
void access_checks_free(struct access_checks *c);

/* Is FUNCTION one of the checks that the model names? */
bool access_checks_is_check(const struct access_checks *c, fact_id function);

/* The world in which a policy decides; NULL if the tree has no such module. */
const char *access_checks_policy(const struct access_checks *c);

/* An argument of a call; unknown ones may be anything. */
struct known_argument {
	bool known;
	int64_t value;
};

/*
 * What FUNCTION, called with NR arguments, asks of the caller if it returns
 * 0.  Approximation: PRIVILEGE_NONE if it is too long to be run.
 */
enum privilege access_checks_ask(const struct access_checks *c,
				 fact_id function,
				 const struct known_argument *arg, uint32_t nr);

#endif
