/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two sets per function, of lock members: GIVES, it may return with a lock
 * acquired in it; TAKES, it may release or ask for a lock that it did not
 * acquire.  Each is reachability in the control-flow graph: forward from the
 * entry, past nodes that give, to those that take.
 */
#include "lockflow.h"

#include <string.h>

#include "program.h"
#include "successors.h"

struct flow {
	struct program *p;
	uint32_t *must;		/* per function: taken on every path */
	uint32_t **node_gives, **node_takes; /* per function and node: what
				 * its primitives do; NULL if it has none */
};

/* The member that is the lock object of a call of a primitive; or 0. */
static fact_id lock_member(const struct program *p, const struct call_site *s,
			   const struct lock_primitive *lp)
{
	const struct fact_body *b = FACT_FUNCTION(p->f, s->function)->body;
	const struct fact_node *n = &b->node[s->node];
	const struct fact_expr *e;

	if (lp->object_arg < 0 || (uint32_t)lp->object_arg >= n->extra_nr)
		return 0;
	e = &b->expr[b->extra[n->extra + (uint32_t)lp->object_arg]];
	if (e->op == EXPR_LOAD)
		e = &b->expr[e->a];
	return e->op == EXPR_FIELD ? e->b : 0;
}

/* Members beyond those that there are bits for share the last one. */
static uint32_t bits_of(struct flow *w, fact_id field, uint32_t *used)
{
	struct program *p = w->p;

	if (!field)
		return UINT32_C(1) << LOCK_BIT_OTHER;
	if (!p->lock_bit[field] && *used < LOCK_BIT_OTHER)
		(*used)++;
	if (!p->lock_bit[field])
		p->lock_bit[field] = (uint8_t)*used;
	return p->lock_bit[field] ? UINT32_C(1) << (p->lock_bit[field] - 1)
				  : UINT32_C(1) << LOCK_BIT_OTHER;
}

/* What an assertion asks decides no path: see explore_lock.c. */
static bool asks_for_branch(const struct program *p,
			    const struct call_site *s)
{
	const struct fact_node *n =
		&FACT_FUNCTION(p->f, s->function)->body->node[s->node];

	return !program_is_assertion(p, n);
}

static void mark_primitive(struct flow *w, const struct call_site *s,
			   const struct lock_primitive *lp, uint32_t *used)
{
	uint32_t nodes = FACT_FUNCTION(w->p->f, s->function)->body->node_nr;
	uint32_t bits = bits_of(w, lock_member(w->p, s, lp), used);

	if (!w->node_gives[s->function]) {
		w->node_gives[s->function] = g_new0(uint32_t, nodes);
		w->node_takes[s->function] = g_new0(uint32_t, nodes);
	}
	switch (lp->operation) {
	case LOCKOP_ACQUIRE:
	case LOCKOP_TRY:
	case LOCKOP_HOLD:
		w->node_gives[s->function][s->node] |= bits;
		break;
	case LOCKOP_RELEASE:
		w->node_takes[s->function][s->node] |= bits;
		break;
	case LOCKOP_HELD:
		if (asks_for_branch(w->p, s))
			w->node_takes[s->function][s->node] |= bits;
		break;
	default:
		break;
	}
}

static void mark_primitives(struct flow *w)
{
	const struct callgraph *cg = w->p->cg;
	uint32_t used = 0;

	for (guint i = 0; i < cg->site->len; i++) {
		const struct call_site *s =
			&g_array_index(cg->site, struct call_site, i);

		for (uint32_t k = 0; k < s->target_nr; k++) {
			const struct lock_primitive *lp = program_primitive(
				w->p, s->function, s->node,
				g_array_index(cg->target, fact_id,
					      s->target + k));

			if (lp)
				mark_primitive(w, s, lp, &used);
		}
	}
}

/* What a node does: its own primitives, and the functions that it calls. */
static void node_effect(const struct flow *w, fact_id id, uint32_t node,
			uint32_t *gives, uint32_t *takes)
{
	const struct program *p = w->p;
	const struct call_site *s;

	*gives = w->node_gives[id] ? w->node_gives[id][node] : 0;
	*takes = w->node_takes[id] ? w->node_takes[id][node] : 0;
	if (FACT_FUNCTION(p->f, id)->body->node[node].kind != NODE_CALL)
		return;
	s = callgraph_site(p->cg, id, node);
	if (s && s->is_hidden)
		return;
	for (uint32_t k = 0; s && k < s->target_nr; k++) {
		fact_id to = g_array_index(p->cg->target, fact_id,
					   s->target + k);

		if (program_is_apart(p, to) ||
		    !program_call_locks(p, id, node, to))
			continue;
		*gives |= p->gives[to];
		*takes |= p->takes[to];
	}
}

/* What a node takes whichever callee it calls, and however that returns. */
static uint32_t node_must(const struct flow *w, fact_id id, uint32_t node)
{
	const struct program *p = w->p;
	uint32_t out = w->node_takes[id] ? w->node_takes[id][node] : 0;
	uint32_t all = UINT32_MAX;
	const struct call_site *s;

	if (FACT_FUNCTION(p->f, id)->body->node[node].kind != NODE_CALL)
		return out;
	s = callgraph_site(p->cg, id, node);
	for (uint32_t k = 0; s && k < s->target_nr; k++)
		all &= w->must[g_array_index(p->cg->target, fact_id,
					     s->target + k)];
	return s && s->target_nr ? out | all : out;
}

/* A value on its way to the successors of a node. */
struct onward {
	uint32_t *at;		/* by node: what has arrived there */
	GArray *work;
	uint32_t value;
};

/* Hands VALUE on to a node. */
static void flow_to(uint32_t *at, GArray *work, uint32_t node, uint32_t value)
{
	if (!node || (at[node] | value) == at[node])
		return;
	at[node] |= value;
	g_array_append_val(work, node);
}

static void flow_successor(void *context, uint32_t node)
{
	const struct onward *o = context;

	flow_to(o->at, o->work, node, o->value);
}

static void flow_on(const struct fact_body *b, uint32_t node, uint32_t *at,
		    GArray *work, uint32_t value)
{
	struct onward o = { .at = at, .work = work, .value = value };

	for_successors(b, node, flow_successor, &o);
}

/* Members not yet given on some path to each node; returns what is taken. */
static uint32_t find_taken(const struct flow *w, fact_id id)
{
	const struct fact_body *b = FACT_FUNCTION(w->p->f, id)->body;
	uint32_t *at = g_new0(uint32_t, b->node_nr);
	GArray *work = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	uint32_t taken = 0;

	flow_to(at, work, 1, UINT32_MAX);
	while (work->len) {
		uint32_t node = g_array_index(work, uint32_t, work->len - 1);
		uint32_t gives, takes;

		g_array_set_size(work, work->len - 1);
		node_effect(w, id, node, &gives, &takes);
		taken |= at[node] & takes;
		flow_on(b, node, at, work, at[node] & ~gives);
	}
	g_free(at);
	g_array_unref(work);
	return taken;
}

static void meet_at(uint32_t *at, GArray *work, uint32_t node, uint32_t value)
{
	if (!node || (at[node] & value) == at[node])
		return;
	at[node] &= value;
	g_array_append_val(work, node);
}

static void meet_successor(void *context, uint32_t node)
{
	const struct onward *o = context;

	meet_at(o->at, o->work, node, o->value);
}

static void meet_on(const struct fact_body *b, uint32_t node, uint32_t *at,
		    GArray *work, uint32_t value)
{
	struct onward o = { .at = at, .work = work, .value = value };

	for_successors(b, node, meet_successor, &o);
}

/* Members taken on every path from the entry to a return. */
static uint32_t find_must(const struct flow *w, fact_id id)
{
	const struct fact_body *b = FACT_FUNCTION(w->p->f, id)->body;
	uint32_t *at = g_new(uint32_t, b->node_nr);
	GArray *work = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	uint32_t must = UINT32_MAX;

	memset(at, 0xff, sizeof(*at) * b->node_nr);
	meet_at(at, work, 1, 0);
	while (work->len) {
		uint32_t node = g_array_index(work, uint32_t, work->len - 1);

		g_array_set_size(work, work->len - 1);
		if (b->node[node].kind == NODE_RETURN)
			must &= at[node];
		meet_on(b, node, at, work, at[node] | node_must(w, id, node));
	}
	g_free(at);
	g_array_unref(work);
	return must;
}

/* Members given on some path, and not sure to be taken after that, at a
 * return. */
static uint32_t find_given(const struct flow *w, fact_id id)
{
	const struct fact_body *b = FACT_FUNCTION(w->p->f, id)->body;
	uint32_t *at = g_new0(uint32_t, b->node_nr);
	GArray *work = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	uint32_t given = 0;

	for (uint32_t node = 1; node < b->node_nr; node++)
		g_array_append_val(work, node);
	while (work->len) {
		uint32_t node = g_array_index(work, uint32_t, work->len - 1);
		uint32_t gives, takes;

		g_array_set_size(work, work->len - 1);
		node_effect(w, id, node, &gives, &takes);
		if (b->node[node].kind == NODE_RETURN)
			given |= at[node];
		flow_on(b, node, at, work,
			(at[node] & ~node_must(w, id, node)) | gives);
	}
	g_free(at);
	g_array_unref(work);
	return given;
}

/*
 * Round K makes the sets from what callees do within K - 1 calls.  A fixpoint
 * would be of no use: in a recursion, that each of two functions takes a lock
 * would keep the other one taking it.
 * Approximation: a function that releases a caller's lock further down than
 * this seems to release a lock that is not held, and the ledger says so.
 */
enum { CALLS_MAX = 9 };

static bool is_walked(const struct program *p, fact_id id)
{
	return p->locks[id] && FACT_FUNCTION(p->f, id)->body &&
	       !lockprims_find(p->lp, id);
}

/* Does the function acquire a lock, or get one from a call, anywhere? */
static bool acquires_any(const struct flow *w, fact_id id)
{
	const struct fact_body *b = FACT_FUNCTION(w->p->f, id)->body;
	uint32_t gives = 0, takes;

	for (uint32_t node = 1; node < b->node_nr && !gives; node++)
		node_effect(w, id, node, &gives, &takes);
	return gives != 0;
}

/*
 * Members of which NODE releases a lock for sure, and does nothing else: by a
 * primitive, or by what the lock header makes of one.
 */
static uint32_t node_drops(const struct flow *w, fact_id id, uint32_t node)
{
	const struct program *p = w->p;
	const struct call_site *s;
	fact_id callee;

	if (FACT_FUNCTION(p->f, id)->body->node[node].kind != NODE_CALL)
		return 0;
	s = callgraph_site(p->cg, id, node);
	if (!s || s->target_nr != 1)
		return 0;
	callee = g_array_index(p->cg->target, fact_id, s->target);
	if (lockprims_find(p->lp, callee)) {
		const struct lock_primitive *lp =
			program_primitive(p, id, node, callee);

		return lp && lp->operation == LOCKOP_RELEASE
			       ? w->node_takes[id][node]
			       : 0;
	}
	return program_in_lock_header(p, callee) && is_walked(p, callee) &&
			       !acquires_any(w, callee)
		       ? w->must[callee]
		       : 0;
}

/*
 * Members of which a lock may have been acquired, or returned by a call, before
 * each node, and not been released since; NULL: of none.
 */
static uint32_t *find_acquired(const struct flow *w, fact_id id)
{
	const struct fact_body *b = FACT_FUNCTION(w->p->f, id)->body;
	uint32_t *at = g_new0(uint32_t, b->node_nr);
	GArray *work = g_array_new(FALSE, FALSE, sizeof(uint32_t));

	for (uint32_t node = 1; node < b->node_nr; node++)
		g_array_append_val(work, node);
	while (work->len) {
		uint32_t node = g_array_index(work, uint32_t, work->len - 1);
		uint32_t gives, takes;

		g_array_set_size(work, work->len - 1);
		node_effect(w, id, node, &gives, &takes);
		flow_on(b, node, at, work,
			(at[node] & ~node_drops(w, id, node)) | gives);
	}
	g_array_unref(work);
	if (acquires_any(w, id))
		return at;
	g_free(at);
	return NULL;
}

/*
 * Members of which the function is sure to release a lock somewhere: OWN, where
 * it may be one that it has acquired.
 */
static uint32_t find_released(const struct flow *w, fact_id id, bool own)
{
	const struct fact_body *b = FACT_FUNCTION(w->p->f, id)->body;
	const uint32_t *before = w->p->acquired_before[id];
	uint32_t out = 0;

	if (own && !before)
		return 0;
	for (uint32_t node = 1; node < b->node_nr; node++) {
		uint32_t must = node_must(w, id, node);

		/* A call that does not return would release all. */
		if (must != UINT32_MAX)
			out |= own ? must & before[node] : must;
	}
	return out;
}

static void find_sets(struct flow *w)
{
	struct program *p = w->p;
	uint32_t nr = p->f->function->len;

	for (int round = 0; round < CALLS_MAX; round++) {
		uint32_t *takes = g_new0(uint32_t, nr);
		uint32_t *gives = g_new0(uint32_t, nr);
		uint32_t *must = g_new0(uint32_t, nr);

		for (fact_id id = 1; id < nr; id++) {
			if (!is_walked(p, id))
				continue;
			takes[id] = find_taken(w, id);
			gives[id] = find_given(w, id);
			must[id] = find_must(w, id);
		}
		g_free(p->takes);
		g_free(p->gives);
		p->takes = takes;
		p->gives = gives;
		g_free(w->must);
		w->must = must;
	}
}

void lockflow_mark(struct program *p)
{
	uint32_t nr = p->f->function->len;
	struct flow w = { .p = p };

	p->lock_bit = g_new0(uint8_t, p->f->field->len);
	p->takes = g_new0(uint32_t, nr);
	p->gives = g_new0(uint32_t, nr);
	p->releases = g_new0(uint32_t, nr);
	p->releases_own = g_new0(uint32_t, nr);
	p->acquired_before = g_new0(uint32_t *, nr);
	w.must = g_new0(uint32_t, nr);
	w.node_gives = g_new0(uint32_t *, nr);
	w.node_takes = g_new0(uint32_t *, nr);
	mark_primitives(&w);
	find_sets(&w);
	for (fact_id id = 1; id < nr; id++)
		if (is_walked(p, id)) {
			p->acquired_before[id] = find_acquired(&w, id);
			p->releases[id] = find_released(&w, id, false);
			p->releases_own[id] = find_released(&w, id, true);
		}
	for (fact_id id = 0; id < nr; id++) {
		g_free(w.node_gives[id]);
		g_free(w.node_takes[id]);
	}
	g_free(w.must);
	g_free(w.node_gives);
	g_free(w.node_takes);
}
