/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Acquisitions are handed up, along call edges, through every function that
 * may run under a lock, each with a guard: what must hold on entry for it to
 * come about.  At each call on the way, and where it happens, an acquisition
 * is paired with the locks that this very activation holds: it is the holder,
 * the deepest one that spans both events.  This is the bottom-up part of
 * RacerX (Engler and Ashcraft, SOSP 2003), with guards as in Saturn (Xie and
 * Aiken, POPL 2005).
 */
#ifndef XLA_HANDUP_H
#define XLA_HANDUP_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "explore.h"
#include "levels.h"
#include "mapping.h"
#include "nummap.h"
#include "numset.h"
#include "reach.h"

/* An acquisition, as a function sees it: its own, or one of a callee. */
struct acquisition {
	const struct event *event;
	struct lock_view view;	/* of the lock acquired */
	term_id object, owner;	/* in the function's terms; 0: has no name */
	level_chain level;	/* in force, in the function's terms */
	uint32_t released;	/* set of objects: of the locks that callers
				 * hold, released by then */
	uint32_t asks;		/* set: what was asked for by then (asks.h) */
	uint32_t guard;		/* set of literals */
	uint32_t flags;		/* enum state_flags */
	bool elsewhere;		/* another CPU acquires it, which is waited
				 * for */
	bool aside;		/* others asked for what acquires it */
	uint32_t asked;		/* the literal that says with which callback,
				 * until a caller decides it */
	enum context context;	/* of the calls on the way, if not running */
	fact_id site_function;	/* 0: still inside the lock header */
	uint32_t site_line;
	uint32_t edge;		/* through which it comes: id + 1; 0: it is of
				 * this function */
	uint32_t inner;		/* index among the callee's */
	uint32_t depth;
	bool dead;		/* a weaker guard stands for it */
};

/* A lock that is held, and an acquisition under it. */
struct pair {
	fact_id holder;
	const struct state *at;	/* of the holder, at the call or event */
	struct held held;
	struct acquisition acquired;
	bool same_object;
	bool dead;
	uint32_t made;		/* a set: what the acquisition asks of values
				 * that the holder has made */
	enum relation relation;	/* of the owners, as the holder knows */
};

struct handup {
	struct explorer *x;
	const struct reach *reach;
	struct numsets *sets;
	GPtrArray *edge;	/* struct call_edge *, by id */
	GPtrArray **callers;	/* per function: struct call_edge * */
	GArray **acquired;	/* per function: struct acquisition */
	GArray *pair;		/* struct pair */
	GPtrArray *variant;	/* struct pair *: variant.h */
	struct mapping *map;
	struct levels *levels;
	/* While they are handed up: */
	struct guard_groups *groups; /* of acquisitions */
	struct guard_groups *pair_groups;
	GArray *arguments;	/* uint32_t: by guard, its argument part + 1 */
	struct nummap *asked;	/* (edge, asks of the callee) -> those above + 1 */
	/* For good: */
	uint8_t *under_lock;	/* per function: some caller may hold a lock */
	uint32_t *handed;	/* per function: so many are handed up */
	uint64_t pruned;
	struct nummap *owner_known; /* (edge, owner) -> what told.c knows of it */
};

/* X and REACH are borrowed; both must outlive it. */
struct handup *handup_new(struct explorer *x, const struct reach *reach);
void handup_free(struct handup *h);

/* The callers' locks that are released at AT, and those of MORE: sets of
 * objects. */
uint32_t handup_released_at(struct handup *h, const struct state *at,
			    uint32_t more);
/* A set of objects of E's callee in the terms of E's caller; those without a
 * name vanish. */
uint32_t handup_map_released(struct handup *h, const struct call_edge *e,
			     uint32_t set);

/* By its id, which is that of an acquisition or way. */
const struct call_edge *handup_edge(const struct handup *h, uint32_t id);

#endif
