/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A tree made ready for exploration: call graph, lock primitives, which
 * functions and members matter, and the model's names resolved to ids.
 */
#ifndef XLA_PROGRAM_H
#define XLA_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "callgraph.h"
#include "facts.h"
#include "lockprim.h"
#include "model.h"
#include "result.h"

struct gaps;
struct slice;

/* The bit of locks that are no member, in sets of lock members. */
enum { LOCK_BIT_OTHER = 31 };

/* What a member holds in any record that a path leads to. */
struct invariant {
	fact_id path;		/* last member of the path */
	fact_id field;
	bool is_owner;		/* value: the record that PATH starts from */
	fact_id from;		/* value: that of FROM where PATH starts */
	int64_t value;
};

/* FIELD, of what the variable GLOBAL points to or of a struct in it, holds
 * VALUE. */
struct global_invariant {
	fact_id global, field;
	int64_t value;
};

struct instance_rule {
	fact_id field;
	int64_t value;
	enum instance_kind kind;
};

/*
 * A member of a domain is so, or the domain is the one that a variable points
 * to; some code works on such domains.
 */
struct code_world {
	fact_id field[8];	/* from a domain on; 0 ends it */
	fact_id last;		/* of them */
	bool through[8];	/* the pointer in that member leads on */
	fact_id variable;	/* the domain is the one that it points to, or 0 */
	bool is_number;		/* the member is that, whatever the mask */
	int64_t number;
	int64_t mask;
	bool truth;
};

/* Of one domain, IF implies THEN. */
struct implication {
	struct code_world condition, consequence;
};

/* Locks of a class are used for such domains only. */
struct lock_world {
	uint32_t class;		/* index + 1 */
	struct code_world world;
};

struct privileges;

/* What is so of the current domain or vCPU where a function is entered. */
struct entry_fact {
	fact_id function;
	bool of_vcpu;
	struct code_world world;
};

/* Words for what the current domain is, by whether it is so. */
struct caller_world {
	const char *word[2];	/* of the model; NULL: not told */
	struct code_world world;
};

/* A page that CALLER calls CALLEE for is of the domain of its parameters. */
struct page_rule {
	fact_id caller, callee;
};

/* The record whose FIELD holds VALUE is the one that PATH points to. */
struct unique_rule {
	fact_id path, field;
	int64_t value;
};

struct owner_rule {
	fact_id record;
	fact_id field;		/* 0: the record itself is the owner */
};

struct program {
	const struct facts *f;
	const struct model *m;
	struct lockprims *lp;
	struct callgraph *cg;

	fact_id current_field, domain_field, control_field;
	GArray *invariant;	/* struct invariant */
	GArray *instance;	/* struct instance_rule */
	GArray *owner;		/* struct owner_rule */
	GArray *unique;		/* struct unique_rule */
	GArray *page_rule;	/* struct page_rule */
	GArray *code_world;	/* struct code_world */
	GArray *implication;	/* struct implication */
	GArray *entry_fact;	/* struct entry_fact */
	GArray *caller_world;	/* struct caller_world */
	GArray *global_invariant; /* struct global_invariant */
	GArray *lock_world;	/* struct lock_world */
	uint8_t *lock_not_for;	/* per class, index + 1: bits of enum
				 * owner_role: of owners that it never has */
	uint32_t *not_for;	/* per function: bits of instances that it never
				 * works on */
	uint8_t *world_of;	/* per function: index in it + 1, or 0 */
	uint8_t *role_of_call;	/* per function: enum owner_role + 1, or 0 */
	uint8_t *role_of_global;
	uint8_t *role_of_field;
	uint8_t *aside;		/* per function: callers do not see what it
				 * changes: it does not return, or runs what
				 * others asked for */
	uint8_t *context_of;	/* per function: enum context + 1, or 0 */
	uint8_t *opaque;	/* per function: not followed */
	uint8_t *current_argument; /* per function: 1: its arguments that are
				 * vCPUs are the current one */
	uint8_t *apart;		/* per function: called with no lock held */
	uint64_t *not_within;	/* per function: groups of the model's entries of
				 * callers that never get to it */
	uint64_t *excludes;	/* per function: those of which it is a caller */
	uint64_t excludes_set;	/* those that are about code of a set */
	uint8_t *interrupt;	/* per function: called in interrupt context */
	uint8_t *asserts_unlocked; /* per function: asserts that no lock is
				    * held */

	uint8_t *locks;		/* per function: may reach a lock primitive */
	uint8_t *site_locks;	/* per call site: so with its constants */
	uint32_t *takes;	/* per function: bit set of lock members of which it
				 * may release or ask for a caller's lock */
	uint32_t *gives;	/* per function: of which it may return with one
				 * that it acquired */
	uint32_t *releases;	/* per function: of which it releases one, however
				 * that call goes */
	uint32_t *releases_own;	/* per function: ... where it may be one that it
				 * has acquired, or got from a call */
	uint32_t **acquired_before; /* per function and node: of which it may have
				 * acquired one by then, or got one from a
				 * call, and not released it; NULL: of none */
	uint8_t *lock_bit;	/* per field: its bit in these sets + 1 */
	uint8_t *value;		/* per function: explored for its result */
	struct slice **slice;	/* per function; NULL if neither of these */

	uint8_t *asks_kind;	/* per function: small, and reads the member
				 * that tells the kinds of tables apart */
	uint8_t *object_type;	/* per type: a pointer to such a record */
	uint8_t *telling_type;	/* per type: a pointer that guards ask for: to
				 * what locks belong to, or to a record in which
				 * such a pointer is kept */
	uint8_t *object_record;	/* per record: a domain, a vCPU or a table of
				 * one, or a part of these */
	uint8_t *two_valued;	/* per field: two_valued.h */
	uint8_t *request_record; /* per record: of what guests ask for */
	int64_t *same_bits;	/* per field: bits that are as the lowest of
				 * them is */
	uint8_t *nonnull_field;	/* per field: no null pointer */
	uint8_t *stable_field;	/* per field: keeps its value while its record
				 * is in use */
	uint8_t *result_needed;	/* per function: a caller looks at its result */
	uint8_t *output_needed;	/* ... or at what it stores through pointers */
	uint8_t *result_tells;	/* per function: its result tells which locks
				 * it returns with */

	struct privileges *privileges;
	struct param_writes *param_writes; /* what it has found is kept */

	uint8_t *tracked_field, *tracked_global;
	uint32_t *track_index;	/* fields, then globals: dense index + 1 */
	uint32_t track_nr, track_words;
	uint64_t *flags;	/* bit set of tracked members: flags.h */
	GArray *flag_word;	/* uint32_t: the words of it that are not 0 */
	uint32_t member_words;	/* of a bit set of members: fields, and globals
				 * after them */
	uint64_t *changing;	/* bit set of members that stores elsewhere may
				 * change, as far as is looked at */
	uint64_t *stores;	/* per function: bit set of members that it, or
				 * what it calls, stores to */
	uint64_t *writes;	/* per function: bit set of tracked members */
	uint64_t *reads;	/* within some calls */
	uint64_t *reads_far;	/* within any number of calls */
	struct gaps *gaps;	/* what is written between nodes of slices */
};

/*
 * The lock primitive that FUNCTION is when called at NODE of CALLER; NULL if
 * it is none, or one of a plain lock that belongs to no class.
 */
const struct lock_primitive *program_primitive(const struct program *p,
					       fact_id caller, uint32_t node,
					       fact_id function);

/* May a call of FUNCTION from there reach a lock operation? */
bool program_call_locks(const struct program *p, fact_id caller,
			uint32_t node, fact_id function);

/* May a target of SITE, a call, store to what its argument NR points to? */
bool program_writes_behind(const struct program *p,
			   const struct call_site *site, uint32_t nr);

/* Is it a pointer to a vCPU? */
bool program_is_vcpu(const struct program *p, fact_id type);

/* Is it a pointer to a domain, a vCPU or a table? */
bool program_is_owner(const struct program *p, fact_id type);

/* Has it a body, and all of them in sections that are freed after boot? */
bool program_is_freed(const struct program *p, fact_id function);

/* Where FUNCTION runs, as far as it tells by itself. */
enum context program_context(const struct program *p, fact_id function);

/* Is MEMBER, a field or the number of fields plus that of a global, tracked, and
 * may it change? */
bool program_may_change(const struct program *p, uint32_t member);

/*
 * Does FUNCTION run in a context other than that of a running host, or does
 * the model set it apart?  Calls of it are not followed under the caller's
 * locks; it is explored as an entry point of its own.
 */
bool program_is_apart(const struct program *p, fact_id function);

/* Does NODE come from a macro that the model calls an assertion? */
bool program_is_assertion(const struct program *p, const struct fact_node *n);

/* Is FUNCTION defined in the header that declares the lock classes? */
bool program_in_lock_header(const struct program *p, fact_id function);

/* Never NULL.  FACTS and the model must outlive it. */
struct program *program_new(const struct facts *f, const struct model *m);
void program_free(struct program *p);

/* Is it a pointer to a domain, a vCPU or a table, or to a part of one? */
static inline bool program_is_object(const struct program *p, fact_id type)
{
	return p->object_type[type];
}

/* Is FIELD a member of a domain, a vCPU or a table? */
static inline bool program_is_object_field(const struct program *p,
					   fact_id field)
{
	return p->object_record[FACT_FIELD(p->f, field)->record];
}

static inline bool bit_is_set(const uint64_t *set, uint32_t bit)
{
	return (set[bit / 64] >> (bit % 64)) & 1;
}

static inline void bit_set(uint64_t *set, uint32_t bit)
{
	set[bit / 64] |= UINT64_C(1) << (bit % 64);
}

/* The role, context or kind of that word; a negative number if none is. */

#endif
