/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The levels that the run-time check had in force, one below the other, with
 * the locks that set them.  A write lock that a caller holds already sets no
 * level when it is taken again: what was in force before stays.
 */
#ifndef XLA_LEVELS_H
#define XLA_LEVELS_H

#include <stdbool.h>
#include <stdint.h>

#include "explore.h"
#include "mapping.h"

struct levels;

/* A chain's number; 0: the level that was in force on entry. */
typedef uint32_t level_chain;

/* X and MAP are borrowed and must outlive it. */
struct levels *levels_new(struct explorer *x, struct mapping *map);
void levels_free(struct levels *l);

/* What is in force at AT. */
level_chain levels_at(struct levels *l, const struct state *at);

/* CHAIN, of E's callee, as E's caller sees it. */
level_chain levels_above(struct levels *l, const struct call_edge *e,
			 level_chain chain);

/* The class (index + 1) that is in force; 0: that of the entry. */
uint32_t levels_class(const struct levels *l, level_chain chain);

/*
 * What is in force if the lock on top of CHAIN is one that a caller holds; 0 if
 * it is none.
 */
level_chain levels_or(const struct levels *l, level_chain chain);

/*
 * Is the level that callers see in force below LEVEL only if they do not hold
 * the locks on top of CHAIN already?
 */
bool levels_may_show(const struct levels *l, level_chain chain, int level);

/* Is the level on top of CHAIN at least LEVEL? */
bool levels_shows(const struct levels *l, level_chain chain, int level);

/*
 * Chains that callers' locks shorten in the same way, as far as is known, have
 * one key: what differs in it must not be joined.
 */
uint32_t levels_key(const struct levels *l, level_chain chain);

#endif
