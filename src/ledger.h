/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ledger: what the result rests on, and what was counted. */
#ifndef XLA_LEDGER_H
#define XLA_LEDGER_H

#include "explore.h"
#include "reach.h"
#include "result.h"

/* Appends assumptions and stale levels to R and fills in its counts. */
void ledger_collect(const struct explorer *x, const struct reach *reach,
		    struct result *r);

#endif
