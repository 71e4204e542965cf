/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts domains by number where they have one, else by role. */
#include "nesting.h"

/* A bit for each domain that a role names apart from the others. */
static unsigned domain_bit(enum owner_role role)
{
	switch (role) {
	case OWNER_CURRENT:
		return 1;
	case OWNER_SUBJECT:
	case OWNER_REMOTE:
		return 2;
	case OWNER_PARENT:
		return 4;
	case OWNER_THIRD:
		return 8;
	case OWNER_SPECIAL:
	case OWNER_NONE:
	case OWNER_ANY:
		break;
	}
	return 0;
}

/* The lock of that index: the lockset's, then the acquired one. */
static const struct lock_ref *lock_at(const struct ordering *o, guint index)
{
	return index < o->lockset->len
		       ? &g_array_index(o->lockset, struct lock_ref, index)
		       : &o->acquired;
}

static bool has_owner(const struct lock_ref *lock)
{
	return lock->owner != OWNER_NONE && lock->owner != OWNER_SPECIAL;
}

/* Is a lock before it of the same number? */
static bool is_counted(const struct ordering *o, guint index)
{
	for (guint i = 0; i < index; i++)
		if (has_owner(lock_at(o, i)) &&
		    lock_at(o, i)->domain == lock_at(o, index)->domain)
			return true;
	return false;
}

unsigned nesting_domains(const struct ordering *o)
{
	unsigned nr = 0, numbered = 0, roles = 0;

	for (guint i = 0; i <= o->lockset->len; i++) {
		const struct lock_ref *lock = lock_at(o, i);
		unsigned bit = domain_bit(lock->owner);

		if (!has_owner(lock))
			continue;
		if (lock->domain == 0) {
			roles |= bit;
			continue;
		}
		numbered |= bit;
		nr += !is_counted(o, i);
	}
	for (unsigned set = roles & ~numbered; set != 0; set &= set - 1)
		nr++;
	return nr;
}

bool nesting_is_one_domain(const struct ordering *o)
{
	return o->relation == RELATION_SAME ||
	       (o->held.domain != 0 &&
		o->held.domain == o->acquired.domain) ||
	       (o->held.owner == OWNER_CURRENT &&
		o->acquired.owner == OWNER_CURRENT);
}

bool nesting_is_third_domain(const struct ordering *o)
{
	return nesting_domains(o) >= 3;
}

static bool is_one_subject(const struct lock_ref *a, const struct lock_ref *b)
{
	if (domain_bit(a->owner) != 2 || domain_bit(b->owner) != 2)
		return false;
	return a->domain == 0 || b->domain == 0 || a->domain == b->domain;
}

/* The lockset is in order of acquisition. */
bool nesting_is_interleaved(const struct ordering *o)
{
	bool subject = false;

	if (o->held.owner != OWNER_CURRENT || o->same_object)
		return false;
	for (guint i = 0; i < o->lockset->len; i++) {
		const struct lock_ref *lock = lock_at(o, i);

		if (subject && lock->owner == OWNER_CURRENT)
			return true;
		subject |= is_one_subject(lock, &o->acquired);
	}
	return false;
}

bool nesting_may_be_self(const struct ordering *o)
{
	bool caller = false, subject = false;

	for (guint i = 0; i <= o->lockset->len; i++) {
		caller |= lock_at(o, i)->owner == OWNER_CURRENT;
		subject |= lock_at(o, i)->owner == OWNER_SUBJECT;
	}
	return caller && subject;
}

static void count_ordering(struct nesting *n, const struct ordering *o)
{
	unsigned nr = nesting_domains(o);
	bool self = nesting_may_be_self(o);

	n->most = MAX(n->most, nr);
	if (nesting_is_third_domain(o)) {
		n->third++;
		n->third_self += self;
	}
	if (nesting_is_interleaved(o)) {
		n->interleaved++;
		n->interleaved_self += self;
	}
}

struct nesting nesting_count(const struct result *r)
{
	struct nesting n = { .most = 0 };

	for (guint i = 0; i < r->orderings->len; i++) {
		const struct ordering *o = r->orderings->pdata[i];

		if (o->context == CONTEXT_RUNNING && !o->same_object)
			count_ordering(&n, o);
	}
	return n;
}
