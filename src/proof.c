/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The order is made from all orderings if they fit into one.  If they do not,
 * those that the rule admits in some worlds only are left out where they are
 * on a cycle, and each group of them that fits after all is taken in again,
 * larger groups first.
 */
#include "proof.h"

#include "result_table.h"

/* A set of indices, each plus 1. */
static bool is_in(const GHashTable *set, guint index)
{
	return g_hash_table_contains((GHashTable *)set,
				     GUINT_TO_POINTER(index + 1));
}

static bool is_not_left_out(const struct result *r, guint index,
			    const void *context)
{
	(void)r;
	return !is_in(context, index);
}

static bool has_violation(const struct result *r)
{
	for (guint i = 0; i < r->orderings->len; i++) {
		const struct ordering *o = r->orderings->pdata[i];

		if (o->context == CONTEXT_RUNNING &&
		    o->verdict == VERDICT_VIOLATION)
			return true;
	}
	return false;
}

/* The place of the node's step, or of all of them if it is in none. */
static guint step_of(const struct proof *p, const struct order_node *n)
{
	for (guint i = 0; i < p->steps->len; i++) {
		const GArray *step = p->steps->pdata[i];

		for (guint k = 0; k < step->len; k++) {
			const struct order_node *other = &g_array_index(
				p->graph->node, struct order_node,
				g_array_index(step, uint32_t, k));

			if (other->class == n->class &&
			    other->owner == n->owner &&
			    other->control == n->control)
				return i;
		}
	}
	return p->steps->len;
}

static struct proof_step *step_at(const struct proof *p, guint step)
{
	return &g_array_index(p->step, struct proof_step, step);
}

static void count_ordering(struct proof *p, guint from, guint to)
{
	p->ordering_nr++;
	if (from == to) {
		step_at(p, from)->within++;
		return;
	}
	step_at(p, from)->before++;
	step_at(p, to)->after++;
}

static void add_ordering(struct proof *p, const struct result *r, guint index,
			 bool tells_control)
{
	const struct ordering *o = r->orderings->pdata[index];
	struct order_node from, to;
	guint a, b;

	if (o->context != CONTEXT_RUNNING || o->same_object)
		return;
	p->conditional_nr += o->verdict == VERDICT_CONDITIONAL;
	lockorder_ends(o, tells_control, &from, &to);
	a = step_of(p, &from);
	b = step_of(p, &to);
	if (a < p->steps->len && b < p->steps->len && a <= b)
		count_ordering(p, a, b);
	else
		g_array_append_val(p->outside, index);
}

/* Puts the conditional orderings of an edge into the set, or takes them out. */
static void leave_out(GHashTable *set, const struct result *r,
		      const struct order_edge *e, bool out)
{
	for (guint i = 0; i < e->ordering->len; i++) {
		guint index = g_array_index(e->ordering, guint, i);
		const struct ordering *o = r->orderings->pdata[index];

		if (o->verdict != VERDICT_CONDITIONAL)
			continue;
		if (out)
			g_hash_table_add(set, GUINT_TO_POINTER(index + 1));
		else
			g_hash_table_remove(set, GUINT_TO_POINTER(index + 1));
	}
}

static int by_size(const void *left, const void *right)
{
	const struct order_edge *a = *(struct order_edge *const *)left;
	const struct order_edge *b = *(struct order_edge *const *)right;

	if (a->ordering->len != b->ordering->len)
		return a->ordering->len > b->ordering->len ? -1 : 1;
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return a->to < b->to ? -1 : a->to > b->to;
}

/* Takes the group in again unless that closes a cycle. */
static void try_again(GHashTable *set, const struct result *r,
		      const struct order_edge *e, bool tells_control)
{
	struct lockorder *graph;

	leave_out(set, r, e, false);
	graph = lockorder_new(r, is_not_left_out, set, tells_control);
	if (lockorder_has_conflict(graph))
		leave_out(set, r, e, true);
	lockorder_free(graph);
}

/* What is left out of the order, for g_hash_table_unref. */
static GHashTable *choose(const struct result *r, bool tells_control)
{
	GHashTable *set = g_hash_table_new(NULL, NULL);
	struct lockorder *all = lockorder_new(r, NULL, NULL, tells_control);
	GPtrArray *groups = g_ptr_array_new();

	for (guint i = 0; lockorder_has_conflict(all) && i < all->edge->len;
	     i++) {
		struct order_edge *e = all->edge->pdata[i];

		if (e->from == e->to ||
		    !lockorder_are_equal(all, e->from, e->to))
			continue;
		leave_out(set, r, e, true);
		g_ptr_array_add(groups, e);
	}
	g_ptr_array_sort(groups, by_size);
	for (guint i = 0; i < groups->len; i++)
		try_again(set, r, groups->pdata[i], tells_control);
	g_ptr_array_unref(groups);
	lockorder_free(all);
	return set;
}

static void make_steps(struct proof *p, const struct result *r,
		       bool tells_control)
{
	GHashTable *left_out = choose(r, tells_control);

	p->graph = lockorder_new(r, is_not_left_out, left_out, tells_control);
	g_hash_table_unref(left_out);
	p->steps = lockorder_steps(p->graph);
	p->step = g_array_new(FALSE, TRUE, sizeof(struct proof_step));
	p->outside = g_array_new(FALSE, FALSE, sizeof(guint));
	for (guint i = 0; i < p->steps->len; i++) {
		struct proof_step step = { .node = p->steps->pdata[i] };

		g_array_append_val(p->step, step);
	}
	for (guint i = 0; i < r->orderings->len; i++)
		add_ordering(p, r, i, tells_control);
}

static void release_steps(struct proof *p)
{
	lockorder_free(p->graph);
	g_ptr_array_unref(p->steps);
	g_array_unref(p->step);
	g_array_unref(p->outside);
	p->ordering_nr = p->conditional_nr = 0;
}

struct proof *proof_new(const struct result *r)
{
	struct proof *p;

	if (has_violation(r))
		return NULL;
	p = g_new0(struct proof, 1);
	make_steps(p, r, false);
	/* Locks of one role may stand on both sides of the bias. */
	if (lockorder_has_conflict(p->graph)) {
		release_steps(p);
		make_steps(p, r, true);
	}
	for (guint i = 0; i < r->assumptions->len; i++) {
		const struct assumption *a = r->assumptions->pdata[i];

		p->assumption_nr++;
		p->blocking_nr += a->blocks_proof;
	}
	p->is_complete = p->conditional_nr == 0 && p->outside->len == 0 &&
			 !lockorder_has_conflict(p->graph) &&
			 !result_is_incomplete(r);
	return p;
}

void proof_free(struct proof *p)
{
	if (!p)
		return;
	release_steps(p);
	g_free(p);
}
