/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Places: what may be stored in a member or variable, by assignments, by
 * copies of records that it is a part of, and by other ways that make it "any".
 */
#include "pointsto_int.h"

static bool may_be_at(const struct pointsto *w, const struct answer *a,
		      access_id place)
{
	if (a->is_any)
		return true;
	for (guint i = 0; i < a->address->len; i++)
		if (access_may_alias(w->accesses,
				     g_array_index(a->address, access_id, i),
				     place))
			return true;
	return false;
}

static bool contradicts(const struct query *q, const struct node_ref *ref,
			const struct call_string *calls)
{
	return q->skip && q->skip(ref, calls, q->context);
}

/* The value that a store stores when called so. */
static void trace_stored(struct query *q, const struct node_ref *ref,
			 const struct call_string *calls)
{
	const struct fact_body *b = body_of(q->w, ref->function);
	struct call_string whole = *calls;

	if (contradicts(q, ref, calls))
		return;
	whole.ends = false;
	if (calls->nr)
		answer_add(q->out, pointsto_ask(q->w, ref->function,
				       b->node[ref->node].b, &whole));
	else
		pointsto_trace(q, ref->function, b->node[ref->node].b, NO_CALLS);
}

static void trace_store(struct query *q, const struct node_ref *ref,
			access_id place, const struct call_string *calls);

/* For each call of the outermost function of a string.  False: they are not
 * all known, or too many. */
static bool trace_store_by_calls(struct query *q, const struct node_ref *ref,
				 access_id place,
				 const struct call_string *calls)
{
	fact_id outer = calls->nr == 0 ? ref->function
		: site_get(q->w, calls->site[calls->nr - 1])->function;
	const GArray *callers = q->w->caller[outer];
	struct call_string longer = *calls;

	if (calls->nr == G_N_ELEMENTS(calls->site) || !callers ||
	    callers->len > CALLERS_MAX ||
	    (FACT_FUNCTION(q->w->in.f, outer)->flags & FUNCTION_ASM_CALLED))
		return false;
	longer.nr++;
	for (guint i = 0; i < callers->len && !q->out->is_any; i++) {
		longer.site[calls->nr] = g_array_index(callers, uint32_t, i);
		trace_store(q, ref, place, &longer);
	}
	return true;
}

static void trace_store(struct query *q, const struct node_ref *ref,
			access_id place, const struct call_string *calls)
{
	const struct fact_body *b = body_of(q->w, ref->function);
	uint32_t address = b->node[ref->node].a;
	struct call_string whole = *calls;
	const struct answer *at = pointsto_ask(q->w, ref->function, address, calls);

	if (at->is_cut) {
		if (trace_store_by_calls(q, ref, place, calls))
			return;
		whole.ends = false;
		at = pointsto_ask(q->w, ref->function, address, &whole);
	}
	if (!may_be_at(q->w, at, place))
		return;
	/* Whether to leave it out may depend on what callers pass. */
	if (q->skip && calls->ends &&
	    pointsto_ask(q->w, ref->function, b->node[ref->node].b, calls)->is_cut &&
	    trace_store_by_calls(q, ref, place, calls))
		return;
	trace_stored(q, ref, calls);
}

/* PLACE with what is up to its part OUTER replaced by OTHER. */
static access_id moved(struct pointsto *w, access_id place, access_id outer,
		       access_id other)
{
	if (place == outer)
		return other;
	return access_member(w->accesses,
			     moved(w, access_parent(w->accesses, place), outer,
				   other),
			     access_field(w->accesses, place));
}

/* A record that holds PLACE, at OUTER, may have been copied from elsewhere. */
static void trace_copy(struct query *q, const struct node_ref *ref,
		       access_id place, access_id outer)
{
	static const struct call_string all = { .nr = 0 };
	const struct fact_node *n =
		&body_of(q->w, ref->function)->node[ref->node];
	const struct answer *to = pointsto_ask(q->w, ref->function, n->a, &all);
	const struct answer *from;

	if (!may_be_at(q->w, to, outer))
		return;
	from = pointsto_ask(q->w, ref->function, n->b, &all);
	if (from->is_any)
		pointsto_trace_place(q, moved(q->w, place, outer, ACCESS_ANY));
	for (guint i = 0; i < from->address->len; i++)
		pointsto_trace_place(q, moved(q->w, place, outer,
				     g_array_index(from->address, access_id,
						   i)));
}

static void trace_copies(struct query *q, access_id place)
{
	struct pointsto *w = q->w;

	for (access_id at = place; access_field(w->accesses, at);
	     at = access_parent(w->accesses, at)) {
		const struct fact_field *f = FACT_FIELD(
			w->in.f, access_field(w->accesses, at));
		const GArray *copies = w->writes->record[f->record];

		for (guint i = 0; copies && i < copies->len; i++)
			trace_copy(q,
				   &g_array_index(copies, struct node_ref, i),
				   place, access_parent(w->accesses, at));
	}
}

/* What the type of a pointer says that it points to; 0: nothing. */
static fact_id pointed_to(const struct pointsto *w, fact_id function,
			  uint32_t expr)
{
	const struct fact_body *b = body_of(w, function);
	const struct fact_expr *e = &b->expr[expr];
	fact_id type = 0;

	if (e->op != EXPR_LOAD)
		return 0;
	e = &b->expr[e->a];
	if (e->op == EXPR_LOCAL)
		type = b->local[e->a].type;
	else if (e->op == EXPR_FIELD)
		type = FACT_FIELD(w->in.f, e->b)->type;
	else if (e->op == EXPR_GLOBAL)
		type = FACT_GLOBAL(w->in.f, e->a)->type;
	return type ? FACT_TYPE(w->in.f, type)->target : 0;
}

/* Notes that memory is written through the pointer EXPR. */
static void note_raw(struct pointsto *w, fact_id function, uint32_t expr)
{
	static const struct call_string all = { .nr = 0 };
	const struct answer *at;
	fact_id type = pointed_to(w, function, expr);

	w->steps = STEPS_MAX;
	at = pointsto_ask(w, function, expr, &all);
	if (at->is_any && type &&
	    FACT_TYPE(w->in.f, type)->kind == TYPE_RECORD)
		add_unique(w->raw_record, FACT_TYPE(w->in.f, type)->record);
	for (guint i = 0; i < at->address->len; i++) {
		access_id x = g_array_index(at->address, access_id, i);

		if (access_is_record(w->accesses, x))
			add_unique(w->raw, x);
	}
}

/* Copies of memory, and stores through a pointer that is not one to a record:
 * ((void **)ops)[i] = f. */
static void note_all_raw(struct pointsto *w)
{
	w->raw = g_array_new(FALSE, FALSE, sizeof(access_id));
	w->raw_record = g_array_new(FALSE, FALSE, sizeof(fact_id));
	for (guint i = 0; i < w->copy->len; i++) {
		uint32_t site = g_array_index(w->copy, uint32_t, i);
		fact_id function = site_get(w, site)->function;

		note_raw(w, function,
			 body_of(w, function)->extra[site_node(w, site)->extra]);
	}
	for (guint i = 0; i < w->writes->far->len; i++) {
		const struct node_ref *ref = &g_array_index(
			w->writes->far, struct node_ref, i);

		note_raw(w, ref->function,
			 body_of(w, ref->function)->node[ref->node].a);
	}
}

/* May PLACE have been written as a part of something else? */
static bool is_raw(struct pointsto *w, access_id place)
{
	fact_id record = FACT_FIELD(w->in.f,
				    access_field(w->accesses, place))->record;

	if (!w->raw)
		note_all_raw(w);
	for (guint i = 0; i < w->raw_record->len; i++)
		if (access_record_holds(w->accesses,
					g_array_index(w->raw_record, fact_id,
						      i), record))
			return true;
	for (guint i = 0; i < w->raw->len; i++)
		for (access_id outer = place; outer && outer != ACCESS_ANY;
		     outer = access_parent(w->accesses, outer))
			if (access_may_alias(w->accesses, outer,
					     g_array_index(w->raw, access_id,
							   i)))
				return true;
	return false;
}

/* A record that is passed or returned by value. */
static bool is_by_value(struct pointsto *w, uint32_t object)
{
	const struct object *o = &g_array_index(w->object, struct object,
						object);
	const struct fact_body *b;
	const GArray *nodes;

	if (object == 0 || !o->function)
		return false;
	b = body_of(w, o->function);
	nodes = writes_local(w->writes, o->function, o->id);
	for (guint i = 0; nodes && i < nodes->len; i++)
		if (b->node[g_array_index(nodes, uint32_t, i)].kind ==
		    NODE_CALL)
			return true;
	return (b->local[o->id].flags & LOCAL_PARAM) != 0;
}

static void trace_member(struct query *q, access_id place)
{
	static const struct call_string ends = { .ends = true };
	struct pointsto *w = q->w;
	fact_id field = w->writes->alias_of[access_field(w->accesses, place)];
	const GArray *stores = w->writes->field[field];

	if (w->writes->field_escapes[field] || is_raw(w, place) ||
	    is_by_value(w, access_object(w->accesses, place))) {
		q->out->is_any = true;
		return;
	}
	for (guint i = 0; stores && i < stores->len && !q->out->is_any; i++)
		trace_store(q, &g_array_index(stores, struct node_ref, i),
			    place, &ends);
	trace_copies(q, place);
}

static void trace_variable(struct query *q, fact_id global)
{
	const struct fact_global *g = FACT_GLOBAL(q->w->in.f, global);
	const GArray *stores = q->w->writes->global[global];

	if (!(g->flags & GLOBAL_DEFINED) ||
	    (!(g->flags & GLOBAL_CONST) &&
	     q->w->writes->global_escapes[global])) {
		q->out->is_any = true;
		return;
	}
	for (guint i = 0; stores && i < stores->len && !q->out->is_any; i++) {
		const struct node_ref *ref =
			&g_array_index(stores, struct node_ref, i);

		pointsto_trace(q, ref->function,
		      body_of(q->w, ref->function)->node[ref->node].b,
		      NO_CALLS);
	}
}

void pointsto_trace_place(struct query *q, access_id place)
{
	uint32_t object = access_object(q->w->accesses, place);

	if (place == ACCESS_ANY || q->out->is_any)
		q->out->is_any = true;
	else if (pointsto_is_seen(q, place))
		return;
	else if (access_field(q->w->accesses, place))
		trace_member(q, place);
	else if (!g_array_index(q->w->object, struct object, object).function)
		trace_variable(q, object);
	else
		q->out->is_any = true;
}
