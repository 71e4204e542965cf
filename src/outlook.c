/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The closure over callers of (function, what is told there), by strongly
 * connected components (Tarjan, SIAM J. Comput. 1972): all members of one have
 * the same outlook.  Where nothing is left to be told, it is that of the
 * function alone: the contexts of the entry points above it.
 */
#include "outlook.h"

#include <string.h>

#include "namerows.h"
#include "nummap.h"
#include "program.h"

#define NOT_ENTERED UINT32_MAX

struct spot {
	fact_id function;
	uint32_t told;
	uint32_t order;		/* when it was entered, and the least one that */
	uint32_t low;		/* it leads back to; or NOT_ENTERED */
	uint32_t set;		/* once DONE */
	uint32_t first, above_nr; /* of the spots above it, each once */
	bool done;
};

/* What is told in a caller. */
struct up {
	fact_id function;
	struct told told;
};

/* A spot that is being left for those above it, one by one. */
struct frame {
	uint32_t spot;
	uint32_t next;		/* index among them */
};

struct outlook {
	struct handup *h;
	struct upgraph *g;
	uint8_t *contexts;	/* per function: bits of enum context, of the
				 * entry points above */
	GArray *spot;		/* struct spot */
	uint32_t entered;	/* so many */
	struct nummap *spot_of;	/* (function, told) -> number + 1 */
	GArray *above;		/* uint32_t: spots, see struct spot */
	GArray *frame;		/* struct frame: the way to the current one */
	GArray *open;		/* uint32_t: spots whose component is not
				 * closed */
	GArray *end;		/* struct way: what may be told */
	struct numsets *by_end;	/* what is told, as words -> number + 1 */
	struct numsets *sets;
	GArray *member;		/* uint32_t: of the set that is being made */
	struct namerows *rows;
	GArray *up;		/* struct up: above the spot that is entered */
};

/* Bits of the contexts in which ways can begin above each function. */
static uint8_t *find_contexts(const struct handup *h)
{
	const struct program *p = h->x->p;
	uint8_t *contexts = g_new0(uint8_t, p->f->function->len);
	bool changed = true;

	for (fact_id f = 1; f < p->f->function->len; f++)
		if (h->reach->is_entry[f])
			contexts[f] = (uint8_t)(1 << program_context(p, f));
	while (changed) {
		changed = false;
		for (guint i = 0; i < h->edge->len; i++) {
			const struct call_edge *e =
				g_ptr_array_index(h->edge, i);
			uint8_t more = contexts[e->caller] &
				       (uint8_t)~contexts[e->callee];

			contexts[e->callee] |= more;
			changed |= more != 0;
		}
	}
	return contexts;
}

static void make_tables(struct outlook *o)
{
	o->spot = g_array_new(FALSE, FALSE, sizeof(struct spot));
	o->spot_of = nummap_new();
	o->above = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	o->end = g_array_new(FALSE, FALSE, sizeof(struct way));
	o->by_end = numsets_new();
	o->sets = numsets_new();
	o->rows = namerows_new(o->h);
}

static void free_tables(struct outlook *o)
{
	g_array_unref(o->spot);
	nummap_free(o->spot_of);
	g_array_unref(o->above);
	g_array_unref(o->end);
	numsets_free(o->by_end);
	numsets_free(o->sets);
	namerows_free(o->rows);
}

struct outlook *outlook_new(struct handup *h, struct upgraph *g)
{
	struct outlook *o = g_new0(struct outlook, 1);

	o->h = h;
	o->g = g;
	o->contexts = find_contexts(h);
	o->frame = g_array_new(FALSE, FALSE, sizeof(struct frame));
	o->open = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	o->member = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	o->up = g_array_new(FALSE, FALSE, sizeof(struct up));
	make_tables(o);
	return o;
}

void outlook_free(struct outlook *o)
{
	free_tables(o);
	g_array_unref(o->frame);
	g_array_unref(o->open);
	g_array_unref(o->member);
	g_array_unref(o->up);
	g_free(o->contexts);
	g_free(o);
}

void outlook_forget(struct outlook *o)
{
	free_tables(o);
	make_tables(o);
}

uint32_t outlook_size(const struct outlook *o)
{
	return o->spot->len;
}

/* The number of what TOLD tells at an entry point of CONTEXT. */
static uint32_t end_make(struct outlook *o, const struct told *told,
			 enum context context)
{
	struct way end = { .view = told->view, .context = context };
	uint32_t words[sizeof(end.view) / sizeof(uint32_t) + 1], number;

	end.view.flags = 0;
	memcpy(words, &end.view, sizeof(end.view));
	words[G_N_ELEMENTS(words) - 1] = (uint32_t)context;
	number = numset_make(o->by_end, words, G_N_ELEMENTS(words));
	if (number > o->end->len)
		g_array_append_val(o->end, end);
	return number - 1;
}

static void add_member(struct outlook *o, uint32_t member)
{
	guint i = o->member->len;

	while (i && g_array_index(o->member, uint32_t, i - 1) > member)
		i--;
	if (!i || g_array_index(o->member, uint32_t, i - 1) != member)
		g_array_insert_val(o->member, i, member);
}

/* What TOLD tells at entry points of CONTEXTS, a set of bits. */
static void add_ends(struct outlook *o, uint32_t told, uint8_t contexts)
{
	const struct told *n = upgraph_told(o->g, told);

	for (int c = 0; c < CONTEXT_NR; c++)
		if (contexts >> c & 1)
			add_member(o, end_make(o, n, (enum context)c));
}

static uint32_t close_set(struct outlook *o)
{
	uint32_t set = numset_make(o->sets, (uint32_t *)(void *)o->member->data,
				   o->member->len);

	g_array_set_size(o->member, 0);
	return set;
}

static struct spot *spot_at(const struct outlook *o, uint32_t number)
{
	return &g_array_index(o->spot, struct spot, number);
}

/* One that is new has not been entered yet, unless nothing is left to be told
 * there. */
static uint32_t spot_make(struct outlook *o, fact_id function, uint32_t told)
{
	uint32_t *number = nummap_at(o->spot_of, NUMMAP_KEY(function, told));
	struct spot new = { .function = function, .told = told,
			    .low = NOT_ENTERED };

	if (*number)
		return *number - 1;
	*number = o->spot->len + 1;
	if (told_is_final(upgraph_told(o->g, told))) {
		add_ends(o, told, o->contexts[function]);
		new.set = close_set(o);
		new.done = true;
	}
	g_array_append_val(o->spot, new);
	return o->spot->len - 1;
}

/* What callers know of different names may come to the same. */
static bool is_listed(const struct outlook *o, const struct up *new)
{
	for (guint i = o->up->len; i > 0; i--) {
		const struct up *up = &g_array_index(o->up, struct up, i - 1);

		if (up->function != new->function)
			return false;
		if (memcmp(&up->told, &new->told, sizeof(up->told)) == 0)
			return true;
	}
	return false;
}

/* What is told above SPOT, each once.  Where the two locks turn out to be one,
 * nothing is. */
static void tell_above(struct outlook *o, const struct spot *spot)
{
	const struct told *n = upgraph_told(o->g, spot->told);
	uint32_t nr;
	const struct caller_names *c =
		namerows_find(o->rows, spot->function, n, &nr);

	g_array_set_size(o->up, 0);
	for (uint32_t i = 0; i < nr; i++) {
		struct up new = { .function = c[i].caller };

		if (told_with_names(n, &c[i].names, &new.told) &&
		    !is_listed(o, &new))
			g_array_append_val(o->up, new);
	}
}

static void find_above(struct outlook *o, uint32_t spot)
{
	struct spot s = *spot_at(o, spot);

	tell_above(o, &s);
	s.first = o->above->len;
	s.above_nr = o->up->len;
	for (guint i = 0; i < o->up->len; i++) {
		const struct up *up = &g_array_index(o->up, struct up, i);
		uint32_t above = spot_make(o, up->function,
					   upgraph_tell(o->g, &up->told));

		g_array_append_val(o->above, above);
	}
	*spot_at(o, spot) = s;
}

static void enter(struct outlook *o, uint32_t spot)
{
	struct frame frame = { .spot = spot };

	find_above(o, spot);
	spot_at(o, spot)->low = spot_at(o, spot)->order = ++o->entered;
	g_array_append_val(o->frame, frame);
	g_array_append_val(o->open, spot);
}

/* What SPOT, of a component that is complete, tells itself, and those above it
 * that are done. */
static void add_own(struct outlook *o, uint32_t spot)
{
	struct spot s = *spot_at(o, spot);
	const struct program *p = o->h->x->p;

	if (o->h->reach->is_entry[s.function])
		add_ends(o, s.told,
			 (uint8_t)(1 << program_context(p, s.function)));
	for (uint32_t i = 0; i < s.above_nr; i++) {
		const struct spot *up = spot_at(
			o, g_array_index(o->above, uint32_t, s.first + i));
		const uint32_t *member;
		uint32_t nr;

		if (!up->done)
			continue;
		member = numset_members(o->sets, up->set, &nr);
		for (uint32_t k = 0; k < nr; k++)
			add_member(o, member[k]);
	}
}

/* SPOT is the first of its component, which is complete: the spots opened since
 * are its others. */
static void close_component(struct outlook *o, uint32_t spot)
{
	guint first = o->open->len;
	uint32_t set;

	do
		add_own(o, g_array_index(o->open, uint32_t, --first));
	while (g_array_index(o->open, uint32_t, first) != spot);
	set = close_set(o);
	for (guint i = first; i < o->open->len; i++) {
		struct spot *s =
			spot_at(o, g_array_index(o->open, uint32_t, i));

		s->set = set;
		s->done = true;
	}
	g_array_set_size(o->open, first);
}

static void lead_back(struct outlook *o, uint32_t spot, uint32_t low)
{
	struct spot *s = spot_at(o, spot);

	s->low = MIN(s->low, low);
}

/* SPOT, of the last frame, has been gone through. */
static void leave(struct outlook *o, uint32_t spot)
{
	guint depth = o->frame->len - 1;

	g_array_set_size(o->frame, depth);
	if (spot_at(o, spot)->low == spot_at(o, spot)->order)
		close_component(o, spot);
	else
		lead_back(o,
			  g_array_index(o->frame, struct frame, depth - 1).spot,
			  spot_at(o, spot)->low);
}

/* The next one above the last frame's spot; or that one is left. */
static void go_on(struct outlook *o)
{
	struct frame *f = &g_array_index(o->frame, struct frame,
					 o->frame->len - 1);
	const struct spot *s = spot_at(o, f->spot), *up;
	uint32_t above;

	if (f->next == s->above_nr) {
		leave(o, f->spot);
		return;
	}
	above = g_array_index(o->above, uint32_t, s->first + f->next++);
	up = spot_at(o, above);
	if (up->done)
		return;
	if (up->low == NOT_ENTERED)
		enter(o, above);
	else
		lead_back(o, f->spot, up->order);
}

uint32_t outlook_of(struct outlook *o, fact_id function, uint32_t told)
{
	uint32_t spot = spot_make(o, function, upgraph_told_bare(o->g, told));

	if (!spot_at(o, spot)->done)
		enter(o, spot);
	while (o->frame->len)
		go_on(o);
	return spot_at(o, spot)->set;
}

const uint32_t *outlook_members(const struct outlook *o, uint32_t set,
				uint32_t *nr)
{
	return numset_members(o->sets, set, nr);
}

struct way outlook_at(const struct outlook *o, uint32_t number)
{
	return g_array_index(o->end, struct way, number);
}
