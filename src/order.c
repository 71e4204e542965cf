/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An acquisition under a lock that the function's callers hold is pending: it
 * is handed up, along call edges, to every instance that holds the lock
 * itself.  That instance's function is the holder: the deepest activation
 * that spans both events.
 */
#include "order.h"

#include <string.h>

#include "program.h"
#include "result_table.h"
#include "witness.h"

static const struct instance *instance_at(const struct explorer *x,
					  uint32_t id)
{
	return g_ptr_array_index(x->instance, id);
}

struct caller_edge {
	uint32_t caller, edge;
};

struct collector {
	struct explorer *x;
	const struct reach *reach;
	struct result *r;
	GArray **callers;	/* per instance: struct caller_edge */
	GArray **pending;	/* per instance: struct pending */
	GHashTable **known;	/* per instance: set of pending keys */
	GQueue work;		/* struct pending_ref packed */
	GHashTable *best;	/* key -> struct candidate * */
};

struct pending_ref {
	uint32_t instance, index;
};

static void add_callers(struct collector *c)
{
	uint32_t nr = c->x->instance->len;

	c->callers = g_new0(GArray *, nr);
	for (uint32_t id = 0; id < nr; id++) {
		const struct instance *i = instance_at(c->x, id);

		if (reach_context(c->reach, id) < 0)
			continue;
		for (guint k = 0; k < i->edge->len; k++) {
			struct caller_edge e = { .caller = id, .edge = k };
			uint32_t to = g_array_index(i->edge, struct call_edge,
						    k).callee;

			if (!c->callers[to])
				c->callers[to] = g_array_new(
					FALSE, FALSE, sizeof(e));
			g_array_append_val(c->callers[to], e);
		}
	}
}

static uint32_t line_of(const struct collector *c, uint32_t instance,
			uint32_t node)
{
	fact_id fn = instance_at(c->x, instance)->function;

	return FACT_FUNCTION(c->x->p->f, fn)->body->node[node].line;
}

static bool in_header(const struct collector *c, uint32_t instance)
{
	return program_in_lock_header(c->x->p,
				      instance_at(c->x, instance)->function);
}

static void add_pending(struct collector *c, uint32_t instance,
			const struct pending *p)
{
	uint32_t words[] = { p->inherited, p->pair, p->site_function,
			     p->site_line, p->context };
	GBytes *key = g_bytes_new(words, sizeof(words));
	struct pending_ref *ref;

	if (!c->known[instance])
		c->known[instance] = g_hash_table_new_full(
			g_bytes_hash, g_bytes_equal,
			(GDestroyNotify)g_bytes_unref, NULL);
	if (!g_hash_table_add(c->known[instance], key))
		return;
	if (!c->pending[instance])
		c->pending[instance] =
			g_array_new(FALSE, FALSE, sizeof(struct pending));
	g_array_append_vals(c->pending[instance], p, 1);
	ref = g_new(struct pending_ref, 1);
	*ref = (struct pending_ref){ instance, c->pending[instance]->len - 1 };
	g_queue_push_tail(&c->work, ref);
}

/* The best of several ways to one ordering. */
static bool is_better(const struct candidate *x, const struct candidate *y)
{
	if (x->pair->assert_failed != y->pair->assert_failed)
		return y->pair->assert_failed;
	if (x->pair->visible != y->pair->visible)
		return x->pair->visible;
	if (x->context != y->context)
		return x->context < y->context;
	return x->depth < y->depth;
}

/* What makes two orderings one: see cli.md. */
static GBytes *candidate_key(const struct candidate *k)
{
	const struct lock_view *h = &k->pair->held, *a = &k->pair->acquired;
	uint32_t words[] = {
		h->class, h->mode, h->instance, h->owner, h->control,
		a->class, a->mode, a->instance, a->owner, a->control,
		k->pair->relation, k->pair->same_object,
		k->held_function, k->held_line, k->site_function,
		k->site_line, k->holder, (uint32_t)k->context,
	};

	return g_bytes_new(words, sizeof(words));
}

static void offer(struct collector *c, const struct candidate *k)
{
	GBytes *key = candidate_key(k);
	struct candidate *old = g_hash_table_lookup(c->best, key);

	if (!old) {
		g_hash_table_insert(c->best, key, g_memdup2(k, sizeof(*k)));
		return;
	}
	if (is_better(k, old))
		*old = *k;
	g_bytes_unref(key);
}

/* INSTANCE holds the lock itself: one ordering per origin of the hold. */
static void emit(struct collector *c, uint32_t instance, uint32_t origins,
		 const struct candidate *part)
{
	uint32_t nr;
	const uint32_t *member =
		origin_set_members(c->x->origins, origins, &nr);
	int context = reach_context(c->reach, instance);

	if (context < 0)
		return;
	for (uint32_t i = 0; i < nr; i++) {
		const struct origin *o = origin_get(c->x->origins, member[i]);
		struct candidate k = *part;

		k.instance = instance;
		k.holder = instance_at(c->x, instance)->function;
		k.origin = member[i];
		k.held_function = o->function ? o->function : k.holder;
		k.held_line = o->function ? o->line
					  : line_of(c, instance, o->node);
		k.context = part->context ? part->context
					  : (enum context)context;
		offer(c, &k);
	}
}

static void start_instance(struct collector *c, uint32_t id)
{
	const struct instance *i = instance_at(c->x, id);
	bool header = in_header(c, id);

	for (guint k = 0; k < i->acquisition->len; k++) {
		const struct acquisition *a = &g_array_index(
			i->acquisition, struct acquisition, k);
		struct pending p = {
			.inherited = a->link.inherited, .pair = a->pair,
			.site_function = header ? 0 : i->function,
			.site_line = header ? 0 : line_of(c, id, a->node),
			.node = a->node,
		};
		struct candidate part = {
			.pair = &g_array_index(c->x->pair,
					       struct critical_pair, a->pair),
			.site_function = i->function,
			.site_line = line_of(c, id, a->node),
			.acquire_node = a->node,
		};

		if (a->link.inherited)
			add_pending(c, id, &p);
		if (a->link.origins)
			emit(c, id, a->link.origins, &part);
	}
}

static enum context crossing(const struct collector *c, uint32_t callee,
			     enum context inner)
{
	uint8_t own = c->x->p->context_of[instance_at(c->x, callee)->function];

	return own && own - 1 != CONTEXT_RUNNING ? (enum context)(own - 1)
						 : inner;
}

/* Hands one pending acquisition of INSTANCE up one call edge. */
static void hand_up(struct collector *c, uint32_t instance, uint32_t index,
		    const struct caller_edge *up)
{
	struct pending p = g_array_index(c->pending[instance], struct pending,
					 index);
	const struct instance *caller = instance_at(c->x, up->caller);
	const struct call_edge *e =
		&g_array_index(caller->edge, struct call_edge, up->edge);
	const struct held_link *l;
	struct candidate part = { 0 };

	if (p.inherited > e->link_nr)
		return;
	l = &g_array_index(caller->link, struct held_link,
			   e->link + p.inherited - 1);
	if (!p.site_function && !in_header(c, up->caller)) {
		p.site_function = caller->function;
		p.site_line = line_of(c, up->caller, e->node);
	}
	p.context = crossing(c, instance, p.context);
	p.inner_instance = instance + 1;
	p.inner = index;
	p.node = e->node;
	p.depth++;
	if (l->inherited) {
		p.inherited = l->inherited;
		add_pending(c, up->caller, &p);
	}
	if (!l->origins)
		return;
	part.pair = &g_array_index(c->x->pair, struct critical_pair, p.pair);
	part.site_function = p.site_function;
	part.site_line = p.site_line;
	part.acquire_node = e->node;
	part.inner_instance = p.inner_instance;
	part.inner = p.inner;
	part.depth = p.depth;
	part.context = p.context;
	emit(c, up->caller, l->origins, &part);
}

static void hand_up_all(struct collector *c)
{
	struct pending_ref *ref;

	while ((ref = g_queue_pop_head(&c->work))) {
		const GArray *callers = c->callers[ref->instance];

		for (guint i = 0; callers && i < callers->len; i++)
			hand_up(c, ref->instance, ref->index,
				&g_array_index(callers, struct caller_edge,
					       i));
		g_free(ref);
	}
}

static struct site make_site(const struct collector *c, fact_id function,
			     uint32_t line)
{
	const struct fact_function *fn = FACT_FUNCTION(c->x->p->f, function);

	return (struct site){
		.function = result_text(c->r, fn->display),
		.file = result_text(c->r, FACT_FILE(c->x->p->f,
						    fn->file)->path),
		.line = line,
	};
}

static struct lock_ref make_lock(const struct collector *c,
				 const struct lock_view *v, fact_id function,
				 uint32_t line)
{
	struct lock_ref l = {
		.class = v->class - 1u,
		.instance = (enum instance_kind)v->instance,
		.owner = (enum owner_role)v->owner,
		.mode = (enum lock_mode)v->mode,
		.owner_control = (enum tristate)v->control,
	};

	if (function)
		l.site = make_site(c, function, line);
	return l;
}

static void add_lockset(const struct collector *c, struct ordering *o,
			const struct critical_pair *pair)
{
	const GArray *views = g_ptr_array_index(c->x->lockset, pair->lockset);

	for (guint i = 0; i < views->len; i++) {
		const struct lock_view *v =
			&g_array_index(views, struct lock_view, i);
		struct lock_ref l = make_lock(c, v, v->function, 0);

		if (!v->function)
			l.site = (struct site){ .function = "", .file = "" };
		g_array_append_val(o->lockset, l);
	}
}

static int compare_candidate(const void *a, const void *b)
{
	const struct candidate *const *x = a, *const *y = b;
	const uint32_t kx[] = { (*x)->holder, (*x)->held_line,
				(*x)->site_function, (*x)->site_line,
				(*x)->acquire_node };
	const uint32_t ky[] = { (*y)->holder, (*y)->held_line,
				(*y)->site_function, (*y)->site_line,
				(*y)->acquire_node };

	for (size_t i = 0; i < G_N_ELEMENTS(kx); i++)
		if (kx[i] != ky[i])
			return kx[i] < ky[i] ? -1 : 1;
	return 0;
}

static void add_ordering(const struct collector *c, const struct candidate *k)
{
	struct ordering *o = result_add_ordering(c->r);
	const struct origin *from = origin_get(c->x->origins, k->origin);

	o->held = make_lock(c, &k->pair->held, k->held_function,
			    k->held_line);
	o->acquired = make_lock(c, &k->pair->acquired, k->site_function,
				k->site_line);
	o->holder = make_site(c, k->holder, line_of(c, k->instance,
						    from->node));
	o->acquire_line = line_of(c, k->instance, k->acquire_node);
	o->relation = (enum relation)k->pair->relation;
	o->same_object = k->pair->same_object;
	o->context = k->context;
	o->runtime_visible = k->pair->visible;
	o->in_force = k->pair->in_force
		? g_array_index(c->x->p->lp->class, struct lock_class,
				k->pair->in_force - 1).level
		: -1;
	o->in_force_lock = k->pair->in_force_lock;
	if (k->pair->assert_failed)
		g_ptr_array_add(o->path_worlds,
				(char *)result_text(c->r, "assert-fails"));
	add_lockset(c, o, k->pair);
	witness_make(c->x, c->reach, c->pending, k, c->r, o->witness);
}

static void finish(struct collector *c)
{
	GList *all = g_hash_table_get_values(c->best);
	GPtrArray *sorted = g_ptr_array_new();

	for (GList *i = all; i; i = i->next)
		g_ptr_array_add(sorted, i->data);
	g_ptr_array_sort(sorted, compare_candidate);
	for (guint i = 0; i < sorted->len; i++)
		add_ordering(c, g_ptr_array_index(sorted, i));
	g_ptr_array_unref(sorted);
	g_list_free(all);
}

void order_collect(struct explorer *x, const struct reach *reach,
		   struct result *r)
{
	struct collector c = { .x = x, .reach = reach, .r = r };
	uint32_t nr = x->instance->len;

	add_callers(&c);
	c.pending = g_new0(GArray *, nr);
	c.known = g_new0(GHashTable *, nr);
	g_queue_init(&c.work);
	c.best = g_hash_table_new_full(g_bytes_hash, g_bytes_equal,
				       (GDestroyNotify)g_bytes_unref, g_free);
	for (uint32_t id = 0; id < nr; id++)
		start_instance(&c, id);
	hand_up_all(&c);
	finish(&c);
	for (uint32_t id = 0; id < nr; id++) {
		if (c.callers[id])
			g_array_unref(c.callers[id]);
		if (c.pending[id])
			g_array_unref(c.pending[id]);
		if (c.known[id])
			g_hash_table_unref(c.known[id]);
	}
	g_free(c.callers);
	g_free(c.pending);
	g_free(c.known);
	g_hash_table_unref(c.best);
}
