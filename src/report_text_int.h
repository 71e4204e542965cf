/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Private to the files of report_text. */
#ifndef XLA_REPORT_TEXT_INT_H
#define XLA_REPORT_TEXT_INT_H

#include <stdio.h>

#include "report.h"

/* How many domains' locks nest; that none do is told, too. */
void report_text_nesting(FILE *out, const struct result *r);

/* The order into which all orderings fit; nothing if there is a violation. */
void report_text_proof(FILE *out, const struct result *r);

#endif
