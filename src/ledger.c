/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists what the exploration could not follow or took for granted, with its
 * place: indirect calls without a closed target set, bodies that are not
 * there, bounds that made facts be forgotten, functions that nothing reaches.
 */
#include "ledger.h"

#include <string.h>

#include "effect.h"
#include "facts_find.h"
#include "program.h"
#include "result_table.h"

struct ledger {
	const struct explorer *x;
	const struct reach *reach;
	const struct effects *e;
	struct result *r;
};

/* One entry; what it would hide if it were wrong are orderings of ACQUIRED
 * under HELD. */
struct entry {
	const char *kind;
	char *what;		/* given up by it */
	fact_id function;	/* its place */
	uint32_t node;		/* ... in it; 0: the function's own */
	class_set acquired, held;
	const char *effect;	/* what it does with these; '%' ends it: they
				 * are told of */
	const char *discharge;
	uint32_t count;
	bool blocks;		/* if it can hide any */
};

static const char *display(const struct ledger *l, fact_id function)
{
	return FACT_FUNCTION(l->x->p->f, function)->display;
}

static uint32_t line_of(const struct ledger *l, fact_id function,
			uint32_t node)
{
	const struct fact_function *fn = FACT_FUNCTION(l->x->p->f, function);

	return node && fn->body ? fn->body->node[node].line : fn->line;
}

/* "could hide %" and the orderings that are meant. */
static char *effect_text(const struct ledger *l, const struct entry *n,
			 bool *touches)
{
	char *orderings = effects_text(l->e, n->acquired, n->held);
	size_t len = strlen(n->effect);
	char *text;

	*touches = orderings != NULL;
	if (!orderings)
		return g_strdup("none: no mm lock can be acquired there");
	if (n->effect[len - 1] == '%')
		text = g_strdup_printf("%.*s%s", (int)len - 1, n->effect,
				       orderings);
	else
		text = g_strdup(n->effect);
	g_free(orderings);
	return text;
}

static void add(struct ledger *l, const struct entry *n)
{
	const struct fact_function *fn =
		FACT_FUNCTION(l->x->p->f, n->function);
	struct assumption *a = result_add_assumption(l->r);
	char *effect = effect_text(l, n, &a->touches_locks);

	a->kind = n->kind;
	a->what = result_text(l->r, n->what);
	a->file = result_text(l->r,
			      FACT_FILE(l->x->p->f, fn->file)->path);
	a->line = line_of(l, n->function, n->node);
	a->effect = result_text(l->r, effect);
	a->discharge = n->discharge;
	a->count = n->count ? n->count : 1;
	a->blocks_proof = n->blocks && a->touches_locks;
	g_free(effect);
	g_free(n->what);
}

static void add_outside(struct ledger *l, const struct call_site *s)
{
	struct entry n = {
		.kind = "model",
		.what = g_strdup_printf("a call through a pointer in %s leads "
					"to code outside of the tree",
					display(l, s->function)),
		.function = s->function, .node = s->node,
		.acquired = effects_acquired_by_type(l->e, 0),
		.held = effects_held(l->e, s->function, s->node),
		.effect = "if that code calls back, it hides %",
		.discharge = "the code that is called",
	};

	/* Where nothing is held, nothing is hidden by what is called. */
	if (!n.held)
		n.acquired = 0;
	add(l, &n);
}

static void add_site(struct ledger *l, const struct call_site *s)
{
	struct entry n = {
		.kind = "unresolved-indirect",
		.function = s->function, .node = s->node,
		.effect = "could hide %",
		.discharge = "a store to the pointer, or an entry of the model "
			     "that says where it leads",
		.blocks = true,
	};

	if (s->reason == TARGET_OUTSIDE)
		add_outside(l, s);
	if (s->reason != TARGET_SIGNATURE)
		return;
	n.what = g_strdup_printf("call through a pointer in %s: %u functions "
				 "by type", display(l, s->function),
				 s->target_nr);
	n.acquired = effects_acquired_by_type(l->e, s->type);
	n.held = effects_held(l->e, s->function, s->node);
	add(l, &n);
}

/* Assembly tells which functions it calls; what the compiler brings along
 * calls none. */
static bool is_known_body(const struct fact_function *fn)
{
	return (fn->flags & FUNCTION_ASM_CALLED) ||
	       g_str_has_prefix(fn->name, "__builtin_");
}

/* A call of a function that has no body in the tree. */
static void add_bodiless(struct ledger *l, const struct call_site *s)
{
	const struct program *p = l->x->p;
	const struct fact_function *fn;
	struct entry n = {
		.kind = "no-body", .function = s->function, .node = s->node,
		.effect = "could hide %", .discharge = "its body",
		.blocks = true,
	};
	fact_id callee;

	if (s->reason != TARGET_DIRECT || s->target_nr != 1)
		return;
	callee = g_array_index(p->cg->target, fact_id, s->target);
	fn = FACT_FUNCTION(p->f, callee);
	if (fn->body || is_known_body(fn) || p->opaque[callee] ||
	    lockprims_find(p->lp, callee))
		return;
	n.what = g_strdup_printf("%s, called by %s, has no body", fn->name,
				 display(l, s->function));
	n.acquired = effects_acquired_by_type(l->e, fn->type);
	n.held = effects_held(l->e, s->function, s->node);
	add(l, &n);
}

static void add_sites(struct ledger *l)
{
	const struct program *p = l->x->p;

	for (guint i = 0; i < p->cg->site->len; i++) {
		const struct call_site *s =
			&g_array_index(p->cg->site, struct call_site, i);

		l->r->counts.call_edges += s->target_nr;
		if (p->slice[s->function])
			add_bodiless(l, s);
		if (s->reason == TARGET_DIRECT)
			continue;
		l->r->counts.indirect_sites++;
		if (s->reason != TARGET_SIGNATURE)
			l->r->counts.indirect_resolved++;
		if (p->slice[s->function])
			add_site(l, s);
	}
}

static void add_stale(struct ledger *l, const struct limit *limit)
{
	struct lone_lock *s = result_add_lone(l->r);
	const struct fact_function *fn =
		FACT_FUNCTION(l->x->p->f, limit->function);

	s->lock.class = lockprims_class(l->x->p->lp,
					STALE_RELEASED(limit->detail))->rank;
	s->lock.owner = OWNER_ANY;
	s->lock.instance = INSTANCE_ANY;
	s->lock.site.function = result_text(l->r, fn->display);
	s->lock.site.file =
		result_text(l->r, FACT_FILE(l->x->p->f, fn->file)->path);
	s->lock.site.line = line_of(l, limit->function, limit->node);
	s->holder = s->lock.site;
	s->level_in_force = lockprims_level(l->x->p->lp,
					    STALE_IN_FORCE(limit->detail));
	s->level_justified = lockprims_level(l->x->p->lp,
					     STALE_JUSTIFIED(limit->detail));
	s->context = CONTEXT_RUNNING;
}

static class_set class_bit(uint32_t class)
{
	return class ? UINT32_C(1) << MIN(class - 1, 31) : 0;
}

static const char *class_name(const struct ledger *l, uint32_t class)
{
	return lockprims_class(l->x->p->lp, class)->name;
}

/* What an entry of a kind of limit says; '%s' is the function. */
struct limit_row {
	const char *kind, *what, *effect, *discharge;
	bool blocks;
};

static const struct limit_row limit_rows[LIMIT_KIND_NR] = {
	[LIMIT_STATES] = {
		"bound", "many states in %s: values forgotten",
		"hides none, adds %",
		"a function that decides less, or a higher bound", false },
	[LIMIT_DROPPED] = {
		"bound", "too many locksets in %s: paths dropped",
		"could hide %", "a higher bound", true },
	[LIMIT_WAYS] = {
		"bound", "many ways lead to %s: some are not looked at",
		"each pair is told, but maybe not for all owners: could hide "
		"%", "a higher bound", true },
	[LIMIT_RELEASE] = {
		"model", "%s releases a lock that is not known to be held",
		"taken for the last such lock that is held, or ignored: if "
		"that is another one, hides or adds %",
		"callers that hold the lock, or an object that has a name",
		false },
	[LIMIT_UNBALANCED] = {
		"model", "%s returns with a lock, or without one of its "
			 "caller's, on some ways only",
		"taken to be balanced: could hide %",
		"a result that tells callers which way it was", true },
	[LIMIT_UNTOLD] = {
		"bound", "%s returns with a lock, or without one of its "
			 "callers', on some ways only, as what it calls does",
		"taken to be balanced from here up: could hide %",
		"a result that tells callers which way it was", true },
	[LIMIT_SELF] = {
		"world", "%s would acquire a lock that it holds, which "
			 "panics: path ends",
		"the path is not followed; if the locks are two, hides %",
		"that the two are one lock", false },
	[LIMIT_ASSERT] = {
		"world", "an assertion in %s excludes paths: assert-fails",
		"in the world assert-fails only: %",
		"a proof of the assertion", false },
	[LIMIT_ASIDE] = {
		"world", "%s may wait under a lock, which an assertion "
			 "excludes: what others asked for and runs meanwhile "
			 "is not followed",
		"of the world assert-fails, hides %",
		"a proof of the assertion", false },
	[LIMIT_NOT_WITHIN] = {
		"world", "what %s calls is taken never to get to some function "
			 "(not-within)",
		"the path is not followed; if it can be, hides %",
		"the reason in the model", false },
	[LIMIT_NULL] = {
		"world", "%s would load through a null pointer: path ends",
		"the path is not followed, as it faults; if the pointer is "
		"set, hides %",
		"that the pointer is null there", false },
};

static char *limit_text(const struct ledger *l, const struct limit *limit,
			const char *what)
{
	const char *at = strstr(what, "%s");

	return g_strdup_printf("%.*s%s%s", (int)(at - what), what,
			       display(l, limit->function), at + 2);
}

static void add_leak(struct ledger *l, const struct limit *limit)
{
	struct entry n = {
		.kind = "model",
		.what = g_strdup_printf("a call in %s releases a %s lock on "
					"some ways only",
					display(l, limit->function),
					class_name(l, limit->detail)),
		.function = limit->function, .node = limit->node,
		.acquired = effects_acquired(l->e, limit->function) |
			    effects_acquired_above(l->e, limit->function),
		.held = class_bit(limit->detail),
		.effect = "taken to be released there: could hide %",
		.discharge = "a result that tells callers which way it was",
		.count = limit->count, .blocks = true,
	};

	add(l, &n);
}

static void add_limit(struct ledger *l, const struct limit *limit)
{
	const struct limit_row *row = &limit_rows[limit->kind];
	struct entry n = {
		.kind = row->kind,
		.function = limit->function, .node = limit->node,
		.acquired = effects_acquired_at(l->e, limit->function,
						limit->node),
		.held = effects_held(l->e, limit->function, limit->node),
		.effect = row->effect, .discharge = row->discharge,
		.count = limit->count, .blocks = row->blocks,
	};

	if (limit->kind == LIMIT_STALE) {
		add_stale(l, limit);
		return;
	}
	if (limit->kind == LIMIT_LEAK) {
		add_leak(l, limit);
		return;
	}
	if (limit->kind == LIMIT_UNBALANCED || limit->kind == LIMIT_UNTOLD) {
		n.acquired = effects_acquired_above(l->e, limit->function);
		n.held = effects_returned(l->e, limit->function);
	}
	n.what = limit_text(l, limit, row->what);
	add(l, &n);
}

static int compare_limit(const void *a, const void *b)
{
	const struct limit *const *x = a, *const *y = b;
	const uint32_t kx[] = { (uint32_t)(*x)->kind, (*x)->function,
				(*x)->node, (*x)->detail };
	const uint32_t ky[] = { (uint32_t)(*y)->kind, (*y)->function,
				(*y)->node, (*y)->detail };

	for (size_t i = 0; i < G_N_ELEMENTS(kx); i++)
		if (kx[i] != ky[i])
			return kx[i] < ky[i] ? -1 : 1;
	return 0;
}

static bool is_of_function(enum limit_kind kind)
{
	return kind == LIMIT_STATES || kind == LIMIT_NOT_WITHIN;
}

/* Some are told once of a function, at the first place; or, as what they hide
 * is behind any of its calls, of it as a whole. */
static void merge_places(GPtrArray *all)
{
	guint to = 0;

	for (guint i = 0; i < all->len; i++) {
		struct limit *limit = all->pdata[i];
		struct limit *last = to ? all->pdata[to - 1] : NULL;

		if (limit->kind == LIMIT_NOT_WITHIN)
			limit->node = 0;
		if (last && is_of_function(limit->kind) &&
		    last->kind == limit->kind &&
		    last->function == limit->function)
			last->count += limit->count;
		else
			all->pdata[to++] = limit;
	}
	g_ptr_array_set_size(all, (int)to);
}

static void add_limits(struct ledger *l)
{
	GPtrArray *all = g_ptr_array_new();
	GHashTableIter iter;
	void *value;

	g_hash_table_iter_init(&iter, l->x->limits);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		g_ptr_array_add(all, value);
	g_ptr_array_sort(all, compare_limit);
	merge_places(all);
	for (guint i = 0; i < all->len; i++)
		add_limit(l, g_ptr_array_index(all, i));
	g_ptr_array_unref(all);
}

/* Is it called so that it can reach a lock with the constants it is given? */
static bool is_called_to_lock(const struct program *p, fact_id function)
{
	for (guint i = 0; i < p->cg->site->len; i++) {
		const struct call_site *s =
			&g_array_index(p->cg->site, struct call_site, i);

		for (uint32_t k = 0; p->site_locks[i] && k < s->target_nr; k++)
			if (g_array_index(p->cg->target, fact_id,
					  s->target + k) == function)
				return true;
	}
	return false;
}

/* "nobody", or some callers, and whether they are reached themselves. */
static char *why_unreached(const struct ledger *l, fact_id function)
{
	const GArray *caller = l->x->p->cg->caller[function];
	fact_id shown = 0;

	for (guint i = 0; caller && i < caller->len; i++) {
		fact_id id = g_array_index(caller, fact_id, i);

		if (reach_context(l->reach, id) >= 0)
			return g_strdup_printf("%s is reached, but makes no "
					       "call of it that is possible, "
					       "as far as is known",
					       display(l, id));
		shown = id;
	}
	return shown ? g_strdup_printf("its callers are not, %s among them",
				       display(l, shown))
		     : g_strdup("nothing is known to call it");
}

/*
 * Functions with lock operations that no entry point leads to.  The parts of
 * the primitives are none: their callers stand for them; nor is what is only
 * called with constants that keep it from its locks.
 */
static void add_unreached(struct ledger *l)
{
	const struct program *p = l->x->p;

	for (fact_id id = 1; id < p->f->function->len; id++) {
		struct entry n = {
			.kind = "unreached", .function = id,
			.effect = "if it is called, hides %",
			.discharge = "a call that the tree shows, or an entry "
				     "of the model",
		};
		char *why;

		if (!p->locks[id] || !p->slice[id] ||
		    program_in_lock_header(p, id) ||
		    reach_context(l->reach, id) >= 0 ||
		    (p->cg->caller[id] && !is_called_to_lock(p, id)))
			continue;
		why = why_unreached(l, id);
		n.what = g_strdup_printf("%s is reached from no entry point: "
					 "%s", display(l, id), why);
		n.acquired = effects_acquired(l->e, id);
		n.held = effects_held(l->e, id, 0);
		add(l, &n);
		g_free(why);
	}
}

static class_set held_by_callers(const struct ledger *l, fact_id function)
{
	const GArray *caller = l->x->p->cg->caller[function];
	class_set held = 0;

	for (guint i = 0; caller && i < caller->len; i++)
		held |= effects_held(l->e, g_array_index(caller, fact_id, i),
				     0);
	return held;
}

/* What the model says is called with no lock held. */
static void add_apart(struct ledger *l)
{
	const struct program *p = l->x->p;

	for (fact_id id = 1; id < p->f->function->len; id++) {
		struct entry n = {
			.kind = "model", .function = id,
			.effect = "not seen under its callers' locks: if they "
				  "hold any, hides %",
			.discharge = "the reason in the model",
		};

		if (!p->apart[id] || !p->locks[id] || !p->cg->caller[id])
			continue;
		n.what = g_strdup_printf("%s is taken to be called with no "
					 "lock held", display(l, id));
		n.acquired = effects_acquired(l->e, id);
		n.held = held_by_callers(l, id);
		n.count = p->cg->caller[id]->len;
		add(l, &n);
	}
}

/* What the handlers of faults may acquire. */
static class_set acquired_by_faults(const struct ledger *l)
{
	const struct program *p = l->x->p;
	const GPtrArray *entries = model_entries(p->m, MODEL_MAY_FAULT);
	class_set set = 0;

	for (guint i = 0; i < entries->len; i++) {
		const struct model_entry *e = entries->pdata[i];

		set |= effects_acquired(
			l->e, facts_function_by_name(p->f, e->arg[1]));
	}
	return set;
}

/* Faults that are taken not to happen would be handled where they do. */
static void add_no_fault(struct ledger *l)
{
	const struct program *p = l->x->p;
	const GPtrArray *entries = model_entries(p->m, MODEL_NO_FAULT);
	class_set acquired = acquired_by_faults(l);

	for (guint i = 0; i < entries->len; i++) {
		const struct model_entry *e = entries->pdata[i];

		for (fact_id id = 1; id < p->f->function->len; id++) {
			struct entry n = {
				.kind = "model", .function = id,
				.acquired = acquired,
				.effect = "a fault there is not followed: if "
					  "it is handled, hides %",
				.discharge = "the reason in the model",
			};

			if (!p->cg->caller[id] ||
			    !model_match(e->arg[0],
					 FACT_FUNCTION(p->f, id)->name, NULL))
				continue;
			n.what = g_strdup_printf("what %s maps is taken to be "
						 "there: no access faults",
						 display(l, id));
			n.held = held_by_callers(l, id);
			n.count = p->cg->caller[id]->len;
			add(l, &n);
		}
	}
}

static void add_counts(struct ledger *l)
{
	const struct program *p = l->x->p;
	struct result_counts *c = &l->r->counts;

	for (fact_id id = 1; id < p->f->function->len; id++)
		c->functions += FACT_FUNCTION(p->f, id)->body != NULL;
	for (guint i = 0; i < p->cg->site->len; i++) {
		const struct call_site *s =
			&g_array_index(p->cg->site, struct call_site, i);
		const struct lock_primitive *lp =
			s->target_nr == 1
				? program_primitive(
					  p, s->function, s->node,
					  g_array_index(p->cg->target, fact_id,
							s->target))
				: NULL;

		c->acquisitions += lp && (lp->operation == LOCKOP_ACQUIRE ||
					  lp->operation == LOCKOP_CHECK);
	}
	for (fact_id id = 1; id < p->f->function->len; id++)
		c->contexts += l->x->summary[id] != NULL;
}

static void add_failed_units(struct ledger *l)
{
	const GArray *tus = l->x->p->f->tu;

	for (guint i = 1; i < tus->len; i++) {
		const struct fact_tu *tu =
			&g_array_index(tus, struct fact_tu, i);
		struct assumption *a;

		l->r->tu_nr++;
		if (tu->status == TU_OK)
			continue;
		a = result_add_assumption(l->r);
		a->kind = "failed-tu";
		a->what = result_text(l->r, tu->message);
		a->file = result_text(l->r, tu->file);
		a->effect = "could hide orderings of any class under any";
		a->discharge = "a file that can be read to its end";
		a->count = 1;
		a->blocks_proof = true;
		a->touches_locks = true;
		g_ptr_array_add(l->r->tu_failed,
				(char *)result_text(l->r, tu->file));
	}
}

void ledger_collect(const struct explorer *x, const struct reach *reach,
		    struct result *r)
{
	struct effects *effects = effects_new(x);
	struct ledger l = { .x = x, .reach = reach, .e = effects, .r = r };

	add_counts(&l);
	add_failed_units(&l);
	add_sites(&l);
	add_limits(&l);
	add_unreached(&l);
	add_apart(&l);
	add_no_fault(&l);
	effects_free(effects);
}
