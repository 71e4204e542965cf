/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owners are followed from the activation that knows them, where the innermost
 * acquires, up to the entry point, by the names that they have in each caller.
 * In every activation those that have a name there are compared: so the locks
 * of a caller and of a callee are told to be one domain's, or to be of domains
 * of which one is the caller and another was looked up.
 *
 * Approximation: owners that are nowhere found to be one domain are taken for
 * different ones, if the path tells what they are (looked up by an argument,
 * the current domain, a fork's parent); this over-reports paths on which two
 * of them always are one.  Of an owner of which nothing is told, it is known
 * only if it is proved to differ from all the others.
 */
#include "domains.h"

#include "program.h"
#include "value.h"

/* A lock of the lockset, or, last, the acquired one. */
struct owned {
	term_id owner;		/* as the activation calls it; 0: has no name */
	enum owner_role role;
	uint32_t one;		/* a lower index of the same domain, or its own */
	bool is_named;		/* it had a name somewhere */
};

/* One activation: what it holds stands in the lockset from FIRST on. */
struct frame {
	const struct state *at;
	const struct call_edge *call;	/* by which it is left for the next one;
					 * NULL: it acquires */
	guint first;
};

/* The path has asked whether two values are equal. */
struct asked {
	term_id a, b;		/* as the activation calls them */
	bool equal;
};

struct numbering {
	struct handup *h;
	GArray *frame;		/* struct frame, outermost first */
	GArray *asked;		/* struct asked */
	struct owned *owned;
	guint nr;
	uint8_t *differs;	/* [a * nr + b]: proved to be two domains */
};

static bool is_listed(const struct held *held)
{
	return held->count > 0 && held->class != 0;
}

static guint listed_nr(const struct state *at)
{
	guint nr = 0;

	for (guint i = 0; i < at->held->len; i++)
		nr += is_listed(&g_array_index(at->held, struct held, i));
	return nr;
}

static void add_frame(struct numbering *n, const struct state *at,
		      const struct call_edge *call, guint *next)
{
	struct frame f = { .at = at, .call = call, .first = *next };

	*next += listed_nr(at);
	g_array_append_val(n->frame, f);
}

static const struct call_edge *call_of(const struct numbering *n,
				       const struct acquisition *a)
{
	return a->edge ? handup_edge(n->h, a->edge - 1) : NULL;
}

static void find_frames(struct numbering *n, const struct pair *p,
			const struct way *way)
{
	const struct acquisition *a = &p->acquired;
	guint next = 0;

	for (guint i = 0; i < way->edge->len; i++) {
		const struct call_edge *e = handup_edge(
			n->h, g_array_index(way->edge, uint32_t, i));

		add_frame(n, e->at, e, &next);
	}
	add_frame(n, p->at, call_of(n, a), &next);
	while (a->edge) {
		const struct call_edge *e = handup_edge(n->h, a->edge - 1);

		a = &g_array_index(n->h->acquired[e->callee],
				   struct acquisition, a->inner);
		add_frame(n, a->edge ? call_of(n, a)->at : a->event->at,
			  call_of(n, a), &next);
	}
}

/* The owners of the locks that an activation holds get their names. */
static void name_own(struct numbering *n, const struct frame *f)
{
	guint index = f->first;

	for (guint i = 0; i < f->at->held->len; i++) {
		const struct held *held =
			&g_array_index(f->at->held, struct held, i);

		if (!is_listed(held) || index + 1 >= n->nr)
			continue;
		if (term_is_stable(n->h->x->t, held->owner))
			n->owned[index].owner = held->owner;
		index++;
	}
}

static bool is_told(enum owner_role role)
{
	return role != OWNER_ANY && role != OWNER_NONE && role != OWNER_SPECIAL;
}

static void refine_role(const struct numbering *n, const struct state *at,
			struct owned *o)
{
	struct explorer *x = n->h->x;
	enum owner_role role;

	if (o->role != OWNER_ANY && o->role != OWNER_SUBJECT)
		return;
	role = value_role(x->p, x->t, at, o->owner);
	if (role != OWNER_ANY && role != OWNER_NONE)
		o->role = role;
}

static uint32_t first_of(const struct numbering *n, uint32_t index)
{
	while (n->owned[index].one != index)
		index = n->owned[index].one;
	return index;
}

static void unite(struct numbering *n, uint32_t a, uint32_t b)
{
	uint32_t x = first_of(n, a), y = first_of(n, b);

	n->owned[MAX(x, y)].one = MIN(x, y);
}

/* What the activation has asked of values that its callers know as well. */
static void note_asked(struct numbering *n, const struct state *at)
{
	for (guint i = 0; i < at->guard->len; i++) {
		uint32_t literal = g_array_index(at->guard, uint32_t, i);
		const struct term *x = term_get(n->h->x->t,
						LITERAL_TERM(literal));
		struct asked asked = { x->a, x->b, LITERAL_TRUTH(literal) };

		if (x->op == TERM_BINARY && x->imm == EXPR_EQ)
			g_array_append_val(n->asked, asked);
	}
}

static enum relation asked_relation(const struct numbering *n, term_id a,
				    term_id b)
{
	for (guint i = 0; i < n->asked->len; i++) {
		const struct asked *q =
			&g_array_index(n->asked, struct asked, i);

		if ((q->a == a && q->b == b) || (q->a == b && q->b == a))
			return q->equal ? RELATION_SAME : RELATION_DIFFERENT;
	}
	return RELATION_UNKNOWN;
}

static enum relation relation_at(const struct numbering *n,
				 const struct frame *f, term_id a, term_id b)
{
	struct explorer *x = n->h->x;
	enum relation is;

	if (!a || !b)
		return RELATION_UNKNOWN;
	is = value_relation(x->p, x->t, f->at, a, b);
	return is != RELATION_UNKNOWN ? is : asked_relation(n, a, b);
}

/* What is known of all pairs that have names in the activation. */
static void compare_owners(struct numbering *n, const struct frame *f)
{

	for (guint a = 0; a < n->nr; a++) {
		if (!n->owned[a].owner)
			continue;
		n->owned[a].is_named = true;
		refine_role(n, f->at, &n->owned[a]);
		for (guint b = 0; b < a; b++) {
			enum relation is = relation_at(n, f,
						       n->owned[a].owner,
						       n->owned[b].owner);

			if (is == RELATION_SAME)
				unite(n, a, b);
			if (is == RELATION_DIFFERENT)
				n->differs[a * n->nr + b] =
					n->differs[b * n->nr + a] = 1;
		}
	}
}

/* The names, in the terms of the caller. */
static void go_up(struct numbering *n, const struct call_edge *call)
{
	for (guint i = 0; i < n->nr; i++)
		if (n->owned[i].owner)
			n->owned[i].owner = mapping_name(n->h->map, call,
							 n->owned[i].owner);
	for (guint i = n->asked->len; i > 0; i--) {
		struct asked *q = &g_array_index(n->asked, struct asked, i - 1);

		q->a = mapping_name(n->h->map, call, q->a);
		q->b = mapping_name(n->h->map, call, q->b);
		if (!q->a || !q->b)
			g_array_remove_index_fast(n->asked, i - 1);
	}
}

static void follow_names(struct numbering *n, const struct acquisition *a)
{
	const struct acquisition *inner = a;

	while (inner->edge)
		inner = &g_array_index(
			n->h->acquired[handup_edge(n->h, inner->edge - 1)->callee],
			struct acquisition, inner->inner);
	if (term_is_stable(n->h->x->t, inner->event->owner))
		n->owned[n->nr - 1].owner = inner->event->owner;
	for (guint i = n->frame->len; i > 0; i--) {
		const struct frame *f =
			&g_array_index(n->frame, struct frame, i - 1);

		if (f->call && i < n->frame->len)
			go_up(n, f->call);
		name_own(n, f);
		note_asked(n, f->at);
		compare_owners(n, f);
	}
}

/* Of one domain, what is told of one lock is told of all. */
static void share_roles(struct numbering *n)
{
	for (guint i = 0; i < n->nr; i++) {
		struct owned *first = &n->owned[first_of(n, i)];

		if (first->role == OWNER_ANY ||
		    n->owned[i].role == OWNER_CURRENT)
			first->role = n->owned[i].role;
	}
	for (guint i = 0; i < n->nr; i++)
		if (n->owned[i].role == OWNER_ANY)
			n->owned[i].role = n->owned[first_of(n, i)].role;
}

/* There is one current domain, and as many more as have names. */
static void unite_by_role(struct numbering *n)
{
	for (guint a = 0; a < n->nr; a++)
		for (guint b = 0; b < a; b++)
			if (n->owned[a].role == OWNER_CURRENT &&
			    n->owned[b].role == OWNER_CURRENT)
				unite(n, a, b);
}

static bool is_proved_other(const struct numbering *n, uint32_t index)
{
	for (guint i = 0; i < n->nr; i++)
		if (first_of(n, i) != first_of(n, index) &&
		    n->owned[i].role != OWNER_NONE &&
		    !n->differs[index * n->nr + i])
			return false;
	return true;
}

static bool is_numbered(const struct numbering *n, uint32_t index)
{
	const struct owned *o = &n->owned[index];

	if (!o->is_named && o->role != OWNER_CURRENT)
		return false;
	return is_told(o->role) ||
	       (o->role == OWNER_ANY && is_proved_other(n, index));
}

static uint32_t number_of(const struct numbering *n, uint32_t index)
{
	uint32_t first = first_of(n, index), number = 1;

	for (guint i = 0; i < n->nr; i++)
		if (first_of(n, i) == first && is_numbered(n, i)) {
			for (guint k = 0; k < first; k++)
				number += first_of(n, k) == k;
			return number;
		}
	return 0;
}

static guint held_index(const struct numbering *n, const struct pair *p,
			guint way_nr)
{
	guint index = g_array_index(n->frame, struct frame, way_nr).first;

	for (guint i = 0; i < p->at->held->len; i++) {
		const struct held *held =
			&g_array_index(p->at->held, struct held, i);

		if (!is_listed(held))
			continue;
		if (held->object == p->held.object &&
		    held->kind == p->held.kind)
			return index;
		index++;
	}
	return n->nr;
}

static void tell(const struct numbering *n, const struct pair *p,
		 const struct way *way, struct ordering *o)
{
	guint held = held_index(n, p, way->edge->len);

	for (guint i = 0; i + 1 < n->nr; i++) {
		struct lock_ref *lock = &g_array_index(o->lockset,
						       struct lock_ref, i);

		lock->domain = number_of(n, i);
		if (lock->owner == OWNER_ANY)
			lock->owner = n->owned[i].role;
		if (i == held)
			o->held.domain = lock->domain;
	}
	o->acquired.domain = number_of(n, n->nr - 1);
	/* On this way they are one domain; on others of the ordering, which is
	 * judged as a whole, they need not be. */
	if (o->relation == RELATION_UNKNOWN &&
	    o->acquired.domain == o->held.domain)
		o->acquired.domain = 0;
}

void domains_number(struct handup *h, const struct pair *p,
		    const struct way *way, struct ordering *o)
{
	guint nr = o->lockset->len + 1;
	struct numbering n = {
		.h = h, .nr = nr,
		.frame = g_array_new(FALSE, FALSE, sizeof(struct frame)),
		.asked = g_array_new(FALSE, FALSE, sizeof(struct asked)),
		.owned = g_new0(struct owned, nr),
		.differs = g_new0(uint8_t, (gsize)nr * nr),
	};

	for (guint i = 0; i < nr; i++) {
		n.owned[i].one = i;
		n.owned[i].role = i + 1 < nr ? g_array_index(
			o->lockset, struct lock_ref, i).owner
			: o->acquired.owner;
	}
	find_frames(&n, p, way);
	follow_names(&n, &p->acquired);
	share_roles(&n);
	unite_by_role(&n);
	tell(&n, p, way, o);
	g_free(n.owned);
	g_free(n.differs);
	g_array_unref(n.frame);
	g_array_unref(n.asked);
}
