/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a series changes, for people and for programs.  Neither writer can
 * fail; both fit judge_write, with a struct gate_report as data.
 */
#ifndef XLA_REPORT_GATE_H
#define XLA_REPORT_GATE_H

#include <stdio.h>

#include "gate.h"
#include "report.h"

/* A commit of the series that was compared with its parent. */
struct gate_row {
	const struct git_commit *commit;
	unsigned added, removed, changed; /* findings */
};

struct gate_report {
	const struct gate_comparison *comparison;
	const GArray *rows;	/* struct gate_row; NULL: not one by one */
	const struct git_commit *first;	/* the first one with a finding that
				 * counts: what comparison is of; or NULL */
};

void report_gate_text(FILE *out, const void *data,
		      const struct report_style *style);
void report_gate_json(FILE *out, const void *data,
		      const struct report_style *style);

#endif
