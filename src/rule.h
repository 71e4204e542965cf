/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rule that maps a lock to its level, and what it makes of an ordering.
 * A rule is data: the level of a class, plus the offset of the first row that
 * fits the lock's class and owner.  Those that have names have one row or none.
 */
#ifndef XLA_RULE_H
#define XLA_RULE_H

#include "facts.h"
#include "result.h"

enum rule_form {
	RULE_NONE,
	RULE_CONTROL_DOMAIN,
	RULE_CURRENT_DOMAIN,
	RULE_FILE,		/* rows of a file: xen-lockaudit-rule(5) */
	RULE_UNKNOWN_FORM,	/* the tree's code has a form we cannot read */
};

/* What a row may ask of the owner of a lock; roles are those of reports. */
enum owner_asked {
	ASK_CONTROL,		/* is it a control domain */
	ASK_CURRENT,		/* is it the domain that runs here */
	ASK_SUBJECT, ASK_PARENT, ASK_THIRD, ASK_SPECIAL, ASK_NONE,
	ASK_NR,
};

/* An offset for locks of some classes whose owners are so. */
struct rule_row {
	unsigned asked, wanted;	/* bits of enum owner_asked; of those in asked
				 * exactly those in wanted are so */
	int offset;		/* RULE_TOP: the highest level of any class */
	bool but;		/* all classes but these */
	char **classes;		/* NULL-terminated; NULL: all */
};

enum { RULE_TOP = -1 };

/* A class has this level, whatever the tree says. */
struct rule_level {
	char *class;
	int level;
};

struct rule {
	const char *name;	/* static, or text: "none", ... */
	enum rule_form form;
	int bias;		/* 0: the highest level of any class */
	char *source;		/* "auto: FILE:LINE, ...", "option" or "file" */
	char *text;		/* a file's own name for it, or NULL */
	GArray *row;		/* struct rule_row, of a file; or NULL */
	GArray *level;		/* struct rule_level, of a file; or NULL */
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
 * Selects a rule by name: "none", "control-domain", "current-domain"; "auto",
 * which reads it out of the tree's own code; or the name of a file.  *out is to
 * be released in any case.  -1 with a message if the name is none of these, or
 * the file cannot be read, or "auto" meets code of no known form: then
 * out->form is RULE_UNKNOWN_FORM, and the result must not be called clean.
 */
int rule_select(struct rule *out, const char *name, const struct facts *f,
		const struct rule_names *names);
void rule_release(struct rule *rule);

/*
 * Reads a rule file; see xen-lockaudit-rule(5).  *out is to be released in any
 * case.  -1 with a message that names file and line.
 */
int rule_file_read(struct rule *out, const char *path);

/* What stored results are kept under: the name, or a sum of the file that it
 * names.  The caller's. */
char *rule_key(const char *name);

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
