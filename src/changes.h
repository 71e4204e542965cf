/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What one result has that another has not, by identity: so lines that move,
 * files that are renamed and code that is unrelated make no difference.
 */
#ifndef XLA_CHANGES_H
#define XLA_CHANGES_H

#include "result.h"

/* Two that are one by identity, but not judged alike. */
struct change_pair {
	const void *base, *head;	/* struct ordering, or struct finding */
};

struct change_set {
	GPtrArray *added;	/* of head; borrowed */
	GPtrArray *removed;	/* of base; borrowed */
	GArray *changed;	/* struct change_pair: verdict or worlds */
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
