/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "why_trace.h"

#include "explore_int.h"
#include "nummap.h"
#include "successors.h"

struct tracer {
	struct trace *t;
	trace_held_fn *held;
	const void *context;
};

static void add_literals(struct trace *t, uint32_t from, const struct state *s)
{
	for (guint i = 0; i < s->guard->len; i++) {
		void *literal = GUINT_TO_POINTER(
			g_array_index(s->guard, uint32_t, i));

		if (!g_hash_table_contains(t->literal, literal))
			g_hash_table_insert(t->literal, literal,
					    GUINT_TO_POINTER(from));
	}
}

static void add_step(struct trace *t, uint32_t from, uint32_t to, bool held)
{
	gint64 key = (gint64)NUMMAP_KEY(from, to);
	guint old = GPOINTER_TO_UINT(g_hash_table_lookup(t->step, &key));

	g_hash_table_insert(t->step, g_memdup2(&key, sizeof(key)),
			    GUINT_TO_POINTER(MAX(old, held ? 2u : 1u)));
}

static void note_condition(struct trace *t, struct run *r, uint32_t node,
			   const struct state *s)
{
	const struct fact_node *n = &r->e.b->node[node];
	struct evaluator e = r->e;

	if ((n->kind == NODE_BRANCH || n->kind == NODE_SWITCH) &&
	    term_is_const(r->x->t, value_of(&e, s, n->a), NULL))
		t->constant[node] = 1;
}

static bool arrives(void *context, struct run *r, uint32_t node,
		    struct state *s)
{
	const struct tracer *tr = context;
	bool held = tr->held(tr->context, s);

	tr->t->reached[node] = 1;
	tr->t->held[node] |= held;
	add_literals(tr->t, r->e.node, s);
	add_step(tr->t, r->e.node, node, held);
	note_condition(tr->t, r, node, s);
	return false;
}

static bool leaves(void *context, struct run *r, struct state *s,
		   term_id result)
{
	(void)context;
	(void)r;
	(void)result;
	state_free(s);
	return true;
}

struct trace *trace_new(struct explorer *x, fact_id function,
			trace_held_fn *held, const void *context)
{
	struct trace *t = g_new0(struct trace, 1);
	struct tracer tr = { .t = t, .held = held, .context = context };
	const struct watcher watch = { .arrives = arrives, .leaves = leaves,
				       .context = &tr };
	uint32_t nr = FACT_FUNCTION(x->p->f, function)->body->node_nr;
	struct summary self = { .function = function, .guards_matter = true };
	bool recording = x->recording;
	struct run r;

	t->function = function;
	t->reached = g_new0(uint8_t, nr);
	t->held = g_new0(uint8_t, nr);
	t->constant = g_new0(uint8_t, nr);
	t->step = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free,
					NULL);
	t->literal = g_hash_table_new(NULL, NULL);
	self.exits = g_ptr_array_new();
	x->recording = false;
	explore_run_init(&r, x, &self);
	r.watch = &watch;
	explore_all_states(&r);
	explore_run_release(&r);
	x->recording = recording;
	g_ptr_array_unref(self.exits);
	return t;
}

void trace_free(struct trace *t)
{
	if (!t)
		return;
	g_free(t->reached);
	g_free(t->held);
	g_free(t->constant);
	g_hash_table_unref(t->step);
	g_hash_table_unref(t->literal);
	g_free(t);
}

bool trace_gets_to(const struct trace *t, const struct explorer *x,
		   uint32_t node, bool if_held)
{
	uint32_t first = x->p->slice[t->function]->skip[node];

	return !first || (if_held ? t->held : t->reached)[first];
}

struct cutter {
	const struct trace *t;
	const struct slice *slice;
	const uint32_t *distance;
	uint32_t node;
	bool if_held;
	GArray *out;
};

static void look_at(void *context, uint32_t to)
{
	struct cutter *c = context;
	uint32_t lands = c->slice->skip[to];
	gint64 key = (gint64)NUMMAP_KEY(c->node, lands);
	guint step = GPOINTER_TO_UINT(g_hash_table_lookup(c->t->step, &key));
	struct cut cut = { .node = c->node, .to = to,
			   .is_release = step == 1 };

	if (c->distance[to] == CFG_NEVER || step >= 1u + c->if_held)
		return;
	g_array_append_val(c->out, cut);
}

void trace_cuts(const struct trace *t, struct explorer *x, struct cfg *cfg,
		uint32_t target, bool if_held, GArray *out)
{
	const struct fact_body *b = FACT_FUNCTION(x->p->f, t->function)->body;
	struct cutter c = {
		.t = t, .slice = x->p->slice[t->function],
		.distance = cfg_distance(cfg, t->function, target),
		.if_held = if_held, .out = out,
	};

	for (uint32_t i = 1; i < b->node_nr; i++) {
		if (!(if_held ? t->held[i] : t->reached[i]) || i == target)
			continue;
		c.node = i;
		for_successors(b, i, look_at, &c);
	}
}
