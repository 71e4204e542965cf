/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the program*.c files. */
#ifndef XLA_PROGRAM_INT_H
#define XLA_PROGRAM_INT_H

#include "program.h"

/* Sets what the model says of P, which has its facts and its model. */
void program_resolve_model(struct program *p);
void program_free_model(struct program *p);

/* Nameless structs and unions in a record have its name; what is in them is a
 * member of that record, and no step of an address (extract_expr.c). */
bool program_is_around(const struct facts *f, fact_id record, fact_id inner);

/* The number of a global among members: after all fields. */
static inline uint32_t program_global_member(const struct program *p,
					     fact_id global)
{
	return p->f->field->len + global;
}

/*
 * Adds to each function's set, of so many WORDS, those of what it calls.
 * Approximation: what runs asynchronously changes memory as other CPUs do,
 * whose stores are not seen either.
 */
void program_close_over_calls(const struct program *p, size_t words,
			      uint64_t *sets);

#endif
