/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decides what the exploration looks at.  A function matters if it can reach
 * a lock primitive, or if it is small and its result may decide something.
 */
#include "program.h"

#include <string.h>

#include "body_expr.h"
#include "facts_find.h"
#include "flags.h"
#include "lockflow.h"
#include "lockreach.h"
#include "privilege.h"
#include "request.h"
#include "scc.h"
#include "slice.h"

/* Functions without lock operations beyond this many nodes are black boxes. */
enum { VALUE_NODES_MAX = 120 };

static const char *const role_words[] = {
	[OWNER_CURRENT] = "current", [OWNER_SUBJECT] = "subject",
	[OWNER_REMOTE] = "remote",   [OWNER_PARENT] = "parent",
	[OWNER_THIRD] = "third",     [OWNER_SPECIAL] = "special",
	[OWNER_NONE] = "none",	     [OWNER_ANY] = "any",
};

static const char *const context_words[] = {
	[CONTEXT_RUNNING] = "running",
	[CONTEXT_BOOT] = "boot",
	[CONTEXT_DUMP] = "dump",
	[CONTEXT_GOING_DOWN] = "going-down",
};

static const char *const instance_words[] = {
	[INSTANCE_HOST] = "host",
	[INSTANCE_NESTED] = "nested",
	[INSTANCE_ALTERNATE] = "alternate",
};

static int word_find(const char *const *words, size_t nr, const char *word)
{
	for (size_t i = 0; i < nr; i++)
		if (strcmp(words[i], word) == 0)
			return (int)i;
	return -1;
}

int role_find(const char *word)
{
	return word_find(role_words, G_N_ELEMENTS(role_words), word);
}

int context_find(const char *word)
{
	return word_find(context_words, G_N_ELEMENTS(context_words), word);
}

static fact_id record_find(const struct facts *f, const char *name)
{
	for (fact_id id = 1; id < f->record->len; id++)
		if (strcmp(FACT_RECORD(f, id)->name, name) == 0)
			return id;
	return 0;
}

static void resolve_global_invariant(struct program *p,
				     const struct model_entry *e)
{
	struct global_invariant v = {
		.field = facts_field_by_name(p->f, e->arg[1]),
		.value = g_ascii_strtoll(e->arg[2], NULL, 0),
	};

	for (fact_id id = 1; v.field && id < p->f->global->len; id++) {
		if (strcmp(FACT_GLOBAL(p->f, id)->name, e->arg[0]) != 0)
			continue;
		v.global = id;
		g_array_append_val(p->global_invariant, v);
	}
}

static void resolve_invariants(struct program *p)
{
	const GPtrArray *entries = model_entries(p->m, MODEL_INVARIANT);

	p->global_invariant = g_array_new(FALSE, FALSE,
					  sizeof(struct global_invariant));
	for (guint i = 0; i < entries->len; i++) {
		const struct model_entry *e = g_ptr_array_index(entries, i);
		struct invariant v = {
			.path = facts_field_by_name(p->f, e->arg[0]),
			.field = facts_field_by_name(p->f, e->arg[1]),
			.is_owner = strcmp(e->arg[2], "owner") == 0,
			.from = facts_field_by_name(p->f, e->arg[2]),
		};

		if (!strchr(e->arg[0], '.')) {
			resolve_global_invariant(p, e);
			continue;
		}
		if (strcmp(e->arg[2], "same") == 0)
			v.from = v.field;
		if (!v.is_owner && !v.from)
			v.value = g_ascii_strtoll(e->arg[2], NULL, 0);
		if (v.path && v.field)
			g_array_append_val(p->invariant, v);
	}
}

static void resolve_instances(struct program *p)
{
	const GPtrArray *entries = model_entries(p->m, MODEL_INSTANCE);

	for (guint i = 0; i < entries->len; i++) {
		const struct model_entry *e = g_ptr_array_index(entries, i);
		int kind = word_find(instance_words,
				     G_N_ELEMENTS(instance_words), e->arg[2]);
		struct instance_rule r = {
			.field = facts_field_by_name(p->f, e->arg[0]),
			.value = g_ascii_strtoll(e->arg[1], NULL, 0),
		};

		if (r.field && kind >= 0) {
			r.kind = (enum instance_kind)kind;
			g_array_append_val(p->instance, r);
		}
	}
}

static void resolve_uniques(struct program *p)
{
	const GPtrArray *entries = model_entries(p->m, MODEL_UNIQUE);

	for (guint i = 0; i < entries->len; i++) {
		const struct model_entry *e = g_ptr_array_index(entries, i);
		struct unique_rule u = {
			.path = facts_field_by_name(p->f, e->arg[0]),
			.field = facts_field_by_name(p->f, e->arg[1]),
			.value = g_ascii_strtoll(e->arg[2], NULL, 0),
		};

		if (u.path && u.field)
			g_array_append_val(p->unique, u);
	}
}

/* Nameless structs and unions in a record have its name; what is in them is a
 * member of that record, and no step of an address (extract_expr.c). */
static bool is_around(const struct facts *f, fact_id record, fact_id inner)
{
	return inner == record || strcmp(FACT_RECORD(f, record)->name,
					 FACT_RECORD(f, inner)->name) == 0;
}

/* The member NAME of RECORD, or 0. */
static fact_id find_member(const struct facts *f, fact_id record,
			   const char *name)
{
	for (fact_id id = 1; id < f->field->len; id++)
		if (strcmp(FACT_FIELD(f, id)->name, name) == 0 &&
		    is_around(f, record, FACT_FIELD(f, id)->record))
			return id;
	return 0;
}

/* The record that a member is, or points to. */
static fact_id record_behind(const struct facts *f, fact_id member,
			     bool *through)
{
	const struct fact_type *t = FACT_TYPE(f, FACT_FIELD(f, member)->type);

	*through = t->kind == TYPE_POINTER;
	return *through ? FACT_TYPE(f, t->target)->record : t->record;
}

static bool resolve_path(const struct program *p, const char *path,
			 struct code_world *w)
{
	char **part = g_strsplit(path, ".", -1);
	fact_id record = record_find(p->f, part[0]), last = 0;
	uint32_t nr = 0;

	memset(w->field, 0, sizeof(w->field));
	for (uint32_t i = 1; part[i]; i++) {
		last = record && nr + 1 < G_N_ELEMENTS(w->field)
			       ? find_member(p->f, record, part[i])
			       : 0;
		if (!last)
			break;
		w->field[nr] = last;
		record = record_behind(p->f, last, &w->through[nr]);
		w->through[nr] &= part[i + 1] != NULL;
		nr++;
	}
	g_strfreev(part);
	return last != 0;
}

static void resolve_code_worlds(struct program *p)
{
	const GPtrArray *entries = model_entries(p->m, MODEL_CODE_WORLD);

	p->code_world = g_array_new(FALSE, FALSE, sizeof(struct code_world));
	p->world_of = g_new0(uint8_t, p->f->function->len);
	for (guint i = 0; i < entries->len; i++) {
		const struct model_entry *e = g_ptr_array_index(entries, i);
		struct code_world w = {
			.folder = e->arg[0],
			.mask = g_ascii_strtoll(e->arg[2], NULL, 0),
			.truth = strcmp(e->arg[3], "0") != 0,
		};

		if (!resolve_path(p, e->arg[1], &w))
			continue;
		g_array_append_val(p->code_world, w);
		for (fact_id id = 1; id < p->f->function->len; id++)
			if (g_str_has_prefix(
				    FACT_FILE(p->f, FACT_FUNCTION(p->f, id)
							    ->file)->path,
				    w.folder))
				p->world_of[id] = (uint8_t)p->code_world->len;
	}
}

static void resolve_same_bits(struct program *p)
{
	const GPtrArray *entries = model_entries(p->m, MODEL_SAME_BITS);

	p->same_bits = g_new0(int64_t, p->f->field->len);
	for (guint i = 0; i < entries->len; i++) {
		const struct model_entry *e = g_ptr_array_index(entries, i);

		p->same_bits[facts_field_by_name(p->f, e->arg[0])] =
			g_ascii_strtoll(e->arg[1], NULL, 0);
	}
	p->same_bits[0] = 0;
}

static bool resolve_world(const struct program *p, char *const *arg,
			  struct code_world *w)
{
	w->mask = g_ascii_strtoll(arg[1], NULL, 0);
	w->truth = strcmp(arg[2], "0") != 0;
	return resolve_path(p, arg[0], w);
}

/* An implication stands only if the tree has the function that sees to it. */
static bool has_check(const struct program *p, const char *name)
{
	return strcmp(name, "-") == 0 || facts_function_by_name(p->f, name);
}

static void resolve_implications(struct program *p)
{
	const GPtrArray *entries = model_entries(p->m, MODEL_IMPLIES);

	p->implication = g_array_new(FALSE, TRUE, sizeof(struct implication));
	for (guint i = 0; i < entries->len; i++) {
		const struct model_entry *e = g_ptr_array_index(entries, i);
		struct implication m = { .condition = { .folder = NULL } };

		if (has_check(p, e->arg[6]) &&
		    resolve_world(p, e->arg, &m.condition) &&
		    resolve_world(p, e->arg + 3, &m.consequence))
			g_array_append_val(p->implication, m);
	}
}

static void resolve_owners(struct program *p)
{
	const GPtrArray *entries = model_entries(p->m, MODEL_OWNER);

	for (guint i = 0; i < entries->len; i++) {
		const struct model_entry *e = g_ptr_array_index(entries, i);
		struct owner_rule r = { .record = record_find(p->f,
							      e->arg[0]) };

		if (strcmp(e->arg[1], "self") != 0)
			r.field = facts_field_by_name(p->f, e->arg[1]);
		if (r.record)
			g_array_append_val(p->owner, r);
	}
}

static void resolve_function_words(struct program *p, enum model_directive d,
				   uint8_t *table,
				   int (*find)(const char *word))
{
	const GPtrArray *entries = model_entries(p->m, d);

	for (guint i = 0; i < entries->len; i++) {
		const struct model_entry *e = g_ptr_array_index(entries, i);
		int word = find ? find(e->arg[1]) : 0;

		for (fact_id id = 1; word >= 0 && id < p->f->function->len;
		     id++)
			if (model_match(e->arg[0],
					FACT_FUNCTION(p->f, id)->name, NULL))
				table[id] = (uint8_t)(word + 1);
	}
}

static uint32_t class_find(const struct program *p, const char *name)
{
	for (guint i = 0; i < p->lp->class->len; i++)
		if (strcmp(g_array_index(p->lp->class, struct lock_class,
					 i).name, name) == 0)
			return i + 1;
	return 0;
}

static void resolve_lock_worlds(struct program *p)
{
	const GPtrArray *entries = model_entries(p->m, MODEL_LOCK_WORLD);

	p->lock_world = g_array_new(FALSE, TRUE, sizeof(struct lock_world));
	for (guint i = 0; i < entries->len; i++) {
		const struct model_entry *e = g_ptr_array_index(entries, i);
		struct lock_world w = { .class = class_find(p, e->arg[0]) };

		if (w.class && has_check(p, e->arg[4]) &&
		    resolve_world(p, e->arg + 1, &w.world))
			g_array_append_val(p->lock_world, w);
	}
}

static void resolve_entry_facts(struct program *p)
{
	const GPtrArray *entries = model_entries(p->m, MODEL_CURRENT_IS);

	p->entry_fact = g_array_new(FALSE, TRUE, sizeof(struct entry_fact));
	for (guint i = 0; i < entries->len; i++) {
		const struct model_entry *e = g_ptr_array_index(entries, i);
		struct entry_fact fact = {
			.of_vcpu = g_str_has_prefix(e->arg[1], "vcpu."),
		};

		if (!resolve_world(p, e->arg + 1, &fact.world))
			continue;
		for (fact_id id = 1; id < p->f->function->len; id++) {
			if (!model_match(e->arg[0],
					 FACT_FUNCTION(p->f, id)->name, NULL))
				continue;
			fact.function = id;
			g_array_append_val(p->entry_fact, fact);
		}
	}
}

static void resolve_caller_worlds(struct program *p)
{
	const GPtrArray *entries = model_entries(p->m, MODEL_CALLER_WORLD);

	p->caller_world =
		g_array_new(FALSE, TRUE, sizeof(struct caller_world));
	for (guint i = 0; i < entries->len; i++) {
		const struct model_entry *e = g_ptr_array_index(entries, i);
		struct caller_world w = {
			.word = { e->arg[1], e->arg[0] },
			.world.mask = g_ascii_strtoll(e->arg[3], NULL, 0),
		};

		if (resolve_path(p, e->arg[2], &w.world))
			g_array_append_val(p->caller_world, w);
	}
}

/* Does the model say that FUNCTION may fault? */
static bool may_fault(const struct program *p, const char *function)
{
	const GPtrArray *entries = model_entries(p->m, MODEL_MAY_FAULT);

	for (guint i = 0; i < entries->len; i++) {
		const struct model_entry *e = g_ptr_array_index(entries, i);

		if (model_match(e->arg[0], function, NULL))
			return true;
	}
	return false;
}

/* PATTERN is one of functions, or of files, if there is a '/' in it. */
static bool is_named(const struct program *p, fact_id id, const char *pattern)
{
	const struct fact_function *fn = FACT_FUNCTION(p->f, id);

	return model_match(pattern,
			   strchr(pattern, '/')
				   ? FACT_FILE(p->f, fn->file)->path
				   : fn->name,
			   NULL);
}

/* NAME is that of a set of code, or "may-fault": all functions that may. */
static bool is_in_set(const struct program *p, fact_id id, const char *name)
{
	const GPtrArray *entries = model_entries(p->m, MODEL_CODE_SET);

	if (strcmp(name, "may-fault") == 0)
		return may_fault(p, FACT_FUNCTION(p->f, id)->name);
	for (guint i = 0; i < entries->len; i++) {
		const struct model_entry *e = g_ptr_array_index(entries, i);

		if (strcmp(e->arg[0], name) == 0 && is_named(p, id, e->arg[1]))
			return true;
	}
	return false;
}

/* WHICH is as for is_named(), or the name of a set after an '@'. */
static bool is_one_of(const struct program *p, fact_id id, const char *which)
{
	return which[0] == '@' ? is_in_set(p, id, which + 1)
			       : is_named(p, id, which);
}

static void resolve_not_within(struct program *p)
{
	const GPtrArray *entries = model_entries(p->m, MODEL_NOT_WITHIN);

	p->not_within = g_new0(uint64_t, p->f->function->len);
	p->excludes = g_new0(uint64_t, p->f->function->len);
	for (guint i = 0; i < entries->len; i++) {
		const struct model_entry *e = g_ptr_array_index(entries, i);

		if (e->arg[0][0] == '@' || e->arg[1][0] == '@')
			p->excludes_set |= UINT64_C(1) << i;
		for (fact_id id = 1; id < p->f->function->len; id++) {
			if (is_one_of(p, id, e->arg[0]))
				p->not_within[id] |= UINT64_C(1) << i;
			if (is_one_of(p, id, e->arg[1]))
				p->excludes[id] |= UINT64_C(1) << i;
		}
	}
}

static void add_page_rules(struct program *p, const struct model_entry *e,
			   fact_id caller)
{
	struct page_rule rule = { .caller = caller };

	for (fact_id id = 1; id < p->f->function->len; id++) {
		if (!is_named(p, id, e->arg[1]))
			continue;
		rule.callee = id;
		g_array_append_val(p->page_rule, rule);
	}
}

static void resolve_page_rules(struct program *p)
{
	const GPtrArray *entries = model_entries(p->m, MODEL_PAGE_OWNER);

	p->page_rule = g_array_new(FALSE, FALSE, sizeof(struct page_rule));
	for (guint i = 0; i < entries->len; i++) {
		const struct model_entry *e = g_ptr_array_index(entries, i);

		for (fact_id id = 1; id < p->f->function->len; id++)
			if (is_named(p, id, e->arg[0]))
				add_page_rules(p, e, id);
	}
}

static void resolve_role_places(struct program *p)
{
	const GPtrArray *globals = model_entries(p->m, MODEL_ROLE_GLOBAL);
	const GPtrArray *fields = model_entries(p->m, MODEL_ROLE_FIELD);

	for (guint i = 0; i < globals->len; i++) {
		const struct model_entry *e = g_ptr_array_index(globals, i);

		for (fact_id id = 1; id < p->f->global->len; id++)
			if (strcmp(FACT_GLOBAL(p->f, id)->name,
				   e->arg[0]) == 0)
				p->role_of_global[id] =
					(uint8_t)(role_find(e->arg[1]) + 1);
	}
	for (guint i = 0; i < fields->len; i++) {
		const struct model_entry *e = g_ptr_array_index(fields, i);

		p->role_of_field[facts_field_by_name(p->f, e->arg[0])] =
			(uint8_t)(role_find(e->arg[1]) + 1);
	}
}

/* One byte per field: is it named by an entry of D? */
static uint8_t *resolve_fields(struct program *p, enum model_directive d)
{
	const GPtrArray *entries = model_entries(p->m, d);
	uint8_t *table = g_new0(uint8_t, p->f->field->len);

	for (guint i = 0; i < entries->len; i++) {
		const struct model_entry *e = g_ptr_array_index(entries, i);

		table[facts_field_by_name(p->f, e->arg[0])] = 1;
	}
	table[0] = 0;
	return table;
}

static void resolve_model(struct program *p)
{
	p->current_field = facts_field_by_model(p->f, p->m, MODEL_CURRENT);
	p->domain_field = facts_field_by_model(p->f, p->m, MODEL_CURRENT_DOMAIN);
	p->control_field = facts_field_by_model(p->f, p->m, MODEL_CONTROL_FIELD);
	p->invariant = g_array_new(FALSE, FALSE, sizeof(struct invariant));
	p->instance = g_array_new(FALSE, FALSE, sizeof(struct instance_rule));
	p->owner = g_array_new(FALSE, FALSE, sizeof(struct owner_rule));
	p->unique = g_array_new(FALSE, FALSE, sizeof(struct unique_rule));
	p->role_of_call = g_new0(uint8_t, p->f->function->len);
	p->context_of = g_new0(uint8_t, p->f->function->len);
	p->opaque = g_new0(uint8_t, p->f->function->len);
	p->apart = g_new0(uint8_t, p->f->function->len);
	p->interrupt = g_new0(uint8_t, p->f->function->len);
	p->asserts_unlocked = g_new0(uint8_t, p->f->function->len);
	p->aside = g_new0(uint8_t, p->f->function->len);
	p->role_of_global = g_new0(uint8_t, p->f->global->len);
	p->role_of_field = g_new0(uint8_t, p->f->field->len);
	p->stable_field = resolve_fields(p, MODEL_STABLE);
	p->nonnull_field = resolve_fields(p, MODEL_NONNULL);
	resolve_invariants(p);
	resolve_instances(p);
	resolve_owners(p);
	resolve_uniques(p);
	resolve_code_worlds(p);
	resolve_implications(p);
	resolve_lock_worlds(p);
	resolve_entry_facts(p);
	resolve_caller_worlds(p);
	resolve_same_bits(p);
	resolve_function_words(p, MODEL_ROLE_CALL, p->role_of_call, role_find);
	resolve_function_words(p, MODEL_CONTEXT, p->context_of, context_find);
	resolve_function_words(p, MODEL_OPAQUE, p->opaque, NULL);
	resolve_function_words(p, MODEL_APART, p->apart, NULL);
	resolve_function_words(p, MODEL_ASYNCHRONOUS, p->aside, NULL);
	resolve_function_words(p, MODEL_INTERRUPT, p->interrupt, NULL);
	resolve_function_words(p, MODEL_ASSERTS_UNLOCKED, p->asserts_unlocked,
			       NULL);
	for (fact_id i = 1; i < p->f->function->len; i++)
		if (FACT_FUNCTION(p->f, i)->flags & FUNCTION_NORETURN ||
		    p->apart[i] ||
		    p->context_of[i] == CONTEXT_GOING_DOWN + 1)
			p->aside[i] = 1;
	resolve_not_within(p);
	resolve_page_rules(p);
	resolve_role_places(p);
}

static void mark_object_record(struct program *p, fact_id record);

static void mark_nameless(struct program *p, fact_id record)
{
	for (fact_id i = 1; i < p->f->record->len; i++)
		if (is_around(p->f, record, i))
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

bool program_is_owner(const struct program *p, fact_id type)
{
	const struct fact_type *t = FACT_TYPE(p->f, type);
	fact_id record;

	if (t->kind != TYPE_POINTER || !p->domain_field)
		return false;
	record = FACT_TYPE(p->f, t->target)->record;
	if (record && record == FACT_FIELD(p->f, p->domain_field)->record)
		return true;
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

bool program_in_lock_header(const struct program *p, fact_id function)
{
	return FACT_FUNCTION(p->f, function)->file == p->lp->header;
}

enum context program_context(const struct program *p, fact_id function)
{
	const struct fact_function *fn = FACT_FUNCTION(p->f, function);
	uint8_t context = p->context_of[function];

	if (context)
		return (enum context)(context - 1);
	return fn->body && !(fn->flags & (FUNCTION_RESIDENT | FUNCTION_INIT))
		       ? CONTEXT_BOOT
		       : CONTEXT_RUNNING;
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

/* The number of a global among members: after all fields. */
static uint32_t global_member(const struct program *p, fact_id global)
{
	return p->f->field->len + global;
}

static bool is_pointer(const struct program *p, fact_id type)
{
	const struct fact_type *t = FACT_TYPE(p->f, type);

	while (t->kind == TYPE_ARRAY)
		t = FACT_TYPE(p->f, t->target);
	return t->kind == TYPE_POINTER;
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
			bit_set(p->changing, global_member(p, id));
}

static void mark_record(const struct program *p, fact_id record, int depth,
			uint64_t *set)
{
	for (fact_id i = 1; record && depth < 6 && i < p->f->field->len; i++) {
		const struct fact_field *field = FACT_FIELD(p->f, i);
		const struct fact_type *t;

		if (field->record != record)
			continue;
		bit_set(set, i);
		t = FACT_TYPE(p->f, field->type);
		if (t->kind == TYPE_RECORD)
			mark_record(p, t->record, depth + 1, set);
	}
}

static void mark_stored(const struct program *p, const struct fact_body *b,
			uint32_t expr, uint64_t *set)
{
	const struct fact_expr *e = &b->expr[expr];

	while (e->op == EXPR_INDEX)
		e = &b->expr[e->a];
	if (e->op == EXPR_FIELD && !body_root_local(b, expr))
		bit_set(set, e->b);
	else if (e->op == EXPR_GLOBAL)
		bit_set(set, global_member(p, e->a));
}

static void mark_stores(const struct program *p, const struct fact_body *b,
			uint64_t *set)
{
	for (uint32_t i = 1; i < b->node_nr; i++) {
		const struct fact_node *n = &b->node[i];

		if (n->kind == NODE_ASSIGN)
			mark_stored(p, b, n->a, set);
		else if (n->kind == NODE_COPY && !body_root_local(b, n->a))
			mark_record(p, FACT_TYPE(p->f, n->type)->record, 0,
				    set);
		for (uint32_t k = 0; n->kind == NODE_ASM && k < n->extra_nr;
		     k++)
			mark_stored(p, b, b->extra[n->extra + k], set);
	}
}

/*
 * Adds to each function's set, of so many words, those of what it calls.
 * Approximation: what runs asynchronously changes memory as other CPUs do,
 * whose stores are not seen either.
 */
static void close_over_calls(const struct program *p, size_t words,
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

static void find_stores(struct program *p)
{
	p->stores = g_new0(uint64_t,
			   (size_t)p->member_words * p->f->function->len);
	for (fact_id id = 1; id < p->f->function->len; id++) {
		const struct fact_body *b = FACT_FUNCTION(p->f, id)->body;

		if (b)
			mark_stores(p, b, p->stores +
						  (size_t)p->member_words * id);
	}
	close_over_calls(p, p->member_words, p->stores);
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
		i = p->track_index[global_member(p, e->a)];
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
	close_over_calls(p, p->track_words, p->reads_far);
	close_reads(p);
}

struct program *program_new(const struct facts *f, const struct model *m)
{
	struct program *p = g_new0(struct program, 1);

	p->f = f;
	p->m = m;
	p->lp = lockprims_derive(f, m);
	p->cg = callgraph_build(f, m);
	resolve_model(p);
	p->privileges = privileges_new(f, m, p->cg);
	allocate(p);
	mark_object_records(p);
	request_mark(p);
	lockreach_mark(p);
	lockflow_mark(p);
	mark_values(p);
	mark_askers(p);
	find_changing(p);
	find_stores(p);
	make_slices(p);
	find_effects(p);
	return p;
}

void program_free(struct program *p)
{
	if (!p)
		return;
	for (fact_id id = 0; id < p->f->function->len; id++)
		slice_free(p->slice[id]);
	g_free(p->slice);
	g_free(p->takes);
	g_free(p->gives);
	g_free(p->releases);
	g_free(p->acquires);
	g_free(p->lock_bit);
	g_free(p->locks);
	g_free(p->site_locks);
	g_free(p->asks_kind);
	g_free(p->value);
	g_free(p->object_record);
	g_free(p->object_type);
	g_free(p->request_record);
	g_free(p->stable_field);
	g_free(p->same_bits);
	g_free(p->nonnull_field);
	g_free(p->result_needed);
	g_free(p->output_needed);
	g_free(p->result_tells);
	privileges_free(p->privileges);
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
	g_free(p->role_of_call);
	g_free(p->role_of_global);
	g_free(p->role_of_field);
	g_free(p->context_of);
	g_free(p->not_within);
	g_free(p->excludes);
	g_free(p->aside);
	g_free(p->opaque);
	g_free(p->apart);
	g_free(p->interrupt);
	g_free(p->asserts_unlocked);
	g_array_unref(p->invariant);
	g_array_unref(p->instance);
	g_array_unref(p->owner);
	g_array_unref(p->unique);
	g_array_unref(p->page_rule);
	g_array_unref(p->code_world);
	g_array_unref(p->implication);
	g_array_unref(p->entry_fact);
	g_array_unref(p->caller_world);
	g_array_unref(p->global_invariant);
	g_array_unref(p->lock_world);
	g_free(p->world_of);
	callgraph_free(p->cg);
	lockprims_free(p->lp);
	g_free(p);
}
