/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What one result has that another has not, by identity: so lines that move,
 * files that are renamed and code that is unrelated make no difference.
 *
 * A finding's identity depends on all locks of its group.  One of head is added
 * only if it has an ordering that no finding of its kind has in base; if it has
 * none, it is a group of base that got smaller, and is changed.  In the same
 * way one of base whose orderings are all told of in head is not removed.
 *
 * A finding that the source justifies in base but not in head is added.
 */
#ifndef XLA_CHANGES_H
#define XLA_CHANGES_H

#include "result.h"

/* Two that are one, but not alike. */
struct change_pair {
	const void *base, *head;	/* struct ordering, or struct finding */
};

struct change_set {
	GPtrArray *added;	/* of head; borrowed */
	GPtrArray *removed;	/* of base; borrowed */
	GArray *changed;	/* struct change_pair: verdict, worlds, group */
};

struct changes {
	struct change_set orderings, findings, assumptions;
};

/* Both results are sorted, judged, with findings, and live longer than what is
 * returned.  Cannot fail. */
struct changes *changes_make(const struct result *base,
			     const struct result *head);
void changes_free(struct changes *c);

#endif
