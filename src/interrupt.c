/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the model says is called in interrupt context got all acquisitions
 * below it handed up, as if a lock were held there.  One of them stands for
 * each handler: the first function on the way that is called through a pointer,
 * which is what some driver has registered, or else what the model names.
 */
#include "interrupt.h"

#include "program.h"
#include "result_table.h"
#include "witness.h"

/* One acquisition of a handler. */
struct found {
	fact_id root, handler;
	const struct acquisition *a;
};

static const struct call_edge *edge_of(const struct handup *h,
				       const struct acquisition *a)
{
	return a->edge ? g_ptr_array_index(h->edge, a->edge - 1) : NULL;
}

/* The function that A comes from, of those that drivers register; 0: another
 * function that the model names is on the way, and tells of it. */
static fact_id handler_of(const struct handup *h, fact_id root,
			  const struct acquisition *a)
{
	const struct call_edge *e;
	fact_id handler = root;

	for (; (e = edge_of(h, a)); a = &g_array_index(h->acquired[e->callee],
						       struct acquisition,
						       a->inner)) {
		const struct call_site *s = callgraph_site(h->x->p->cg,
							   e->caller, e->node);

		if (h->x->p->interrupt[e->callee])
			return 0;
		if (handler == root && s && s->reason != TARGET_DIRECT)
			handler = e->callee;
	}
	return handler;
}

/* Does one tell of fewer calls, or of the same and an earlier place? */
static bool is_better(const struct found *x, const struct found *y)
{
	if (x->a->depth != y->a->depth)
		return x->a->depth < y->a->depth;
	if (x->a->site_function != y->a->site_function)
		return x->a->site_function < y->a->site_function;
	return x->a->site_line < y->a->site_line;
}

/* Only what no failing assertion leads to: an assertion that interrupt context
 * excludes is what handlers rely on. */
static bool is_of_interest(const struct acquisition *a)
{
	return !a->dead && a->view.class && a->site_function &&
	       a->context == CONTEXT_RUNNING && !a->elsewhere &&
	       !(a->flags & STATE_ASSERT_FAILED);
}

static void collect_root(const struct handup *h, fact_id root,
			 GHashTable *best)
{
	const GArray *all = h->acquired[root];

	for (guint i = 0; all && i < all->len; i++) {
		struct found f = { .root = root,
				   .a = &g_array_index(all, struct acquisition,
						       i) };
		const struct found *old;

		if (!is_of_interest(f.a))
			continue;
		f.handler = handler_of(h, root, f.a);
		if (!f.handler)
			continue;
		old = g_hash_table_lookup(best, GUINT_TO_POINTER(f.handler));
		if (!old || is_better(&f, old))
			g_hash_table_replace(best,
					     GUINT_TO_POINTER(f.handler),
					     g_memdup2(&f, sizeof(f)));
	}
}

static struct site site_of(const struct handup *h, struct result *r,
			   fact_id function, uint32_t line)
{
	const struct facts *f = h->x->p->f;
	const struct fact_function *fn = FACT_FUNCTION(f, function);

	return (struct site){
		.function = result_text(r, fn->display),
		.file = result_text(r, FACT_FILE(f, fn->file)->path),
		.line = line,
	};
}

static void add(const struct handup *h, const struct found *f,
		struct result *r)
{
	struct lone_lock *s = result_add_lone(r);
	const struct lock_view *v = &f->a->view;

	s->in_interrupt = true;
	s->lock.class = lockprims_class(h->x->p->lp, v->class)->rank;
	s->lock.instance = (enum instance_kind)v->instance;
	s->lock.owner = (enum owner_role)v->owner;
	s->lock.mode = (enum lock_mode)v->mode;
	s->lock.owner_control = (enum tristate)v->control;
	s->lock.site = site_of(h, r, f->a->site_function, f->a->site_line);
	s->holder = site_of(h, r, f->handler,
			    FACT_FUNCTION(h->x->p->f, f->handler)->line);
	s->context = program_context(h->x->p, f->root);
	witness_of_entry(h, f->root, f->a, r, s->witness);
}

void interrupt_collect(const struct handup *h, struct result *r)
{
	GHashTable *best = g_hash_table_new_full(NULL, NULL, NULL, g_free);

	for (fact_id id = 1; id < h->x->p->f->function->len; id++)
		if (h->x->p->interrupt[id])
			collect_root(h, id, best);
	for (fact_id id = 1; id < h->x->p->f->function->len; id++) {
		const struct found *f =
			g_hash_table_lookup(best, GUINT_TO_POINTER(id));

		if (f)
			add(h, f, r);
	}
	g_hash_table_unref(best);
}
