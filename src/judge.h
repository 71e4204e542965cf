/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end of check and audit: their common options, the baseline, the report
 * and the exit status.
 */
#ifndef XLA_JUDGE_H
#define XLA_JUDGE_H

#include <glib.h>

#include "options.h"
#include "result.h"

struct judge_options {
	char *rule, *format, *output, *baseline, *write_baseline, *fail_on,
	     *scope, *model;
	gboolean allow_incomplete;
};

/* Rows that fill *o, for struct usage; for g_free. */
GOptionEntry *judge_rows(struct judge_options *o);

/* After parsing: sets defaults, checks values.  -1 with a message. */
int judge_check_options(struct judge_options *o);
void judge_release(struct judge_options *o);

/* Marks what the baseline knows, decides the outcome, writes the report and
 * the new baseline.  Returns an enum exit_status. */
int judge_report(const struct judge_options *o, const struct options *common,
		 struct result *r);

/* Decides the outcome as check does without options. */
void judge_outcome(struct result *r);

#endif
