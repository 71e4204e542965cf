/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "levels.h"

#include <glib.h>

#include "mutant.h"
#include "nummap.h"
#include "program.h"
#include "value.h"

/*
 * Of more levels than this the lowest are forgotten.  Approximation: what was
 * in force on entry is taken for the next one then.
 */
enum { DEPTH_MAX = 8 };

struct step {
	uint32_t class;		/* index + 1 */
	uint16_t is_write;	/* taken again, it sets no level; 2: all elements
				 * of an array */
	uint16_t is_again;	/* it may be one that a caller holds */
	term_id object;		/* 0: has no name */
	level_chain below;
};

struct levels {
	struct explorer *x;
	struct mapping *map;
	GArray *step;		/* struct step; 0 is none */
	GHashTable *by_step;	/* GBytes -> number */
	struct nummap *above;	/* (edge, chain) -> chain + 1 */
};

struct levels *levels_new(struct explorer *x, struct mapping *map)
{
	struct levels *l = g_new0(struct levels, 1);
	struct step none = { .class = 0 };

	l->x = x;
	l->map = map;
	l->step = g_array_new(FALSE, FALSE, sizeof(struct step));
	g_array_append_val(l->step, none);
	l->by_step = g_hash_table_new_full(g_bytes_hash, g_bytes_equal,
					   (GDestroyNotify)g_bytes_unref,
					   NULL);
	l->above = nummap_new();
	return l;
}

void levels_free(struct levels *l)
{
	g_array_unref(l->step);
	g_hash_table_unref(l->by_step);
	nummap_free(l->above);
	g_free(l);
}

static struct step step_of(const struct levels *l, level_chain chain)
{
	return g_array_index(l->step, struct step, chain);
}

uint32_t levels_class(const struct levels *l, level_chain chain)
{
	return step_of(l, chain).class;
}

level_chain levels_or(const struct levels *l, level_chain chain)
{
	struct step step = step_of(l, chain);

	return step.is_again ? step.below : 0;
}

bool levels_shows(const struct levels *l, level_chain chain, int level)
{
	uint32_t class = step_of(l, chain).class;

	return class && lockprims_level(l->x->p->lp, class) >= level;
}

bool levels_may_show(const struct levels *l, level_chain chain, int level)
{
	struct step step = step_of(l, chain);

	if (levels_shows(l, chain, level))
		return false;
	while (step.is_write && step.object) {
		if (levels_shows(l, step.below, level))
			return true;
		step = step_of(l, step.below);
	}
	return false;
}

uint32_t levels_key(const struct levels *l, level_chain chain)
{
	struct step top = step_of(l, chain);

	/* Approximation: what is deeper does not tell chains apart, and which
	 * object it is only so far as one is told from all of an array. */
	return top.class << 3 | (uint32_t)top.is_again << 2 |
	       (top.object ? top.is_write : 0u);
}

static unsigned int depth(const struct levels *l, level_chain chain)
{
	unsigned int nr = 0;

	for (; chain; chain = step_of(l, chain).below)
		nr++;
	return nr;
}

static level_chain add(struct levels *l, const struct step *step)
{
	GBytes *key;
	void *found;

	if (depth(l, step->below) >= DEPTH_MAX) {
		struct step last = *step;

		last.below = 0;
		return add(l, &last);
	}
	key = g_bytes_new(step, sizeof(*step));
	found = g_hash_table_lookup(l->by_step, key);
	if (found) {
		g_bytes_unref(key);
		return GPOINTER_TO_UINT(found);
	}
	g_array_append_vals(l->step, step, 1);
	g_hash_table_insert(l->by_step, key,
			    GUINT_TO_POINTER(l->step->len - 1));
	return l->step->len - 1;
}

/*
 * One that stands for several: each may be one that was taken again, which
 * left the level from before that in force.  Approximation: of the levels
 * further down nothing is known then.
 */
static void step_of_joined(struct levels *l, const struct held *h,
			   struct step *step)
{
	level_chain below = 0;

	for (int k = 0; k < h->count - 1; k++) {
		struct step before = { .class = h->again[k].class,
				       .is_again = k > 0, .below = below };

		below = before.class ? add(l, &before) : 0;
	}
	step->is_again = true;
	step->below = below;
}

/* May lock number NR be one of the write locks before it? */
static bool may_be_earlier(struct levels *l, const struct state *at, guint nr)
{
	const struct held *own = &g_array_index(at->held, struct held, nr);

	for (guint i = 0; own->kind == LOCKKIND_WRITE && i < nr; i++) {
		const struct held *h = &g_array_index(at->held, struct held,
						      i);

		if (h->kind == LOCKKIND_WRITE && h->count > 0 &&
		    state_same(l->x->p, l->x->t, at, h->object,
			       own->object) == TRI_UNKNOWN)
			return true;
	}
	return false;
}

/* LEVEL, and below it what the locks before number NR have saved. */
static level_chain chain_of(struct levels *l, const struct state *at,
			    const struct level *level, guint nr)
{
	struct step step = { .class = level->class };

	if (!level->class)
		return 0;
	for (; nr > 0; nr--) {
		const struct held *h =
			&g_array_index(at->held, struct held, nr - 1);

		if (h->count <= 0 || h->class != level->class ||
		    (h->owner != level->owner && !h->many))
			continue;
		if (h->many && h->count > 1 && h->kind == LOCKKIND_WRITE) {
			step_of_joined(l, h, &step);
			break;
		}
		if (h->kind == LOCKKIND_WRITE && (!h->many || h->all))
			step.is_write = h->many ? 2 : 1;
		step.object = state_each_element(l->x->t, h->object);
		if (!term_is_stable(l->x->t, step.object))
			step.object = 0;
		step.below = chain_of(l, at, &h->saved, nr - 1);
		step.is_again = may_be_earlier(l, at, nr - 1);
		break;
	}
	return add(l, &step);
}

level_chain levels_at(struct levels *l, const struct state *at)
{
	return chain_of(l, at, &at->level, at->held->len);
}

static level_chain make_above(struct levels *l, const struct call_edge *e,
			      level_chain chain)
{
	struct step step = step_of(l, chain);

	if (!chain)
		return levels_at(l, e->at);
	step.below = levels_above(l, e, step.below);
	step.object = mapping_name(l->map, e, step.object);
	if (step.is_write && step.object) {
		enum tristate held = state_holds_write(
			l->x->p, l->x->t, e->at, step.object);

		if (MUTANT(15, false, held == TRI_YES))
			return step.below;
		step.is_again |= held == TRI_UNKNOWN;
	}
	return add(l, &step);
}

level_chain levels_above(struct levels *l, const struct call_edge *e,
			 level_chain chain)
{
	uint64_t key = NUMMAP_KEY(e->id, chain);
	uint32_t found = *nummap_at(l->above, key);

	if (!found) {
		found = make_above(l, e, chain) + 1;
		*nummap_at(l->above, key) = found;
	}
	return found - 1;
}
