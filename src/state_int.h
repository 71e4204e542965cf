/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the state*.c files. */
#ifndef XLA_STATE_INT_H
#define XLA_STATE_INT_H

#include "state.h"

/* The index of the first binding whose key is not below KEY.  A term is made
 * after what it is made of, so bindings of what KEY is part of follow. */
guint bindings_place(const GArray *b, term_id key);

typedef bool keep_fn(void *context, const struct binding *b);

/* Those that KEEP does not keep are gone. */
void bindings_filter(GArray *bindings, keep_fn *keep, void *context);

/* The member whose value lies at ADDRESS; 0 if it is no member's. */
uint32_t state_member_at(const struct terms *t, term_id address);
/* What an address is inside of, members and elements stripped. */
term_id state_root_of(const struct terms *t, term_id address);

/* Bytes of the bit set of members that may have been written. */
size_t state_written_size(const struct state *s);

/* So many literals fill a guard of S. */
unsigned state_guard_max(const struct state *s);
/* A guard of MAX literals is full: LITERAL is not added. */
void state_insert_literal(GArray *guard, uint32_t literal, unsigned max);

#endif
