/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The value of an expression in a state. */
#ifndef XLA_VALUE_H
#define XLA_VALUE_H

#include "result.h"
#include "state.h"
#include "term.h"

/* Values made at a node, from this number on, are indices not known. */
enum { FRESH_INDEX = 1000 };

struct program;
struct slice;

struct evaluator {
	const struct program *p;
	struct terms *t;
	const struct fact_body *b;
	const struct slice *slice;
	uint32_t node;		/* makes the values that are not known */
	bool null_access;	/* set by value_of: it loads through a null
				 * pointer, so the path does not exist */
};

/* EXPR's value; never 0. */
term_id value_of(struct evaluator *e, const struct state *s,
		 uint32_t expr);
/* A term_load_fn that knows the model's invariants; CONTEXT is a program. */
term_id value_simplify_load(const void *context, struct terms *t,
			    term_id address);

/* The value at ADDRESS. */
term_id value_load(const struct program *p, struct terms *t,
		   const struct state *s, term_id address);

/* The domain that owns a lock object by where it lies; unknown if it is not
 * in a record that the model names. */
term_id value_owner(const struct program *p, struct terms *t,
		    const struct state *s, term_id object);
/* Can a lock object lie in a table of some kind, as far as is known? */
bool value_has_instances(const struct program *p, const struct terms *t,
			 term_id object);
/* The kind of the table that a lock object lies in. */
enum instance_kind value_instance(const struct program *p, struct terms *t,
				  const struct state *s, term_id object);
enum owner_role value_role(const struct program *p, struct terms *t,
			   const struct state *s, term_id owner);
/* Is OWNER a control domain? */
enum tristate value_is_control(const struct program *p, struct terms *t,
			       const struct state *s, term_id owner);
/*
 * Is OTHER the value, not null, of a member of OWNER that no control domain
 * has, by the model's implications?  (A fork's parent.)
 */
bool value_excludes_control(const struct program *p, struct terms *t,
			    const struct state *s, term_id owner,
			    term_id other);
/* Do two locks belong to one domain? */
enum relation value_relation(const struct program *p, struct terms *t,
			     const struct state *s, term_id a, term_id b);
/* The domain of the vCPU that runs. */
term_id value_current_domain(const struct program *p, struct terms *t);

#endif
