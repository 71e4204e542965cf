/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Judges an ordering.  What the rule asks of owners (is it a control domain,
 * the current one) is a truth value for each domain that takes part: the owner
 * of the held lock, of the acquired one, and of the one that set the level in
 * force.  Those that the path does not decide are variables.  Each consistent
 * assignment of these is a world; an ordering is judged in every one.  Roles
 * that are not known are tried one after the other.
 */
#include "rule_int.h"

#include <string.h>

#include "mutant.h"
#include "nesting.h"
#include "result_table.h"
#include "result_words.h"

/* What is asked of owners apart from their roles. */
#define ASK_FACTS (1U << ASK_CONTROL | 1U << ASK_CURRENT)

/* Is an owner of that role the domain that runs here? */
static enum tristate is_current(enum owner_role role)
{
	switch (role) {
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

static enum tristate is_control(enum owner_role role, enum tristate control)
{
	if (role == OWNER_NONE || role == OWNER_SPECIAL)
		return TRI_NO;
	return MUTANT(24, TRI_NO, control);
}

/* The bit of enum owner_asked that speaks of the role, or 0. */
static unsigned role_bit(enum owner_role role)
{
	switch (role) {
	case OWNER_SUBJECT:
	case OWNER_REMOTE:
		return 1U << ASK_SUBJECT;
	case OWNER_PARENT:
		return 1U << ASK_PARENT;
	case OWNER_THIRD:
		return 1U << ASK_THIRD;
	case OWNER_SPECIAL:
		return 1U << ASK_SPECIAL;
	case OWNER_NONE:
		return 1U << ASK_NONE;
	case OWNER_CURRENT:
	case OWNER_ANY:
		break;
	}
	return 0;
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

/* May a rule tell levels of owners that are no control domain from each other? */
static bool asks_more_than_control(const struct trial *t)
{
	return (t->table->asked & ~(1U << ASK_CONTROL)) != 0;
}

static unsigned add_party(struct trial *t, const struct lock_ref *lock,
			  const char *otherwise)
{
	struct party *p = &t->party[t->party_nr];
	const char *word = role_word(lock->owner);

	p->word = word ? word : otherwise;
	p->role = lock->owner;
	p->control = is_control(lock->owner, lock->owner_control);
	p->current = is_current(lock->owner);
	return t->party_nr++;
}

/*
 * Was a lock of a parent's asked for that has none of the two?  Approximation:
 * where one of them is a parent's, it is not told what the other one decides.
 */
static bool has_asked_parent(const struct trial *t)
{
	const GArray *asked = t->o->asked;

	for (unsigned i = 0; i < t->party_nr; i++)
		if (t->party[i].role == OWNER_PARENT)
			return false;
	for (guint i = 0; i < asked->len; i++)
		if (g_array_index(asked, struct asked_classes, i).of_parent)
			return true;
	return false;
}

static unsigned add_parent(struct trial *t)
{
	t->party[t->party_nr] = (struct party){
		.word = role_word(OWNER_PARENT),
		.role = OWNER_PARENT,
		.control = TRI_UNKNOWN,
		.current = TRI_UNKNOWN,
	};
	return t->party_nr++;
}

/* The acquired lock belongs to the domain of the held one. */
static unsigned merge_party(struct trial *t)
{
	const struct lock_ref *lock = &t->o->acquired;
	struct party *p = &t->party[t->held];

	if (p->control == TRI_UNKNOWN)
		p->control = is_control(lock->owner, lock->owner_control);
	if (p->current == TRI_UNKNOWN)
		p->current = is_current(lock->owner);
	if (p->role == OWNER_ANY || lock->owner == OWNER_CURRENT)
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
	if (nesting_is_one_domain(o)) {
		t->acquired = merge_party(t);
	} else {
		t->acquired = add_party(t, &o->acquired, "acquired-owner");
		if (strcmp(t->party[0].word, t->party[1].word) == 0) {
			t->party[0].word = "held-owner";
			t->party[1].word = "acquired-owner";
		}
	}
	t->in_force = find_in_force(t);
	t->parent = has_asked_parent(t) && !asks_more_than_control(t)
			    ? add_parent(t)
			    : PARTY_MAX;
}

static void add_variable(struct trial *t, unsigned party,
			 enum owner_asked asked, enum tristate known)
{
	if (known == TRI_UNKNOWN && t->table->asked >> asked & 1)
		t->variable[t->variable_nr++] =
			(struct variable){ party, asked };
}

static void find_variables(struct trial *t)
{
	t->variable_nr = 0;
	for (unsigned i = 0; i < t->party_nr; i++) {
		add_variable(t, i, ASK_CONTROL, t->party[i].control);
		add_variable(t, i, ASK_CURRENT, t->party[i].current);
	}
}

unsigned rule_facts_of(const struct trial *t, unsigned party, unsigned world)
{
	const struct party *p = &t->party[party];
	unsigned facts = role_bit(p->role);

	if (p->control == TRI_YES)
		facts |= 1U << ASK_CONTROL;
	if (p->current == TRI_YES)
		facts |= 1U << ASK_CURRENT;
	for (unsigned i = 0; i < t->variable_nr; i++)
		if (t->variable[i].party == party && world >> i & 1)
			facts |= 1U << t->variable[i].asked;
	return facts;
}

/*
 * Two parties that are both the current domain are one domain: not if they are
 * known to differ, and what is so of one is so of the other.
 */
static bool are_possible(const struct trial *t, unsigned a, unsigned b,
			 unsigned world)
{
	unsigned both = rule_facts_of(t, a, world) & rule_facts_of(t, b, world);
	unsigned differ = rule_facts_of(t, a, world) ^ rule_facts_of(t, b, world);
	bool is_pair = (a == t->held && b == t->acquired) ||
		       (b == t->held && a == t->acquired);

	if (!(t->table->asked & both & 1U << ASK_CURRENT))
		return true;
	if (is_pair && t->o->relation == RELATION_DIFFERENT)
		return false;
	return !(t->table->asked & differ & 1U << ASK_CONTROL);
}

bool rule_is_unprivileged(const struct trial *t, enum owner_role role,
			  bool is_control)
{
	switch (role) {
	case OWNER_CURRENT:
		return !is_control;
	case OWNER_REMOTE:
	case OWNER_PARENT:
	case OWNER_THIRD:
		return is_control && t->r->sole_control;
	default:
		return false;
	}
}

/*
 * A check of access on the way refuses all others, and there is no policy.
 * That there are no two control domains excludes nothing: it is said in words
 * only where a policy could make up for it.
 */
static bool is_refused(const struct trial *t, unsigned world)
{
	if (t->o->privilege != PRIVILEGE_CONTROL || *t->r->policy ||
	    !(t->table->asked >> ASK_CONTROL & 1))
		return false;
	for (unsigned i = 0; i < t->party_nr; i++)
		if (t->party[i].role == OWNER_CURRENT &&
		    !(rule_facts_of(t, i, world) >> ASK_CONTROL & 1))
			return true;
	return false;
}

static bool is_possible(const struct trial *t, unsigned world)
{
	if (is_refused(t, world))
		return false;
	for (unsigned a = 0; a < t->party_nr; a++)
		for (unsigned b = a + 1; b < t->party_nr; b++)
			if (!are_possible(t, a, b, world))
				return false;
	return true;
}

/* The offset of the first row that fits; none: 0. */
static int offset_of(const struct trial *t, uint32_t class, unsigned party,
		     unsigned world)
{
	const struct rule_table *table = t->table;
	unsigned facts = party < PARTY_MAX ? rule_facts_of(t, party, world) : 0;

	for (guint i = 0; i < table->row_nr; i++) {
		const struct rule_row *row = &table->row[i];

		if (table->fits[i * table->class_nr + class] &&
		    (facts & row->asked) == row->wanted)
			return row->offset == RULE_TOP ? table->top
						       : row->offset;
	}
	return 0;
}

static int level_in(const struct trial *t, uint32_t class, unsigned party,
		    unsigned world)
{
	return t->table->level[class] + offset_of(t, class, party, world);
}

static int held_level(const struct trial *t, unsigned world)
{
	return level_in(t, t->o->held.class, t->held, world);
}

static int needed_level(const struct trial *t, unsigned world)
{
	return level_in(t, t->o->acquired.class, t->acquired, world);
}

/* The class that set the level in force; a number that is none if the tree
 * has no such level. */
static uint32_t class_in_force(const struct trial *t)
{
	const struct ordering *o = t->o;
	uint32_t class = 0;

	if (o->in_force_lock > 0 && o->in_force_lock <= o->lockset->len)
		return g_array_index(o->lockset, struct lock_ref,
				     o->in_force_lock - 1).class;
	while (class < t->table->class_nr &&
	       result_class(t->r, class)->level != o->in_force)
		class++;
	return class;
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
 * Does the lock at INDEX of the lockset belong to the acquired one's domain,
 * and in this world not to the held one's, so that it is not taken again?
 */
static bool is_of_other_domain(const struct trial *t, guint index,
			       unsigned world)
{
	const struct ordering *o = t->o;
	const struct lock_ref *lock =
		&g_array_index(o->lockset, struct lock_ref, index);

	if (t->acquired == t->held || !is_checked(lock) ||
	    may_be_owner(lock, &o->held) || !may_be_owner(lock, &o->acquired) ||
	    rule_facts_of(t, t->held, world) ==
		    rule_facts_of(t, t->acquired, world))
		return false;
	for (guint i = 0; i < index; i++) {
		const struct lock_ref *before =
			&g_array_index(o->lockset, struct lock_ref, i);

		if (before->class == lock->class &&
		    !may_be_owner(before, &o->held))
			return false;
	}
	return true;
}

/*
 * The last lock, plus 1, that sets a level in this world only: where it is of
 * the held one's domain, it may be held already, and the level in force is then
 * that of before.  0: there is none.
 */
static guint find_later_in_force(const struct trial *t, unsigned world)
{
	const struct ordering *o = t->o;
	guint i = o->lockset->len;

	while (i > o->in_force_lock && !is_of_other_domain(t, i - 1, world))
		i--;
	return o->in_force_lock && i > o->in_force_lock ? i : 0;
}

static int level_in_force(const struct trial *t, unsigned world)
{
	uint32_t class = class_in_force(t);
	guint later = find_later_in_force(t, world);

	if (t->o->in_force < 0)
		return -1;
	if (later)
		return level_in(t, g_array_index(t->o->lockset, struct lock_ref,
						 later - 1).class,
				t->acquired, world);
	return class < t->table->class_nr
		       ? level_in(t, class, t->in_force, world)
		       : t->o->in_force;
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

/* Does the lock at INDEX of the lockset set a level in this world, below that
 * of the held lock? */
static bool is_below_held(const struct trial *t, guint index, unsigned world)
{
	const struct ordering *o = t->o;
	uint32_t class = g_array_index(o->lockset, struct lock_ref, index).class;

	if (index + 1 == o->in_force_lock &&
	    level_in(t, class, t->in_force, world) < held_level(t, world))
		return true;
	return is_of_other_domain(t, index, world) &&
	       level_in(t, class, t->acquired, world) < held_level(t, world);
}

/*
 * A lock was acquired under the held one, and out of order: the run-time check
 * has stopped this world there, and that is an ordering of its own.
 */
static bool is_stopped_before(const struct trial *t, unsigned world)
{
	const struct ordering *o = t->o;
	guint place = find_place(o);

	if (o->in_force_lock == 0 || !is_checked(&o->held) || place == 0)
		return false;
	for (guint i = place; i < o->lockset->len; i++)
		if (is_below_held(t, i, world))
			return true;
	return false;
}

/* Is the level of the lock at INDEX, of nobody or of no control domain, below
 * that of the held one in this world? */
static bool is_plain_below_held(const struct trial *t, guint index,
				unsigned world)
{
	const struct lock_ref *lock = &g_array_index(
		t->o->lockset, struct lock_ref, index);

	return lock->owner_control == TRI_NO && !asks_more_than_control(t) &&
	       level_in(t, lock->class, PARTY_MAX, world) <
		       held_level(t, world);
}

/*
 * Has this world stopped at a lock above the held one?  With no lower level in
 * between each acquisition needs a level at least that of the one before, the
 * first of them the held lock's.  What is_stopped_before() asks would not do:
 * a release out of order may have left a lower level.
 */
static bool is_stopped_over_held(const struct trial *t, unsigned world)
{
	const struct ordering *o = t->o;

	if (!is_checked(&o->held))
		return false;
	for (guint i = 0; i < MIN(o->lockset->len, OVER_HELD_MAX); i++)
		if (o->over_held >> i & 1 &&
		    (is_below_held(t, i, world) ||
		     is_plain_below_held(t, i, world)))
			return true;
	return false;
}

/* Is one of the classes of SET, of PARTY, below the held lock in this world? */
static bool is_one_below(const struct trial *t, uint32_t set, unsigned party,
			 unsigned world)
{
	for (uint32_t class = 0; class < 32 && set >> class; class++)
		if (set >> class & 1 && class < t->table->class_nr &&
		    level_in(t, class, party, world) < held_level(t, world))
			return true;
	return false;
}

/* Is the current domain no control domain in this world?  It is none if another
 * one is, of which there is one only. */
static bool is_caller_plain(const struct trial *t, unsigned world)
{
	for (unsigned i = 0; i < t->party_nr; i++) {
		enum owner_role role = t->party[i].role;
		bool is_control = rule_facts_of(t, i, world) >> ASK_CONTROL & 1;

		if (role == OWNER_CURRENT)
			return !is_control;
		if (role == OWNER_REMOTE && is_control && t->r->sole_control)
			return true;
	}
	return false;
}

/* Of what one way has asked for, but of a third domain. */
static bool is_way_stopped(const struct trial *t,
			   const struct asked_classes *way, unsigned world)
{
	/* By what they are alone: a subject may be the current domain. */
	bool differ = t->o->relation == RELATION_DIFFERENT ||
		      ((rule_facts_of(t, t->held, world) ^
			rule_facts_of(t, t->acquired, world)) >>
			       ASK_CONTROL & 1);

	return is_one_below(t, way->of_held, t->held, world) ||
	       is_one_below(t, way->of_acquired, t->acquired, world) ||
	       (differ &&
		is_one_below(t, way->of_other, t->acquired, world)) ||
	       (!asks_more_than_control(t) &&
		(is_one_below(t, way->of_plain, PARTY_MAX, world) ||
		 (is_caller_plain(t, world) &&
		  is_one_below(t, way->of_caller, PARTY_MAX, world))));
}

static bool is_stopped_at_parent(const struct trial *t,
				 const struct asked_classes *way,
				 unsigned world)
{
	return t->parent != PARTY_MAX &&
	       is_one_below(t, way->of_parent, t->parent, world);
}

/*
 * Has this world stopped at a lock that was asked for while the held lock's
 * level was in force, and may have been released since: on each way at one of
 * its own?  AT_PARENT: if one way has at a third domain's lock alone.
 */
static bool is_stopped_at_asked(const struct trial *t, unsigned world,
				bool *at_parent)
{
	const GArray *asked = t->o->asked;

	*at_parent = false;
	for (guint i = 0; i < asked->len; i++) {
		const struct asked_classes *way =
			&g_array_index(asked, struct asked_classes, i);

		if (is_way_stopped(t, way, world))
			continue;
		if (!is_stopped_at_parent(t, way, world))
			return false;
		*at_parent = true;
	}
	return asked->len > 0;
}

/*
 * Does this world stop at this very acquisition, for another lock than the held
 * one: that of the level in force?  An ordering of that lock tells it.
 */
static bool is_stopped_there(const struct trial *t, unsigned world)
{
	const struct ordering *o = t->o;

	return o->in_force_lock != 0 && o->acquired.mode != MODE_SPIN &&
	       !o->elsewhere &&
	       level_in_force(t, world) > needed_level(t, world);
}

/*
 * That the third domain is a control domain, or not, is told only where it
 * decides whether a path gets to the acquisition that is out of order.
 */
static void tell_parent(struct trial *t)
{
	if (t->out & ~t->at_parent)
		t->out &= ~t->at_parent;
}

static void try_worlds(struct trial *t)
{
	t->possible = t->out = t->trips = t->stopped = t->over_held = 0;
	t->at_parent = 0;
	find_variables(t);
	for (unsigned world = 0; world < 1U << t->variable_nr; world++) {
		uint64_t bit = UINT64_C(1) << world;
		bool at_asked, at_parent;

		if (!is_possible(t, world))
			continue;
		t->possible |= bit;
		if (held_level(t, world) > needed_level(t, world))
			t->out |= bit;
		at_asked = is_stopped_at_asked(t, world, &at_parent);
		if (at_asked && at_parent)
			t->at_parent |= bit;
		if (is_stopped_over_held(t, world) || at_asked)
			t->over_held |= bit;
		else if (does_trip(t, world))
			t->trips |= bit;
		if (is_stopped_before(t, world) || at_asked ||
		    is_stopped_there(t, world))
			t->stopped |= bit;
	}
	tell_parent(t);
}

static unsigned first_world(uint64_t mask)
{
	unsigned world = 0;

	while (mask && !(mask >> world & 1))
		world++;
	return world;
}

/* What all assignments of roles say together. */
struct sum {
	uint64_t possible, out;	/* of the first one */
	bool differs;		/* from the first one, or its levels do */
	bool any, all;		/* out of order in some, in all worlds */
	bool trips_any, trips_all;
	bool stopped;		/* wherever it is out of order */
	bool unreached;		/* stopped over the held lock, in all worlds */
	unsigned nr;
	bool has_levels, is_shown; /* the ordering has levels, of a world in
				    * which it is out of order */
	bool is_described;
};

static void set_levels(struct trial *t, struct sum *sum)
{
	bool shows = t->trips != 0 || t->out != 0;
	unsigned world;

	if (sum->has_levels && (sum->is_shown || !shows))
		return;
	sum->has_levels = true;
	sum->is_shown = shows;
	world = first_world(t->trips ? t->trips : t->out ? t->out
							  : t->possible);
	t->o->held_level = held_level(t, world);
	t->o->needed_level = needed_level(t, world);
	t->o->level_in_force = level_in_force(t, world);
}

static void add_to_sum(struct trial *t, struct sum *sum)
{
	if (t->possible == 0) {
		set_levels(t, sum);
		sum->has_levels = false;
		return;
	}
	if (sum->nr++ == 0) {
		sum->possible = t->possible;
		sum->out = t->out;
		sum->all = sum->trips_all = sum->stopped = true;
		sum->unreached = true;
	}
	sum->differs |= sum->possible != t->possible || sum->out != t->out;
	sum->any |= t->out != 0;
	sum->all &= t->out == t->possible;
	sum->trips_any |= t->trips != 0;
	sum->trips_all &= t->trips != 0 && t->trips == t->possible;
	sum->stopped &= (t->out & ~t->stopped) == 0;
	sum->unreached &= t->possible == t->over_held;
	set_levels(t, sum);
}

static const enum owner_role tried_roles[] = {
	OWNER_CURRENT, OWNER_SUBJECT, OWNER_PARENT, OWNER_THIRD, OWNER_SPECIAL,
	OWNER_NONE,
};

static void assume_role(struct party *p, enum owner_role role)
{
	p->role = role;
	p->current = is_current(role);
	p->control = is_control(role, p->control);
}

/* What is done with each assignment of roles. */
typedef void role_fn(struct trial *t, const char *roles, void *context);

/*
 * Calls DO for every assignment of roles to the parties from PARTY on whose
 * role is not known, if the rule asks for roles.
 */
static void for_roles(struct trial *t, unsigned party, const char *roles,
		      role_fn *act, void *context)
{
	struct party saved;

	while (party < t->party_nr && t->party[party].role != OWNER_ANY)
		party++;
	if (party == t->party_nr || !(t->table->asked & ~ASK_FACTS)) {
		try_worlds(t);
		act(t, roles, context);
		return;
	}
	saved = t->party[party];
	for (size_t i = 0; i < G_N_ELEMENTS(tried_roles); i++) {
		char *words = g_strdup_printf(
			"%s%s%s-is-%s", roles, *roles ? "+" : "", saved.word,
			owner_words[tried_roles[i]]);

		assume_role(&t->party[party], tried_roles[i]);
		for_roles(t, party + 1, words, act, context);
		t->party[party] = saved;
		g_free(words);
	}
}

static void act_sum(struct trial *t, const char *roles, void *context)
{
	(void)roles;
	add_to_sum(t, context);
}

static void act_describe(struct trial *t, const char *roles, void *context)
{
	struct sum *sum = context;

	if (sum->differs)
		rule_describe_worlds(t, roles);
	else if (!sum->is_described)
		rule_describe_worlds(t, "");
	sum->is_described = true;
}

static enum verdict verdict_of(const struct ordering *o, const struct sum *sum)
{
	if (o->same_object)
		return o->self_deadlock ? VERDICT_VIOLATION : VERDICT_RECURSIVE;
	if (!sum->any)
		return VERDICT_ALLOWED;
	return sum->all ? VERDICT_VIOLATION : VERDICT_CONDITIONAL;
}

static int by_text(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

void rule_judge(const struct rule_table *table, struct result *r,
		  struct ordering *o)
{
	struct trial t = { .table = table, .r = r, .o = o };
	struct sum sum = { .nr = 0 };
	/* The primitive stops the host; a plain lock just waits for itself. */
	bool panics = o->self_deadlock && o->acquired.mode != MODE_SPIN;

	find_parties(&t);
	g_ptr_array_set_size(o->worlds, 0);
	for_roles(&t, 0, "", act_sum, &sum);
	o->verdict = verdict_of(o, &sum);
	if (!o->same_object && sum.any)
		for_roles(&t, 0, "", act_describe, &sum);
	g_ptr_array_sort(o->worlds, by_text);
	o->trips_always = o->same_object ? panics : sum.trips_all;
	o->trips_sometimes = o->same_object ? panics : sum.trips_any;
	o->is_stopped = o->same_object ? !o->self_deadlock : sum.stopped;
	o->is_unreached = !o->same_object && sum.unreached;
}
