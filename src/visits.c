/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "visits.h"

#include <string.h>

#include "program.h"

/* The visits of one search in one function where the same is told. */
struct chain {
	uint32_t search;
	uint32_t newest;	/* index + 1 of the last one */
	uint32_t nr;
};

struct visits *visits_new(struct handup *h, struct upgraph *g)
{
	struct visits *v = g_new0(struct visits, 1);

	v->h = h;
	v->g = g;
	v->list = g_array_new(FALSE, FALSE, sizeof(struct visit));
	v->chain = g_array_new(FALSE, TRUE, sizeof(struct chain));
	v->chain_of = nummap_new();
	return v;
}

void visits_free(struct visits *v)
{
	g_array_unref(v->list);
	g_array_unref(v->chain);
	nummap_free(v->chain_of);
	g_free(v);
}

void visits_begin(struct visits *v)
{
	g_array_set_size(v->list, 0);
	v->search++;
}

bool visits_have(const struct visits *v, uint32_t node)
{
	const struct up_node *n = upgraph_at(v->g, node);

	return n->search == v->search || n->closed;
}

/* That of S in this search; borrowed until the next one is asked for. */
static struct chain *find_chain(struct visits *v, const struct up_spot *s)
{
	uint32_t *number = nummap_at(v->chain_of,
				     NUMMAP_KEY(s->function, s->told));
	struct chain *chain;

	if (!*number) {
		g_array_set_size(v->chain, v->chain->len + 1);
		*number = v->chain->len;
	}
	chain = &g_array_index(v->chain, struct chain, *number - 1);
	if (chain->search != v->search)
		*chain = (struct chain){ .search = v->search };
	return chain;
}

bool visits_cover(struct visits *v, const struct up_spot *s)
{
	for (uint32_t i = find_chain(v, s)->newest; i;) {
		const struct visit *visit =
			&g_array_index(v->list, struct visit, i - 1);
		struct up_spot old = upgraph_spot(v->g, visit->node);

		if (way_needs_no_more(old.flags, s->flags) &&
		    numset_is_subset(v->h->sets, old.guard, s->guard))
			return true;
		i = visit->older;
	}
	return false;
}

uint32_t visits_count_alike(struct visits *v, const struct up_spot *s)
{
	return find_chain(v, s)->nr;
}

void visits_add(struct visits *v, struct visit new)
{
	struct up_spot s = upgraph_spot(v->g, new.node);
	struct chain *chain = find_chain(v, &s);

	upgraph_at(v->g, new.node)->search = v->search;
	new.older = chain->newest;
	g_array_append_val(v->list, new);
	chain->newest = v->list->len;
	chain->nr++;
}

/*
 * Can a way begin in FUNCTION?  Code that is freed after boot is not run from
 * entry points of a running host.
 */
static bool may_begin(const struct visits *v, fact_id function,
		      const struct acquisition *a)
{
	return v->h->reach->is_entry[function] &&
	       (a->context != CONTEXT_BOOT ||
		program_context(v->h->x->p, function) == CONTEXT_BOOT);
}

bool visits_know(const GArray *ways, const struct way *way)
{
	for (guint i = 0; i < ways->len; i++) {
		const struct way *old = &g_array_index(ways, struct way, i);

		if (memcmp(&old->view, &way->view, sizeof(way->view)) == 0 &&
		    old->level == way->level && old->context <= way->context)
			return true;
	}
	return false;
}

bool visits_end(const struct visits *v, uint32_t index,
		const struct up_spot *s, const struct acquisition *a,
		GArray *ways)
{
	const struct visit *at = &g_array_index(v->list, struct visit, index);
	const struct told *told = upgraph_told(v->g, s->told);
	bool asserted;
	struct way way;

	if (!may_begin(v, s->function, a) ||
	    !upgraph_is_open(v->g, s->guard, &asserted) ||
	    (a->aside && asserted))
		return false;
	way = (struct way){ .view = told->view,
			    .context = program_context(v->h->x->p,
						       s->function),
			    .level = told->level };
	way.view.flags = s->flags | (asserted ? STATE_ASSERT_FAILED : 0);
	if (visits_know(ways, &way))
		return false;
	way.edge = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	while (at->from) {
		g_array_append_val(way.edge, at->edge);
		at = &g_array_index(v->list, struct visit, at->from - 1);
	}
	g_array_append_val(ways, way);
	return true;
}

bool visits_tell(const struct visits *v, const struct up_spot *s,
		 const GArray *ways)
{
	const struct told *n = upgraph_told(v->g, s->told);

	if (!told_is_final(n))
		return false;
	for (guint i = 0; i < ways->len; i++) {
		const struct way *way = &g_array_index(ways, struct way, i);

		if (way_views_alike(&n->view, &way->view) &&
		    way_needs_no_more(way->view.flags, s->flags) &&
		    way->level == n->level && way->context == CONTEXT_RUNNING)
			return true;
	}
	return false;
}
