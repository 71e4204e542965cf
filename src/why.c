/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From each place where the held lock is held, down the call graph, to the
 * first functions that are known to lead to the acquisition: what lies between
 * is cut, and is asked for its reason.  If a function on the way is given that
 * never holds the lock itself, the same from it upwards.
 */
#include "why.h"

#include <string.h>

#include "result_table.h"
#include "value.h"
#include "why_chain.h"
#include "why_int.h"

/* More functions, calls or reasons are not looked at for one question. */
enum {
	FUNCTIONS_MAX = 600,
	LINKS_MAX = 2000,
	REASONS_MAX = 40,
	HOLDERS_MAX = 30,
};

const char *const why_words[] = {
	[WHY_RELEASE] = "release", [WHY_CONSTANT] = "constant",
	[WHY_GUARD] = "guard", [WHY_IDENTITY] = "identity",
	[WHY_WORLD] = "world", [WHY_RECURSION] = "recursion",
	[WHY_CONTEXT] = "context", [WHY_NOT_REACHED] = "not-reached", NULL,
};

static fact_id target_at(const struct asker *k, const struct call_site *s,
			 uint32_t i)
{
	return g_array_index(k->p->cg->target, fact_id, s->target + i);
}

static const struct call_site *site_at(const struct asker *k, uint32_t i)
{
	return &g_array_index(k->p->cg->site, struct call_site, i);
}

uint32_t why_acquires(const struct asker *k, fact_id function, uint32_t node,
		      fact_id target)
{
	const struct lock_primitive *lp =
		program_primitive(k->p, function, node, target);
	const struct fact_body *b = FACT_FUNCTION(k->p->f, function)->body;
	const struct fact_node *n = &b->node[node];
	const struct fact_expr *e;

	if (!lp || lp->operation == LOCKOP_RELEASE ||
	    lp->operation == LOCKOP_HELD)
		return 0;
	if (lp->class || lp->object_arg < 0 ||
	    (uint32_t)lp->object_arg >= n->extra_nr)
		return lp->class;
	e = &b->expr[b->extra[n->extra + (uint32_t)lp->object_arg]];
	return e->op != EXPR_FIELD
		       ? 0
		       : GPOINTER_TO_UINT(g_hash_table_lookup(
				 k->p->lp->external, GUINT_TO_POINTER(e->b)));
}

static void push(uint8_t *set, GArray *queue, fact_id function)
{
	if (set[function])
		return;
	set[function] = 1;
	g_array_append_val(queue, function);
}

/* The functions that reach an acquisition of CLASS by calls alone. */
static uint8_t *find_reaching(const struct asker *k, uint32_t class)
{
	uint8_t *set = g_new0(uint8_t, k->p->f->function->len);
	GArray *queue = g_array_new(FALSE, FALSE, sizeof(fact_id));

	for (guint i = 0; i < k->p->cg->site->len; i++) {
		const struct call_site *s = site_at(k, i);

		for (uint32_t t = 0; t < s->target_nr; t++)
			if (why_acquires(k, s->function, s->node,
					 target_at(k, s, t)) == class)
				push(set, queue, s->function);
	}
	for (guint i = 0; i < queue->len; i++) {
		const GArray *callers = k->p->cg->caller[g_array_index(
			queue, fact_id, i)];

		for (guint c = 0; callers && c < callers->len; c++)
			push(set, queue, g_array_index(callers, fact_id, c));
	}
	g_array_unref(queue);
	return set;
}

static bool is_kind(enum instance_kind asked, enum instance_kind is)
{
	return asked == INSTANCE_ANY || is == INSTANCE_ANY || asked == is;
}

bool why_holds(const struct asker *k, const struct state *s)
{
	for (guint i = 0; i < s->held->len; i++) {
		const struct held *h = &g_array_index(s->held, struct held, i);

		if (h->count > 0 && h->class == k->held &&
		    is_kind(k->q->held_instance,
			    (enum instance_kind)explore_view(k->x, s,
							     h).instance))
			return true;
	}
	return false;
}

static bool trace_holds(const void *context, const struct state *s)
{
	return why_holds(context, s);
}

const struct trace *why_trace(struct asker *k, fact_id function)
{
	void *key = GUINT_TO_POINTER(function);
	struct trace *t = g_hash_table_lookup(k->trace, key);

	if (!t) {
		t = trace_new(k->x, function, trace_holds, k);
		g_hash_table_insert(k->trace, key, t);
	}
	return t;
}

static struct site site_of(const struct asker *k, fact_id function,
			   uint32_t node)
{
	const struct fact_function *fn = FACT_FUNCTION(k->p->f, function);

	return (struct site){
		.function = result_text(k->r, fn->display),
		.file = result_text(k->r,
				    FACT_FILE(k->p->f, fn->file)->path),
		.line = node ? fn->body->node[node].line : fn->line,
	};
}

static struct why_reason *find_reason(const GPtrArray *all, enum why_kind kind,
				      const struct site *place,
				      const char *text)
{
	for (guint i = 0; i < all->len; i++) {
		struct why_reason *old = g_ptr_array_index(all, i);

		if (old->kind == kind && old->place.line == place->line &&
		    strcmp(old->place.function, place->function) == 0 &&
		    strcmp(old->text, text) == 0)
			return old;
	}
	return NULL;
}

void why_add(struct asker *k, enum why_kind kind, fact_id function,
	     uint32_t node, char *text)
{
	GPtrArray *all = k->takes_none ? k->none_taken : k->answer->reason;
	struct site place = site_of(k, function, node);
	struct why_reason *w = find_reason(all, kind, &place, text);

	if (w || all->len >= REASONS_MAX) {
		if (w)
			w->seen++;
		g_free(text);
		return;
	}
	w = g_new0(struct why_reason, 1);
	*w = (struct why_reason){ .kind = kind, .place = place, .text = text,
				  .seen = 1 };
	w->path = g_array_new(FALSE, FALSE, sizeof(struct site));
	for (guint i = 0; i < k->path->len; i++) {
		const struct why_step *s = &g_array_index(
			k->path, struct why_step, i);
		struct site at = site_of(k, s->function, s->node);

		g_array_append_val(w->path, at);
	}
	g_ptr_array_add(all, w);
}

/* What takes no lock at all is told behind what does, as long as there is
 * room. */
static void add_none_taken(struct asker *k)
{
	while (k->none_taken->len && k->answer->reason->len < REASONS_MAX)
		g_ptr_array_add(k->answer->reason,
				g_ptr_array_steal_index(k->none_taken, 0));
	g_ptr_array_set_size(k->none_taken, 0);
}

/* Does the way of A lead through FUNCTION? */
static bool leads_through(const struct asker *k, const struct acquisition *a,
			  fact_id function)
{
	for (;;) {
		const struct call_edge *e;

		if (!a->edge)
			return a->event->function == function;
		e = g_ptr_array_index(k->h->edge, a->edge - 1);
		if (e->caller == function)
			return true;
		a = &g_array_index(k->h->acquired[e->callee],
				   struct acquisition, a->inner);
	}
}

bool why_counts(const struct asker *k, const struct acquisition *a)
{
	return a->view.class == k->acquired &&
	       is_kind(k->q->acquired_instance,
		       (enum instance_kind)a->view.instance) &&
	       (!k->through || leads_through(k, a, k->through));
}

/* Is it known of FUNCTION that it leads to the acquisition? */
static bool is_live(const struct asker *k, fact_id function)
{
	const GArray *all = k->h->acquired[function];

	for (guint i = 0; all && i < all->len; i++)
		if (why_counts(k, &g_array_index(all, struct acquisition, i)))
			return true;
	return false;
}

/* Why do the acquisitions of E's callee not get to E's caller? */
static void ask_edge(struct asker *k, const struct call_edge *e)
{
	const GArray *all = k->h->acquired[e->callee];

	for (guint i = 0; all && i < all->len; i++) {
		const struct acquisition *a = &g_array_index(
			all, struct acquisition, i);

		if (why_counts(k, a))
			why_not_handed_up(k, e, a);
	}
}

/* The recorded calls of TARGET at NODE of FUNCTION, each asked; how many. */
static guint ask_edges(struct asker *k, fact_id function, uint32_t node,
		       fact_id target)
{
	const struct summary *s = k->x->summary[function];
	guint nr = 0;

	for (guint i = 0; s && i < s->edge->len; i++) {
		const struct call_edge *e = g_ptr_array_index(s->edge, i);

		if (e->node != node || e->callee != target)
			continue;
		nr++;
		ask_edge(k, e);
	}
	return nr;
}

struct descent {
	GArray *all;		/* struct why_link */
	uint8_t *seen;		/* per call edge */
	uint8_t *passed;	/* per function: by a call that takes no lock */
	bool if_held;		/* the first function holds the lock */
};

static void add_link(struct descent *d, guint index, fact_id function,
		     uint32_t node, const struct call_edge *e, fact_id target)
{
	struct why_link next = { .function = target,
				 .call = { .function = function, .node = node },
				 .edge = e, .from = index + 1 };
	uint8_t *seen = e ? &d->seen[e->id] : &d->passed[target];

	if (*seen || d->all->len >= LINKS_MAX)
		return;
	*seen = 1;
	g_array_append_val(d->all, next);
}

/* Through E, which the link INDEX makes. */
static void ask_link(struct asker *k, struct descent *d, guint index,
		     const struct call_edge *e)
{
	if (!why_link_leads(k, d->all, index, e, d->if_held))
		why_set_path(k, d->all, index);
	else if (is_live(k, e->callee))
		ask_edge(k, e);
	else
		add_link(d, index, e->caller, e->node, e, e->callee);
}

/* The recorded calls of TARGET at S, with the lock held if IF_HELD; how many. */
static guint ask_links(struct asker *k, struct descent *d, guint index,
		       const struct call_site *s, fact_id target, bool if_held)
{
	const struct summary *summary = k->x->summary[s->function];
	guint nr = 0;

	for (guint i = 0; summary && i < summary->edge->len; i++) {
		const struct call_edge *e = g_ptr_array_index(summary->edge, i);

		if (e->node != s->node || e->callee != target ||
		    (if_held && !why_holds(k, e->at)))
			continue;
		nr++;
		ask_link(k, d, index, e);
	}
	return nr;
}

static void ask_target(struct asker *k, struct descent *d, guint index,
		       const struct call_site *s, fact_id target)
{
	bool acquires = why_acquires(k, s->function, s->node, target) ==
			k->acquired;
	bool if_held = d->if_held && index == 0;

	if (!acquires && (!k->reaches[REACHES_ACQUIRED][target] ||
			  lockprims_find(k->p->lp, target)))
		return;
	if (!acquires && ask_links(k, d, index, s, target, if_held))
		return;
	/* What takes no lock by any call is asked where one is left out. */
	if (!acquires && !k->p->locks[target] && !k->p->opaque[target] &&
	    !program_is_apart(k->p, target) &&
	    (!if_held || trace_gets_to(why_trace(k, s->function), k->x, s->node,
				       true)))
		add_link(d, index, s->function, s->node, NULL, target);
	else
		why_no_call(k, s->function, s->node, target, if_held);
}

/* All calls of the function that leads down at INDEX. */
static void ask_calls(struct asker *k, struct descent *d, guint index)
{
	const struct why_link *l = &g_array_index(d->all, struct why_link,
						  index);
	fact_id function = l->function;

	k->takes_none = l->from && !l->edge;
	why_set_path(k, d->all, index);
	for (uint32_t i = k->p->cg->first_site[function];
	     i < k->p->cg->first_site[function + 1]; i++) {
		const struct call_site *s = site_at(k, i);

		for (uint32_t t = 0; t < s->target_nr; t++)
			ask_target(k, d, index, s, target_at(k, s, t));
	}
	k->takes_none = false;
	g_array_set_size(k->path, 0);
}

/* From FUNCTION down to where the acquisition is known. */
static void ask_down(struct asker *k, fact_id function, bool if_held)
{
	struct descent d = {
		.all = g_array_new(FALSE, FALSE, sizeof(struct why_link)),
		.seen = g_new0(uint8_t, k->h->edge->len),
		.passed = g_new0(uint8_t, k->p->f->function->len),
		.if_held = if_held,
	};
	struct why_link first = { .function = function };

	g_array_append_val(d.all, first);
	for (guint i = 0; i < d.all->len; i++)
		ask_calls(k, &d, i);
	g_array_unref(d.all);
	g_free(d.seen);
	g_free(d.passed);
}

static bool holds_itself(const struct asker *k, fact_id function)
{
	const struct summary *s = k->x->summary[function];

	for (guint i = 0; s && i < s->edge->len; i++)
		if (why_holds(k, ((struct call_edge *)g_ptr_array_index(
					  s->edge, i))->at))
			return true;
	for (guint i = 0; s && i < s->event->len; i++)
		if (why_holds(k, ((struct event *)g_ptr_array_index(
					  s->event, i))->at))
			return true;
	return false;
}

/* The same of one that calls nothing with it that takes a lock. */
static bool holds_for_a_while(struct asker *k, fact_id function)
{
	uint32_t nr = FACT_FUNCTION(k->p->f, function)->body->node_nr;
	const struct trace *t;

	if (holds_itself(k, function))
		return true;
	if (!k->reaches[REACHES_HELD][function] || !k->x->summary[function])
		return false;
	t = why_trace(k, function);
	return memchr(t->held, 1, nr) != NULL;
}

/* Pairs that there are, but that no entry point leads to. */
static bool ask_pairs(struct asker *k, fact_id holder)
{
	bool found = false;

	for (guint i = 0; i < k->h->pair->len; i++) {
		const struct pair *p = &g_array_index(k->h->pair, struct pair,
						      i);

		if (p->dead || p->holder != holder ||
		    p->held.class != k->held ||
		    !why_counts(k, &p->acquired))
			continue;
		found = true;
		if (p->same_object)
			why_add(k, WHY_RECURSION, holder,
				p->acquired.edge ? ((struct call_edge *)
					g_ptr_array_index(
						k->h->edge,
						p->acquired.edge - 1))->node
						 : p->acquired.event->node,
				g_strdup("the lock is taken again: recursion"));
		else
			why_no_way(k, p);
	}
	return found;
}

static bool returns_held(const struct asker *k, fact_id function)
{
	const struct summary *s = k->x->summary[function];

	for (guint i = 0; s && i < s->exits->len; i++)
		if (why_holds(k, ((struct exit_state *)g_ptr_array_index(
					  s->exits, i))->state))
			return true;
	return false;
}

static void ask_not_held(struct asker *k, fact_id function, uint8_t *seen);

/* TARGET, called at S, is or reaches the held lock's acquisition. */
static void ask_hold_target(struct asker *k, const struct call_site *s,
			    fact_id target, uint8_t *seen)
{
	const struct trace *t = why_trace(k, s->function);
	struct why_step step = { .function = s->function, .node = s->node };

	if (!trace_gets_to(t, k->x, s->node, false)) {
		why_cuts(k, s->function, s->node, false);
	} else if (why_acquires(k, s->function, s->node, target) ==
			   k->held ||
		   returns_held(k, target)) {
		/* It comes back with it, and does not keep it. */
		why_cuts(k, s->function, CFG_RETURN, true);
	} else if (!seen[target] && k->x->summary[target]) {
		g_array_append_val(k->path, step);
		ask_not_held(k, target, seen);
		g_array_set_size(k->path, k->path->len - 1);
	}
}

/* Why does FUNCTION, which reaches its acquisition, not have the lock? */
static void ask_not_held(struct asker *k, fact_id function, uint8_t *seen)
{
	seen[function] = 1;
	for (uint32_t i = k->p->cg->first_site[function];
	     i < k->p->cg->first_site[function + 1]; i++) {
		const struct call_site *s = site_at(k, i);

		for (uint32_t t = 0; t < s->target_nr; t++) {
			fact_id target = target_at(k, s, t);

			if (k->answer->reason->len < REASONS_MAX &&
			    (why_acquires(k, function, s->node, target) ==
				     k->held ||
			     k->reaches[REACHES_HELD][target]))
				ask_hold_target(k, s, target, seen);
		}
	}
}

/* Functions that may run with the lock held by some caller. */
static uint8_t *find_below(const struct asker *k)
{
	uint8_t *set = g_new0(uint8_t, k->p->f->function->len);
	GArray *queue = g_array_new(FALSE, FALSE, sizeof(fact_id));

	for (guint i = 0; i < k->h->edge->len; i++) {
		const struct call_edge *e = g_ptr_array_index(k->h->edge, i);

		if (why_holds(k, e->at))
			push(set, queue, e->callee);
	}
	for (guint i = 0; i < queue->len; i++) {
		const struct summary *s =
			k->x->summary[g_array_index(queue, fact_id, i)];

		for (guint j = 0; s && j < s->edge->len; j++)
			push(set, queue,
			     ((struct call_edge *)g_ptr_array_index(
				     s->edge, j))->callee);
	}
	g_array_unref(queue);
	return set;
}

/* The calls of FUNCTION in CALLER: what does not get through them? */
static void ask_caller(struct asker *k, fact_id caller, fact_id function)
{
	for (uint32_t i = k->p->cg->first_site[caller];
	     i < k->p->cg->first_site[caller + 1]; i++) {
		const struct call_site *s = site_at(k, i);

		for (uint32_t t = 0; t < s->target_nr; t++)
			if (target_at(k, s, t) == function &&
			    !ask_edges(k, caller, s->node, function))
				why_no_call(k, caller, s->node, function,
					    false);
	}
}

/* From FUNCTION, which leads to the acquisition, up to holders. */
static void ask_up(struct asker *k, fact_id function)
{
	uint8_t *below = find_below(k);
	uint8_t *seen = g_new0(uint8_t, k->p->f->function->len);
	GArray *queue = g_array_new(FALSE, FALSE, sizeof(fact_id));

	push(seen, queue, function);
	for (guint i = 0; i < queue->len && i < FUNCTIONS_MAX; i++) {
		fact_id at = g_array_index(queue, fact_id, i);
		const GArray *callers = k->p->cg->caller[at];

		for (guint c = 0; callers && c < callers->len; c++) {
			fact_id caller = g_array_index(callers, fact_id, c);

			if (!below[caller] && !holds_itself(k, caller))
				continue;
			ask_caller(k, caller, at);
			ask_pairs(k, caller);
			if (is_live(k, caller))
				push(seen, queue, caller);
		}
	}
	g_array_unref(queue);
	g_free(seen);
	g_free(below);
}

/* FUNCTION is the holder, or would be one. */
static void ask_holder(struct asker *k, fact_id function)
{
	uint8_t *seen;

	if (holds_for_a_while(k, function)) {
		if (!ask_pairs(k, function))
			ask_down(k, function, true);
		add_none_taken(k);
		if (!k->answer->reason->len)
			why_add(k, WHY_NOT_REACHED, function, 0,
				g_strdup("nothing that it does with the lock "
					 "held leads to the other one"));
	} else if (k->reaches[REACHES_HELD][function]) {
		seen = g_new0(uint8_t, k->p->f->function->len);
		ask_not_held(k, function, seen);
		g_free(seen);
	}
}

/* FUNCTION is on the way from a holder to the acquisition, or would be. */
static void ask_between(struct asker *k, fact_id function)
{
	if (!is_live(k, function)) {
		ask_down(k, function, false);
		return;
	}
	k->through = function;
	ask_up(k, function);
	k->through = 0;
}

static void ask_function(struct asker *k, fact_id function)
{
	uint8_t *below = find_below(k);

	if (reach_context(k->reach, function) < 0)
		why_add(k, WHY_NOT_REACHED, function, 0,
			g_strdup("no entry point leads to it"));
	ask_holder(k, function);
	if (below[function] && !k->answer->reason->len)
		ask_between(k, function);
	add_none_taken(k);
	if (!k->answer->reason->len)
		why_add(k, WHY_NOT_REACHED, function, 0,
			g_strdup(k->reaches[REACHES_HELD][function]
				 ? "no call that it makes with the lock held "
				   "leads to the other one"
				 : "no caller holds the lock, and what it "
				   "calls never acquires it"));
	g_free(below);
}

static void ask_all(struct asker *k)
{
	guint holders = 0;

	for (fact_id id = 1; id < k->p->f->function->len &&
			     holders < HOLDERS_MAX; id++) {
		if (!k->reaches[REACHES_ACQUIRED][id] || !holds_itself(k, id))
			continue;
		holders++;
		if (!ask_pairs(k, id))
			ask_down(k, id, true);
	}
	add_none_taken(k);
}

static bool is_named(const char *name, const char *asked)
{
	size_t length = strlen(asked);

	return strncmp(name, asked, length) == 0 &&
	       (name[length] == '\0' || name[length] == '@');
}

/* Is FUNCTION named in the steps behind the held lock's acquisition? */
static bool is_on_way(const struct ordering *o, const char *function)
{
	bool is_held = false;

	for (guint i = 0; i < o->witness->len; i++) {
		const struct witness_step *step = &g_array_index(
			o->witness, struct witness_step, i);

		if (is_held && is_named(step->site.function, function))
			return true;
		is_held |= step->event == STEP_ACQUIRE;
	}
	return false;
}

/* Recursion is no ordering of two locks. */
static bool answers(const struct why_request *q, const struct ordering *o)
{
	return o->held.class + 1 == q->held &&
	       o->acquired.class + 1 == q->acquired && !o->same_object &&
	       is_kind(q->held_instance, o->held.instance) &&
	       is_kind(q->acquired_instance, o->acquired.instance);
}

/* Those of the holder that is asked for; else, if it never is one, those that
 * lead through it. */
static void find_orderings(struct asker *k, bool through)
{
	const char *function = k->q->function;

	for (guint i = 0; i < k->r->orderings->len; i++) {
		struct ordering *o = g_ptr_array_index(k->r->orderings, i);

		if (answers(k->q, o) &&
		    (!function || (through ? is_on_way(o, function)
					   : is_named(o->holder.function,
						      function))))
			g_ptr_array_add(k->answer->ordering, o);
	}
}

static bool is_holder(const struct asker *k)
{
	for (fact_id id = 1; id < k->p->f->function->len; id++)
		if (is_named(FACT_FUNCTION(k->p->f, id)->display,
			     k->q->function) && holds_itself(k, id))
			return true;
	return false;
}

static void ask_named(struct asker *k)
{
	for (fact_id id = 1; id < k->p->f->function->len; id++) {
		const struct fact_function *fn = FACT_FUNCTION(k->p->f, id);

		if (!fn->body || !is_named(fn->display, k->q->function) ||
		    !k->reaches[REACHES_ACQUIRED][id])
			continue;
		k->answer->is_possible = true;
		ask_function(k, id);
	}
}

static void free_trace(void *t)
{
	trace_free(t);
}

static void free_reason(void *data)
{
	struct why_reason *w = data;

	g_free(w->text);
	g_array_unref(w->path);
	g_free(w);
}

static void asker_release(struct asker *k)
{
	g_free(k->reaches[REACHES_HELD]);
	g_free(k->reaches[REACHES_ACQUIRED]);
	g_hash_table_unref(k->trace);
	g_array_unref(k->path);
	g_ptr_array_unref(k->none_taken);
	cfg_free(k->cfg);
}

struct why_answer *why_not(struct handup *h, const struct reach *reach,
			   struct result *r, const struct why_request *request)
{
	struct asker k = { .h = h, .x = h->x, .p = h->x->p, .reach = reach,
			   .r = r, .q = request,
			   .held = lockprims_ranked(h->x->p->lp,
						    request->held - 1),
			   .acquired = lockprims_ranked(
				   h->x->p->lp, request->acquired - 1) };

	k.answer = g_new0(struct why_answer, 1);
	k.answer->ordering = g_ptr_array_new();
	k.answer->reason = g_ptr_array_new_with_free_func(free_reason);
	find_orderings(&k, false);
	if (!k.answer->ordering->len && request->function && !is_holder(&k))
		find_orderings(&k, true);
	if (k.answer->ordering->len) {
		k.answer->is_possible = true;
		return k.answer;
	}
	k.reaches[REACHES_HELD] = find_reaching(&k, k.held);
	k.reaches[REACHES_ACQUIRED] = find_reaching(&k, k.acquired);
	k.trace = g_hash_table_new_full(NULL, NULL, NULL, free_trace);
	k.path = g_array_new(FALSE, FALSE, sizeof(struct why_step));
	k.none_taken = g_ptr_array_new_with_free_func(free_reason);
	k.cfg = cfg_new(k.p->f);
	if (request->function)
		ask_named(&k);
	else
		ask_all(&k);
	k.answer->is_possible |= k.answer->reason->len > 0;
	asker_release(&k);
	return k.answer;
}

void why_answer_free(struct why_answer *answer)
{
	g_ptr_array_unref(answer->ordering);
	g_ptr_array_unref(answer->reason);
	g_free(answer);
}
