/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A finding or an ordering as a reviewer would write it to a mailing list: no
 * line is wider than 72 columns, and nothing needs a file at hand.
 */
#ifndef XLA_REPORT_MAIL_H
#define XLA_REPORT_MAIL_H

#include <stdio.h>

#include "result.h"

/* The first of its orderings, and what the others are. */
void report_mail_finding(FILE *out, const struct result *r,
			 const struct finding *f);

void report_mail_ordering(FILE *out, const struct result *r,
			  const struct ordering *o);

#endif
