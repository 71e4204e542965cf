/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What exploring a sliced body needs: the order of its nodes, loops, locals
 * that vary in them, and which locals are live.
 */
#include "slice.h"

#include <string.h>

#include "body_expr.h"
#include "program.h"
#include "successors.h"

struct walker {
	const struct fact_body *b;
	GArray *stack;		/* struct frame */
	uint32_t *post;		/* postorder number, 0: not visited */
	uint32_t *component;
	uint32_t counter;
	GArray *successors;	/* uint32_t scratch */
};

struct frame {
	uint32_t node, first, next, end;
};

static void collect_successor(void *context, uint32_t node)
{
	struct walker *w = context;

	g_array_append_val(w->successors, node);
}

static void push_frame(struct walker *w, uint32_t node)
{
	struct frame f = { .node = node, .first = w->successors->len };

	for_successors(w->b, node, collect_successor, w);
	f.next = f.first;
	f.end = w->successors->len;
	g_array_append_val(w->stack, f);
	w->post[node] = UINT32_MAX;
}

/* Depth-first search without recursion: bodies may be very long. */
static void number_nodes(struct walker *w)
{
	push_frame(w, 1);
	while (w->stack->len) {
		struct frame *f = &g_array_index(w->stack, struct frame,
						 w->stack->len - 1);

		if (f->next < f->end) {
			uint32_t to = g_array_index(w->successors, uint32_t,
						    f->next++);

			if (!w->post[to])
				push_frame(w, to);
			continue;
		}
		w->post[f->node] = ++w->counter;
		g_array_set_size(w->successors, f->first);
		g_array_set_size(w->stack, w->stack->len - 1);
	}
}

/* Predecessors of each node, as lists in one array. */
struct predecessors {
	uint32_t *first;	/* per node: 1 + index into link, 0: none */
	GArray *link;		/* struct link_to */
	uint32_t from;
};

struct link_to {
	uint32_t node, next;
};

static void add_predecessor(void *context, uint32_t node)
{
	struct predecessors *p = context;
	struct link_to l = { .node = p->from, .next = p->first[node] };

	g_array_append_val(p->link, l);
	p->first[node] = p->link->len;
}

struct loop_marker {
	struct slice *s;
	const struct fact_body *b;
	struct predecessors p;
	uint8_t *inside;	/* of the loop that is being marked */
	GArray *stack;		/* uint32_t */
};

static void enter_loop(struct loop_marker *m, uint32_t node)
{
	if (m->inside[node])
		return;
	m->inside[node] = 1;
	if (m->s->in_loop[node] < UINT8_MAX)
		m->s->in_loop[node]++;
	g_array_append_val(m->stack, node);
}

/* The natural loop of HEAD: what leads to a back edge to it. */
static void mark_loop(struct loop_marker *m, uint32_t head)
{
	const uint32_t *order = m->s->order;
	bool any = false;

	memset(m->inside, 0, m->b->node_nr);
	for (uint32_t i = m->p.first[head]; i;) {
		const struct link_to *l = &g_array_index(
			m->p.link, struct link_to, i - 1);

		if (order[l->node] >= order[head]) {
			if (!any)
				enter_loop(m, head);
			any = true;
			enter_loop(m, l->node);
		}
		i = l->next;
	}
	while (m->stack->len) {
		uint32_t node = g_array_index(m->stack, uint32_t,
					      m->stack->len - 1);

		g_array_set_size(m->stack, m->stack->len - 1);
		for (uint32_t i = node == head ? 0 : m->p.first[node]; i;) {
			const struct link_to *l = &g_array_index(
				m->p.link, struct link_to, i - 1);

			/* A jump into the loop is no part of it. */
			if (order[l->node] >= order[head])
				enter_loop(m, l->node);
			i = l->next;
		}
	}
}

static void mark_loops(struct slice *s, const struct fact_body *b,
		       const uint32_t *by_order, uint32_t nr)
{
	struct loop_marker m = { .s = s, .b = b };

	m.p.first = g_new0(uint32_t, b->node_nr);
	m.p.link = g_array_new(FALSE, FALSE, sizeof(struct link_to));
	m.inside = g_new0(uint8_t, b->node_nr);
	m.stack = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	for (uint32_t i = 1; i <= nr; i++) {
		m.p.from = by_order[i];
		for_successors(b, m.p.from, add_predecessor, &m.p);
	}
	for (uint32_t i = 1; i <= nr; i++)
		mark_loop(&m, by_order[i]);
	g_free(m.p.first);
	g_free(m.inside);
	g_array_unref(m.p.link);
	g_array_unref(m.stack);
}

/* Locals that a loop counts. */
static void mark_varying(struct slice *s, const struct fact_body *b)
{
	for (uint32_t i = 1; i < b->node_nr; i++) {
		const struct fact_node *n = &b->node[i];
		const struct fact_expr *value;

		if (n->kind != NODE_ASSIGN || !s->in_loop[i] ||
		    b->expr[n->a].op != EXPR_LOCAL)
			continue;
		value = &b->expr[n->b];
		while (value->op == EXPR_CAST)
			value = &b->expr[value->a];
		if (value->op == EXPR_ADD || value->op == EXPR_SUB ||
		    value->op == EXPR_INDEX || value->op == EXPR_SHL ||
		    value->op == EXPR_SHR)
			s->varies[b->expr[n->a].a] = 1;
	}
}

static void order_nodes(struct slice *s, const struct fact_body *b)
{
	struct walker w = { .b = b };
	uint32_t *by_order;

	w.stack = g_array_new(FALSE, FALSE, sizeof(struct frame));
	w.successors = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	w.post = g_new0(uint32_t, b->node_nr);
	number_nodes(&w);
	by_order = g_new0(uint32_t, w.counter + 1);
	for (uint32_t i = 1; i < b->node_nr; i++) {
		if (!w.post[i])
			continue;
		s->order[i] = w.counter + 1 - w.post[i];
		by_order[s->order[i]] = i;
	}
	mark_loops(s, b, by_order, w.counter);
	/* A node that only a skip leads to comes last. */
	for (uint32_t i = 1; i < b->node_nr; i++)
		if (!s->order[i])
			s->order[i] = ++w.counter;
	g_free(by_order);
	g_free(w.post);
	g_array_unref(w.stack);
	g_array_unref(w.successors);
}

static void use_expr(const struct slice *s, const struct fact_body *b,
		     uint32_t expr, uint64_t *live)
{
	const struct fact_expr *e = &b->expr[expr];

	switch (e->op) {
	case EXPR_UNKNOWN:
	case EXPR_CONST:
	case EXPR_STRING:
	case EXPR_FUNCTION:
	case EXPR_GLOBAL:
		break;
	case EXPR_LOCAL:
		if (s->dense[e->a])
			bit_set(live, s->dense[e->a] - 1);
		break;
	case EXPR_FIELD:
	case EXPR_LOAD:
	case EXPR_NEG:
	case EXPR_BITNOT:
	case EXPR_LNOT:
	case EXPR_CAST:
		use_expr(s, b, e->a, live);
		break;
	default:
		use_expr(s, b, e->a, live);
		use_expr(s, b, e->b, live);
		break;
	}
}

static void kill_local(const struct slice *s, uint32_t local, uint64_t *live)
{
	uint32_t i = local ? s->dense[local] : 0;

	if (i)
		live[(i - 1) / 64] &= ~(UINT64_C(1) << ((i - 1) % 64));
}

/* LIVE after the node becomes LIVE before it. */
static void transfer(const struct slice *s, const struct fact_body *b,
		     uint32_t node, uint64_t *live)
{
	const struct fact_node *n = &b->node[node];

	if (!s->node[node])
		return;
	switch (n->kind) {
	case NODE_ASSIGN:
	case NODE_COPY:
		if (b->expr[n->a].op == EXPR_LOCAL)
			kill_local(s, b->expr[n->a].a, live);
		else
			use_expr(s, b, n->a, live);
		use_expr(s, b, n->b, live);
		break;
	case NODE_UNDEF:
		kill_local(s, n->a, live);
		break;
	case NODE_CALL:
		kill_local(s, n->b, live);
		use_expr(s, b, n->a, live);
		for (uint32_t i = 0; i < n->extra_nr; i++)
			use_expr(s, b, b->extra[n->extra + i], live);
		break;
	case NODE_BRANCH:
	case NODE_SWITCH:
	case NODE_RETURN:
		if (n->a)
			use_expr(s, b, n->a, live);
		break;
	default:
		break;
	}
}

struct live_join {
	const struct slice *s;
	uint64_t *live;
};

static void join_successor(void *context, uint32_t node)
{
	struct live_join *j = context;
	const uint64_t *from = j->s->live + (size_t)node * j->s->live_words;

	for (uint32_t i = 0; i < j->s->live_words; i++)
		j->live[i] |= from[i];
}

static void find_live(struct slice *s, const struct fact_body *b)
{
	uint64_t *live = g_new0(uint64_t, s->live_words);
	struct live_join j = { .s = s, .live = live };
	bool again = true;

	while (again) {
		again = false;
		for (uint32_t i = b->node_nr - 1; i > 0; i--) {
			uint64_t *at = s->live + (size_t)i * s->live_words;

			memset(live, 0, sizeof(*live) * s->live_words);
			for_successors(b, i, join_successor, &j);
			transfer(s, b, i, live);
			if (memcmp(at, live, sizeof(*live) * s->live_words)) {
				memcpy(at, live,
				       sizeof(*live) * s->live_words);
				again = true;
			}
		}
	}
	g_free(live);
}

void slice_finish(struct slice *s, const struct fact_body *b)
{
	s->in_loop = g_new0(uint8_t, b->node_nr);
	s->order = g_new0(uint32_t, b->node_nr);
	s->varies = g_new0(uint8_t, b->local_nr);
	s->dense = g_new0(uint32_t, b->local_nr);
	order_nodes(s, b);
	mark_varying(s, b);
	for (uint32_t i = 1; i < b->local_nr; i++)
		if (s->local[i] &&
		    !(b->local[i].flags & LOCAL_ADDRESS_TAKEN))
			s->dense[i] = ++s->dense_nr;
	s->live_words = s->dense_nr / 64 + 1;
	s->live = g_new0(uint64_t, (size_t)s->live_words * b->node_nr);
	find_live(s, b);
}
