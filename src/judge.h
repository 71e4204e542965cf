/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end of check and audit: their common options, the baseline, the report
 * and the exit status.
 */
#ifndef XLA_JUDGE_H
#define XLA_JUDGE_H

#include <stdio.h>

#include <glib.h>

#include "options.h"
#include "result.h"

struct report_style;

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

/* The parts of it.  Marks what the baseline knows, writes the new baseline; -1
 * with a message. */
int judge_baseline(const struct judge_options *o, struct result *r);

/* Sets the outcome of r by some of its findings; returns an exit status. */
int judge_decide(const struct judge_options *o, struct result *r,
		 const GPtrArray *findings);

/* Has write write the report, with data; -1 with a message. */
int judge_write(const struct judge_options *o, const struct options *common,
		void (*write)(FILE *out, const void *data,
			      const struct report_style *style),
		const void *data);

/* Decides the outcome as check does without options. */
void judge_outcome(struct result *r);

#endif
