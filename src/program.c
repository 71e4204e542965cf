/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decides what the exploration looks at.  A function matters if it can reach
 * a lock primitive, or if it is small and its result may decide something.
 */
#include "program_int.h"

#include <string.h>

#include "body_expr.h"
#include "facts_find.h"
#include "flags.h"
#include "gaps.h"
#include "lockflow.h"
#include "lockreach.h"
#include "param_writes.h"
#include "privilege.h"
#include "request.h"
#include "scc.h"
#include "slice.h"
#include "stores.h"
#include "two_valued.h"

/* Functions without lock operations beyond this many nodes are black boxes. */
enum { VALUE_NODES_MAX = 120 };

static void mark_object_record(struct program *p, fact_id record);

static void mark_nameless(struct program *p, fact_id record)
{
	for (fact_id i = 1; i < p->f->record->len; i++)
		if (program_is_around(p->f, record, i))
			mark_object_record(p, i);
}

static void mark_object_record(struct program *p, fact_id record)
{
	if (!record || p->object_record[record])
		return;
	p->object_record[record] = 1;
	mark_nameless(p, record);
	for (fact_id i = 1; i < p->f->field->len; i++) {
		const struct fact_field *field = FACT_FIELD(p->f, i);
		const struct fact_type *t;

		if (field->record != record)
			continue;
		t = FACT_TYPE(p->f, field->type);
		while (t->kind == TYPE_ARRAY)
			t = FACT_TYPE(p->f, t->target);
		if (t->kind == TYPE_RECORD)
			mark_object_record(p, t->record);
	}
}

bool program_is_vcpu(const struct program *p, fact_id type)
{
	const struct fact_type *t = FACT_TYPE(p->f, type);
	fact_id record;

	if (t->kind != TYPE_POINTER || !p->domain_field)
		return false;
	record = FACT_TYPE(p->f, t->target)->record;
	return record && record == FACT_FIELD(p->f, p->domain_field)->record;
}

bool program_is_owner(const struct program *p, fact_id type)
{
	const struct fact_type *t = FACT_TYPE(p->f, type);
	fact_id record;

	if (program_is_vcpu(p, type))
		return true;
	if (t->kind != TYPE_POINTER || !p->domain_field)
		return false;
	record = FACT_TYPE(p->f, t->target)->record;
	for (guint i = 0; record && i < p->owner->len; i++)
		if (g_array_index(p->owner, struct owner_rule, i).record ==
		    record)
			return true;
	return false;
}

static bool points_to_object(const struct program *p, fact_id type)
{
	const struct fact_type *t = FACT_TYPE(p->f, type);

	if (t->kind != TYPE_POINTER)
		return false;
	t = FACT_TYPE(p->f, t->target);
	return t->kind == TYPE_RECORD && p->object_record[t->record];
}

/* What the model tells of, guards must be able to ask for. */
static void mark_entry_facts(struct program *p)
{
	for (guint i = 0; i < p->entry_fact->len; i++) {
		const struct code_world *w =
			&g_array_index(p->entry_fact, struct entry_fact,
				       i).world;

		for (uint32_t k = 0; w->field[k]; k++)
			mark_object_record(p, FACT_FIELD(p->f, w->field[k])
						      ->record);
	}
}

static void mark_object_records(struct program *p)
{
	p->object_record = g_new0(uint8_t, p->f->record->len);
	for (guint i = 0; i < p->owner->len; i++)
		mark_object_record(p, g_array_index(p->owner,
						    struct owner_rule,
						    i).record);
	if (p->domain_field)
		mark_object_record(p, FACT_FIELD(p->f,
						 p->domain_field)->record);
	mark_entry_facts(p);
	p->object_type = g_new0(uint8_t, p->f->type->len);
	for (fact_id id = 0; id < p->f->type->len; id++)
		p->object_type[id] = points_to_object(p, id);
}

/* Records that keep pointers to what locks belong to, as bits per record. */
static uint8_t *find_keepers(const struct program *p)
{
	uint8_t *keeps = g_new0(uint8_t, p->f->record->len);

	for (fact_id id = 1; id < p->f->field->len; id++) {
		const struct fact_field *field = FACT_FIELD(p->f, id);

		if (program_is_owner(p, field->type))
			keeps[field->record] = 1;
	}
	return keeps;
}

static void mark_telling_types(struct program *p)
{
	uint8_t *keeps = find_keepers(p);

	p->telling_type = g_new0(uint8_t, p->f->type->len);
	for (fact_id id = 1; id < p->f->type->len; id++) {
		const struct fact_type *t = FACT_TYPE(p->f, id);

		p->telling_type[id] =
			program_is_owner(p, id) ||
			(t->kind == TYPE_POINTER &&
			 keeps[FACT_TYPE(p->f, t->target)->record]);
	}
	g_free(keeps);
}

/*
 * Approximation: a plain lock of an order class is recognised where its
 * member is named in the call; one passed on as a pointer is not seen.
 */
static bool names_external(const struct program *p, fact_id caller,
			   uint32_t node, const struct lock_primitive *lp)
{
	const struct fact_body *b = FACT_FUNCTION(p->f, caller)->body;
	const struct fact_node *n = &b->node[node];
	const struct fact_expr *e;

	if (lp->object_arg < 0 || (uint32_t)lp->object_arg >= n->extra_nr)
		return false;
	e = &b->expr[b->extra[n->extra + (uint32_t)lp->object_arg]];
	return e->op == EXPR_FIELD &&
	       g_hash_table_contains(p->lp->external, GUINT_TO_POINTER(e->b));
}

const struct lock_primitive *program_primitive(const struct program *p,
					       fact_id caller, uint32_t node,
					       fact_id function)
{
	const struct lock_primitive *lp = lockprims_find(p->lp, function);

	if (lp && lp->kind == LOCKKIND_SPIN &&
	    !names_external(p, caller, node, lp))
		return NULL;
	return lp;
}

bool program_call_locks(const struct program *p, fact_id caller,
			uint32_t node, fact_id function)
{
	const struct call_site *s = callgraph_site(p->cg, caller, node);
	guint index = (guint)(s - &g_array_index(p->cg->site,
						 struct call_site, 0));

	return (p->locks[function] && p->site_locks[index]) ||
	       program_primitive(p, caller, node, function);
}

bool program_writes_behind(const struct program *p,
			   const struct call_site *site, uint32_t nr)
{
	for (uint32_t k = 0; k < site->target_nr; k++) {
		fact_id callee = g_array_index(p->cg->target, fact_id,
					       site->target + k);

		if (!p->aside[callee] &&
		    !param_writes_find(p->param_writes, callee, nr))
			return true;
	}
	return false;
}

bool program_in_lock_header(const struct program *p, fact_id function)
{
	return FACT_FUNCTION(p->f, function)->file == p->lp->header;
}

bool program_is_freed(const struct program *p, fact_id function)
{
	const struct fact_function *fn = FACT_FUNCTION(p->f, function);

	return fn->body && !(fn->flags & (FUNCTION_RESIDENT | FUNCTION_INIT));
}

bool program_may_change(const struct program *p, uint32_t member)
{
	uint32_t fields = p->f->field->len;
	bool tracked = member < fields ? p->tracked_field[member]
				       : p->tracked_global[member - fields];

	return tracked && bit_is_set(p->changing, member);
}

enum context program_context(const struct program *p, fact_id function)
{
	uint8_t context = p->context_of[function];

	if (context)
		return (enum context)(context - 1);
	return program_is_freed(p, function) ? CONTEXT_BOOT : CONTEXT_RUNNING;
}

bool program_is_apart(const struct program *p, fact_id function)
{
	uint8_t context = p->context_of[function];

	return p->apart[function] ||
	       (context && context - 1 != CONTEXT_RUNNING);
}

bool program_is_assertion(const struct program *p, const struct fact_node *n)
{
	const GPtrArray *entries = model_entries(p->m, MODEL_ASSERT);
	const char *macro = n->macro ? g_array_index(p->f->string,
						     const char *, n->macro)
				     : "";

	for (guint i = 0; i < entries->len; i++) {
		const struct model_entry *e = g_ptr_array_index(entries, i);

		if (strcmp(e->arg[0], macro) == 0)
			return true;
	}
	return false;
}

enum { ASKS_NODES_MAX = 16 };

static void mark_askers(struct program *p)
{
	for (fact_id id = 1; id < p->f->function->len; id++) {
		const struct fact_body *b = FACT_FUNCTION(p->f, id)->body;

		for (uint32_t i = 1; b && b->node_nr <= ASKS_NODES_MAX &&
				     i < b->expr_nr; i++)
			for (guint k = 0; b->expr[i].op == EXPR_FIELD &&
					  k < p->instance->len; k++)
				p->asks_kind[id] |=
					g_array_index(p->instance,
						      struct instance_rule,
						      k).field == b->expr[i].b;
	}
}

static void mark_values(struct program *p)
{
	for (fact_id id = 1; id < p->f->function->len; id++) {
		const struct fact_function *fn = FACT_FUNCTION(p->f, id);

		p->value[id] = fn->body && !p->locks[id] && !p->opaque[id] &&
			       !lockprims_find(p->lp, id) &&
			       !(fn->flags & FUNCTION_INIT) &&
			       fn->body->node_nr <= VALUE_NODES_MAX;
	}
}

static bool is_explored(const struct program *p, fact_id id)
{
	return FACT_FUNCTION(p->f, id)->body &&
	       (p->value[id] || (p->locks[id] && !lockprims_find(p->lp, id)));
}

static bool is_pointer(const struct program *p, fact_id type)
{
	const struct fact_type *t = FACT_TYPE(p->f, type);

	while (t->kind == TYPE_ARRAY)
		t = FACT_TYPE(p->f, t->target);
	return t->kind == TYPE_POINTER || t->kind == TYPE_FUNCTION_POINTER;
}

/* Which members may be something else after a store elsewhere: pointers, and
 * what the model says is stable, are taken to stay. */
static void find_changing(struct program *p)
{
	p->member_words = (p->f->field->len + p->f->global->len) / 64 + 1;
	p->changing = g_new0(uint64_t, p->member_words);
	for (fact_id id = 1; id < p->f->field->len; id++)
		if (!p->stable_field[id] &&
		    !is_pointer(p, FACT_FIELD(p->f, id)->type))
			bit_set(p->changing, id);
	for (fact_id id = 1; id < p->f->global->len; id++)
		if (!is_pointer(p, FACT_GLOBAL(p->f, id)->type))
			bit_set(p->changing, program_global_member(p, id));
}

void program_close_over_calls(const struct program *p, size_t words,
			      uint64_t *sets)
{
	struct scc *scc = scc_new(p->cg, p->aside);

	/* Components come callees first. */
	for (uint32_t k = 0; k < scc->order_nr; k++) {
		fact_id id = scc->order[k];
		uint64_t *head = sets + words * scc->head[id];

		for (size_t w = 0; w < words; w++)
			head[w] |= sets[words * id + w];
		scc_for_callees(scc, p->cg, id, (uint32_t)words, sets);
	}
	for (fact_id id = 1; id < p->f->function->len; id++)
		if (scc->head[id] != id)
			memcpy(sets + words * id, sets + words * scc->head[id],
			       words * sizeof(*sets));
	scc_free(scc);
}

/* Slices depend on their callees' slices and on which members matter. */
static void make_slices(struct program *p)
{
	bool again = true;

	while (again) {
		again = false;
		for (fact_id id = 1; id < p->f->function->len; id++)
			if (is_explored(p, id) && slice_update(p, id))
				again = true;
	}
	for (fact_id id = 1; id < p->f->function->len; id++)
		if (p->slice[id])
			slice_finish(p->slice[id],
				     FACT_FUNCTION(p->f, id)->body);
}

static void index_tracked(struct program *p)
{
	uint32_t fields = p->f->field->len, globals = p->f->global->len;

	p->track_index = g_new0(uint32_t, fields + globals);
	for (uint32_t i = 1; i < fields; i++)
		if (p->tracked_field[i])
			p->track_index[i] = ++p->track_nr;
	for (uint32_t i = 1; i < globals; i++)
		if (p->tracked_global[i])
			p->track_index[fields + i] = ++p->track_nr;
	p->track_words = p->track_nr / 64 + 1;
	p->writes = g_new0(uint64_t,
			   (size_t)p->track_words * p->f->function->len);
	p->reads = g_new0(uint64_t,
			  (size_t)p->track_words * p->f->function->len);
}

/* The tracked ones among what a function stores to. */
static void mark_writes(const struct program *p, fact_id id)
{
	const uint64_t *stores = p->stores + (size_t)p->member_words * id;
	uint64_t *writes = p->writes + (size_t)p->track_words * id;

	for (uint32_t i = 0; i < p->f->field->len + p->f->global->len; i++)
		if (p->track_index[i] && bit_is_set(stores, i))
			bit_set(writes, p->track_index[i] - 1);
}

static void mark_read(const struct program *p, const struct fact_body *b,
		      uint32_t expr, uint64_t *set)
{
	const struct fact_expr *e = &b->expr[expr];
	uint32_t i = 0;

	if (e->op == EXPR_FIELD)
		i = p->track_index[e->b];
	else if (e->op == EXPR_GLOBAL)
		i = p->track_index[program_global_member(p, e->a)];
	if (i)
		bit_set(set, i - 1);
}

static void mark_reads(const struct program *p, fact_id id)
{
	const struct fact_body *b = FACT_FUNCTION(p->f, id)->body;
	uint64_t *reads = p->reads + (size_t)p->track_words * id;

	for (uint32_t i = 1; b && p->slice[id] && i < b->expr_nr; i++)
		mark_read(p, b, i, reads);
}

/*
 * Facts about what is read further down than so many calls are not told to a
 * callee.  Approximation: there it may be anything.
 */
enum { READ_CALLS_MAX = 5 };

static void read_by_callees(const struct program *p, const uint64_t *from,
			    uint64_t *to)
{
	for (guint i = 0; i < p->cg->site->len; i++) {
		const struct call_site *s =
			&g_array_index(p->cg->site, struct call_site, i);

		for (uint32_t k = 0; k < s->target_nr; k++) {
			fact_id callee = g_array_index(
				p->cg->target, fact_id, s->target + k);
			size_t own = (size_t)s->function * p->track_words;
			size_t other = (size_t)callee * p->track_words;

			for (uint32_t w = 0; w < p->track_words; w++)
				to[own + w] |= from[other + w];
		}
	}
}

static void close_reads(struct program *p)
{
	size_t size = sizeof(uint64_t) * p->track_words *
		      p->f->function->len;

	for (int round = 0; round < READ_CALLS_MAX; round++) {
		uint64_t *from = g_memdup2(p->reads, size);

		read_by_callees(p, from, p->reads);
		g_free(from);
	}
}

static void index_flags(struct program *p)
{
	p->flag_word = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	for (uint32_t w = 0; w < p->track_words; w++)
		if (p->flags[w])
			g_array_append_val(p->flag_word, w);
}

/* One element for each function, field, global or call site, all zero. */
static void allocate(struct program *p)
{
	const struct facts *f = p->f;

	p->locks = g_new0(uint8_t, f->function->len);
	p->value = g_new0(uint8_t, f->function->len);
	p->slice = g_new0(struct slice *, f->function->len);
	p->result_needed = g_new0(uint8_t, f->function->len);
	p->output_needed = g_new0(uint8_t, f->function->len);
	p->result_tells = g_new0(uint8_t, f->function->len);
	p->asks_kind = g_new0(uint8_t, f->function->len);
	p->tracked_field = g_new0(uint8_t, f->field->len);
	p->tracked_global = g_new0(uint8_t, f->global->len);
	p->site_locks = g_new0(uint8_t, p->cg->site->len);
}

/* What each function reads and writes of what is tracked, itself and through
   what it calls. */
static void find_effects(struct program *p)
{
	index_tracked(p);
	for (fact_id id = 1; id < p->f->function->len; id++) {
		mark_writes(p, id);
		mark_reads(p, id);
	}
	p->flags = flags_find(p);
	index_flags(p);
	p->reads_far = g_memdup2(p->reads, sizeof(uint64_t) * p->track_words *
						   p->f->function->len);
	program_close_over_calls(p, p->track_words, p->reads_far);
	close_reads(p);
}

struct program *program_new(const struct facts *f, const struct model *m)
{
	struct program *p = g_new0(struct program, 1);

	p->f = f;
	p->m = m;
	p->lp = lockprims_derive(f, m);
	p->cg = callgraph_build(f, m);
	program_resolve_model(p);
	p->privileges = privileges_new(f, m, p->cg);
	p->param_writes = param_writes_new(f, p->cg);
	allocate(p);
	mark_object_records(p);
	mark_telling_types(p);
	p->two_valued = two_valued_find(p->f, p->object_record);
	request_mark(p);
	lockreach_mark(p);
	lockflow_mark(p);
	mark_values(p);
	mark_askers(p);
	find_changing(p);
	stores_find(p);
	make_slices(p);
	find_effects(p);
	p->gaps = gaps_find(p);
	return p;
}

void program_free(struct program *p)
{
	if (!p)
		return;
	gaps_free(p->gaps);
	for (fact_id id = 0; id < p->f->function->len; id++) {
		slice_free(p->slice[id]);
		g_free(p->acquired_before[id]);
	}
	g_free(p->slice);
	g_free(p->takes);
	g_free(p->gives);
	g_free(p->releases);
	g_free(p->releases_own);
	g_free(p->acquired_before);
	g_free(p->lock_bit);
	g_free(p->locks);
	g_free(p->site_locks);
	g_free(p->asks_kind);
	g_free(p->value);
	g_free(p->two_valued);
	g_free(p->object_record);
	g_free(p->telling_type);
	g_free(p->object_type);
	g_free(p->request_record);
	g_free(p->result_needed);
	g_free(p->output_needed);
	g_free(p->result_tells);
	privileges_free(p->privileges);
	param_writes_free(p->param_writes);
	g_free(p->tracked_field);
	g_free(p->tracked_global);
	g_free(p->track_index);
	g_free(p->flags);
	g_array_unref(p->flag_word);
	g_free(p->changing);
	g_free(p->stores);
	g_free(p->writes);
	g_free(p->reads);
	g_free(p->reads_far);
	program_free_model(p);
	callgraph_free(p->cg);
	lockprims_free(p->lp);
	g_free(p);
}
