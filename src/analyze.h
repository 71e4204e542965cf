/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The analysis: from facts to orderings and the ledger. */
#ifndef XLA_ANALYZE_H
#define XLA_ANALYZE_H

#include "facts.h"
#include "model.h"
#include "result.h"

/*
 * Orderings without verdicts, lock classes, stale levels, assumptions and
 * counts; sorted.  Never NULL; to be given to result_free.  Cannot fail.
 * JOBS: so many processes at the same time; the result is the same.
 */
struct result *analyze(const struct facts *f, const struct model *m,
		       unsigned jobs);

struct handup;
struct reach;

/* Asks the analysis something while all that it knows is there. */
typedef void analyze_ask_fn(void *context, struct handup *h,
			    const struct reach *reach, struct result *r);

/* As analyze(); ASK, if not NULL, is called in between. */
struct result *analyze_and_ask(const struct facts *f, const struct model *m,
			       unsigned jobs, analyze_ask_fn *ask,
			       void *context);

#endif
