/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Breadth-first searches over the whole graph, not its slice.  What was found
 * is kept: many witnesses pass through one function.
 */
#include "cfg.h"

#include <glib.h>

#include "nummap.h"
#include "successors.h"

struct cfg {
	const struct facts *f;
	GHashTable *distance;	/* function and target -> uint32_t * */
	GHashTable *avoids;	/* struct question -> answer + 1 */
};

struct question {
	fact_id function;
	uint32_t from, target, by;
};

static guint question_hash(gconstpointer key)
{
	const struct question *q = key;

	return (guint)nummap_hash(
		nummap_hash(NUMMAP_KEY(q->function, q->from)) ^
		NUMMAP_KEY(q->target, q->by));
}

static gboolean question_equal(gconstpointer left, gconstpointer right)
{
	const struct question *a = left, *b = right;

	return a->function == b->function && a->from == b->from &&
	       a->target == b->target && a->by == b->by;
}

struct cfg *cfg_new(const struct facts *f)
{
	struct cfg *w = g_new0(struct cfg, 1);

	w->f = f;
	w->distance = g_hash_table_new_full(g_int64_hash, g_int64_equal,
					    g_free, g_free);
	w->avoids = g_hash_table_new_full(question_hash, question_equal,
					  g_free, NULL);
	return w;
}

void cfg_free(struct cfg *w)
{
	g_hash_table_unref(w->distance);
	g_hash_table_unref(w->avoids);
	g_free(w);
}

/* The edges of a graph, by the node that they lead to. */
struct incoming {
	uint32_t *first;	/* per node: index + 1 of its first edge */
	GArray *edge;		/* uint32_t pairs: from, next of that node */
	uint32_t from;
};

static void add_incoming(void *context, uint32_t to)
{
	struct incoming *in = context;
	uint32_t pair[] = { in->from, in->first[to] };

	g_array_append_vals(in->edge, pair, 2);
	in->first[to] = in->edge->len / 2;
}

static void incoming_init(struct incoming *in, const struct fact_body *b)
{
	in->first = g_new0(uint32_t, b->node_nr);
	in->edge = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	for (uint32_t i = 1; i < b->node_nr; i++) {
		in->from = i;
		for_successors(b, i, add_incoming, in);
	}
}

static void incoming_release(struct incoming *in)
{
	g_free(in->first);
	g_array_unref(in->edge);
}

static void start(const struct fact_body *b, uint32_t target,
		  uint32_t *distance, GArray *queue)
{
	for (uint32_t i = 0; i < b->node_nr; i++)
		distance[i] = CFG_NEVER;
	for (uint32_t i = 1; i < b->node_nr; i++) {
		if (target == CFG_RETURN ? b->node[i].kind != NODE_RETURN
					  : i != target)
			continue;
		distance[i] = 0;
		g_array_append_val(queue, i);
	}
}

static uint32_t *make_distance(const struct fact_body *b, uint32_t target)
{
	uint32_t *distance = g_new(uint32_t, b->node_nr);
	GArray *queue = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	struct incoming in;

	incoming_init(&in, b);
	start(b, target, distance, queue);
	for (guint i = 0; i < queue->len; i++) {
		uint32_t node = g_array_index(queue, uint32_t, i);

		for (uint32_t e = in.first[node]; e;
		     e = g_array_index(in.edge, uint32_t, 2 * e - 1)) {
			uint32_t from = g_array_index(in.edge, uint32_t,
						      2 * e - 2);

			if (distance[from] != CFG_NEVER)
				continue;
			distance[from] = distance[node] + 1;
			g_array_append_val(queue, from);
		}
	}
	incoming_release(&in);
	g_array_unref(queue);
	return distance;
}

const uint32_t *cfg_distance(struct cfg *w, fact_id function,
			      uint32_t target)
{
	gint64 key = (gint64)NUMMAP_KEY(function, target);
	uint32_t *found = g_hash_table_lookup(w->distance, &key);

	if (!found) {
		found = make_distance(FACT_FUNCTION(w->f, function)->body,
				      target);
		g_hash_table_insert(w->distance, g_memdup2(&key, sizeof(key)),
				    found);
	}
	return found;
}

struct walk {
	uint8_t *seen;
	GArray *queue;		/* uint32_t */
};

static void visit(void *context, uint32_t node)
{
	struct walk *k = context;

	if (k->seen[node])
		return;
	k->seen[node] = 1;
	g_array_append_val(k->queue, node);
}

static bool is_there(const struct fact_body *b, uint32_t node, uint32_t target)
{
	return target == CFG_RETURN ? b->node[node].kind == NODE_RETURN
				     : node == target;
}

static bool find_avoiding(const struct fact_body *b, const struct question *q)
{
	struct walk k = {
		.seen = g_new0(uint8_t, b->node_nr),
		.queue = g_array_new(FALSE, FALSE, sizeof(uint32_t)),
	};
	bool found = false;

	k.seen[q->by] = 1;
	visit(&k, q->from);
	for (guint i = 0; i < k.queue->len && !found; i++) {
		uint32_t node = g_array_index(k.queue, uint32_t, i);

		found = is_there(b, node, q->target);
		for_successors(b, node, visit, &k);
	}
	g_free(k.seen);
	g_array_unref(k.queue);
	return found;
}

bool cfg_avoids(struct cfg *w, fact_id function, uint32_t from,
		 uint32_t target, uint32_t by)
{
	struct question q = { .function = function, .from = from,
			      .target = target, .by = by };
	uint32_t found;

	if (!from ||
	    cfg_distance(w, function, target)[from] == CFG_NEVER)
		return false;
	found = GPOINTER_TO_UINT(g_hash_table_lookup(w->avoids, &q));
	if (!found) {
		found = 1u + find_avoiding(FACT_FUNCTION(w->f, function)->body,
					   &q);
		g_hash_table_insert(w->avoids, g_memdup2(&q, sizeof(q)),
				    GUINT_TO_POINTER(found));
	}
	return found > 1;
}

/* The successor that is the nearest to a target. */
struct nearest {
	const uint32_t *distance;
	uint32_t node;		/* 0: none yet */
};

static void take_nearest(void *context, uint32_t node)
{
	struct nearest *n = context;

	if (n->distance[node] != CFG_NEVER &&
	    (!n->node || n->distance[node] < n->distance[n->node]))
		n->node = node;
}

void cfg_path(struct cfg *w, fact_id function, uint32_t from,
	       uint32_t target, GArray *out)
{
	const struct fact_body *b = FACT_FUNCTION(w->f, function)->body;
	struct nearest n = { .distance = cfg_distance(w, function, target) };

	if (n.distance[from] == CFG_NEVER)
		return;
	g_array_append_val(out, from);
	while (n.distance[from] > 0) {
		n.node = 0;
		for_successors(b, from, take_nearest, &n);
		from = n.node;
		g_array_append_val(out, from);
	}
}
