/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sets of classes are spread along the calls that were explored: what is
 * acquired, to callers; what is held, to callees.
 *
 * Approximation: guards are not looked at, nor in which order a function does
 * things; the sets are too large rather than too small.
 */
#include "effect.h"

#include "program.h"

struct effects {
	const struct explorer *x;
	uint32_t nr;		/* functions */
	class_set *acquired;	/* per function: by it and all it calls */
	class_set *above;	/* ... by its callers */
	class_set *held;	/* ... held by its callers */
};

/* CLASS is an index + 1, or 0. */
static class_set bit_of(uint32_t class)
{
	return class ? UINT32_C(1) << MIN(class - 1, 31) : 0;
}

static class_set held_in(const struct state *at)
{
	class_set set = 0;

	for (guint i = 0; i < at->held->len; i++) {
		const struct held *h = &g_array_index(at->held, struct held,
						      i);

		if (h->count > 0)
			set |= bit_of(h->class);
	}
	return set;
}

static const struct call_edge *edge_at(const struct summary *s, guint i)
{
	return g_ptr_array_index(s->edge, i);
}

static const struct event *event_at(const struct summary *s, guint i)
{
	return g_ptr_array_index(s->event, i);
}

static bool join(class_set *to, class_set from)
{
	class_set old = *to;

	*to |= from;
	return *to != old;
}

static class_set own(const struct summary *s)
{
	class_set set = 0;

	for (guint i = 0; i < s->event->len; i++)
		set |= bit_of(event_at(s, i)->view.class);
	return set;
}

/* One pass over all calls; true: something grew. */
static bool spread(struct effects *e)
{
	bool grew = false;

	for (fact_id id = 1; id < e->nr; id++) {
		const struct summary *s = e->x->summary[id];

		for (guint i = 0; s && i < s->edge->len; i++) {
			const struct call_edge *c = edge_at(s, i);

			grew |= join(&e->acquired[id],
				     e->acquired[c->callee]);
			grew |= join(&e->held[c->callee],
				     e->held[id] | held_in(c->at));
		}
	}
	return grew;
}

static bool spread_above(struct effects *e)
{
	bool grew = false;

	for (fact_id id = 1; id < e->nr; id++) {
		const struct summary *s = e->x->summary[id];

		for (guint i = 0; s && i < s->edge->len; i++)
			grew |= join(&e->above[edge_at(s, i)->callee],
				     e->above[id] | e->acquired[id]);
	}
	return grew;
}

struct effects *effects_new(const struct explorer *x)
{
	struct effects *e = g_new0(struct effects, 1);

	e->x = x;
	e->nr = x->p->f->function->len;
	e->acquired = g_new0(class_set, e->nr);
	e->above = g_new0(class_set, e->nr);
	e->held = g_new0(class_set, e->nr);
	for (fact_id id = 1; id < e->nr; id++)
		if (x->summary[id])
			e->acquired[id] = own(x->summary[id]);
	while (spread(e))
		;
	while (spread_above(e))
		;
	return e;
}

void effects_free(struct effects *e)
{
	g_free(e->acquired);
	g_free(e->above);
	g_free(e->held);
	g_free(e);
}

class_set effects_acquired(const struct effects *e, fact_id function)
{
	return e->acquired[function];
}

class_set effects_acquired_by_type(const struct effects *e, fact_id type)
{
	class_set set = 0;

	for (fact_id id = 1; id < e->nr; id++) {
		const struct fact_function *fn =
			FACT_FUNCTION(e->x->p->f, id);

		if ((fn->flags & FUNCTION_ADDRESS_TAKEN) &&
		    (!type || fn->type == type))
			set |= e->acquired[id];
	}
	return set;
}

class_set effects_acquired_at(const struct effects *e, fact_id function,
			      uint32_t node)
{
	const struct summary *s = e->x->summary[function];
	class_set set = 0;

	if (node == 0)
		return e->acquired[function];
	for (guint i = 0; s && i < s->edge->len; i++)
		if (edge_at(s, i)->node == node)
			set |= e->acquired[edge_at(s, i)->callee];
	return set ? set : e->acquired[function];
}

class_set effects_acquired_above(const struct effects *e, fact_id function)
{
	return e->above[function];
}

class_set effects_held(const struct effects *e, fact_id function,
		       uint32_t node)
{
	const struct summary *s = e->x->summary[function];
	class_set here = 0, anywhere = 0;

	for (guint i = 0; s && i < s->edge->len; i++) {
		class_set set = held_in(edge_at(s, i)->at);

		anywhere |= set;
		if (edge_at(s, i)->node == node)
			here |= set;
	}
	for (guint i = 0; s && i < s->event->len; i++) {
		class_set set = held_in(event_at(s, i)->at);

		anywhere |= set | bit_of(event_at(s, i)->view.class);
		if (event_at(s, i)->node == node)
			here |= set;
	}
	return e->held[function] | (here ? here : anywhere);
}

class_set effects_returned(const struct effects *e, fact_id function)
{
	const struct summary *s = e->x->summary[function];
	class_set set = 0;

	for (guint i = 0; s && i < s->exits->len; i++) {
		const struct exit_state *exit = g_ptr_array_index(s->exits, i);

		for (guint k = 0; k < exit->state->held->len; k++)
			set |= bit_of(g_array_index(exit->state->held,
						    struct held, k).class);
	}
	return set;
}

static void append_classes(GString *text, const struct effects *e,
			   class_set set)
{
	const struct lockprims *lp = e->x->p->lp;
	const GArray *class = lp->class;
	const char *separator = "";
	class_set all = class->len < 32 ? bit_of(class->len + 1) - 1
					: UINT32_MAX;

	if (class->len > 2 && set == all) {
		g_string_append(text, "any class");
		return;
	}
	for (guint i = 0; i < class->len; i++) {
		uint32_t number = lockprims_ranked(lp, i);

		if (!(set & bit_of(number)))
			continue;
		g_string_append_printf(text, "%s%s", separator,
				       lockprims_class(lp, number)->name);
		separator = ", ";
	}
}

char *effects_text(const struct effects *e, class_set acquired, class_set held)
{
	GString *text;

	if (!acquired)
		return NULL;
	text = g_string_new("orderings of ");
	append_classes(text, e, acquired);
	if (held) {
		g_string_append(text, " under ");
		append_classes(text, e, held);
	}
	return g_string_free(text, FALSE);
}
