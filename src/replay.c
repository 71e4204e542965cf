/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The search: in each function depth first, successors nearer to the leg's
 * end before others; a leg's end leads to the next leg, and back if that one
 * fails.
 */
#include "replay.h"

#include "program.h"
#include "replay_int.h"

enum {
	VISITS_MAX = 64,	/* of one node in one search */
	GUARD_MAX = 64,		/* what one path asks is more than what all do */
};
/* Nodes executed for all witnesses. */
static const uint64_t steps_max = 10000000;

/* A state of a search. */
struct visit {
	uint32_t node;
	bool is_held;		/* VIA is behind it */
	struct state *at;
	const struct outer *outer;
	guint from;		/* index + 1 of the visit before */
	struct leg_path *inner;	/* that led here from VIA; owned */
};

/* A way out of a function. */
struct way_out {
	struct exit_state exit;
	const struct outer *outer;
	guint from;		/* index + 1 of the last visit */
};

struct search {
	struct replayer *rp;
	struct search *before;	/* of the leg before; or NULL */
	const struct leg *leg;
	guint number;		/* of LEG; one more than that of which it is the
				 * inner one */
	struct run run;
	struct watcher watch;
	GArray *visit;		/* struct visit */
	GArray *todo;		/* guint: indices of visits, a stack */
	GArray *born;		/* guint: the latest ones */
	GArray *way_out;	/* struct way_out */
	guint now;		/* the visit that is executed */
	struct leg_path *inner;	/* of what is executed now */
	bool passes_via;
	uint16_t *visits;	/* per node, before VIA and after */
	GArray *refused;	/* uint32_t literals that the callers refused,
				 * to this leg or to those behind it */
	GPtrArray *barrier;	/* GArray of uint32_t literals: where all are
				 * refused, the next legs fail */
	bool is_cut;		/* nobody knows what else it failed for */
	bool is_hopeless;	/* the callers would have to be others */
};

static struct visit *visit_at(const struct search *s, guint i)
{
	return &g_array_index(s->visit, struct visit, i);
}

struct state *replay_keep(struct replayer *rp, struct state *s)
{
	g_ptr_array_add(rp->state, s);
	return s;
}

/* May S be on a path that an ordering speaks of? */
static bool may_go_on(const struct search *s, const struct state *at)
{
	return !(at->flags & STATE_ASSERT_FAILED) ||
	       s->rp->way->view.flags & STATE_ASSERT_FAILED;
}

static const uint32_t *distance_to(const struct search *s, bool is_held)
{
	return cfg_distance(s->rp->cfg, s->leg->function,
			     is_held ? s->leg->target : s->leg->via);
}

/* Has the same been seen there before? */
static bool is_seen(const struct search *s, const struct visit *new)
{
	for (guint i = s->visit->len; i > 1; i--) {
		const struct visit *v = visit_at(s, i - 1);

		if (v->node == new->node && v->is_held == new->is_held &&
		    v->outer == new->outer &&
		    state_same_locks(v->at, new->at) &&
		    state_same_memory(v->at, new->at) &&
		    state_same_guard(v->at, new->at) &&
		    state_same_facts(v->at, new->at))
			return true;
	}
	return false;
}

static bool has_budget(struct replayer *rp)
{
	return rp->steps < rp->effort.steps && rp->steps_left > 0;
}

static void count_step(struct replayer *rp)
{
	rp->steps++;
	if (rp->steps_left > 0)
		rp->steps_left--;
}

static void add_literal(GArray *set, uint32_t literal)
{
	for (guint i = 0; i < set->len; i++)
		if (g_array_index(set, uint32_t, i) == literal)
			return;
	g_array_append_val(set, literal);
}

/* The leg that many before S has refused what that one asked. */
static void count_refusal(const struct search *s, guint before)
{
	if (s->number >= before && s->number - before < s->rp->refusals->len)
		g_array_index(s->rp->refusals, guint, s->number - before)++;
}

/* Learns what NOW asks of the callers; false: they refuse, which each leg on
 * the way notes in its own terms. */
static bool ask_callers(struct search *s, const struct outer **outer,
			const struct state *before, const struct state *now)
{
	const GArray *refused = s->rp->refused;

	g_array_set_size(s->rp->refused, 0);
	if (replay_learn(s->rp, outer, before, now))
		return true;
	count_refusal(s, refused->len);
	for (guint i = refused->len; s && i > 0; i--) {
		add_literal(s->refused,
			    g_array_index(refused, uint32_t, i - 1));
		s = s->before;
	}
	return false;
}

/* Is what lies behind NEW to be executed, which comes after OLD?  Its OUTER
 * learns what it asks. */
static bool is_worth_it(struct search *s, const struct visit *old,
			struct visit *new)
{
	return s->visits[2 * new->node + new->is_held] < VISITS_MAX &&
	       may_go_on(s, new->at) &&
	       ask_callers(s, &new->outer, old->at, new->at) &&
	       !is_seen(s, new);
}

static bool arrives(void *context, struct run *r, uint32_t node,
		    struct state *at)
{
	struct search *s = context;
	const struct visit *old = visit_at(s, s->now);
	struct visit new = { .node = node, .at = at, .outer = old->outer,
			     .is_held = old->is_held || s->passes_via,
			     .from = s->now + 1 };
	/* Of a switch with hundreds of cases most are of no use, and no step. */
	bool leads_on = distance_to(s, new.is_held)[node] != CFG_NEVER;

	(void)r;
	if (leads_on)
		count_step(s->rp);
	if (!leads_on || !is_worth_it(s, old, &new)) {
		state_free(at);
		return true;
	}
	replay_keep(s->rp, at);
	s->visits[2 * node + new.is_held]++;
	if (s->inner) {
		new.inner = s->inner;
		s->inner = NULL;
	}
	g_array_append_val(s->born, s->visit->len);
	g_array_append_val(s->visit, new);
	return true;
}

static bool leaves(void *context, struct run *r, struct state *at,
		   term_id result)
{
	struct search *s = context;
	const struct visit *last = visit_at(s, s->now);
	struct way_out new = {
		.exit = { .state = replay_keep(s->rp, at), .result = result },
		.outer = last->outer, .from = s->now + 1,
	};

	(void)r;
	g_array_append_val(s->way_out, new);
	return true;
}

static struct summary *make_summary(struct replayer *rp, fact_id function)
{
	struct summary *s = summary_new(function);

	s->guards_matter = true;
	g_ptr_array_add(rp->summary, s);
	return s;
}

static void search_init(struct search *s, struct replayer *rp,
			const struct leg *leg, const struct outer *outer)
{
	struct visit first = { .node = 0, .outer = outer };
	uint32_t nr = FACT_FUNCTION(rp->x->p->f, leg->function)
			      ->body->node_nr;

	*s = (struct search){ .rp = rp, .leg = leg };
	explore_run_init(&s->run, rp->x, make_summary(rp, leg->function));
	s->watch = (struct watcher){ .arrives = arrives, .leaves = leaves,
				     .context = s,
				     .steady = rp->effort.steady };
	s->run.watch = &s->watch;
	s->visit = g_array_new(FALSE, FALSE, sizeof(struct visit));
	s->todo = g_array_new(FALSE, FALSE, sizeof(guint));
	s->born = g_array_new(FALSE, FALSE, sizeof(guint));
	s->way_out = g_array_new(FALSE, FALSE, sizeof(struct way_out));
	s->visits = g_new0(uint16_t, (size_t)2 * nr);
	s->refused = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	s->barrier = g_ptr_array_new_with_free_func(
		(GDestroyNotify)g_array_unref);
	first.at = replay_keep(rp, explore_entry_state(&s->run));
	first.is_held = !leg->via;
	g_array_append_val(s->visit, first);
	s->now = 0;
}

static void search_release(struct search *s)
{
	explore_run_release(&s->run);
	for (guint i = 0; i < s->visit->len; i++)
		leg_path_free(visit_at(s, i)->inner);
	leg_path_free(s->inner);
	g_array_unref(s->visit);
	g_array_unref(s->todo);
	g_array_unref(s->born);
	g_array_unref(s->way_out);
	g_array_unref(s->refused);
	g_ptr_array_unref(s->barrier);
	g_free(s->visits);
}

/* What was born is to be done next, the nearest to the end first. */
static void push_born(struct search *s)
{
	while (s->born->len) {
		guint best = 0;

		for (guint i = 1; i < s->born->len; i++) {
			const struct visit *a = visit_at(
				s, g_array_index(s->born, guint, i));
			const struct visit *b = visit_at(
				s, g_array_index(s->born, guint, best));

			uint32_t near = distance_to(s, b->is_held)[b->node];
			uint32_t far = distance_to(s, a->is_held)[a->node];

			if (far > near ||
			    (far == near && s->rp->effort.last_first))
				best = i;
		}
		g_array_append_val(s->todo,
				   g_array_index(s->born, guint, best));
		g_array_remove_index(s->born, best);
	}
}

/* The path to visit INDEX. */
static struct leg_path *path_to(struct search *s, guint index)
{
	struct leg_path *path = leg_path_new();
	guint i = index + 1;

	for (; i && visit_at(s, i - 1)->node; i = visit_at(s, i - 1)->from) {
		struct visit *v = visit_at(s, i - 1);

		g_array_append_val(path->node, v->node);
		if (!v->is_held && !path->via)
			path->via = path->node->len;
		if (v->inner) {
			path->inner = v->inner;
			v->inner = NULL;
		}
	}
	path->via = path->via ? path->node->len - path->via : 0;
	for (guint k = 0; k < path->node->len / 2; k++) {
		uint32_t *a = &g_array_index(path->node, uint32_t, k);
		uint32_t *b = &g_array_index(path->node, uint32_t,
					     path->node->len - 1 - k);
		uint32_t swap = *a;

		*a = *b;
		*b = swap;
	}
	return path;
}

static void search_back(struct replayer *rp, const struct leg *leg,
			const struct outer *outer, struct search *before,
			GPtrArray *out, GPtrArray *paths);

/*
 * VIA is a call: each way out of the callee with the lock held leads on.  The
 * edges of the recording run are its calls, as they are made in this state.
 */
static void call_via(struct search *s, struct summary *self, guint index)
{
	const struct leg *inner = s->leg->inner;

	for (guint i = 0; i < self->edge->len; i++) {
		const struct call_edge *e = g_ptr_array_index(self->edge, i);
		GPtrArray *exits, *paths;

		if (e->callee != inner->function)
			continue;
		exits = g_ptr_array_new_with_free_func(g_free);
		paths = g_ptr_array_new();
		search_back(s->rp, inner,
			    replay_call(s->rp, e, visit_at(s, index)->outer),
			    s, exits, paths);
		for (guint k = 0; k < exits->len; k++) {
			GPtrArray *one = g_ptr_array_new();

			g_ptr_array_add(one, g_ptr_array_index(exits, k));
			leg_path_free(s->inner);
			s->inner = g_ptr_array_index(paths, k);
			s->run.only = e->callee;
			s->run.given = one;
			explore_step(&s->run,
				     state_copy(visit_at(s, index)->at),
				     s->leg->via);
			s->run.only = 0;
			g_ptr_array_unref(one);
		}
		g_ptr_array_free(exits, TRUE);
		g_ptr_array_unref(paths);
	}
}

/* The calls and acquisitions of a node, in the state of visit INDEX. */
static struct summary *record(struct search *s, guint index)
{
	const struct visit *v = visit_at(s, index);
	struct summary *self = s->run.self, *made;

	s->run.self = make_summary(s->rp, s->leg->function);
	s->run.recording = true;
	explore_step(&s->run, state_copy(v->at), v->node);
	s->run.recording = false;
	made = s->run.self;
	s->run.self = self;
	return made;
}

/* Executes visit INDEX; what follows is to be done next. */
static void execute(struct search *s, guint index)
{
	const struct visit *v = visit_at(s, index);

	count_step(s->rp);
	s->now = index;
	s->passes_via = !v->is_held && v->node == s->leg->via;
	if (s->passes_via && s->leg->inner)
		call_via(s, record(s, index), index);
	else if (v->node)
		explore_step(&s->run, state_copy(v->at), v->node);
	s->passes_via = false;
	push_born(s);
}

/* The first node is not executed to be reached. */
static void enter(struct search *s)
{
	struct state *at = state_copy(visit_at(s, 0)->at);
	uint32_t first = explore_pass_gap(&s->run, 1, at);

	arrives(s, &s->run, first, at);
	push_born(s);
}

static bool holds_origin(const struct replayer *rp, const struct state *at,
			 uint32_t origin)
{
	for (guint i = 0; i < at->held->len; i++) {
		const struct held *h = &g_array_index(at->held, struct held,
						      i);

		if (h->count > 0 &&
		    origin_set_has(rp->x->origins, h->origins, origin))
			return true;
	}
	return false;
}

/*
 * Executes LEG, which ends with a return: appends struct exit_state * to OUT,
 * to be freed, with the lock held, and struct leg_path *, owned, to PATHS.
 * BEFORE, which may be NULL, is of the leg that it is the inner one of.
 */
static void search_back(struct replayer *rp, const struct leg *leg,
			const struct outer *outer, struct search *before,
			GPtrArray *out, GPtrArray *paths)
{
	struct search s;
	guint done = 0;

	search_init(&s, rp, leg, outer);
	s.before = before;
	s.number = before ? before->number + 1 : 0;
	enter(&s);
	while (s.todo->len && has_budget(rp) && out->len < rp->effort.ends) {
		guint index = g_array_index(s.todo, guint, s.todo->len - 1);

		g_array_set_size(s.todo, s.todo->len - 1);
		execute(&s, index);
		for (; done < s.way_out->len; done++) {
			const struct way_out *w = &g_array_index(
				s.way_out, struct way_out, done);
			struct leg_path *path;

			if (!holds_origin(rp, w->exit.state, leg->origin))
				continue;
			path = path_to(&s, w->from - 1);
			g_ptr_array_add(out, g_memdup2(&w->exit,
						       sizeof(w->exit)));
			g_ptr_array_add(paths, path);
		}
	}
	if (before)
		before->is_cut |= s.todo->len > 0 || s.is_cut;
	search_release(&s);
}

static bool search_on(struct replayer *rp, guint number,
		      const struct outer *outer, struct search *before);

/* Would the next leg, begun under OUTER, fail as it did before?  *ABOVE is set
 * if it is for what S's callers know. */
static bool is_barred(const struct search *s, const struct outer *outer,
		      bool *above)
{
	for (guint i = 0; i < s->barrier->len; i++)
		if (replay_refuses_all(s->rp, outer,
				       g_ptr_array_index(s->barrier, i),
				       above))
			return true;
	return false;
}

/* Visit INDEX is the leg's end: does it lead to the acquisition?  *TRIED is set
 * if that is not known from ends before. */
static bool lead_on(struct search *s, guint number, guint index, bool *tried)
{
	const struct summary *self = record(s, index);
	const struct outer *outer = visit_at(s, index)->outer;

	*tried = !s->leg->to;
	for (guint i = 0; !s->leg->to && i < self->event->len; i++)
		if (replay_check(s->rp, g_ptr_array_index(self->event, i),
				 outer))
			return true;
	for (guint i = 0; s->leg->to && i < self->edge->len; i++) {
		const struct call_edge *e = g_ptr_array_index(self->edge, i);
		const struct outer *here = outer;
		const struct state *at = visit_at(s, index)->at;
		bool above;

		if (e->callee != s->leg->to ||
		    !ask_callers(s, &here, at, e->at))
			continue;
		here = replay_call(s->rp, e, here);
		/* Other ends do not change what the callers know. */
		if (is_barred(s, here, &above)) {
			s->is_hopeless |= above;
			continue;
		}
		*tried = true;
		if (search_on(s->rp, number + 1, here, s))
			return true;
	}
	return false;
}

/* What S, which has failed, was refused bars the ends of the leg before. */
static void add_barrier(struct search *s)
{
	struct search *before = s->before;

	if (s->is_cut || !has_budget(s->rp))
		before->is_cut = true;
	else
		g_ptr_array_add(before->barrier, g_array_ref(s->refused));
}

/*
 * The visit to execute next: the latest, or the oldest, which has decided least
 * so far.
 */
static guint take_todo(struct search *s, bool oldest)
{
	guint at = oldest ? 0 : s->todo->len - 1;
	guint index = g_array_index(s->todo, guint, at);

	g_array_remove_index(s->todo, at);
	return index;
}

/*
 * Executes the legs from NUMBER on; BEFORE is of the leg before.  After an
 * end that leads nowhere, what was decided first is decided otherwise: ends that
 * are reached by deciding the last things otherwise mostly fail alike (limited
 * discrepancy search; Harvey and Ginsberg, IJCAI 1995).
 */
static bool search_on(struct replayer *rp, guint number,
		      const struct outer *outer, struct search *before)
{
	struct leg *leg = g_ptr_array_index(rp->legs, number);
	bool found = false, oldest = false;
	guint ends = 0;
	struct search s;

	rp->deepest = MAX(rp->deepest, number);
	search_init(&s, rp, leg, outer);
	s.before = before;
	s.number = number;
	enter(&s);
	while (!found && s.todo->len && has_budget(rp) &&
	       ends < rp->effort.ends && !s.is_hopeless) {
		guint index = take_todo(&s, oldest);
		const struct visit *v = visit_at(&s, index);

		oldest = false;
		if (v->is_held && v->node == leg->target) {
			guint barriers = s.barrier->len;
			bool tried;

			count_step(rp);
			found = lead_on(&s, number, index, &tried);
			/* One that fails for a reason that is known bars
			 * others, and is none of those that say nothing. */
			ends += tried && s.barrier->len == barriers;
			oldest = true;
			if (found) {
				leg->path = path_to(&s, index);
				rp->begin->pdata[number] = (void *)outer;
			}
		}
		if (!found)
			execute(&s, index);
	}
	s.is_cut |= (s.todo->len > 0 && !s.is_hopeless) ||
		    (ends && !leg->to);
	if (!found && before)
		add_barrier(&s);
	search_release(&s);
	return found;
}

static bool try_legs(struct replayer *rp)
{
	if (search_on(rp, 0, NULL, NULL))
		return true;
	replay_note_failed(rp);
	return false;
}

/* From where the last replay began alike; false: that leads nowhere. */
static bool go_on_from_last(struct replayer *rp, guint nr)
{
	if (!nr)
		return false;
	if (search_on(rp, nr, g_ptr_array_index(rp->last.outer, nr - 1),
		      NULL))
		return true;
	for (guint i = 0; i < nr; i++) {
		struct leg *leg = g_ptr_array_index(rp->legs, i);

		g_clear_pointer(&leg->path, leg_path_free);
	}
	rp->deepest = 0;
	rp->steps = 0;
	return false;
}

/* All but so many states, summaries and outers. */
static void forget_made(struct replayer *rp, const guint *kept)
{
	g_ptr_array_set_size(rp->state, (int)kept[0]);
	g_ptr_array_set_size(rp->summary, (int)kept[1]);
	g_ptr_array_set_size(rp->outer, (int)kept[2]);
}

/* Executes them; what is made is kept if they can be. */
static bool execute_legs(struct replayer *rp)
{
	const guint kept[] = { rp->state->len, rp->summary->len,
			       rp->outer->len };
	guint nr = rp->guard ? 0 : replay_take_last(rp);
	bool is_more, found;

	g_ptr_array_set_size(rp->begin, (int)rp->legs->len);
	for (guint i = 0; i < nr; i++)
		rp->begin->pdata[i + 1] = rp->last.outer->pdata[i];
	is_more = go_on_from_last(rp, nr);
	found = is_more || try_legs(rp);
	if (found && !rp->guard) {
		replay_keep_last(rp, kept, is_more);
		return true;
	}
	forget_made(rp, kept);
	return found;
}

static guint find_holder(const GPtrArray *legs)
{
	guint i = 0;

	while (!((const struct leg *)g_ptr_array_index(legs, i))->via)
		i++;
	return i;
}

static void free_outer(void *outer)
{
	g_free(outer);
}

static void free_state(void *state)
{
	state_free(state);
}

struct replayer *replayer_new(struct handup *h, struct cfg *cfg)
{
	struct replayer *rp = g_new0(struct replayer, 1);

	rp->h = h;
	rp->x = h->x;
	rp->cfg = cfg;
	rp->steps_left = steps_max;
	rp->failed = g_hash_table_new_full(g_bytes_hash, g_bytes_equal,
					   (GDestroyNotify)g_bytes_unref,
					   NULL);
	rp->state = g_ptr_array_new_with_free_func(free_state);
	rp->summary = g_ptr_array_new_with_free_func(summary_free);
	rp->outer = g_ptr_array_new_with_free_func(free_outer);
	rp->begin = g_ptr_array_new();
	rp->refused = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	rp->refusals = g_array_new(FALSE, TRUE, sizeof(guint));
	replay_last_init(&rp->last);
	return rp;
}

void replayer_set_effort(struct replayer *rp, struct replay_effort effort)
{
	rp->effort = effort;
}

void replayer_free(struct replayer *rp)
{
	g_ptr_array_unref(rp->state);
	g_ptr_array_unref(rp->summary);
	g_ptr_array_unref(rp->outer);
	g_hash_table_unref(rp->failed);
	g_ptr_array_unref(rp->begin);
	g_array_unref(rp->refused);
	g_array_unref(rp->refusals);
	replay_last_release(&rp->last);
	g_free(rp);
}

/* How the explorer works for a replay, and before. */
struct setting {
	uint64_t steps;
	bool recording;
	guint kept[3];		/* states, summaries and outers */
};

static void begin_replay(struct replayer *rp, const struct way *way,
			 struct setting *before)
{
	struct explorer *x = rp->x;

	*before = (struct setting){
		.steps = x->steps, .recording = x->recording,
		.kept = { rp->state->len, rp->summary->len, rp->outer->len },
	};
	rp->way = way;
	rp->steps = 0;
	/* What cannot be followed is in the ledger already. */
	x->recording = false;
	state_pool_set_guard_max(x->pool, GUARD_MAX);
}

static void end_replay(struct replayer *rp, const struct setting *before)
{
	struct explorer *x = rp->x;

	state_pool_set_guard_max(x->pool, STATE_GUARD_MAX);
	x->recording = before->recording;
	x->steps = before->steps;
}

bool replay(struct replayer *rp, const struct way *way, const struct pair *p,
	    const GPtrArray *legs)
{
	struct setting before;
	bool found;

	begin_replay(rp, way, &before);
	rp->pair = p;
	rp->legs = legs;
	rp->holder = find_holder(legs);
	rp->deepest = 0;
	g_array_set_size(rp->refusals, 0);
	g_array_set_size(rp->refusals, legs->len);
	found = !replay_is_hopeless(rp) && execute_legs(rp);
	end_replay(rp, &before);
	return found;
}

bool replay_was_stopped(const struct replayer *rp)
{
	return rp->is_stopped;
}

guint replay_refusing_leg(const struct replayer *rp)
{
	guint found = rp->deepest, most = 0;

	for (guint i = 0; i < rp->refusals->len; i++) {
		guint nr = g_array_index(rp->refusals, guint, i);

		if (nr > most) {
			most = nr;
			found = i;
		}
	}
	return found;
}

bool replay_from_holder(struct replayer *rp, const struct way *way,
			const struct pair *p, const GPtrArray *legs,
			GArray *guard)
{
	bool found;

	rp->guard = guard;
	found = replay(rp, way, p, legs);
	rp->guard = NULL;
	return found;
}

/* Executes INNER by itself; the shortest path that was found, owned, or NULL. */
static struct leg_path *find_hold(struct replayer *rp, const struct leg *inner)
{
	GPtrArray *exits = g_ptr_array_new_with_free_func(g_free);
	GPtrArray *paths = g_ptr_array_new();
	uint64_t left = rp->steps_left;
	struct leg_path *best = NULL;

	rp->guard = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	rp->steps_left = rp->effort.steps;
	search_back(rp, inner, NULL, NULL, exits, paths);
	rp->steps_left = left;
	g_clear_pointer(&rp->guard, g_array_unref);
	for (guint i = 0; i < paths->len; i++) {
		struct leg_path *path = g_ptr_array_index(paths, i);

		if (!best || path->node->len < best->node->len) {
			struct leg_path *longer = best;

			best = path;
			path = longer;
		}
		leg_path_free(path);
	}
	g_ptr_array_unref(paths);
	g_ptr_array_unref(exits);
	return best;
}

void replay_hold(struct replayer *rp, const struct way *way, struct leg *leg)
{
	struct setting before;

	if (!leg->inner)
		return;
	begin_replay(rp, way, &before);
	leg->inner->path = find_hold(rp, leg->inner);
	end_replay(rp, &before);
	forget_made(rp, before.kept);
}
