/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ledger for people: entries of one identity are one row. */
#ifndef XLA_LEDGER_FOLD_H
#define XLA_LEDGER_FOLD_H

#include "result.h"

struct ledger_row {
	const struct assumption *first;	/* kind, what, file, effect; borrowed */
	GArray *lines;		/* uint32_t, ascending */
	guint64 count;		/* of all */
};

/* struct ledger_row *, in the order of the ledger; for g_ptr_array_unref. */
GPtrArray *ledger_fold(const struct result *r);

/* Calls use for each function that the row's text may be about. */
void ledger_row_functions(const struct ledger_row *row,
			  void (*use)(const char *function, void *data),
			  void *data);

#endif
