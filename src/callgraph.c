/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The call graph.  Function pointers are followed through a graph of places
 * (members of record types, globals, locals, results), flow-insensitively and
 * without telling objects of one type apart: inclusion constraints after
 * Andersen, restricted to values that are functions, and field-based as in
 * Heintze and Tardieu's "Ultra-fast aliasing analysis using CLA" (PLDI 2001).
 *
 * Approximation: a pointer read through an unknown address may be any
 * function of its type whose address is taken; this over-reports.
 */
#include "callgraph.h"

#include <string.h>

/* A place that a function pointer may rest in. */
typedef uint32_t place_id;

struct place {
	GArray *function;	/* fact_id: what may rest here; NULL if none */
	GArray *next;		/* place_id: what is copied from here */
	GArray *site;		/* uint32_t: call sites called through it */
	bool open;		/* something from an unknown place is copied
				 * here as well */
};

struct flow {
	const struct facts *f;
	struct callgraph *cg;
	GArray *place;		/* struct place */
	uint32_t *local_base;	/* per function: place of its local 0; result
				 * is at local 0 */
	uint32_t global_base, field_base;
	GQueue work;		/* place_id */
	GPtrArray *site_targets; /* per call site: GArray of fact_id */
};

static struct place *place_get(struct flow *w, place_id id)
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

static void place_add_function(struct flow *w, place_id id, fact_id function)
{
	if (add_unique(&place_get(w, id)->function, function))
		g_queue_push_tail(&w->work, GUINT_TO_POINTER(id));
}

static void place_open(struct flow *w, place_id id)
{
	if (place_get(w, id)->open)
		return;
	place_get(w, id)->open = true;
	g_queue_push_tail(&w->work, GUINT_TO_POINTER(id));
}

static void place_add_next(struct flow *w, place_id from, place_id to)
{
	struct place *p = place_get(w, from);

	if (from == to || !add_unique(&p->next, to))
		return;
	if (p->open)
		place_open(w, to);
	if (!p->function)
		return;
	for (guint i = 0; i < p->function->len; i++)
		place_add_function(w, to,
				   g_array_index(p->function, fact_id, i));
}

/* The place at an address, or 0 if it is not known which. */
static place_id place_at(const struct flow *w, fact_id function,
			 const struct fact_body *b, uint32_t expr)
{
	const struct fact_expr *e = &b->expr[expr];

	switch (e->op) {
	case EXPR_LOCAL:
		return w->local_base[function] + e->a;
	case EXPR_GLOBAL:
		return w->global_base + e->a;
	case EXPR_FIELD:
		return e->imm ? 0 : w->field_base + e->b;
	case EXPR_INDEX:
		return place_at(w, function, b, e->a);
	default:
		return 0;
	}
}

typedef void source_fn(struct flow *w, place_id from, fact_id constant,
		       void *context);

/* Calls SOURCE for everything that the value of EXPR may come from. */
static void for_sources(struct flow *w, fact_id function,
			const struct fact_body *b, uint32_t expr,
			source_fn *source, void *context)
{
	const struct fact_expr *e = &b->expr[expr];
	place_id from;

	switch (e->op) {
	case EXPR_FUNCTION:
		source(w, 0, e->a, context);
		break;
	case EXPR_LOAD:
		from = place_at(w, function, b, e->a);
		source(w, from, 0, context);
		break;
	case EXPR_UNKNOWN:
		source(w, 0, 0, context);
		break;
	case EXPR_LOCAL:
	case EXPR_GLOBAL:
	case EXPR_FIELD:
		/* An address: what rests there may be read through it. */
		from = place_at(w, function, b, expr);
		if (from)
			source(w, from, 0, context);
		break;
	case EXPR_INDEX:
	case EXPR_CAST:
	case EXPR_ADD:
	case EXPR_OR:
	case EXPR_AND:
		for_sources(w, function, b, e->a, source, context);
		break;
	default:
		break;
	}
}

static void flow_to_place(struct flow *w, place_id from, fact_id constant,
			  void *context)
{
	place_id to = *(place_id *)context;

	if (constant)
		place_add_function(w, to, constant);
	else if (from)
		place_add_next(w, from, to);
	else
		place_open(w, to);
}

static void assign(struct flow *w, fact_id function,
		   const struct fact_body *b, place_id to, uint32_t value)
{
	if (to)
		for_sources(w, function, b, value, flow_to_place, &to);
}

/* Arguments and result of a call of TARGET at a site. */
static void bind_call(struct flow *w, const struct call_site *s,
		      fact_id target)
{
	const struct fact_body *b = FACT_FUNCTION(w->f, s->function)->body;
	const struct fact_function *callee = FACT_FUNCTION(w->f, target);
	const struct fact_node *n = &b->node[s->node];

	if (!callee->body)
		return;
	for (uint32_t i = 0; i < n->extra_nr && i < callee->param_nr; i++)
		assign(w, s->function, b, w->local_base[target] + i + 1,
		       b->extra[n->extra + i]);
	if (n->b)
		place_add_next(w, w->local_base[target],
			       w->local_base[s->function] + n->b);
}

/* Could TARGET be called with this many arguments? */
static bool fits(const struct flow *w, const struct call_site *s,
		 fact_id target)
{
	const struct fact_function *callee = FACT_FUNCTION(w->f, target);
	const struct fact_node *n =
		&FACT_FUNCTION(w->f, s->function)->body->node[s->node];

	if ((n->flags & NODE_FROM_ASM) || !callee->body)
		return true;
	if (callee->flags & FUNCTION_VARIADIC)
		return n->extra_nr >= callee->param_nr;
	return n->extra_nr == callee->param_nr;
}

static void site_add_target(struct flow *w, uint32_t site, fact_id target)
{
	const struct call_site *s =
		&g_array_index(w->cg->site, struct call_site, site);
	GArray *targets = g_ptr_array_index(w->site_targets, site);

	if (fits(w, s, target) && add_unique(&targets, target))
		bind_call(w, s, target);
}

static void site_of_place(struct flow *w, place_id from, fact_id constant,
			  void *context)
{
	uint32_t site = *(uint32_t *)context;
	struct place *p;

	if (constant) {
		site_add_target(w, site, constant);
		return;
	}
	if (!from) {
		g_array_index(w->cg->site, struct call_site, site).open = true;
		return;
	}
	p = place_get(w, from);
	if (!add_unique(&p->site, site) || !p->function)
		return;
	for (guint i = 0; i < p->function->len; i++)
		site_add_target(w, site,
				g_array_index(p->function, fact_id, i));
}

static void add_site(struct flow *w, fact_id function, uint32_t node)
{
	const struct fact_body *b = FACT_FUNCTION(w->f, function)->body;
	const struct fact_expr *callee = &b->expr[b->node[node].a];
	struct call_site s = { .function = function, .node = node };
	uint32_t id = w->cg->site->len;

	s.reason = callee->op == EXPR_FUNCTION ? TARGET_DIRECT : TARGET_FLOW;
	if (callee->op == EXPR_LOAD) {
		const struct fact_expr *at = &b->expr[callee->a];

		while (at->op == EXPR_INDEX)
			at = &b->expr[at->a];
		if (at->op == EXPR_FIELD)
			s.field = at->b;
	}
	g_array_append_val(w->cg->site, s);
	g_ptr_array_add(w->site_targets,
			g_array_new(FALSE, FALSE, sizeof(fact_id)));
	for_sources(w, function, b, b->node[node].a, site_of_place, &id);
}

static void walk_body(struct flow *w, fact_id function)
{
	const struct fact_body *b = FACT_FUNCTION(w->f, function)->body;

	w->cg->first_site[function] = w->cg->site->len;
	for (uint32_t i = 1; b && i < b->node_nr; i++) {
		const struct fact_node *n = &b->node[i];

		if (n->kind == NODE_CALL)
			add_site(w, function, i);
		else if (n->kind == NODE_ASSIGN)
			assign(w, function, b, place_at(w, function, b, n->a),
			       n->b);
		else if (n->kind == NODE_RETURN && n->a)
			assign(w, function, b, w->local_base[function], n->a);
	}
}

static void spread_open(struct flow *w, place_id id)
{
	const struct place *p = place_get(w, id);

	for (guint i = 0; p->next && i < p->next->len; i++)
		place_open(w, g_array_index(p->next, place_id, i));
	for (guint i = 0; p->site && i < p->site->len; i++)
		g_array_index(w->cg->site, struct call_site,
			      g_array_index(p->site, uint32_t, i)).open = true;
}

/* Copies what rests at each place to where it flows, until nothing changes. */
static void propagate(struct flow *w)
{
	while (!g_queue_is_empty(&w->work)) {
		place_id id = GPOINTER_TO_UINT(g_queue_pop_head(&w->work));
		const GArray *functions = place_get(w, id)->function;

		if (place_get(w, id)->open)
			spread_open(w, id);
		for (guint k = 0; functions && k < functions->len; k++) {
			fact_id fn = g_array_index(place_get(w, id)->function,
						   fact_id, k);
			struct place *p = place_get(w, id);

			for (guint i = 0; p->next && i < p->next->len; i++)
				place_add_function(w,
					g_array_index(p->next, place_id, i),
					fn);
			p = place_get(w, id);
			for (guint i = 0; p->site && i < p->site->len; i++)
				site_add_target(w,
					g_array_index(p->site, uint32_t, i),
					fn);
		}
	}
}

/* The function type of the pointer that is called, or 0. */
static fact_id called_type(const struct flow *w, const struct call_site *s)
{
	const struct fact_body *b = FACT_FUNCTION(w->f, s->function)->body;
	const struct fact_node *n = &b->node[s->node];
	const struct fact_expr *e = &b->expr[n->a];
	fact_id type = 0;

	if (n->type)
		type = n->type;
	else if (e->op == EXPR_LOAD && s->field)
		type = FACT_FIELD(w->f, s->field)->type;
	else if (e->op == EXPR_LOAD && b->expr[e->a].op == EXPR_LOCAL)
		type = b->local[b->expr[e->a].a].type;
	else if (e->op == EXPR_LOAD && b->expr[e->a].op == EXPR_GLOBAL)
		type = FACT_GLOBAL(w->f, b->expr[e->a].a)->type;
	while (type && FACT_TYPE(w->f, type)->kind != TYPE_FUNCTION &&
	       FACT_TYPE(w->f, type)->target)
		type = FACT_TYPE(w->f, type)->target;
	return type;
}

/* A pointer from nowhere known: all functions of its type. */
static void match_signatures(struct flow *w)
{
	for (uint32_t i = 0; i < w->cg->site->len; i++) {
		struct call_site *s =
			&g_array_index(w->cg->site, struct call_site, i);
		GArray *targets = g_ptr_array_index(w->site_targets, i);
		fact_id type;

		if (targets->len)
			continue;
		s->reason = TARGET_NONE;
		type = s->open && !s->field ? called_type(w, s) : 0;
		for (fact_id k = 1; type && k < w->f->function->len; k++) {
			const struct fact_function *fn =
				FACT_FUNCTION(w->f, k);

			if (fn->type != type ||
			    !(fn->flags & FUNCTION_ADDRESS_TAKEN))
				continue;
			s->reason = TARGET_SIGNATURE;
			site_add_target(w, i, k);
		}
	}
	propagate(w);
}

static int compare_id(gconstpointer a, gconstpointer b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void store_targets(struct flow *w)
{
	for (uint32_t i = 0; i < w->cg->site->len; i++) {
		struct call_site *s =
			&g_array_index(w->cg->site, struct call_site, i);
		GArray *targets = g_ptr_array_index(w->site_targets, i);

		g_array_sort(targets, compare_id);
		s->target = w->cg->target->len;
		s->target_nr = targets->len;
		if (targets->len && s->reason == TARGET_NONE)
			s->reason = TARGET_FLOW;
		g_array_append_vals(w->cg->target, targets->data,
				    targets->len);
		for (guint k = 0; k < targets->len; k++)
			add_unique(&w->cg->caller[g_array_index(targets,
							fact_id, k)],
				   s->function);
		g_array_unref(targets);
	}
}

static void flow_init(struct flow *w, const struct facts *f,
		      struct callgraph *cg)
{
	uint32_t nr = 1;

	*w = (struct flow){ .f = f, .cg = cg };
	w->local_base = g_new0(uint32_t, f->function->len);
	for (fact_id id = 1; id < f->function->len; id++) {
		const struct fact_function *fn = FACT_FUNCTION(f, id);

		w->local_base[id] = nr;
		nr += fn->body ? fn->body->local_nr : 1;
	}
	w->global_base = nr;
	w->field_base = nr + f->global->len;
	w->place = g_array_new(FALSE, TRUE, sizeof(struct place));
	g_array_set_size(w->place, w->field_base + f->field->len);
	w->site_targets = g_ptr_array_new();
	g_queue_init(&w->work);
}

static void flow_release(struct flow *w)
{
	for (place_id i = 0; i < w->place->len; i++) {
		struct place *p = place_get(w, i);

		if (p->function)
			g_array_unref(p->function);
		if (p->next)
			g_array_unref(p->next);
		if (p->site)
			g_array_unref(p->site);
	}
	g_array_unref(w->place);
	g_ptr_array_unref(w->site_targets);
	g_free(w->local_base);
}

struct callgraph *callgraph_build(const struct facts *f)
{
	struct callgraph *cg = g_new0(struct callgraph, 1);
	struct flow w;

	cg->site = g_array_new(FALSE, TRUE, sizeof(struct call_site));
	cg->target = g_array_new(FALSE, FALSE, sizeof(fact_id));
	cg->function_nr = f->function->len;
	cg->first_site = g_new0(uint32_t, cg->function_nr + 1);
	cg->caller = g_new0(GArray *, cg->function_nr);
	flow_init(&w, f, cg);
	for (fact_id id = 1; id < cg->function_nr; id++)
		walk_body(&w, id);
	cg->first_site[cg->function_nr] = cg->site->len;
	propagate(&w);
	match_signatures(&w);
	store_targets(&w);
	flow_release(&w);
	return cg;
}

void callgraph_free(struct callgraph *cg)
{
	if (!cg)
		return;
	for (uint32_t i = 0; i < cg->function_nr; i++)
		if (cg->caller[i])
			g_array_unref(cg->caller[i]);
	g_free(cg->caller);
	g_free(cg->first_site);
	g_array_unref(cg->site);
	g_array_unref(cg->target);
	g_free(cg);
}

const struct call_site *callgraph_site(const struct callgraph *cg,
				       fact_id function, uint32_t node)
{
	uint32_t low = cg->first_site[function];
	uint32_t high = cg->first_site[function + 1];

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const struct call_site *s =
			&g_array_index(cg->site, struct call_site, middle);

		if (s->node == node)
			return s;
		if (s->node < node)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}
