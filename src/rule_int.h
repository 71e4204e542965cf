/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the rule*.c files that judge. */
#ifndef XLA_RULE_INT_H
#define XLA_RULE_INT_H

#include "rule.h"

/* A rule as it is applied: rows of all forms, levels by class. */
struct rule_table {
	const struct rule_row *row;
	guint row_nr;
	uint8_t *fits;		/* per row and class: is it for the class */
	int *level;		/* per class */
	guint class_nr;
	int top;		/* what RULE_TOP stands for */
	unsigned asked;		/* by any row */
};

/* The fourth party takes part if no rule asks but for control domains. */
enum { PARTY_MAX = 4, VARIABLE_MAX = 6 };

/* A domain that takes part; words name it in worlds. */
struct party {
	const char *word;
	enum owner_role role;	/* OWNER_ANY: not known */
	enum tristate control, current; /* TRI_UNKNOWN: differs between worlds */
};

/* A bit of a world's number: is the party so? */
struct variable {
	unsigned party;
	enum owner_asked asked;
};

/* One ordering under judgement; the masks have one bit a world, a world has
 * one bit a variable. */
struct trial {
	const struct rule_table *table;
	struct result *r;
	struct ordering *o;
	struct party party[PARTY_MAX];
	unsigned party_nr;
	unsigned held, acquired, in_force; /* which party; in_force may be
					    * PARTY_MAX: none; */
	unsigned parent;	/* so may the one whose lock was asked for */
	struct variable variable[VARIABLE_MAX];
	unsigned variable_nr;
	uint64_t possible, out, trips, stopped, over_held; /* masks of worlds */
	uint64_t at_parent;	/* of those over held: at the parent's lock */
};

/* The bits of enum owner_asked that are so of a party in a world. */
unsigned rule_facts_of(const struct trial *t, unsigned party, unsigned world);

/*
 * Is a domain of that role being a control domain, or not, a reason for the
 * caller to be none?  If there is one control domain only and it is another
 * one, the caller is none.
 */
bool rule_is_unprivileged(const struct trial *t, enum owner_role role,
			  bool is_control);

/* Judges one ordering: all that result.h says is by the rule. */
void rule_judge(const struct rule_table *table, struct result *r,
		struct ordering *o);

/*
 * Adds to the ordering's worlds the smallest conjunctions that cover those in
 * which T is out of order.  ROLES: words for roles that were assumed, or "".
 */
void rule_describe_worlds(struct trial *t, const char *roles);

#endif
