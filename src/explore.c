/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fixpoint over all summaries.  Functions are explored callees first;
 * those whose callees' exits changed are explored again.  A function of a
 * recursion begins with no exits, so that only ways out that exist are found.
 */
#include "explore.h"

#include "explore_int.h"
#include "asks.h"
#include "bundle.h"
#include "initial.h"
#include "maker.h"
#include "scc.h"

/* A function of a recursion is not explored more often than this. */
enum { RUNS_MAX = 12 };

struct summary *summary_new(fact_id function)
{
	struct summary *s = g_new0(struct summary, 1);

	s->function = function;
	s->exits = g_ptr_array_new();
	s->balanced = g_ptr_array_new();
	s->edge = g_ptr_array_new();
	s->event = g_ptr_array_new();
	s->dirty = true;
	return s;
}

void explore_free_exits(GPtrArray *exits)
{
	for (guint i = 0; i < exits->len; i++) {
		struct exit_state *e = g_ptr_array_index(exits, i);

		state_free(e->state);
		g_free(e);
	}
	g_ptr_array_unref(exits);
}

void summary_free(void *summary)
{
	struct summary *s = summary;

	for (guint i = 0; i < s->edge->len; i++) {
		struct call_edge *e = g_ptr_array_index(s->edge, i);

		state_free(e->at);
		g_array_unref(e->arg);
		g_free(e);
	}
	for (guint i = 0; i < s->event->len; i++) {
		struct event *e = g_ptr_array_index(s->event, i);

		state_free(e->at);
		g_free(e);
	}
	explore_free_exits(s->exits);
	explore_free_exits(s->balanced);
	g_ptr_array_unref(s->edge);
	g_ptr_array_unref(s->event);
	g_free(s);
}

void explorer_free(struct explorer *x)
{
	if (!x)
		return;
	for (fact_id id = 0; id < x->p->f->function->len; id++)
		if (x->summary[id])
			summary_free(x->summary[id]);
	g_free(x->summary);
	state_pool_free(x->pool);
	g_hash_table_unref(x->limits);
	asks_free(x->asks);
	origins_free(x->origins);
	initials_free(x->initials);
	makers_free(x->makers);
	bundles_free(x->bundles);
	terms_free(x->t);
	g_free(x);
}

static void add_limit(struct explorer *x, const struct limit *new)
{
	uint32_t words[] = { (uint32_t)new->kind, new->function, new->node,
			     new->detail };
	GBytes *key = g_bytes_new(words, sizeof(words));
	struct limit *found = g_hash_table_lookup(x->limits, key);

	if (found) {
		found->count += new->once ? 0 : new->count;
		g_bytes_unref(key);
		return;
	}
	g_hash_table_insert(x->limits, key, g_memdup2(new, sizeof(*new)));
}

void explorer_limit(struct explorer *x, enum limit_kind kind,
		    fact_id function, uint32_t node, uint32_t detail)
{
	struct limit new = { .kind = kind, .function = function, .node = node,
			     .detail = detail, .count = 1 };

	if (x->recording)
		add_limit(x, &new);
}

void explorer_limit_once(struct explorer *x, enum limit_kind kind,
			 fact_id function, uint32_t node)
{
	struct limit new = { .kind = kind, .function = function, .node = node,
			     .count = 1, .once = true };

	if (x->recording)
		add_limit(x, &new);
}

void explorer_forget_limits(struct explorer *x)
{
	g_hash_table_remove_all(x->limits);
}

void explorer_put_limits(const struct explorer *x, GByteArray *out)
{
	GHashTableIter iter;
	void *value;

	bytes_put(out, g_hash_table_size(x->limits));
	g_hash_table_iter_init(&iter, x->limits);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const struct limit *l = value;

		bytes_put(out, l->kind);
		bytes_put(out, l->function);
		bytes_put(out, l->node);
		bytes_put(out, l->detail);
		bytes_put(out, l->count);
		bytes_put(out, l->once);
	}
}

void explorer_get_limits(struct explorer *x, struct byte_reader *in)
{
	uint32_t nr = bytes_get_count(in);

	for (uint32_t i = 0; i < nr && !in->bad; i++) {
		struct limit l;

		l.kind = (enum limit_kind)bytes_get_below(in, LIMIT_KIND_NR);
		l.function = bytes_get_below(in, UINT32_MAX);
		l.node = bytes_get_below(in, UINT32_MAX);
		l.detail = bytes_get_below(in, UINT32_MAX);
		l.count = bytes_get_below(in, UINT32_MAX);
		l.once = bytes_get_below(in, 2) != 0;
		if (!in->bad)
			add_limit(x, &l);
	}
}

static void mark_callers(struct explorer *x, fact_id function)
{
	const GArray *callers = x->p->cg->caller[function];

	for (guint i = 0; callers && i < callers->len; i++) {
		struct summary *s =
			x->summary[g_array_index(callers, fact_id, i)];

		if (s)
			s->dirty = true;
	}
}

/*
 * Approximation: a function that still changes after so many times keeps the
 * exits that it has; the ledger names it.
 */
static bool is_due(struct explorer *x, struct summary *s)
{
	if (!s || !s->dirty)
		return false;
	if (s->runs < RUNS_MAX)
		return true;
	s->dirty = false;
	x->recording = true;
	explorer_limit(x, LIMIT_DROPPED, s->function, 0, 0);
	x->recording = false;
	return false;
}

/* One pass over the functions FIRST to END of ORDER; true if some exits
 * changed. */
static bool pass(struct explorer *x, const struct scc *scc, uint32_t first,
		 uint32_t end)
{
	bool changed = false;

	for (uint32_t k = first; k < end; k++) {
		struct summary *s = x->summary[scc->order[k]];

		if (!is_due(x, s))
			continue;
		s->dirty = false;
		if (!explore_run(x, s))
			continue;
		explore_free_exits(s->balanced);
		s->balanced = explore_balance(x, s);
		changed = true;
		mark_callers(x, s->function);
	}
	return changed;
}

/*
 * Each component is stable before its callers are explored, which are so once
 * then (the recursive strategy of Bourdoncle, "Efficient chaotic iteration
 * strategies with widenings", 1993).  True if some exits changed: what calls of
 * functions aside lead to may come later in ORDER.
 */
static bool explore_components(struct explorer *x, const struct scc *scc)
{
	bool changed = false;

	for (uint32_t first = 0, end; first < scc->order_nr; first = end) {
		uint32_t head = scc->head[scc->order[first]];

		end = first + 1;
		while (end < scc->order_nr &&
		       scc->head[scc->order[end]] == head)
			end++;
		while (pass(x, scc, first, end))
			changed = true;
	}
	return changed;
}

static void record(struct explorer *x, const struct scc *scc)
{
	x->recording = true;
	for (uint32_t k = 0; k < scc->order_nr; k++) {
		fact_id id = scc->order[k];

		struct summary *s = x->summary[id];

		if (!s || !x->p->locks[id])
			continue;
		explore_run(x, s);
		explore_free_exits(s->balanced);
		s->balanced = explore_balance(x, s);
	}
}

static term_id load_known(const void *context, struct terms *t,
			  term_id address)
{
	const struct explorer *x = context;
	term_id found = value_simplify_load(x->p, t, address);

	if (!found)
		found = initials_load(x->initials, t, address);
	return found ? found : makers_load(x->makers, address);
}

/* Of bits that are all set or all clear, the lowest is asked for; where others
 * are kept beside them, it may be for the value. */
static int64_t same_bits(const void *context, const struct terms *t,
			 term_id load, int64_t mask)
{
	const struct explorer *x = context;
	const struct term *at = term_get(t, term_get(t, load)->a);
	int64_t bits = at->op == TERM_FIELD ? x->p->same_bits[at->b] : 0;

	return mask & ~bits ? mask : bits & -bits;
}

struct explorer *explorer_new(const struct program *p)
{
	struct explorer *x = g_new0(struct explorer, 1);
	struct scc *scc = scc_new(p->cg, p->aside);

	x->p = p;
	x->t = terms_new();
	x->pool = state_pool_new();
	x->initials = initials_new(p, x->t);
	x->makers = makers_new(p, x->t);
	x->bundles = bundles_new(p->f);
	terms_set_load(x->t, load_known, x);
	terms_set_mask(x->t, same_bits);
	x->origins = origins_new();
	x->asks = asks_new(x->t);
	state_pool_set_asks(x->pool, x->asks);
	x->limits = g_hash_table_new_full(g_bytes_hash, g_bytes_equal,
					  (GDestroyNotify)g_bytes_unref,
					  g_free);
	x->summary = g_new0(struct summary *, p->f->function->len);
	for (fact_id id = 1; id < p->f->function->len; id++)
		if (p->slice[id])
			x->summary[id] = summary_new(id);
	while (explore_components(x, scc))
		;
	record(x, scc);
	scc_free(scc);
	return x;
}
