/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flags.h"

#include <string.h>

#include <glib.h>

#include "body_expr.h"
#include "program.h"
#include "slice.h"
#include "successors.h"

/* What is stored to a member, or to be looked for at a node. */
enum { STORES_ZERO = 1, STORES_OTHER = 2, STORES_ANYTHING = 4 };

struct search {
	const struct program *p;
	fact_id function;
	const struct fact_body *b;
	uint8_t *how;		/* by tracked member: what all code stores */
	uint64_t *found;
};

/* The tracked member that a node stores to, and what; 0 if none. */
static uint32_t stored_member(const struct program *p,
			      const struct fact_body *b,
			      const struct fact_node *n, uint8_t *what)
{
	const struct fact_expr *to = &b->expr[n->a], *value = &b->expr[n->b];
	uint32_t i = 0;

	if (n->kind != NODE_ASSIGN)
		return 0;
	if (to->op == EXPR_FIELD && !body_root_local(b, n->a))
		i = p->track_index[to->b];
	else if (to->op == EXPR_GLOBAL)
		i = p->track_index[p->f->field->len + to->a];
	while (value->op == EXPR_CAST)
		value = &b->expr[value->a];
	if (value->op != EXPR_CONST || n->flags & NODE_WEAK)
		*what = STORES_ANYTHING;
	else
		*what = value->imm ? STORES_OTHER : STORES_ZERO;
	return i;
}

static void note_stores(struct search *s)
{
	uint8_t what;

	for (uint32_t i = 1; i < s->b->node_nr; i++) {
		uint32_t member = stored_member(s->p, s->b, &s->b->node[i],
						&what);

		if (member)
			s->how[member] |= what;
	}
}

/* Does FUNCTION itself store a constant of that kind to the member? */
static bool stores(const struct program *p, fact_id function, uint32_t member,
		   uint8_t what)
{
	const struct fact_body *b = FACT_FUNCTION(p->f, function)->body;
	uint8_t stored;

	for (uint32_t i = 1; b && i < b->node_nr; i++)
		if (stored_member(p, b, &b->node[i], &stored) == member &&
		    stored == what)
			return true;
	return false;
}

/* Does the node, or a function that it calls, set the member back? */
static bool sets_back(const struct search *s, uint32_t node, uint32_t member,
		      uint8_t what)
{
	const struct call_site *site;
	uint8_t stored;

	if (stored_member(s->p, s->b, &s->b->node[node], &stored) == member)
		return stored == what;
	if (s->b->node[node].kind != NODE_CALL)
		return false;
	site = callgraph_site(s->p->cg, s->function, node);
	return site && site->target_nr == 1 &&
	       stores(s->p,
		      g_array_index(s->p->cg->target, fact_id, site->target),
		      member, what);
}

static bool may_lock(const struct search *s, uint32_t node)
{
	const struct call_site *site;

	if (s->b->node[node].kind != NODE_CALL)
		return false;
	site = callgraph_site(s->p->cg, s->function, node);
	for (uint32_t k = 0; site && k < site->target_nr; k++)
		if (program_call_locks(
			    s->p, s->function, node,
			    g_array_index(s->p->cg->target, fact_id,
					  site->target + k)))
			return true;
	return false;
}

/* A walk over nodes, each in one phase or in several. */
struct visits {
	uint8_t *seen;		/* by node: phases, as bits */
	GArray *work;		/* uint32_t: node << 2 | phase */
	uint8_t phase;		/* of those that are added */
};

static void visits_init(struct visits *v, const struct fact_body *b)
{
	v->seen = g_new0(uint8_t, b->node_nr);
	v->work = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	v->phase = 1;
}

static void visits_release(struct visits *v)
{
	g_free(v->seen);
	g_array_unref(v->work);
}

static void visit(void *context, uint32_t node)
{
	struct visits *v = context;

	if (!node || v->seen[node] & v->phase)
		return;
	v->seen[node] |= v->phase;
	node = node << 2 | v->phase;
	g_array_append_val(v->work, node);
}

/* The next node, whose phase becomes the current one; 0 if there is none. */
static uint32_t visits_pop(struct visits *v)
{
	uint32_t top;

	if (!v->work->len)
		return 0;
	top = g_array_index(v->work, uint32_t, v->work->len - 1);
	g_array_set_size(v->work, v->work->len - 1);
	v->phase = top & 3;
	return top >> 2;
}

/* Is what START sets, set back after a call that may lock? */
static bool spans_call(const struct search *s, uint32_t start, uint32_t member,
		       uint8_t back)
{
	enum { BEFORE = 1, AFTER = 2 };
	struct visits v;
	bool found = false;

	visits_init(&v, s->b);
	for_successors(s->b, start, visit, &v);
	for (uint32_t node; !found && (node = visits_pop(&v));) {
		found = v.phase == AFTER && sets_back(s, node, member, back);
		if (v.phase == BEFORE && may_lock(s, node))
			v.phase = AFTER;
		for_successors(s->b, node, visit, &v);
	}
	visits_release(&v);
	return found;
}

static void find_in(struct search *s)
{
	for (uint32_t i = 1; i < s->b->node_nr; i++) {
		uint8_t what = 0;
		uint32_t member = stored_member(s->p, s->b, &s->b->node[i],
						&what);
		uint8_t back = what ^ (STORES_ZERO | STORES_OTHER);

		if (!member ||
		    s->how[member] != (STORES_ZERO | STORES_OTHER))
			continue;
		if (spans_call(s, i, member, back))
			s->found[(member - 1) / 64] |= UINT64_C(1)
						       << (member - 1) % 64;
	}
}

/* Marks the members that an expression loads. */
static void mark_loaded(const struct search *s, uint32_t expr, uint64_t *set)
{
	const struct fact_expr *e = &s->b->expr[expr];
	uint32_t i = 0;

	if (e->op == EXPR_UNKNOWN || e->op == EXPR_CONST ||
	    e->op == EXPR_STRING || e->op == EXPR_FUNCTION ||
	    e->op == EXPR_LOCAL)
		return;
	if (e->op == EXPR_GLOBAL)
		i = s->p->track_index[s->p->f->field->len + e->a];
	else if (e->op == EXPR_FIELD)
		i = s->p->track_index[e->b];
	if (i)
		set[(i - 1) / 64] |= UINT64_C(1) << (i - 1) % 64;
	if (e->op == EXPR_GLOBAL)
		return;
	mark_loaded(s, e->a, set);
	if (e->op == EXPR_INDEX || (e->op >= EXPR_ADD && e->op <= EXPR_GE))
		mark_loaded(s, e->b, set);
}

/* How many calls that may lock come after TO, without BRANCH again. */
static guint locking_calls(const struct search *s, uint32_t branch,
			   uint32_t to)
{
	struct visits v;
	guint nr = 0;

	visits_init(&v, s->b);
	v.seen[branch] = 1;
	visit(&v, to);
	for (uint32_t node; (node = visits_pop(&v));) {
		nr += may_lock(s, node);
		for_successors(s->b, node, visit, &v);
	}
	visits_release(&v);
	return nr;
}

/*
 * Marks the members that decide a branch on which a call that may lock
 * depends.  (What is reached on one side is reached on the other, or their
 * numbers differ: where both sides have calls of their own, it is no flag.)
 */
static void mark_deciding(const struct search *s, uint64_t *set)
{
	for (uint32_t i = 1; i < s->b->node_nr; i++) {
		const struct fact_node *n = &s->b->node[i];

		if (n->kind == NODE_BRANCH &&
		    locking_calls(s, i, n->next) !=
			    locking_calls(s, i, n->other))
			mark_loaded(s, n->a, set);
	}
}

/* Drops what decides on no call, but where it is written. */
static void keep_deciding(struct search *s)
{
	const struct program *p = s->p;
	uint64_t *set = g_new(uint64_t, p->track_words);
	uint64_t *kept = g_new0(uint64_t, p->track_words);

	for (fact_id id = 1; id < p->f->function->len; id++) {
		const uint64_t *reads = p->reads + (size_t)id * p->track_words;
		const uint64_t *writes = p->writes +
					 (size_t)id * p->track_words;
		uint64_t any = 0;

		for (uint32_t w = 0; w < p->track_words; w++)
			any |= reads[w] & ~writes[w] & s->found[w];
		if (!any || !p->locks[id])
			continue;
		memset(set, 0, sizeof(*set) * p->track_words);
		s->function = id;
		s->b = FACT_FUNCTION(p->f, id)->body;
		mark_deciding(s, set);
		for (uint32_t w = 0; w < p->track_words; w++)
			kept[w] |= set[w] & ~writes[w];
	}
	for (uint32_t w = 0; w < p->track_words; w++)
		s->found[w] &= kept[w];
	g_free(set);
	g_free(kept);
}

uint64_t *flags_find(const struct program *p)
{
	struct search s = { .p = p };

	s.how = g_new0(uint8_t, p->track_nr + 1);
	s.found = g_new0(uint64_t, p->track_words);
	for (s.function = 1; s.function < p->f->function->len; s.function++) {
		s.b = FACT_FUNCTION(p->f, s.function)->body;
		if (s.b)
			note_stores(&s);
	}
	for (s.function = 1; s.function < p->f->function->len; s.function++) {
		s.b = FACT_FUNCTION(p->f, s.function)->body;
		/* A flag that guards a way from one lock to the next is set
		 * where a lock is held. */
		if (s.b && p->acquired_before[s.function])
			find_in(&s);
	}
	keep_deciding(&s);
	g_free(s.how);
	return s.found;
}
