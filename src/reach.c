/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Breadth-first search over the call edges of explored functions, once per
 * context.  A call of a function that the model gives a context to goes over
 * to that context; contexts other than "running" are never left.
 */
#include "reach.h"

#include <string.h>

#include "program.h"

static enum entry_kind entry_kind(const struct program *p, fact_id id)
{
	const struct fact_function *fn = FACT_FUNCTION(p->f, id);

	if (!fn->body || !p->locks[id] || lockprims_find(p->lp, id) ||
	    program_in_lock_header(p, id))
		return ENTRY_NONE;
	if (model_names(p->m, MODEL_ENTRY, fn->name))
		return ENTRY_MODEL;
	if (p->apart[id])
		return ENTRY_APART;
	if (program_is_apart(p, id))
		return ENTRY_CONTEXT;
	if (fn->flags & FUNCTION_ASM_CALLED)
		return ENTRY_ASSEMBLY;
	if (p->cg->caller[id])
		return ENTRY_NONE;
	return fn->flags & FUNCTION_ADDRESS_TAKEN ? ENTRY_ADDRESS
						  : ENTRY_UNCALLED;
}

static enum context context_after(const struct explorer *x,
				  enum context context, fact_id function)
{
	return context == CONTEXT_RUNNING ? program_context(x->p, function)
					  : context;
}

static void visit(struct reach *r, GQueue *queue, enum context context,
		  fact_id function, uint32_t distance,
		  const struct call_edge *from)
{
	if (r->distance[function] > distance) {
		r->distance[function] = distance;
		r->from[function] = from;
	}
	if (r->reached[context][function])
		return;
	r->reached[context][function] = 1;
	g_queue_push_tail(queue, GUINT_TO_POINTER(function * CONTEXT_NR +
						  (uint32_t)context));
}

static void search(const struct explorer *x, struct reach *r, GQueue *queue)
{
	while (!g_queue_is_empty(queue)) {
		uint32_t word = GPOINTER_TO_UINT(g_queue_pop_head(queue));
		fact_id id = word / CONTEXT_NR;
		enum context context = (enum context)(word % CONTEXT_NR);
		const struct summary *s = x->summary[id];

		for (guint k = 0; k < s->edge->len; k++) {
			const struct call_edge *e =
				g_ptr_array_index(s->edge, k);

			visit(r, queue, context_after(x, context, e->callee),
			      e->callee, r->distance[id] + 1, e);
		}
	}
}

struct reach *reach_new(const struct explorer *x)
{
	struct reach *r = g_new0(struct reach, 1);
	uint32_t nr = x->p->f->function->len;
	GQueue queue = G_QUEUE_INIT;

	r->is_entry = g_new0(uint8_t, nr);
	r->distance = g_new(uint32_t, nr);
	r->from = g_new0(const struct call_edge *, nr);
	for (int c = 0; c < CONTEXT_NR; c++)
		r->reached[c] = g_new0(uint8_t, nr);
	for (fact_id id = 0; id < nr; id++)
		r->distance[id] = UINT32_MAX;
	for (fact_id id = 1; id < nr; id++) {
		if (!x->summary[id])
			continue;
		r->is_entry[id] = (uint8_t)entry_kind(x->p, id);
		if (!r->is_entry[id])
			continue;
		visit(r, &queue, context_after(x, CONTEXT_RUNNING, id), id, 0,
		      NULL);
	}
	search(x, r, &queue);
	return r;
}

void reach_free(struct reach *reach)
{
	for (int c = 0; c < CONTEXT_NR; c++)
		g_free(reach->reached[c]);
	g_free(reach->is_entry);
	g_free(reach->distance);
	g_free((void *)reach->from);
	g_free(reach);
}

int reach_context(const struct reach *reach, fact_id function)
{
	for (int c = 0; c < CONTEXT_NR; c++)
		if (reach->reached[c][function])
			return c;
	return -1;
}

bool reach_is_uncalled(const struct reach *reach, fact_id function)
{
	return reach->is_entry[function] == ENTRY_UNCALLED;
}
