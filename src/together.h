/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Members that are stored together: "if (x->kind == A) x->call()" calls what
 * was stored to call where A was stored to kind.
 */
#ifndef XLA_TOGETHER_H
#define XLA_TOGETHER_H

#include "facts.h"
#include "pointsto.h"

/* What is known of a member beside the one that is called. */
struct member_test {
	fact_id field;
	bool is_equal;		/* else: it is not VALUE */
	int64_t value;
};

/*
 * What was asked, on all ways to the call at NODE of FUNCTION, of the record
 * whose member is called: struct member_test.  To be freed.
 */
GArray *together_tests(const struct facts *f, struct writes *w,
		       fact_id function, uint32_t node);

/* Did the store REF, made by those calls, set another member of the record so
 * that one of the tests fails? */
bool together_contradicts(struct pointsto *pt, const struct facts *f,
			  const GArray *tests, const struct node_ref *ref,
			  const struct call_string *calls);

#endif
