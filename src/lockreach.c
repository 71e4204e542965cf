/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reachability over pairs of a function and the constants that its parameters
 * are known to hold: a conditional constant propagation after Wegman and
 * Zadeck (TOPLAS 13(2), 1991), cut down to parameters that are never written,
 * and made interprocedural by one copy of a function per vector of constants.
 */
#include "lockreach.h"

#include <string.h>

#include <glib.h>

#include "program.h"
#include "term.h"

enum { NOT_CONSTANT = 0, CONSTANT = 1 };

/* Further vectors of constants of one function count as unknown. */
enum { VARIANTS_MAX = 64 };

struct argument {
	int64_t value;
	int64_t known;		/* NOT_CONSTANT or CONSTANT */
};

struct variant {
	fact_id function;
	struct argument *arg;	/* param_nr of them */
	GArray *caller;		/* uint32_t: variants that call it */
	bool locks;
};

struct reacher {
	struct program *p;
	GPtrArray *variant;	/* struct variant * */
	GHashTable *by_key;	/* GBytes -> index + 1 */
	uint8_t **fixed;	/* per function: per parameter, never written */
	uint32_t *variants;	/* per function: how many */
	uint8_t *seen;		/* scratch: nodes */
	GArray *stack;		/* scratch: uint32_t */
	struct terms *t;
};

static void variant_free(void *data)
{
	struct variant *v = data;

	g_free(v->arg);
	if (v->caller)
		g_array_unref(v->caller);
	g_free(v);
}

/* Parameters that keep the value they are called with. */
static uint8_t *find_fixed(const struct fact_function *fn)
{
	const struct fact_body *b = fn->body;
	uint8_t *fixed = g_new0(uint8_t, fn->param_nr + 1);

	for (uint32_t i = 1; i <= fn->param_nr; i++)
		fixed[i] = !(b->local[i].flags & LOCAL_ADDRESS_TAKEN);
	for (uint32_t i = 1; i < b->node_nr; i++) {
		const struct fact_node *n = &b->node[i];
		uint32_t local = 0;

		if (n->kind == NODE_ASSIGN || n->kind == NODE_COPY) {
			const struct fact_expr *e = &b->expr[n->a];

			while (e->op == EXPR_FIELD || e->op == EXPR_INDEX)
				e = &b->expr[e->a];
			local = e->op == EXPR_LOCAL ? e->a : 0;
		} else if (n->kind == NODE_CALL) {
			local = n->b;
		}
		if (local && local <= fn->param_nr)
			fixed[local] = 0;
		for (uint32_t k = 0; n->kind == NODE_ASM && k < n->extra_nr;
		     k++) {
			const struct fact_expr *e =
				&b->expr[b->extra[n->extra + k]];

			if (e->op == EXPR_LOCAL && e->a <= fn->param_nr)
				fixed[e->a] = 0;
		}
	}
	return fixed;
}

static const uint8_t *fixed_of(struct reacher *w, fact_id function)
{
	if (!w->fixed[function])
		w->fixed[function] =
			find_fixed(FACT_FUNCTION(w->p->f, function));
	return w->fixed[function];
}

/* EXPR as a term; anything that is not made of constants is unknown. */
static term_id evaluate(struct reacher *w, const struct variant *v,
			const struct fact_body *b, uint32_t expr)
{
	const struct fact_expr *e = &b->expr[expr];
	const struct fact_expr *at;

	switch (e->op) {
	case EXPR_CONST:
		return term_const(w->t, e->imm);
	case EXPR_LOAD:
		at = &b->expr[e->a];
		if (at->op == EXPR_LOCAL &&
		    (b->local[at->a].flags & LOCAL_PARAM) &&
		    fixed_of(w, v->function)[at->a] &&
		    v->arg[at->a - 1].known)
			return term_const(w->t, v->arg[at->a - 1].value);
		return term_unknown(w->t);
	case EXPR_NEG:
	case EXPR_BITNOT:
	case EXPR_LNOT:
		return term_unary(w->t, e->op, evaluate(w, v, b, e->a));
	case EXPR_CAST:
		return term_cast(w->t, evaluate(w, v, b, e->a), e->imm);
	default:
		if (e->op < EXPR_ADD || e->op > EXPR_GE)
			return term_unknown(w->t);
		return term_binary(w->t, e->op, evaluate(w, v, b, e->a),
				   evaluate(w, v, b, e->b));
	}
}

/* The variant of FUNCTION with these arguments, which are handed over. */
static uint32_t demand(struct reacher *w, fact_id function,
		       struct argument *arg, uint32_t nr)
{
	GByteArray *words = g_byte_array_new();
	GBytes *key;
	void *found;
	struct variant *v;

	g_byte_array_append(words, (const guint8 *)&function,
			    sizeof(function));
	if (nr)
		g_byte_array_append(words, (const guint8 *)arg,
				    (guint)(sizeof(*arg) * nr));
	key = g_byte_array_free_to_bytes(words);
	found = g_hash_table_lookup(w->by_key, key);
	if (found) {
		g_bytes_unref(key);
		g_free(arg);
		return GPOINTER_TO_UINT(found) - 1;
	}
	w->variants[function]++;
	v = g_new0(struct variant, 1);
	v->function = function;
	v->arg = arg;
	g_ptr_array_add(w->variant, v);
	g_hash_table_insert(w->by_key, key,
			    GUINT_TO_POINTER(w->variant->len));
	return w->variant->len - 1;
}

static uint32_t demand_call(struct reacher *w, const struct variant *v,
			    const struct fact_node *n, fact_id callee)
{
	const struct fact_body *b = FACT_FUNCTION(w->p->f,
						  v->function)->body;
	const struct fact_function *fn = FACT_FUNCTION(w->p->f, callee);
	struct argument *arg = g_new0(struct argument, fn->param_nr + 1);

	for (uint32_t i = 0; i < fn->param_nr && i < n->extra_nr; i++) {
		int64_t value;

		if ((n->flags & NODE_FROM_ASM) ||
		    w->variants[callee] >= VARIANTS_MAX)
			break;
		if (fn->body && fixed_of(w, callee)[i + 1] &&
		    term_is_const(w->t,
				  evaluate(w, v, b, b->extra[n->extra + i]),
				  &value))
			arg[i] = (struct argument){ value, CONSTANT };
	}
	return demand(w, callee, arg, fn->param_nr);
}

static void push(struct reacher *w, uint32_t node)
{
	if (!node || w->seen[node])
		return;
	w->seen[node] = 1;
	g_array_append_val(w->stack, node);
}

static void push_successors(struct reacher *w, const struct variant *v,
			    const struct fact_body *b, uint32_t node)
{
	const struct fact_node *n = &b->node[node];
	int64_t value;

	if (n->kind == NODE_BRANCH &&
	    term_is_const(w->t, evaluate(w, v, b, n->a), &value)) {
		push(w, value ? n->next : n->other);
		return;
	}
	push(w, n->next);
	if (n->kind == NODE_BRANCH)
		push(w, n->other);
	for (uint32_t i = 0; n->kind == NODE_SWITCH && i < n->extra_nr; i++)
		push(w, b->cases[n->extra + i].node);
	for (uint32_t i = 0; n->kind == NODE_JUMP && i < n->extra_nr; i++)
		push(w, b->extra[n->extra + i]);
}

/* Is the call a lock operation itself? */
static bool is_operation(const struct program *p, fact_id caller,
			 uint32_t node, fact_id callee)
{
	return program_primitive(p, caller, node, callee) != NULL;
}

static void visit_call(struct reacher *w, uint32_t id, uint32_t node)
{
	struct variant *v = g_ptr_array_index(w->variant, id);
	const struct fact_node *n =
		&FACT_FUNCTION(w->p->f, v->function)->body->node[node];
	const struct call_site *s =
		callgraph_site(w->p->cg, v->function, node);

	for (uint32_t i = 0; s && i < s->target_nr; i++) {
		fact_id callee = g_array_index(w->p->cg->target, fact_id,
					       s->target + i);
		struct variant *to;
		uint32_t called;

		if (is_operation(w->p, v->function, node, callee))
			v->locks = true;
		if (!FACT_FUNCTION(w->p->f, callee)->body ||
		    program_is_apart(w->p, callee) ||
		    w->p->opaque[callee] || lockprims_find(w->p->lp, callee))
			continue;
		called = demand_call(w, v, n, callee);
		to = g_ptr_array_index(w->variant, called);
		if (!to->caller)
			to->caller = g_array_new(FALSE, FALSE,
						 sizeof(uint32_t));
		g_array_append_val(to->caller, id);
	}
}

static void visit(struct reacher *w, uint32_t id)
{
	const struct variant *v = g_ptr_array_index(w->variant, id);
	const struct fact_body *b = FACT_FUNCTION(w->p->f,
						  v->function)->body;

	w->seen = g_new0(uint8_t, b->node_nr);
	push(w, 1);
	while (w->stack->len) {
		uint32_t node = g_array_index(w->stack, uint32_t,
					      w->stack->len - 1);

		g_array_set_size(w->stack, w->stack->len - 1);
		if (b->node[node].kind == NODE_CALL)
			visit_call(w, id, node);
		push_successors(w, v, b, node);
	}
	g_free(w->seen);
}

static void spread(struct reacher *w)
{
	GQueue work = G_QUEUE_INIT;

	for (uint32_t i = 0; i < w->variant->len; i++)
		if (((struct variant *)g_ptr_array_index(w->variant,
							 i))->locks)
			g_queue_push_tail(&work, GUINT_TO_POINTER(i));
	while (!g_queue_is_empty(&work)) {
		const struct variant *v = g_ptr_array_index(
			w->variant, GPOINTER_TO_UINT(g_queue_pop_head(&work)));

		for (guint i = 0; v->caller && i < v->caller->len; i++) {
			uint32_t id = g_array_index(v->caller, uint32_t, i);
			struct variant *to =
				g_ptr_array_index(w->variant, id);

			if (to->locks)
				continue;
			to->locks = true;
			g_queue_push_tail(&work, GUINT_TO_POINTER(id));
		}
	}
}

/* Can a call from this site, in any variant of its function, lock? */
static bool site_locks(struct reacher *w, const struct call_site *s)
{
	const struct fact_body *b = FACT_FUNCTION(w->p->f, s->function)->body;
	struct variant any = { .function = s->function };
	bool locks = false;

	any.arg = g_new0(struct argument,
			 FACT_FUNCTION(w->p->f, s->function)->param_nr + 1);
	for (uint32_t i = 0; i < s->target_nr && !locks; i++) {
		fact_id callee = g_array_index(w->p->cg->target, fact_id,
					       s->target + i);
		uint32_t nr = w->variant->len, id;

		if (is_operation(w->p, s->function, s->node, callee))
			locks = true;
		if (locks || !FACT_FUNCTION(w->p->f, callee)->body ||
		    program_is_apart(w->p, callee))
			continue;
		id = demand_call(w, &any, &b->node[s->node], callee);
		/* One that is new is never called with these: it may. */
		locks = id >= nr ? w->p->locks[callee]
				 : ((struct variant *)g_ptr_array_index(
					   w->variant, id))->locks;
	}
	g_free(any.arg);
	return locks;
}

static void mark_functions(struct reacher *w)
{
	for (fact_id id = 1; id < w->p->f->function->len; id++) {
		const struct fact_function *fn =
			FACT_FUNCTION(w->p->f, id);
		uint32_t variant;

		if (!fn->body || lockprims_find(w->p->lp, id) ||
		    w->p->opaque[id])
			continue;
		variant = demand(w, id,
				 g_new0(struct argument, fn->param_nr + 1),
				 fn->param_nr);
		w->p->locks[id] = ((struct variant *)g_ptr_array_index(
					   w->variant, variant))->locks;
	}
	for (guint i = 0; i < w->p->cg->site->len; i++)
		w->p->site_locks[i] = site_locks(
			w, &g_array_index(w->p->cg->site, struct call_site,
					  i));
}

void lockreach_mark(struct program *p)
{
	struct reacher w = { .p = p, .t = terms_new() };

	w.variant = g_ptr_array_new_with_free_func(variant_free);
	w.by_key = g_hash_table_new_full(g_bytes_hash, g_bytes_equal,
					 (GDestroyNotify)g_bytes_unref, NULL);
	w.fixed = g_new0(uint8_t *, p->f->function->len);
	w.variants = g_new0(uint32_t, p->f->function->len);
	w.stack = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	for (fact_id id = 1; id < p->f->function->len; id++) {
		const struct fact_function *fn = FACT_FUNCTION(p->f, id);

		if (fn->body && !lockprims_find(p->lp, id))
			demand(&w, id,
			       g_new0(struct argument, fn->param_nr + 1),
			       fn->param_nr);
	}
	for (uint32_t i = 0; i < w.variant->len; i++)
		visit(&w, i);
	spread(&w);
	mark_functions(&w);
	for (fact_id id = 1; id < p->f->function->len; id++)
		g_free(w.fixed[id]);
	g_free(w.fixed);
	g_free(w.variants);
	g_array_unref(w.stack);
	g_hash_table_unref(w.by_key);
	g_ptr_array_unref(w.variant);
	terms_free(w.t);
}
