/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "param_writes.h"

#include <stdbool.h>

#include "body_expr.h"
#include "nummap.h"

struct param_writes {
	const struct facts *f;
	const struct callgraph *cg;
	struct nummap *found;	/* (function, parameter) -> index in it + 1 */
	GPtrArray *members;	/* GArray *, or any_member while it is looked
				 * at */
	GArray *any_member;	/* stands for NULL */
	GArray *told;		/* bool, as members: param_writes_is_told() */
	uint32_t **nodes;	/* per function: param_writes_nodes(); or NULL */
	uint8_t *has_nodes;	/* per function: it has been asked for */
};

/* One parameter of one function, its uses looked at. */
struct use {
	struct param_writes *w;
	fact_id function;
	const struct fact_body *b;
	uint32_t local;		/* the parameter */
	GArray *members;
	bool stores;		/* to the number or pointer that it points to */
	bool escapes;
};

static void free_members(void *data)
{
	g_array_unref(data);
}

struct param_writes *param_writes_new(const struct facts *f,
				      const struct callgraph *cg)
{
	struct param_writes *w = g_new0(struct param_writes, 1);

	w->f = f;
	w->cg = cg;
	w->found = nummap_new();
	w->members = g_ptr_array_new_with_free_func(free_members);
	w->any_member = g_array_new(FALSE, FALSE, sizeof(fact_id));
	w->told = g_array_new(FALSE, FALSE, sizeof(bool));
	w->nodes = g_new0(uint32_t *, f->function->len);
	w->has_nodes = g_new0(uint8_t, f->function->len);
	return w;
}

void param_writes_free(struct param_writes *w)
{
	if (!w)
		return;
	for (guint i = 0; i < w->f->function->len; i++)
		g_free(w->nodes[i]);
	g_free(w->nodes);
	g_free(w->has_nodes);
	g_array_unref(w->told);
	nummap_free(w->found);
	g_ptr_array_unref(w->members);
	g_array_unref(w->any_member);
	g_free(w);
}

static const struct fact_expr *expr_at(const struct use *u, uint32_t expr)
{
	return &u->b->expr[expr];
}

/* Is EXPR the parameter's value? */
static bool is_param(const struct use *u, uint32_t expr)
{
	return body_local_read(u->b, expr) == u->local;
}

static void add_member(struct use *u, fact_id member)
{
	/* What is written of a union is all that is in it. */
	if (FACT_RECORD(u->w->f, FACT_FIELD(u->w->f, member)->record)->is_union)
		u->escapes = true;
	for (guint i = 0; i < u->members->len; i++)
		if (g_array_index(u->members, fact_id, i) == member)
			return;
	g_array_append_val(u->members, member);
}

static bool points_to_scalar(const struct use *u)
{
	const struct facts *f = u->w->f;
	const struct fact_type *t = FACT_TYPE(f, u->b->local[u->local].type);

	if (t->kind != TYPE_POINTER)
		return false;
	t = FACT_TYPE(f, t->target);
	return t->kind == TYPE_INT || t->kind == TYPE_POINTER;
}

static void look_at_value(struct use *u, uint32_t expr);

/*
 * The member of the parameter's record that the address PLACE is of or within;
 * 0: it is of something else, or, if that is so, the record may be anywhere.
 */
static fact_id member_of(struct use *u, uint32_t place)
{
	fact_id member = 0;

	while (!is_param(u, place)) {
		const struct fact_expr *x = expr_at(u, place);

		switch (x->op) {
		case EXPR_FIELD:
			if (x->imm && is_param(u, x->a))
				u->escapes = true;
			member = x->b;
			break;
		case EXPR_INDEX:
			look_at_value(u, x->b);
			if (is_param(u, x->a))
				u->escapes = true;
			break;
		case EXPR_LOAD:
			(void)member_of(u, x->a);
			return 0;
		case EXPR_LOCAL:
		case EXPR_GLOBAL:
			return 0;
		default:
			look_at_value(u, place);
			return 0;
		}
		place = x->a;
	}
	return member;
}

static void look_at_written(struct use *u, uint32_t place)
{
	fact_id member;

	if (is_param(u, place)) {
		if (points_to_scalar(u))
			u->stores = true;
		else
			u->escapes = true;
		return;
	}
	if (expr_at(u, place)->op == EXPR_LOCAL &&
	    expr_at(u, place)->a == u->local)
		u->escapes = true;
	member = member_of(u, place);
	if (member)
		add_member(u, member);
}

/* The address of a member goes somewhere: what is within may be written, and
 * who gets to a record may get to the one around it. */
static void look_at_address(struct use *u, uint32_t place)
{
	fact_id member = member_of(u, place);
	const struct fact_type *t;

	if (!member)
		return;
	add_member(u, member);
	t = FACT_TYPE(u->w->f, FACT_FIELD(u->w->f, member)->type);
	if (t->kind != TYPE_INT && t->kind != TYPE_POINTER)
		u->escapes = true;
}

/* EXPR, a value, goes somewhere. */
static void look_at_value(struct use *u, uint32_t expr)
{
	const struct fact_expr *x = expr_at(u, expr);

	if (is_param(u, expr)) {
		u->escapes = true;
		return;
	}
	switch (x->op) {
	case EXPR_UNKNOWN:
	case EXPR_CONST:
	case EXPR_STRING:
	case EXPR_GLOBAL:
	case EXPR_FUNCTION:
		break;
	case EXPR_LOCAL:
		if (x->a == u->local)
			u->escapes = true;
		break;
	case EXPR_FIELD:
	case EXPR_INDEX:
		look_at_address(u, expr);
		break;
	case EXPR_LOAD:
		(void)member_of(u, x->a);
		break;
	case EXPR_EQ:
	case EXPR_NE:
		if (!is_param(u, x->a))
			look_at_value(u, x->a);
		if (!is_param(u, x->b))
			look_at_value(u, x->b);
		break;
	case EXPR_NEG:
	case EXPR_BITNOT:
	case EXPR_CAST:
		look_at_value(u, x->a);
		break;
	case EXPR_LNOT:
		if (!is_param(u, x->a))
			look_at_value(u, x->a);
		break;
	default:
		look_at_value(u, x->a);
		look_at_value(u, x->b);
		break;
	}
}

/* What CALLEE does with its argument NR, the parameter. */
static void look_at_callee(struct use *u, fact_id callee, uint32_t nr)
{
	const GArray *members = param_writes_find(u->w, callee, nr);

	for (guint i = 0; members && i < members->len; i++)
		add_member(u, g_array_index(members, fact_id, i));
	if (members)
		return;
	if (points_to_scalar(u) && param_writes_is_told(u->w, callee, nr))
		u->stores = true;
	else
		u->escapes = true;
}

/* What the targets of the call at NODE do with argument NR, the parameter. */
static void look_at_passed(struct use *u, uint32_t node, uint32_t nr)
{
	const struct call_site *s = callgraph_site(u->w->cg, u->function, node);

	if (!s || !s->target_nr || u->b->node[node].flags & NODE_FROM_ASM) {
		u->escapes = true;
		return;
	}
	for (uint32_t i = 0; i < s->target_nr && !u->escapes; i++)
		look_at_callee(u,
			       g_array_index(u->w->cg->target, fact_id,
					     s->target + i),
			       nr);
}

static void look_at_call(struct use *u, uint32_t node)
{
	const struct fact_node *n = &u->b->node[node];

	look_at_value(u, n->a);
	u->escapes |= n->b == u->local;
	for (uint32_t i = 0; i < n->extra_nr && !u->escapes; i++) {
		uint32_t argument = u->b->extra[n->extra + i];

		if (is_param(u, argument))
			look_at_passed(u, node, i);
		else
			look_at_value(u, argument);
	}
}

static void look_at_assembly(struct use *u, const struct fact_node *n)
{
	for (uint32_t i = 0; i < n->extra_nr; i++) {
		uint32_t operand = u->b->extra[n->extra + i];

		if (i < n->b)
			look_at_written(u, operand);
		else
			look_at_value(u, operand);
	}
}

static void look_at_node(struct use *u, uint32_t node)
{
	const struct fact_node *n = &u->b->node[node];

	switch (n->kind) {
	case NODE_ASSIGN:
		look_at_written(u, n->a);
		look_at_value(u, n->b);
		break;
	case NODE_COPY:
		look_at_written(u, n->a);
		(void)member_of(u, n->b);
		break;
	case NODE_CALL:
		look_at_call(u, node);
		break;
	case NODE_ASM:
		look_at_assembly(u, n);
		break;
	case NODE_BRANCH:
	case NODE_SWITCH:
		if (!is_param(u, n->a))
			look_at_value(u, n->a);
		break;
	case NODE_JUMP:
		look_at_value(u, n->a);
		break;
	case NODE_RETURN:
		if (n->a)
			look_at_value(u, n->a);
		break;
	default:
		break;
	}
}

/* The members, or any_member; and whether it is told. */
static GArray *find_members(struct param_writes *w, fact_id function,
			    uint32_t nr, bool *told)
{
	const struct fact_function *fn = FACT_FUNCTION(w->f, function);
	struct use u = { .w = w, .function = function, .b = fn->body,
			 .local = nr + 1 };

	if (!fn->body || nr >= fn->param_nr ||
	    fn->body->local[nr + 1].flags & LOCAL_ADDRESS_TAKEN)
		return g_array_ref(w->any_member);
	u.members = g_array_new(FALSE, FALSE, sizeof(fact_id));
	for (uint32_t i = 1; i < u.b->node_nr && !u.escapes; i++)
		look_at_node(&u, i);
	*told = !u.escapes && points_to_scalar(&u);
	if (!u.escapes && !u.stores)
		return u.members;
	g_array_unref(u.members);
	return g_array_ref(w->any_member);
}

/* Looks at the parameter that has the index AT. */
static void look_at_param(struct param_writes *w, fact_id function,
			  uint32_t nr, uint32_t at)
{
	GArray *members;
	bool told = false;

	/* In a recursion: any. */
	g_ptr_array_add(w->members, g_array_ref(w->any_member));
	g_array_append_val(w->told, told);
	members = find_members(w, function, nr, &told);
	g_array_index(w->told, bool, at) = told;
	g_array_unref(w->members->pdata[at]);
	w->members->pdata[at] = members;
}

/* The index of what is known of a parameter. */
static uint32_t find_param(struct param_writes *w, fact_id function,
			   uint32_t nr)
{
	uint32_t *found = nummap_at(w->found, NUMMAP_KEY(function, nr));
	uint32_t at = *found ? *found - 1 : w->members->len;

	if (!*found) {
		*found = at + 1;
		look_at_param(w, function, nr, at);
	}
	return at;
}

const GArray *param_writes_find(struct param_writes *w, fact_id function,
				uint32_t nr)
{
	uint32_t at = find_param(w, function, nr);
	const GArray *members = g_ptr_array_index(w->members, at);

	return members == w->any_member ? NULL : members;
}

bool param_writes_is_told(struct param_writes *w, fact_id function, uint32_t nr)
{
	uint32_t at = find_param(w, function, nr);

	return g_array_index(w->told, bool, at);
}

/* Adds the bit of parameter NR to the nodes that write behind it. */
static void mark_nodes(struct param_writes *w, fact_id function, uint32_t nr)
{
	struct use u = { .w = w, .function = function, .local = nr + 1,
			 .b = FACT_FUNCTION(w->f, function)->body };

	u.members = g_array_new(FALSE, FALSE, sizeof(fact_id));
	for (uint32_t i = 1; i < u.b->node_nr; i++) {
		u.stores = false;
		look_at_node(&u, i);
		if (!u.stores)
			continue;
		if (!w->nodes[function])
			w->nodes[function] = g_new0(uint32_t, u.b->node_nr);
		w->nodes[function][i] |= UINT32_C(1) << nr;
	}
	g_array_unref(u.members);
}

const uint32_t *param_writes_nodes(struct param_writes *w, fact_id function)
{
	uint32_t nr = MIN(FACT_FUNCTION(w->f, function)->param_nr,
			  PARAM_WRITES_BITS);

	for (uint32_t i = 0; i < nr && !w->has_nodes[function]; i++)
		if (param_writes_is_told(w, function, i))
			mark_nodes(w, function, i);
	w->has_nodes[function] = true;
	return w->nodes[function];
}
