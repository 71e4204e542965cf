/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end of a graph under construction: jumps whose targets were not known
 * get them, and what has no use is dropped: locals that nothing reads, no-ops,
 * nodes that cannot be reached, and what only those referred to.
 */
#include "extract_int.h"

#include "facts_table.h"

static struct fact_expr *expr_at(const struct flow *flow, uint32_t expr)
{
	return &g_array_index(flow->expr, struct fact_expr, expr);
}

static struct fact_node *node_at(const struct flow *flow, uint32_t node)
{
	return &g_array_index(flow->node, struct fact_node, node);
}

static GArray *table_new(guint size)
{
	return g_array_set_size(g_array_new(FALSE, TRUE, size), 1);
}

/* ---- locals that nothing reads ---- */

enum { DEAD_PASSES = 4 };	/* an end to chains of them */

struct uses {
	const struct flow *flow;
	uint8_t *expr;		/* seen */
	uint8_t *local;		/* used */
};

static void use_expr(struct uses *uses, uint32_t expr)
{
	const struct fact_expr *e = expr_at(uses->flow, expr);
	struct expr_shape shape = expr_shape(e->op);

	if (uses->expr[expr])
		return;
	uses->expr[expr] = 1;
	if (e->op == EXPR_LOCAL)
		uses->local[e->a] = 1;
	if (shape.a == OPERAND_EXPR)
		use_expr(uses, e->a);
	if (shape.b == OPERAND_EXPR)
		use_expr(uses, e->b);
}

/* The local that an address is in, found without reading anything; or 0. */
static uint32_t target_local(const struct flow *flow, uint32_t address)
{
	const struct fact_expr *e = expr_at(flow, address);

	while (e->op == EXPR_FIELD ||
	       (e->op == EXPR_INDEX &&
		expr_at(flow, e->b)->op == EXPR_CONST))
		e = expr_at(flow, e->a);
	return e->op == EXPR_LOCAL ? e->a : 0;
}

static bool is_store(const struct fact_node *node)
{
	return node->kind == NODE_ASSIGN || node->kind == NODE_COPY;
}

static void use_node(struct uses *uses, const struct fact_node *node)
{
	struct node_shape shape = node_shape(node->kind);

	if (shape.a == OPERAND_EXPR &&
	    !(is_store(node) && target_local(uses->flow, node->a)))
		use_expr(uses, node->a);
	if (shape.b == OPERAND_EXPR)
		use_expr(uses, node->b);
	for (uint32_t i = 0; shape.extra == OPERAND_EXPR &&
			     i < node->extra_nr; i++)
		use_expr(uses, g_array_index(uses->flow->extra, uint32_t,
					     node->extra + i));
}

static bool is_dead(const struct uses *uses, const struct fact_node *node)
{
	uint32_t local = 0;

	if (is_store(node))
		local = target_local(uses->flow, node->a);
	else if (node->kind == NODE_UNDEF)
		local = node->a;
	return local && !uses->local[local];
}

/* Drops what is stored to locals that nothing reads; was there anything? */
static bool drop_dead_stores(struct flow *flow)
{
	struct uses uses = {
		.flow = flow,
		.expr = g_new0(uint8_t, flow->expr->len),
		.local = g_new0(uint8_t, flow->local->len),
	};
	bool dropped = false;

	for (uint32_t n = 1; n < flow->node->len; n++)
		use_node(&uses, node_at(flow, n));
	for (uint32_t n = 1; n < flow->node->len; n++) {
		struct fact_node *node = node_at(flow, n);

		if (is_dead(&uses, node)) {
			node->kind = NODE_NOP;
			dropped = true;
		} else if (node->kind == NODE_CALL && node->b &&
			   !uses.local[node->b]) {
			node->b = 0;
		}
	}
	g_free(uses.expr);
	g_free(uses.local);
	return dropped;
}

/* ---- jumps ---- */

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

/* ---- nodes ---- */

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

/* ---- tables ---- */

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

	for (int pass = 0; pass < DEAD_PASSES && drop_dead_stores(flow);)
		pass++;
	link_jumps(flow);
	compact_nodes(flow);
	compact_tables(flow);
	body->expr = steal(flow->expr, &body->expr_nr);
	body->node = steal(flow->node, &body->node_nr);
	body->extra = steal(flow->extra, &body->extra_nr);
	body->cases = steal(flow->cases, &body->cases_nr);
	body->local = steal(flow->local, &body->local_nr);
	flow_free_tables(flow);
	g_free(flow);
	return body;
}
