/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rule that maps a lock to its level, and what it makes of an ordering.
 * A rule adds a bias to the level of the class if the lock's owner is a
 * control domain, or the current domain, or never.
 */
#ifndef XLA_RULE_H
#define XLA_RULE_H

#include "facts.h"
#include "result.h"

enum rule_form {
	RULE_NONE,
	RULE_CONTROL_DOMAIN,
	RULE_CURRENT_DOMAIN,
	RULE_UNKNOWN_FORM,	/* the tree's code has a form we cannot read */
};

struct rule {
	const char *name;	/* static: "none", "control-domain", ... */
	enum rule_form form;
	int bias;		/* 0: the highest level of any class */
	char *source;		/* "auto: FILE:LINE" or "option" */
};

/* How the tree calls what the rule is read from; NULL: has none. */
struct rule_names {
	const char *level_function;	/* level of a lock, bias included */
	const char *check_function;	/* checks it against that in force */
	const char *control_predicate;	/* is a domain a control domain */
	const char *control_field;	/* the same as a member of a domain */
	const char *current_field;	/* holds the vCPU that runs here */
	const char *domain_field;	/* of a vCPU: its domain */
	const char *id_field;		/* of a domain: its number */
};

/*
 * Selects a rule by name: "none", "control-domain", "current-domain", or
 * "auto", which reads it out of the tree's own code.  *out is to be released
 * in any case.  -1 with a message if the name is none of these, or if "auto"
 * meets code of no known form: then out->form is RULE_UNKNOWN_FORM, and the
 * result must not be called clean.
 */
int rule_select(struct rule *out, const char *name, const struct facts *f,
		const struct rule_names *names);
void rule_release(struct rule *rule);

/* Reads the tree's own rule (rule_select's "auto"). */
int rule_read(struct rule *out, const struct facts *f,
	      const struct rule_names *names);

/* Has the tree one of the functions that the rule can be read from? */
bool rule_is_in(const struct facts *f, const struct rule_names *names);

/*
 * Judges every ordering of r: verdict, worlds, levels, whether the run-time
 * check trips.  May be called again with another rule; findings that were
 * made before are not changed.  Cannot fail.
 */
void rule_apply(const struct rule *rule, struct result *r);

#endif
