/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Acquisitions are handed up, along call edges, through every instance that
 * may run under a lock.  At each call on the way, and where it happens, an
 * acquisition is paired with the locks that this very activation holds: it is
 * the holder, the deepest one that spans both events.  This is the bottom-up
 * part of the analysis, as in RacerX (Engler and Ashcraft, SOSP 2003), but
 * per context.
 *
 * A lock that some caller holds already is recursion and makes no order with
 * what was acquired since: see entrypath.c.
 */
#include "order.h"

#include <string.h>

#include "entrypath.h"
#include "program.h"
#include "result_table.h"
#include "value.h"
#include "witness.h"

struct collector {
	struct explorer *x;
	const struct reach *reach;
	struct result *r;
	struct entry_paths *paths;
	uint8_t *under_lock;	/* per instance: some caller may hold a lock */
	GArray **pending;	/* per instance: struct pending */
	GHashTable **known;	/* per instance: set of pending keys */
	GQueue work;		/* struct pending_ref */
	GHashTable *best;	/* key -> struct candidate * */
	uint8_t *dropped;	/* per held lock of the place looked at */
	guint dropped_size;
};

struct pending_ref {
	uint32_t instance, index;
};

static const struct instance *instance_at(const struct explorer *x,
					  uint32_t id)
{
	return g_ptr_array_index(x->instance, id);
}

static const struct call_edge *edge_at(const struct collector *c,
				       const struct caller_edge *up)
{
	return g_ptr_array_index(instance_at(c->x, up->caller)->edge,
				 up->edge);
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

static bool holds_own(const struct state *at)
{
	for (guint i = 0; i < at->held->len; i++)
		if (g_array_index(at->held, struct held, i).origins)
			return true;
	return false;
}

/* Downward from calls made with a lock held. */
static void mark_under_lock(struct collector *c)
{
	GQueue work = G_QUEUE_INIT;

	for (uint32_t id = 0; id < c->x->instance->len; id++)
		g_queue_push_tail(&work, GUINT_TO_POINTER(id));
	while (!g_queue_is_empty(&work)) {
		uint32_t id = GPOINTER_TO_UINT(g_queue_pop_head(&work));
		const struct instance *i = instance_at(c->x, id);

		if (reach_context(c->reach, id) < 0)
			continue;
		for (guint k = 0; k < i->edge->len; k++) {
			const struct call_edge *e =
				g_ptr_array_index(i->edge, k);

			if (c->under_lock[e->callee] ||
			    !(c->under_lock[id] || holds_own(e->at)))
				continue;
			c->under_lock[e->callee] = 1;
			g_queue_push_tail(&work, GUINT_TO_POINTER(e->callee));
		}
	}
}

static GBytes *pending_key(const struct pending *p)
{
	uint32_t words[] = {
		p->event->kind, p->object, p->owner, p->level.class,
		p->level.owner, p->dropped, p->again, p->site_function,
		p->site_line, p->context,
		p->event->at->flags & STATE_ASSERT_FAILED,
		p->view.class, p->view.mode, p->view.instance, p->view.owner,
		p->view.control, p->in_force.class, p->in_force.mode,
		p->in_force.instance, p->in_force.owner, p->in_force.control,
	};

	return g_bytes_new(words, sizeof(words));
}

/*
 * Of more acquisitions than this in one activation, the rest is known by
 * class, kinds, owners' roles and places alone.  Approximation: of these, a
 * recursion on a caller's lock looks like the acquisition of another, and the
 * level in force is that of the caller's.
 */
enum { PENDING_MAX = 100 };

static void forget_names(struct pending *p)
{
	p->object = 0;
	p->owner = 0;
	p->level = (struct level){ 0 };
	p->in_force = (struct lock_view){ 0 };
	p->dropped = 0;
}

static void add_pending(struct collector *c, uint32_t instance,
			const struct pending *new)
{
	struct pending copy = *new, *p = &copy;
	struct pending_ref *ref;
	GBytes *key;

	if (c->pending[instance] && c->pending[instance]->len >= PENDING_MAX &&
	    !p->again)
		forget_names(p);
	key = pending_key(p);
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

static int class_level(const struct collector *c, uint32_t class)
{
	return class ? g_array_index(c->x->p->lp->class, struct lock_class,
				     class - 1).level
		     : -1;
}

static bool is_ordered(uint8_t mode)
{
	return mode != MODE_READ && mode != MODE_SPIN;
}

/* Whose lock set the level in force at AT; class 0 if none that is held. */
static struct lock_view view_in_force(const struct collector *c,
				      const struct state *at,
				      const struct level *level)
{
	for (guint i = at->held->len; level->class && i > 0; i--) {
		const struct held *h = &g_array_index(at->held, struct held,
						      i - 1);
		struct lock_view v;

		if (h->class != level->class || h->owner != level->owner)
			continue;
		v = explore_view(c->x, at, h);
		if (is_ordered(v.mode))
			return v;
	}
	return (struct lock_view){ 0 };
}

/* A level of the callee's, in the terms of the place that calls it. */
static struct level level_above(const struct call_edge *e,
				const struct level *level)
{
	const struct held *h;
	guint index;

	if (!level->owner || level->owner > e->visible->len)
		return e->at->level;
	index = g_array_index(e->visible, guint, level->owner - 1);
	h = &g_array_index(e->at->held, struct held, index);
	/* Released once, it may still be held. */
	return h->count > 1 ? e->at->level : h->saved;
}

/* The best of several ways to one ordering. */
static bool is_better(const struct collector *c, const struct candidate *x,
		      const struct candidate *y)
{
	uint32_t dx = entry_paths_distance(c->paths, x->instance);
	uint32_t dy = entry_paths_distance(c->paths, y->instance);

	if (x->visible != y->visible)
		return x->visible;
	if (x->context != y->context)
		return x->context < y->context;
	if (x->part.depth != y->part.depth)
		return x->part.depth < y->part.depth;
	return dx < dy;
}

/* What makes two orderings one: see cli.md. */
static GBytes *candidate_key(const struct collector *c,
			     const struct candidate *k)
{
	const struct lock_view *h = &k->held, *a = &k->part.view;
	uint32_t words[] = {
		h->class, h->mode, h->instance, h->owner, h->control,
		a->class, a->mode, a->instance, a->owner, a->control,
		(uint32_t)k->relation, k->same_object, k->sorted,
		k->part.event->at->flags & STATE_ASSERT_FAILED,
		k->held_function, k->held_line, k->part.site_function,
		k->part.site_line, instance_at(c->x, k->instance)->function,
		(uint32_t)k->context,
	};

	return g_bytes_new(words, sizeof(words));
}

static void offer(struct collector *c, const struct candidate *k)
{
	GBytes *key = candidate_key(c, k);
	struct candidate *old = g_hash_table_lookup(c->best, key);
	bool wanted = !old || is_better(c, k, old);

	if (wanted && !k->same_object)
		wanted = entry_paths_find(c->paths, k->instance,
					  k->part.event->kind, k->part.object,
					  NULL);
	if (wanted && !old) {
		g_hash_table_insert(c->best, key, g_memdup2(k, sizeof(*k)));
		return;
	}
	if (wanted)
		*old = *k;
	g_bytes_unref(key);
}

/* By names first, then by the roles that are known of the two. */
static enum relation relation_of(const struct collector *c,
				 const struct held *h,
				 const struct lock_view *held,
				 const struct pending *p)
{
	enum relation r = value_relation(c->x->p, c->x->t, p->at, h->owner,
					 p->owner);
	uint8_t a = held->owner, b = p->view.owner;

	if (r != RELATION_UNKNOWN)
		return r;
	if (a == OWNER_CURRENT && b == OWNER_CURRENT)
		return RELATION_SAME;
	if (a == OWNER_NONE || b == OWNER_NONE ||
	    (a == OWNER_CURRENT && b == OWNER_REMOTE) ||
	    (a == OWNER_REMOTE && b == OWNER_CURRENT) ||
	    (a == OWNER_SPECIAL) != (b == OWNER_SPECIAL))
		return RELATION_DIFFERENT;
	return RELATION_UNKNOWN;
}

/*
 * Two locks of one class, and the holder has compared a number of their
 * domains: it takes them in the order of that number.
 */
static bool is_sorted(const struct collector *c, const struct held *h,
		      const struct pending *p)
{
	const GArray *facts = p->at->fact;

	if (h->class != p->view.class || !h->owner || !p->owner)
		return false;
	for (guint i = 0; i < facts->len; i++)
		if (explore_is_sorting(c->x->t,
				       g_array_index(facts, struct binding,
						     i).key,
				       h->owner, p->owner))
			return true;
	return false;
}

/* INSTANCE holds H itself: one ordering per origin of the hold. */
static void emit(struct collector *c, uint32_t instance,
		 const struct pending *p, const struct held *h, bool same)
{
	struct candidate k = { .instance = instance, .part = *p };
	int level = class_level(c, p->level.class);
	fact_id holder = instance_at(c->x, instance)->function;
	int context = reach_context(c->reach, instance);
	uint32_t nr;
	const uint32_t *member;
	uint32_t *copy;

	k.held = explore_view(c->x, p->at, h);
	k.held.function = 0;
	k.same_object = same;
	k.sorted = !same && is_sorted(c, h, p);
	k.relation = same ? RELATION_SAME : relation_of(c, h, &k.held, p);
	k.visible = p->view.mode != MODE_SPIN && is_ordered(k.held.mode) &&
		    level >= class_level(c, k.held.class);
	k.context = p->context ? p->context : (enum context)context;
	member = origin_set_members(c->x->origins, h->origins, &nr);
	copy = g_memdup2(member, sizeof(*member) * nr);
	for (uint32_t i = 0; i < nr; i++) {
		const struct origin *o = origin_get(c->x->origins, copy[i]);

		k.origin = copy[i];
		k.held_function = o->function ? o->function : holder;
		k.held_line = o->function ? o->line
					  : line_of(c, instance, o->node);
		offer(c, &k);
	}
	g_free(copy);
}

/*
 * Pairs an acquisition with what is held at P->at.  False: it is a recursion
 * of a lock that was acquired in this activation, and goes no further up.
 */
static bool pair_up(struct collector *c, uint32_t instance, struct pending *p,
		    const uint8_t *dropped)
{
	const struct held *same = held_same(c->x, p->at, p->event->kind,
					    p->object, dropped);

	if (same) {
		p->again = true;
		if (same->origins)
			emit(c, instance, p, same, true);
		return same->inherited;
	}
	if (p->again)
		return p->object && term_is_stable(c->x->t, p->object);
	for (guint i = 0; i < p->at->held->len; i++) {
		const struct held *h = &g_array_index(p->at->held,
						      struct held, i);

		if (h->origins && !(dropped && dropped[i]))
			emit(c, instance, p, h, false);
	}
	return true;
}

/* Which locks of the entry lockset are not held at AT any more? */
static uint32_t find_dropped(const struct instance *i, const struct state *at,
			     const uint8_t *dropped)
{
	uint32_t gone = 0;

	for (guint k = 0; k < i->entry->held->len && k < 32; k++)
		gone |= UINT32_C(1) << k;
	for (guint k = 0; k < at->held->len; k++) {
		uint32_t index = g_array_index(at->held, struct held,
					       k).inherited;

		if (index && index <= 32 && !(dropped && dropped[k]))
			gone &= ~(UINT32_C(1) << (index - 1));
	}
	return gone;
}

static void start_event(struct collector *c, uint32_t id,
			const struct event *e)
{
	bool header = in_header(c, id);
	const struct instance *i = instance_at(c->x, id);
	struct pending p = {
		.event = e,
		.view = e->view,
		.object = e->object,
		.owner = e->owner,
		.level = e->at->level,
		.in_force = view_in_force(c, e->at, &e->at->level),
		.site_function = header ? 0 : i->function,
		.site_line = header ? 0 : line_of(c, id, e->node),
		.node = e->node,
		.at = e->at,
	};

	p.in_force.function = 0;
	p.dropped = find_dropped(i, e->at, NULL);
	if (pair_up(c, id, &p, NULL) && c->under_lock[id])
		add_pending(c, id, &p);
}

static enum context crossing(const struct collector *c, uint32_t callee,
			     enum context inner)
{
	uint8_t own = c->x->p->context_of[instance_at(c->x, callee)->function];

	return own && own - 1 != CONTEXT_RUNNING ? (enum context)(own - 1)
						 : inner;
}

/* The caller may know more of the lock than the callee did. */
static void refine_view(struct collector *c, struct pending *p)
{
	const struct program *p0 = c->x->p;
	enum owner_role role;

	if (p->owner && p->view.owner == OWNER_ANY) {
		role = value_role(p0, c->x->t, p->at, p->owner);
		if (role != OWNER_NONE)
			p->view.owner = (uint8_t)role;
	}
	if (p->owner && p->view.control == TRI_UNKNOWN)
		p->view.control = (uint8_t)value_is_control(
			p0, c->x->t, p->at, p->owner);
	if (p->object && p->view.instance == INSTANCE_ANY)
		p->view.instance = (uint8_t)value_instance(
			p0, c->x->t, p->at, p->object);
}

/*
 * 0 for what the caller has no lasting name for: it is no lock that a caller
 * holds.
 */
static term_id term_above(struct collector *c, const struct call_edge *e,
			  term_id id)
{
	enum { MADE_INSIDE = TERM_HAS_FRESH | TERM_HAS_OLD |
			     TERM_HAS_UNKNOWN };

	if (!id || term_get(c->x->t, id)->flags & MADE_INSIDE)
		return 0;
	return explore_map_back(c->x->t, e->root, e->node, id);
}

/* Fills c->dropped for the locks held at the call. */
static void map_dropped(struct collector *c, const struct call_edge *e,
			uint32_t dropped)
{
	if (e->at->held->len > c->dropped_size) {
		c->dropped_size = e->at->held->len;
		c->dropped = g_realloc(c->dropped, c->dropped_size);
	}
	if (c->dropped)
		memset(c->dropped, 0, c->dropped_size);
	for (guint k = 0; c->dropped && k < e->visible->len && k < 32; k++)
		if (dropped >> k & 1)
			c->dropped[g_array_index(e->visible, guint, k)] = 1;
}

/* Hands one pending acquisition of INSTANCE up one call edge. */
static void hand_up(struct collector *c, uint32_t instance, uint32_t index,
		    const struct caller_edge *up)
{
	const struct call_edge *e = edge_at(c, up);
	struct pending p = g_array_index(c->pending[instance], struct pending,
					 index);

	if (!c->under_lock[up->caller] && !holds_own(e->at))
		return;
	if (!p.site_function && !in_header(c, up->caller)) {
		p.site_function = instance_at(c->x, up->caller)->function;
		p.site_line = line_of(c, up->caller, e->node);
	}
	p.object = term_above(c, e, p.object);
	p.owner = term_above(c, e, p.owner);
	p.at = e->at;
	if (!p.level.class) {
		p.level = level_above(e, &p.level);
		p.in_force = view_in_force(c, e->at, &p.level);
		p.in_force.function = 0;
	} else {
		p.level.owner = term_above(c, e, p.level.owner);
	}
	refine_view(c, &p);
	p.context = crossing(c, instance, p.context);
	p.inner_instance = instance + 1;
	p.inner = index;
	p.node = e->node;
	p.depth++;
	map_dropped(c, e, p.dropped);
	p.dropped = find_dropped(instance_at(c->x, up->caller), e->at,
				 c->dropped);
	if (pair_up(c, up->caller, &p, c->dropped) &&
	    c->under_lock[up->caller])
		add_pending(c, up->caller, &p);
}

static void hand_up_all(struct collector *c)
{
	struct pending_ref *ref;

	while ((ref = g_queue_pop_head(&c->work))) {
		const GArray *callers =
			entry_paths_callers(c->paths, ref->instance);

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
	else
		l.site = (struct site){ .function = "", .file = "" };
	return l;
}

/* The locks that one activation holds itself. */
static void add_own(const struct collector *c, struct ordering *o,
		    const struct state *at)
{
	for (guint i = 0; i < at->held->len; i++) {
		const struct held *h = &g_array_index(at->held, struct held,
						      i);
		struct lock_view v;
		struct lock_ref l;

		if (!h->origins)
			continue;
		v = explore_view(c->x, at, h);
		l = make_lock(c, &v, v.function, 0);
		g_array_append_val(o->lockset, l);
	}
}

/* All that is held on the way, outermost activation first. */
static void add_lockset(const struct collector *c, struct ordering *o,
			const struct candidate *k, const GArray *path)
{
	const struct pending *p = &k->part;

	for (guint i = 0; i < path->len; i++)
		add_own(c, o, g_array_index(path, struct path_step,
					    i).edge->at);
	add_own(c, o, p->at);
	while (p->inner_instance) {
		p = &g_array_index(c->pending[p->inner_instance - 1],
				   struct pending, p->inner);
		add_own(c, o, p->at);
	}
}

/* A level from before the holder was entered: what its callers had. */
static void resolve_level(const struct collector *c, struct pending *p,
			  const GArray *path)
{
	for (guint i = path->len; !p->level.class && i > 0; i--) {
		const struct call_edge *e =
			g_array_index(path, struct path_step, i - 1).edge;

		p->level = level_above(e, &p->level);
		p->in_force = view_in_force(c, e->at, &p->level);
	}
}

static void set_in_force(const struct collector *c, struct ordering *o,
			 const struct pending *p)
{
	o->in_force = class_level(c, p->level.class);
	for (guint i = o->lockset->len; i > 0; i--) {
		const struct lock_ref *l = &g_array_index(
			o->lockset, struct lock_ref, i - 1);

		if (p->in_force.class && l->class == p->in_force.class - 1u &&
		    l->mode == (enum lock_mode)p->in_force.mode &&
		    l->owner == (enum owner_role)p->in_force.owner &&
		    l->instance == (enum instance_kind)p->in_force.instance) {
			o->in_force_lock = i;
			return;
		}
	}
}

static int compare_candidate(const void *a, const void *b)
{
	const struct candidate *x = *(const struct candidate *const *)a;
	const struct candidate *y = *(const struct candidate *const *)b;
	const uint32_t kx[] = { x->instance, x->held_function, x->held_line,
				x->part.site_function, x->part.site_line,
				x->part.node };
	const uint32_t ky[] = { y->instance, y->held_function, y->held_line,
				y->part.site_function, y->part.site_line,
				y->part.node };

	for (size_t i = 0; i < G_N_ELEMENTS(kx); i++)
		if (kx[i] != ky[i])
			return kx[i] < ky[i] ? -1 : 1;
	return 0;
}

static void add_ordering(const struct collector *c, const struct candidate *k)
{
	struct ordering *o = result_add_ordering(c->r);
	const struct origin *from = origin_get(c->x->origins, k->origin);
	fact_id holder = instance_at(c->x, k->instance)->function;
	GArray *path = g_array_new(FALSE, FALSE, sizeof(struct path_step));
	struct pending part = k->part;

	entry_paths_find(c->paths, k->instance, part.event->kind,
			 k->same_object ? 0 : part.object, path);
	o->held = make_lock(c, &k->held, k->held_function, k->held_line);
	o->acquired = make_lock(c, &part.view, part.site_function
						       ? part.site_function
						       : holder,
				part.site_line);
	o->holder = make_site(c, holder, line_of(c, k->instance, from->node));
	o->acquire_line = line_of(c, k->instance, part.node);
	o->relation = k->relation;
	o->same_object = k->same_object;
	o->sorted = k->sorted;
	o->context = k->context;
	o->runtime_visible = k->visible;
	if (part.event->at->flags & STATE_ASSERT_FAILED)
		g_ptr_array_add(o->path_worlds,
				(char *)result_text(c->r, "assert-fails"));
	add_lockset(c, o, k, path);
	resolve_level(c, &part, path);
	set_in_force(c, o, &part);
	witness_make(c->x, path, c->pending, k, c->r, o->witness);
	g_array_unref(path);
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

static void release(struct collector *c, uint32_t nr)
{
	for (uint32_t id = 0; id < nr; id++) {
		if (c->pending[id])
			g_array_unref(c->pending[id]);
		if (c->known[id])
			g_hash_table_unref(c->known[id]);
	}
	g_free(c->under_lock);
	g_free(c->pending);
	g_free(c->known);
	g_free(c->dropped);
	g_hash_table_unref(c->best);
	entry_paths_free(c->paths);
}

void order_collect(struct explorer *x, const struct reach *reach,
		   struct result *r)
{
	struct collector c = { .x = x, .reach = reach, .r = r };
	uint32_t nr = x->instance->len;

	c.paths = entry_paths_new(x, reach);
	c.under_lock = g_new0(uint8_t, nr + 1);
	c.pending = g_new0(GArray *, nr + 1);
	c.known = g_new0(GHashTable *, nr + 1);
	g_queue_init(&c.work);
	c.best = g_hash_table_new_full(g_bytes_hash, g_bytes_equal,
				       (GDestroyNotify)g_bytes_unref, g_free);
	mark_under_lock(&c);
	for (uint32_t id = 0; id < nr; id++) {
		const struct instance *i = instance_at(x, id);

		for (guint k = 0; reach_context(reach, id) >= 0 &&
				  k < i->event->len; k++)
			start_event(&c, id, g_ptr_array_index(i->event, k));
	}
	hand_up_all(&c);
	finish(&c);
	release(&c, nr);
}
