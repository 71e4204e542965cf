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

static void free_tables(struct flow *flow)
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
	free_tables(flow);
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

static int64_t fold_cast(int64_t value, int64_t bits)
{
	uint64_t v = (uint64_t)value;
	int64_t width = bits < 0 ? -bits : bits;

	if (bits == 1)
		return value != 0;
	if (width <= 0 || width >= 64)
		return value;
	v &= (UINT64_C(1) << width) - 1;
	if (bits < 0 && v >> (width - 1))
		v |= ~UINT64_C(0) << width;
	return (int64_t)v;
}

static bool fold_unary(enum expr_op op, int64_t a, int64_t imm, int64_t *out)
{
	switch (op) {
	case EXPR_NEG:
		*out = (int64_t)(0 - (uint64_t)a);
		return true;
	case EXPR_BITNOT:
		*out = ~a;
		return true;
	case EXPR_LNOT:
		*out = !a;
		return true;
	case EXPR_CAST:
		*out = fold_cast(a, imm);
		return true;
	default:
		return false;
	}
}

static bool fold_division(enum expr_op op, int64_t a, int64_t b,
			  bool is_unsigned, int64_t *out)
{
	if (b == 0 || (!is_unsigned && b == -1))
		return false;
	if (is_unsigned)
		*out = op == EXPR_DIV ? (int64_t)((uint64_t)a / (uint64_t)b)
				      : (int64_t)((uint64_t)a % (uint64_t)b);
	else
		*out = op == EXPR_DIV ? a / b : a % b;
	return true;
}

static bool fold_shift(enum expr_op op, int64_t a, int64_t b,
		       bool is_unsigned, int64_t *out)
{
	if (b < 0 || b > 63)
		return false;
	if (op == EXPR_SHL)
		*out = (int64_t)((uint64_t)a << b);
	else if (is_unsigned || a >= 0)
		*out = (int64_t)((uint64_t)a >> b);
	else
		*out = ~(int64_t)(~(uint64_t)a >> b);
	return true;
}

static bool fold_order(enum expr_op op, int64_t a, int64_t b,
		       bool is_unsigned, int64_t *out)
{
	bool less = is_unsigned ? (uint64_t)a < (uint64_t)b : a < b;

	switch (op) {
	case EXPR_LT:
		*out = less;
		return true;
	case EXPR_GE:
		*out = !less;
		return true;
	case EXPR_LE:
		*out = less || a == b;
		return true;
	case EXPR_GT:
		*out = !less && a != b;
		return true;
	default:
		return false;
	}
}

static bool fold_binary(enum expr_op op, int64_t a, int64_t b,
			bool is_unsigned, int64_t *out)
{
	uint64_t x = (uint64_t)a, y = (uint64_t)b;

	switch (op) {
	case EXPR_ADD:
		*out = (int64_t)(x + y);
		return true;
	case EXPR_SUB:
		*out = (int64_t)(x - y);
		return true;
	case EXPR_MUL:
		*out = (int64_t)(x * y);
		return true;
	case EXPR_AND:
		*out = a & b;
		return true;
	case EXPR_OR:
		*out = a | b;
		return true;
	case EXPR_XOR:
		*out = a ^ b;
		return true;
	case EXPR_EQ:
		*out = a == b;
		return true;
	case EXPR_NE:
		*out = a != b;
		return true;
	case EXPR_DIV:
	case EXPR_REM:
		return fold_division(op, a, b, is_unsigned, out);
	case EXPR_SHL:
	case EXPR_SHR:
		return fold_shift(op, a, b, is_unsigned, out);
	default:
		return fold_order(op, a, b, is_unsigned, out);
	}
}

static bool fold(struct flow *flow, enum expr_op op, uint32_t a, uint32_t b,
		 int64_t imm, int64_t *out)
{
	int64_t x, y;

	if (op < EXPR_NEG || !flow_is_const(flow, a, &x))
		return false;
	if (op <= EXPR_LNOT || op == EXPR_CAST)
		return fold_unary(op, x, imm, out);
	return flow_is_const(flow, b, &y) &&
	       fold_binary(op, x, y, imm == 1, out);
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

void flow_assign(struct flow *flow, uint32_t address, uint32_t value,
		 fact_id type, CXCursor at)
{
	struct fact_node *node = flow_emit(flow, NODE_ASSIGN, at);

	node->a = address;
	node->b = value;
	node->type = type;
}

void flow_copy(struct flow *flow, uint32_t to, uint32_t from, fact_id type,
	       CXCursor at)
{
	struct fact_node *node;

	if (to == from)
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

/* ---- the end ---- */

static int compare_numbers(gconstpointer a, gconstpointer b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* The nodes that computed gotos, or else asm gotos, may go to. */
static GArray *jump_targets(struct flow *flow, bool computed)
{
	GArray *targets = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, flow->label);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const struct label *label = value;

		if (computed ? label->is_taken
			     : !label->is_taken && !label->is_reached)
			g_array_append_val(targets, label->node);
	}
	g_array_sort(targets, compare_numbers);
	return targets;
}

/*
 * Approximation: an asm goto may go to every label that nothing else goes to,
 * a computed goto to every label whose address is taken; both over-report.
 */
static void link_jumps(struct flow *flow)
{
	GArray *computed, *orphans;

	if (flow->jumps->len == 0)
		return;
	computed = jump_targets(flow, true);
	orphans = jump_targets(flow, false);
	for (guint i = 0; i < flow->jumps->len; i++) {
		uint32_t id = g_array_index(flow->jumps, uint32_t, i);
		struct fact_node *node = node_at(flow, id);
		GArray *to = node->next ? orphans : computed;

		if (node->next && to->len == 0)
			node->kind = NODE_NOP;
		flow_extra(flow, node, (const uint32_t *)(void *)to->data,
			   to->len);
	}
	g_array_free(computed, TRUE);
	g_array_free(orphans, TRUE);
}

/* A loop that does nothing stays as one no-op. */
static uint32_t first_of_cycle(const struct flow *flow, uint32_t node)
{
	uint32_t first = node, at = node_at(flow, node)->next;

	for (; at != node; at = node_at(flow, at)->next)
		first = MIN(first, at);
	return first;
}

/* The first node from node on that does something. */
static uint32_t resolve(const struct flow *flow, uint32_t node)
{
	uint32_t steps = 0;

	while (node && node_at(flow, node)->kind == NODE_NOP &&
	       node_at(flow, node)->next && steps++ < flow->node->len)
		node = node_at(flow, node)->next;
	return steps > flow->node->len ? first_of_cycle(flow, node) : node;
}

static void resolve_edges(struct flow *flow, struct fact_node *node)
{
	node->next = resolve(flow, node->next);
	node->other = resolve(flow, node->other);
	for (uint32_t i = 0; i < node->extra_nr; i++) {
		if (node->kind == NODE_JUMP) {
			uint32_t *to = &g_array_index(flow->extra, uint32_t,
						      node->extra + i);
			*to = resolve(flow, *to);
		} else if (node->kind == NODE_SWITCH) {
			struct fact_case *c = &g_array_index(
				flow->cases, struct fact_case,
				node->extra + i);
			c->node = resolve(flow, c->node);
		}
	}
}

static void push(GArray *stack, uint32_t *number, uint32_t node)
{
	if (node && !number[node]) {
		number[node] = 1;
		g_array_append_val(stack, node);
	}
}

static void push_successors(struct flow *flow, GArray *stack,
			    uint32_t *number, const struct fact_node *node)
{
	push(stack, number, node->next);
	push(stack, number, node->other);
	for (uint32_t i = 0; i < node->extra_nr; i++) {
		if (node->kind == NODE_JUMP)
			push(stack, number,
			     g_array_index(flow->extra, uint32_t,
					   node->extra + i));
		else if (node->kind == NODE_SWITCH)
			push(stack, number,
			     g_array_index(flow->cases, struct fact_case,
					   node->extra + i).node);
	}
}

/* Sets number[n] for each node that can be reached: the entry is 1, the
 * others follow in the order they were made.  Returns how many there are. */
static uint32_t number_nodes(struct flow *flow, uint32_t *number)
{
	uint32_t entry = resolve(flow, 1), nr = 1;
	GArray *stack = g_array_new(FALSE, FALSE, sizeof(uint32_t));

	push(stack, number, entry);
	while (stack->len) {
		uint32_t node = g_array_index(stack, uint32_t, stack->len - 1);

		g_array_set_size(stack, stack->len - 1);
		resolve_edges(flow, node_at(flow, node));
		push_successors(flow, stack, number, node_at(flow, node));
	}
	g_array_free(stack, TRUE);
	for (uint32_t n = 1; n < flow->node->len; n++) {
		if (number[n] && n != entry)
			number[n] = ++nr;
	}
	return nr;
}

static void renumber_edges(struct flow *flow, struct fact_node *node,
			   const uint32_t *number)
{
	node->next = number[node->next];
	node->other = number[node->other];
	for (uint32_t i = 0; i < node->extra_nr; i++) {
		if (node->kind == NODE_JUMP) {
			uint32_t *to = &g_array_index(flow->extra, uint32_t,
						      node->extra + i);
			*to = number[*to];
		} else if (node->kind == NODE_SWITCH) {
			struct fact_case *c = &g_array_index(
				flow->cases, struct fact_case,
				node->extra + i);
			c->node = number[c->node];
		}
	}
}

static void compact_nodes(struct flow *flow)
{
	uint32_t *number = g_new0(uint32_t, flow->node->len);
	uint32_t nr = number_nodes(flow, number);
	GArray *out = g_array_set_size(table_new(sizeof(struct fact_node)),
				       nr + 1);

	for (uint32_t n = 1; n < flow->node->len; n++) {
		struct fact_node *node = node_at(flow, n);

		if (!number[n])
			continue;
		renumber_edges(flow, node, number);
		g_array_index(out, struct fact_node, number[n]) = *node;
	}
	g_array_free(flow->node, TRUE);
	flow->node = out;
	g_free(number);
}

/*
 * Tables that only dropped nodes used are dropped as well: expressions, and
 * the slices of extra and cases.
 */
static void mark_expr(const struct flow *flow, uint8_t *used, uint32_t expr)
{
	const struct fact_expr *e = expr_at(flow, expr);
	struct expr_shape shape = expr_shape(e->op);

	if (!expr || used[expr])
		return;
	used[expr] = 1;
	if (shape.a == OPERAND_EXPR)
		mark_expr(flow, used, e->a);
	if (shape.b == OPERAND_EXPR)
		mark_expr(flow, used, e->b);
}

static void mark_node(const struct flow *flow, uint8_t *used,
		      const struct fact_node *node)
{
	struct node_shape shape = node_shape(node->kind);

	if (shape.a == OPERAND_EXPR)
		mark_expr(flow, used, node->a);
	if (shape.b == OPERAND_EXPR)
		mark_expr(flow, used, node->b);
	for (uint32_t i = 0; shape.extra == OPERAND_EXPR &&
			     i < node->extra_nr; i++)
		mark_expr(flow, used, g_array_index(flow->extra, uint32_t,
						    node->extra + i));
}

static void move_slice(struct flow *flow, struct fact_node *node,
		       const uint32_t *number, GArray *extra, GArray *cases)
{
	struct node_shape shape = node_shape(node->kind);
	bool is_case = shape.extra == OPERAND_CASE;
	uint32_t start = is_case ? cases->len : extra->len;

	for (uint32_t i = 0; i < node->extra_nr; i++) {
		uint32_t item;

		if (is_case) {
			g_array_append_vals(cases,
					    &g_array_index(flow->cases,
							   struct fact_case,
							   node->extra + i),
					    1);
			continue;
		}
		item = g_array_index(flow->extra, uint32_t, node->extra + i);
		if (shape.extra == OPERAND_EXPR)
			item = number[item];
		g_array_append_val(extra, item);
	}
	node->extra = node->extra_nr ? start : 0;
}

static GArray *compact_exprs(struct flow *flow, const uint8_t *used,
			     uint32_t *number)
{
	GArray *out = table_new(sizeof(struct fact_expr));

	for (uint32_t i = 1; i < flow->expr->len; i++) {
		struct fact_expr e = *expr_at(flow, i);
		struct expr_shape shape = expr_shape(e.op);

		if (!used[i])
			continue;
		if (shape.a == OPERAND_EXPR)
			e.a = number[e.a];
		if (shape.b == OPERAND_EXPR)
			e.b = number[e.b];
		number[i] = out->len;
		g_array_append_val(out, e);
	}
	return out;
}

static void compact_tables(struct flow *flow)
{
	uint8_t *used = g_new0(uint8_t, flow->expr->len);
	uint32_t *number = g_new0(uint32_t, flow->expr->len);
	GArray *extra = table_new(sizeof(uint32_t));
	GArray *cases = table_new(sizeof(struct fact_case));
	GArray *expr;

	for (uint32_t n = 1; n < flow->node->len; n++)
		mark_node(flow, used, node_at(flow, n));
	expr = compact_exprs(flow, used, number);
	for (uint32_t n = 1; n < flow->node->len; n++) {
		struct fact_node *node = node_at(flow, n);
		struct node_shape shape = node_shape(node->kind);

		if (shape.a == OPERAND_EXPR)
			node->a = number[node->a];
		if (shape.b == OPERAND_EXPR)
			node->b = number[node->b];
		move_slice(flow, node, number, extra, cases);
	}
	g_array_free(flow->expr, TRUE);
	g_array_free(flow->extra, TRUE);
	g_array_free(flow->cases, TRUE);
	flow->expr = expr;
	flow->extra = extra;
	flow->cases = cases;
	g_free(number);
	g_free(used);
}

static void *steal(GArray *array, uint32_t *nr)
{
	gsize size;
	void *data = g_array_steal(array, &size);

	*nr = (uint32_t)size;
	g_array_free(array, TRUE);
	return data;
}

struct fact_body *flow_finish(struct flow *flow)
{
	struct fact_body *body = g_new0(struct fact_body, 1);

	link_jumps(flow);
	compact_nodes(flow);
	compact_tables(flow);
	body->expr = steal(flow->expr, &body->expr_nr);
	body->node = steal(flow->node, &body->node_nr);
	body->extra = steal(flow->extra, &body->extra_nr);
	body->cases = steal(flow->cases, &body->cases_nr);
	body->local = steal(flow->local, &body->local_nr);
	free_tables(flow);
	g_free(flow);
	return body;
}
