/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of entry points, for people: each with its kind and reason. */
#ifndef XLA_ENTRY_H
#define XLA_ENTRY_H

#include "explore.h"
#include "reach.h"
#include "result.h"

/* By enum entry_kind. */
extern const char *const entry_kind_words[];

/* Appends those of REACH to r->entries. */
void entry_points_collect(const struct explorer *x, const struct reach *reach,
			  struct result *r);

#endif
