/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The model: what must be known about a code base and cannot be derived from
 * its source.  A text file, one entry a line:
 *
 *	DIRECTIVE ARGUMENT... -- REASON
 *
 * Empty lines and lines that start with '#' are skipped.  Every entry has a
 * reason.  Names in it need not exist in the audited tree.
 */
#ifndef XLA_MODEL_H
#define XLA_MODEL_H

#include <stdbool.h>

#include <glib.h>

enum model_directive {
	MODEL_PRIMITIVE,	/* PATTERN OPERATION KIND: a lock primitive; a
				 * '*' in PATTERN stands for the class */
	MODEL_LEVEL_PARAMETER,	/* NAME: the parameter that carries a level */
	MODEL_EXTERNAL,		/* CLASS FIELD: plain lock of an order class */
	MODEL_CURRENT,		/* FIELD: a load of it is the current vCPU */
	MODEL_CURRENT_DOMAIN,	/* FIELD: of a vCPU: its domain */
	MODEL_CONTROL_FIELD,	/* FIELD: of a domain: not zero in a control
				 * domain */
	MODEL_OWNER,		/* RECORD FIELD|self: the domain that owns the
				 * locks inside such a record */
	MODEL_INVARIANT,	/* PATH FIELD VALUE|owner|same|MEMBER: what FIELD
				 * holds in a record that PATH points to: a
				 * number, the record that PATH starts from, or
				 * what FIELD, or MEMBER, holds there */
	MODEL_INSTANCE,		/* FIELD VALUE KIND: table kind by a field */
	MODEL_ROLE_CALL,	/* FUNCTION ROLE: of the domain it returns */
	MODEL_ROLE_GLOBAL,	/* GLOBAL ROLE: of the domain it points to */
	MODEL_ROLE_FIELD,	/* FIELD ROLE: of the domain it points to */
	MODEL_ENTRY,		/* PATTERN CONTEXT: entry point */
	MODEL_CONTEXT,		/* PATTERN CONTEXT: what it calls runs there */
	MODEL_ASSERT,		/* MACRO: its failing side is no path */
	MODEL_OPAQUE,		/* PATTERN: not followed */
	MODEL_APART,		/* PATTERN: its callers hold no lock, and it works
				 * for others: explored as an entry point, not
				 * under callers' locks; what it changes they do
				 * not see */
	MODEL_LOCK_WORLD,	/* CLASS PATH MASK 0|1 CHECK: of the domains whose
				 * locks of the class are used; function CHECK
				 * sees to it */
	MODEL_LOCK_NOT_FOR,	/* CLASS ROLE CHECK: no domain of the role has
				 * locks of the class in use; function CHECK
				 * sees to it */
	MODEL_CURRENT_IS,	/* PATTERN PATH MASK 0|1: of the current domain, or
				 * vCPU, where the function is entered */
	MODEL_CURRENT_ARGUMENT,	/* PATTERN: whoever calls it passes the current
				 * vCPU, in each parameter that points to one */
	MODEL_CALLER_WORLD,	/* WORD WORD PATH[=NUMBER]|VARIABLE MASK: worlds
				 * in which it is so, or not, of the current
				 * domain */
	MODEL_CODE_SET,		/* NAME PATTERN|FILE: these functions, or code of
				 * FILE, are in the set @NAME */
	MODEL_NOT_WITHIN,	/* CALLEE CALLER: what CALLER calls never gets to
				 * CALLEE; each is a PATTERN, a FILE or a set */
	MODEL_PAGE_OWNER,	/* CALLER CALLEE: a page that CALLER calls CALLEE
				 * for is of the domain of CALLER's parameters */
	MODEL_ASYNCHRONOUS,	/* PATTERN: what it runs is no part of what its
				 * caller asked for */
	MODEL_WAITS_FOR,	/* PATTERN PARAMETER PARAMETER|-: has other CPUs
				 * call what the first parameter points to, and
				 * waits for them, if the second one is not 0 */
	MODEL_MAY_FAULT,	/* PATTERN HANDLER: a function, or a macro around
				 * assembly, that accesses guest memory: HANDLER
				 * may run there */
	MODEL_NO_FAULT,		/* PATTERN: what it maps is there: accesses to it
				 * do not fault */
	MODEL_INTERRUPT,	/* PATTERN: called in interrupt context */
	MODEL_UNIQUE,		/* PATH FIELD VALUE: the record whose FIELD holds
				 * VALUE is the one that PATH of its owner
				 * points to */
	MODEL_NONNULL,		/* FIELD: never null where it is looked at */
	MODEL_CODE_WORLD,	/* CODE PATH MASK 0|1: functions or files that
				 * work on domains of which MASK of the member
				 * at PATH is clear or not */
	MODEL_CODE_NOT_FOR,	/* CODE KIND: functions or files that work on no
				 * tables of KIND */
	MODEL_SAME_BITS,	/* FIELD MASK: bits that are all set or all clear */
	MODEL_IMPLIES,		/* PATH MASK 0|1 PATH MASK 0|1 CHECK: of a domain,
				 * that the first member's bits are so implies
				 * that the second's are; function CHECK sees
				 * to it ('-': it follows from the types) */
	MODEL_STABLE,		/* FIELD: keeps its value while its record is in
				 * use */
	MODEL_ASSERTS_UNLOCKED,	/* FUNCTION: asserts that no lock is held */
	MODEL_COPIES,		/* FUNCTION: copies the object that its second
				 * argument points to */
	MODEL_LEADS_OUT,	/* RECORD.MEMBER|FUNCTION, with a '*': calls through
				 * the member, and those in the function of which
				 * nothing is known, lead to code that is not in
				 * the tree */
	MODEL_FROM_ASSEMBLY,	/* FUNCTION: pointers of which nothing is known,
				 * called there, are those that inline assembly
				 * is given as operands */
	MODEL_ACCESS_CHECK,	/* PATTERN: what it returns tells whether the
				 * current domain may go on */
	MODEL_POLICY,		/* WORLD FOLDER: checks there have a policy of
				 * their own, which is not known */
	MODEL_DEVICE_MODEL,	/* FIELD: of a domain: the one that it is the
				 * device model of */
	MODEL_SOLE_CONTROL,	/* FUNCTION: it makes one control domain only */
	MODEL_RULE,		/* LEVEL-FUNCTION CHECK-FUNCTION PREDICATE */
	MODEL_DIRECTIVE_NR,
};

/* So many groups of entries can be told apart. */
enum { MODEL_NOT_WITHIN_MAX = 64 };

struct model_entry {
	enum model_directive directive;
	unsigned int line;
	unsigned int arg_nr;
	char *arg[8];		/* NULL beyond arg_nr */
	char *reason;
};

struct model;

/*
 * Reads PATH, or the built-in model if PATH is NULL.  0, or -1 with a
 * message that names the line.  On success *out is the caller's, to be given
 * to model_free.
 */
int model_read(struct model **out, const char *path);
void model_free(struct model *m);

/* All entries of one directive, in file order; borrowed, never NULL. */
const GPtrArray *model_entries(const struct model *m,
			       enum model_directive directive);

/*
 * The number, below MODEL_NOT_WITHIN_MAX, that entry I of not-within has
 * together with all others of the same callee, if both name sets of code or
 * neither does: that none of their callers is running is asked for at once.
 */
unsigned int model_not_within_group(const struct model *m, unsigned int i);

/* Does the entry E of not-within name a set of code? */
bool model_is_about_set(const struct model_entry *e);

/* Is NAME matched by the first argument of one of them? */
bool model_names(const struct model *m, enum model_directive directive,
		 const char *name);

/* 32 hex digits over the model's text: part of the key of stored results. */
const char *model_hash(const struct model *m);

/*
 * Does NAME match PATTERN, in which at most one '*' stands for any text?  If
 * it does and STAR is not NULL, *STAR is a new string of what '*' stood for.
 */
int model_match(const char *pattern, const char *name, char **star);

#endif
