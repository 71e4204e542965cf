/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making and freeing facts, and what the operands of expressions and nodes
 * are, for all who walk or renumber them.
 */
#ifndef XLA_FACTS_TABLE_H
#define XLA_FACTS_TABLE_H

#include "facts.h"

/*
 * Empty facts: each table has its unused element 0, whose strings are "".
 * Elements are added with g_array_append_val.  Never fails.
 */
struct facts *facts_new(void);

/*
 * Frees the tables, the strings and every body.  f may be NULL; it must come
 * from facts_new.
 */
void facts_free(struct facts *f);

/* The id of text in f->string: the same text has the same id; "" has id 0. */
fact_id facts_intern(struct facts *f, const char *text);

/*
 * A copy of text that lives as long as f; the same text gives the same
 * pointer.  Bytes that are no UTF-8 are replaced by U+FFFD.
 */
const char *facts_text(struct facts *f, const char *text);

/*
 * Frees a body whose tables were allocated with g_malloc, each by itself
 * (g_array_steal makes such); not the strings.  body may be NULL.
 */
void body_free(struct fact_body *body);

/* What an operand is an index of, or OPERAND_NONE if it is not used. */
enum operand {
	OPERAND_NONE,
	OPERAND_NUMBER,		/* of no table */
	OPERAND_EXPR,
	OPERAND_LOCAL,
	OPERAND_GLOBAL,
	OPERAND_FUNCTION,
	OPERAND_FIELD,
	OPERAND_NODE,
	OPERAND_CASE,
};

struct expr_shape {
	enum operand a, b;
};

struct node_shape {
	enum operand a, b, extra;
};

enum {
	EXPR_OP_NR = EXPR_CAST + 1,
	NODE_KIND_NR = NODE_DEAD + 1,
};

/* op must be below EXPR_OP_NR. */
struct expr_shape expr_shape(unsigned op);

/* kind must be below NODE_KIND_NR. */
struct node_shape node_shape(unsigned kind);

#endif
