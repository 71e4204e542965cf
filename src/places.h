/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where function pointers rest and flow: a graph of places (a member of a
 * record type, a global, a local, a function's result), closed under copies.
 */
#ifndef XLA_PLACES_H
#define XLA_PLACES_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "facts.h"

typedef uint32_t place_id;	/* 0: none */

/* What else than functions may rest in a place. */
enum place_flags {
	PLACE_OPEN = 1 << 0,	/* a value from nowhere known */
	PLACE_NULL = 1 << 1,	/* a constant */
	PLACE_FAR = 1 << 2,	/* what a pointer of unknown target leads to */
};

struct places;

/*
 * Places 1..NR-1.  TOLD is called with CONTEXT for each function that arrives
 * at a place, and each flag (function 0), with the number of each site that
 * was attached there; it may add to the graph.
 */
typedef void places_fn(uint32_t site, fact_id function, uint32_t flags,
		       void *context);
struct places *places_new(uint32_t nr, places_fn *told, void *context);
void places_free(struct places *w);

/* One more place, which holds functions only and no flags. */
place_id places_new_one(struct places *w);

void places_add_function(struct places *w, place_id to, fact_id function);
void places_add_flags(struct places *w, place_id to, uint32_t flags);

/* What rests at FROM may be copied to TO, and with it what it points to. */
void places_add_copy(struct places *w, place_id from, place_id to);

/* What rests at FROM is stored to where the pointers at POINTER lead. */
void places_add_store(struct places *w, place_id from, place_id pointer);

/* Tells SITE what rests at FROM, now and later. */
void places_attach(struct places *w, place_id from, uint32_t site);

/* Copies until nothing changes. */
void places_propagate(struct places *w);

#endif
