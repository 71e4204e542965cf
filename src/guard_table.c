/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Many acquisitions have one guard.  All guards are mapped at one call before
 * the next one: what that needs is at hand then.
 */
#include "guard_table.h"

#include "nummap.h"

struct guard_table {
	GPtrArray *call;	/* const struct call_edge *, borrowed */
	GArray *guard;		/* uint32_t */
	struct nummap *row_of;	/* guard -> index + 1 */
	struct mapped_guard *at; /* by guard, then by call */
};

struct guard_table *guard_table_new(void)
{
	struct guard_table *t = g_new0(struct guard_table, 1);

	t->call = g_ptr_array_new();
	t->guard = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	t->row_of = nummap_new();
	return t;
}

void guard_table_free(struct guard_table *t)
{
	g_ptr_array_unref(t->call);
	g_array_unref(t->guard);
	nummap_free(t->row_of);
	g_free(t->at);
	g_free(t);
}

void guard_table_add_call(struct guard_table *t, const struct call_edge *e)
{
	g_ptr_array_add(t->call, (gpointer)e);
}

void guard_table_add_guard(struct guard_table *t, uint32_t guard)
{
	uint32_t *row = nummap_at(t->row_of, guard);

	if (*row)
		return;
	g_array_append_val(t->guard, guard);
	*row = t->guard->len;
}

void guard_table_map(struct guard_table *t, struct mapping *m)
{
	size_t calls = t->call->len;

	t->at = g_new(struct mapped_guard, t->guard->len * calls);
	for (uint32_t i = 0; i < calls; i++)
		for (uint32_t row = 0; row < t->guard->len; row++)
			t->at[row * calls + i] = mapping_guard(
				m, guard_table_call(t, i),
				g_array_index(t->guard, uint32_t, row));
}

uint32_t guard_table_calls(const struct guard_table *t)
{
	return t->call->len;
}

const struct call_edge *guard_table_call(const struct guard_table *t,
					 uint32_t call)
{
	return g_ptr_array_index(t->call, call);
}

struct mapped_guard guard_table_at(const struct guard_table *t,
				   uint32_t guard, uint32_t call)
{
	size_t row = *nummap_at(t->row_of, guard) - 1;

	return t->at[row * t->call->len + call];
}
