/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The forms in which a comparison is written. */
#ifndef XLA_COMPARISON_REPORT_H
#define XLA_COMPARISON_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "comparison.h"

/* ALL: orderings that every rule admits are shown, too. */
void comparison_text(FILE *out, const struct comparison *cmp,
		     const struct result *r, bool all);
void comparison_json(FILE *out, const struct comparison *cmp,
		     const struct result *r, bool all);

#endif
