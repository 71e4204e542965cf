/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists what the exploration could not follow or took for granted, with its
 * place: indirect calls without a closed target set, bodies that are not
 * there, bounds that made facts be forgotten, functions that nothing reaches.
 */
#include "ledger.h"

#include <string.h>

#include "program.h"
#include "result_table.h"

struct ledger {
	const struct explorer *x;
	const struct reach *reach;
	struct result *r;
};

static void add(struct ledger *l, const char *kind, char *what,
		fact_id function, uint32_t line, const char *effect,
		uint32_t count, bool blocks)
{
	const struct fact_function *fn = FACT_FUNCTION(l->x->p->f, function);
	struct assumption *a = result_add_assumption(l->r);

	a->kind = result_text(l->r, kind);
	a->what = result_text(l->r, what);
	a->file = result_text(l->r,
			      FACT_FILE(l->x->p->f, fn->file)->path);
	a->line = line;
	a->effect = result_text(l->r, effect);
	a->count = count;
	a->blocks_proof = blocks;
	g_free(what);
}

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

/* Could a function of this site's type reach a lock? */
static bool type_may_lock(const struct program *p, const struct call_site *s)
{
	fact_id type = 0;

	if (s->field)
		type = FACT_FIELD(p->f, s->field)->type;
	while (type && FACT_TYPE(p->f, type)->kind != TYPE_FUNCTION &&
	       FACT_TYPE(p->f, type)->target)
		type = FACT_TYPE(p->f, type)->target;
	for (fact_id id = 1; id < p->f->function->len; id++) {
		const struct fact_function *fn = FACT_FUNCTION(p->f, id);

		if (p->locks[id] && (fn->flags & FUNCTION_ADDRESS_TAKEN) &&
		    (!type || fn->type == type))
			return true;
	}
	return false;
}

static void add_site(struct ledger *l, const struct call_site *s)
{
	const struct program *p = l->x->p;
	uint32_t line = line_of(l, s->function, s->node);
	const char *name = display(l, s->function);
	bool matters;

	if (s->reason == TARGET_OUTSIDE)
		add(l, "model",
		    g_strdup_printf("a call through a pointer in %s leads to "
				    "code outside of the tree", name),
		    s->function, line, "what it does is not seen", 1, false);
	if (s->reason != TARGET_SIGNATURE)
		return;
	matters = type_may_lock(p, s);
	add(l, "unresolved-indirect",
	    g_strdup_printf("call through a pointer in %s: %u functions by "
			    "type", name, s->target_nr),
	    s->function, line, matters ? "could hide orderings" : "none", 1,
	    matters);
}

static void add_sites(struct ledger *l)
{
	const struct program *p = l->x->p;

	for (guint i = 0; i < p->cg->site->len; i++) {
		const struct call_site *s =
			&g_array_index(p->cg->site, struct call_site, i);

		l->r->counts.call_edges += s->target_nr;
		if (s->reason == TARGET_DIRECT)
			continue;
		l->r->counts.indirect_sites++;
		if (s->reason != TARGET_SIGNATURE)
			l->r->counts.indirect_resolved++;
		if (p->slice[s->function])
			add_site(l, s);
	}
}

static int level_of(const struct ledger *l, uint32_t class)
{
	return class ? g_array_index(l->x->p->lp->class, struct lock_class,
				     class - 1).level
		     : -1;
}

static void add_stale(struct ledger *l, const struct limit *limit)
{
	struct stale_level *s = result_add_stale(l->r);
	const struct fact_function *fn =
		FACT_FUNCTION(l->x->p->f, limit->function);

	s->lock.class = STALE_RELEASED(limit->detail) - 1;
	s->lock.owner = OWNER_ANY;
	s->lock.instance = INSTANCE_ANY;
	s->lock.site.function = result_text(l->r, fn->display);
	s->lock.site.file =
		result_text(l->r, FACT_FILE(l->x->p->f, fn->file)->path);
	s->lock.site.line = line_of(l, limit->function, limit->node);
	s->holder = s->lock.site;
	s->level_in_force = level_of(l, STALE_IN_FORCE(limit->detail));
	s->level_justified = level_of(l, STALE_JUSTIFIED(limit->detail));
	s->context = CONTEXT_RUNNING;
}

static const char *class_name(const struct ledger *l, uint32_t class)
{
	return g_array_index(l->x->p->lp->class, struct lock_class,
			     class - 1).name;
}

static void add_limit(struct ledger *l, const struct limit *limit)
{
	uint32_t line = line_of(l, limit->function, limit->node);
	const char *name = display(l, limit->function);

	switch (limit->kind) {
	case LIMIT_STATES:
		add(l, "bound",
		    g_strdup_printf("many states in %s: values forgotten",
				    name),
		    limit->function, line, "adds orderings, hides none",
		    limit->count, false);
		break;
	case LIMIT_DROPPED:
		add(l, "bound",
		    g_strdup_printf("too many locksets in %s: paths dropped",
				    name),
		    limit->function, line, "could hide orderings",
		    limit->count, true);
		break;
	case LIMIT_RELEASE:
		add(l, "model",
		    g_strdup_printf("%s releases a lock that is not known "
				    "to be held", name),
		    limit->function, line,
		    "taken for the last such lock that is held, or ignored",
		    limit->count, false);
		break;
	case LIMIT_LEAK:
		add(l, "model",
		    g_strdup_printf("a call in %s releases a %s lock on some "
				    "ways only",
				    name, class_name(l, limit->detail)),
		    limit->function, line,
		    "taken to be released there: could hide orderings under "
		    "it", limit->count, true);
		break;
	case LIMIT_UNBALANCED:
		add(l, "model",
		    g_strdup_printf("%s returns with a lock, or without one "
				    "of its caller's, on some ways only", name),
		    limit->function, line,
		    "taken to be balanced: could hide orderings under what it "
		    "returns with", limit->count, true);
		break;
	case LIMIT_SELF:
		add(l, "world",
		    g_strdup_printf("%s would acquire a lock that it holds, "
				    "which panics: path ends", name),
		    limit->function, line, "the path is not followed",
		    limit->count, false);
		break;
	case LIMIT_ASSERT:
		add(l, "world",
		    g_strdup_printf("an assertion in %s excludes paths: "
				    "assert-fails", name),
		    limit->function, line,
		    "followed in the world assert-fails only", limit->count,
		    false);
		break;
	case LIMIT_ASIDE:
		add(l, "world",
		    g_strdup_printf("%s may wait under a lock, which an "
				    "assertion excludes: what others asked "
				    "for and runs meanwhile is not followed",
				    name),
		    limit->function, line,
		    "hides orderings of the world assert-fails", limit->count,
		    false);
		break;
	case LIMIT_NOT_WITHIN:
		add(l, "world",
		    g_strdup_printf("what %s calls is taken never to get to "
				    "some function (not-within)", name),
		    limit->function, line, "the path is not followed",
		    limit->count, false);
		break;
	case LIMIT_NULL:
		add(l, "world",
		    g_strdup_printf("%s would load through a null pointer: "
				    "path ends", name),
		    limit->function, line, "the path is not followed",
		    limit->count, false);
		break;
	case LIMIT_STALE:
		add_stale(l, limit);
		break;
	default:
		break;
	}
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

/* That values were forgotten is told once of a function, at the first place. */
static void merge_states(GPtrArray *all)
{
	guint to = 0;

	for (guint i = 0; i < all->len; i++) {
		struct limit *limit = all->pdata[i];
		struct limit *last = to ? all->pdata[to - 1] : NULL;

		if (last && limit->kind == LIMIT_STATES &&
		    last->kind == LIMIT_STATES &&
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
	merge_states(all);
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

/*
 * Functions with lock operations that no entry point leads to.  The parts of
 * the primitives are none: their callers stand for them; nor is what is only
 * called with constants that keep it from its locks.
 */
static void add_unreached(struct ledger *l)
{
	const struct program *p = l->x->p;

	for (fact_id id = 1; id < p->f->function->len; id++) {
		const char *why = p->cg->caller[id]
					  ? "no call of it is possible, as far "
					    "as is known"
					  : "nothing is known to call it";

		if (!p->locks[id] || !p->slice[id] ||
		    program_in_lock_header(p, id) ||
		    reach_context(l->reach, id) >= 0 ||
		    (p->cg->caller[id] && !is_called_to_lock(p, id)))
			continue;
		add(l, "unreached",
		    g_strdup_printf("%s is reached from no entry point: %s",
				    display(l, id), why),
		    id, line_of(l, id, 0), "could hide orderings", 1, false);
	}
}

/* What the model says is called with no lock held. */
static void add_apart(struct ledger *l)
{
	const struct program *p = l->x->p;

	for (fact_id id = 1; id < p->f->function->len; id++)
		if (p->apart[id] && p->locks[id] && p->cg->caller[id])
			add(l, "model",
			    g_strdup_printf("%s is taken to be called with no "
					    "lock held", display(l, id)),
			    id, line_of(l, id, 0),
			    "its locks are not seen under its callers'",
			    p->cg->caller[id]->len, false);
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
		a->effect = "could hide orderings";
		a->count = 1;
		a->blocks_proof = true;
		g_ptr_array_add(l->r->tu_failed,
				(char *)result_text(l->r, tu->file));
	}
}

void ledger_collect(const struct explorer *x, const struct reach *reach,
		    struct result *r)
{
	struct ledger l = { .x = x, .reach = reach, .r = r };

	add_counts(&l);
	add_failed_units(&l);
	add_sites(&l);
	add_limits(&l);
	add_unreached(&l);
	add_apart(&l);
}
