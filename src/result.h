/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the analysis concludes: orderings, findings, the ledger.  Plain
 * structs and enums, no functions.  Everything is owned by struct result
 * (strings by its chunk); all arrays are sorted and free of duplicates, so
 * that the same facts give the same bytes.
 */
#ifndef XLA_RESULT_H
#define XLA_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

enum lock_mode { MODE_WRITE, MODE_READ, MODE_SPIN, MODE_ORDER, MODE_TRY };
enum lock_form { FORM_LOCK, FORM_RWLOCK, FORM_ORDER };
enum owner_role {
	OWNER_CURRENT, OWNER_SUBJECT, OWNER_REMOTE, OWNER_PARENT, OWNER_THIRD,
	OWNER_SPECIAL, OWNER_NONE, OWNER_ANY,
};
enum instance_kind { INSTANCE_HOST, INSTANCE_NESTED, INSTANCE_ALTERNATE,
	INSTANCE_ANY };
enum relation { RELATION_SAME, RELATION_DIFFERENT, RELATION_UNKNOWN };
enum verdict { VERDICT_ALLOWED, VERDICT_RECURSIVE, VERDICT_CONDITIONAL,
	VERDICT_VIOLATION };
enum context { CONTEXT_RUNNING, CONTEXT_BOOT, CONTEXT_DUMP,
	CONTEXT_GOING_DOWN };
enum outcome { OUTCOME_CLEAN, OUTCOME_VIOLATIONS, OUTCOME_INCOMPLETE };
enum tristate { TRI_NO, TRI_YES, TRI_UNKNOWN };

struct lock_class {
	const char *name;
	int level;
	enum lock_form form;
	const char *file;
	uint32_t line;
	uint32_t rank;		/* among all, by level: index into
				 * result->classes */
};

/* A place in the source; function is its display name. */
struct site {
	const char *function;
	const char *file;
	uint32_t line;
};

/* A lock as an ordering speaks of it. */
struct lock_ref {
	uint32_t class;		/* index into result->classes */
	enum instance_kind instance;
	enum owner_role owner;
	enum lock_mode mode;
	enum tristate owner_control; /* is the owner a control domain, as far as
				      * the path decides it */
	uint32_t domain;	/* the owner's number within one ordering: equal
				 * numbers are one domain; 0: not known */
	struct site site;
};

enum step_event { STEP_ENTRY, STEP_CALL, STEP_INDIRECT_CALL, STEP_ACQUIRE,
	STEP_RELEASE, STEP_BRANCH, STEP_RETURN };

struct witness_step {
	enum step_event event;
	struct site site;
	const char *text;	/* source line, "" if not stored */
	const char *via;	/* indirect calls: field or table; branches: the
				 * condition; else NULL */
	bool taken;		/* branches: the condition was so */
};

/* What the current domain must be, each more than the one before. */
enum privilege {
	PRIVILEGE_NONE,		/* nothing that is known */
	PRIVILEGE_TARGET,	/* the domain that it acts on, that one's device
				 * model, or a control domain */
	PRIVILEGE_DEVICE_MODEL,	/* one of the last two */
	PRIVILEGE_CONTROL,	/* a control domain */
};

/* Approximation: of longer locksets the rest counts as acquired at a lower
 * level, so that more worlds are said to trip. */
enum { OVER_HELD_MAX = 32 };

/*
 * Locks that have asked for their level while that of the held lock was in force,
 * and may have been released.  Bit C of each: one of the class of rank C.
 */
struct asked_classes {
	uint32_t of_held;	/* of the held lock's owner, */
	uint32_t of_acquired;	/* the acquired one's, */
	uint32_t of_other;	/* the acquired one's, if that is not the held
				 * one's, too, */
	uint32_t of_plain;	/* one that is no control domain, */
	uint32_t of_caller;	/* the current domain, */
	uint32_t of_parent;	/* the domain that one was forked from, which is
				 * neither the held nor the acquired one's */
};

struct ordering {
	const char *id;		/* 16 hex digits */
	struct lock_ref held, acquired;
	struct site holder;	/* line: through which the lock came to be held */
	uint32_t acquire_line;	/* in the holder: leads to the acquisition */
	enum relation relation;
	bool same_object;	/* held and acquired are one lock object */
	bool self_deadlock;	/* and it is taken in a way that does not
				 * permit that */
	bool elsewhere;		/* acquired by a function that another CPU runs,
				 * which is waited for meanwhile */
	bool sorted;		/* the code takes the two in a fixed order by
				 * value (domain id, frame number) */
	enum context context;
	bool runtime_visible;
	bool confirmed;		/* the witness was replayed, */
	bool unstopped;		/* and no lock is asked for on its way that is
				 * out of order, but of a control domain */
	bool steady;		/* and needs no change that calls beside it may
				 * make, or not */
	GArray *lockset;	/* struct lock_ref: all held at the acquisition */
	GArray *witness;	/* struct witness_step */
	GPtrArray *path_worlds;	/* const char *: facts of the path, all orderings
				 * of this row share them */
	enum privilege privilege; /* on every way that was found, unless a
				   * policy decides */
	int in_force;		/* base level in force, without bias, -1: none;
				 * set by the exploration */
	uint32_t in_force_lock;	/* 1 + index into lockset of the lock that set
				 * it; 0: none of them (stale) */
	uint32_t over_held;	/* bit I: lock I of the lockset asked for its
				 * level while that of the held lock was in
				 * force, or of a lock with its bit set; of the
				 * first OVER_HELD_MAX */
	GArray *asked;		/* struct asked_classes: each way has asked for
				 * one of these at least; none: not known */
	/* by the rule */
	enum verdict verdict;
	GPtrArray *worlds;	/* const char *: in which it is out of order */
	int held_level, level_in_force, needed_level; /* in the first world in
				 * which it is out of order, else in the first */
	bool is_stopped;	/* in every world in which it is out of order,
				 * the check stops the path for another lock,
				 * before or here */
	bool is_unreached;	/* it has in every world, at a lock that was
				 * asked for under the held one */
	bool trips_always, trips_sometimes; /* does the run-time check BUG: in
				 * every world of the path, in some */
};

/* One lock that is a finding by itself: a level in force that the locks held do
 * not justify, or an acquisition in interrupt context, which needs no lock held
 * to be wrong. */
struct lone_lock {
	struct lock_ref lock;	/* the release or re-take that made it stale,
				 * or what is acquired; its site is where */
	struct site holder;	/* in_interrupt: the function that is called
				 * in interrupt context */
	bool in_interrupt;
	int level_in_force, level_justified; /* without bias; -1: none */
	enum context context;
	GArray *witness;	/* struct witness_step */
};

enum severity { SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_NOTE };

struct finding {
	const char *id;
	const char *kind;	/* "level-violation", ... see cli.md */
	enum severity severity;
	const char *message;
	struct site site;
	enum context context;
	GPtrArray *orderings;	/* struct ordering *, borrowed from result */
	const struct lone_lock *lone; /* "stale-level", "interrupt-lock":
				 * borrowed; or NULL */
	bool is_known;		/* the baseline has it */
	const char *known_reason; /* what it says of it; or NULL */
	const struct suppression *suppression; /* of the source; or NULL */
	GArray *locks;		/* struct lock_ref */
	GPtrArray *worlds;	/* const char * */
};

/* A comment in the source that justifies findings: see suppress.h. */
struct suppression {
	const char *id;		/* "SAF-15-safe" */
	const char *rule, *text; /* of the register: what, and why */
	const char *file;
	uint32_t line;		/* of the comment */
	uint32_t covers;	/* the line that it speaks of; 0: none */
	uint32_t used_nr;	/* orderings and levels that it justifies */
};

/* An entry of the baseline that no finding has. */
struct absent_entry {
	const char *key;	/* id, or kind, classes and holder */
	const char *reason;
};

struct assumption {
	const char *id;
	const char *kind;	/* "unresolved-indirect", "no-body", ... */
	const char *what;
	const char *file;
	uint32_t line;
	const char *effect;
	const char *discharge;	/* what would make the entry go away */
	uint32_t count;
	bool blocks_proof;	/* true: the verdict is "incomplete" */
	bool touches_locks;	/* could it hide or add orderings? */
};

/* Where control comes in, other than by a call. */
struct entry_point {
	struct site site;
	const char *kind;	/* entry_kind_words[] of entry.h */
	enum context context;
	const char *reason;
};

struct rule_choice {
	const char *name;	/* "none", "control-domain", ... */
	int bias;
	const char *source;	/* "auto: arch/x86/mm/mm-locks.h:45" or "option" */
};

struct result_counts {
	uint32_t functions, call_edges, indirect_sites, indirect_resolved,
		 acquisitions, contexts;
};

struct result {
	GStringChunk *chunk;
	const char *tree_version, *tree_commit /* or NULL */, *tree_config;
	uint32_t tu_nr;
	GPtrArray *tu_failed;	/* const char *: files */
	struct rule_choice rule;
	enum outcome outcome;	/* set when the run's options are known */
	bool sole_control;	/* no two domains are control domains */
	const char *policy;	/* the world in which a policy decides who may
				 * do what; "" if the tree has none */
	GArray *classes;	/* struct lock_class, by level */
	GPtrArray *orderings;	/* struct ordering *, by id */
	GPtrArray *lone;	/* struct lone_lock *, by place */
	GPtrArray *findings;	/* struct finding *, severity, kind, id */
	GPtrArray *suppressions; /* struct suppression *, by place */
	bool has_baseline;	/* compared with one, or with a revision */
	GArray *absent;		/* struct absent_entry, in the baseline's order;
				 * set when it has been applied */
	GPtrArray *assumptions;	/* struct assumption *, kind, file, line */
	GArray *entries;	/* struct entry_point, by kind, file, line */
	struct result_counts counts;
};

#endif
