/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The call graph: what each body does to function pointers becomes edges
 * between places (places.h), and what arrives at a call site its targets.
 *
 * Approximations, which over-report: a pointer from nowhere known may be any
 * function of its type whose address is taken; assembly may store each of its
 * operands to each other one.
 *
 * Approximations that could hide a target: members of one type are told apart,
 * so that a store through a pointer to another type is not seen; a table that
 * is found through a pointer is taken to hold no more than what is known to
 * be stored there, if that is anything; of what is stored through a pointer to
 * a function pointer, or by assembly, only known functions count.  What is then
 * left out, as it was stored to other objects, is told by pointsto.c.
 */
#include "callgraph.h"

#include <string.h>

#include "linktable.h"
#include "model.h"
#include "narrow.h"
#include "places.h"

struct flow {
	const struct facts *f;
	const struct model *m;
	struct callgraph *cg;
	struct places *places;
	uint32_t *local_base;	/* per function: place of its local 0; result
				 * is at local 0 */
	uint32_t global_base, field_base;
	fact_id *union_first;	/* per record: of a union, a member that is a
				 * function pointer, or 0 */
	GPtrArray *site_targets; /* per call site: GArray of fact_id */
	GPtrArray *site_others;	/* ... of those that take fewer arguments, or
				 * more, and are no targets */
	GArray *from_asm;	/* fact_id: functions that assembly is given */
	GArray **table;		/* per global that is a table which the linker
				 * makes: fact_id of what is in it */
	uint8_t *copies;	/* per function: copies memory */
};

/* A place, and whether a pointer of unknown target led there. */
struct spot {
	place_id place;		/* 0: not known */
	bool is_far;
};

static bool add_unique(GArray *array, uint32_t value)
{
	for (guint i = 0; i < array->len; i++)
		if (g_array_index(array, uint32_t, i) == value)
			return false;
	g_array_append_val(array, value);
	return true;
}

static struct call_site *site_get(const struct flow *w, uint32_t id)
{
	return &g_array_index(w->cg->site, struct call_site, id);
}

static const struct fact_body *body_of(const struct flow *w, fact_id function)
{
	return FACT_FUNCTION(w->f, function)->body;
}

/* ---- places of expressions ---- */

static bool is_function_pointer(const struct flow *w, fact_id type)
{
	while (type && FACT_TYPE(w->f, type)->kind == TYPE_ARRAY)
		type = FACT_TYPE(w->f, type)->target;
	return type && FACT_TYPE(w->f, type)->kind == TYPE_FUNCTION_POINTER;
}

/* Function pointers in one union are one place. */
static place_id place_of_field(const struct flow *w, fact_id field)
{
	const struct fact_field *f = FACT_FIELD(w->f, field);

	if (w->union_first[f->record] && is_function_pointer(w, f->type))
		field = w->union_first[f->record];
	return w->field_base + field;
}

/* What is at an address. */
static struct spot spot_at(const struct flow *w, fact_id function,
			   uint32_t expr)
{
	const struct fact_expr *e = &body_of(w, function)->expr[expr];
	struct spot s = { 0, false };

	switch (e->op) {
	case EXPR_LOCAL:
		s.place = w->local_base[function] + e->a;
		return s;
	case EXPR_GLOBAL:
		s.place = w->global_base + e->a;
		return s;
	case EXPR_FIELD:
		s.place = e->imm ? 0 : place_of_field(w, e->b);
		return s;
	case EXPR_INDEX:
		return spot_at(w, function, e->a);
	case EXPR_LOAD:
	case EXPR_CAST:
	case EXPR_ADD:
		s = spot_at(w, function, e->a);
		s.is_far = true;
		return s;
	default:
		return s;
	}
}

typedef void source_fn(struct flow *w, struct spot from, fact_id constant,
		       uint32_t flags, void *context);

static void spot_source(struct flow *w, struct spot from, source_fn *source,
			void *context)
{
	source(w, from, 0, from.place ? 0 : PLACE_OPEN, context);
	if (from.is_far)
		source(w, (struct spot){ 0 }, 0, PLACE_FAR, context);
}

/* Calls SOURCE for everything that the value of EXPR may come from. */
static void for_sources(struct flow *w, fact_id function, uint32_t expr,
			source_fn *source, void *context)
{
	const struct fact_expr *e = &body_of(w, function)->expr[expr];
	const struct spot nowhere = { 0 };
	struct spot at;

	switch (e->op) {
	case EXPR_FUNCTION:
		source(w, nowhere, e->a, 0, context);
		break;
	case EXPR_LOAD:
		spot_source(w, spot_at(w, function, e->a), source, context);
		break;
	case EXPR_UNKNOWN:
		source(w, nowhere, 0, PLACE_OPEN, context);
		break;
	case EXPR_CONST:
		source(w, nowhere, 0, PLACE_NULL, context);
		break;
	case EXPR_LOCAL:
	case EXPR_GLOBAL:
	case EXPR_FIELD:
		/* An address: what rests there may be read through it. */
		at = spot_at(w, function, expr);
		if (at.place)
			source(w, at, 0, 0, context);
		break;
	case EXPR_INDEX:
	case EXPR_ADD:
		/* Somewhere in the object, which may be one of bytes. */
		source(w, nowhere, 0, PLACE_FAR, context);
		for_sources(w, function, e->a, source, context);
		break;
	case EXPR_CAST:
	case EXPR_OR:
	case EXPR_AND:
		for_sources(w, function, e->a, source, context);
		break;
	case EXPR_STRING:
		break;
	default:
		source(w, nowhere, 0, PLACE_FAR, context);
		break;
	}
}

static void flow_to_place(struct flow *w, struct spot from, fact_id constant,
			  uint32_t flags, void *context)
{
	place_id to = *(place_id *)context;

	if (constant)
		places_add_function(w->places, to, constant);
	else if (from.place)
		places_add_copy(w->places, from.place, to);
	if (flags)
		places_add_flags(w->places, to, flags);
}

static void assign(struct flow *w, fact_id function, place_id to,
		   uint32_t value)
{
	if (to)
		for_sources(w, function, value, flow_to_place, &to);
}

/* A place of its own for the functions that a value may be. */
static place_id place_of_value(struct flow *w, fact_id function,
			       uint32_t value)
{
	place_id own = places_new_one(w->places);

	assign(w, function, own, value);
	return own;
}

/* What rests at FROM may be copied to TO, or to where the pointers there lead. */
static void put(struct flow *w, place_id from, struct spot to)
{
	if (to.place && to.is_far)
		places_add_store(w->places, from, to.place);
	else if (to.place)
		places_add_copy(w->places, from, to.place);
}

static void store(struct flow *w, fact_id function, uint32_t address,
		  uint32_t value)
{
	struct spot to = spot_at(w, function, address);
	const struct fact_expr *e = &body_of(w, function)->expr[value];

	if (!to.is_far)
		assign(w, function, to.place, value);
	else if (e->op != EXPR_CONST)
		put(w, place_of_value(w, function, value), to);
}

/* ---- calls ---- */

/* Arguments and result of a call of TARGET at a site. */
static void bind_call(struct flow *w, const struct call_site *s,
		      fact_id target)
{
	const struct fact_body *b = body_of(w, s->function);
	const struct fact_function *callee = FACT_FUNCTION(w->f, target);
	const struct fact_node *n = &b->node[s->node];

	if (!callee->body)
		return;
	for (uint32_t i = 0; i < n->extra_nr && i < callee->param_nr; i++)
		assign(w, s->function, w->local_base[target] + i + 1,
		       b->extra[n->extra + i]);
	if (n->b)
		places_add_copy(w->places, w->local_base[target],
				w->local_base[s->function] + n->b);
}

/*
 * Could TARGET be called with this many arguments?  If IS_SHORT, it may look
 * at fewer, as those do that a table of hypercalls has under one type.
 */
static bool fits(const struct flow *w, const struct call_site *s,
		 fact_id target, bool is_short)
{
	const struct fact_function *callee = FACT_FUNCTION(w->f, target);
	const struct fact_node *n = &body_of(w, s->function)->node[s->node];

	if ((n->flags & NODE_FROM_ASM) || !callee->body)
		return true;
	if ((callee->flags & FUNCTION_VARIADIC) || is_short)
		return n->extra_nr >= callee->param_nr;
	return n->extra_nr == callee->param_nr;
}

/* What the second argument points to is stored to where the first one does. */
static void copy_memory(struct flow *w, const struct call_site *s)
{
	const struct fact_body *b = body_of(w, s->function);
	const struct fact_node *n = &b->node[s->node];
	uint32_t object = b->extra[n->extra + 1];

	if (b->expr[object].op == EXPR_FUNCTION)
		return;		/* its code is copied */
	put(w, place_of_value(w, s->function, object),
	    spot_at(w, s->function, b->extra[n->extra]));
}

static void site_add_target(struct flow *w, uint32_t site, fact_id target)
{
	const struct call_site *s = site_get(w, site);
	const struct fact_body *b = body_of(w, s->function);
	GArray *targets = g_ptr_array_index(w->site_targets, site);

	if (s->reason == TARGET_OUTSIDE)
		return;
	if (!fits(w, s, target, s->is_short)) {
		add_unique(g_ptr_array_index(w->site_others, site), target);
		return;
	}
	if (!add_unique(targets, target))
		return;
	bind_call(w, s, target);
	if (b->node[s->node].extra_nr >= 2 &&
	    w->copies[target])
		copy_memory(w, s);
}

/* A places_fn. */
static void site_told(uint32_t site, fact_id function, uint32_t flags,
		      void *context)
{
	struct flow *w = context;

	if (function)
		site_add_target(w, site, function);
	site_get(w, site)->flags |= flags;
}

static void flow_to_site(struct flow *w, struct spot from, fact_id constant,
			 uint32_t flags, void *context)
{
	uint32_t site = *(uint32_t *)context;

	if (constant || flags)
		site_told(site, constant, flags, w);
	if (from.place)
		places_attach(w->places, from.place, site);
}

/* The member or variable that is called through, if it is one; members in
 * *FIELD.  Its type, or 0. */
static fact_id called_object(const struct flow *w, fact_id function,
			     uint32_t callee, fact_id *field)
{
	const struct fact_body *b = body_of(w, function);
	const struct fact_expr *e = &b->expr[callee];

	if (e->op != EXPR_LOAD)
		return 0;
	e = &b->expr[e->a];
	while (e->op == EXPR_INDEX)
		e = &b->expr[e->a];
	if (e->op == EXPR_FIELD && !e->imm) {
		*field = e->b;
		return FACT_FIELD(w->f, e->b)->type;
	}
	return e->op == EXPR_GLOBAL ? FACT_GLOBAL(w->f, e->a)->type : 0;
}

static void add_site(struct flow *w, fact_id function, uint32_t node)
{
	const struct fact_body *b = body_of(w, function);
	const struct fact_node *n = &b->node[node];
	struct call_site s = { .function = function, .node = node };
	uint32_t id = w->cg->site->len;
	fact_id type = called_object(w, function, n->a, &s.field);

	s.reason = b->expr[n->a].op == EXPR_FUNCTION ? TARGET_DIRECT
						     : TARGET_FLOW;
	s.is_slot = is_function_pointer(w, type);
	s.is_hidden = (n->flags & (NODE_ELSEWHERE | NODE_FAULT)) != 0;
	g_array_append_val(w->cg->site, s);
	g_ptr_array_add(w->site_targets,
			g_array_new(FALSE, FALSE, sizeof(fact_id)));
	g_ptr_array_add(w->site_others,
			g_array_new(FALSE, FALSE, sizeof(fact_id)));
	for_sources(w, function, n->a, flow_to_site, &id);
}

/* ---- bodies ---- */

static void note_operand(struct flow *w, struct spot from, fact_id constant,
			 uint32_t flags, void *context)
{
	(void)from;
	(void)flags;
	(void)context;
	if (constant)
		add_unique(w->from_asm, constant);
}

/* What an operand of assembly holds may be stored to each other one that it
 * can write. */
static void walk_asm(struct flow *w, fact_id function,
		     const struct fact_node *n)
{
	const struct fact_body *b = body_of(w, function);
	place_id operands = places_new_one(w->places);

	for (uint32_t i = 0; i < n->extra_nr; i++) {
		uint32_t expr = b->extra[n->extra + i];

		assign(w, function, operands, expr);
		if (i < n->b)
			put(w, operands, spot_at(w, function, expr));
		else
			for_sources(w, function, expr, note_operand, NULL);
	}
}

static void walk_node(struct flow *w, fact_id function, uint32_t node)
{
	const struct fact_node *n = &body_of(w, function)->node[node];

	switch (n->kind) {
	case NODE_CALL:
		add_site(w, function, node);
		break;
	case NODE_ASSIGN:
		store(w, function, n->a, n->b);
		break;
	case NODE_RETURN:
		if (n->a)
			assign(w, function, w->local_base[function], n->a);
		break;
	case NODE_ASM:
		walk_asm(w, function, n);
		break;
	default:
		break;
	}
}

static void walk_bodies(struct flow *w)
{
	struct callgraph *cg = w->cg;

	for (fact_id id = 1; id < cg->function_nr; id++) {
		const struct fact_body *b = body_of(w, id);

		cg->first_site[id] = cg->site->len;
		for (uint32_t i = 1; b && i < b->node_nr; i++)
			walk_node(w, id, i);
	}
	cg->first_site[cg->function_nr] = cg->site->len;
}

/* ---- tables that the linker makes ---- */

static void fill_section_tables(struct flow *w)
{
	for (fact_id id = 1; id < w->f->global->len; id++)
		for (guint i = 0; w->table[id] && i < w->table[id]->len; i++)
			places_add_copy(w->places,
					w->global_base +
						g_array_index(w->table[id],
							      fact_id, i),
					w->global_base + id);
}

/* ---- what no flow tells ---- */

/* The function type of the pointer that is called, or 0. */
static fact_id called_type(const struct flow *w, const struct call_site *s)
{
	const struct fact_body *b = body_of(w, s->function);
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

/* Does an entry name the function that the site is in? */
static bool is_named(const struct flow *w, enum model_directive directive,
		     const struct call_site *s)
{
	return model_names(w->m, directive,
			  FACT_FUNCTION(w->f, s->function)->name);
}

/* Does an entry name the member called through, or its record with ".*"? */
static bool is_member_named(const struct flow *w,
			    enum model_directive directive,
			    const struct call_site *s)
{
	const struct fact_field *field = FACT_FIELD(w->f, s->field);
	char *name;
	bool found;

	if (!s->field)
		return false;
	name = g_strdup_printf("%s.%s",
			       FACT_RECORD(w->f, field->record)->name,
			       field->name);
	found = model_names(w->m, directive, name);
	g_free(name);
	return found;
}

/* Could a function that is not among the targets be called there? */
static bool is_open(const struct flow *w, const struct call_site *s,
		    uint32_t target_nr)
{
	const struct fact_body *b = body_of(w, s->function);
	struct fact_expr at;

	if (s->reason == TARGET_DIRECT)
		return false;
	if (s->flags & PLACE_OPEN)
		return true;
	if (target_nr)
		return false;
	if (s->flags & PLACE_FAR)
		return true;
	/* Only null, or nothing at all was ever stored to the slot. */
	if (s->is_slot || (s->flags & PLACE_NULL))
		return false;
	/* The parameter of a function that nobody calls. */
	at = b->expr[b->node[s->node].a];
	if (at.op == EXPR_LOAD)
		at = b->expr[at.a];
	return at.op != EXPR_LOCAL || !(b->local[at.a].flags & LOCAL_PARAM) ||
	       (FACT_FUNCTION(w->f, s->function)->flags &
		(FUNCTION_ADDRESS_TAKEN | FUNCTION_ASM_CALLED));
}

/*
 * Where no function takes as many arguments as are passed, nor comes from
 * assembly, those are called that take fewer.  Approximation: where one does,
 * others are taken to have got there by an analysis that does not tell objects
 * apart.
 */
static void add_short(struct flow *w, uint32_t site)
{
	const GArray *targets = g_ptr_array_index(w->site_targets, site);
	const GArray *others = g_ptr_array_index(w->site_others, site);

	if (targets->len || !others->len ||
	    site_get(w, site)->reason != TARGET_FLOW ||
	    is_named(w, MODEL_FROM_ASSEMBLY, site_get(w, site)))
		return;
	site_get(w, site)->is_short = true;
	for (guint i = 0; i < others->len; i++)
		site_add_target(w, site, g_array_index(others, fact_id, i));
}

static void add_from_asm(struct flow *w, uint32_t site)
{
	for (guint i = 0; i < w->from_asm->len; i++) {
		fact_id id = g_array_index(w->from_asm, fact_id, i);

		if (FACT_FUNCTION(w->f, id)->body)
			site_add_target(w, site, id);
	}
}

/* All functions of the type that is called. */
static void match_signature(struct flow *w, uint32_t site)
{
	fact_id type = called_type(w, site_get(w, site));

	site_get(w, site)->reason = TARGET_SIGNATURE;
	for (fact_id k = 1; type && k < w->f->function->len; k++) {
		const struct fact_function *fn = FACT_FUNCTION(w->f, k);

		if (fn->type == type && (fn->flags & FUNCTION_ADDRESS_TAKEN))
			site_add_target(w, site, k);
	}
}

static void close_site(struct flow *w, uint32_t site)
{
	struct call_site *s = site_get(w, site);
	GArray *targets = g_ptr_array_index(w->site_targets, site);

	if (s->reason != TARGET_DIRECT)
		s->type = called_type(w, s);
	if (is_member_named(w, MODEL_LEADS_OUT, s)) {
		s->reason = TARGET_OUTSIDE;
		g_array_set_size(targets, 0);
	} else if (!is_open(w, s, targets->len)) {
		return;
	} else if (is_named(w, MODEL_LEADS_OUT, s)) {
		s->reason = TARGET_OUTSIDE;
	} else if (is_named(w, MODEL_FROM_ASSEMBLY, s)) {
		add_from_asm(w, site);
	} else {
		match_signature(w, site);
	}
}

/* ---- the result ---- */

/* Leaves out what was stored to other objects. */
static void narrow(const struct flow *w)
{
	const struct pointsto_input in = {
		.f = w->f,
		.site = w->cg->site,
		.target = w->site_targets,
		.first_site = w->cg->first_site,
		.table = w->table,
		.copies = w->copies,
	};

	narrow_sites(&in);
}

static int compare_id(gconstpointer a, gconstpointer b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void add_caller(struct callgraph *cg, fact_id callee, fact_id caller)
{
	if (!cg->caller[callee])
		cg->caller[callee] = g_array_new(FALSE, FALSE,
						 sizeof(fact_id));
	add_unique(cg->caller[callee], caller);
}

static void store_targets(struct flow *w)
{
	for (uint32_t i = 0; i < w->cg->site->len; i++) {
		struct call_site *s = site_get(w, i);
		GArray *targets = g_ptr_array_index(w->site_targets, i);

		g_array_sort(targets, compare_id);
		s->target = w->cg->target->len;
		s->target_nr = targets->len;
		g_array_append_vals(w->cg->target, targets->data,
				    targets->len);
		for (guint k = 0; k < targets->len; k++)
			add_caller(w->cg, g_array_index(targets, fact_id, k),
				   s->function);
		g_array_unref(targets);
	}
}

static void flow_init(struct flow *w, const struct facts *f,
		      const struct model *m, struct callgraph *cg)
{
	uint32_t nr = 1;

	*w = (struct flow){ .f = f, .m = m, .cg = cg };
	w->local_base = g_new0(uint32_t, f->function->len);
	for (fact_id id = 1; id < f->function->len; id++) {
		const struct fact_function *fn = FACT_FUNCTION(f, id);

		w->local_base[id] = nr;
		nr += fn->body ? fn->body->local_nr : 1;
	}
	w->global_base = nr;
	w->field_base = nr + f->global->len;
	w->places = places_new(w->field_base + f->field->len, site_told, w);
	w->site_targets = g_ptr_array_new();
	w->site_others = g_ptr_array_new_with_free_func(
		(GDestroyNotify)g_array_unref);
	w->from_asm = g_array_new(FALSE, FALSE, sizeof(fact_id));
	w->table = linktables_new(f);
	w->copies = g_new0(uint8_t, f->function->len);
	for (fact_id id = 1; id < f->function->len; id++)
		w->copies[id] = model_names(w->m, MODEL_COPIES,
					    FACT_FUNCTION(f, id)->name);
	w->union_first = g_new0(fact_id, f->record->len);
	for (fact_id id = f->field->len - 1; id > 0; id--)
		if (FACT_RECORD(f, FACT_FIELD(f, id)->record)->is_union &&
		    is_function_pointer(w, FACT_FIELD(f, id)->type))
			w->union_first[FACT_FIELD(f, id)->record] = id;
}

static void flow_release(struct flow *w)
{
	places_free(w->places);
	g_ptr_array_unref(w->site_targets);
	g_ptr_array_unref(w->site_others);
	g_array_unref(w->from_asm);
	linktables_free(w->table, w->f);
	g_free(w->copies);
	g_free(w->local_base);
	g_free(w->union_first);
}

struct callgraph *callgraph_build(const struct facts *f,
				  const struct model *m)
{
	struct callgraph *cg = g_new0(struct callgraph, 1);
	struct flow w;

	cg->site = g_array_new(FALSE, TRUE, sizeof(struct call_site));
	cg->target = g_array_new(FALSE, FALSE, sizeof(fact_id));
	cg->function_nr = f->function->len;
	cg->first_site = g_new0(uint32_t, cg->function_nr + 1);
	cg->caller = g_new0(GArray *, cg->function_nr);
	flow_init(&w, f, m, cg);
	walk_bodies(&w);
	fill_section_tables(&w);
	places_propagate(w.places);
	for (uint32_t i = 0; i < cg->site->len; i++)
		add_short(&w, i);
	places_propagate(w.places);
	for (uint32_t i = 0; i < cg->site->len; i++)
		close_site(&w, i);
	places_propagate(w.places);
	narrow(&w);
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
