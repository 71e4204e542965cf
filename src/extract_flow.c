/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A control-flow graph while it grows, node by node.  Control flows from each
 * node to the one made next, unless a jump ends the run; labels are no-ops
 * that jumps may aim at before they are placed.  The end drops the no-ops and
 * what cannot be reached.
 *
 * Expressions are hash-consed, and folded as far as their operands are
 * constants.
 */
#include "extract_int.h"

#include <string.h>

#include "facts_table.h"

static guint expr_hash(gconstpointer key)
{
	const struct fact_expr *e = key;
	uint64_t h = e->op;

	h = (h ^ e->a) * UINT64_C(0x9e3779b97f4a7c15);
	h = (h ^ (h >> 29) ^ e->b) * UINT64_C(0xbf58476d1ce4e5b9);
	h = (h ^ (h >> 32) ^ (uint64_t)e->imm) * UINT64_C(0x94d049bb133111eb);
	return (guint)(h >> 32);
}

static gboolean expr_equal(gconstpointer x, gconstpointer y)
{
	const struct fact_expr *a = x, *b = y;

	return a->op == b->op && a->a == b->a && a->b == b->b &&
	       a->imm == b->imm;
}

static GArray *table_new(guint size)
{
	return g_array_set_size(g_array_new(FALSE, TRUE, size), 1);
}

struct flow *flow_new(struct tu *tu)
{
	struct flow *flow = g_new0(struct flow, 1);

	flow->tu = tu;
	flow->expr = table_new(sizeof(struct fact_expr));
	flow->node = table_new(sizeof(struct fact_node));
	flow->extra = table_new(sizeof(uint32_t));
	flow->cases = table_new(sizeof(struct fact_case));
	flow->local = table_new(sizeof(struct fact_local));
	g_array_index(flow->local, struct fact_local, 0).name = "";
	flow->known = g_hash_table_new_full(expr_hash, expr_equal, g_free,
					    NULL);
	flow->local_id = g_hash_table_new_full(cursor_hash, cursor_equal,
					       g_free, NULL);
	flow->label = g_hash_table_new_full(g_int64_hash, g_int64_equal,
					    g_free, g_free);
	flow->jumps = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	flow->twins = g_array_new(FALSE, FALSE, sizeof(struct twin));
	flow->decls = g_array_new(FALSE, FALSE, sizeof(CXCursor));
	flow_place(flow, flow_label(flow));
	flow->tail = 1;
	return flow;
}

void flow_free_tables(struct flow *flow)
{
	g_hash_table_destroy(flow->known);
	g_hash_table_destroy(flow->local_id);
	g_hash_table_destroy(flow->label);
	g_array_free(flow->jumps, TRUE);
	g_array_free(flow->twins, TRUE);
	g_array_free(flow->decls, TRUE);
}

void flow_free(struct flow *flow)
{
	if (!flow)
		return;
	flow_free_tables(flow);
	g_array_free(flow->expr, TRUE);
	g_array_free(flow->node, TRUE);
	g_array_free(flow->extra, TRUE);
	g_array_free(flow->cases, TRUE);
	g_array_free(flow->local, TRUE);
	g_free(flow);
}

/* ---- expressions ---- */

static struct fact_expr *expr_at(const struct flow *flow, uint32_t expr)
{
	return &g_array_index(flow->expr, struct fact_expr, expr);
}

static uint32_t expr_add(struct flow *flow, struct fact_expr e)
{
	gpointer id = g_hash_table_lookup(flow->known, &e);

	if (id)
		return GPOINTER_TO_UINT(id);
	g_array_append_val(flow->expr, e);
	id = GUINT_TO_POINTER(flow->expr->len - 1);
	g_hash_table_insert(flow->known, g_memdup2(&e, sizeof(e)), id);
	return flow->expr->len - 1;
}

uint32_t flow_const(struct flow *flow, int64_t imm)
{
	return expr_add(flow, (struct fact_expr){ EXPR_CONST, 0, 0, imm });
}

uint32_t flow_unknown(struct flow *flow)
{
	return expr_add(flow, (struct fact_expr){ EXPR_UNKNOWN, 0, 0, 0 });
}

bool flow_is_const(const struct flow *flow, uint32_t expr, int64_t *imm)
{
	const struct fact_expr *e = expr_at(flow, expr);

	if (e->op != EXPR_CONST)
		return false;
	if (imm)
		*imm = e->imm;
	return true;
}

static bool fold(struct flow *flow, enum expr_op op, uint32_t a, uint32_t b,
		 int64_t imm, int64_t *out)
{
	bool is_unary = op <= EXPR_LNOT || op == EXPR_CAST;
	int64_t x, y = 0;

	return op >= EXPR_NEG && flow_is_const(flow, a, &x) &&
	       (is_unary || flow_is_const(flow, b, &y)) &&
	       fold_constants(op, x, y, imm, out);
}

/* Does it yield 0 or 1 anyway? */
static bool is_boolean(const struct flow *flow, uint32_t expr)
{
	const struct fact_expr *e = expr_at(flow, expr);

	return (e->op >= EXPR_EQ && e->op <= EXPR_GE) || e->op == EXPR_LNOT ||
	       (e->op == EXPR_CAST && e->imm == 1) ||
	       (e->op == EXPR_CONST && (e->imm == 0 || e->imm == 1));
}

uint32_t flow_expr(struct flow *flow, enum expr_op op, uint32_t a, uint32_t b,
		   int64_t imm)
{
	int64_t value;

	if (fold(flow, op, a, b, imm, &value))
		return flow_const(flow, value);
	if (op == EXPR_CAST && (imm >= 64 || imm <= -64 ||
				is_boolean(flow, a)))
		return a;
	if (op == EXPR_CAST && expr_at(flow, a)->op == EXPR_UNKNOWN)
		return a;
	return expr_add(flow, (struct fact_expr){ (uint8_t)op, a, b, imm });
}

uint32_t flow_load(struct flow *flow, uint32_t address)
{
	if (expr_at(flow, address)->op == EXPR_UNKNOWN)
		return address;
	return flow_expr(flow, EXPR_LOAD, address, 0, 0);
}

uint32_t flow_local(struct flow *flow, const char *name, fact_id type,
		    uint32_t flags)
{
	struct fact_local local = {
		.name = facts_text(flow->tu->facts, name),
		.type = type,
		.flags = flags,
	};

	g_array_append_val(flow->local, local);
	return flow->local->len - 1;
}

uint32_t flow_local_address(struct flow *flow, uint32_t local)
{
	return flow_expr(flow, EXPR_LOCAL, local, 0, 0);
}

void flow_address_taken(struct flow *flow, uint32_t address)
{
	const struct fact_expr *e = expr_at(flow, address);

	while (e->op == EXPR_FIELD || e->op == EXPR_INDEX)
		e = expr_at(flow, e->a);
	if (e->op == EXPR_LOCAL)
		g_array_index(flow->local, struct fact_local, e->a).flags |=
			LOCAL_ADDRESS_TAKEN;
}

/* ---- nodes ---- */

static struct fact_node *node_at(const struct flow *flow, uint32_t node)
{
	return &g_array_index(flow->node, struct fact_node, node);
}

static uint32_t node_add(struct flow *flow, enum node_kind kind)
{
	struct fact_node node = { .kind = (uint8_t)kind };

	g_array_append_val(flow->node, node);
	return flow->node->len - 1;
}

struct fact_node *flow_emit(struct flow *flow, enum node_kind kind,
			    CXCursor at)
{
	uint32_t id = node_add(flow, kind);
	struct fact_node *node = node_at(flow, id);
	unsigned line = 0;

	tu_expanded(flow->tu, at, NULL, &line);
	node->line = line;
	node->macro = tu_macro(flow->tu, at);
	if (flow->tail)
		node_at(flow, flow->tail)->next = id;
	flow->tail = id;
	if (kind == NODE_BRANCH || kind == NODE_SWITCH || kind == NODE_JUMP ||
	    kind == NODE_RETURN || kind == NODE_DEAD)
		flow->tail = 0;
	return node;
}

void flow_extra(struct flow *flow, struct fact_node *node,
		const uint32_t *extra, unsigned nr)
{
	node->extra = nr ? flow->extra->len : 0;
	node->extra_nr = nr;
	if (nr)
		g_array_append_vals(flow->extra, extra, nr);
}

/*
 * Is from the temporary that the call just made left its result in, and to
 * the address of a local of the same type?  Then the call may leave it there.
 */
static bool redirect_result(struct flow *flow, uint32_t to, uint32_t from)
{
	const struct fact_expr *place = expr_at(flow, to);
	const struct fact_expr *temp = expr_at(flow, from);
	const struct fact_local *local =
		(const struct fact_local *)(void *)flow->local->data;
	struct fact_node *call = node_at(flow, flow->node->len - 1);

	if (flow->tail != flow->node->len - 1 || call->kind != NODE_CALL ||
	    place->op != EXPR_LOCAL || temp->op != EXPR_LOCAL || !call->b ||
	    temp->a != call->b || !(local[call->b].flags & LOCAL_TEMP) ||
	    local[call->b].type != local[place->a].type)
		return false;
	call->b = place->a;
	return true;
}

void flow_assign(struct flow *flow, uint32_t address, uint32_t value,
		 fact_id type, CXCursor at)
{
	const struct fact_expr *e = expr_at(flow, value);
	struct fact_node *node;

	if (e->op == EXPR_LOAD && redirect_result(flow, address, e->a))
		return;
	node = flow_emit(flow, NODE_ASSIGN, at);
	node->a = address;
	node->b = value;
	node->type = type;
}

void flow_copy(struct flow *flow, uint32_t to, uint32_t from, fact_id type,
	       CXCursor at)
{
	struct fact_node *node;

	if (to == from || redirect_result(flow, to, from))
		return;
	node = flow_emit(flow, NODE_COPY, at);
	node->a = to;
	node->b = from;
	node->type = type;
}

uint32_t flow_label(struct flow *flow)
{
	return node_add(flow, NODE_NOP);
}

void flow_go(struct flow *flow, uint32_t label)
{
	if (flow->tail)
		node_at(flow, flow->tail)->next = label;
	flow->tail = 0;
}

void flow_place(struct flow *flow, uint32_t label)
{
	flow_go(flow, label);
	flow->tail = label;
}

void flow_branch(struct flow *flow, uint32_t value, uint32_t yes, uint32_t no,
		 bool is_loop, CXCursor at)
{
	struct fact_node *node;
	int64_t imm;

	if (flow_is_const(flow, value, &imm)) {
		flow_go(flow, imm ? yes : no);
		return;
	}
	node = flow_emit(flow, NODE_BRANCH, at);
	node->a = value;
	node->next = yes;
	node->other = no;
	node->flags = is_loop ? NODE_LOOP : 0;
}

struct label *flow_c_label(struct flow *flow, CXCursor statement)
{
	CXSourceLocation place = clang_getCursorLocation(statement);
	unsigned spelled, expanded;
	struct label *label;
	gint64 key;

	/* a label that a jump refers to is another cursor than its statement,
	 * but they have one place */
	clang_getSpellingLocation(place, NULL, NULL, NULL, &spelled);
	clang_getExpansionLocation(place, NULL, NULL, NULL, &expanded);
	key = (gint64)((guint64)expanded << 32 | spelled);
	label = g_hash_table_lookup(flow->label, &key);
	if (label)
		return label;
	label = g_new0(struct label, 1);
	label->node = flow_label(flow);
	g_hash_table_insert(flow->label, g_memdup2(&key, sizeof(key)), label);
	return label;
}
