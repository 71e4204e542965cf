/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * R. Tarjan, "Depth-first search and linear graph algorithms", SIAM J.
 * Comput. 1(2), 1972, with a stack of its own instead of recursion.
 */
#include "scc.h"

#include <glib.h>

#include "callgraph.h"

struct visit {
	uint32_t function, site, target;
};

struct tarjan {
	const struct callgraph *cg;
	struct scc *scc;
	uint32_t *index, *low;
	uint8_t *on_stack;
	GArray *stack;		/* uint32_t */
	GArray *path;		/* struct visit */
	uint32_t counter;
};

static void enter(struct tarjan *t, uint32_t function)
{
	struct visit v = { .function = function,
			   .site = t->cg->first_site[function] };

	t->index[function] = t->low[function] = ++t->counter;
	t->on_stack[function] = 1;
	g_array_append_val(t->stack, function);
	g_array_append_val(t->path, v);
}

static void close_component(struct tarjan *t, uint32_t head)
{
	uint32_t member;

	do {
		member = g_array_index(t->stack, uint32_t, t->stack->len - 1);
		g_array_set_size(t->stack, t->stack->len - 1);
		t->on_stack[member] = 0;
		t->scc->head[member] = head;
		t->scc->order[t->scc->order_nr++] = member;
	} while (member != head);
}

/* The next callee of the innermost visit; 0 if there is none left. */
static uint32_t next_callee(struct tarjan *t, struct visit *v)
{
	while (v->site < t->cg->first_site[v->function + 1]) {
		const struct call_site *s = &g_array_index(
			t->cg->site, struct call_site, v->site);

		while (!s->is_hidden && v->target < s->target_nr) {
			fact_id callee = g_array_index(
				t->cg->target, fact_id,
				s->target + v->target++);

			if (!t->scc->skip[callee])
				return callee;
		}
		v->site++;
		v->target = 0;
	}
	return 0;
}

static void leave(struct tarjan *t)
{
	struct visit v = g_array_index(t->path, struct visit,
				       t->path->len - 1);

	g_array_set_size(t->path, t->path->len - 1);
	if (t->low[v.function] == t->index[v.function])
		close_component(t, v.function);
	if (t->path->len) {
		uint32_t caller = g_array_index(t->path, struct visit,
						t->path->len - 1).function;

		t->low[caller] = MIN(t->low[caller], t->low[v.function]);
	}
}

static void search(struct tarjan *t, uint32_t root)
{
	enter(t, root);
	while (t->path->len) {
		struct visit *v = &g_array_index(t->path, struct visit,
						 t->path->len - 1);
		uint32_t caller = v->function;
		uint32_t callee = next_callee(t, v);

		if (!callee)
			leave(t);
		else if (!t->index[callee])
			enter(t, callee);
		else if (t->on_stack[callee])
			t->low[caller] = MIN(t->low[caller],
					     t->index[callee]);
	}
}

struct scc *scc_new(const struct callgraph *cg, const uint8_t *skip)
{
	struct scc *scc = g_new0(struct scc, 1);
	struct tarjan t = { .cg = cg, .scc = scc };

	scc->function_nr = cg->function_nr;
	scc->skip = skip;
	scc->head = g_new0(uint32_t, cg->function_nr);
	scc->order = g_new0(uint32_t, cg->function_nr);
	t.index = g_new0(uint32_t, cg->function_nr);
	t.low = g_new0(uint32_t, cg->function_nr);
	t.on_stack = g_new0(uint8_t, cg->function_nr);
	t.stack = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	t.path = g_array_new(FALSE, FALSE, sizeof(struct visit));
	for (uint32_t id = 1; id < cg->function_nr; id++)
		if (!t.index[id])
			search(&t, id);
	g_array_unref(t.stack);
	g_array_unref(t.path);
	g_free(t.index);
	g_free(t.low);
	g_free(t.on_stack);
	return scc;
}

void scc_free(struct scc *scc)
{
	g_free(scc->head);
	g_free(scc->order);
	g_free(scc);
}

void scc_for_callees(const struct scc *scc, const struct callgraph *cg,
		     uint32_t function, uint32_t words, uint64_t *sets)
{
	uint64_t *to = sets + (size_t)scc->head[function] * words;

	for (uint32_t i = cg->first_site[function];
	     i < cg->first_site[function + 1]; i++) {
		const struct call_site *s =
			&g_array_index(cg->site, struct call_site, i);

		for (uint32_t k = 0; !s->is_hidden && k < s->target_nr; k++) {
			fact_id callee = g_array_index(cg->target, fact_id,
						       s->target + k);
			const uint64_t *from =
				sets + (size_t)scc->head[callee] * words;

			if (scc->skip[callee])
				continue;
			for (uint32_t w = 0; w < words && from != to; w++)
				to[w] |= from[w];
		}
	}
}
