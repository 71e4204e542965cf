/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A hidden call is put into the body as a way of its own: before a node, a
 * jump leads to the node or to the call, after which nothing comes.
 *
 * Approximation: a function that accesses guest memory may fault where it is
 * entered, whatever it has asked by the time of the access; this
 * over-reports.
 */
#include "hidden.h"

#include <string.h>

#include "facts_find.h"
#include "lockprim.h"
#include "model.h"

struct editor {
	struct facts *f;
	struct fact_body *b;
	uint32_t line;
	fact_id current;	/* the member that holds the current vCPU */
};

static uint32_t add_expr(struct editor *e, enum expr_op op, uint32_t a)
{
	struct fact_body *b = e->b;

	b->expr = g_renew(struct fact_expr, b->expr, b->expr_nr + 1);
	b->expr[b->expr_nr] = (struct fact_expr){ .op = (uint8_t)op, .a = a };
	return b->expr_nr++;
}

static uint32_t add_node(struct editor *e, const struct fact_node *node)
{
	struct fact_body *b = e->b;

	b->node = g_renew(struct fact_node, b->node, b->node_nr + 1);
	b->node[b->node_nr] = *node;
	return b->node_nr++;
}

static uint32_t add_extra(struct editor *e, uint32_t value)
{
	struct fact_body *b = e->b;

	b->extra = g_renew(uint32_t, b->extra, b->extra_nr + 1);
	b->extra[b->extra_nr] = value;
	return b->extra_nr++;
}

static uint32_t add_dead(struct editor *e)
{
	return add_node(e, &(struct fact_node){ .kind = NODE_DEAD,
						.line = e->line });
}

/* A call of CALLEE with NR arguments, all of them ARGUMENT; what follows it is
 * not followed. */
static uint32_t add_call(struct editor *e, uint32_t callee, uint32_t argument,
			 uint32_t nr, uint8_t flags)
{
	struct fact_node call = {
		.kind = NODE_CALL,
		.flags = flags,
		.line = e->line,
		.a = callee,
		.extra = e->b->extra_nr,
		.extra_nr = nr,
	};

	for (uint32_t i = 0; i < nr; i++)
		add_extra(e, argument);
	call.next = add_dead(e);
	return add_node(e, &call);
}

/* Before NODE control may go to WAY instead. */
static void add_way(struct editor *e, uint32_t node, uint32_t way)
{
	struct fact_node first = e->b->node[node];
	uint32_t moved = add_node(e, &first);

	e->b->node[node] = (struct fact_node){
		.kind = NODE_JUMP,
		.line = e->line,
		.extra = add_extra(e, way),
		.extra_nr = 1,
		.next = moved,
	};
}

static uint32_t find_parameter(const struct fact_function *fn,
			       const char *name)
{
	for (uint32_t i = 1; i <= fn->param_nr; i++)
		if (strcmp(fn->body->local[i].name, name) == 0)
			return i;
	return 0;
}

static uint32_t load_local(struct editor *e, uint32_t local)
{
	return add_expr(e, EXPR_LOAD, add_expr(e, EXPR_LOCAL, local));
}

/* How many arguments does a function have that LOCAL points to? */
static uint32_t count_arguments(const struct facts *f,
				const struct fact_body *b, uint32_t local)
{
	fact_id type = b->local[local].type;

	while (type && FACT_TYPE(f, type)->kind != TYPE_FUNCTION &&
	       FACT_TYPE(f, type)->target)
		type = FACT_TYPE(f, type)->target;
	for (fact_id id = 1; type && id < f->function->len; id++)
		if (FACT_FUNCTION(f, id)->type == type)
			return FACT_FUNCTION(f, id)->param_nr;
	return 1;
}

/* if ( WAIT ) CALLBACK(...), by another CPU. */
static void add_wait(struct editor *e, const struct fact_function *fn,
		     const struct model_entry *entry)
{
	uint32_t callback = find_parameter(fn, entry->arg[1]);
	uint32_t wait = find_parameter(fn, entry->arg[2]);
	uint32_t way;

	if (!callback || (!wait && strcmp(entry->arg[2], "-") != 0))
		return;
	way = add_call(e, load_local(e, callback),
		       add_expr(e, EXPR_UNKNOWN, 0),
		       count_arguments(e->f, e->b, callback), NODE_ELSEWHERE);
	if (wait) {
		uint32_t asked = load_local(e, wait), dead = add_dead(e);

		way = add_node(e, &(struct fact_node){
					  .kind = NODE_BRANCH,
					  .line = e->line,
					  .a = asked,
					  .next = way,
					  .other = dead });
	}
	add_way(e, 1, way);
}

/* The current vCPU, as the model says where it is found; or any value. */
static uint32_t add_current(struct editor *e)
{
	uint32_t any = add_expr(e, EXPR_UNKNOWN, 0), at;

	if (!e->current)
		return any;
	at = add_expr(e, EXPR_FIELD, any);
	e->b->expr[at].b = e->current;
	return add_expr(e, EXPR_LOAD, at);
}

/* The handler of a fault runs for the current vCPU. */
static void add_fault(struct editor *e, uint32_t node, fact_id handler)
{
	const struct fact_function *fn = FACT_FUNCTION(e->f, handler);
	uint32_t callee = add_expr(e, EXPR_FUNCTION, handler);
	uint32_t way = add_call(e, callee, add_expr(e, EXPR_UNKNOWN, 0),
				fn->param_nr, NODE_FAULT);
	uint32_t first = e->b->node[way].extra;

	for (uint32_t i = 0; i < fn->param_nr && e->current; i++) {
		uint32_t value;

		if (fn->body->local[i + 1].type !=
		    FACT_FIELD(e->f, e->current)->type)
			continue;
		value = add_current(e);
		e->b->extra[first + i] = value;
	}
	add_way(e, node, way);
}

/* Assembly of its own that comes from a macro of that name. */
static void add_macro_faults(struct editor *e, const struct model_entry *entry,
			     fact_id handler)
{
	uint32_t nr = e->b->node_nr;

	for (uint32_t i = 1; i < nr; i++) {
		const struct fact_node *n = &e->b->node[i];
		const char *macro = g_array_index(e->f->string, const char *,
						  n->macro);

		if (n->kind != NODE_ASM || !n->macro ||
		    !model_match(entry->arg[0], macro, NULL))
			continue;
		e->line = n->line;
		add_fault(e, i, handler);
	}
}

static struct editor edit(struct facts *f, const struct fact_function *fn)
{
	return (struct editor){ .f = f, .b = fn->body, .line = fn->line };
}

/* CURRENT: the member that holds the current vCPU, or 0. */
static void add_faults(struct facts *f, const struct model_entry *entry,
		       fact_id current)
{
	fact_id handler = facts_function_by_name(f, entry->arg[1]);

	for (fact_id id = 1; handler && id < f->function->len; id++) {
		const struct fact_function *fn = FACT_FUNCTION(f, id);
		struct editor e = edit(f, fn);

		if (!fn->body || id == handler)
			continue;
		e.current = current;
		if (model_match(entry->arg[0], fn->name, NULL))
			add_fault(&e, 1, handler);
		else
			add_macro_faults(&e, entry, handler);
	}
}

static void add_waits(struct facts *f, const struct model_entry *entry)
{
	for (fact_id id = 1; id < f->function->len; id++) {
		const struct fact_function *fn = FACT_FUNCTION(f, id);
		struct editor e = edit(f, fn);

		if (fn->body && model_match(entry->arg[0], fn->name, NULL))
			add_wait(&e, fn, entry);
	}
}

void hidden_calls_add(struct facts *f, const struct model *m)
{
	const GPtrArray *waits = model_entries(m, MODEL_WAITS_FOR);
	const GPtrArray *faults = model_entries(m, MODEL_MAY_FAULT);
	fact_id current = facts_field_by_model(f, m, MODEL_CURRENT);

	for (guint i = 0; i < waits->len; i++)
		add_waits(f, waits->pdata[i]);
	for (guint i = 0; i < faults->len; i++)
		add_faults(f, faults->pdata[i], current);
}
