/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The graph is small, a node for each class and role at most: reachability is
 * Warshall's closure (JACM 9, 1962), the shortest cycle through an edge a
 * breadth-first search.
 */
#include "lockorder.h"

#include <string.h>

#include "nesting.h"
#include "result_table.h"
#include "result_words.h"

static void edge_free(void *data)
{
	struct order_edge *e = data;

	g_array_unref(e->ordering);
	g_free(e);
}

static struct order_node node_of(const struct lock_ref *lock,
				 bool tells_control)
{
	return (struct order_node){
		.class = lock->class, .owner = lock->owner,
		.control = tells_control ? lock->owner_control : TRI_UNKNOWN,
	};
}

/* What is known of one of two locks of a domain is known of both. */
static void unify(struct order_node *a, struct order_node *b)
{
	if (a->owner == OWNER_ANY || b->owner == OWNER_CURRENT)
		a->owner = b->owner;
	if (a->control == TRI_UNKNOWN)
		a->control = b->control;
}

void lockorder_ends(const struct ordering *o, bool tells_control,
		    struct order_node *from, struct order_node *to)
{
	*from = node_of(&o->held, tells_control);
	*to = node_of(&o->acquired, tells_control);
	if (!nesting_is_one_domain(o))
		return;
	unify(from, to);
	unify(to, from);
}

static int compare_node(const struct result *r, const struct order_node *a,
			const struct order_node *b)
{
	int x[] = { result_class(r, a->class)->level, (int)a->class,
		    (int)a->owner, (int)a->control };
	int y[] = { result_class(r, b->class)->level, (int)b->class,
		    (int)b->owner, (int)b->control };

	for (size_t i = 0; i < G_N_ELEMENTS(x); i++)
		if (x[i] != y[i])
			return x[i] < y[i] ? -1 : 1;
	return 0;
}

static const struct order_node *node_at(const struct lockorder *lo,
					uint32_t node)
{
	return &g_array_index(lo->node, struct order_node, node);
}

/* Where the node is, or ought to be. */
static uint32_t find_node(const struct lockorder *lo,
			  const struct order_node *n)
{
	uint32_t i = 0;

	while (i < lo->node->len &&
	       compare_node(lo->r, node_at(lo, i), n) < 0)
		i++;
	return i;
}

static void add_node(struct lockorder *lo, const struct order_node *n)
{
	uint32_t at = find_node(lo, n);

	if (at == lo->node->len || compare_node(lo->r, node_at(lo, at), n) != 0)
		g_array_insert_vals(lo->node, at, n, 1);
}

static struct order_edge *edge_at(const struct lockorder *lo, guint edge)
{
	return lo->edge->pdata[edge];
}

static void add_ordering(struct lockorder *lo, uint32_t from, uint32_t to,
			 guint ordering)
{
	struct order_edge *e;
	guint at = 0;

	while (at < lo->edge->len &&
	       (edge_at(lo, at)->from < from ||
		(edge_at(lo, at)->from == from && edge_at(lo, at)->to < to)))
		at++;
	if (at == lo->edge->len || edge_at(lo, at)->from != from ||
	    edge_at(lo, at)->to != to) {
		e = g_new0(struct order_edge, 1);
		e->from = from;
		e->to = to;
		e->ordering = g_array_new(FALSE, FALSE, sizeof(guint));
		g_ptr_array_insert(lo->edge, (int)at, e);
	}
	g_array_append_val(edge_at(lo, at)->ordering, ordering);
}

static bool is_wanted(const struct result *r, guint index,
		      lockorder_filter *filter, const void *context)
{
	const struct ordering *o = r->orderings->pdata[index];

	return o->context == CONTEXT_RUNNING && !o->same_object &&
	       (!filter || filter(r, index, context));
}

static void set_reaches(struct lockorder *lo)
{
	uint32_t nr = lo->node->len;

	lo->reaches = g_new0(uint8_t, (gsize)nr * nr + 1);
	for (guint i = 0; i < lo->edge->len; i++)
		lo->reaches[edge_at(lo, i)->from * nr + edge_at(lo, i)->to] = 1;
	for (uint32_t via = 0; via < nr; via++)
		for (uint32_t from = 0; from < nr; from++)
			for (uint32_t to = 0; to < nr; to++)
				lo->reaches[from * nr + to] |=
					lo->reaches[from * nr + via] &
					lo->reaches[via * nr + to];
}

struct lockorder *lockorder_new(const struct result *r,
				lockorder_filter *filter, const void *context,
				bool tells_control)
{
	struct lockorder *lo = g_new0(struct lockorder, 1);
	struct order_node from, to;

	lo->r = r;
	lo->node = g_array_new(FALSE, FALSE, sizeof(struct order_node));
	lo->edge = g_ptr_array_new_with_free_func(edge_free);
	for (guint i = 0; i < r->orderings->len; i++) {
		if (!is_wanted(r, i, filter, context))
			continue;
		lockorder_ends(r->orderings->pdata[i], tells_control, &from,
			       &to);
		add_node(lo, &from);
		add_node(lo, &to);
	}
	for (guint i = 0; i < r->orderings->len; i++) {
		if (!is_wanted(r, i, filter, context))
			continue;
		lockorder_ends(r->orderings->pdata[i], tells_control, &from,
			       &to);
		add_ordering(lo, find_node(lo, &from), find_node(lo, &to), i);
	}
	set_reaches(lo);
	return lo;
}

void lockorder_free(struct lockorder *lo)
{
	if (!lo)
		return;
	g_array_unref(lo->node);
	g_ptr_array_unref(lo->edge);
	g_free(lo->reaches);
	g_free(lo);
}

static bool does_reach(const struct lockorder *lo, uint32_t from, uint32_t to)
{
	return lo->reaches[from * lo->node->len + to] != 0;
}

bool lockorder_are_equal(const struct lockorder *lo, uint32_t a, uint32_t b)
{
	return a == b || (does_reach(lo, a, b) && does_reach(lo, b, a));
}

/* Does every node that leads to this one stand in a step, or with it? */
static bool is_next(const struct lockorder *lo, uint32_t node,
		    const uint8_t *placed)
{
	for (uint32_t i = 0; i < lo->node->len; i++)
		if (!placed[i] && does_reach(lo, i, node) &&
		    !lockorder_are_equal(lo, i, node))
			return false;
	return true;
}

static void array_unref(void *data)
{
	g_array_unref(data);
}

/* The first node that may come next, with those that it is equal to. */
static void add_step(const struct lockorder *lo, uint8_t *placed,
		     GPtrArray *steps)
{
	GArray *step = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	uint32_t first = 0;

	while (placed[first] || !is_next(lo, first, placed))
		first++;
	for (uint32_t i = first; i < lo->node->len; i++) {
		if (placed[i] || !lockorder_are_equal(lo, i, first))
			continue;
		placed[i] = 1;
		g_array_append_val(step, i);
	}
	g_ptr_array_add(steps, step);
}

GPtrArray *lockorder_steps(const struct lockorder *lo)
{
	GPtrArray *steps = g_ptr_array_new_with_free_func(array_unref);
	uint8_t *placed = g_new0(uint8_t, lo->node->len + 1);

	while (memchr(placed, 0, lo->node->len))
		add_step(lo, placed, steps);
	g_free(placed);
	return steps;
}

bool lockorder_has_conflict(const struct lockorder *lo)
{
	for (uint32_t a = 0; a < lo->node->len; a++)
		for (uint32_t b = a + 1; b < lo->node->len; b++)
			if (node_at(lo, a)->class != node_at(lo, b)->class &&
			    lockorder_are_equal(lo, a, b))
				return true;
	return false;
}

/* The edges of the shortest way from one node to another. */
static GArray *find_way(const struct lockorder *lo, uint32_t from, uint32_t to)
{
	GArray *way = g_array_new(FALSE, FALSE, sizeof(guint));
	guint *by = g_new0(guint, lo->node->len + 1); /* edge + 1 */
	GQueue work = G_QUEUE_INIT;

	g_queue_push_tail(&work, GUINT_TO_POINTER(from));
	while (!g_queue_is_empty(&work) && !by[to]) {
		uint32_t node = GPOINTER_TO_UINT(g_queue_pop_head(&work));

		for (guint i = 0; i < lo->edge->len; i++) {
			const struct order_edge *e = edge_at(lo, i);

			if (e->from != node || by[e->to])
				continue;
			by[e->to] = i + 1;
			g_queue_push_tail(&work, GUINT_TO_POINTER(e->to));
		}
	}
	g_queue_clear(&work);
	for (uint32_t node = to; by[node];
	     node = edge_at(lo, by[node] - 1)->from) {
		guint edge = by[node] - 1;

		g_array_prepend_val(way, edge);
		if (edge_at(lo, edge)->from == from)
			break;
	}
	g_free(by);
	return way;
}

static int level_of(const struct lockorder *lo, uint32_t node)
{
	return result_class(lo->r, node_at(lo, node)->class)->level;
}

static bool has_edge(const GArray *cycle, guint edge)
{
	for (guint i = 0; i < cycle->len; i++)
		if (g_array_index(cycle, guint, i) == edge)
			return true;
	return false;
}

/* Do cycles of equal length have the same edges? */
static bool is_known(const GPtrArray *cycles, const GArray *cycle)
{
	for (guint i = 0; i < cycles->len; i++) {
		const GArray *other = cycles->pdata[i];
		guint same = 0;

		for (guint k = 0; k < cycle->len; k++)
			same += has_edge(other, g_array_index(cycle, guint, k));
		if (other->len == cycle->len && same == cycle->len)
			return true;
	}
	return false;
}

GPtrArray *lockorder_cycles(const struct lockorder *lo)
{
	GPtrArray *cycles = g_ptr_array_new_with_free_func(array_unref);

	for (guint i = 0; i < lo->edge->len; i++) {
		const struct order_edge *e = edge_at(lo, i);
		GArray *cycle;

		if (level_of(lo, e->from) <= level_of(lo, e->to) ||
		    !does_reach(lo, e->to, e->from))
			continue;
		cycle = find_way(lo, e->to, e->from);
		g_array_prepend_val(cycle, i);
		if (is_known(cycles, cycle))
			g_array_unref(cycle);
		else
			g_ptr_array_add(cycles, cycle);
	}
	return cycles;
}

static const char *control_text(enum tristate control)
{
	switch (control) {
	case TRI_YES:
		return ", a control domain";
	case TRI_NO:
		return ", no control domain";
	case TRI_UNKNOWN:
		break;
	}
	return "";
}

char *lockorder_name(const struct lockorder *lo, uint32_t node)
{
	const struct order_node *n = node_at(lo, node);

	return g_strdup_printf("%s (%s%s)", result_class(lo->r, n->class)->name,
			       owner_words[n->owner], control_text(n->control));
}
