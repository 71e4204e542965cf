/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Applies a rule to orderings.  Whether an owner's locks get the bias is a
 * truth value for each domain that takes part: the owner of the held lock, of
 * the acquired one, and of the one that set the level in force.  Each
 * consistent assignment of these is a world; an ordering is judged in every
 * one, and the worlds in which it is out of order are written as the smallest
 * conjunctions that cover them (prime implicants, by enumeration: there are
 * at most three domains).
 *
 * Reading the rule out of the tree's code is in rule_read.c.
 */
#include "rule.h"

#include <limits.h>
#include <string.h>

#include "diag.h"
#include "mutant.h"
#include "result_table.h"

enum { PARTY_MAX = 3, WORLD_MAX = 1 << PARTY_MAX };

/* A domain that takes part; words name it in worlds. */
struct party {
	const char *word;
	enum owner_role role;
	enum tristate biased;	/* TRI_UNKNOWN: differs between worlds */
};

/* One ordering under judgement; the masks have one bit a world, a world has
 * one bit a party: set if that party's locks get the bias. */
struct trial {
	const struct rule *rule;
	int bias;
	struct result *r;
	struct ordering *o;
	struct party party[PARTY_MAX];
	unsigned party_nr;
	unsigned held, acquired, in_force; /* which party; in_force may be
					    * PARTY_MAX: none */
	unsigned possible, out, trips, stopped; /* masks of worlds */
};

static const struct { const char *name; enum rule_form form; } forms[] = {
	{ "none", RULE_NONE },
	{ "control-domain", RULE_CONTROL_DOMAIN },
	{ "current-domain", RULE_CURRENT_DOMAIN },
};

/* The tree's own bias, if it has one, serves a rule that is given by name. */
static int bias_of_tree(const struct facts *f, const struct rule_names *names)
{
	struct rule own;
	int bias = 0;

	if (f && rule_read(&own, f, names) == 0)
		bias = own.bias;
	if (f)
		rule_release(&own);
	return bias;
}

static int unknown_form(const struct rule *rule)
{
	return diag_error("%s: the level of a lock is computed in a form that "
			  "is not known; name the rule with --rule",
			  rule->source);
}

int rule_select(struct rule *out, const char *name, const struct facts *f,
		const struct rule_names *names)
{
	memset(out, 0, sizeof(*out));
	if (strcmp(name, "auto") == 0)
		return rule_read(out, f, names) < 0 ? unknown_form(out) : 0;
	for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
		if (strcmp(name, forms[i].name) != 0)
			continue;
		out->name = forms[i].name;
		out->form = forms[i].form;
		out->source = g_strdup("option");
		if (out->form != RULE_NONE)
			out->bias = bias_of_tree(f, names);
		return 0;
	}
	return diag_error("no rule is called '%s'; there are auto, none, "
			  "control-domain and current-domain", name);
}

void rule_release(struct rule *rule)
{
	g_free(rule->source);
	memset(rule, 0, sizeof(*rule));
}

static enum tristate is_biased_control(const struct lock_ref *lock)
{
	if (lock->owner == OWNER_NONE || lock->owner == OWNER_SPECIAL)
		return TRI_NO;
	return MUTANT(24, TRI_NO, lock->owner_control);
}

static enum tristate is_biased_current(const struct lock_ref *lock)
{
	switch (lock->owner) {
	case OWNER_CURRENT:
		return TRI_YES;
	case OWNER_SUBJECT:
	case OWNER_PARENT:
	case OWNER_ANY:
		return TRI_UNKNOWN;
	case OWNER_REMOTE:
	case OWNER_THIRD:
	case OWNER_SPECIAL:
	case OWNER_NONE:
		break;
	}
	return TRI_NO;
}

static enum tristate is_biased(const struct rule *rule,
			       const struct lock_ref *lock)
{
	switch (rule->form) {
	case RULE_CONTROL_DOMAIN:
		return is_biased_control(lock);
	case RULE_CURRENT_DOMAIN:
		return is_biased_current(lock);
	case RULE_NONE:
	case RULE_UNKNOWN_FORM:
		break;
	}
	return TRI_NO;
}

static const char *role_word(enum owner_role role)
{
	switch (role) {
	case OWNER_CURRENT:
		return "caller";
	case OWNER_SUBJECT:
	case OWNER_REMOTE:
		return "subject";
	case OWNER_PARENT:
		return "parent";
	case OWNER_THIRD:
		return "third";
	case OWNER_SPECIAL:
	case OWNER_NONE:
	case OWNER_ANY:
		break;
	}
	return NULL;
}

static unsigned add_party(struct trial *t, const struct lock_ref *lock,
			  const char *otherwise)
{
	struct party *p = &t->party[t->party_nr];
	const char *word = role_word(lock->owner);

	p->word = word ? word : otherwise;
	p->role = lock->owner;
	p->biased = is_biased(t->rule, lock);
	return t->party_nr++;
}

static bool has_same_domain(const struct lock_ref *a,
			    const struct lock_ref *b)
{
	return a->domain != 0 && a->domain == b->domain;
}

static bool is_one_domain(const struct ordering *o)
{
	return o->relation == RELATION_SAME ||
	       has_same_domain(&o->held, &o->acquired) ||
	       (o->held.owner == OWNER_CURRENT &&
		o->acquired.owner == OWNER_CURRENT);
}

/* The acquired lock belongs to the domain of the held one. */
static unsigned merge_party(struct trial *t)
{
	const struct lock_ref *lock = &t->o->acquired;
	struct party *p = &t->party[t->held];
	enum tristate biased = is_biased(t->rule, lock);

	if (p->biased == TRI_UNKNOWN)
		p->biased = biased;
	if (lock->owner == OWNER_CURRENT)
		p->role = lock->owner;
	if (lock->owner == OWNER_CURRENT || !role_word(t->o->held.owner))
		p->word = role_word(lock->owner) ? role_word(lock->owner)
						 : "owner";
	return t->held;
}

static bool is_same_lock(const struct lock_ref *a, const struct lock_ref *b)
{
	return a->class == b->class && a->instance == b->instance &&
	       a->owner == b->owner && a->site.line == b->site.line &&
	       strcmp(a->site.function, b->site.function) == 0;
}

/*
 * Approximation: a lock of the lockset with the role of the held or acquired
 * one belongs to the same domain if numbers do not tell; where a path deals
 * with two subjects, this may hide a world in which the run-time check trips.
 */
static bool may_be_owner(const struct lock_ref *lock,
			 const struct lock_ref *other)
{
	if (lock->domain != 0 && other->domain != 0)
		return lock->domain == other->domain;
	return lock->owner != OWNER_ANY && lock->owner == other->owner;
}

static unsigned find_in_force(struct trial *t)
{
	const struct ordering *o = t->o;
	const struct lock_ref *lock;

	if (o->in_force_lock == 0 || o->in_force_lock > o->lockset->len)
		return PARTY_MAX;
	lock = &g_array_index(o->lockset, struct lock_ref,
			      o->in_force_lock - 1);
	if (is_same_lock(lock, &o->held))
		return t->held;
	if (may_be_owner(lock, &o->held))
		return t->held;
	if (may_be_owner(lock, &o->acquired))
		return t->acquired;
	return add_party(t, lock, "in-force-owner");
}

static void find_parties(struct trial *t)
{
	const struct ordering *o = t->o;

	t->held = add_party(t, &o->held, "held-owner");
	if (is_one_domain(o)) {
		t->acquired = merge_party(t);
	} else {
		t->acquired = add_party(t, &o->acquired, "acquired-owner");
		if (strcmp(t->party[0].word, t->party[1].word) == 0) {
			t->party[0].word = "held-owner";
			t->party[1].word = "acquired-owner";
		}
	}
	t->in_force = find_in_force(t);
}

/*
 * Is the caller no control domain in all worlds in which the parties of CARE
 * are as in VALUE?  If there is one control domain only and it is another one,
 * the caller is none.
 */
static bool is_unprivileged(const struct trial *t, unsigned care,
			    unsigned value)
{
	for (unsigned i = 0; i < t->party_nr; i++) {
		bool bit = value >> i & 1;

		if (t->rule->form != RULE_CONTROL_DOMAIN || !(care >> i & 1))
			continue;
		switch (t->party[i].role) {
		case OWNER_CURRENT:
			if (!bit)
				return true;
			break;
		case OWNER_REMOTE:
		case OWNER_PARENT:
		case OWNER_THIRD:
			if (bit && t->r->sole_control)
				return true;
			break;
		default:
			break;
		}
	}
	return false;
}

/* A check of access on the way refuses all others, and there is no policy. */
static bool is_refused(const struct trial *t, unsigned world)
{
	return t->o->privilege == PRIVILEGE_CONTROL && !*t->r->policy &&
	       is_unprivileged(t, UINT_MAX, world);
}

static bool is_possible(const struct trial *t, unsigned world)
{
	unsigned both = 1U << t->held | 1U << t->acquired;

	for (unsigned i = 0; i < t->party_nr; i++) {
		bool bit = world >> i & 1;

		if (t->party[i].biased == (bit ? TRI_NO : TRI_YES))
			return false;
	}
	if (is_refused(t, world))
		return false;
	if (t->rule->form == RULE_CURRENT_DOMAIN && t->held != t->acquired &&
	    t->o->relation == RELATION_DIFFERENT)
		return (world & both) != both;
	return true;
}

static int level_in(const struct trial *t, int level, unsigned party,
		    unsigned world)
{
	if (party < PARTY_MAX && world >> party & 1)
		return level + t->bias;
	return level;
}

static int held_level(const struct trial *t, unsigned world)
{
	return level_in(t, result_class(t->r, t->o->held.class)->level,
			t->held, world);
}

static int needed_level(const struct trial *t, unsigned world)
{
	return level_in(t, result_class(t->r, t->o->acquired.class)->level,
			t->acquired, world);
}

static int level_in_force(const struct trial *t, unsigned world)
{
	if (t->o->in_force < 0)
		return -1;
	return level_in(t, t->o->in_force, t->in_force, world);
}

/* The run-time check speaks about the level in force only; an ordering is to
 * blame for it if its own locks are out of order, or if no lock held is. */
static bool does_trip(const struct trial *t, unsigned world)
{
	const struct ordering *o = t->o;

	if (!o->runtime_visible ||
	    level_in_force(t, world) <= needed_level(t, world))
		return false;
	return o->in_force_lock == 0 ||
	       held_level(t, world) > needed_level(t, world);
}

static bool is_checked(const struct lock_ref *lock)
{
	return lock->mode != MODE_READ && lock->mode != MODE_SPIN;
}

/* The held lock's place in the lockset, plus 1; 0 if it is not found. */
static guint find_place(const struct ordering *o)
{
	for (guint i = 0; i < o->lockset->len; i++) {
		const struct lock_ref *l =
			&g_array_index(o->lockset, struct lock_ref, i);

		if (l->class == o->held.class && l->mode == o->held.mode &&
		    l->owner == o->held.owner &&
		    l->instance == o->held.instance &&
		    strcmp(l->site.function, o->held.site.function) == 0)
			return i + 1;
	}
	return 0;
}

/*
 * The lock in force was acquired under the held one, and out of order: the
 * run-time check has stopped this world there, and that is an ordering of its
 * own.
 */
static bool is_stopped_before(const struct trial *t, unsigned world)
{
	const struct ordering *o = t->o;

	return !o->runtime_visible && o->in_force_lock != 0 &&
	       is_checked(&o->held) && find_place(o) != 0 &&
	       find_place(o) < o->in_force_lock &&
	       level_in_force(t, world) < held_level(t, world);
}

static void try_worlds(struct trial *t)
{
	for (unsigned world = 0; world < 1U << t->party_nr; world++) {
		if (!is_possible(t, world))
			continue;
		t->possible |= 1U << world;
		if (held_level(t, world) > needed_level(t, world))
			t->out |= 1U << world;
		if (does_trip(t, world))
			t->trips |= 1U << world;
		if (is_stopped_before(t, world))
			t->stopped |= 1U << world;
	}
}

/* The worlds of a cube: those that agree with value on the parties of care. */
static unsigned cube_worlds(unsigned care, unsigned value)
{
	unsigned mask = 0;

	for (unsigned world = 0; world < WORLD_MAX; world++)
		if ((world & care) == value)
			mask |= 1U << world;
	return mask;
}

static void append_word(GString *text, const struct rule *rule,
			const struct party *party, bool biased)
{
	const char *not = biased ? "" : "not-";

	if (text->len > 0)
		g_string_append_c(text, '+');
	if (rule->form == RULE_CURRENT_DOMAIN)
		g_string_append_printf(text, "caller-is-%s%s", not,
				       party->word);
	else
		g_string_append_printf(text, "%s-is-%scontrol-domain",
				       party->word, not);
}

static void append_path(GString *text, const struct ordering *o)
{
	for (guint i = 0; i < o->path_worlds->len; i++) {
		if (text->len > 0)
			g_string_append_c(text, '+');
		g_string_append(text, o->path_worlds->pdata[i]);
	}
}

/* WORD: what else must be so; or NULL. */
static void add_world_with(struct trial *t, unsigned care, unsigned value,
			   const char *word)
{
	GString *text = g_string_new("");

	for (unsigned i = 0; i < t->party_nr; i++)
		if (care >> i & 1)
			append_word(text, t->rule, &t->party[i],
				    value >> i & 1);
	if (word)
		g_string_append_printf(text, "%s%s", text->len > 0 ? "+" : "",
				       word);
	append_path(text, t->o);
	if (text->len > 0)
		g_ptr_array_add(t->o->worlds,
				(void *)result_text(t->r, text->str));
	g_string_free(text, TRUE);
}

/* Do the worlds hold that of two domains one is a control domain? */
static bool tells_two_apart(const struct trial *t, unsigned care,
			    unsigned value)
{
	unsigned yes = care & value, no = care & ~value;

	for (unsigned i = 0; i < t->party_nr; i++)
		if (yes >> i & 1 && (t->party[i].role == OWNER_REMOTE ||
				     t->party[i].role == OWNER_PARENT))
			return true;
	return yes != 0 && no != 0;
}

/* Does what the checks of access on the way have asked exclude the caller of
 * these worlds? */
static bool needs_more(const struct trial *t, unsigned care, unsigned value)
{
	return is_unprivileged(t, care, value) &&
	       t->o->privilege != PRIVILEGE_NONE &&
	       (t->o->privilege != PRIVILEGE_TARGET ||
		tells_two_apart(t, care, value));
}

static void add_world(struct trial *t, unsigned care, unsigned value)
{
	if (!needs_more(t, care, value)) {
		add_world_with(t, care, value, NULL);
		return;
	}
	if (t->o->privilege != PRIVILEGE_CONTROL)
		add_world_with(t, care, value, "caller-is-device-model");
	if (*t->r->policy)
		add_world_with(t, care, value, t->r->policy);
}

static unsigned literals(unsigned care)
{
	return (care & 1) + (care >> 1 & 1) + (care >> 2 & 1);
}

static void describe_size(struct trial *t, unsigned size, unsigned *left)
{
	unsigned all = (1U << t->party_nr) - 1;

	for (unsigned care = 0; care <= all; care++) {
		if (literals(care) != size)
			continue;
		for (unsigned value = 0; value <= all; value++) {
			unsigned cube = cube_worlds(care, value) & t->possible;

			if ((value & ~care) != 0 || (cube & ~t->out) != 0 ||
			    (cube & *left) == 0)
				continue;
			add_world(t, care, value);
			*left &= ~cube;
		}
	}
}

static int by_text(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void describe_worlds(struct trial *t)
{
	unsigned left = t->out;

	for (unsigned size = 0; left != 0 && size <= t->party_nr; size++)
		describe_size(t, size, &left);
	g_ptr_array_sort(t->o->worlds, by_text);
}

static unsigned first_world(unsigned mask)
{
	unsigned world = 0;

	while (world < WORLD_MAX && !(mask >> world & 1))
		world++;
	return world;
}

static enum verdict verdict_of(const struct trial *t)
{
	if (t->o->same_object)
		return VERDICT_RECURSIVE;
	if (t->out == 0)
		return VERDICT_ALLOWED;
	return t->out == t->possible ? VERDICT_VIOLATION : VERDICT_CONDITIONAL;
}

static void judge(const struct rule *rule, int bias, struct result *r,
		  struct ordering *o)
{
	struct trial t = { .rule = rule, .bias = bias, .r = r, .o = o };
	unsigned world;

	find_parties(&t);
	try_worlds(&t);
	g_ptr_array_set_size(o->worlds, 0);
	o->verdict = verdict_of(&t);
	if (o->same_object)
		t.out = t.trips = 0;
	describe_worlds(&t);
	o->trips_always = t.trips != 0 && t.trips == t.possible;
	o->trips_sometimes = t.trips != 0;
	o->is_stopped = (t.out & ~t.stopped) == 0;
	world = first_world(t.trips ? t.trips : t.out ? t.out : t.possible);
	o->held_level = held_level(&t, world);
	o->needed_level = needed_level(&t, world);
	o->level_in_force = level_in_force(&t, world);
}

static int highest_level(const struct result *r)
{
	int highest = 0;

	for (guint i = 0; i < r->classes->len; i++)
		highest = MAX(highest, result_class(r, i)->level);
	return highest;
}

void rule_apply(const struct rule *rule, struct result *r)
{
	int bias = rule->bias;

	if (rule->form == RULE_NONE)
		bias = 0;
	else if (bias == 0)
		bias = highest_level(r);
	r->rule.name = result_text(r, rule->name);
	r->rule.source = result_text(r, rule->source);
	r->rule.bias = bias;
	for (guint i = 0; i < r->orderings->len; i++)
		judge(rule, bias, r, r->orderings->pdata[i]);
}
