/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pairs in a fixed order, recognised from the comparison in the code.  An order
 * is fixed only if it is the same wherever locks of the class are taken: so
 * only ascending orders count, and a pair that is taken in descending order is
 * none.
 *
 * Approximation: arguments of two calls of one function are compared by the
 * holder's own control flow, and not what the function makes of them; locks
 * that it finds by other means than these arguments would be missed.
 */
#include "sorted.h"

#include "body_expr.h"
#include "program.h"
#include "value.h"

/* ---- by the domains' numbers, as facts have it ---- */

/* Is it the load of one member of two records? */
static bool is_member_pair(const struct terms *t, term_id x, term_id y,
			   term_id a, term_id b)
{
	const struct term *l = term_get(t, x), *r = term_get(t, y);

	if (l->op != TERM_LOAD || r->op != TERM_LOAD)
		return false;
	l = term_get(t, l->a);
	r = term_get(t, r->a);
	return l->op == TERM_FIELD && r->op == TERM_FIELD && l->b == r->b &&
	       l->a == a && r->a == b;
}

/* Does "left OP right" being TRUTH say that left <= right?  -1: the reverse;
 * 0: neither. */
static int direction_of(int64_t op, bool truth)
{
	switch (op) {
	case EXPR_LT:
	case EXPR_LE:
		return truth ? 1 : -1;
	case EXPR_GT:
	case EXPR_GE:
		return truth ? -1 : 1;
	default:
		return 0;
	}
}

/* Does the fact say that A's number is not above B's? */
static bool says_ascending(const struct terms *t, const struct binding *fact,
			   term_id a, term_id b)
{
	const struct term *x = term_get(t, fact->key);
	int64_t value = 1;
	int direction;

	if (x->op != TERM_BINARY ||
	    (fact->value && !term_is_const(t, fact->value, &value)))
		return false;
	direction = direction_of(x->imm, value != 0);
	return (direction > 0 && is_member_pair(t, x->a, x->b, a, b)) ||
	       (direction < 0 && is_member_pair(t, x->a, x->b, b, a));
}

static bool is_sorted_by_domain(const struct terms *t, const struct pair *p)
{
	const GArray *facts = p->at->fact;

	if (!p->held.owner || !p->acquired.owner)
		return false;
	for (guint i = 0; i < facts->len; i++)
		if (says_ascending(t, &g_array_index(facts, struct binding, i),
				   p->held.owner, p->acquired.owner))
			return true;
	return false;
}

/* ---- by the code ---- */

/* No local, several of them. */
#define NO_LOCAL 0u
#define MANY_LOCALS UINT32_MAX

static bool is_leaf(const struct fact_expr *e)
{
	return e->op == EXPR_UNKNOWN || e->op == EXPR_CONST ||
	       e->op == EXPR_STRING || e->op == EXPR_LOCAL ||
	       e->op == EXPR_GLOBAL || e->op == EXPR_FUNCTION;
}

static bool has_two(const struct fact_expr *e)
{
	return e->op == EXPR_INDEX || (e->op >= EXPR_ADD && e->op <= EXPR_GE);
}

/* The one local that an expression speaks of. */
static uint32_t local_of(const struct fact_body *b, uint32_t expr)
{
	const struct fact_expr *e = &b->expr[expr];
	uint32_t x, y;

	if (e->op == EXPR_LOCAL)
		return e->a;
	if (is_leaf(e))
		return NO_LOCAL;
	x = local_of(b, e->a);
	y = has_two(e) ? local_of(b, e->b) : NO_LOCAL;
	if (x == NO_LOCAL || x == y)
		return y == NO_LOCAL ? x : y;
	return y == NO_LOCAL ? x : MANY_LOCALS;
}

/* May the node store to LOCAL? */
static bool may_store(const struct fact_body *b, uint32_t node, uint32_t local)
{
	const struct fact_node *n = &b->node[node];

	switch (n->kind) {
	case NODE_ASSIGN:
	case NODE_COPY:
		return body_root_local(b, n->a) == local;
	case NODE_UNDEF:
		return n->a == local;
	case NODE_CALL:
	case NODE_ASM:
		if (n->kind == NODE_CALL && n->b == local)
			return true;
		for (uint32_t i = 0; i < n->extra_nr; i++)
			if (body_root_local(b, b->extra[n->extra + i]) ==
			    local)
				return true;
		return false;
	default:
		return false;
	}
}

/* What follows a node, each at most once more than it has to be. */
static uint32_t follower(const struct fact_body *b, uint32_t node, uint32_t i)
{
	const struct fact_node *n = &b->node[node];

	if (i == 0)
		return n->next;
	if (i == 1)
		return n->other;
	i -= 2;
	if (n->kind == NODE_SWITCH && i < n->extra_nr)
		return b->cases[n->extra + i].node;
	if (n->kind == NODE_JUMP && i < n->extra_nr)
		return b->extra[n->extra + i];
	return UINT32_MAX;
}

/*
 * The nodes that are reached from FROM, itself included; not along the edge
 * from CUT_FROM to its true (or else its false) side.  For g_free.
 */
static uint8_t *reached(const struct fact_body *b, uint32_t from,
			uint32_t cut_from, bool cut_true)
{
	uint8_t *set = g_new0(uint8_t, b->node_nr + 1);
	GArray *work = g_array_new(FALSE, FALSE, sizeof(uint32_t));

	g_array_append_val(work, from);
	while (work->len > 0) {
		uint32_t node = g_array_index(work, uint32_t, work->len - 1);
		uint32_t to;

		g_array_set_size(work, work->len - 1);
		if (node == 0 || node >= b->node_nr || set[node])
			continue;
		set[node] = 1;
		for (uint32_t i = 0; (to = follower(b, node, i)) != UINT32_MAX;
		     i++)
			if (node != cut_from || i != (cut_true ? 0u : 1u))
				g_array_append_val(work, to);
	}
	g_array_unref(work);
	return set;
}

/* Is LOCAL stored to after the branch, on that side? */
static bool is_stored_after(const struct fact_body *b, const uint8_t *after,
			    uint32_t local)
{
	for (uint32_t i = 1; i < b->node_nr; i++)
		if (after[i] && may_store(b, i, local))
			return true;
	return false;
}

/* Do both nodes lie behind that side of the branch, and nothing there stores
 * to the two locals? */
static bool lie_behind(const struct fact_body *b, uint32_t branch, bool side,
		       const uint32_t node[2], const uint32_t local[2])
{
	const struct fact_node *n = &b->node[branch];
	uint8_t *without = reached(b, 1, branch, side);
	uint8_t *after = reached(b, side ? n->next : n->other, 0, false);
	bool good = !without[node[0]] && !without[node[1]] &&
		    !is_stored_after(b, after, local[0]) &&
		    !is_stored_after(b, after, local[1]);

	g_free(without);
	g_free(after);
	return good;
}

/* The one node that stores to LOCAL, a temporary; 0 if there is none. */
static uint32_t maker_of(const struct fact_body *b, uint32_t local)
{
	uint32_t found = 0;

	if (local == NO_LOCAL || local == MANY_LOCALS ||
	    !(b->local[local].flags & LOCAL_TEMP))
		return 0;
	for (uint32_t i = 1; i < b->node_nr; i++) {
		if (!may_store(b, i, local))
			continue;
		if (found)
			return 0;
		found = i;
	}
	return found;
}

/*
 * A local that is compared: if it is what a function of one argument has
 * returned (mfn_x), that argument's, and the function in *MAKER.
 */
static uint32_t compared_local(const struct fact_body *b, uint32_t expr,
			       uint32_t *maker)
{
	uint32_t local = local_of(b, expr);
	const struct fact_node *n = &b->node[maker_of(b, local)];

	*maker = 0;
	if (n->kind != NODE_CALL || n->extra_nr != 1 ||
	    b->expr[n->a].op != EXPR_FUNCTION)
		return local;
	*maker = b->expr[n->a].a;
	return local_of(b, b->extra[n->extra]);
}

/* Has a branch compared the two locals, the first one not above the second? */
static bool is_compared(const struct fact_body *b, const uint32_t node[2],
			const uint32_t local[2])
{
	for (uint32_t i = 1; i < b->node_nr; i++) {
		const struct fact_expr *e = &b->expr[b->node[i].a];
		uint32_t x, y, by_x, by_y;

		if (b->node[i].kind != NODE_BRANCH || e->op < EXPR_LT ||
		    e->op > EXPR_GE)
			continue;
		x = compared_local(b, e->a, &by_x);
		y = compared_local(b, e->b, &by_y);
		if (by_x != by_y)
			continue;
		if (x == local[0] && y == local[1] &&
		    lie_behind(b, i, direction_of(e->op, true) > 0, node,
			       local))
			return true;
		if (x == local[1] && y == local[0] &&
		    lie_behind(b, i, direction_of(e->op, true) < 0, node,
			       local))
			return true;
	}
	return false;
}

/* The two locals in which two calls of one function differ. */
static bool find_arguments(const struct fact_body *b, const uint32_t node[2],
			   uint32_t local[2])
{
	const struct fact_node *x = &b->node[node[0]], *y = &b->node[node[1]];
	bool found = false;

	if (x->kind != NODE_CALL || y->kind != NODE_CALL ||
	    b->expr[x->a].op != EXPR_FUNCTION ||
	    b->expr[y->a].op != EXPR_FUNCTION ||
	    b->expr[x->a].a != b->expr[y->a].a || x->extra_nr != y->extra_nr)
		return false;
	for (uint32_t i = 0; i < x->extra_nr; i++) {
		uint32_t a = local_of(b, b->extra[x->extra + i]);
		uint32_t c = local_of(b, b->extra[y->extra + i]);

		if (a == c && a != MANY_LOCALS)
			continue;
		if (found || a == NO_LOCAL || c == NO_LOCAL ||
		    a == MANY_LOCALS || c == MANY_LOCALS)
			return false;
		local[0] = a;
		local[1] = c;
		found = true;
	}
	return found;
}

/* Does the node store to LOCAL its own value plus a positive number? */
static bool counts_up(const struct fact_body *b, uint32_t node, uint32_t local)
{
	const struct fact_node *n = &b->node[node];
	const struct fact_expr *e = &b->expr[n->b];

	while (n->kind == NODE_ASSIGN && e->op == EXPR_CAST)
		e = &b->expr[e->a];
	return n->kind == NODE_ASSIGN && b->expr[n->a].op == EXPR_LOCAL &&
	       e->op == EXPR_ADD && local_of(b, e->a) == local &&
	       b->expr[e->b].op == EXPR_CONST && b->expr[e->b].imm > 0;
}

/* The local that is the index of the one element that the expression names. */
static uint32_t index_of(const struct fact_body *b, uint32_t expr)
{
	const struct fact_expr *e = &b->expr[expr];
	uint32_t local;

	if (is_leaf(e))
		return NO_LOCAL;
	if (e->op == EXPR_INDEX) {
		local = b->expr[e->b].op == EXPR_LOAD ||
			b->expr[e->b].op == EXPR_CAST
				? local_of(b, e->b) : NO_LOCAL;
		return local == MANY_LOCALS ? NO_LOCAL : local;
	}
	return has_two(e) ? NO_LOCAL : index_of(b, e->a);
}

/* Is every store to LOCAL on the way from the node to itself one that counts
 * up, and is there one? */
static bool is_counted_up(const struct fact_body *b, const uint8_t *loop,
			  uint32_t local)
{
	bool counted = false;

	for (uint32_t i = 1; i < b->node_nr; i++) {
		if (!loop[i] || !may_store(b, i, local))
			continue;
		if (!counts_up(b, i, local))
			return false;
		counted = true;
	}
	return counted;
}

/* Does any other local of the expression keep its value in the loop? */
static bool is_kept(const struct fact_body *b, const uint8_t *loop,
		    uint32_t expr, uint32_t index)
{
	const struct fact_expr *e = &b->expr[expr];

	if (e->op == EXPR_LOCAL)
		return e->a == index || !is_stored_after(b, loop, e->a);
	if (is_leaf(e))
		return true;
	return is_kept(b, loop, e->a, index) &&
	       (!has_two(e) || is_kept(b, loop, e->b, index));
}

/* The nodes on ways from the node to itself. */
static uint8_t *loop_of(const struct fact_body *b, uint32_t node)
{
	uint8_t *loop = reached(b, node, 0, false);

	for (uint32_t i = 1; i < b->node_nr; i++) {
		uint8_t *back;

		if (!loop[i])
			continue;
		back = reached(b, i, 0, false);
		loop[i] = back[node];
		g_free(back);
	}
	return loop;
}

static bool is_index_argument(const struct fact_body *b, uint32_t node,
			      uint32_t expr, uint32_t index)
{
	uint8_t *loop = loop_of(b, node);
	bool sorted = is_counted_up(b, loop, index) &&
		      is_kept(b, loop, expr, index);

	g_free(loop);
	return sorted;
}

static bool is_sorted_by_index(const struct fact_body *b, uint32_t node)
{
	const struct fact_node *n = &b->node[node];

	for (uint32_t i = 0; n->kind == NODE_CALL && i < n->extra_nr; i++) {
		uint32_t expr = b->extra[n->extra + i];
		uint32_t index = index_of(b, expr);

		if (index != NO_LOCAL && is_index_argument(b, node, expr, index))
			return true;
	}
	return false;
}

static uint32_t acquire_node(const struct handup *h, const struct pair *p)
{
	const struct acquisition *a = &p->acquired;

	return a->edge ? ((const struct call_edge *)g_ptr_array_index(
				h->edge, a->edge - 1))->node
		       : a->event->node;
}

bool sorted_pair(const struct explorer *x, const struct handup *h,
		 const struct pair *p, const struct origin *from)
{
	const struct fact_body *b = FACT_FUNCTION(x->p->f, p->holder)->body;
	const uint32_t node[2] = { from->node, acquire_node(h, p) };
	uint32_t local[2];

	if (p->same_object || p->held.class != p->acquired.view.class)
		return false;
	if (is_sorted_by_domain(x->t, p))
		return true;
	if (node[0] == node[1])
		return is_sorted_by_index(b, node[0]);
	return find_arguments(b, node, local) && is_compared(b, node, local);
}
