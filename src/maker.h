/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records that one function makes, and one variable points to: of a member
 * that the maker alone stores to, and only an argument of its own, the value is
 * what the variable's one record was made with.  So xmalloc's pool gets its
 * memory from the heap, whatever other pools get theirs from.
 */
#ifndef XLA_MAKER_H
#define XLA_MAKER_H

#include "term.h"

struct program;
struct makers;

struct makers *makers_new(const struct program *p, struct terms *t);
void makers_free(struct makers *m);

/* The value at ADDRESS, a function's address or a number; 0: it is not such a
 * member. */
term_id makers_load(const struct makers *m, term_id address);

#endif
