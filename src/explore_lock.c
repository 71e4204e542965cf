/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What lock primitives do to the lockset and to the level in force, as the
 * run-time check of the tree does it (an acquisition saves the level that is
 * in force in the lock, the last release restores it).
 *
 * Approximation: a release of an object that cannot be told from several held
 * ones releases the one acquired last of those that it may be.
 */
#include "explore_int.h"

#include <string.h>

static struct held *held_at(const struct state *s, guint i)
{
	return &g_array_index(s->held, struct held, i);
}

static enum lock_mode mode_of(enum lock_kind kind)
{
	switch (kind) {
	case LOCKKIND_READ:
		return MODE_READ;
	case LOCKKIND_ORDER:
		return MODE_ORDER;
	case LOCKKIND_SPIN:
		return MODE_SPIN;
	default:
		return MODE_WRITE;
	}
}

static term_id argument(struct run *r, const struct state *s, uint32_t node,
			int arg)
{
	const struct fact_node *n = &r->e.b->node[node];

	if (arg < 0 || (uint32_t)arg >= n->extra_nr)
		return 0;
	return value_of(&r->e, s, r->e.b->extra[n->extra + (uint32_t)arg]);
}

/* The lock object: an address. */
static term_id object_of(struct run *r, const struct state *s, uint32_t node,
			 const struct lock_primitive *lp)
{
	const struct fact_node *n = &r->e.b->node[node];
	const struct fact_expr *e;

	if (lp->object_by_value && lp->object_arg >= 0 &&
	    (uint32_t)lp->object_arg < n->extra_nr) {
		e = &r->e.b->expr[r->e.b->extra[n->extra +
						(uint32_t)lp->object_arg]];
		if (e->op == EXPR_LOAD)
			return value_of(&r->e, s, e->a);
	}
	if (lp->object_arg < 0)
		return term_unknown(r->x->t);
	return argument(r, s, node, lp->object_arg);
}

static uint32_t class_of(struct run *r, uint32_t node,
			 const struct lock_primitive *lp)
{
	const struct fact_node *n = &r->e.b->node[node];
	const struct fact_expr *e;

	if (lp->class || lp->object_arg < 0)
		return lp->class;
	e = &r->e.b->expr[r->e.b->extra[n->extra + (uint32_t)lp->object_arg]];
	if (e->op != EXPR_FIELD)
		return 0;
	return GPOINTER_TO_UINT(g_hash_table_lookup(r->x->p->lp->external,
						    GUINT_TO_POINTER(e->b)));
}

static term_id owner_of(struct run *r, const struct state *s, uint32_t node,
			const struct lock_primitive *lp, term_id object)
{
	term_id owner = argument(r, s, node, lp->owner_arg);

	return owner ? owner : value_owner(r->x->p, r->x->t, s, object);
}

/* May a primitive of KIND concern a lock that is held as HELD? */
static bool same_kind(enum lock_kind kind, const struct held *h)
{
	return h->kind == kind;
}

/*
 * The last held lock that OBJECT is; *SURE says whether it must be.  -1 if
 * none can be.
 */
static int find_held(struct run *r, const struct state *s,
		     enum lock_kind kind, term_id object, bool *sure)
{
	int maybe = -1;

	*sure = false;
	for (int i = (int)s->held->len - 1; i >= 0; i--) {
		const struct held *h = held_at(s, (guint)i);
		enum tristate same;

		if (!same_kind(kind, h))
			continue;
		same = state_same(r->x->p, r->x->t, s, h->object, object);
		if (same == TRI_YES && !h->many) {
			*sure = true;
			return i;
		}
		if (same != TRI_NO && maybe < 0)
			maybe = i;
	}
	return maybe;
}

static struct lock_view view_of(const struct explorer *x,
				const struct state *s, uint32_t class,
				enum lock_kind kind, term_id object,
				term_id owner)
{
	return (struct lock_view){
		.class = (uint8_t)class,
		.mode = (uint8_t)mode_of(kind),
		.instance = (uint8_t)value_instance(x->p, x->t, s, object),
		.owner = (uint8_t)value_role(x->p, x->t, s, owner),
		.control = (uint8_t)value_is_control(x->p, x->t, s, owner),
	};
}

struct lock_view explore_view(const struct explorer *x,
			      const struct state *at, const struct held *h)
{
	struct lock_view v = view_of(x, at, h->class, h->kind, h->object,
				     h->owner);
	uint32_t nr;
	const uint32_t *members;

	if (!h->inherited) {
		members = origin_set_members(x->origins, h->origins, &nr);
		if (nr)
			v.function = origin_get(x->origins,
						members[0])->function;
	}
	return v;
}

static int class_level(const struct run *r, uint32_t class)
{
	return class ? g_array_index(r->x->p->lp->class, struct lock_class,
				     class - 1).level
		     : -1;
}

static bool same_view(const struct lock_view *x, const struct lock_view *y)
{
	return x->class == y->class && x->mode == y->mode &&
	       x->instance == y->instance && x->owner == y->owner &&
	       x->control == y->control && x->function == y->function;
}

/* An acquisition; it is paired with what is held in order.c. */
static void record_acquisition(struct run *r, const struct state *s,
			       uint32_t node, uint32_t class,
			       enum lock_kind kind, term_id object,
			       term_id owner)
{
	struct instance *self = explorer_instance(r->x, r->self);
	struct event e = { .node = node, .kind = kind, .object = object,
			   .owner = owner,
			   .view = view_of(r->x, s, class, kind, object,
					   owner) };

	e.at = explore_snapshot(r, s);
	for (guint i = 0; i < self->event->len; i++) {
		struct event *old = g_ptr_array_index(self->event, i);

		if (old->node != node || old->object != object ||
		    old->owner != owner || old->kind != kind ||
		    !same_view(&old->view, &e.view) ||
		    !explore_same_snapshot(old->at, e.at))
			continue;
		state_join(r->x->origins, old->at, e.at);
		state_free(e.at);
		return;
	}
	g_ptr_array_add(self->event, g_memdup2(&e, sizeof(e)));
}

static uint32_t origin_here(struct run *r, uint32_t node)
{
	bool header = program_in_lock_header(r->x->p, r->function);
	struct origin o = {
		.function = header ? 0 : r->function,
		.line = header ? 0 : r->e.b->node[node].line,
		.in = r->function,
		.node = node,
	};

	return origin_set_of(r->x->origins,
			     origin_make(r->x->origins, &o));
}

static void set_level(struct state *s, uint32_t class, term_id owner)
{
	s->level.class = class;
	s->level.owner = owner;
}

/* Taken again: only the count goes up, and an ordered spinlock's level. */
static void take_again(struct run *r, struct state *s, uint32_t node,
		       struct held *h, bool record)
{
	if (record)
		record_acquisition(r, s, node, h->class, h->kind, h->object,
				   h->owner);
	if (h->count < HELD_COUNT_MAX)
		h->count++;
	if (h->kind == LOCKKIND_LOCK || h->kind == LOCKKIND_ORDER)
		set_level(s, h->class, h->owner);
}

/* Objects of one shape: elements of an array that a loop takes. */
static bool same_shape(struct run *r, const struct held *h, term_id object)
{
	const struct term *x = term_get(r->x->t, h->object);
	const struct term *y = term_get(r->x->t, object);

	while (x->op == y->op && (x->op == TERM_FIELD || x->op == TERM_LOAD) &&
	       x->b == y->b) {
		x = term_get(r->x->t, x->a);
		y = term_get(r->x->t, y->a);
	}
	if (x->op == TERM_INDEX && y->op == TERM_INDEX)
		return x->a == y->a;
	if (x->op == TERM_INDEX && y->op == TERM_FIELD)
		return term_get(r->x->t, x->a) == y;
	if (y->op == TERM_INDEX && x->op == TERM_FIELD)
		return term_get(r->x->t, y->a) == x;
	return x->op == TERM_OLD && y->op == TERM_FRESH && x->a == y->a &&
	       x->b == y->b;
}

/*
 * Is OBJECT found by an index that a loop counts?  Approximation: such a loop
 * is taken to go through the whole array.
 */
static bool is_each_element(const struct run *r, term_id object)
{
	const struct term *x = term_get(r->x->t, object);

	while (x->op == TERM_FIELD || x->op == TERM_LOAD)
		x = term_get(r->x->t, x->a);
	if (x->op != TERM_INDEX)
		return false;
	x = term_get(r->x->t, x->b);
	return x->op == TERM_FRESH && x->b >= FRESH_INDEX &&
	       x->a < r->e.b->node_nr && r->e.slice->in_loop[x->a];
}

static bool join_elements(struct run *r, struct state *s, uint32_t node,
			  enum lock_kind kind, term_id object)
{
	if (!r->e.slice->in_loop[node] &&
	    !program_in_lock_header(r->x->p, r->function))
		return false;
	for (guint i = 0; i < s->held->len; i++) {
		struct held *h = held_at(s, i);

		if (h->kind == kind && same_shape(r, h, object)) {
			h->many = true;
			return true;
		}
	}
	return false;
}

/* Of more locks of one class and kind than this, the last stand for all. */
enum { SAME_CLASS_MAX = 2 };

/* Could the two be one lock, as far as an ordering tells locks apart? */
static bool is_similar(struct run *r, const struct state *s,
		       const struct held *h, term_id object, term_id owner)
{
	const struct program *p = r->x->p;

	if (state_same(p, r->x->t, s, h->object, object) == TRI_NO)
		return false;
	return value_role(p, r->x->t, s, h->owner) ==
		       value_role(p, r->x->t, s, owner) &&
	       value_instance(p, r->x->t, s, h->object) ==
		       value_instance(p, r->x->t, s, object);
}

/*
 * Approximation: a lock that may be one that is held, or one too many of its
 * class, joins that one: they count as held until the last is released, and
 * both places are where it was acquired.
 */
static bool join_class(struct run *r, struct state *s,
		       const struct held *new)
{
	struct held *into = NULL;
	bool same = false;
	int nr = 0;

	for (guint i = 0; i < s->held->len && !same; i++) {
		struct held *h = held_at(s, i);

		if (h->class != new->class || h->kind != new->kind)
			continue;
		nr++;
		same = state_same(r->x->p, r->x->t, s, h->object,
				  new->object) == TRI_YES;
		if (h->all && new->all && same_shape(r, h, new->object)) {
			h->origins = origin_set_union(r->x->origins,
						      h->origins,
						      new->origins);
			return true;
		}
		if (same || nr >= SAME_CLASS_MAX ||
		    is_similar(r, s, h, new->object, new->owner))
			into = h;
	}
	if (!into)
		return false;
	into->many |= !same;
	into->all &= same;
	into->count = MIN(into->count + new->count, HELD_COUNT_MAX);
	/* Taken again, it stays the lock that was acquired first. */
	if (!same)
		into->origins = origin_set_union(r->x->origins, into->origins,
						 new->origins);
	return true;
}

void explore_add_held(struct run *r, struct state *s, const struct held *new)
{
	struct held h = *new;

	h.all = is_each_element(r, h.object);
	h.many |= h.all;
	if (!join_class(r, s, &h))
		g_array_append_val(s->held, h);
}

static void push_held(struct run *r, struct state *s, uint32_t node,
		      uint32_t class, enum lock_kind kind, term_id object,
		      term_id owner, bool join)
{
	struct held h = { .class = class, .kind = kind, .count = 1,
			  .object = object, .owner = owner,
			  .saved = s->level,
			  .origins = origin_here(r, node) };

	if (join)
		explore_add_held(r, s, &h);
	else
		g_array_append_val(s->held, h);
	if (kind != LOCKKIND_READ && kind != LOCKKIND_SPIN)
		set_level(s, class, owner);
}

static void acquire_other(struct run *r, struct state *s, uint32_t node,
			  const struct lock_primitive *lp, uint32_t class,
			  term_id object, term_id owner)
{
	bool checked = lp->kind == LOCKKIND_SPIN && s->checked.class == class;

	if (!checked)
		record_acquisition(r, s, node, class, lp->kind, object, owner);
	s->checked = (struct level){ 0 };
	if (!join_elements(r, s, node, lp->kind, object))
		push_held(r, s, node, class, lp->kind, object, owner, true);
	g_ptr_array_add(r->out, s);
}

static bool recursion_allowed(struct run *r, const struct state *s,
			      uint32_t node, const struct lock_primitive *lp)
{
	term_id rec;

	if (lp->kind != LOCKKIND_LOCK)
		return lp->kind != LOCKKIND_SPIN;
	rec = argument(r, s, node, lp->recursive_arg);
	return !rec || state_truth(r->x->t, s, rec) != TRI_NO;
}

static void acquire(struct run *r, struct state *s, uint32_t node,
		    const struct lock_primitive *lp)
{
	uint32_t class = class_of(r, node, lp);
	term_id object = object_of(r, s, node, lp);
	term_id owner = owner_of(r, s, node, lp, object);
	bool sure;
	int i = find_held(r, s, lp->kind, object, &sure);

	if (!class) {
		g_ptr_array_add(r->out, s);
		return;
	}
	if (i < 0 || lp->kind == LOCKKIND_READ) {
		acquire_other(r, s, node, lp, class, object, owner);
		return;
	}
	if (!sure)
		acquire_other(r, state_copy(s), node, lp, class, object,
			      owner);
	if (!recursion_allowed(r, s, node, lp)) {
		if (sure)
			explorer_limit(r->x, LIMIT_SELF, r->function, node,
				       class);
		state_free(s);
		return;
	}
	take_again(r, s, node, held_at(s, (guint)i), true);
	g_ptr_array_add(r->out, s);
}

/* The check that stands before an external lock is taken. */
static void check(struct run *r, struct state *s, uint32_t node,
		  const struct lock_primitive *lp)
{
	term_id owner = argument(r, s, node, lp->owner_arg);

	if (!owner)
		owner = term_unknown(r->x->t);
	if (lp->class) {
		record_acquisition(r, s, node, lp->class, LOCKKIND_ORDER,
				   owner, owner);
		s->checked.class = lp->class;
		s->checked.owner = owner;
	}
	g_ptr_array_add(r->out, s);
}

/* The plain lock that a constraint stands around becomes the constraint. */
static bool cover_plain_lock(struct state *s, uint32_t class, term_id object,
			     term_id owner)
{
	for (guint i = s->held->len; i > 0; i--) {
		struct held *h = held_at(s, i - 1);

		if (h->kind != LOCKKIND_SPIN || h->class != class)
			continue;
		h->kind = LOCKKIND_ORDER;
		h->object = object;
		h->owner = owner;
		h->saved = s->level;
		h->many = false;
		set_level(s, class, owner);
		return true;
	}
	return false;
}

static void hold(struct run *r, struct state *s, uint32_t node,
		 const struct lock_primitive *lp)
{
	term_id object = object_of(r, s, node, lp);
	term_id owner = argument(r, s, node, lp->owner_arg);
	bool sure;
	int i = find_held(r, s, LOCKKIND_ORDER, object, &sure);

	if (!owner && s->checked.class == lp->class)
		owner = s->checked.owner;
	if (!owner)
		owner = value_owner(r->x->p, r->x->t, s, object);
	s->checked = (struct level){ 0 };
	if (i >= 0 && held_at(s, (guint)i)->class == lp->class)
		take_again(r, s, node, held_at(s, (guint)i), false);
	else if (lp->class && !cover_plain_lock(s, lp->class, object, owner))
		push_held(r, s, node, lp->class, LOCKKIND_ORDER, object,
			  owner, false);
	g_ptr_array_add(r->out, s);
}

/* After the release of a lock: is the level in force one of a held lock? */
static void check_stale(struct run *r, const struct state *s, uint32_t node)
{
	int highest = -1;

	if (!s->level.class)
		return;
	for (guint i = 0; i < s->held->len; i++) {
		const struct held *h = held_at(s, i);

		if (h->kind != LOCKKIND_READ && h->kind != LOCKKIND_SPIN)
			highest = MAX(highest, class_level(r, h->class));
	}
	if (class_level(r, s->level.class) != highest)
		explorer_limit(r->x, LIMIT_STALE, r->function, node,
			       s->level.class);
}

/* Once less; true if it is held no more. */
static bool drop_held(struct state *s, guint i)
{
	struct held *h = held_at(s, i);
	struct level saved = h->saved;
	bool sets = h->kind != LOCKKIND_READ && h->kind != LOCKKIND_SPIN;

	if (h->count > 1) {
		h->count--;
		return false;
	}
	g_array_remove_index(s->held, i);
	if (sets)
		s->level = saved;
	return sets;
}

/* The last lock of such a member that is held; -1 if none is. */
static int find_member(struct run *r, const struct state *s, uint32_t bit,
		       enum lock_kind kind)
{
	for (int i = (int)s->held->len - 1; i >= 0; i--) {
		const struct held *h = held_at(s, (guint)i);

		if (h->kind == kind &&
		    explore_lock_bit(r->x->p, r->x->t, h->object) == bit)
			return i;
	}
	return -1;
}

void explore_release_unnamed(struct run *r, struct state *s,
			     const struct state *exit, guint nr)
{
	uint32_t bits = exit->released;

	for (int i = (int)nr - 1; i >= 0; i--) {
		const struct held *h = held_at(s, (guint)i);
		uint32_t bit = explore_lock_bit(r->x->p, r->x->t, h->object);

		if (!(bits & bit) || h->kind == LOCKKIND_SPIN ||
		    h->kind == LOCKKIND_READ)
			continue;
		drop_held(s, (guint)i);
		bits &= ~bit;
	}
	s->released |= bits & s->outside;
}

/*
 * No lock that is held can be the one released.  Approximation: it is the
 * last one of the same member then, of this function or of a caller; the
 * ledger names the place.
 */
static void release_other(struct run *r, struct state *s, uint32_t node,
			  enum lock_kind kind, term_id object)
{
	uint32_t bit = explore_lock_bit(r->x->p, r->x->t, object);
	int i = find_member(r, s, bit, kind);

	explorer_limit(r->x, LIMIT_RELEASE, r->function, node, 0);
	if (i >= 0)
		drop_held(s, (guint)i);
	else if (kind != LOCKKIND_READ)
		s->released |= bit & s->outside;
}

static void release(struct run *r, struct state *s, uint32_t node,
		    const struct lock_primitive *lp)
{
	term_id object = object_of(r, s, node, lp);
	bool sure;
	int i = find_held(r, s, lp->kind, object, &sure);

	/* A constraint that covered the plain lock is gone by now. */
	if (i < 0 && lp->kind != LOCKKIND_SPIN)
		release_other(r, s, node, lp->kind, object);
	else if (i >= 0 && drop_held(s, (guint)i))
		check_stale(r, s, node);
	g_ptr_array_add(r->out, s);
}

static void set_result(struct run *r, struct state *s, uint32_t node,
		       int value)
{
	uint32_t local = r->e.b->node[node].b;

	if (local)
		state_store(r->x->p, r->x->t, s,
			    term_leaf(r->x->t, TERM_LOCAL, local, 0, 0),
			    term_const(r->x->t, value));
}

static void ask_held(struct run *r, struct state *s, uint32_t node,
		     const struct lock_primitive *lp)
{
	term_id object = object_of(r, s, node, lp);
	bool sure;
	int i = find_held(r, s, lp->kind, object, &sure);

	/*
	 * A lock that is not part of the context may be held outside; only
	 * assertions ask for such (lockflow.c).
	 */
	if (i < 0 && program_is_assertion(r->x->p, &r->e.b->node[node])) {
		explore_set_result(r, s, node, 0);
		g_ptr_array_add(r->out, s);
		return;
	}
	if (i >= 0 && !sure) {
		struct state *other = state_copy(s);

		set_result(r, other, node, 0);
		g_ptr_array_add(r->out, other);
	}
	set_result(r, s, node, i >= 0);
	g_ptr_array_add(r->out, s);
}

void explore_primitive(struct run *r, struct state *state, uint32_t node,
		       const struct lock_primitive *lp)
{
	switch (lp->operation) {
	case LOCKOP_ACQUIRE:
		acquire(r, state, node, lp);
		break;
	case LOCKOP_CHECK:
		check(r, state, node, lp);
		break;
	case LOCKOP_HOLD:
		hold(r, state, node, lp);
		break;
	case LOCKOP_RELEASE:
		release(r, state, node, lp);
		break;
	case LOCKOP_HELD:
		ask_held(r, state, node, lp);
		break;
	default:
		g_ptr_array_add(r->out, state);
		break;
	}
}
