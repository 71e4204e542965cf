/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A pair becomes an ordering for each way from an entry point that tells
 * something else of whose locks they are.  Of pairs that an ordering does not
 * tell apart, the one with the shortest witness stands for all.
 */
#include "order.h"

#include <string.h>

#include "asked.h"
#include "caller_world.h"
#include "candidate.h"
#include "cfg.h"
#include "confirm.h"
#include "control.h"
#include "domains.h"
#include "nesting.h"
#include "privilege.h"
#include "program.h"
#include "result_table.h"
#include "sorted.h"
#include "witness.h"

struct collector {
	struct handup *h;
	struct explorer *x;
	struct result *r;
	GHashTable *best;	/* key -> struct candidate * */
	GHashTable *pairs;	/* key without flags -> GPtrArray * of const
				 * struct pair *: all that are told as one */
	struct wayup *wayup;
	struct caller_worlds *caller_worlds;
	struct cfg *cfg;
};

static uint32_t line_of(const struct collector *c, fact_id function,
			uint32_t node)
{
	return FACT_FUNCTION(c->x->p->f, function)->body->node[node].line;
}

static int class_level(const struct collector *c, uint32_t class)
{
	return lockprims_level(c->x->p->lp, class);
}

static bool is_ordered(uint8_t mode)
{
	return mode != MODE_READ && mode != MODE_SPIN;
}

static bool is_self_deadlock(const struct pair *p)
{
	return p->same_object && !p->acquired.event->recurses;
}

/* What makes two orderings one: see cli.md; and FLAGS of the way, CONTEXT. */
static GBytes *candidate_key(const struct collector *c,
			     const struct candidate *k, uint8_t flags,
			     enum context context)
{
	struct way_view view = k->way.view;
	const struct pair *p = k->pair;
	const struct acquisition *a = &p->acquired;
	struct lock_view held = explore_view(c->x, p->at, &p->held);
	uint32_t words[12] = {
		held.class, held.mode, a->view.class, a->view.mode,
		(uint32_t)p->same_object | (uint32_t)is_self_deadlock(p) << 1,
		k->sorted, k->held_function, k->held_line,
		a->site_function ? a->site_function : p->holder,
		a->site_line, p->holder, a->elsewhere,
	};
	GByteArray *bytes = g_byte_array_new();

	view.flags = flags;
	g_byte_array_append(bytes, (const guint8 *)words, sizeof(words));
	g_byte_array_append(bytes, (const guint8 *)&view, sizeof(view));
	g_byte_array_append(bytes, (const guint8 *)&context, sizeof(context));
	return g_byte_array_free_to_bytes(bytes);
}

static void free_pairs(void *pairs)
{
	g_ptr_array_unref(pairs);
}

/* The pairs that K tells of; borrowed, and empty at first. */
static GPtrArray *pairs_of(const struct collector *c, const struct candidate *k)
{
	GBytes *key = candidate_key(c, k, 0, k->way.context);
	GPtrArray *pairs = g_hash_table_lookup(c->pairs, key);

	if (pairs) {
		g_bytes_unref(key);
		return pairs;
	}
	pairs = g_ptr_array_new();
	g_hash_table_insert(c->pairs, key, pairs);
	return pairs;
}

static void add_pair(const struct collector *c, const struct candidate *k)
{
	GPtrArray *pairs = pairs_of(c, k);

	/* Those of one pair come one after the other. */
	if (!pairs->len || pairs->pdata[pairs->len - 1] != k->pair)
		g_ptr_array_add(pairs, (void *)k->pair);
}

static void offer(struct collector *c, const struct candidate *k)
{
	GBytes *key = candidate_key(c, k, k->way.view.flags, k->way.context);
	struct candidate *copy = candidate_copy(k), *old = NULL;
	void *stored;

	if (g_hash_table_steal_extended(c->best, key, &stored,
					(void **)&old))
		g_bytes_unref(stored);
	g_hash_table_insert(c->best, key,
			    old ? candidate_join(old, copy) : copy);
	add_pair(c, k);
}

/* One candidate per place where the lock was acquired. */
static void offer_origins(struct collector *c, struct candidate *k)
{
	uint32_t nr;
	const uint32_t *member = origin_set_members(
		c->x->origins, k->pair->held.origins, &nr);
	uint32_t *copy = g_memdup2(member, sizeof(*member) * nr);

	for (uint32_t i = 0; i < nr; i++) {
		const struct origin *o = origin_get(c->x->origins, copy[i]);

		k->origin = copy[i];
		k->sorted = sorted_pair(c->x, c->h, k->pair, o);
		k->held_function = o->function ? o->function : k->pair->holder;
		k->held_line = o->function ? o->line
					   : line_of(c, k->pair->holder,
						     o->node);
		offer(c, k);
	}
	g_free(copy);
}

/*
 * The class whose level is in force, as seen from the entry point: of several
 * that may be, one that is above the held lock's.
 */
static uint32_t class_in_force(const struct collector *c, const struct way *way,
			       const struct pair *p)
{
	struct levels *levels = c->h->levels;
	level_chain chain = p->acquired.level;
	uint32_t first;

	for (guint i = way->edge->len; i > 0; i--)
		chain = levels_above(levels,
				     handup_edge(c->h,
						 g_array_index(way->edge,
							       uint32_t,
							       i - 1)),
				     chain);
	first = levels_class(levels, chain);
	for (; chain; chain = levels_or(levels, chain)) {
		uint32_t class = levels_class(levels, chain);

		if (class_level(c, class) >= class_level(c, p->held.class))
			return class;
	}
	return first;
}

static void collect_pair(struct collector *c, const struct pair *p)
{
	struct lock_view held = explore_view(c->x, p->at, &p->held);
	bool complete;
	const GArray *ways = wayup_find(c->wayup, p, &complete);

	if (!complete)
		explorer_limit(c->x, LIMIT_WAYS, p->holder, 0, 0);
	for (guint i = 0; i < ways->len; i++) {
		struct candidate k = {
			.pair = p,
			.way = g_array_index(ways, struct way, i),
		};

		k.node = p->acquired.edge
				 ? handup_edge(c->h, p->acquired.edge - 1)->node
				 : p->acquired.event->node;
		k.in_force = class_in_force(c, &k.way, p);
		if (p->acquired.context != CONTEXT_RUNNING)
			k.way.context = p->acquired.context;
		k.visible = !p->acquired.elsewhere &&
			    p->acquired.view.mode != MODE_SPIN &&
			    is_ordered(held.mode) &&
			    class_level(c, k.in_force) >=
				    class_level(c, p->held.class);
		k.uncalled = way_is_uncalled(c->h, &k.way, p->holder);
		k.cost = k.way.edge->len + p->acquired.depth;
		if (candidate_rank(c->x->p->lp, &k) < RANK_IN_ORDER) {
			k.asked = asked_between(c->h, &k);
			k.held_plain = control_is_excluded(c->h, p,
							   p->held.owner);
		}
		k.asked_all = (struct asked_ways){ .way = { k.asked },
						   .nr = 1 };
		offer_origins(c, &k);
	}
}

static struct site make_site(const struct collector *c, fact_id function,
			     uint32_t line)
{
	const struct fact_function *fn = FACT_FUNCTION(c->x->p->f, function);

	return (struct site){
		.function = result_text(c->r, fn->display),
		.file = result_text(c->r, FACT_FILE(c->x->p->f,
						    fn->file)->path),
		.line = line,
	};
}

static struct lock_ref make_lock(const struct collector *c,
				 const struct lock_view *v, fact_id function,
				 uint32_t line)
{
	struct lock_ref l = {
		.class = lockprims_class(c->x->p->lp, v->class)->rank,
		.instance = (enum instance_kind)v->instance,
		.owner = (enum owner_role)v->owner,
		.mode = (enum lock_mode)v->mode,
		.owner_control = (enum tristate)v->control,
	};

	if (function)
		l.site = make_site(c, function, line);
	else
		l.site = (struct site){ .function = "", .file = "" };
	return l;
}

/* The locks that one activation holds itself. */
static void add_own(const struct collector *c, struct ordering *o,
		    const struct state *at, const struct pair *p,
		    const struct lock_ref *told)
{
	for (guint i = 0; i < at->held->len; i++) {
		const struct held *h = &g_array_index(at->held, struct held,
						      i);
		uint32_t nr;
		const uint32_t *origin;
		struct lock_view v;
		struct lock_ref l;

		if (h->count <= 0 || !h->class)
			continue;
		if (at == p->at && h->object == p->held.object &&
		    h->kind == p->held.kind) {
			g_array_append_vals(o->lockset, told, 1);
			continue;
		}
		origin = origin_set_members(c->x->origins, h->origins, &nr);
		v = explore_view(c->x, at, h);
		l = make_lock(c, &v,
			      nr ? origin_get(c->x->origins,
					      origin[0])->function
				 : 0,
			      0);
		g_array_append_val(o->lockset, l);
	}
}

/* All that is held on the way, outermost activation first. */
static void add_lockset(const struct collector *c, struct ordering *o,
			const struct candidate *k)
{
	GPtrArray *states = candidate_active(c->h, k);

	for (guint i = 0; i < states->len; i++)
		add_own(c, o, g_ptr_array_index(states, i), k->pair, &o->held);
	g_ptr_array_unref(states);
}

/* Is the lock at INDEX held already, so that it sets no level? */
static bool is_held_already(const struct ordering *o, guint index)
{
	const struct lock_ref *lock =
		&g_array_index(o->lockset, struct lock_ref, index);

	for (guint i = 0; i < index; i++) {
		const struct lock_ref *before =
			&g_array_index(o->lockset, struct lock_ref, i);

		if (before->class == lock->class && is_ordered(before->mode) &&
		    before->instance == INSTANCE_HOST &&
		    lock->instance == INSTANCE_HOST && lock->domain != 0 &&
		    before->domain == lock->domain)
			return true;
	}
	return false;
}

/*
 * Which of the locks set the level in force: the last one of its class that
 * does so.  A domain has one host table; of other tables of one domain each
 * may be another lock.
 */
static void set_in_force(const struct collector *c, struct ordering *o,
			 const struct candidate *k)
{
	const struct lock_class *in_force =
		lockprims_class(c->x->p->lp, k->in_force);

	o->in_force = class_level(c, k->in_force);
	for (guint i = o->lockset->len; in_force && i > 0; i--) {
		const struct lock_ref *lock = &g_array_index(
			o->lockset, struct lock_ref, i - 1);

		if (lock->class != in_force->rank || !is_ordered(lock->mode) ||
		    (in_force->form == FORM_RWLOCK &&
		     is_held_already(o, i - 1)))
			continue;
		o->in_force_lock = i;
		return;
	}
}

/* A lock of the lockset: its index there is that in an array of these. */
struct placed {
	const struct held *lock;
	guint frame;		/* whose it is, of the states on the way */
};

/* Of struct placed, in the order of add_lockset(). */
static GArray *place_locks(const GPtrArray *states)
{
	GArray *locks = g_array_new(FALSE, FALSE, sizeof(struct placed));

	for (guint i = 0; i < states->len; i++) {
		const struct state *at = g_ptr_array_index(states, i);

		for (guint n = 0; n < at->held->len; n++) {
			struct placed l = { &g_array_index(at->held,
							   struct held, n),
					    i };

			if (l.lock->count > 0 && l.lock->class)
				g_array_append_val(locks, l);
		}
	}
	return locks;
}

/* The level in force when L was acquired, and in *FRAME in whose terms. */
static struct level level_before(const struct placed *l,
				 const GPtrArray *states, guint *frame)
{
	struct level level = l->lock->saved;

	*frame = l->frame;
	while (!level.class && !level.owner && *frame > 0) {
		const struct state *at =
			g_ptr_array_index(states, --*frame);

		level = at->level;
	}
	return level;
}

static bool is_held_of(const struct pair *p, const struct placed *l,
		       const GPtrArray *states)
{
	return states->pdata[l->frame] == p->at &&
	       l->lock->object == p->held.object &&
	       l->lock->kind == p->held.kind;
}

/*
 * Did the lock at INDEX ask for its level?  A plain lock does not, nor one that
 * is held already, as any of its class but P's held lock may be.
 */
static bool is_asked(const struct pair *p, const GArray *locks, guint index,
		     const GPtrArray *states)
{
	const struct held *lock =
		g_array_index(locks, struct placed, index).lock;

	for (guint i = 0; i < index; i++) {
		const struct placed *before =
			&g_array_index(locks, struct placed, i);

		if (!is_held_of(p, before, states) &&
		    before->lock->class == lock->class)
			return false;
	}
	return lock->kind != LOCKKIND_SPIN;
}

/*
 * Bit I of O's over_held: lock I asked for its level while that of the held lock
 * was in force, or of one whose bit is set.  Where that cannot be told it did
 * not.
 */
static void set_over_held(const struct collector *c, struct ordering *o,
			  const struct candidate *k)
{
	GPtrArray *states = candidate_active(c->h, k);
	GArray *locks = place_locks(states);
	const struct pair *p = k->pair;

	for (guint i = 0; i < MIN(locks->len, OVER_HELD_MAX); i++) {
		guint frame;
		struct level level = level_before(
			&g_array_index(locks, struct placed, i), states,
			&frame);
		bool over = states->pdata[frame] == p->at &&
			    level.class == p->held.class &&
			    level.owner == p->held.owner;

		for (guint n = 0; n < i && !over; n++) {
			const struct placed *l = &g_array_index(
				locks, struct placed, n);

			over = o->over_held >> n & 1 && l->frame == frame &&
			       l->lock->class == level.class &&
			       l->lock->owner == level.owner;
		}
		if (over && is_asked(p, locks, i, states))
			o->over_held |= UINT32_C(1) << i;
	}
	g_array_unref(locks);
	g_ptr_array_unref(states);
}

static int compare_candidate(const void *a, const void *b)
{
	const struct candidate *x = *(const struct candidate *const *)a;
	const struct candidate *y = *(const struct candidate *const *)b;
	const uint32_t kx[] = { x->pair->holder, x->held_function,
				x->held_line, x->pair->acquired.site_function,
				x->pair->acquired.site_line };
	const uint32_t ky[] = { y->pair->holder, y->held_function,
				y->held_line, y->pair->acquired.site_function,
				y->pair->acquired.site_line };

	for (size_t i = 0; i < G_N_ELEMENTS(kx); i++)
		if (kx[i] != ky[i])
			return kx[i] < ky[i] ? -1 : 1;
	return memcmp(&x->way.view, &y->way.view, sizeof(x->way.view));
}

static enum privilege privilege_of(uint8_t flags)
{
	if (flags & STATE_CONTROL)
		return PRIVILEGE_CONTROL;
	if (flags & STATE_DEVICE_MODEL)
		return PRIVILEGE_DEVICE_MODEL;
	return flags & STATE_TARGET ? PRIVILEGE_TARGET : PRIVILEGE_NONE;
}

static void add_path_worlds(const struct collector *c, struct ordering *o,
			    const struct candidate *k)
{
	GPtrArray *words = g_ptr_array_new();

	if (candidate_rank(c->x->p->lp, k) < RANK_IN_ORDER)
		caller_worlds_find(c->caller_worlds, k->pair, &k->way,
				   pairs_of(c, k), words);
	if (k->way.view.flags & STATE_ASSERT_FAILED)
		g_ptr_array_add(words, (char *)"assert-fails");
	for (guint i = 0; i < words->len; i++)
		g_ptr_array_add(o->path_worlds,
				(char *)result_text(c->r, words->pdata[i]));
	g_ptr_array_unref(words);
}

/* The locks on K's way, and whose they are. */
static void tell_locks(const struct collector *c, struct ordering *o,
		       const struct candidate *k)
{
	const struct pair *p = k->pair;
	const struct acquisition *a = &p->acquired;
	const struct way_view *v = &k->way.view;
	struct lock_view held = explore_view(c->x, p->at, &p->held);
	struct lock_view acquired = a->view;

	held.owner = v->held_owner;
	held.control = v->held_control;
	held.instance = v->held_instance;
	acquired.owner = v->acquired_owner;
	acquired.control = v->acquired_control;
	acquired.instance = v->acquired_instance;
	if (k->held_plain && held.control == TRI_UNKNOWN)
		held.control = TRI_NO;
	o->held = make_lock(c, &held, k->held_function, k->held_line);
	o->acquired = make_lock(c, &acquired,
				a->site_function ? a->site_function : p->holder,
				a->site_line);
	o->relation = (enum relation)v->relation;
	add_lockset(c, o, k);
	domains_number(c->h, p, &k->way, o);
}

static void add_ordering(const struct collector *c, const struct candidate *k)
{
	struct ordering *o = result_add_ordering(c->r);
	const struct pair *p = k->pair;
	const struct origin *from = origin_get(c->x->origins, k->origin);
	const struct way_view *v = &k->way.view;

	tell_locks(c, o, k);
	o->holder = make_site(c, p->holder, line_of(c, p->holder, from->node));
	o->acquire_line = line_of(c, p->holder, k->node);
	o->same_object = p->same_object;
	o->self_deadlock = is_self_deadlock(p);
	o->elsewhere = p->acquired.elsewhere;
	o->sorted = k->sorted;
	o->context = k->way.context;
	o->runtime_visible = k->visible;
	o->privilege = privilege_of(v->flags);
	add_path_worlds(c, o, k);
	set_in_force(c, o, k);
	set_over_held(c, o, k);
	asked_ways_tell(&k->asked_all, o->asked);
	o->confirmed = k->confirmed;
	o->steady = k->steady;
	o->unstopped = k->unstopped;
	witness_make(c->x, c->cfg, k->legs, c->r, o->witness);
}

/* How much a way needs: an assertion that fails weighs more than what the
 * caller must be. */
static unsigned need_of(unsigned flags)
{
	return flags & STATE_ASSERT_FAILED ? flags << STATE_FLAGS_NR : flags;
}

/* Is there one of these FLAGS and CONTEXT, that stops nowhere where K does not,
 * and whose held lock may belong to whom K's may? */
static bool is_best(const struct collector *c, const struct candidate *k,
		    uint8_t flags, enum context context)
{
	GBytes *key = candidate_key(c, k, flags, context);
	const struct candidate *best = g_hash_table_lookup(c->best, key);

	g_bytes_unref(key);
	return best && (!best->held_plain || k->held_plain) &&
	       asked_ways_are_within(&best->asked_all, &k->asked_all);
}

/*
 * Is the same reached by a way that needs less?  Approximation: of two ways of
 * which one needs that an assertion fails and the other one a privilege, the
 * first is not told.
 */
static bool needs_less(const struct collector *c, const struct candidate *k)
{
	bool found = false;

	for (uint8_t flags = 0; flags < 1 << STATE_FLAGS_NR && !found;
	     flags++) {
		if (need_of(flags) >= need_of(k->way.view.flags))
			continue;
		found = is_best(c, k, flags, k->way.context);
	}
	return found;
}

/*
 * Is the same reached in a context that comes before: while the host runs, if
 * K is reached at boot?  wayup.c tells no such ways of one pair either.
 */
static bool is_told_before(const struct collector *c, const struct candidate *k)
{
	bool found = false;

	for (enum context before = CONTEXT_RUNNING;
	     before < k->way.context && !found; before++)
		found = is_best(c, k, k->way.view.flags, before);
	return found;
}

/* What K's way shows: 2 if held and acquired lock are of two domains, 1 if there
 * are three domains, or both. */
static unsigned shown_domains(const struct collector *c,
			      const struct candidate *k)
{
	struct ordering *o = ordering_new();
	unsigned shown;

	tell_locks(c, o, k);
	shown = nesting_is_one_domain(o) ? 0 : 2;
	shown += nesting_is_third_domain(o);
	ordering_free(o);
	return shown;
}

/*
 * Of ways of which the run-time check says the same, the one that shows more
 * stands for all: the shortest may be one on which two domains are one, which
 * hides the other's bias, or the third one.
 */
static void prefer_more_domains(const struct collector *c, struct candidate *k)
{
	unsigned most = k->others ? shown_domains(c, k) : 0;

	for (guint i = 0; k->others && i < k->others->len; i++) {
		struct candidate *other = g_ptr_array_index(k->others, i);
		unsigned shown;

		if (other->visible != k->visible ||
		    other->in_force != k->in_force)
			continue;
		shown = shown_domains(c, other);
		if (shown > most) {
			candidate_swap(k, other);
			most = shown;
		}
	}
}

/* Are ordered locks of other classes acquired between the two on K's way, and
 * held? */
static bool has_between(const struct collector *c, const struct candidate *k)
{
	GPtrArray *states = candidate_active(c->h, k);
	GArray *locks = place_locks(states);
	bool found = false;

	for (guint i = locks->len; i > 0; i--) {
		const struct placed *l =
			&g_array_index(locks, struct placed, i - 1);

		if (is_held_of(k->pair, l, states))
			break;
		found |= l->lock->kind != LOCKKIND_SPIN &&
			 l->lock->class != k->pair->held.class;
	}
	g_array_unref(locks);
	g_ptr_array_unref(states);
	return found;
}

/*
 * Of two locks of one class it is told whether the check has stopped the host
 * between them (findings.c), which must be so on all ways: one with nothing in
 * between stands for all.
 */
static void prefer_direct(const struct collector *c, struct candidate *k)
{
	const struct pair *p = k->pair;

	if (!k->others || p->held.class != p->acquired.view.class ||
	    p->same_object || !has_between(c, k))
		return;
	for (guint i = 0; i < k->others->len; i++) {
		struct candidate *other = g_ptr_array_index(k->others, i);

		if (other->visible == k->visible && !has_between(c, other)) {
			candidate_swap(k, other);
			return;
		}
	}
}

/*
 * Where the check has not stopped all ways of an ordering, one that it has not
 * stopped stands for all; of one that only a bias may put out of order, none that
 * shows fewer domains.
 */
static void prefer_unasked(const struct collector *c, struct candidate *k)
{
	bool biased = candidate_rank(c->x->p->lp, k) >= RANK_BIAS;

	if (k->pair->held.class == k->pair->acquired.view.class)
		return;
	for (guint i = 0; k->others && i < k->others->len; i++) {
		struct candidate *other = g_ptr_array_index(k->others, i);

		if (asked_ways_have(&k->asked_all, k->asked))
			return;
		if (other->visible == k->visible &&
		    other->in_force == k->in_force &&
		    asked_ways_have(&k->asked_all, other->asked) &&
		    (!biased ||
		     shown_domains(c, other) >= shown_domains(c, k)))
			candidate_swap(k, other);
	}
}

static void finish(struct collector *c)
{
	GList *all = g_hash_table_get_values(c->best);
	GPtrArray *sorted = g_ptr_array_new();

	for (GList *i = all; i; i = i->next)
		if (!needs_less(c, i->data) && !is_told_before(c, i->data))
			g_ptr_array_add(sorted, i->data);
	g_ptr_array_sort(sorted, compare_candidate);
	for (guint i = 0; i < sorted->len; i++) {
		prefer_direct(c, g_ptr_array_index(sorted, i));
		prefer_more_domains(c, g_ptr_array_index(sorted, i));
		prefer_unasked(c, g_ptr_array_index(sorted, i));
	}
	confirm_all(c->h, c->wayup, c->cfg, sorted);
	for (guint i = 0; i < sorted->len; i++)
		add_ordering(c, g_ptr_array_index(sorted, i));
	g_ptr_array_unref(sorted);
	g_list_free(all);
}

void order_collect_part(struct handup *h, struct result *r,
			const uint8_t *part_of, unsigned part)
{
	struct collector c = { .h = h, .x = h->x, .r = r };

	c.wayup = wayup_new(h);
	c.best = g_hash_table_new_full(g_bytes_hash, g_bytes_equal,
				       (GDestroyNotify)g_bytes_unref,
				       candidate_free);
	c.pairs = g_hash_table_new_full(g_bytes_hash, g_bytes_equal,
					(GDestroyNotify)g_bytes_unref,
					free_pairs);
	for (guint i = 0; i < h->pair->len; i++) {
		const struct pair *p = &g_array_index(h->pair, struct pair, i);

		if (!p->dead && part_of[p->holder] == part)
			collect_pair(&c, p);
	}
	c.caller_worlds = caller_worlds_new(h, c.wayup);
	c.cfg = cfg_new(h->x->p->f);
	finish(&c);
	cfg_free(c.cfg);
	caller_worlds_free(c.caller_worlds);
	g_hash_table_unref(c.pairs);
	g_hash_table_unref(c.best);
	wayup_free(c.wayup);
}
