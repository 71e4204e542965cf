/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inclusion constraints after Andersen, restricted to values that are
 * functions, flow-insensitive and field-based as in Heintze and Tardieu,
 * "Ultra-fast aliasing analysis using CLA" (PLDI 2001).
 *
 * Approximation: a pointer and what it points to are one place: the address of
 * a table of functions "holds" these functions.  A store through a pointer
 * therefore goes back along the copies that brought the pointer there, to all
 * places that it may point to; it is followed only once a function arrives.
 * Both over-report.
 */
#include "places.h"

struct place {
	GArray *function;	/* fact_id: what may rest here; NULL if none */
	GArray *next;		/* place_id: what is copied from here */
	GArray *previous;	/* place_id: what is copied to here */
	GArray *pointer;	/* place_id: what is stored through from here */
	GArray *site;		/* uint32_t: to be told */
	place_id stored;	/* what is stored through pointers here, or 0 */
	uint32_t told;		/* how many of function[] were passed on */
	uint8_t flags, told_flags; /* enum place_flags */
	bool drops_flags;	/* holds functions only */
	bool is_store;		/* it is another place's "stored" */
};

struct places {
	GArray *place;		/* struct place */
	GQueue work;		/* place_id */
	places_fn *told;
	void *context;
};

static struct place *get(struct places *w, place_id id)
{
	return &g_array_index(w->place, struct place, id);
}

static bool add_unique(GArray **array, uint32_t value)
{
	if (!*array)
		*array = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	for (guint i = 0; i < (*array)->len; i++)
		if (g_array_index(*array, uint32_t, i) == value)
			return false;
	g_array_append_val(*array, value);
	return true;
}

static guint length(const GArray *array)
{
	return array ? array->len : 0;
}

struct places *places_new(uint32_t nr, places_fn *told, void *context)
{
	struct places *w = g_new0(struct places, 1);

	w->place = g_array_new(FALSE, TRUE, sizeof(struct place));
	g_array_set_size(w->place, nr);
	g_queue_init(&w->work);
	w->told = told;
	w->context = context;
	return w;
}

static void free_array(GArray *array)
{
	if (array)
		g_array_unref(array);
}

void places_free(struct places *w)
{
	for (place_id i = 0; i < w->place->len; i++) {
		struct place *p = get(w, i);

		free_array(p->function);
		free_array(p->next);
		free_array(p->previous);
		free_array(p->pointer);
		free_array(p->site);
	}
	g_array_unref(w->place);
	g_queue_clear(&w->work);
	g_free(w);
}

place_id places_new_one(struct places *w)
{
	g_array_set_size(w->place, w->place->len + 1);
	get(w, w->place->len - 1)->drops_flags = true;
	return w->place->len - 1;
}

void places_add_function(struct places *w, place_id to, fact_id function)
{
	if (add_unique(&get(w, to)->function, function))
		g_queue_push_tail(&w->work, GUINT_TO_POINTER(to));
}

void places_add_flags(struct places *w, place_id to, uint32_t flags)
{
	struct place *p = get(w, to);

	if (p->drops_flags || (p->flags | flags) == p->flags)
		return;
	p->flags = (uint8_t)(p->flags | flags);
	g_queue_push_tail(&w->work, GUINT_TO_POINTER(to));
}

/* Passes on to one place all that rests at another. */
static void copy_all(struct places *w, place_id from, place_id to)
{
	for (guint i = 0; i < length(get(w, from)->function); i++)
		places_add_function(w, to,
				    g_array_index(get(w, from)->function,
						  fact_id, i));
	places_add_flags(w, to, get(w, from)->flags);
}

static void add_edge(struct places *w, place_id from, place_id to)
{
	if (from == to || !add_unique(&get(w, from)->next, to))
		return;
	add_unique(&get(w, to)->previous, from);
	copy_all(w, from, to);
}

static place_id new_store(struct places *w, place_id pointer)
{
	place_id id = places_new_one(w);

	get(w, id)->is_store = true;
	get(w, pointer)->stored = id;
	return id;
}

/*
 * The place of what is stored through pointers at POINTER: it may be read
 * there, and wherever these pointers came from.
 */
static place_id store_of(struct places *w, place_id pointer)
{
	GQueue todo = G_QUEUE_INIT;

	if (get(w, pointer)->stored)
		return get(w, pointer)->stored;
	new_store(w, pointer);
	g_queue_push_tail(&todo, GUINT_TO_POINTER(pointer));
	while (!g_queue_is_empty(&todo)) {
		place_id at = GPOINTER_TO_UINT(g_queue_pop_head(&todo));

		add_edge(w, get(w, at)->stored, at);
		for (guint i = 0; i < length(get(w, at)->previous); i++) {
			place_id from = g_array_index(get(w, at)->previous,
						      place_id, i);

			if (get(w, from)->is_store)
				continue;
			if (!get(w, from)->stored) {
				new_store(w, from);
				g_queue_push_tail(&todo,
						  GUINT_TO_POINTER(from));
			}
			add_edge(w, get(w, at)->stored,
				 get(w, from)->stored);
		}
	}
	return get(w, pointer)->stored;
}

void places_add_copy(struct places *w, place_id from, place_id to)
{
	add_edge(w, from, to);
	if (from != to && get(w, to)->stored)
		add_edge(w, get(w, to)->stored, store_of(w, from));
}

void places_add_store(struct places *w, place_id from, place_id pointer)
{
	if (add_unique(&get(w, from)->pointer, pointer) &&
	    get(w, from)->function)
		add_edge(w, from, store_of(w, pointer));
}

void places_attach(struct places *w, place_id from, uint32_t site)
{
	if (!add_unique(&get(w, from)->site, site))
		return;
	for (guint i = 0; i < length(get(w, from)->function); i++)
		w->told(site, g_array_index(get(w, from)->function, fact_id,
					    i), 0, w->context);
	if (get(w, from)->flags)
		w->told(site, 0, get(w, from)->flags, w->context);
}

static void tell(struct places *w, place_id id, fact_id function,
		 uint32_t flags)
{
	for (guint i = 0; i < length(get(w, id)->site); i++)
		w->told(g_array_index(get(w, id)->site, uint32_t, i),
			function, flags, w->context);
}

static void pass_function(struct places *w, place_id id, fact_id function)
{
	for (guint i = 0; i < length(get(w, id)->pointer); i++)
		add_edge(w, id,
			 store_of(w, g_array_index(get(w, id)->pointer,
						   place_id, i)));
	for (guint i = 0; i < length(get(w, id)->next); i++)
		places_add_function(w, g_array_index(get(w, id)->next,
						     place_id, i), function);
	tell(w, id, function, 0);
}

static void pass_flags(struct places *w, place_id id, uint8_t flags)
{
	for (guint i = 0; i < length(get(w, id)->next); i++)
		places_add_flags(w, g_array_index(get(w, id)->next, place_id,
						  i), flags);
	tell(w, id, 0, flags);
}

void places_propagate(struct places *w)
{
	while (!g_queue_is_empty(&w->work)) {
		place_id id = GPOINTER_TO_UINT(g_queue_pop_head(&w->work));
		uint8_t flags = get(w, id)->flags;

		if (flags != get(w, id)->told_flags) {
			get(w, id)->told_flags = flags;
			pass_flags(w, id, flags);
		}
		while (get(w, id)->told < length(get(w, id)->function))
			pass_function(w, id, g_array_index(
				get(w, id)->function, fact_id,
				get(w, id)->told++));
	}
}
