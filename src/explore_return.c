/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each exit of a callee becomes a state of the caller. */
#include "explore_int.h"

static int index_in(const GArray *indices, guint i)
{
	for (guint k = 0; k < indices->len; k++)
		if (g_array_index(indices, guint, k) == i)
			return (int)k;
	return -1;
}

/* The way back: what the callee calls symbol k is the caller's root k. */
struct return_mapping {
	struct terms *t;
	const GArray *root;
	uint32_t node;
	GArray *fresh;		/* term_id: callee's values made inside */
};

static term_id to_caller(void *context, term_id leaf)
{
	struct return_mapping *m = context;
	struct term x = *term_get(m->t, leaf);

	switch (x.op) {
	case TERM_SYMBOL:
		return x.a < m->root->len
			       ? g_array_index(m->root, struct root, x.a).term
			       : term_unknown(m->t);
	case TERM_FRESH:
		for (guint i = 0; i < m->fresh->len; i++)
			if (g_array_index(m->fresh, term_id, i) == leaf)
				return term_leaf(m->t, TERM_FRESH, m->node,
						 i + 1, x.imm);
		g_array_append_val(m->fresh, leaf);
		return term_leaf(m->t, TERM_FRESH, m->node, m->fresh->len,
				 x.imm);
	case TERM_OLD:
		return term_leaf(m->t, TERM_OLD, m->node, x.b, x.imm);
	default:
		return term_unknown(m->t);
	}
}

static term_id map_back(struct return_mapping *m, term_id value)
{
	return value ? term_map(m->t, value, to_caller, NULL, m) : 0;
}

term_id explore_map_back(struct terms *t, const GArray *root, uint32_t node,
			 term_id value)
{
	struct return_mapping m = { .t = t, .root = root, .node = node };
	term_id out;

	m.fresh = g_array_new(FALSE, FALSE, sizeof(term_id));
	out = map_back(&m, value);
	g_array_unref(m.fresh);
	return out;
}

/* Where a lock that the callee returns held came from, seen from here. */
static uint32_t origins_through_call(struct run *r, uint32_t node,
				     uint32_t callee, uint32_t set)
{
	uint32_t nr, out = 0;
	bool header = program_in_lock_header(r->x->p, r->function);
	const uint32_t *member = origin_set_members(r->x->origins, set, &nr);
	uint32_t *copy = g_memdup2(member, sizeof(*member) * nr);

	for (uint32_t i = 0; i < nr; i++) {
		struct origin o = *origin_get(r->x->origins, copy[i]);

		if (!o.function && !header) {
			o.function = r->function;
			o.line = r->e.b->node[node].line;
		}
		o.in = r->function;
		o.node = node;
		o.instance = callee + 1;
		o.inner = copy[i];
		out = origin_set_union(
			r->x->origins, out,
			origin_set_of(r->x->origins,
				      origin_make(r->x->origins, &o)));
	}
	g_free(copy);
	return out;
}

/*
 * A level of the callee's, in the caller's terms: one from before the call is
 * what the caller has in force, or what the caller's lock saved.
 */
static struct level return_level(struct return_mapping *m,
				 const struct state *before,
				 const struct level *entry,
				 const struct level *level,
				 const GArray *visible)
{
	const struct held *own;
	guint index;

	if (level->class == entry->class && level->owner == entry->owner)
		return before->level;
	if (level->class)
		return (struct level){ .class = level->class,
				       .owner = map_back(m, level->owner) };
	if (!level->owner || level->owner > visible->len)
		return before->level;
	index = g_array_index(visible, guint, level->owner - 1);
	own = &g_array_index(before->held, struct held, index);
	/* Released once, it may still be held. */
	return own->count > 1 ? before->level : own->saved;
}

/* The caller's own lock, as the callee left it. */
static void return_own(struct run *r, struct return_mapping *m,
		       struct state *after, struct held own,
		       const struct held *h, uint32_t callee)
{
	if (!h) {
		if (own.count > 1) {
			own.count--;
			g_array_append_val(after->held, own);
		}
		return;
	}
	own.count = MIN(own.count + h->count - 1, HELD_COUNT_MAX);
	own.many |= h->many;
	own.kind = h->kind;
	if (h->origins && h->many)
		own.origins = origin_set_union(
			r->x->origins, own.origins,
			origins_through_call(r, m->node, callee, h->origins));
	g_array_append_val(after->held, own);
}

static const struct held *find_inherited(const struct state *exit, guint i)
{
	for (guint k = 0; k < exit->held->len; k++) {
		const struct held *h =
			&g_array_index(exit->held, struct held, k);

		if (h->inherited == i + 1)
			return h;
	}
	return NULL;
}

static bool holds_object(const struct state *s, term_id object)
{
	for (guint i = 0; i < s->held->len; i++)
		if (g_array_index(s->held, struct held, i).object == object)
			return true;
	return false;
}

/* Is there an exit with the same result on which the lock is not held? */
static bool is_released_elsewhere(struct run *r, uint32_t callee,
				  const struct exit_state *exit,
				  const struct held *h)
{
	const GPtrArray *exits = explorer_instance(r->x, callee)->exits;

	for (guint i = 0; i < exits->len; i++) {
		const struct exit_state *other = g_ptr_array_index(exits, i);

		if (other->result == exit->result &&
		    !holds_object(other->state, h->object))
			return true;
	}
	return false;
}

/*
 * Does the callee hold a lock on return that its callers cannot know of?  It
 * was acquired further down than functions that return with a lock are looked
 * for (lockflow.c), or the callee releases it on other ways and no result
 * tells.  Approximation: it is taken to be released; the ledger names the
 * function.
 */
static bool is_leak(struct run *r, uint32_t callee,
		    const struct exit_state *exit, const struct held *h)
{
	const struct program *p = r->x->p;
	fact_id function = explorer_instance(r->x, callee)->function;
	uint32_t bit = explore_lock_bit(p, r->x->t, h->object);

	if (p->gives[function] & bit &&
	    !(p->releases[function] & bit &&
	      is_released_elsewhere(r, callee, exit, h)))
		return false;
	explorer_limit(r->x, LIMIT_LEAK, function, 0, h->class);
	return true;
}

/* Locks that were held before, in their order, then those of the callee. */
static void return_lockset(struct run *r, struct return_mapping *m,
			   const struct state *before, struct state *after,
			   const struct exit_state *from, uint32_t callee,
			   const GArray *visible)
{
	const struct state *exit = from->state;
	struct level entry = explorer_instance(r->x, callee)->entry->level;
	guint own_nr;

	g_array_set_size(after->held, 0);
	for (guint i = 0; i < before->held->len; i++) {
		struct held own = g_array_index(before->held, struct held, i);
		int at = index_in(visible, i);

		if (at < 0)
			g_array_append_val(after->held, own);
		else
			return_own(r, m, after, own,
				   find_inherited(exit, (guint)at), callee);
	}
	own_nr = after->held->len;
	for (guint i = 0; i < exit->held->len; i++) {
		struct held h = g_array_index(exit->held, struct held, i);

		if (h.inherited || is_leak(r, callee, from, &h))
			continue;
		h.object = map_back(m, h.object);
		h.owner = map_back(m, h.owner);
		h.saved = return_level(m, before, &entry, &h.saved, visible);
		h.origins = origins_through_call(r, m->node, callee,
						 h.origins);
		explore_add_held(r, after, &h);
	}
	after->flags |= exit->flags & STATE_ASSERT_FAILED;
	after->level = return_level(m, before, &entry, &exit->level, visible);
	explore_release_unnamed(r, after, exit, own_nr);
	if (!exit->checked.class)
		return;
	after->checked.class = exit->checked.class;
	after->checked.owner = map_back(m, exit->checked.owner);
}

/* A term without a stable meaning in the caller says nothing there. */
static bool is_useful(const struct terms *t, term_id id)
{
	return id && term_is_stable(t, id) && !term_is_const(t, id, NULL);
}

static bool is_in_global(const struct terms *t, term_id address)
{
	const struct term *x = term_get(t, address);

	while (x->op == TERM_FIELD || x->op == TERM_INDEX)
		x = term_get(t, x->a);
	return x->op == TERM_GLOBAL;
}

static void return_bindings(struct run *r, struct return_mapping *m,
			    struct state *after, const struct state *exit)
{
	struct terms *t = r->x->t;

	for (guint i = 0; i < exit->memory->len; i++) {
		struct binding b = g_array_index(exit->memory, struct binding,
						 i);
		term_id key;

		if (term_get(t, b.key)->flags & TERM_HAS_LOCAL)
			continue;
		key = map_back(m, b.key);
		/* What a callee leaves in variables is of no use here. */
		if (is_in_global(t, key))
			state_forget(t, after, key);
		else if (is_useful(t, key))
			bindings_set(after->memory, key,
				     map_back(m, b.value));
	}
	for (guint i = 0; i < exit->fact->len; i++) {
		struct binding b = g_array_index(exit->fact, struct binding,
						 i);
		term_id key;

		if (term_get(t, b.key)->flags & TERM_HAS_LOCAL)
			continue;
		if (!explore_is_about_objects(r->x->p, t, b.key))
			continue;
		key = map_back(m, b.key);
		if (is_useful(t, key))
			bindings_set(after->fact, key, map_back(m, b.value));
	}
}

static bool constant_contradicts(const struct terms *t, const struct state *s,
				 const struct binding *b)
{
	enum tristate now = state_truth(t, s, b->key);
	int64_t imm;

	if (now == TRI_UNKNOWN)
		return false;
	if (!b->value)
		return now == TRI_NO;
	if (!term_is_const(t, b->value, &imm))
		return false;
	return imm == 0 ? now == TRI_YES : now == TRI_NO;
}

/* Does what the callee learnt on the way to this exit contradict what the
 * caller knows, of values that the callee did not change? */
static bool contradicts(struct run *r, struct return_mapping *m,
			const struct state *s, const struct state *exit)
{
	for (guint i = 0; i < exit->fact->len; i++) {
		struct binding b = g_array_index(exit->fact, struct binding,
						 i);

		b.key = map_back(m, b.key);
		b.value = map_back(m, b.value);
		if (is_useful(r->x->t, b.key) &&
		    constant_contradicts(r->x->t, s, &b))
			return true;
	}
	return false;
}

static const uint64_t *writes_of(struct run *r, uint32_t callee)
{
	const struct program *p = r->x->p;
	fact_id function = explorer_instance(r->x, callee)->function;

	return p->writes + (size_t)p->track_words * function;
}

static void apply_exit(struct run *r, const struct state *before,
		       uint32_t node, uint32_t callee, const GArray *root,
		       const struct exit_state *exit, const GArray *visible)
{
	struct return_mapping m = { .t = r->x->t, .root = root, .node = node };
	struct state *after = state_copy(before);

	m.fresh = g_array_new(FALSE, FALSE, sizeof(term_id));
	state_havoc(r->x->p, r->x->t, after, writes_of(r, callee), node);
	if (contradicts(r, &m, after, exit->state)) {
		state_free(after);
		g_array_unref(m.fresh);
		return;
	}
	explore_forget_passed(r, after, node);
	if (visible)
		return_lockset(r, &m, before, after, exit, callee, visible);
	return_bindings(r, &m, after, exit->state);
	explore_set_result(r, after, node, map_back(&m, exit->result));
	g_array_unref(m.fresh);
	g_ptr_array_add(r->out, after);
}

void explore_return(struct run *r, const struct state *before, uint32_t node,
		    uint32_t callee, const GArray *root, const GArray *visible)
{
	const struct instance *to = explorer_instance(r->x, callee);
	GArray *named = g_array_copy((GArray *)root);

	for (guint i = 0; i < named->len; i++) {
		struct root *x = &g_array_index(named, struct root, i);

		x->term = state_named_before(r->x->p, r->x->t,
					     writes_of(r, callee), node,
					     x->term);
	}
	for (guint i = 0; i < to->exits->len; i++)
		apply_exit(r, before, node, callee, named,
			   g_ptr_array_index(to->exits, i), visible);
	g_array_unref(named);
}
