/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "asks.h"

#include <glib.h>

#include "nummap.h"
#include "numset.h"

/* Approximation: of more, those that come later are not kept. */
enum { ASKS_MAX = 24 };

struct asks {
	const struct terms *t;
	GArray *ask;		/* struct ask; element 0 is none */
	struct numsets *rows;	/* what numbers them */
	struct numsets *sets;	/* of their numbers */
	struct nummap *met;	/* (set, set) -> set + 1 */
};

struct asks *asks_new(const struct terms *t)
{
	struct asks *k = g_new0(struct asks, 1);
	struct ask none = { .class = 0 };

	k->t = t;
	k->ask = g_array_new(FALSE, FALSE, sizeof(struct ask));
	g_array_append_val(k->ask, none);
	k->rows = numsets_new();
	k->sets = numsets_new();
	k->met = nummap_new();
	return k;
}

void asks_free(struct asks *k)
{
	g_array_unref(k->ask);
	numsets_free(k->rows);
	numsets_free(k->sets);
	nummap_free(k->met);
	g_free(k);
}

bool asks_is_name(const struct asks *k, term_id id)
{
	return !(term_get(k->t, id)->flags &
		 (TERM_HAS_UNKNOWN | TERM_HAS_LOCAL | TERM_HAS_OLD));
}

static bool is_unnamed(const struct asks *k, term_id id)
{
	return id && !asks_is_name(k, id);
}

static bool has_names(const struct asks *k, const struct ask *ask)
{
	return !is_unnamed(k, ask->force.owner) &&
	       !is_unnamed(k, ask->owner) && !is_unnamed(k, ask->object) &&
	       (ask->kind == ASK_ITSELF ||
		(ask->kind == ASK_OR_HELD ? ask->object : ask->owner));
}

static uint32_t number_of(struct asks *k, const struct ask *ask)
{
	uint32_t words[] = { (uint32_t)ask->kind, ask->force.class,
			     ask->force.owner, ask->class, ask->owner,
			     ask->object };
	uint32_t number = numset_make(k->rows, words, G_N_ELEMENTS(words));

	if (number == k->ask->len)
		g_array_append_val(k->ask, *ask);
	return number;
}

uint32_t asks_add(struct asks *k, uint32_t set, const struct ask *ask)
{
	uint32_t more[ASKS_MAX + 1], nr, at = 0, number;
	const uint32_t *member;

	if (!has_names(k, ask))
		return set;
	number = number_of(k, ask);
	member = numset_members(k->sets, set, &nr);
	if (nr >= ASKS_MAX || numset_has(k->sets, set, number))
		return set;
	for (uint32_t i = 0; i < nr; i++) {
		if (at == i && member[i] > number)
			more[at++] = number;
		more[at++] = member[i];
	}
	if (at == nr)
		more[at++] = number;
	return numset_make(k->sets, more, at);
}

/*
 * Is it one of SET that the lock of ASK was asked for as one of its class, or was
 * held?  What was asked for as one of another class says nothing: a table of
 * which it is not known of which class it is.  Approximation: one that is held, of
 * which a branch tells that alone, is taken for one of the class.
 */
static bool has_or_held(struct asks *k, uint32_t set, const struct ask *ask)
{
	struct ask other = { .kind = ASK_OR_HELD, .force = ask->force,
			     .class = ask->class, .object = ask->object };

	if ((ask->kind != ASK_UNLESS_HELD && ask->kind != ASK_OR_HELD) ||
	    !ask->object)
		return false;
	if (numset_has(k->sets, set, number_of(k, &other)))
		return true;
	other.class = 0;
	return numset_has(k->sets, set, number_of(k, &other));
}

/* Adds to MET those of X that Y says, too. */
static uint32_t add_met(struct asks *k, uint32_t met, uint32_t x, uint32_t y)
{
	for (uint32_t i = 0; i < asks_count(k, x); i++) {
		struct ask ask = *asks_at(k, x, i);

		if (numset_has(k->sets, y, number_of(k, &ask)) ||
		    has_or_held(k, y, &ask))
			met = asks_add(k, met, &ask);
	}
	return met;
}

uint32_t asks_meet(struct asks *k, uint32_t x, uint32_t y)
{
	uint64_t key = NUMMAP_KEY(MIN(x, y), MAX(x, y));
	uint32_t met;

	if (x == y)
		return x;
	if (!x || !y)
		return 0;
	met = *nummap_at(k->met, key);
	if (met)
		return met - 1;
	met = add_met(k, add_met(k, 0, x, y), y, x);
	*nummap_at(k->met, key) = met + 1;
	return met;
}

uint32_t asks_filter(struct asks *k, uint32_t set, asks_keep_fn *keep,
		     void *context)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < asks_count(k, set); i++) {
		struct ask ask = *asks_at(k, set, i);

		if (keep(context, &ask))
			kept = asks_add(k, kept, &ask);
	}
	return kept;
}

static bool is_sure(void *context, const struct ask *ask)
{
	(void)context;
	return ask->kind == ASK_SURE;
}

uint32_t asks_sure(struct asks *k, uint32_t set)
{
	return asks_filter(k, set, is_sure, NULL);
}

/* Is ID a name for callers, too? */
static bool lasts(const struct asks *k, term_id id)
{
	return !id || !(term_get(k->t, id)->flags & TERM_HAS_FRESH);
}

static bool is_lasting(void *context, const struct ask *ask)
{
	const struct asks *k = context;

	return lasts(k, ask->force.owner) && lasts(k, ask->owner) &&
	       lasts(k, ask->object);
}

uint32_t asks_lasting(struct asks *k, uint32_t set)
{
	return asks_filter(k, set, is_lasting, k);
}

uint32_t asks_itself(struct asks *k, uint32_t set, term_id object)
{
	uint32_t out = set;

	for (uint32_t i = 0; object && i < asks_count(k, set); i++) {
		const struct ask *ask = asks_at(k, set, i);
		struct ask itself = { .kind = ASK_ITSELF,
				      .force = ask->force };

		if (ask->object == object)
			out = asks_add(k, out, &itself);
	}
	return out;
}

uint32_t asks_count(const struct asks *k, uint32_t set)
{
	uint32_t nr;

	numset_members(k->sets, set, &nr);
	return nr;
}

const struct ask *asks_at(const struct asks *k, uint32_t set, uint32_t i)
{
	uint32_t nr;

	return &g_array_index(k->ask, struct ask,
			      numset_members(k->sets, set, &nr)[i]);
}
