/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads how a tree compares levels: its check must stop the path exactly if the
 * level in force, which lies in a per-CPU variable, is above that of the lock.
 * Every path through its body is walked; one that returns without having found
 * that out, or in spite of it, makes the form unknown.
 */
#include "rule_check.h"

#include <string.h>

enum kind {
	KIND_OTHER,
	KIND_DOMAIN, KIND_LEVEL,	/* the check's parameters */
	KIND_CPU,			/* address of a per-CPU variable */
	KIND_IN_FORCE,			/* what lies there */
	KIND_NEEDED,			/* the level of the lock */
};

enum decision { UNDECIDED, ABOVE, NOT_ABOVE };

enum { STEP_MAX = 5000 };

struct walk {
	const struct facts *f;
	const struct fact_body *body;
	const char *level_function;	/* NULL: the parameter is the level */
	unsigned step_nr;
	bool failed;
	uint32_t line;			/* of what was not understood */
	uint32_t unknown_line;		/* of a branch that was not */
	uint32_t compare_line;
};

/* What the locals hold on one path, and what it has found out. */
struct path {
	enum kind *local;
	enum decision decision;
};

static void fail(struct walk *w, uint32_t line)
{
	if (!w->failed)
		w->line = w->unknown_line ? w->unknown_line : line;
	w->failed = true;
}

static const struct fact_expr *expr_at(const struct walk *w, uint32_t id)
{
	return id < w->body->expr_nr ? &w->body->expr[id] : NULL;
}

static bool is_per_cpu(const struct facts *f, const struct fact_expr *e)
{
	return e->op == EXPR_GLOBAL && e->a < f->global->len &&
	       (FACT_GLOBAL(f, e->a)->flags & GLOBAL_PER_CPU);
}

static enum kind kind_of(const struct walk *w, const struct path *p,
			 uint32_t id, unsigned depth);

static enum kind kind_of_load(const struct walk *w, const struct path *p,
			      uint32_t address, unsigned depth)
{
	const struct fact_expr *e = expr_at(w, address);

	if (e && e->op == EXPR_LOCAL && e->a < w->body->local_nr)
		return p->local[e->a];
	return kind_of(w, p, address, depth) == KIND_CPU ? KIND_IN_FORCE
							 : KIND_OTHER;
}

static enum kind kind_of(const struct walk *w, const struct path *p,
			 uint32_t id, unsigned depth)
{
	const struct fact_expr *e = expr_at(w, id);

	if (!e || depth > 32)
		return KIND_OTHER;
	switch (e->op) {
	case EXPR_LOAD:
		return kind_of_load(w, p, e->a, depth + 1);
	case EXPR_CAST:
		return e->imm == 1 ? KIND_OTHER
				   : kind_of(w, p, e->a, depth + 1);
	case EXPR_INDEX:
		return kind_of(w, p, e->a, depth + 1) == KIND_CPU ? KIND_CPU
								  : KIND_OTHER;
	default:
		return is_per_cpu(w->f, e) ? KIND_CPU : KIND_OTHER;
	}
}

static enum decision opposite(enum decision d)
{
	return d == UNDECIDED ? UNDECIDED : d == ABOVE ? NOT_ABOVE : ABOVE;
}

/* What it means for the levels that a condition is true. */
static enum decision decision_of(const struct walk *w, const struct path *p,
				 uint32_t id, unsigned depth)
{
	const struct fact_expr *e = expr_at(w, id);
	enum kind a, b;

	if (!e || depth > 32)
		return UNDECIDED;
	if (e->op == EXPR_CAST)
		return decision_of(w, p, e->a, depth + 1);
	if (e->op == EXPR_LNOT)
		return opposite(decision_of(w, p, e->a, depth + 1));
	if (e->op < EXPR_LT || e->op > EXPR_GE || e->imm)
		return UNDECIDED;
	a = kind_of(w, p, e->a, depth + 1);
	b = kind_of(w, p, e->b, depth + 1);
	if (a == KIND_IN_FORCE && b == KIND_NEEDED)
		return e->op == EXPR_GT ? ABOVE
		       : e->op == EXPR_LE ? NOT_ABOVE : UNDECIDED;
	if (a == KIND_NEEDED && b == KIND_IN_FORCE)
		return e->op == EXPR_LT ? ABOVE
		       : e->op == EXPR_GE ? NOT_ABOVE : UNDECIDED;
	return UNDECIDED;
}

/* Does the function, which has no parameter, read a per-CPU variable? */
static bool reads_cpu(const struct walk *w, const struct fact_function *fn)
{
	if (!fn->body || fn->param_nr != 0)
		return false;
	for (uint32_t i = 1; i < fn->body->expr_nr; i++)
		if (is_per_cpu(w->f, &fn->body->expr[i]))
			return true;
	return false;
}

static uint32_t argument(const struct walk *w, const struct fact_node *n,
			 uint32_t index)
{
	return index < n->extra_nr && n->extra + index < w->body->extra_nr
		       ? w->body->extra[n->extra + index] : 0;
}

static enum kind kind_of_call(const struct walk *w, const struct path *p,
			      const struct fact_node *n)
{
	const struct fact_expr *callee = expr_at(w, n->a);
	const struct fact_function *fn;

	if (!callee || callee->op != EXPR_FUNCTION ||
	    callee->a >= w->f->function->len)
		return KIND_OTHER;
	fn = FACT_FUNCTION(w->f, callee->a);
	if (w->level_function && strcmp(fn->name, w->level_function) == 0)
		return n->extra_nr == 2 &&
		       kind_of(w, p, argument(w, n, 0), 0) == KIND_DOMAIN &&
		       kind_of(w, p, argument(w, n, 1), 0) == KIND_LEVEL
			       ? KIND_NEEDED : KIND_OTHER;
	return n->extra_nr == 0 && reads_cpu(w, fn) ? KIND_IN_FORCE
						    : KIND_OTHER;
}

static void set_local(const struct walk *w, struct path *p, uint32_t local,
		      enum kind kind)
{
	if (local != 0 && local < w->body->local_nr)
		p->local[local] = kind;
}

static void assign(const struct walk *w, struct path *p,
		   const struct fact_node *n)
{
	const struct fact_expr *e = expr_at(w, n->a);

	if (e && e->op == EXPR_LOCAL)
		set_local(w, p, e->a, kind_of(w, p, n->b, 0));
}

static void walk(struct walk *w, struct path *p, uint32_t node);

static void follow(struct walk *w, const struct path *p, uint32_t node,
		   enum decision decision)
{
	struct path copy = *p;

	/* A way on which the same is found out once more, otherwise. */
	if (decision != UNDECIDED && p->decision == opposite(decision))
		return;
	if (decision != UNDECIDED)
		copy.decision = decision;
	copy.local = g_memdup2(p->local,
			       w->body->local_nr * sizeof(*p->local));
	walk(w, &copy, node);
	g_free(copy.local);
}

static void branch(struct walk *w, const struct path *p,
		   const struct fact_node *n)
{
	enum decision d = decision_of(w, p, n->a, 0);

	if (d == UNDECIDED)
		w->unknown_line = n->line;
	else
		w->compare_line = n->line;
	follow(w, p, n->next, d);
	follow(w, p, n->other, opposite(d));
}

static void step(const struct walk *w, struct path *p,
		 const struct fact_node *n)
{
	switch (n->kind) {
	case NODE_ASSIGN:
		assign(w, p, n);
		break;
	case NODE_CALL:
		set_local(w, p, n->b, kind_of_call(w, p, n));
		break;
	case NODE_UNDEF:
		set_local(w, p, n->a, KIND_OTHER);
		break;
	case NODE_COPY:
	case NODE_ASM:
		for (uint32_t i = 1; i < w->body->local_nr; i++)
			if (w->body->local[i].flags & LOCAL_ADDRESS_TAKEN)
				p->local[i] = KIND_OTHER;
		break;
	default:
		break;
	}
}

/* Walks on from NODE until control branches or the path ends. */
static void walk(struct walk *w, struct path *p, uint32_t node)
{
	while (!w->failed && node != 0 && node < w->body->node_nr) {
		const struct fact_node *n = &w->body->node[node];

		if (++w->step_nr > STEP_MAX || n->kind == NODE_SWITCH ||
		    n->kind == NODE_JUMP ||
		    (n->kind == NODE_RETURN && p->decision != NOT_ABOVE) ||
		    (n->kind == NODE_DEAD && p->decision == NOT_ABOVE)) {
			fail(w, n->line);
			return;
		}
		if (n->kind == NODE_RETURN || n->kind == NODE_DEAD)
			return;
		if (n->kind == NODE_BRANCH) {
			branch(w, p, n);
			return;
		}
		step(w, p, n);
		node = n->next;
	}
	if (!w->failed && (node == 0 || w->body->node_nr == 0))
		fail(w, 0);
}

bool rule_check_read(const struct facts *f, const struct fact_function *check,
		     const char *level_function, uint32_t *line)
{
	const struct fact_body *b = check->body;
	struct walk w = { .f = f, .body = b, .level_function = level_function };
	struct path p = { .local = g_new0(enum kind, b->local_nr + 1) };

	for (uint32_t i = 1; i <= check->param_nr && i < b->local_nr; i++) {
		fact_id type = b->local[i].type;
		enum type_kind kind = type < f->type->len
			? FACT_TYPE(f, type)->kind : TYPE_OTHER;

		if (kind == TYPE_POINTER)
			p.local[i] = KIND_DOMAIN;
		else if (kind == TYPE_INT)
			p.local[i] = level_function ? KIND_LEVEL : KIND_NEEDED;
	}
	walk(&w, &p, 1);
	g_free(p.local);
	if (!w.failed && w.compare_line == 0)
		fail(&w, check->line);
	*line = w.failed ? w.line : w.compare_line;
	if (*line == 0)
		*line = check->line;
	return !w.failed;
}
