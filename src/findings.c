/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Turns judged orderings into findings.  Each kind is a predicate over one
 * ordering; orderings for which it holds are grouped, so that a maintainer
 * reads one finding for one pair of places in one holder.
 */
#include "findings.h"

#include <limits.h>
#include <string.h>

#include "findings_text.h"
#include "nesting.h"
#include "result_table.h"
#include "result_words.h"
#include "suppress.h"

const char *const fail_on_words[] = {
	[FAIL_ON_VIOLATION] = "violation",
	[FAIL_ON_CONDITIONAL] = "conditional",
	[FAIL_ON_ANY] = "any", [FAIL_ON_NONE] = "none", NULL,
};

const struct finding_kind finding_kinds[] = {
	{ "level-violation", SEVERITY_ERROR, FAIL_ON_VIOLATION,
	  "The run-time check would stop the host in every world of the path." },
	{ "conditional-violation", SEVERITY_WARNING, FAIL_ON_CONDITIONAL,
	  "The run-time check would stop the host in some worlds." },
	{ "hidden-inversion", SEVERITY_WARNING, FAIL_ON_CONDITIONAL,
	  "Out of order by what is held, but invisible to the run-time check." },
	{ "interrupt-lock", SEVERITY_WARNING, FAIL_ON_CONDITIONAL,
	  "A lock that is held with interrupts enabled is acquired in an "
	  "interrupt." },
	{ "lock-cycle", SEVERITY_WARNING, FAIL_ON_CONDITIONAL,
	  "Another CPU is waited for, and may itself wait for the lock held." },
	{ "same-level", SEVERITY_WARNING, FAIL_ON_CONDITIONAL,
	  "Two locks of one class are taken in no fixed order." },
	{ "third-domain", SEVERITY_WARNING, FAIL_ON_ANY,
	  "Locks of three distinct domains are held or wanted at once." },
	{ "interleaved", SEVERITY_WARNING, FAIL_ON_ANY,
	  "Locks of the subject, the caller and again the subject are held "
	  "at once." },
	{ "stale-level", SEVERITY_NOTE, FAIL_ON_ANY,
	  "The level in force differs from what the locks held justify." },
	{ NULL, SEVERITY_NOTE, FAIL_ON_NONE, NULL },
};

const struct finding_kind *finding_kind_find(const char *name)
{
	for (const struct finding_kind *k = finding_kinds; k->name; k++)
		if (strcmp(k->name, name) == 0)
			return k;
	return NULL;
}

static bool is_out_of_order(const struct ordering *o)
{
	return o->verdict == VERDICT_VIOLATION ||
	       o->verdict == VERDICT_CONDITIONAL;
}

static bool is_level_violation(const struct result *r, const struct ordering *o)
{
	(void)r;
	return o->trips_always;
}

static bool is_conditional(const struct result *r, const struct ordering *o)
{
	(void)r;
	return o->trips_sometimes && !o->trips_always;
}

/* Is some lock of the acquired one's class held while one of the held one's
 * class is acquired? */
static bool has_class_reverse(const struct result *r, const struct ordering *o)
{
	for (guint i = 0; i < r->orderings->len; i++) {
		const struct ordering *other = r->orderings->pdata[i];

		if (o->held.class == other->acquired.class &&
		    o->acquired.class == other->held.class &&
		    o->context == other->context)
			return true;
	}
	return false;
}

/*
 * Approximation: of a lock that another CPU takes the class alone is known, so
 * that two domains' locks of one class count as one.
 */
static bool is_cycle(const struct result *r, const struct ordering *o)
{
	return o->elsewhere && (o->held.class == o->acquired.class ||
				has_class_reverse(r, o));
}

static bool is_hidden(const struct result *r, const struct ordering *o)
{
	return is_out_of_order(o) && !o->trips_sometimes && !o->is_stopped &&
	       !is_cycle(r, o);
}

/* Is it reached the other way round, as far as table kinds and roles tell? */
static bool is_reversed(const struct ordering *o, const struct ordering *other)
{
	return o->held.class == other->acquired.class &&
	       o->acquired.class == other->held.class &&
	       o->held.instance == other->acquired.instance &&
	       o->acquired.instance == other->held.instance &&
	       !other->same_object && !other->sorted &&
	       o->context == other->context;
}

/* Is one of the two a fork, and the other its parent? */
static bool is_parent_pair(const struct ordering *o)
{
	return (o->held.owner == OWNER_PARENT) !=
	       (o->acquired.owner == OWNER_PARENT);
}

/*
 * Of forks and parents with the same roles, of other pairs with any: a table of
 * a fork before one of its parent is no reverse of two tables of one domain.
 */
static bool has_reverse(const struct result *r, const struct ordering *o)
{
	bool parents = is_parent_pair(o);

	for (guint i = 0; i < r->orderings->len; i++) {
		const struct ordering *other = r->orderings->pdata[i];

		if (is_reversed(o, other) && is_parent_pair(other) == parents &&
		    (!parents || (o->held.owner == other->acquired.owner &&
				  o->acquired.owner == other->held.owner)))
			return true;
	}
	return false;
}

/*
 * A fork before its parent and, of others, different kinds of table (host
 * before nested) are a fixed order unless the opposite is reached as well.
 */
static bool has_fixed_order(const struct result *r, const struct ordering *o)
{
	bool kinds = o->held.instance != o->acquired.instance &&
		     o->held.instance != INSTANCE_ANY &&
		     o->acquired.instance != INSTANCE_ANY;

	return (kinds || is_parent_pair(o)) && !has_reverse(r, o);
}

/* Where the check has stopped the path between the two, neither order of them
 * is reached by it. */
static bool is_same_level(const struct result *r, const struct ordering *o)
{
	return o->held.class == o->acquired.class && !o->same_object &&
	       !o->elsewhere && !o->sorted && !o->is_unreached &&
	       o->verdict != VERDICT_VIOLATION &&
	       o->verdict != VERDICT_RECURSIVE && !has_fixed_order(r, o);
}

static bool is_third_domain(const struct result *r, const struct ordering *o)
{
	(void)r;
	return nesting_is_third_domain(o) && !o->same_object &&
	       !o->elsewhere && !o->is_unreached;
}

/*
 * Taken again, an ordered spinlock or constraint sets its level again, below
 * that of a lock taken since.
 */
static bool is_stale_retake(const struct result *r, const struct ordering *o)
{
	return o->same_object && !o->self_deadlock &&
	       result_class(r, o->acquired.class)->form != FORM_RWLOCK &&
	       o->acquired.mode != MODE_SPIN && o->needed_level >= 0 &&
	       o->level_in_force > o->needed_level;
}

static bool is_interleaved(const struct result *r, const struct ordering *o)
{
	(void)r;
	return nesting_is_interleaved(o);
}

static const struct {
	const char *kind;
	bool (*holds)(const struct result *r, const struct ordering *o);
} tests[] = {
	{ "level-violation", is_level_violation },
	{ "conditional-violation", is_conditional },
	{ "hidden-inversion", is_hidden },
	{ "lock-cycle", is_cycle },
	{ "same-level", is_same_level },
	{ "third-domain", is_third_domain },
	{ "interleaved", is_interleaved },
	{ "stale-level", is_stale_retake },
};

/* What orderings of one finding have in common. */
static char *group_key(const struct result *r, const char *kind,
		       const struct ordering *o)
{
	return g_strjoin("\n", kind, result_class(r, o->held.class)->name,
			 result_class(r, o->acquired.class)->name,
			 o->held.site.function, o->acquired.site.function,
			 o->holder.function, context_words[o->context], NULL);
}

static bool is_equal_lock(const struct lock_ref *a, const struct lock_ref *b)
{
	return a->class == b->class && a->instance == b->instance &&
	       a->owner == b->owner && a->mode == b->mode &&
	       strcmp(a->site.function, b->site.function) == 0;
}

static void add_lock(struct finding *f, const struct lock_ref *lock)
{
	for (guint i = 0; i < f->locks->len; i++)
		if (is_equal_lock(&g_array_index(f->locks, struct lock_ref, i),
				  lock))
			return;
	g_array_append_val(f->locks, *lock);
}

static void add_worlds(struct finding *f, const struct ordering *o)
{
	for (guint i = 0; i < o->worlds->len; i++)
		if (!g_ptr_array_find_with_equal_func(f->worlds,
						      o->worlds->pdata[i],
						      g_str_equal, NULL))
			g_ptr_array_add(f->worlds, o->worlds->pdata[i]);
}

/* Is one of them out of order in every world? */
static bool trips_always(const struct finding *f)
{
	for (guint i = 0; i < f->orderings->len; i++) {
		const struct ordering *o = f->orderings->pdata[i];

		if (o->verdict == VERDICT_VIOLATION && !o->worlds->len)
			return true;
	}
	return false;
}

static void attach(struct finding *f, const struct ordering *o)
{
	g_ptr_array_add(f->orderings, (void *)o);
	add_lock(f, &o->held);
	add_lock(f, &o->acquired);
	add_worlds(f, o);
}

static struct finding *new_finding(struct result *r, const char *kind,
				   const struct site *site,
				   enum context context)
{
	struct finding *f = result_add_finding(r);
	const struct finding_kind *row = finding_kind_find(kind);

	f->kind = row->name;
	f->severity = row->severity;
	f->site = *site;
	f->context = context;
	return f;
}

/*
 * Where a pair of locks is out of order in every world, that it is in some worlds
 * with other locks held, too, is no finding of its own.
 */
static bool is_told_as_error(const struct result *r, GHashTable *groups,
			     const struct ordering *o)
{
	char *key = group_key(r, "level-violation", o);
	struct finding *f = g_hash_table_lookup(groups, key);
	bool found = false;

	for (guint i = 0; f && i < f->orderings->len && !found; i++) {
		const struct ordering *other = f->orderings->pdata[i];

		found = other->trips_always &&
			other->relation == o->relation &&
			is_equal_lock(&other->held, &o->held) &&
			is_equal_lock(&other->acquired, &o->acquired);
	}
	if (found)
		g_ptr_array_add(f->orderings, (void *)o);
	g_free(key);
	return found;
}

static void collect_ordering(struct result *r, GHashTable *groups,
			     const char *kind, const struct ordering *o)
{
	char *key = group_key(r, kind, o);
	struct finding *f = g_hash_table_lookup(groups, key);

	if (!f) {
		f = new_finding(r, kind, &o->acquired.site, o->context);
		g_hash_table_insert(groups, g_strdup(key), f);
	}
	attach(f, o);
	g_free(key);
}

static void collect_orderings(struct result *r)
{
	GHashTable *groups = g_hash_table_new_full(g_str_hash, g_str_equal,
						   g_free, NULL);

	for (size_t t = 0; t < G_N_ELEMENTS(tests); t++)
		for (guint i = 0; i < r->orderings->len; i++) {
			const struct ordering *o = r->orderings->pdata[i];

			if (!tests[t].holds(r, o) ||
			    (tests[t].holds == is_conditional &&
			     is_told_as_error(r, groups, o)))
				continue;
			collect_ordering(r, groups, tests[t].kind, o);
		}
	g_hash_table_destroy(groups);
}

static void collect_lone(struct result *r)
{
	for (guint i = 0; i < r->lone->len; i++) {
		const struct lone_lock *s = r->lone->pdata[i];
		struct finding *f = new_finding(
			r, s->in_interrupt ? "interrupt-lock" : "stale-level",
			&s->lock.site, s->context);

		f->lone = s;
		add_lock(f, &s->lock);
	}
}

static int by_text(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* The keys of all locks of a finding, in an order of their own. */
static void append_locks(GString *key, const struct result *r,
			 const struct finding *f)
{
	GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < f->locks->len; i++) {
		GString *text = g_string_new("");

		result_key_lock(text, r, &g_array_index(f->locks,
							struct lock_ref, i));
		g_ptr_array_add(texts, g_string_free(text, FALSE));
	}
	g_ptr_array_sort(texts, by_text);
	for (guint i = 0; i < texts->len; i++)
		g_string_append(key, texts->pdata[i]);
	g_ptr_array_free(texts, TRUE);
}

static const char *finding_id(struct result *r, const struct finding *f)
{
	GString *key = g_string_new("finding\n");
	const char *id;

	g_string_append(key, f->kind);
	append_locks(key, r, f);
	if (f->orderings->len > 0) {
		char *group = group_key(r, f->kind, f->orderings->pdata[0]);

		g_string_append_printf(key, "\n%s", group);
		g_free(group);
	} else {
		g_string_append_printf(key, "\n%s\n%s",
				       f->lone->holder.function,
				       context_words[f->context]);
	}
	id = result_hash(r, key);
	g_string_free(key, TRUE);
	return id;
}

/* Stale levels of one function may have one identity: the first stays. */
static void drop_equal(struct result *r)
{
	GHashTable *ids = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < r->findings->len;) {
		const struct finding *f = r->findings->pdata[i];

		if (g_hash_table_add(ids, (void *)f->id))
			i++;
		else
			g_ptr_array_remove_index(r->findings, i);
	}
	g_hash_table_unref(ids);
}

/* Does WORD say of a domain that it is a control domain, or that a policy or a
 * device model is at work? */
static bool is_unusual(const struct result *r, const char *word)
{
	return g_str_has_suffix(word, "-is-control-domain") ||
	       strcmp(word, "caller-is-device-model") == 0 ||
	       (*r->policy && strcmp(word, r->policy) == 0);
}

static unsigned unusual_words(const struct result *r, const char *world)
{
	char **word = g_strsplit(world, "+", -1);
	unsigned nr = 0;

	for (unsigned i = 0; word[i]; i++)
		nr += is_unusual(r, word[i]);
	g_strfreev(word);
	return nr;
}

/* How unusual the most usual of its worlds is. */
static unsigned need_of(const struct result *r, const struct finding *f)
{
	unsigned least = f->worlds->len ? UINT_MAX : 0;

	for (guint i = 0; i < f->worlds->len; i++)
		least = MIN(least, unusual_words(r, f->worlds->pdata[i]));
	return least;
}

/* A confirmed and short witness speaks for the others, best one that the host
 * gets to the end of, and that needs no change by calls beside it. */
static int by_preference(const void *left, const void *right)
{
	const struct ordering *a = *(struct ordering *const *)left;
	const struct ordering *b = *(struct ordering *const *)right;

	if (a->trips_always != b->trips_always)
		return a->trips_always ? -1 : 1;
	if (a->confirmed != b->confirmed)
		return a->confirmed ? -1 : 1;
	if (a->unstopped != b->unstopped)
		return a->unstopped ? -1 : 1;
	if (a->steady != b->steady)
		return a->steady ? -1 : 1;
	if (a->witness->len != b->witness->len)
		return a->witness->len < b->witness->len ? -1 : 1;
	return strcmp(a->id, b->id);
}

/* Findings that need little and are best shown come first: who reads three of them
 * reads those.  Of one kind, those of no ordering come last. */
static int by_weight(const void *left, const void *right, void *context)
{
	const struct result *r = context;
	const struct finding *a = *(struct finding *const *)left;
	const struct finding *b = *(struct finding *const *)right;
	bool is_ordering = a->orderings->len > 0;
	int order = strcmp(a->kind, b->kind);

	if (a->severity != b->severity)
		return a->severity < b->severity ? -1 : 1;
	if (order == 0 && is_ordering != (b->orderings->len > 0))
		return is_ordering ? -1 : 1;
	if (order == 0)
		order = (need_of(r, a) > need_of(r, b)) -
			(need_of(r, a) < need_of(r, b));
	if (order == 0 && is_ordering)
		order = by_preference(&a->orderings->pdata[0],
				      &b->orderings->pdata[0]);
	return order ? order : strcmp(a->id, b->id);
}

void findings_make(struct result *r)
{
	result_clear_findings(r);
	collect_orderings(r);
	collect_lone(r);
	for (guint i = 0; i < r->findings->len; i++) {
		struct finding *f = r->findings->pdata[i];

		g_ptr_array_sort(f->orderings, by_preference);
		if (trips_always(f))
			g_ptr_array_set_size(f->worlds, 0);
		g_ptr_array_sort(f->worlds, by_text);
		f->id = finding_id(r, f);
		f->message = finding_message(r, f);
	}
	g_ptr_array_sort_with_data(r->findings, by_weight, r);
	drop_equal(r);
	suppress_apply(r);
}

bool finding_counts(const struct finding *f, enum fail_on level)
{
	const struct finding_kind *kind = finding_kind_find(f->kind);

	return level != FAIL_ON_NONE && kind && kind->fail_on <= level &&
	       f->context == CONTEXT_RUNNING;
}

unsigned findings_count(const struct result *r, enum fail_on level)
{
	unsigned nr = 0;

	for (guint i = 0; i < r->findings->len; i++)
		nr += finding_counts(r->findings->pdata[i], level);
	return nr;
}
