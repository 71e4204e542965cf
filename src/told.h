/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is told of a pair of locks on the way from the holder to an entry
 * point: whose they are, as far as the states at the calls tell.
 */
#ifndef XLA_TOLD_H
#define XLA_TOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "handup.h"
#include "way.h"

/* The names are in the terms of one function. */
struct told {
	term_id held_owner, acquired_owner;
	term_id held_object, acquired_object;
	uint32_t may_be_same;	/* the two locks, as far as is known */
	level_chain level;	/* the one in force, as long as callers decide
				 * whether it is below the held lock's; or
				 * TOLD_SHOWN; else 0 */
	int held_level;		/* if LEVEL is one */
	struct way_view view;	/* but for flags */
};

/* The level in force is at least the held lock's. */
#define TOLD_SHOWN UINT32_MAX

/* In the holder of P.  WITH_LEVELS: of the level in force, too. */
struct told told_first(struct handup *h, const struct pair *p,
		       bool with_levels);

/* A name that the pair has, and what is known of it at some place. */
struct told_name {
	term_id name;		/* 0: it has none there */
	uint8_t role, control;	/* of owners: enum owner_role, enum tristate */
	uint8_t instance;	/* of objects: enum instance */
	bool has_instances;	/* ..., and whether there is a choice */
};

struct told_names {
	struct told_name held_owner, acquired_owner;
	struct told_name held_object, acquired_object;
	/* Of two of them, as far as it is asked for: */
	uint8_t relation;	/* enum relation: of the owners */
	uint8_t same;		/* enum tristate: are the objects one? */
	uint8_t excludes_control; /* through the acquired lock's owner it is
				 * known that the held lock's is no control
				 * domain */
};

/* What the callee of E calls so, in the caller. */
struct told_name told_owner_above(struct handup *h, const struct call_edge *e,
				  term_id owner);
struct told_name told_object_above(struct handup *h, const struct call_edge *e,
				   term_id object);
/* The state AT is known to say of two of NAMES what N asks for. */
void told_relate(const struct explorer *x, const struct state *at,
		 const struct told *n, struct told_names *names);

/* UP is what N, of E's callee, is in the caller.  False: the two turn out to be
 * one lock. */
bool told_above(struct handup *h, const struct call_edge *e,
		const struct told *n, struct told *up);
/* The same of an N that has no level, in a caller where NAMES are its names. */
bool told_with_names(const struct told *n, const struct told_names *names,
		     struct told *up);

/* Is nothing left that could be told of the pair further up? */
bool told_is_final(const struct told *n);

#endif
