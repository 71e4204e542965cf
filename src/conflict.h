/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of the literals that occur in guards contradict each other. */
#ifndef XLA_CONFLICT_H
#define XLA_CONFLICT_H

#include <stdbool.h>
#include <stdint.h>

#include "explore.h"

struct conflicts;

/* X is borrowed and must outlive it. */
struct conflicts *conflicts_new(const struct explorer *x);
void conflicts_free(struct conflicts *c);

/* The literal with its number in the lower half: they sort as literals do. */
uint64_t conflicts_ref(struct conflicts *c, uint32_t literal);
#define REF_LITERAL(ref) ((uint32_t)((ref) >> 32))

/*
 * Can NR literals, ascending, hold together?  If not, *ASSERTED tells whether
 * the first pair that cannot has one that only an assertion asks for.
 */
bool conflicts_allow(struct conflicts *c, const uint64_t *ref, uint32_t nr,
		     bool *asserted);

#endif
