/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Breadth-first search over the call edges of explored instances, once per
 * context.  A call of a function that the model gives a context to goes over
 * to that context; contexts other than "running" are never left.
 */
#include "reach.h"

#include <string.h>

#include "program.h"

static bool is_named_by_assembly(const struct program *p, const char *name)
{
	for (guint i = 1; i < p->f->asm_symbol->len; i++)
		if (strcmp(g_array_index(p->f->asm_symbol,
					 struct fact_asm_symbol, i).name,
			   name) == 0)
			return true;
	return false;
}

static bool is_model_entry(const struct program *p, const char *name)
{
	const GPtrArray *entries = model_entries(p->m, MODEL_ENTRY);

	for (guint i = 0; i < entries->len; i++) {
		const struct model_entry *e = g_ptr_array_index(entries, i);

		if (model_match(e->arg[0], name, NULL))
			return true;
	}
	return false;
}

static bool is_entry(const struct program *p, fact_id id)
{
	const struct fact_function *fn = FACT_FUNCTION(p->f, id);
	const GArray *callers = p->cg->caller[id];

	if (!fn->body || !p->locks[id] || lockprims_find(p->lp, id) ||
	    program_in_lock_header(p, id))
		return false;
	return !callers || program_leaves_host(p, id) ||
	       (fn->flags & FUNCTION_ASM_CALLED) ||
	       is_named_by_assembly(p, fn->name) ||
	       is_model_entry(p, fn->name);
}

void reach_find_entries(const struct program *p, GArray *out)
{
	for (fact_id id = 1; id < p->f->function->len; id++)
		if (is_entry(p, id))
			g_array_append_val(out, id);
}

static enum context context_after(const struct explorer *x,
				  enum context context, uint32_t instance)
{
	const struct instance *i = g_ptr_array_index(x->instance, instance);
	uint8_t own = x->p->context_of[i->function];

	if (context == CONTEXT_RUNNING && own)
		return (enum context)(own - 1);
	return context;
}

static void visit(struct reach *r, GQueue *queue, enum context context,
		  uint32_t instance, uint32_t from, uint32_t edge)
{
	struct reach_step *s = &r->step[context][instance];

	if (s->reached)
		return;
	*s = (struct reach_step){ .reached = true, .from = from,
				  .edge = edge };
	g_queue_push_tail(queue, GUINT_TO_POINTER(instance * CONTEXT_NR +
						  (uint32_t)context));
}

static void search(const struct explorer *x, struct reach *r, GQueue *queue)
{
	while (!g_queue_is_empty(queue)) {
		uint32_t word = GPOINTER_TO_UINT(g_queue_pop_head(queue));
		uint32_t id = word / CONTEXT_NR;
		enum context context = (enum context)(word % CONTEXT_NR);
		const struct instance *i = g_ptr_array_index(x->instance, id);

		for (guint k = 0; k < i->edge->len; k++) {
			const struct call_edge *e =
				g_ptr_array_index(i->edge, k);
			uint32_t to = e->callee;

			visit(r, queue, context_after(x, context, to), to,
			      id + 1, k);
		}
	}
}

struct reach *reach_new(const struct explorer *x, GArray *entry)
{
	struct reach *r = g_new0(struct reach, 1);
	GQueue queue = G_QUEUE_INIT;

	r->entry = entry;
	for (int c = 0; c < CONTEXT_NR; c++)
		r->step[c] = g_new0(struct reach_step, x->instance->len + 1);
	for (guint i = 0; i < entry->len; i++) {
		uint32_t id = g_array_index(entry, uint32_t, i);

		visit(r, &queue, context_after(x, CONTEXT_RUNNING, id), id, 0,
		      0);
	}
	search(x, r, &queue);
	return r;
}

void reach_free(struct reach *reach)
{
	for (int c = 0; c < CONTEXT_NR; c++)
		g_free(reach->step[c]);
	g_array_unref(reach->entry);
	g_free(reach);
}

int reach_context(const struct reach *reach, uint32_t instance)
{
	for (int c = 0; c < CONTEXT_NR; c++)
		if (reach->step[c][instance].reached)
			return c;
	return -1;
}
