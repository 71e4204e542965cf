/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Symbolic values and addresses, hash-consed: equal terms have equal numbers.
 * Terms are made in a normal form (constants folded, != and ! written with
 * ==), so that two spellings of one condition meet.
 */
#ifndef XLA_TERM_H
#define XLA_TERM_H

#include <stdbool.h>
#include <stdint.h>

/* A term's number; 0 is no term. */
typedef uint32_t term_id;

enum term_op {
	TERM_UNKNOWN,	/* any value; not equal to itself */
	TERM_CONST,	/* imm */
	TERM_STRING,	/* some string literal's address */
	TERM_FUNCTION,	/* address of function a */
	TERM_GLOBAL,	/* address of global a */
	TERM_LOCAL,	/* address of local a of the function explored */
	TERM_CURRENT,	/* the vCPU that runs on this CPU */
	TERM_SYMBOL,	/* argument a of the function explored; b: not 0 if
			 * it is a number, a function, or about domains */
	TERM_FRESH,	/* b-th value made at node a; imm as for TERM_SYMBOL */
	TERM_OLD,	/* one of the values made there before: not equal to
			 * itself */
	TERM_FIELD,	/* address of field b in the record at a */
	TERM_INDEX,	/* address of element b of the array at a */
	TERM_LOAD,	/* value at address a */
	TERM_HELD,	/* 1 if the callers of the function explored hold the
			 * lock at address a, else 0 */
	TERM_UNARY,	/* imm: enum expr_op, a */
	TERM_BINARY,	/* imm: enum expr_op, a, b */
};

enum term_flags {
	TERM_HAS_UNKNOWN = 1 << 0,
	TERM_HAS_LOCAL = 1 << 1,	/* address of a local inside */
	TERM_HAS_FRESH = 1 << 2,
	TERM_HAS_SYMBOL = 1 << 3,
	TERM_HAS_LOAD = 1 << 4,
	TERM_HAS_OLD = 1 << 5,
	TERM_IS_BOOL = 1 << 6,		/* 0 or 1 */
};

struct term {
	uint8_t op;		/* enum term_op */
	uint8_t flags;		/* enum term_flags */
	uint8_t depth;
	uint32_t a, b;
	term_id compared;	/* what it compares with a number, or with a set
				 * of them, as range.h understands; or 0 */
	int64_t imm;
};

struct terms;

struct terms *terms_new(void);

/*
 * LOAD is asked for each load that is made: what it returns takes the load's
 * place, unless it is 0.
 */
typedef term_id term_load_fn(const void *context, struct terms *t,
			     term_id address);
void terms_set_load(struct terms *t, term_load_fn *load, const void *context);
/*
 * MASK is asked for each mask of a load that is made: the bits to ask for in
 * its place.  CONTEXT is that of the loads.
 */
typedef int64_t term_mask_fn(const void *context, const struct terms *t,
			     term_id load, int64_t mask);
void terms_set_mask(struct terms *t, term_mask_fn *mask);

void terms_free(struct terms *t);

/* Borrowed; valid until the next term is made. */
const struct term *term_get(const struct terms *t, term_id id);

/* A leaf: any op up to TERM_OLD. */
term_id term_leaf(struct terms *t, enum term_op op, uint32_t a, uint32_t b,
		  int64_t imm);
term_id term_unknown(struct terms *t);
term_id term_const(struct terms *t, int64_t imm);
term_id term_field(struct terms *t, term_id base, uint32_t field);
term_id term_index(struct terms *t, term_id base, term_id index);
term_id term_load(struct terms *t, term_id address);
term_id term_held(struct terms *t, term_id object);
/* OP is an enum expr_op between EXPR_NEG and EXPR_LNOT. */
term_id term_unary(struct terms *t, int op, term_id a);
/* OP is an enum expr_op between EXPR_ADD and EXPR_GE. */
term_id term_binary(struct terms *t, int op, term_id a, term_id b);
/* VALUE where it is only asked whether it is 0: of a sum of a value and a
 * constant, the value is compared. */
term_id term_condition(struct terms *t, term_id value);
/* BITS as imm of EXPR_CAST. */
term_id term_cast(struct terms *t, term_id a, int64_t bits);

/*
 * Whether the records that two addresses are the same member of are one; where
 * a value is not known, the result is not stable.
 */
term_id term_same_record(struct terms *t, term_id a, term_id b);

bool term_is_const(const struct terms *t, term_id id, int64_t *imm);
/* Is it a number, or the address of one thing that has a name? */
bool term_is_fixed(const struct terms *t, term_id id);
/* Sets of numbers are the bits of one: (1 << n) & mask, n mod 64. */
enum { TERM_SET_MAX = 64 };

/* N, if ID is (1 << n); or 0. */
term_id term_exponent(const struct terms *t, term_id id);
/* (1 << s), S a symbol: how many pages there are. */
bool term_is_size(const struct terms *t, term_id id);
/* By which index of an array the address or value ID was come to; 0: none. */
term_id term_index_of(const struct terms *t, term_id id);
/* What is left of SIZE, called NAME; and the size that ID is left of, or 0. */
term_id term_rest(struct terms *t, term_id size, term_id name);
term_id term_size_of_rest(const struct terms *t, term_id id);
/* Is it the address of something, and so never null? */
bool term_is_address(const struct terms *t, term_id id);
/* Does it stand for one value, the same wherever it occurs in a state? */
bool term_is_stable(const struct terms *t, term_id id);

/*
 * Rebuilds ID with every leaf replaced by what LEAF returns for it; LEAF gets
 * leaves that are not constants, functions, strings or globals.  Before it
 * goes into a term, STOP, if not NULL, may return what to put in its place;
 * 0 lets it go on.
 */
typedef term_id term_leaf_fn(void *context, term_id leaf);
term_id term_map(struct terms *t, term_id id, term_leaf_fn *leaf,
		 term_leaf_fn *stop, void *context);

/* Does ID contain a load of FIELD from any record? */
bool term_loads_field(const struct terms *t, term_id id, uint32_t field);
/* Is something in ID loaded from a record at address 0? */
bool term_loads_null(const struct terms *t, term_id id);
/* Does ID contain the term PART? */
bool term_contains(const struct terms *t, term_id id, term_id part);

#endif
