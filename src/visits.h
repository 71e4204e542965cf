/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The nodes that one search for ways has visited, and the ways they end. */
#ifndef XLA_VISITS_H
#define XLA_VISITS_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "nummap.h"
#include "upgraph.h"

struct visit {
	uint32_t node, edge, from; /* FROM: index + 1 of the visit before */
	uint32_t older;		/* index + 1 of the last one in that function
				 * where the same is told */
};

struct visits {
	struct handup *h;
	struct upgraph *g;
	GArray *list;		/* struct visit: to be read only */
	uint32_t search;
	/* For visits.c: */
	GArray *chain;
	struct nummap *chain_of; /* (function, told) -> number + 1 */
};

/* H and G are borrowed and must outlive it. */
struct visits *visits_new(struct handup *h, struct upgraph *g);
void visits_free(struct visits *v);

/* A search begins: nothing has been visited. */
void visits_begin(struct visits *v);

/* Has NODE been visited, or does no way lead on from it? */
bool visits_have(const struct visits *v, uint32_t node);

/*
 * Has a node of the same function been visited where the same is told, and no
 * more is needed, and a guard asks for less?  All ways that lead on from S
 * lead on from that one.
 */
bool visits_cover(struct visits *v, const struct up_spot *s);

/* How many nodes of S's function, where the same is told, were visited. */
uint32_t visits_count_alike(struct visits *v, const struct up_spot *s);

/* NODE, EDGE and FROM of NEW are visited. */
void visits_add(struct visits *v, struct visit new);

/*
 * Appends to WAYS, of ways_new(), what visit INDEX, of S, ends, if ways that A
 * may come about on can begin there.  False: there is none, or one of WAYS
 * tells the same.
 */
bool visits_end(const struct visits *v, uint32_t index,
		const struct up_spot *s, const struct acquisition *a,
		GArray *ways);

/* Does one of WAYS tell what WAY does, in as good a context? */
bool visits_know(const GArray *ways, const struct way *way);

/*
 * Is nothing left to be told at S, and has a way that tells the same, and
 * needs no more, been found?
 */
bool visits_tell(const struct visits *v, const struct up_spot *s,
		 const GArray *ways);

#endif
