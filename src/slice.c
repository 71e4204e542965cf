/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Backward slicing on the control-flow graph, in the weak form: a branch
 * matters only if its sides reach different nodes that matter (as in
 * "property simulation", Das, Lerner and Seigle, PLDI 2002, where states
 * meet again where nothing depends on the branch).  A loop that does nothing
 * that matters is left.
 */
#include "slice.h"

#include <string.h>

#include "aims.h"
#include "body_expr.h"
#include "param_writes.h"
#include "program.h"
#include "successors.h"

/* Follows nodes that only pass control on. */
static uint32_t pass_through(const struct fact_body *b, uint32_t node)
{
	for (int i = 0; i < 16 && node; i++) {
		const struct fact_node *n = &b->node[node];

		if (n->kind == NODE_DEAD || n->kind == NODE_BRANCH ||
		    n->kind == NODE_SWITCH || n->kind == NODE_RETURN ||
		    n->kind == NODE_JUMP)
			break;
		node = n->next;
	}
	return node;
}

bool slice_is_guard(const struct fact_body *b, uint32_t node)
{
	const struct fact_node *n = &b->node[node];
	uint32_t x, y;

	if (n->kind != NODE_BRANCH)
		return false;
	x = pass_through(b, n->next);
	y = pass_through(b, n->other);
	return (x && b->node[x].kind == NODE_DEAD) !=
	       (y && b->node[y].kind == NODE_DEAD);
}

struct slicer {
	struct program *p;
	fact_id function;
	const struct fact_body *b;
	struct slice *s;
	const uint32_t *writes;	/* param_writes.h; or NULL */
	uint8_t *tells;		/* per local: result of a call that may change
				 * which locks are held, or asks for the kind
				 * of a table */
	uint8_t *names_current;	/* per local: is set to the current vCPU, or to
				 * a member of it */
	struct aims *aims;
	uint32_t any_return;	/* some return whose value does not matter */
	bool changed;		/* inside this function */
	bool widened;		/* something that others depend on */
};

static void need_local(struct slicer *w, uint32_t local)
{
	if (w->s->local[local])
		return;
	w->s->local[local] = 1;
	w->changed = true;
	if (w->b->local[local].flags & LOCAL_PARAM)
		w->widened = true;
}

/* MEMBER is a field, or a global after all fields. */
static void use_member(struct slicer *w, uint32_t member)
{
	w->changed |= !bit_is_set(w->s->uses, member);
	bit_set(w->s->uses, member);
}

static bool points_to_number(const struct slicer *w, uint32_t local)
{
	const struct fact_type *t =
		FACT_TYPE(w->p->f, w->b->local[local].type);

	return t->kind == TYPE_POINTER &&
	       FACT_TYPE(w->p->f, t->target)->kind == TYPE_INT;
}

/* What lies at ADDRESS is read: where that is the value of a local pointer to
 * a number, what is stored there matters.  Pointers are taken to stay. */
static void need_behind(struct slicer *w, uint32_t address)
{
	uint32_t pointer = body_local_read(w->b, address);

	if (!pointer || w->s->behind[pointer] || !points_to_number(w, pointer))
		return;
	w->s->behind[pointer] = 1;
	w->changed = true;
}

static void need_expr(struct slicer *w, uint32_t expr)
{
	const struct fact_expr *e = &w->b->expr[expr];

	switch (e->op) {
	case EXPR_UNKNOWN:
	case EXPR_CONST:
	case EXPR_STRING:
	case EXPR_FUNCTION:
		break;
	case EXPR_LOCAL:
		need_local(w, e->a);
		break;
	case EXPR_GLOBAL:
		use_member(w, w->p->f->field->len + e->a);
		if (!w->p->tracked_global[e->a]) {
			w->p->tracked_global[e->a] = 1;
			w->widened = true;
		}
		break;
	case EXPR_FIELD:
		use_member(w, e->b);
		if (!w->p->tracked_field[e->b]) {
			w->p->tracked_field[e->b] = 1;
			w->widened = true;
		}
		need_expr(w, e->a);
		break;
	case EXPR_LOAD:
		need_behind(w, e->a);
		need_expr(w, e->a);
		break;
	case EXPR_NEG:
	case EXPR_BITNOT:
	case EXPR_LNOT:
	case EXPR_CAST:
		need_expr(w, e->a);
		break;
	default:
		need_expr(w, e->a);
		need_expr(w, e->b);
		break;
	}
}

static bool is_number(const struct slicer *w, uint32_t expr)
{
	return w->b->expr[body_uncast(w->b, expr)].op == EXPR_CONST;
}

static bool is_parameter(const struct slicer *w, uint32_t expr)
{
	uint32_t local = body_local_read(w->b, expr);

	return local && w->b->local[local].flags & LOCAL_PARAM;
}

/* E orders a parameter and a number. */
static bool orders_parameter(const struct slicer *w, const struct fact_expr *e)
{
	return (is_parameter(w, e->a) && is_number(w, e->b)) ||
	       (is_parameter(w, e->b) && is_number(w, e->a));
}

/*
 * Marks the locals whose exact value EXPR depends on.  Sizes, counts and
 * addresses, which are added, shifted or ordered, are not among them; parameters
 * that are ordered with a number are.
 */
static void decide_expr(struct slicer *w, uint32_t expr)
{
	const struct fact_expr *e = &w->b->expr[expr];

	switch (e->op) {
	case EXPR_LOAD:
		if (w->b->expr[e->a].op != EXPR_LOCAL)
			break;
		expr = w->b->expr[e->a].a;
		if (!w->s->decides[expr]) {
			w->s->decides[expr] = 1;
			w->changed = true;
			if (w->b->local[expr].flags & LOCAL_PARAM)
				w->widened = true;
		}
		break;
	case EXPR_LNOT:
	case EXPR_BITNOT:
	case EXPR_CAST:
		decide_expr(w, e->a);
		break;
	case EXPR_LT:
	case EXPR_LE:
	case EXPR_GT:
	case EXPR_GE:
		if (orders_parameter(w, e)) {
			decide_expr(w, e->a);
			decide_expr(w, e->b);
		}
		break;
	case EXPR_EQ:
	case EXPR_NE:
	case EXPR_AND:
	case EXPR_OR:
	case EXPR_XOR:
		decide_expr(w, e->a);
		decide_expr(w, e->b);
		break;
	default:
		break;
	}
}

static void need_node(struct slicer *w, uint32_t node)
{
	if (!w->s->node[node]) {
		w->s->node[node] = 1;
		w->changed = true;
	}
}

/* An aim_fn: is EXPR the address of a number that is tracked, and may change? */
static bool is_tracked_member(void *context, uint32_t expr)
{
	const struct slicer *w = context;
	uint32_t member = aims_member(w->p->f, w->b, expr);

	return member && program_may_change(w->p, member);
}

/* Is EXPR, an address, one that is read by another name? */
static bool is_read_behind(struct slicer *w, uint32_t expr)
{
	return w->s->behind[body_local_read(w->b, expr)] ||
	       aims_any(w->aims, expr, is_tracked_member, w);
}

/* Does a store to this address matter? */
static bool target_matters(struct slicer *w, uint32_t expr)
{
	const struct fact_expr *e = &w->b->expr[expr];
	uint32_t local = body_root_local(w->b, expr);

	if (local)
		return w->s->local[local];
	while (e->op == EXPR_INDEX)
		e = &w->b->expr[e->a];
	if (e->op == EXPR_FIELD)
		return w->p->tracked_field[e->b];
	if (e->op == EXPR_GLOBAL)
		return w->p->tracked_global[e->a];
	/* *pointer = ...: what a caller's local may hold afterwards */
	return w->p->output_needed[w->function] || is_read_behind(w, expr);
}

static bool passes_needed_address(const struct slicer *w,
				  const struct fact_node *n)
{
	for (uint32_t i = 0; i < n->extra_nr; i++) {
		uint32_t local = body_root_local(w->b,
						  w->b->extra[n->extra + i]);

		if (local && w->s->local[local])
			return true;
	}
	return false;
}

/* An aim_fn: is EXPR the address of a local that is needed? */
static bool is_needed_local(void *context, uint32_t expr)
{
	const struct slicer *w = context;
	uint32_t local = body_root_local(w->b, expr);

	return local && w->s->local[local];
}

/* A pointer to a needed local that is passed: what the callee leaves there is
 * seen if the pointer's value is. */
static bool passes_aimed_pointer(struct slicer *w, const struct fact_node *n)
{
	bool any = false;

	for (uint32_t i = 0; i < n->extra_nr; i++) {
		uint32_t expr = w->b->extra[n->extra + i];

		if (!body_local_read(w->b, expr) ||
		    !aims_any(w->aims, expr, is_needed_local, w))
			continue;
		need_expr(w, expr);
		any = true;
	}
	return any;
}

/* Is what N leaves behind its arguments needed? */
static bool passes_needed(struct slicer *w, const struct fact_node *n)
{
	bool aimed = passes_aimed_pointer(w, n);

	return passes_needed_address(w, n) || aimed;
}

/* Does N, the call of SITE, store to a number that is read by another name
 * than the argument through which it does? */
static bool stores_to_read(struct slicer *w, const struct fact_node *n,
			   const struct call_site *site)
{
	bool any = false;

	for (uint32_t i = 0; i < n->extra_nr; i++) {
		uint32_t expr = w->b->extra[n->extra + i];

		if (!is_read_behind(w, expr) ||
		    !program_writes_behind(w->p, site, i))
			continue;
		need_expr(w, expr);
		any = true;
	}
	return any;
}

static void need_primitive_args(struct slicer *w, const struct fact_node *n,
				const struct lock_primitive *lp)
{
	const int args[] = { lp->object_arg, lp->owner_arg,
			     lp->recursive_arg };

	for (size_t i = 0; i < G_N_ELEMENTS(args); i++)
		if (args[i] >= 0 && (uint32_t)args[i] < n->extra_nr) {
			need_expr(w, w->b->extra[n->extra +
						 (uint32_t)args[i]]);
			decide_expr(w, w->b->extra[n->extra +
						   (uint32_t)args[i]]);
		}
}

/* The arguments that the callees of a call look at. */
static void need_callee_args(struct slicer *w, const struct fact_node *n,
			     const struct call_site *site)
{
	for (uint32_t k = 0; k < site->target_nr; k++) {
		fact_id callee = g_array_index(w->p->cg->target, fact_id,
					       site->target + k);
		const struct lock_primitive *lp =
			lockprims_find(w->p->lp, callee);
		const struct slice *s = w->p->slice[callee];

		if (lp)
			need_primitive_args(w, n, lp);
		for (uint32_t i = 0; !lp && s && i < n->extra_nr; i++)
			if (i < FACT_FUNCTION(w->p->f, callee)->param_nr &&
			    s->local[i + 1])
				need_expr(w, w->b->extra[n->extra + i]);
		for (uint32_t i = 0; !lp && s && i < n->extra_nr; i++)
			if (i < FACT_FUNCTION(w->p->f, callee)->param_nr &&
			    s->decides[i + 1])
				decide_expr(w, w->b->extra[n->extra + i]);
	}
}

static bool callee_locks(const struct program *p, const struct call_site *site)
{
	for (uint32_t k = 0; k < site->target_nr; k++) {
		fact_id callee = g_array_index(p->cg->target, fact_id,
					       site->target + k);

		if (p->asserts_unlocked[callee] ||
		    program_call_locks(p, site->function, site->node, callee))
			return true;
	}
	return false;
}

static void need_outputs(struct slicer *w, fact_id callee, bool result,
			 bool output)
{
	if (result && !w->p->result_needed[callee]) {
		w->p->result_needed[callee] = 1;
		w->widened = true;
	}
	if (output && !w->p->output_needed[callee]) {
		w->p->output_needed[callee] = 1;
		w->widened = true;
	}
}

/* Do all locals in EXPR matter already, and is there one?  The current vCPU is
 * known anyway, by whatever name; it is no reason. */
static bool locals_matter(const struct slicer *w, uint32_t expr, bool *any)
{
	const struct fact_expr *e = &w->b->expr[expr];

	switch (e->op) {
	case EXPR_UNKNOWN:
	case EXPR_CONST:
	case EXPR_STRING:
	case EXPR_FUNCTION:
	case EXPR_GLOBAL:
		return true;
	case EXPR_LOCAL:
		if (w->names_current[e->a])
			return true;
		*any = true;
		return w->s->local[e->a];
	case EXPR_FIELD:
		return e->b == w->p->current_field ||
		       locals_matter(w, e->a, any);
	case EXPR_LOAD:
	case EXPR_NEG:
	case EXPR_BITNOT:
	case EXPR_LNOT:
	case EXPR_CAST:
		return locals_matter(w, e->a, any);
	default:
		return locals_matter(w, e->a, any) &&
		       locals_matter(w, e->b, any);
	}
}

static bool changes_lockset(const struct slicer *w, uint32_t node)
{
	const struct call_site *site =
		callgraph_site(w->p->cg, w->function, node);

	for (uint32_t k = 0; k < site->target_nr; k++) {
		fact_id callee = g_array_index(w->p->cg->target, fact_id,
					       site->target + k);

		if (w->p->takes[callee] || w->p->gives[callee])
			return true;
	}
	return false;
}

/* Is LOCAL a struct that is nothing but a number? */
static bool is_frame(const struct slicer *w, uint32_t local)
{
	const struct fact_type *type =
		FACT_TYPE(w->p->f, w->b->local[local].type);

	return type->kind == TYPE_INT && type->record;
}

/* Does the call at NODE release a lock of those in LOCKS? */
static bool releases_any(const struct slicer *w, uint32_t node, uint32_t locks)
{
	const struct call_site *site =
		callgraph_site(w->p->cg, w->function, node);

	for (uint32_t k = 0; k < site->target_nr; k++)
		if (w->p->releases[g_array_index(w->p->cg->target, fact_id,
						 site->target + k)] & locks)
			return true;
	return false;
}

/* Does a call ask what kind of table it is given? */
static bool asks_kind(const struct slicer *w, uint32_t node)
{
	const struct call_site *site =
		callgraph_site(w->p->cg, w->function, node);

	for (uint32_t k = 0; k < site->target_nr; k++)
		if (w->p->asks_kind[g_array_index(w->p->cg->target, fact_id,
						  site->target + k)])
			return true;
	return false;
}

/* Is EXPR the current vCPU, or a member of it? */
static bool reads_current(const struct slicer *w, uint32_t expr)
{
	const struct fact_expr *e = &w->b->expr[expr];

	switch (e->op) {
	case EXPR_FIELD:
		return e->b == w->p->current_field || reads_current(w, e->a);
	case EXPR_LOAD:
	case EXPR_CAST:
		return reads_current(w, e->a);
	default:
		return false;
	}
}

static void find_naming(struct slicer *w)
{
	const struct fact_body *b = w->b;

	w->names_current = g_new0(uint8_t, b->local_nr);
	for (uint32_t i = 1; i < b->node_nr; i++)
		if (b->node[i].kind == NODE_ASSIGN &&
		    b->expr[b->node[i].a].op == EXPR_LOCAL &&
		    reads_current(w, b->node[i].b))
			w->names_current[b->expr[b->node[i].a].a] = 1;
}

static void find_telling(struct slicer *w)
{
	const struct fact_body *b = w->b;

	w->tells = g_new0(uint8_t, b->local_nr);
	for (uint32_t i = 1; i < b->node_nr; i++)
		if (b->node[i].kind == NODE_CALL && b->node[i].b &&
		    (changes_lockset(w, i) || asks_kind(w, i)))
			w->tells[b->node[i].b] = 1;
	for (uint32_t i = 1; i < b->node_nr; i++)
		if (b->node[i].kind == NODE_ASSIGN &&
		    b->expr[b->node[i].a].op == EXPR_LOCAL &&
		    w->tells[body_local_read(b, b->node[i].b)])
			w->tells[b->expr[b->node[i].a].a] = 1;
}

/*
 * Does the function return such a frame, which it compares, and release some
 * of the locks that it otherwise returns with?  Then the frame tells callers
 * which.
 */
static bool tells_by_result(const struct slicer *w)
{
	const struct fact_body *b = w->b;
	uint32_t gives = w->p->gives[w->function];
	bool releases = false, returns = false;

	for (uint32_t i = 1; gives && i < b->node_nr; i++) {
		const struct fact_node *n = &b->node[i];
		uint32_t local = n->kind == NODE_RETURN && n->a
					 ? body_local_read(b, n->a)
					 : 0;

		if (n->kind == NODE_CALL)
			releases |= releases_any(w, i, gives);
		returns |= w->tells[local] && w->s->decides[local] &&
			   is_frame(w, local);
	}
	return releases && returns;
}

/* Does EXPR compare, with constants only, such a result? */
static bool reads_telling(const struct slicer *w, uint32_t expr)
{
	const struct fact_expr *e = &w->b->expr[expr];

	switch (e->op) {
	case EXPR_LOAD:
		return w->tells[body_local_read(w->b, expr)];
	case EXPR_LNOT:
	case EXPR_CAST:
		return reads_telling(w, e->a);
	case EXPR_EQ:
	case EXPR_NE:
		return reads_telling(w, e->a) || reads_telling(w, e->b);
	default:
		return false;
	}
}

/* A guard is kept where it speaks of what matters anyway, of the result of a
 * call that decides which locks are held, or of the kind of a table. */
static bool guard_matters(const struct slicer *w, uint32_t node)
{
	uint32_t expr = w->b->node[node].a;
	bool any = false;

	if (!w->p->locks[w->function] || !slice_is_guard(w->b, node))
		return false;
	return reads_telling(w, expr) ||
	       (locals_matter(w, expr, &any) && any);
}

/* Does each target that locks decide by what it returns which locks it
 * returns with? */
static bool result_tells(const struct program *p, const struct call_site *site)
{
	for (uint32_t k = 0; k < site->target_nr; k++) {
		fact_id callee = g_array_index(p->cg->target, fact_id,
					       site->target + k);

		if (!p->result_tells[callee] &&
		    program_call_locks(p, site->function, site->node, callee))
			return false;
	}
	return true;
}

/*
 * Is the result of a call needed?  Approximation: a frame that a function
 * which may lock returns is any frame, unless the function compares it to
 * know whether to keep the lock: what frames tell of locks else, they tell
 * where they were made.
 */
static bool needs_result(const struct slicer *w, const struct fact_node *n,
			 const struct call_site *site, bool locks)
{
	return n->b && w->s->local[n->b] &&
	       (!locks || !is_frame(w, n->b) || result_tells(w->p, site));
}

/* Does some target store to what this function asks for or stores to? */
static bool stores_used(const struct slicer *w, const struct call_site *site)
{
	const struct program *p = w->p;

	for (uint32_t k = 0; k < site->target_nr; k++) {
		fact_id callee = g_array_index(p->cg->target, fact_id,
					       site->target + k);
		const uint64_t *stores =
			p->stores + (size_t)callee * p->member_words;

		for (uint32_t i = 0; !p->aside[callee] && i < p->member_words;
		     i++)
			if (stores[i] & w->s->uses[i] & p->changing[i])
				return true;
	}
	return false;
}

static void visit_call(struct slicer *w, uint32_t node)
{
	const struct fact_node *n = &w->b->node[node];
	const struct call_site *site =
		callgraph_site(w->p->cg, w->function, node);
	bool locks = callee_locks(w->p, site);
	bool result = needs_result(w, n, site, locks);
	bool output = passes_needed(w, n);

	output |= stores_to_read(w, n, site);
	for (uint32_t k = 0; k < site->target_nr; k++)
		need_outputs(w, g_array_index(w->p->cg->target, fact_id,
					      site->target + k),
			     result, output);
	if (!locks && !result && !output) {
		if (stores_used(w, site))
			need_node(w, node);
		return;
	}
	need_node(w, node);
	if (site->reason != TARGET_DIRECT)
		need_expr(w, n->a);
	need_callee_args(w, n, site);
}

/* Does assembly write a number that is read? */
static bool writes_read(struct slicer *w, const struct fact_node *n)
{
	for (uint32_t i = 0; i < n->b; i++)
		if (is_read_behind(w, w->b->extra[n->extra + i]))
			return true;
	return false;
}

static void visit_node(struct slicer *w, uint32_t node)
{
	const struct fact_node *n = &w->b->node[node];

	/* Whether it is passed is told to callers. */
	if (w->writes && w->p->output_needed[w->function] && w->writes[node])
		need_node(w, node);
	switch (n->kind) {
	case NODE_CALL:
		visit_call(w, node);
		break;
	case NODE_ASSIGN:
	case NODE_COPY:
		if (!target_matters(w, n->a))
			break;
		need_node(w, node);
		need_expr(w, n->a);
		need_expr(w, n->b);
		if (w->b->expr[n->a].op == EXPR_LOCAL &&
		    w->s->decides[w->b->expr[n->a].a])
			decide_expr(w, n->b);
		break;
	case NODE_UNDEF:
		if (w->s->local[n->a])
			need_node(w, node);
		break;
	case NODE_ASM:
		if (passes_needed(w, n) || writes_read(w, n))
			need_node(w, node);
		break;
	case NODE_RETURN:
		need_node(w, node);
		if (n->a && w->p->result_needed[w->function]) {
			need_expr(w, n->a);
			decide_expr(w, n->a);
		}
		break;
	case NODE_BRANCH:
		if (!w->s->node[node] && guard_matters(w, node))
			need_node(w, node);
		if (w->s->node[node]) {
			need_expr(w, n->a);
			decide_expr(w, n->a);
		}
		break;
	case NODE_SWITCH:
		if (w->s->node[node]) {
			need_expr(w, n->a);
			decide_expr(w, n->a);
		}
		break;
	default:
		break;
	}
}

/* The one node that all successors lead to: 0 if none, UINT32_MAX if many. */
static uint32_t meet(uint32_t x, uint32_t y)
{
	if (!x || x == y)
		return y;
	return y ? UINT32_MAX : x;
}

static uint32_t skip_of(const struct slice *s, uint32_t node)
{
	return node ? s->skip[node] : 0;
}

/* Returns whose value nobody looks at are one and the same. */
static uint32_t canonical_return(const struct slicer *w, uint32_t node)
{
	if (w->b->node[node].kind != NODE_RETURN)
		return node;
	if (w->p->result_needed[w->function] && w->b->node[node].a)
		return node;
	return w->any_return;
}

static uint32_t meet_successors(const struct fact_body *b,
				const struct slice *s, uint32_t node)
{
	const struct fact_node *n = &b->node[node];
	uint32_t out = skip_of(s, n->next);

	if (n->kind == NODE_BRANCH)
		out = meet(out, skip_of(s, n->other));
	for (uint32_t i = 0; n->kind == NODE_SWITCH && i < n->extra_nr; i++)
		out = meet(out, skip_of(s, b->cases[n->extra + i].node));
	for (uint32_t i = 0; n->kind == NODE_JUMP && i < n->extra_nr; i++)
		out = meet(out, skip_of(s, b->extra[n->extra + i]));
	return out;
}

/* Which branches matter, given which other nodes do. */
static void find_branches(struct slicer *w)
{
	struct slice *s = w->s;
	bool again = true;

	memset(s->skip, 0, sizeof(*s->skip) * w->b->node_nr);
	while (again) {
		again = false;
		for (uint32_t i = w->b->node_nr - 1; i > 0; i--) {
			uint32_t to = s->node[i] ? canonical_return(w, i)
				    : meet_successors(w->b, s, i);

			if (to == UINT32_MAX) {
				need_node(w, i);
				to = i;
			}
			if (to != s->skip[i]) {
				s->skip[i] = to;
				again = true;
			}
		}
	}
}

static struct slice *slice_new(const struct program *p,
			       const struct fact_body *b)
{
	struct slice *s = g_new0(struct slice, 1);

	s->node = g_new0(uint8_t, b->node_nr);
	s->skip = g_new0(uint32_t, b->node_nr);
	s->local = g_new0(uint8_t, b->local_nr);
	s->uses = g_new0(uint64_t, p->member_words);
	s->decides = g_new0(uint8_t, b->local_nr);
	s->behind = g_new0(uint8_t, b->local_nr);
	return s;
}

bool slice_update(struct program *p, fact_id function)
{
	struct slicer w = { .p = p, .function = function };

	w.b = FACT_FUNCTION(p->f, function)->body;
	if (!p->slice[function])
		p->slice[function] = slice_new(p, w.b);
	w.s = p->slice[function];
	for (uint32_t i = 1; i < w.b->node_nr && !w.any_return; i++)
		if (w.b->node[i].kind == NODE_RETURN)
			w.any_return = i;
	w.writes = param_writes_nodes(p->param_writes, function);
	find_naming(&w);
	find_telling(&w);
	w.aims = aims_new(w.b);
	do {
		w.changed = false;
		for (uint32_t i = w.b->node_nr - 1; i > 0; i--)
			visit_node(&w, i);
		if (!w.changed)
			find_branches(&w);
	} while (w.changed);
	if (!p->result_tells[function] && tells_by_result(&w))
		p->result_tells[function] = w.widened = true;
	aims_free(w.aims);
	g_free(w.names_current);
	g_free(w.tells);
	return w.widened;
}

void slice_free(struct slice *s)
{
	if (!s)
		return;
	g_free(s->node);
	g_free(s->skip);
	g_free(s->local);
	g_free(s->uses);
	g_free(s->decides);
	g_free(s->behind);
	g_free(s->in_loop);
	g_free(s->varies);
	g_free(s->order);
	g_free(s->dense);
	g_free(s->live);
	g_free(s);
}
