/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a callee may leave behind the pointers that it is passed. */
#include "explore_int.h"
#include "param_writes.h"

/* What a callee may leave where arguments point to gets their number from here
 * on. */
enum { FRESH_OUTPUT = 600 };

/* Members of a record whose address is passed: by argument and field.  Below
 * FRESH_LOCAL, as the node makes them anew each time. */
enum {
	FRESH_MEMBER = FRESH_LOCAL / 2,
	MEMBER_ARGUMENTS = 64,
	MEMBER_FIELDS = FRESH_LOCAL / 2 / MEMBER_ARGUMENTS,
};

/* Is it a pointer to a number or to a pointer? */
static bool points_to_scalar(const struct program *p, fact_id type)
{
	const struct fact_type *t = FACT_TYPE(p->f, type);

	if (t->kind != TYPE_POINTER)
		return false;
	t = FACT_TYPE(p->f, t->target);
	return t->kind == TYPE_INT || t->kind == TYPE_POINTER;
}

/* Is ADDRESS that of a number that is tracked, in a member or a global, and may
 * change? */
static bool is_number_at(const struct run *r, term_id address)
{
	const struct program *p = r->x->p;
	const struct term *x = term_get(r->x->t, address);
	const struct fact_type *t;
	uint32_t member;

	while (x->op == TERM_INDEX)
		x = term_get(r->x->t, x->a);
	if (x->op == TERM_FIELD) {
		member = x->b;
		t = FACT_TYPE(p->f, FACT_FIELD(p->f, x->b)->type);
	} else if (x->op == TERM_GLOBAL) {
		member = p->f->field->len + x->a;
		t = FACT_TYPE(p->f, FACT_GLOBAL(p->f, x->a)->type);
	} else {
		return false;
	}
	while (t->kind == TYPE_ARRAY)
		t = FACT_TYPE(p->f, t->target);
	return t->kind == TYPE_INT && program_may_change(p, member);
}

void explore_store_any(struct run *r, struct state *s, uint32_t node,
		       uint32_t i, term_id address)
{
	if (is_number_at(r, address))
		state_store(r->x->p, r->x->t, s, address,
			    term_leaf(r->x->t, TERM_FRESH, node,
				      FRESH_OUTPUT + i, 0));
	else if (term_get(r->x->t, address)->op == TERM_SYMBOL)
		bindings_set(s->memory, address,
			     term_leaf(r->x->t, TERM_FRESH, node,
				       FRESH_OUTPUT + i, 0));
}

/* What a pointer that came from elsewhere, or to a member, leads to may have
 * changed. */
static void forget_target(struct run *r, struct state *s, uint32_t node,
			  uint32_t i, fact_id callee, term_id value)
{
	const struct program *p = r->x->p;
	const struct fact_function *fn = FACT_FUNCTION(p->f, callee);

	if (is_number_at(r, value)
		    ? !p->aside[callee] &&
			      !param_writes_find(p->param_writes, callee, i)
		    : fn->body && i < fn->param_nr &&
			      points_to_scalar(p,
					       fn->body->local[i + 1].type))
		explore_store_any(r, s, node, i, value);
}

/* The members that the function explored reads anywhere, each once. */
static GArray *members_read(const struct run *r)
{
	GArray *out = g_array_new(FALSE, FALSE, sizeof(fact_id));
	GHashTable *seen = g_hash_table_new(NULL, NULL);

	for (uint32_t i = 1; i < r->e.b->expr_nr; i++) {
		const struct fact_expr *x = &r->e.b->expr[i];

		if (x->op != EXPR_LOAD)
			continue;
		x = &r->e.b->expr[x->a];
		if (x->op == EXPR_FIELD &&
		    g_hash_table_add(seen, GUINT_TO_POINTER(x->b)))
			g_array_append_val(out, x->b);
	}
	g_hash_table_destroy(seen);
	return out;
}

/* So many assignments between a call and where alternatives meet, at most. */
enum { ASSIGNMENTS_MAX = 8 };

/* Where control comes to from the call at NODE with nothing but assignments in
 * between; 0: it does not return. */
static uint32_t meeting_point(const struct fact_body *b, uint32_t node)
{
	node = b->node[node].next;
	for (int i = 0; i < ASSIGNMENTS_MAX && node &&
			b->node[node].kind == NODE_ASSIGN;
	     i++)
		node = b->node[node].next;
	return node;
}

/*
 * Calls that are alternatives (copy from a guest that is HVM, or PV) name what
 * they leave alike, so that states need not be told apart by who has filled a
 * request: of those that meet, the first one's node.
 */
static uint32_t naming_node(struct run *r, uint32_t node)
{
	const struct fact_body *b = r->e.b;

	if (!r->naming) {
		GHashTable *first = g_hash_table_new(NULL, NULL);

		r->naming = g_new0(uint32_t, b->node_nr);
		for (uint32_t i = 1; i < b->node_nr; i++) {
			void *at, *found;

			if (b->node[i].kind != NODE_CALL)
				continue;
			at = GUINT_TO_POINTER(meeting_point(b, i));
			found = g_hash_table_lookup(first, at);
			if (!found) {
				found = GUINT_TO_POINTER(i);
				g_hash_table_insert(first, at, found);
			}
			r->naming[i] = at ? GPOINTER_TO_UINT(found) : i;
		}
		g_hash_table_destroy(first);
	}
	return r->naming[node];
}

static bool is_among(const GArray *members, fact_id field)
{
	for (guint i = 0; i < members->len; i++)
		if (g_array_index(members, fact_id, i) == field)
			return true;
	return false;
}

/*
 * What a callee has left in LOCAL, a record (a request copied from a guest, say),
 * is not known, but stays what it is: each member read here gets a name.  Of
 * WRITTEN, if it is given.
 */
static void name_members(struct run *r, struct state *s, uint32_t node,
			 uint32_t i, term_id local, const GArray *written)
{
	const struct facts *f = r->x->p->f;
	const struct fact_local *l =
		&r->e.b->local[term_get(r->x->t, local)->a];
	fact_id record = FACT_TYPE(f, l->type)->record;

	if (FACT_TYPE(f, l->type)->kind != TYPE_RECORD ||
	    i >= MEMBER_ARGUMENTS)
		return;
	if (!r->member)
		r->member = members_read(r);
	if (naming_node(r, node) != node) {
		node = naming_node(r, node);
		/* A loop may end with one whose alternative stands before. */
		state_age(r->x->t, s, node);
	}
	for (guint k = 0; k < r->member->len; k++) {
		fact_id field = g_array_index(r->member, fact_id, k);

		if (FACT_FIELD(f, field)->record == record &&
		    field < MEMBER_FIELDS &&
		    (!written || is_among(written, field)))
			bindings_set(s->memory,
				     term_field(r->x->t, local, field),
				     term_leaf(r->x->t, TERM_FRESH, node,
					       FRESH_MEMBER + i * MEMBER_FIELDS +
						       field,
					       0));
	}
}

/* The local that VALUE, an argument, points to or into; 0: none. */
static term_id passed_local(struct run *r, term_id value)
{
	const struct term *x = term_get(r->x->t, value);

	while (x->op == TERM_FIELD || x->op == TERM_INDEX)
		x = term_get(r->x->t, x->a);
	return x->op == TERM_LOCAL
		       ? term_leaf(r->x->t, TERM_LOCAL, x->a, 0, 0)
		       : 0;
}

/*
 * The members of LOCAL, whose address is argument I of CALLEE, that may be
 * written; NULL: any, also if CALLEE takes it for another record.
 */
static const GArray *members_written(struct run *r, fact_id callee, uint32_t i,
				     term_id local)
{
	const struct facts *f = r->x->p->f;
	fact_id type = r->e.b->local[term_get(r->x->t, local)->a].type;
	const GArray *out = param_writes_find(r->x->p->param_writes, callee, i);

	for (guint k = 0; out && k < out->len; k++)
		if (FACT_FIELD(f, g_array_index(out, fact_id, k))->record !=
		    FACT_TYPE(f, type)->record)
			return NULL;
	return out;
}

/* LOCAL's address is argument I of CALLEE, or that of a part if it is not
 * WHOLE. */
static void forget_local(struct run *r, struct state *s, uint32_t node,
			 uint32_t i, fact_id callee, term_id local, bool whole)
{
	const GArray *written =
		whole ? members_written(r, callee, i, local) : NULL;

	if (!written)
		state_forget(r->x->t, s, local);
	for (guint k = 0; written && k < written->len; k++)
		state_forget(r->x->t, s,
			     term_field(r->x->t, local,
					g_array_index(written, fact_id, k)));
	name_members(r, s, node, i, local, written);
}

/* Did CALLEE store nothing behind its argument I, on a path on which it stored
 * behind those of STORED? */
static bool is_untouched(const struct run *r, fact_id callee, uint32_t i,
			 uint32_t stored)
{
	const struct program *p = r->x->p;

	return i < PARAM_WRITES_BITS && !(stored >> i & 1) && !p->aside[callee] &&
	       FACT_FUNCTION(p->f, callee)->body && p->output_needed[callee] &&
	       param_writes_is_told(p->param_writes, callee, i);
}

void explore_forget_passed(struct run *r, struct state *s, uint32_t node,
			   fact_id callee, uint32_t stored)
{
	const struct fact_node *n = &r->e.b->node[node];

	for (uint32_t i = 0; i < n->extra_nr; i++) {
		term_id value = value_of(&r->e, s,
					 r->e.b->extra[n->extra + i]);
		term_id local = passed_local(r, value);

		if (local == value && local &&
		    is_untouched(r, callee, i, stored))
			continue;
		if (local)
			forget_local(r, s, node, i, callee, local,
				     value == local);
		else
			forget_target(r, s, node, i, callee, value);
	}
}
