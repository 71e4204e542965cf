/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A callee's terms in terms of its caller. */
#ifndef XLA_SUBST_H
#define XLA_SUBST_H

#include <stdbool.h>

#include <glib.h>

#include "state.h"
#include "term.h"

struct program;

struct subst {
	const struct program *p;
	struct terms *t;
	const struct state *at;	/* the caller's state: what loads yield */
	const GArray *arg;	/* term_id: what the callee's symbols are */
	uint32_t node;		/* the call, which names the callee's values */
	GArray *fresh;		/* term_id: values made inside the callee */
	bool is_inside;		/* set: the term has such a value in it */
};

void subst_init(struct subst *m, const struct program *p, struct terms *t,
		const struct state *at, const GArray *arg, uint32_t node);
void subst_release(struct subst *m);

/* ID, of the callee, in the caller's terms; 0 stays 0. */
term_id subst_term(struct subst *m, term_id id);

/*
 * Is ID, an integer or boolean of the callee, not zero?  What the lockset and
 * the facts of the caller say of it.  *MAPPED is it in the caller's terms.
 */
enum tristate subst_truth(struct subst *m, term_id id, term_id *mapped);

#endif
