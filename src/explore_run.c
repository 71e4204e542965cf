/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Explores one function in one context: states are carried along the sliced
 * control-flow graph, nodes in reverse postorder.
 */
#include "explore_int.h"
#include "param_writes.h"

static void heap_push(struct run *r, uint32_t order)
{
	guint i = r->heap->len;
	uint32_t *h;

	g_array_append_val(r->heap, order);
	h = &g_array_index(r->heap, uint32_t, 0);
	while (i > 0 && h[(i - 1) / 2] > h[i]) {
		uint32_t swap = h[i];

		h[i] = h[(i - 1) / 2];
		h[(i - 1) / 2] = swap;
		i = (i - 1) / 2;
	}
}

static uint32_t heap_pop(struct run *r)
{
	uint32_t *h = &g_array_index(r->heap, uint32_t, 0);
	uint32_t top = h[0];
	guint i = 0, nr = r->heap->len - 1;

	h[0] = h[nr];
	g_array_set_size(r->heap, nr);
	while (2 * i + 1 < nr) {
		guint child = 2 * i + 1;
		uint32_t swap;

		if (child + 1 < nr && h[child + 1] < h[child])
			child++;
		if (h[i] <= h[child])
			break;
		swap = h[i];
		h[i] = h[child];
		h[child] = swap;
		i = child;
	}
	return top;
}

void explore_queue_node(struct run *r, uint32_t node)
{
	if (r->queued[node])
		return;
	r->queued[node] = 1;
	heap_push(r, r->e.slice->order[node]);
}

static void do_pending(struct run *r, uint32_t node)
{
	GPtrArray *seen = r->seen[node];

	r->queued[node] = 0;
	for (guint i = 0; i < seen->len; i++) {
		struct seen_state *v = g_ptr_array_index(seen, i);

		if (!v->pending)
			continue;
		v->pending = false;
		explore_step(r, state_copy(v->state), node);
	}
}

void explore_run_init(struct run *r, struct explorer *x, struct summary *self)
{
	const struct program *p = x->p;

	*r = (struct run){ .x = x, .self = self, .function = self->function };
	r->e = (struct evaluator){
		.p = p,
		.t = x->t,
		.b = FACT_FUNCTION(p->f, self->function)->body,
		.slice = p->slice[self->function],
	};
	if (p->output_needed[self->function])
		r->param_writes = param_writes_nodes(p->param_writes,
						     self->function);
	r->seen = g_new0(GPtrArray *, r->e.b->node_nr);
	r->queued = g_new0(uint8_t, r->e.b->node_nr);
	r->locksets = g_new0(uint8_t, r->e.b->node_nr);
	r->node_at = g_new0(uint32_t, r->e.b->node_nr + 1);
	for (uint32_t i = 1; i < r->e.b->node_nr; i++)
		r->node_at[r->e.slice->order[i]] = i;
	r->heap = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	r->out = g_ptr_array_new();
}

void explore_run_release(struct run *r)
{
	for (uint32_t i = 0; i < r->e.b->node_nr; i++) {
		for (guint k = 0; r->seen[i] && k < r->seen[i]->len; k++) {
			struct seen_state *v =
				g_ptr_array_index(r->seen[i], k);

			state_free(v->state);
			g_free(v);
		}
		if (r->seen[i])
			g_ptr_array_unref(r->seen[i]);
	}
	g_free(r->seen);
	g_free(r->queued);
	g_free(r->locksets);
	g_free(r->node_at);
	g_array_unref(r->heap);
	g_ptr_array_unref(r->out);
	if (r->member)
		g_array_unref(r->member);
	g_free(r->naming);
}

/* What the model says of who is current there. */
static void learn_current(const struct run *r, struct state *s)
{
	const GArray *all = r->x->p->entry_fact;

	for (guint i = 0; i < all->len; i++) {
		const struct entry_fact *f =
			&g_array_index(all, struct entry_fact, i);
		term_id base = f->of_vcpu
				       ? term_leaf(r->x->t, TERM_CURRENT, 0, 0,
						   0)
				       : value_current_domain(r->x->p, r->x->t);

		if (f->function == r->function)
			state_learn(r->x->t, s,
				    explore_world_term(r->x, s, base,
						       &f->world),
				    f->world.truth, false);
	}
}

/* What the model says of the domain that the function is called for. */
static void learn_own_world(const struct run *r, struct state *s)
{
	const struct program *p = r->x->p;
	const struct code_world *w;
	term_id domain;

	if (!p->world_of[r->function])
		return;
	w = &g_array_index(p->code_world, struct code_world,
			   p->world_of[r->function] - 1);
	domain = explore_own_domain(r->x, s, r->function);
	if (domain && term_is_stable(r->x->t, domain))
		state_learn(r->x->t, s,
			    explore_world_term(r->x, s, domain, w), w->truth,
			    false);
}

/* The arguments are as explore_parameter() names them. */
struct state *explore_entry_state(const struct run *r)
{
	const struct fact_function *fn =
		FACT_FUNCTION(r->x->p->f, r->function);
	struct state *s = state_new(r->x->p, r->x->pool);

	for (uint32_t i = 0; i < fn->param_nr; i++) {
		if (r->e.slice->local[i + 1])
			bindings_set(s->memory,
				     term_leaf(r->x->t, TERM_LOCAL, i + 1, 0,
					       0),
				     explore_parameter(r->x, r->function, i));
	}
	learn_current(r, s);
	learn_own_world(r, s);
	return s;
}

/* Once more over all states, which are final, to keep calls and events. */
static void record_all(struct run *r)
{
	r->recording = true;
	for (uint32_t node = 1; node < r->e.b->node_nr; node++) {
		const GPtrArray *seen = r->seen[node];

		if (!seen || r->e.b->node[node].kind != NODE_CALL)
			continue;
		for (guint i = 0; i < seen->len; i++) {
			const struct seen_state *v =
				g_ptr_array_index(seen, i);

			explore_step(r, state_copy(v->state), node);
		}
	}
}

static bool changes_locks(const GPtrArray *exits)
{
	for (guint i = 0; i < exits->len; i++)
		if (((struct exit_state *)g_ptr_array_index(exits, i))
			    ->state->held->len)
			return true;
	return false;
}

static bool has_exit(const GPtrArray *exits, const struct exit_state *e)
{
	for (guint i = 0; i < exits->len; i++) {
		const struct exit_state *old = g_ptr_array_index(exits, i);

		if (explore_same_exit(old, e) &&
		    state_same_facts(old->state, e->state))
			return true;
	}
	return false;
}

static bool same_exits(const GPtrArray *x, const GPtrArray *y)
{
	for (guint i = 0; i < x->len; i++)
		if (!has_exit(y, g_ptr_array_index(x, i)))
			return false;
	return x->len == y->len;
}

/* After so many runs, exits are only ever added: the fixpoint ends. */
enum { FRESH_RUNS_MAX = 6 };

/* True if they are not those of the last run. */
static bool keep_exits(struct run *r, GPtrArray *old)
{
	bool changed = r->exits_changed;

	if (old == r->self->exits)
		return changed;
	changed = !same_exits(old, r->self->exits);
	explore_free_exits(old);
	return changed;
}

void explore_all_states(struct run *r)
{
	explore_arrive(r, 1, explore_entry_state(r));
	while (r->heap->len)
		do_pending(r, r->node_at[heap_pop(r)]);
}

bool explore_run(struct explorer *x, struct summary *self)
{
	GPtrArray *old = self->exits;
	bool changed;
	struct run r;

	explore_run_init(&r, x, self);
	if (self->runs < FRESH_RUNS_MAX && !x->recording)
		self->exits = g_ptr_array_new();
	self->runs++;
	explore_all_states(&r);
	if (x->recording)
		record_all(&r);
	changed = keep_exits(&r, old);
	explore_run_release(&r);
	/* The next time they are told apart better. */
	if (!self->guards_matter && changes_locks(self->exits)) {
		self->guards_matter = true;
		self->dirty = true;
	}
	return changed;
}
