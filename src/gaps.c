/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Few sets differ, so each is kept once. */
#include "gaps.h"

#include "program.h"
#include "slice.h"
#include "successors.h"

struct gaps {
	const struct program *p;
	uint64_t *counts;	/* bit set of tracked members that count */
	GPtrArray *set;		/* GBytes; the first is of nothing */
	GHashTable *number;	/* GBytes to its index in it */
	uint32_t **of;		/* per function: per node, index in it; NULL:
				 * nothing is written in any gap */
};

struct finder {
	struct gaps *g;
	fact_id function;
	const struct fact_body *b;
	const struct slice *s;
	uint64_t *written;	/* per node: a bit set */
	uint32_t node;
	bool changed;
};

static uint64_t *written_from(const struct finder *w, uint32_t node)
{
	return w->written + (size_t)w->g->p->track_words * node;
}

/* What the call at NODE may change that a caller sees; false: nothing. */
static bool add_call(const struct finder *w, uint32_t node)
{
	const struct program *p = w->g->p;
	const struct call_site *site =
		callgraph_site(p->cg, w->function, node);
	uint64_t *set = written_from(w, node), any = 0;

	for (uint32_t k = 0; !site->is_hidden && k < site->target_nr; k++) {
		fact_id callee = g_array_index(p->cg->target, fact_id,
					       site->target + k);
		const uint64_t *writes =
			p->writes + (size_t)p->track_words * callee;

		for (uint32_t i = 0; !p->aside[callee] && i < p->track_words;
		     i++)
			any |= set[i] |= writes[i] & w->g->counts[i];
	}
	return any != 0;
}

static void add_successor(void *context, uint32_t to)
{
	struct finder *w = context;
	uint64_t *set = written_from(w, w->node);
	const uint64_t *more = written_from(w, to);

	for (uint32_t i = 0; i < w->g->p->track_words; i++) {
		w->changed |= (more[i] & ~set[i]) != 0;
		set[i] |= more[i];
	}
}

/* Backwards over the nodes that do not matter, until nothing is added. */
static void spread(struct finder *w)
{
	do {
		w->changed = false;
		for (uint32_t i = w->b->node_nr - 1; i > 0; i--) {
			w->node = i;
			if (!w->s->node[i])
				for_successors(w->b, i, add_successor, w);
		}
	} while (w->changed);
}

static uint32_t number_of(struct gaps *g, const uint64_t *set)
{
	GBytes *bytes = g_bytes_new(set, sizeof(*set) * g->p->track_words);
	gpointer found;

	if (g_hash_table_lookup_extended(g->number, bytes, NULL, &found)) {
		g_bytes_unref(bytes);
		return GPOINTER_TO_UINT(found);
	}
	g_ptr_array_add(g->set, bytes);
	g_hash_table_insert(g->number, bytes,
			    GUINT_TO_POINTER(g->set->len - 1));
	return g->set->len - 1;
}

static void find_in(struct gaps *g, fact_id function)
{
	struct finder w = { .g = g, .function = function };
	bool any = false;

	w.b = FACT_FUNCTION(g->p->f, function)->body;
	w.s = g->p->slice[function];
	w.written = g_new0(uint64_t, (size_t)g->p->track_words * w.b->node_nr);
	for (uint32_t i = 1; i < w.b->node_nr; i++)
		if (w.b->node[i].kind == NODE_CALL && !w.s->node[i])
			any |= add_call(&w, i);
	if (any) {
		spread(&w);
		g->of[function] = g_new0(uint32_t, w.b->node_nr);
		for (uint32_t i = 1; i < w.b->node_nr; i++)
			g->of[function][i] = number_of(g, written_from(&w, i));
	}
	g_free(w.written);
}

/* Those tracked members that may change, by their numbers among the tracked. */
static uint64_t *find_counting(const struct program *p)
{
	uint64_t *out = g_new0(uint64_t, p->track_words);

	for (uint32_t i = 1; i < p->f->field->len + p->f->global->len; i++)
		if (program_may_change(p, i))
			bit_set(out, p->track_index[i] - 1);
	return out;
}

struct gaps *gaps_find(const struct program *p)
{
	struct gaps *g = g_new0(struct gaps, 1);
	uint64_t *nothing = g_new0(uint64_t, p->track_words);

	g->p = p;
	g->counts = find_counting(p);
	g->set = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	g->number = g_hash_table_new(g_bytes_hash, g_bytes_equal);
	g->of = g_new0(uint32_t *, p->f->function->len);
	number_of(g, nothing);
	for (fact_id id = 1; id < p->f->function->len; id++)
		if (p->slice[id])
			find_in(g, id);
	g_free(nothing);
	return g;
}

void gaps_free(struct gaps *g)
{
	if (!g)
		return;
	for (fact_id id = 1; id < g->p->f->function->len; id++)
		g_free(g->of[id]);
	g_free(g->of);
	g_free(g->counts);
	g_hash_table_unref(g->number);
	g_ptr_array_unref(g->set);
	g_free(g);
}

const uint64_t *gaps_written(const struct gaps *g, fact_id function,
			     uint32_t node)
{
	uint32_t number = g->of[function] ? g->of[function][node] : 0;

	return number ? g_bytes_get_data(g_ptr_array_index(g->set, number),
					 NULL)
		      : NULL;
}
