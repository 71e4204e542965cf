/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a result without violations shows: an order of (class, owner role) into
 * which the orderings of a running host fit, so that a reader can check it.
 */
#ifndef XLA_PROOF_H
#define XLA_PROOF_H

#include "lockorder.h"

struct proof_step {
	const GArray *node;	/* uint32_t: of the graph; of several no order
				 * is fixed, and they have one class */
	guint after;		/* orderings that lead here from steps before */
	guint before;		/* ... from here to later ones */
	guint within;		/* ... that stay in the step */
};

struct proof {
	struct lockorder *graph; /* of the orderings that fit */
	GPtrArray *steps;	/* as lockorder_steps() gives them */
	GArray *step;		/* struct proof_step */
	guint ordering_nr;	/* that fit, of all worlds */
	guint conditional_nr;	/* that are in order in some worlds only */
	GArray *outside;	/* guint: those of them that do not fit */
	guint assumption_nr, blocking_nr;
	bool is_complete;	/* nothing is outside, and the ledger does not
				 * stand against it */
};

/* NULL if an ordering of a running host is a violation.  R is borrowed. */
struct proof *proof_new(const struct result *r);
void proof_free(struct proof *p);

#endif
