/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where pointers to functions flow, for table pointer_flow: from what a value
 * may be to where it is put.  The address of a function is followed into any
 * place; other values only if they or the place are pointers to functions by
 * type.
 *
 * Approximation: a local has all values that it is ever set to, an array is
 * one place, and a pointer to a place is not followed ("unknown"); all but the
 * last finds too many flows.
 */
#include "store_body.h"

enum place_kind {
	PLACE_NONE,		/* a local, or nothing of interest */
	PLACE_FUNCTION,
	PLACE_FIELD,
	PLACE_GLOBAL,
	PLACE_PARAMETER,
	PLACE_RESULT,
	PLACE_ARGUMENT,
	PLACE_CALL,
	PLACE_UNKNOWN,
};

static const char *const place_words[] = {
	[PLACE_NONE] = "", [PLACE_FUNCTION] = "function",
	[PLACE_FIELD] = "field", [PLACE_GLOBAL] = "global",
	[PLACE_PARAMETER] = "parameter", [PLACE_RESULT] = "result",
	[PLACE_ARGUMENT] = "argument", [PLACE_CALL] = "call",
	[PLACE_UNKNOWN] = "unknown",
};

struct place {
	enum place_kind kind;
	uint32_t id;
	bool has_position;
	uint32_t position;
	bool is_pointer;	/* to a function, by its type */
};

/* What a value may be. */
struct origins {
	GArray *place;		/* struct place */
	GArray *local;		/* uint32_t: looked through */
};

static bool is_pointer(const struct facts *f, fact_id type)
{
	while (FACT_TYPE(f, type)->kind == TYPE_ARRAY)
		type = FACT_TYPE(f, type)->target;
	return FACT_TYPE(f, type)->kind == TYPE_FUNCTION_POINTER;
}

static const struct fact_expr *skip_index(const struct fact_body *body,
					  uint32_t expr)
{
	const struct fact_expr *e = &body->expr[expr];

	while (e->op == EXPR_INDEX || e->op == EXPR_CAST)
		e = &body->expr[e->a];
	return e;
}

/* The place at an address; locals are none. */
static struct place place_at(const struct body_walk *w, uint32_t address)
{
	const struct fact_expr *e = skip_index(w->body, address);
	struct place p = { .kind = PLACE_UNKNOWN };

	if (e->op == EXPR_LOCAL) {
		p.kind = PLACE_NONE;
	} else if (e->op == EXPR_GLOBAL) {
		p.kind = PLACE_GLOBAL;
		p.id = e->a;
		p.is_pointer = is_pointer(w->f, FACT_GLOBAL(w->f, e->a)->type);
	} else if (e->op == EXPR_FIELD) {
		p.kind = PLACE_FIELD;
		p.id = e->b;
		p.is_pointer = is_pointer(w->f, FACT_FIELD(w->f, e->b)->type);
	}
	return p;
}

static void add_origins(const struct body_walk *w, struct origins *o,
			uint32_t expr);

static void add_place(struct origins *o, enum place_kind kind, uint32_t id,
		      bool is_pointer)
{
	struct place p = { .kind = kind, .id = id, .is_pointer = is_pointer };

	g_array_append_val(o->place, p);
}

static void add_call(const struct body_walk *w, struct origins *o,
		     uint32_t node)
{
	const struct fact_node *n = &w->body->node[node];
	fact_id callee = walk_callee(w, n);
	bool pointer = is_pointer(w->f, FACT_TYPE(w->f, n->type)->target);

	if (callee)
		add_place(o, PLACE_RESULT, callee, pointer);
	else
		add_place(o, PLACE_CALL, w->call[node], pointer);
}

static bool is_new(struct origins *o, uint32_t local)
{
	for (guint i = 0; i < o->local->len; i++)
		if (g_array_index(o->local, uint32_t, i) == local)
			return false;
	g_array_append_val(o->local, local);
	return true;
}

static void add_local(const struct body_walk *w, struct origins *o,
		      uint32_t local)
{
	const struct fact_local *l = &w->body->local[local];

	if (!is_new(o, local))
		return;
	if (l->flags & LOCAL_PARAM) {
		struct place p = { PLACE_PARAMETER, w->function, true,
				   local - 1, is_pointer(w->f, l->type) };

		g_array_append_val(o->place, p);
	}
	for (uint32_t n = w->defs.first[local]; n; n = w->defs.next[n]) {
		if (w->body->node[n].kind == NODE_CALL)
			add_call(w, o, n);
		else
			add_origins(w, o, w->body->node[n].b);
	}
}

/* Of a value.  Constants and addresses of data are none. */
static void add_origins(const struct body_walk *w, struct origins *o,
			uint32_t expr)
{
	const struct fact_expr *e = &w->body->expr[expr], *at;
	struct place p;

	while (e->op == EXPR_CAST)
		e = &w->body->expr[e->a];
	if (e->op == EXPR_FUNCTION)
		add_place(o, PLACE_FUNCTION, e->a, true);
	if (e->op == EXPR_UNKNOWN)
		add_place(o, PLACE_UNKNOWN, 0, false);
	if (e->op != EXPR_LOAD)
		return;
	at = skip_index(w->body, e->a);
	p = place_at(w, e->a);
	if (at->op == EXPR_LOCAL)
		add_local(w, o, at->a);
	else
		g_array_append_val(o->place, p);
}

static void bind_place(struct db_statement *s, int column,
		       const struct place *p)
{
	db_bind_text(s, column, place_words[p->kind]);
	db_bind_id(s, column + 1, p->id);
	if (p->has_position)
		db_bind_int(s, column + 2, p->position);
}

static int put_flow(struct body_walk *w, uint32_t node,
		    const struct place *source, const struct place *target)
{
	struct db_statement *s = w->statement[PUT_FLOW];

	db_reset(s);
	db_bind_int(s, 1, w->function);
	db_bind_int(s, 2, node);
	db_bind_int(s, 3, w->body->node[node].line);
	bind_place(s, 4, source);
	bind_place(s, 7, target);
	return db_run(s);
}

static bool is_of_interest(const struct place *source,
			   const struct place *target)
{
	if (source->kind == PLACE_FUNCTION || target->kind == PLACE_CALL)
		return true;
	if (target->kind == PLACE_UNKNOWN)
		return source->is_pointer;
	if (source->kind == PLACE_UNKNOWN)
		return target->is_pointer;
	return source->is_pointer || target->is_pointer;
}

/* All that expr may be flows to target. */
static int put_value(struct body_walk *w, uint32_t node, uint32_t expr,
		     const struct place *target)
{
	struct origins o = {
		g_array_new(FALSE, FALSE, sizeof(struct place)),
		g_array_new(FALSE, FALSE, sizeof(uint32_t)),
	};
	int ret = 0;

	add_origins(w, &o, expr);
	for (guint i = 0; i < o.place->len && ret == 0; i++) {
		const struct place *p = &g_array_index(o.place, struct place,
						       i);

		if (is_of_interest(p, target))
			ret = put_flow(w, node, p, target);
	}
	g_array_unref(o.place);
	g_array_unref(o.local);
	return ret;
}

static int put_assign(struct body_walk *w, uint32_t node)
{
	const struct fact_node *n = &w->body->node[node];
	struct place target = place_at(w, n->a);

	/* Locals are looked through where they are used. */
	return target.kind == PLACE_NONE ? 0 : put_value(w, node, n->b,
							 &target);
}

static int put_return(struct body_walk *w, uint32_t node)
{
	fact_id type = FACT_FUNCTION(w->f, w->function)->type;
	struct place target = {
		.kind = PLACE_RESULT, .id = w->function,
		.is_pointer = is_pointer(w->f, FACT_TYPE(w->f, type)->target),
	};

	return put_value(w, node, w->body->node[node].a, &target);
}

static int put_call(struct body_walk *w, uint32_t node)
{
	const struct fact_node *n = &w->body->node[node];
	struct place target = { .kind = PLACE_CALL, .id = w->call[node] };

	if (!walk_callee(w, n) && put_value(w, node, n->a, &target) < 0)
		return -1;
	target.kind = PLACE_ARGUMENT;
	target.has_position = true;
	for (uint32_t i = 0; i < n->extra_nr; i++) {
		target.position = i;
		if (put_value(w, node, w->body->extra[n->extra + i],
			      &target) < 0)
			return -1;
	}
	return 0;
}

int store_put_flows(struct body_walk *w, uint32_t node)
{
	switch (w->body->node[node].kind) {
	case NODE_ASSIGN:
		return put_assign(w, node);
	case NODE_RETURN:
		return put_return(w, node);
	case NODE_CALL:
		return put_call(w, node);
	default:
		return 0;
	}
}
