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

#include "asks.h"
#include "mutant.h"

static struct held *held_at(const struct state *s, guint i)
{
	return &g_array_index(s->held, struct held, i);
}

static enum lock_mode mode_of(enum lock_kind kind)
{
	switch (kind) {
	case LOCKKIND_READ:
		return MUTANT(23, MODE_WRITE, MODE_READ);
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

static bool is_in_null(const struct terms *t, term_id address)
{
	const struct term *x = term_get(t, address);
	int64_t imm;

	while (x->op == TERM_FIELD || x->op == TERM_INDEX) {
		address = x->a;
		x = term_get(t, address);
	}
	return term_is_const(t, address, &imm) && imm == 0;
}

/* The lock object: an address. */
static term_id find_object(struct run *r, const struct state *s, uint32_t node,
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

/* The same; there is no lock in a record at the null pointer. */
static term_id object_of(struct run *r, const struct state *s, uint32_t node,
			 const struct lock_primitive *lp)
{
	term_id object = find_object(r, s, node, lp);

	if (is_in_null(r->x->t, object))
		r->e.null_access = true;
	return object;
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
	return MUTANT(22, true, h->kind == kind);
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

/* Is H a lock at OBJECT?  One that others have joined may be each of them, of
 * which only the first has left its name. */
static enum tristate is_object(struct run *r, const struct state *s,
			       const struct held *h, term_id object)
{
	enum tristate same = state_same(r->x->p, r->x->t, s, h->object,
					object);
	const struct term *x = term_get(r->x->t, h->object);
	const struct term *y = term_get(r->x->t, object);

	if (!h->many || same == TRI_UNKNOWN)
		return same;
	if (same == TRI_YES)
		return TRI_UNKNOWN;
	return !h->each && x->op == TERM_FIELD && y->op == TERM_FIELD &&
			       x->b == y->b
		       ? TRI_UNKNOWN
		       : TRI_NO;
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

		if (!same_kind(kind, h) || h->count <= 0)
			continue;
		same = is_object(r, s, h, object);
		if (same == TRI_YES ||
		    (h->all && same_shape(r, h, object))) {
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
	return view_of(x, at, h->class, h->kind, h->object, h->owner);
}

bool explore_sets_level(const struct explorer *x, const struct state *at,
			const struct level *level)
{
	if (lockprims_class(x->p->lp, level->class)->form != FORM_RWLOCK ||
	    (at->level.class == level->class &&
	     at->level.owner == level->owner))
		return true;
	for (guint i = 0; i < at->held->len; i++) {
		const struct held *h = &g_array_index(at->held, struct held, i);

		if (h->count > 0 && h->class == level->class &&
		    state_same(x->p, x->t, at, h->owner, level->owner) !=
			    TRI_NO)
			return false;
	}
	return true;
}

bool explore_holds(const struct explorer *x, const struct state *at,
		   term_id object)
{
	for (guint i = 0; i < at->held->len; i++) {
		const struct held *h = &g_array_index(at->held, struct held, i);

		if (h->count > 0 && state_same(x->p, x->t, at, h->object,
					       object) == TRI_YES)
			return true;
	}
	return false;
}

/* Is H the constraint around OWNER's plain lock of CLASS? */
static bool covers(const struct explorer *x, const struct state *at,
		   const struct held *h, uint32_t class, term_id owner)
{
	return h->kind == LOCKKIND_ORDER && h->class == class && owner &&
	       state_same(x->p, x->t, at, h->owner, owner) == TRI_YES;
}

bool explore_is_held(const struct explorer *x, const struct state *at,
		     const struct held *h, const struct event *e,
		     term_id object, term_id owner)
{
	if (h->kind == LOCKKIND_ORDER && e->kind == LOCKKIND_SPIN)
		return covers(x, at, h, e->view.class, owner);
	if (h->kind != e->kind &&
	    !(h->kind == LOCKKIND_WRITE && e->kind == LOCKKIND_READ))
		return false;
	return object &&
	       state_same(x->p, x->t, at, h->object, object) == TRI_YES;
}

static bool recursion_allowed(struct run *r, const struct state *s,
			      uint32_t node, const struct lock_primitive *lp)
{
	term_id rec;

	if (lp->kind == LOCKKIND_SPIN)
		return lp->recurses;
	if (lp->kind != LOCKKIND_LOCK)
		return true;
	rec = argument(r, s, node, lp->recursive_arg);
	return !rec || state_truth(r->x->t, s, rec) != TRI_NO;
}

static void add_ask(const struct run *r, struct state *s, enum ask_kind kind,
		    uint32_t class, term_id owner, term_id object)
{
	struct ask ask = { .kind = kind, .force = s->level, .class = class,
			   .owner = owner, .object = object };

	/* What a caller's lock has saved has no name. */
	if (s->level.class || !s->level.owner)
		s->asked = asks_add(r->x->asks, s->asked, &ask);
}

/*
 * A lock asks for its level.  One that is held already, by callers, does not,
 * unless it is taken for reading or may not be taken again.
 */
static void ask_for_level(struct run *r, struct state *s, uint32_t node,
			  const struct lock_primitive *lp, uint32_t class,
			  term_id object, term_id owner)
{
	bool named = asks_is_name(r->x->asks, object);

	if (lp->kind == LOCKKIND_SPIN)
		return;
	if (lp->kind == LOCKKIND_READ || !recursion_allowed(r, s, node, lp))
		add_ask(r, s, ASK_SURE, class, owner, 0);
	add_ask(r, s, ASK_UNLESS_HELD, class, owner, named ? object : 0);
	if (named)
		add_ask(r, s, ASK_OR_HELD, class, 0, object);
}

void explore_learn_held(const struct run *r, struct state *s, term_id value,
			bool truth)
{
	const struct term *x = term_get(r->x->t, value);
	int64_t imm;

	while (x->op == TERM_BINARY && x->imm == EXPR_EQ &&
	       term_is_const(r->x->t, x->b, &imm) && imm == 0) {
		x = term_get(r->x->t, x->a);
		truth = !truth;
	}
	if (truth && x->op == TERM_HELD)
		add_ask(r, s, ASK_OR_HELD, 0, 0, x->a);
}

/* An acquisition; it is paired with what is held in handup.c. */
static void record_acquisition(struct run *r, const struct state *s,
			       uint32_t node, const struct lock_primitive *lp,
			       uint32_t class, enum lock_kind kind,
			       term_id object, term_id owner)
{
	struct event *e;

	if (!r->recording)
		return;
	e = g_new0(struct event, 1);
	e->function = r->function;
	e->node = node;
	e->kind = kind;
	e->recurses = recursion_allowed(r, s, node, lp);
	e->object = object;
	e->owner = owner;
	e->view = view_of(r->x, s, class, kind, object, owner);
	e->at = state_copy(s);
	e->at->flags |= explore_privilege(r, node);
	g_ptr_array_add(r->self->event, e);
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
static void take_again(struct state *s, struct held *h)
{
	if (h->kind == LOCKKIND_LOCK || h->kind == LOCKKIND_ORDER)
		set_level(s, h->class, h->owner);
	if (h->count < HELD_COUNT_MAX)
		h->again[h->count++ - 1] = s->level;
}

/* Where the index of an element was made, as a loop goes round; or 0. */
static uint32_t loop_of(const struct terms *t, term_id object)
{
	const struct term *x = term_get(t, term_index_of(t, object));

	return x->op == TERM_FRESH || x->op == TERM_OLD ? x->a : 0;
}

/* Is H, elements of an array, of the loop that OBJECT's index is of?  One
 * whose index has no place, as in a callee, may be of any. */
static bool is_of_loop(const struct terms *t, const struct held *h,
		       term_id object)
{
	uint32_t one = loop_of(t, h->object), other = loop_of(t, object);

	return !one || !other || one == other;
}

/*
 * Is OBJECT found by an index that a loop counts?  Approximation: such a loop
 * is taken to go through the whole array.
 */
static bool is_each_element(const struct run *r, term_id object)
{
	term_id index = term_index_of(r->x->t, object);
	const struct term *x = term_get(r->x->t, index);

	return index && x->op == TERM_FRESH && x->b >= FRESH_INDEX &&
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

		/* One element that has a number is a lock of its own. */
		if (h->kind != kind || h->count < 0 ||
		    !same_shape(r, h, object) ||
		    h->each != is_each_element(r, object))
			continue;
		if (h->count == 0) {
			g_array_remove_index(s->held, i);
			return false;
		}
		h->many = true;
		return true;
	}
	return false;
}

/* The numbers of an owner and an object that are made where locks join. */
enum { FRESH_OWNER = 700, FRESH_OBJECT };

/* Of more locks of one class and kind than this, the last stand for all. */
enum { SAME_CLASS_MAX = 4 };

/* Does the caller know it by a name that stays what it is? */
static bool has_entry_name(const struct terms *t, term_id object)
{
	return !(term_get(t, object)->flags &
		 (TERM_HAS_FRESH | TERM_HAS_OLD | TERM_HAS_UNKNOWN |
		  TERM_HAS_LOCAL));
}

/* Could the two be one lock, as far as an ordering tells locks apart? */
static bool is_similar(struct run *r, const struct state *s,
		       const struct held *h, term_id object, term_id owner)
{
	const struct program *p = r->x->p;

	if (state_same(p, r->x->t, s, h->object, object) == TRI_NO)
		return false;
	if (has_entry_name(r->x->t, h->object) &&
	    has_entry_name(r->x->t, object))
		return false;
	return value_role(p, r->x->t, s, h->owner) ==
		       value_role(p, r->x->t, s, owner) &&
	       value_instance(p, r->x->t, s, h->object) ==
		       value_instance(p, r->x->t, s, object);
}

/*
 * The owner of locks that have joined: somebody of whom only the role is
 * known, if that is the same.
 */
static term_id either_owner(struct run *r, const struct state *s, term_id a,
			    term_id b)
{
	enum owner_role role;

	if (a == b)
		return a;
	role = value_role(r->x->p, r->x->t, s, a);
	if (role != value_role(r->x->p, r->x->t, s, b))
		role = OWNER_ANY;
	return term_leaf(r->x->t, TERM_FRESH, r->e.node, FRESH_OWNER,
			 (int64_t)role + 1);
}

/* INTO stands for NEW, too: what is told of it is true of both. */
static void forget_which(struct run *r, const struct state *s,
			 struct held *into, const struct held *new)
{
	into->owner = either_owner(r, s, into->owner, new->owner);
	if (value_instance(r->x->p, r->x->t, s, into->object) !=
	    value_instance(r->x->p, r->x->t, s, new->object))
		into->object = term_leaf(r->x->t, TERM_FRESH, r->e.node,
					 FRESH_OBJECT, 0);
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

		if (h->class != new->class || h->kind != new->kind ||
		    h->count <= 0 ||
		    (h->each != new->each && same_shape(r, h, new->object)))
			continue;
		nr++;
		same = state_same(r->x->p, r->x->t, s, h->object,
				  new->object) == TRI_YES;
		if (h->all && new->each && same_shape(r, h, new->object)) {
			if (!is_of_loop(r->x->t, h, new->object))
				continue;
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
	if (!same)
		forget_which(r, s, into, new);
	into->many |= !same;
	into->untold = MAX(into->untold, new->untold);
	into->each &= same;
	into->all &= same;
	for (int i = 0; i < new->count && into->count < HELD_COUNT_MAX; i++)
		into->again[into->count++ - 1] = new->saved;
	/* Taken again, it stays the lock that was acquired first; if that may
	 * have been another one, it is one of two. */
	if (!same || into->many)
		into->origins = origin_set_union(r->x->origins, into->origins,
						 new->origins);
	return true;
}

/* Elements of OBJECT's array are taken again: that all were released before is
 * no matter any more. */
static void drop_spent(struct run *r, struct state *s, enum lock_kind kind,
		       term_id object)
{
	for (guint i = s->held->len; i > 0; i--) {
		const struct held *h = held_at(s, i - 1);

		if (h->count == 0 && h->kind == kind &&
		    same_shape(r, h, object))
			g_array_remove_index(s->held, i - 1);
	}
}

void explore_add_held(struct run *r, struct state *s, const struct held *new)
{
	struct held h = *new;

	h.each = h.all || is_each_element(r, h.object);
	if (h.each)
		drop_spent(r, s, h.kind, h.object);
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
	if (kind != MUTANT(3, LOCKKIND_SPIN, LOCKKIND_READ) &&
	    kind != LOCKKIND_SPIN)
		set_level(s, class, owner);
}

/* What it says of OWNER that a lock of CLASS is taken; false: it cannot be. */
static bool learn_lock_world(struct run *r, struct state *s, uint32_t class,
			     term_id owner)
{
	const GArray *all = r->x->p->lock_world;

	for (guint i = 0; i < all->len; i++) {
		const struct lock_world *w =
			&g_array_index(all, struct lock_world, i);
		term_id value;

		if (w->class != class || !term_is_stable(r->x->t, owner) ||
		    term_is_const(r->x->t, owner, NULL))
			continue;
		value = explore_world_term(r->x, s, owner, &w->world);
		if (!explore_learn(r->x, s, value, w->world.truth))
			return false;
	}
	return true;
}

/* The record that the lock at OBJECT is in, by a pointer: there is one. */
static bool learn_there(struct run *r, struct state *s, term_id object)
{
	const struct term *x = term_get(r->x->t, object);

	while (x->op == TERM_FIELD || x->op == TERM_INDEX) {
		object = x->a;
		x = term_get(r->x->t, object);
	}
	if ((x->op != TERM_LOAD && x->op != TERM_SYMBOL) ||
	    !term_is_stable(r->x->t, object))
		return true;
	return state_learn(r->x->t, s, object, true, false);
}

static void acquire_other(struct run *r, struct state *s, uint32_t node,
			  const struct lock_primitive *lp, uint32_t class,
			  term_id object, term_id owner)
{
	bool checked = lp->kind == LOCKKIND_SPIN && s->checked.class == class;

	if (!learn_lock_world(r, s, class, owner) ||
	    !learn_there(r, s, object)) {
		state_free(s);
		return;
	}
	if (!checked)
		record_acquisition(r, s, node, lp, class, lp->kind, object,
				   owner);
	ask_for_level(r, s, node, lp, class, object, owner);
	s->checked = (struct level){ 0 };
	if (!join_elements(r, s, node, lp->kind, object))
		push_held(r, s, node, class, lp->kind, object, owner, true);
	g_ptr_array_add(r->out, s);
}

/* KNOWN: it is the lock H, instead of a way on which it may be. */
static void acquire_again(struct run *r, struct state *s, uint32_t node,
			  const struct lock_primitive *lp, struct held *h,
			  bool known)
{
	bool allowed = recursion_allowed(r, s, node, lp);

	if (allowed || known)
		record_acquisition(r, s, node, lp, h->class, lp->kind,
				   h->object, h->owner);
	if (!allowed) {
		explorer_limit(r->x, LIMIT_SELF, r->function, node, h->class);
		state_free(s);
		return;
	}
	take_again(s, h);
	g_ptr_array_add(r->out, s);
}

/* The constraint around the plain lock of CLASS of OWNER that is held; or -1. */
static int find_covering(struct run *r, const struct state *s, uint32_t class,
			 term_id owner)
{
	for (guint i = 0; i < s->held->len; i++) {
		const struct held *h = held_at(s, i);

		if (h->count > 0 && !h->many &&
		    covers(r->x, s, h, class, owner))
			return (int)i;
	}
	return -1;
}

/* Does it wait for itself, as a constraint that is held has that lock? */
static bool waits_for_covered(struct run *r, struct state *s, uint32_t node,
			      const struct lock_primitive *lp, uint32_t class,
			      term_id owner)
{
	int i;

	if (lp->kind != LOCKKIND_SPIN || s->checked.class == class ||
	    recursion_allowed(r, s, node, lp))
		return false;
	i = find_covering(r, s, class, owner);
	if (i >= 0)
		acquire_again(r, s, node, lp, held_at(s, (guint)i), true);
	return i >= 0;
}

/* Is A known to equal something that B cannot be? */
static bool equals_other(struct run *r, const struct state *s, term_id a,
			 term_id b)
{
	struct terms *t = r->x->t;

	for (guint i = 0; i < s->fact->len; i++) {
		const struct binding *f = &g_array_index(s->fact,
							 struct binding, i);
		const struct term *x = term_get(t, f->key);
		term_id other = x->a == a ? x->b : x->b == a ? x->a : 0;
		int64_t truth;

		if (x->op == TERM_BINARY && x->imm == EXPR_EQ && other &&
		    f->value && term_is_const(t, f->value, &truth) && truth &&
		    state_same(r->x->p, t, s, other, b) == TRI_NO)
			return true;
	}
	return false;
}

/* The tables A and B, which are one, are of one kind; false: they cannot be. */
static bool learn_one_kind(struct run *r, struct state *s, term_id a,
			   term_id b)
{
	const struct program *p = r->x->p;
	struct terms *t = r->x->t;

	for (guint i = 0; i < p->instance->len; i++) {
		uint32_t field = g_array_index(p->instance,
					       struct instance_rule, i).field;
		term_id one = value_of_member(p, t, s, a, field);
		term_id other = value_of_member(p, t, s, b, field);
		term_id equal = term_binary(t, EXPR_EQ, one, other);

		if (term_is_const(t, one, NULL) !=
			    term_is_const(t, other, NULL) &&
		    term_is_stable(t, equal) &&
		    !state_learn(t, s, equal, true, false))
			return false;
	}
	return true;
}

/* A and B are one lock; false: they cannot be. */
static bool learn_one_lock(struct run *r, struct state *s, term_id a,
			   term_id b)
{
	struct terms *t = r->x->t;
	term_id equal = term_same_record(t, a, b);
	term_id one, other;
	int64_t known;

	if (term_is_const(t, equal, &known))
		return known != 0;
	if (!state_learn(t, s, equal, true, false) ||
	    !learn_one_kind(r, s, term_get(t, equal)->a, term_get(t, equal)->b))
		return false;
	one = value_owner(r->x->p, t, s, a);
	other = value_owner(r->x->p, t, s, b);
	equal = term_binary(t, EXPR_EQ, one, other);
	if (term_is_const(t, equal, &known))
		return known != 0;
	if (!term_is_stable(t, equal))
		return true;
	return !equals_other(r, s, one, other) &&
	       !equals_other(r, s, other, one) &&
	       state_learn(t, s, equal, true, false);
}

struct state *explore_part(struct run *r, struct state **s, term_id a,
			   term_id b)
{
	term_id equal = term_same_record(r->x->t, a, b);
	struct state *one = state_copy(*s);

	if (!learn_one_lock(r, one, a, b)) {
		state_free(one);
		one = NULL;
	}
	if (!state_learn(r->x->t, *s, equal, false, false)) {
		state_free(*s);
		*s = NULL;
	}
	return one;
}

/*
 * A lock that may be one that is held: both ways are followed where the two
 * can be compared.  Approximation: else it is another one.
 */
static void acquire(struct run *r, struct state *s, uint32_t node,
		    const struct lock_primitive *lp)
{
	uint32_t class = class_of(r, node, lp);
	term_id object = object_of(r, s, node, lp), equal;
	term_id owner = owner_of(r, s, node, lp, object);
	struct state *same;
	bool sure;
	int i = find_held(r, s, lp->kind, object, &sure);

	if (!class || r->e.null_access) {
		g_ptr_array_add(r->out, s);
		return;
	}
	if (i >= 0 && sure && lp->kind != LOCKKIND_READ) {
		acquire_again(r, s, node, lp, held_at(s, (guint)i), true);
		return;
	}
	if (waits_for_covered(r, s, node, lp, class, owner))
		return;
	equal = i >= 0 && !held_at(s, (guint)i)->many
			? term_same_record(r->x->t,
					   held_at(s, (guint)i)->object, object)
			: 0;
	if (equal && term_is_stable(r->x->t, equal) &&
	    lp->kind != LOCKKIND_READ) {
		same = explore_part(r, &s, held_at(s, (guint)i)->object,
				    object);
		if (same)
			acquire_again(r, same, node, lp,
				      held_at(same, (guint)i), false);
		if (!s)
			return;
	}
	acquire_other(r, s, node, lp, class, object, owner);
}

/*
 * One that never waits: nothing is ordered before it, and it may fail.  What
 * is not held may be had.  Approximation: of a lock that may be one that is
 * held, both are thought of.
 */
static void try_to_acquire(struct run *r, struct state *s, uint32_t node,
			   const struct lock_primitive *lp)
{
	uint32_t class = class_of(r, node, lp);
	term_id object = object_of(r, s, node, lp), owner;
	bool sure;
	struct state *failed;

	if (!class || r->e.null_access) {
		explore_set_result(r, s, node, 0);
		g_ptr_array_add(r->out, s);
		return;
	}
	owner = owner_of(r, s, node, lp, object);
	failed = state_copy(s);
	explore_set_result(r, failed, node,
			   term_const(r->x->t, MUTANT(4, 1, 0)));
	g_ptr_array_add(r->out, failed);
	if ((find_held(r, s, lp->kind, object, &sure) >= 0 && sure) ||
	    find_covering(r, s, class, owner) >= 0) {
		state_free(s);
		return;
	}
	push_held(r, s, node, class, lp->kind, object, owner, true);
	explore_set_result(r, s, node, term_const(r->x->t, 1));
	g_ptr_array_add(r->out, s);
}

/* The owner of an order class that is given none: a lock of a page has none;
 * one around a plain lock of the model's has that lock's. */
static term_id owner_of_order(struct run *r, uint32_t class)
{
	GHashTableIter i;
	void *value;

	g_hash_table_iter_init(&i, r->x->p->lp->external);
	while (g_hash_table_iter_next(&i, NULL, &value))
		if (GPOINTER_TO_UINT(value) == class)
			return term_unknown(r->x->t);
	return term_const(r->x->t, 0);
}

/* The check that stands before an external lock is taken. */
static void check(struct run *r, struct state *s, uint32_t node,
		  const struct lock_primitive *lp)
{
	term_id owner = argument(r, s, node, lp->owner_arg);

	if (!owner)
		owner = owner_of_order(r, lp->class);
	if (lp->class) {
		record_acquisition(r, s, node, lp, lp->class, LOCKKIND_ORDER,
				   owner, owner);
		add_ask(r, s, ASK_SURE, lp->class, owner, 0);
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
	if (i >= 0 && sure && held_at(s, (guint)i)->class == lp->class)
		take_again(s, held_at(s, (guint)i));
	else if (lp->class && !cover_plain_lock(s, lp->class, object, owner))
		push_held(r, s, node, lp->class, LOCKKIND_ORDER, object,
			  owner, false);
	g_ptr_array_add(r->out, s);
}

static bool is_ordered(const struct held *h)
{
	return h->count > 0 && h->kind != LOCKKIND_READ &&
	       h->kind != LOCKKIND_SPIN;
}

/*
 * After the release of a lock of class RELEASED: is the level in force that of
 * a lock that is held, or, with none held, the one on entry?
 */
static void check_lone(struct run *r, const struct state *s, uint32_t node,
			uint32_t released)
{
	uint32_t justified = 0;

	for (guint i = 0; i < s->held->len; i++) {
		const struct held *h = held_at(s, i);

		if (!is_ordered(h))
			continue;
		justified = h->class;
		if (h->class == s->level.class)
			return;
	}
	if (justified != s->level.class)
		explorer_limit(r->x, LIMIT_STALE, r->function, node,
			       STALE_DETAIL(released, s->level.class,
					    justified));
}

/*
 * So often less; what is left over of COUNT is returned.  Of one that stands
 * for several, the last one goes, and the level is that from before it: either
 * it was another lock, which has saved that, or one taken again, which has
 * changed nothing.
 */
static int drop_held(struct state *s, guint i, int count)
{
	struct held *h = held_at(s, i);
	struct level saved = h->saved;
	bool sets = is_ordered(h);

	while (MUTANT(5, false, h->count > 1) && count > 0) {
		h->count--;
		count--;
		if (h->many && sets)
			s->level = h->again[h->count - 1];
		h->again[h->count - 1] = (struct level){ 0 };
	}
	if (count == 0)
		return 0;
	g_array_remove_index(s->held, i);
	if (MUTANT(2, false, sets))
		s->level = saved;
	return count - 1;
}

/* Is OBJECT held by itself, besides all elements of its array? */
static bool is_held_alone(struct run *r, const struct state *s,
			  enum lock_kind kind, term_id object)
{
	for (guint i = 0; i < s->held->len; i++) {
		const struct held *h = held_at(s, i);

		if (h->kind == kind && h->count > 0 && !h->each &&
		    state_same(r->x->p, r->x->t, s, h->object, object) ==
			    TRI_YES)
			return true;
	}
	return false;
}

/* Are all elements of the array that the I-th held lock is of held besides? */
static bool below_all(struct run *r, const struct state *s, guint i)
{
	const struct held *h = held_at(s, i);

	while (i > 0) {
		const struct held *below = held_at(s, --i);

		if (below->all && below->count > 0 && below->kind == h->kind &&
		    same_shape(r, below, h->object))
			return true;
	}
	return false;
}

/* Does OBJECT stand for each element of an array, as a callee left it? */
static bool is_whole_array(const struct terms *t, term_id object)
{
	term_id index = term_index_of(t, object);
	const struct term *x = term_get(t, index);

	return index && x->op == TERM_STRING && x->a == STRING_EACH;
}

/*
 * An element of an array, all of whose elements are held.  Approximation: the
 * loop that releases one releases them all with the first.
 */
static bool release_element(struct run *r, struct state *s,
			    enum lock_kind kind, term_id object)
{
	if (is_held_alone(r, s, kind, object))
		return false;
	for (guint i = s->held->len; i > 0; i--) {
		struct held *h = held_at(s, i - 1);

		if (!h->each || h->kind != kind || !same_shape(r, h, object))
			continue;
		if (h->count > 0 && !h->all) {
			if (!below_all(r, s, i - 1))
				return false;
			/* Taken in this round, of one that holds them all. */
			drop_held(s, i - 1, 1);
			return true;
		}
		if (h->count == 0 && !is_of_loop(r->x->t, h, object)) {
			g_array_remove_index(s->held, i - 1);
			continue;
		}
		if (h->count > 0)
			s->level = h->saved;
		/* Kept, so that the next rounds find that it is done. */
		h->count = 0;
		h->object = object;
		if (is_whole_array(r->x->t, object))
			g_array_remove_index(s->held, i - 1);
		return true;
	}
	return false;
}

/* The last lock of the same member that is held; -1 if none is. */
static int find_member(struct run *r, const struct state *s, term_id object,
		       enum lock_kind kind)
{
	uint32_t bit = explore_lock_bit(r->x->p, r->x->t, object);

	for (int i = (int)s->held->len - 1; i >= 0; i--) {
		const struct held *h = held_at(s, (guint)i);

		if (h->kind == kind && h->count > 0 &&
		    explore_lock_bit(r->x->p, r->x->t, h->object) == bit)
			return i;
	}
	return -1;
}

/* One of the callers' is released. */
static void release_inherited(struct run *r, struct state *s,
			      enum lock_kind kind, term_id object, int count)
{
	bool each = state_each_element(r->x->t, object) != object;
	struct held h = { .kind = kind, .count = -count };

	object = state_each_element(r->x->t, object);
	h.object = object;

	for (guint i = 0; i < s->held->len; i++) {
		struct held *old = held_at(s, i);

		if (old->count < 0 && old->kind == kind &&
		    old->object == object) {
			/* A loop releases each element once. */
			if (each)
				return;
			old->count = MAX(old->count - count, -HELD_COUNT_MAX);
			return;
		}
	}
	h.owner = value_owner(r->x->p, r->x->t, s, object);
	/* It was held, and no lockset tells of it any more. */
	s->asked = asks_sure(r->x->asks, s->asked);
	if (kind != LOCKKIND_READ && kind != LOCKKIND_SPIN)
		s->level = (struct level){ .class = 0, .owner = object };
	g_array_append_val(s->held, h);
}

/* May NODE release a lock that the function acquired itself? */
static bool may_be_own(const struct run *r, uint32_t node, term_id object)
{
	const uint32_t *before = r->x->p->acquired_before[r->function];

	return before &&
	       before[node] & explore_lock_bit(r->x->p, r->x->t, object);
}

/*
 * Approximation: a release of a lock that none that is held can be told to be
 * is one of the last lock of the same member, if the lock has no name or the
 * function may have acquired such a lock itself by then; the ledger names the
 * place.
 */
void explore_release(struct run *r, struct state *s, uint32_t node,
		     enum lock_kind kind, term_id object, int count)
{
	const uint8_t unnamed = TERM_HAS_UNKNOWN | TERM_HAS_FRESH |
				TERM_HAS_OLD | TERM_HAS_LOCAL;
	bool sure;
	int i;

	if (kind != LOCKKIND_READ && kind != LOCKKIND_ORDER)
		state_forget_protected(r->x->p, r->x->t, s, object);
	if (release_element(r, s, kind, object))
		return;
	i = find_held(r, s, kind, object, &sure);
	/* What was acquired since may have been so under it. */
	if (i >= 0 && (guint)i + 1 < s->held->len &&
	    is_ordered(held_at(s, (guint)i)))
		s->asked = asks_sure(r->x->asks, s->asked);
	while (i >= 0 && count > 0) {
		count = drop_held(s, (guint)i, count);
		i = find_held(r, s, kind, object, &sure);
	}
	if (count <= 0)
		return;
	if (!(term_get(r->x->t, state_each_element(r->x->t, object))->flags &
	      unnamed) &&
	    !may_be_own(r, node, object)) {
		release_inherited(r, s, kind, object, count);
		return;
	}
	i = find_member(r, s, object, kind);
	explorer_limit(r->x, LIMIT_RELEASE, r->function, node, 0);
	if (i >= 0)
		drop_held(s, (guint)i, count);
}

static void release(struct run *r, struct state *s, uint32_t node,
		    const struct lock_primitive *lp)
{
	term_id object = object_of(r, s, node, lp);
	bool sure;
	int i = find_held(r, s, lp->kind, object, &sure);

	if (r->e.null_access) {
		g_ptr_array_add(r->out, s);
		return;
	}
	/* A constraint that covered the plain lock is gone by now. */
	if (i >= 0 || lp->kind != LOCKKIND_SPIN) {
		uint32_t class = i >= 0 ? held_at(s, (guint)i)->class : 0;

		explore_release(r, s, node, lp->kind, object, 1);
		if (class)
			check_lone(r, s, node, class);
	}
	g_ptr_array_add(r->out, s);
}

static void ask_held(struct run *r, struct state *s, uint32_t node,
		     const struct lock_primitive *lp)
{
	uint32_t local = r->e.b->node[node].b;
	term_id held = state_held(r->x->p, r->x->t, s,
				  object_of(r, s, node, lp));

	if (local)
		state_store(r->x->p, r->x->t, s,
			    term_leaf(r->x->t, TERM_LOCAL, local, 0, 0), held);
	g_ptr_array_add(r->out, s);
}

void explore_primitive(struct run *r, struct state *state, uint32_t node,
		       const struct lock_primitive *lp)
{
	switch (lp->operation) {
	case LOCKOP_ACQUIRE:
		acquire(r, state, node, lp);
		break;
	case LOCKOP_TRY:
		try_to_acquire(r, state, node, lp);
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
