/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guards of what a function acquires, and what they are at its calls. */
#ifndef XLA_GUARD_TABLE_H
#define XLA_GUARD_TABLE_H

#include "explore.h"
#include "mapping.h"

struct guard_table;

struct guard_table *guard_table_new(void);
void guard_table_free(struct guard_table *t);

/* E, a call of the function, is borrowed and must outlive the table. */
void guard_table_add_call(struct guard_table *t, const struct call_edge *e);
void guard_table_add_guard(struct guard_table *t, uint32_t guard);

/* Finds out what each guard added is at each call added, once. */
void guard_table_map(struct guard_table *t, struct mapping *m);

uint32_t guard_table_calls(const struct guard_table *t);
/* By its index, in the order in which they were added; the table's. */
const struct call_edge *guard_table_call(const struct guard_table *t,
					 uint32_t call);
/* Once mapped: a GUARD that was added, at the call of that index. */
struct mapped_guard guard_table_at(const struct guard_table *t,
				   uint32_t guard, uint32_t call);

#endif
