/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reasons are tried from the strongest to the weakest: what is no check at
 * all, what sets no level, what another lock did to the level, what has been
 * stopped before.
 */
#include "runtime_text.h"

#include "result_table.h"

static char *text_of_recursion(void)
{
	return g_strdup("The same lock is taken again, which it permits: the "
			"run-time check is skipped.");
}

static char *text_of_trip(const struct ordering *o)
{
	if (o->self_deadlock)
		return g_strdup("The run-time check sees it: this CPU holds "
				"the lock already, and what takes it here does "
				"not permit that, so that the host stops.");
	return g_strdup_printf(
		"The run-time check sees it: level %d is in force and %d is "
		"wanted, so that the host stops %s.", o->level_in_force,
		o->needed_level, o->trips_always ?
		"whatever the domains are" : "in the worlds named here");
}

/* By what the acquired lock is; NULL: it is checked. */
static const char *reason_of_acquired(const struct ordering *o)
{
	switch (o->acquired.mode) {
	case MODE_SPIN:
		return "The second lock is taken as a plain spinlock: the "
		       "run-time check is not asked at all.";
	case MODE_TRY:
		return "The second lock is only tried: the run-time check is "
		       "not asked, and nobody waits.";
	case MODE_WRITE:
	case MODE_READ:
	case MODE_ORDER:
		break;
	}
	return NULL;
}

/* By what the held lock is; NULL: it sets a level. */
static const char *reason_of_held(const struct ordering *o)
{
	switch (o->held.mode) {
	case MODE_READ:
		return "The first lock is held for reading. That is checked, "
		       "but sets no level: what is acquired under it is "
		       "compared with whatever was in force before.";
	case MODE_SPIN:
		return "The first lock is held as a plain spinlock, which sets "
		       "no level: the run-time check does not know of it.";
	case MODE_TRY:
	case MODE_WRITE:
	case MODE_ORDER:
		break;
	}
	return NULL;
}

static char *level_word(int level)
{
	return level < 0 ? g_strdup("none") : g_strdup_printf("%d", level);
}

static char *text_of_lower_level(const struct result *r,
				 const struct ordering *o)
{
	char *level = level_word(o->level_in_force), *text;
	const struct lock_ref *lock;

	if (o->in_force_lock == 0) {
		text = g_strdup_printf(
			"The level in force is %s, which none of the locks "
			"held justifies: a release out of order or a second "
			"take has set it. The run-time check compares with "
			"that, not with the %d of the lock held.", level,
			o->held_level);
	} else {
		lock = &g_array_index(o->lockset, struct lock_ref,
				      o->in_force_lock - 1);
		text = g_strdup_printf(
			"The level in force is %s, set by %s in %s after the "
			"first lock. The run-time check compares with that, "
			"not with the %d of the lock held.", level,
			result_class(r, lock->class)->name,
			lock->site.function, o->held_level);
	}
	g_free(level);
	return text;
}

static char *text_of_hidden(const struct result *r, const struct ordering *o)
{
	const char *reason = reason_of_acquired(o);

	if (o->self_deadlock)
		return g_strdup("The run-time check is not asked for a plain "
				"spinlock: the CPU waits for itself.");
	if (!reason)
		reason = reason_of_held(o);
	if (o->is_stopped)
		return g_strdup("The run-time check stops the path before, or "
				"here for another lock: that one is out of "
				"order, and is an ordering of its own.");
	if (reason)
		return g_strdup(reason);
	return text_of_lower_level(r, o);
}

static char *text_of_order(const struct ordering *o)
{
	const char *reason = reason_of_acquired(o);

	if (!reason && o->level_in_force > o->needed_level)
		return g_strdup_printf(
			"These two are in order, and yet the run-time check "
			"may stop the host here: the level in force, %d, was "
			"set by another lock, and that is an ordering of its "
			"own.",
			o->level_in_force);
	if (o->held.class == o->acquired.class)
		return g_strdup("Both locks have one level, and the run-time "
				"check allows equal levels: it says nothing "
				"about the order of the two.");
	return g_strdup(reason ? reason : "The run-time check finds nothing: "
			"the second lock's level is not below the one in "
			"force.");
}

char *runtime_text(const struct result *r, const struct ordering *o)
{
	if (o->verdict == VERDICT_RECURSIVE)
		return text_of_recursion();
	if (o->trips_sometimes)
		return text_of_trip(o);
	if (o->verdict == VERDICT_ALLOWED)
		return text_of_order(o);
	return text_of_hidden(r, o);
}

char *runtime_text_lone(const struct lone_lock *s)
{
	char *in_force, *justified, *text;

	if (s->in_interrupt)
		return g_strdup("The run-time check compares its level with "
				"that of what was interrupted, if that holds "
				"a lock; if it holds this one, the CPU waits "
				"for itself.");
	in_force = level_word(s->level_in_force);
	justified = level_word(s->level_justified);
	text = g_strdup_printf(
		"The run-time check keeps one level a CPU. Here it is %s, "
		"while the locks held justify %s: what is acquired next is "
		"compared with the wrong level.", in_force, justified);

	g_free(in_force);
	g_free(justified);
	return text;
}
