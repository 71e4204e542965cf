/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words for findings: what is acquired where, under what, and the levels. */
#include "findings_text.h"

#include <string.h>

#include "nesting.h"
#include "result_table.h"
#include "result_words.h"

static const char *class_name(const struct result *r,
			      const struct lock_ref *lock)
{
	return result_class(r, lock->class)->name;
}

static const char *owner_text(enum owner_role owner)
{
	switch (owner) {
	case OWNER_CURRENT:
		return "of the caller";
	case OWNER_SUBJECT:
		return "of the subject";
	case OWNER_REMOTE:
		return "of a remote subject";
	case OWNER_PARENT:
		return "of the parent";
	case OWNER_THIRD:
		return "of a third domain";
	case OWNER_SPECIAL:
		return "of a special domain";
	case OWNER_NONE:
		return "without owner";
	case OWNER_ANY:
		break;
	}
	return "of a domain";
}

static void append_lock(GString *text, const struct result *r,
			const struct lock_ref *lock)
{
	g_string_append(text, class_name(r, lock));
	if (lock->instance != INSTANCE_ANY)
		g_string_append_printf(text, " (%s)",
				       instance_words[lock->instance]);
	g_string_append_printf(text, " %s", owner_text(lock->owner));
	if (lock->mode == MODE_READ || lock->mode == MODE_SPIN)
		g_string_append_printf(text, " in mode %s",
				       mode_words[lock->mode]);
}

static void append_pair(GString *text, const struct result *r,
			const struct ordering *o)
{
	append_lock(text, r, &o->acquired);
	g_string_append_printf(text, " acquired in %s while ",
			       o->acquired.site.function);
	append_lock(text, r, &o->held);
	g_string_append_printf(text, " is held since %s",
			       o->held.site.function);
	if (strcmp(o->holder.function, o->held.site.function) != 0)
		g_string_append_printf(text, " (in %s)", o->holder.function);
}

static void append_levels(GString *text, const struct finding *f,
			  const struct ordering *o)
{
	if (o->self_deadlock)
		g_string_append(text, ": it is the same lock, and what takes "
				"it here does not permit that");
	else if (strcmp(f->kind, "hidden-inversion") == 0)
		g_string_append_printf(text, ": %d > %d, which the run-time "
				       "check does not see", o->held_level,
				       o->needed_level);
	else if (strcmp(f->kind, "stale-level") == 0)
		g_string_append_printf(text, ": taken again, it sets level %d, "
				       "below the %d in force",
				       o->needed_level, o->level_in_force);
	else if (o->held_level > o->needed_level)
		g_string_append_printf(text, ": %d > %d", o->held_level,
				       o->needed_level);
	else
		g_string_append_printf(text, ": level %d is still in force, "
				       "above %d", o->level_in_force,
				       o->needed_level);
}

static void append_worlds(GString *text, const struct finding *f)
{
	for (guint i = 0; i < f->worlds->len; i++)
		g_string_append_printf(text, "%s%s", i ? ", or " : " if ",
				       (const char *)f->worlds->pdata[i]);
}

static void append_domains(GString *text, const struct result *r,
			   const struct ordering *o)
{
	g_string_append(text, ", with the locks ");
	for (guint i = 0; i < o->lockset->len; i++) {
		if (i > 0)
			g_string_append(text, ", ");
		append_lock(text, r, &g_array_index(o->lockset,
						    struct lock_ref, i));
	}
	if (nesting_is_third_domain(o))
		g_string_append_printf(text, ": %u domains, unless two of them "
				       "are one", nesting_domains(o));
	if (nesting_may_be_self(o))
		g_string_append(text, "; the subject may be the caller");
}

static void append_ordering(GString *text, const struct result *r,
			    const struct finding *f, const struct ordering *o)
{
	append_pair(text, r, o);
	if (strcmp(f->kind, "lock-cycle") == 0) {
		g_string_append(text, ", by another CPU, which is waited for");
	} else if (strcmp(f->kind, "same-level") == 0) {
		g_string_append(text, ": one class, in no fixed order");
	} else if (strcmp(f->kind, "third-domain") == 0 ||
		   strcmp(f->kind, "interleaved") == 0) {
		append_domains(text, r, o);
	} else {
		append_levels(text, f, o);
		append_worlds(text, f);
	}
}

static void append_level(GString *text, int level)
{
	if (level < 0)
		g_string_append(text, "that on entry");
	else
		g_string_append_printf(text, "%d", level);
}

static void append_lone(GString *text, const struct result *r,
			 const struct lone_lock *s)
{
	g_string_append(text, "after the release of ");
	append_lock(text, r, &s->lock);
	g_string_append(text, " the level in force is ");
	append_level(text, s->level_in_force);
	g_string_append(text, ", the locks held justify ");
	append_level(text, s->level_justified);
}

static void append_interrupt(GString *text, const struct result *r,
			     const struct lone_lock *s)
{
	append_lock(text, r, &s->lock);
	g_string_append_printf(text, " acquired in %s, in an interrupt, by %s",
			       s->lock.site.function, s->holder.function);
}

const char *finding_message(struct result *r, const struct finding *f)
{
	GString *text = g_string_new("");
	const char *message;

	if (f->lone && f->lone->in_interrupt)
		append_interrupt(text, r, f->lone);
	else if (f->lone)
		append_lone(text, r, f->lone);
	else if (f->orderings->len > 0)
		append_ordering(text, r, f, f->orderings->pdata[0]);
	if (f->orderings->len > 1)
		g_string_append_printf(text, " (and %u more)",
				       f->orderings->len - 1);
	message = result_text(r, text->str);
	g_string_free(text, TRUE);
	return message;
}
