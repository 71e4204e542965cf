/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For which locks all ways to a place have asked the run-time check, whether
 * they are still held or not: where one was out of order, the host has stopped
 * there.  Such sets are hash-consed; 0 is the empty one.
 */
#ifndef XLA_ASKS_H
#define XLA_ASKS_H

#include <stdbool.h>
#include <stdint.h>

#include "state.h"

enum ask_kind {
	ASK_SURE,		/* it was asked for */
	ASK_UNLESS_HELD,	/* ..., unless callers held OBJECT already, which
				 * is of that class */
	ASK_OR_HELD,		/* of OBJECT: the one or the other */
	ASK_ITSELF,		/* the same of the lock that is acquired, which
				 * may have no name by now */
};

struct ask {
	enum ask_kind kind;
	struct level force;	/* in force then; class and owner 0: what was in
				 * force on entry */
	uint32_t class;		/* of the lock, index + 1; 0 of ASK_OR_HELD: it
				 * is held, of whichever class */
	term_id owner;		/* its owner, 0 of ASK_OR_HELD; of ASK_ITSELF
				 * all three are 0 */
	term_id object;		/* 0: has no name */
};

struct asks;

/* T is borrowed and must outlive it. */
struct asks *asks_new(const struct terms *t);
void asks_free(struct asks *k);

/* Does ID mean one thing, until a value in it is made again? */
bool asks_is_name(const struct asks *k, term_id id);

/* SET and ASK; SET alone if ASK speaks of what has no name. */
uint32_t asks_add(struct asks *k, uint32_t set, const struct ask *ask);
/* Those of SET that callers understand, too. */
uint32_t asks_lasting(struct asks *k, uint32_t set);
/* SET, and that the lock OBJECT, which is acquired, is one of SET's. */
uint32_t asks_itself(struct asks *k, uint32_t set, term_id object);

typedef bool asks_keep_fn(void *context, const struct ask *ask);
uint32_t asks_filter(struct asks *k, uint32_t set, asks_keep_fn *keep,
		     void *context);
/* What both have asked for. */
uint32_t asks_meet(struct asks *k, uint32_t x, uint32_t y);
/* Those of SET that no lock of callers matters for. */
uint32_t asks_sure(struct asks *k, uint32_t set);

/* How many there are in SET, and the I-th; borrowed until the next is added. */
uint32_t asks_count(const struct asks *k, uint32_t set);
const struct ask *asks_at(const struct asks *k, uint32_t set, uint32_t i);

#endif
