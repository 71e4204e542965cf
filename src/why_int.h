/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the why*.c files. */
#ifndef XLA_WHY_INT_H
#define XLA_WHY_INT_H

#include "cfg.h"
#include "program.h"
#include "why.h"
#include "why_trace.h"

/* A call on the way from the holder. */
struct why_step {
	fact_id function;
	uint32_t node;
};

struct asker {
	struct handup *h;
	struct explorer *x;
	const struct program *p;
	const struct reach *reach;
	struct result *r;
	const struct why_request *q;
	uint32_t held, acquired; /* its classes, as the analysis numbers them */
	struct cfg *cfg;
	struct why_answer *answer;
	uint8_t *reaches[2];	/* per function, by calls alone: the held lock's
				 * acquisition, the acquired one's */
	fact_id through;	/* acquisitions that lead through it count; 0:
				 * all */
	GHashTable *trace;	/* function -> struct trace * */
	GArray *path;		/* struct why_step: of the reasons to come */
	bool takes_none;	/* they are of calls that take no lock at all */
	GPtrArray *none_taken;	/* struct why_reason *: of these */
};

enum { REACHES_HELD, REACHES_ACQUIRED };

/* The class that the call at NODE of FUNCTION acquires if it is one of TARGET;
 * 0: none. */
uint32_t why_acquires(const struct asker *k, fact_id function, uint32_t node,
		      fact_id target);

/* Is the lock that is asked for held at S? */
bool why_holds(const struct asker *k, const struct state *s);

const struct trace *why_trace(struct asker *k, fact_id function);

/* A reason at NODE of FUNCTION; TEXT is handed over. */
void why_add(struct asker *k, enum why_kind kind, fact_id function,
	     uint32_t node, char *text);

/* Why is no call of TARGET at NODE (IF_HELD: with the lock held)? */
void why_no_call(struct asker *k, fact_id function, uint32_t node,
		 fact_id target, bool if_held);
/* Why does nothing get from where the lock is held to NODE, or out? */
void why_cuts(struct asker *k, fact_id function, uint32_t node, bool if_held);

/* A is acquired in E's callee: why not as E's caller sees it?  False: it is. */
bool why_not_handed_up(struct asker *k, const struct call_edge *e,
		       const struct acquisition *a);

/* INNER, which the callee of OUTER makes, asks for GUARD; OUTER excludes that:
 * by what?  Told at INNER if it is asked for further down. */
void why_call_excluded(struct asker *k, const struct call_edge *outer,
		       const struct call_edge *inner, uint32_t guard);

/* Does A count? */
bool why_counts(const struct asker *k, const struct acquisition *a);

/* Why has a pair whose guard is this no way to FUNCTION from an entry point? */
void why_no_way(struct asker *k, const struct pair *p);

#endif
