/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The model's entries, with their names looked up in the facts. */
#include "program_int.h"

#include <string.h>

#include "facts_find.h"
#include "result_words.h"

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
		int kind = words_find(instance_words, e->arg[2]);
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

bool program_is_around(const struct facts *f, fact_id record, fact_id inner)
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
		    program_is_around(f, record, FACT_FIELD(f, id)->record))
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
	w->last = last;
	return last != 0;
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

static void resolve_code_worlds(struct program *p)
{
	const GPtrArray *entries = model_entries(p->m, MODEL_CODE_WORLD);

	p->code_world = g_array_new(FALSE, FALSE, sizeof(struct code_world));
	p->world_of = g_new0(uint8_t, p->f->function->len);
	for (guint i = 0; i < entries->len; i++) {
		const struct model_entry *e = g_ptr_array_index(entries, i);
		struct code_world w = {
			.mask = g_ascii_strtoll(e->arg[2], NULL, 0),
			.truth = strcmp(e->arg[3], "0") != 0,
		};

		if (!resolve_path(p, e->arg[1], &w))
			continue;
		g_array_append_val(p->code_world, w);
		for (fact_id id = 1; id < p->f->function->len; id++)
			if (is_named(p, id, e->arg[0]))
				p->world_of[id] = (uint8_t)p->code_world->len;
	}
}

/* Bits of the instances, by index, of a kind of table. */
static uint32_t instances_of_kind(const struct program *p, int kind)
{
	uint32_t bits = 0;

	for (guint i = 0; i < MIN(p->instance->len, 32); i++)
		if ((int)g_array_index(p->instance, struct instance_rule, i)
			    .kind == kind)
			bits |= UINT32_C(1) << i;
	return bits;
}

static void resolve_not_for(struct program *p)
{
	const GPtrArray *entries = model_entries(p->m, MODEL_CODE_NOT_FOR);

	p->not_for = g_new0(uint32_t, p->f->function->len);
	for (guint i = 0; i < entries->len; i++) {
		const struct model_entry *e = g_ptr_array_index(entries, i);
		uint32_t bits = instances_of_kind(
			p, words_find(instance_words, e->arg[1]));

		for (fact_id id = 1; id < p->f->function->len; id++)
			if (is_named(p, id, e->arg[0]))
				p->not_for[id] |= bits;
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
		struct implication m = { .condition = { .mask = 0 } };

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
				   uint8_t *table, const char *const *words)
{
	const GPtrArray *entries = model_entries(p->m, d);

	for (guint i = 0; i < entries->len; i++) {
		const struct model_entry *e = g_ptr_array_index(entries, i);
		int word = words ? words_find(words, e->arg[1]) : 0;

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

/* The role that E gives to what it names, + 1. */
static uint8_t role_word(const struct model_entry *e)
{
	return (uint8_t)(words_find(owner_words, e->arg[1]) + 1);
}

static void resolve_lock_not_for(struct program *p)
{
	const GPtrArray *entries = model_entries(p->m, MODEL_LOCK_NOT_FOR);

	p->lock_not_for = g_new0(uint8_t, p->lp->class->len + 1);
	for (guint i = 0; i < entries->len; i++) {
		const struct model_entry *e = g_ptr_array_index(entries, i);

		if (has_check(p, e->arg[2]))
			p->lock_not_for[class_find(p, e->arg[0])] |=
				(uint8_t)(1 << (role_word(e) - 1));
	}
	p->lock_not_for[0] = 0;
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

static fact_id global_find(const struct facts *f, const char *name)
{
	for (fact_id id = 1; id < f->global->len; id++)
		if (strcmp(FACT_GLOBAL(f, id)->name, name) == 0)
			return id;
	return 0;
}

/* PATH is that of a member, perhaps with a number that it is, or a variable. */
static bool resolve_caller(const struct program *p, const char *path,
			   struct code_world *w)
{
	char **side = g_strsplit(path, "=", 2);
	bool found;

	if (strchr(path, '.')) {
		found = resolve_path(p, side[0], w);
		w->is_number = side[1] != NULL;
		if (side[1])
			w->number = g_ascii_strtoll(side[1], NULL, 0);
	} else {
		w->variable = global_find(p->f, path);
		found = w->variable != 0;
	}
	g_strfreev(side);
	return found;
}

static const char *told_word(const char *word)
{
	return strcmp(word, "-") == 0 ? NULL : word;
}

static void resolve_caller_worlds(struct program *p)
{
	const GPtrArray *entries = model_entries(p->m, MODEL_CALLER_WORLD);

	p->caller_world =
		g_array_new(FALSE, TRUE, sizeof(struct caller_world));
	for (guint i = 0; i < entries->len; i++) {
		const struct model_entry *e = g_ptr_array_index(entries, i);
		struct caller_world w = {
			.word = { told_word(e->arg[1]), told_word(e->arg[0]) },
			.world.mask = g_ascii_strtoll(e->arg[3], NULL, 0),
		};

		if (resolve_caller(p, e->arg[2], &w.world))
			g_array_append_val(p->caller_world, w);
	}
}

/* NAME is that of a set of code, or "may-fault": all functions that may; or
 * "init": all that are freed after boot. */
static bool is_in_set(const struct program *p, fact_id id, const char *name)
{
	const GPtrArray *entries = model_entries(p->m, MODEL_CODE_SET);

	if (strcmp(name, "may-fault") == 0)
		return model_names(p->m, MODEL_MAY_FAULT,
				   FACT_FUNCTION(p->f, id)->name);
	if (strcmp(name, "init") == 0)
		return program_is_freed(p, id);
	for (guint i = 0; i < entries->len; i++) {
		const struct model_entry *e = g_ptr_array_index(entries, i);

		if (strcmp(e->arg[0], name) == 0 &&
		    is_named(p, id, e->arg[1]) &&
		    (e->arg_nr < 3 || has_check(p, e->arg[2])))
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

/* Gives the callers of E the bit of its group; are there any? */
static bool mark_excluded(struct program *p, const struct model_entry *e,
			  uint64_t group)
{
	bool found = false;

	for (fact_id id = 1; id < p->f->function->len; id++) {
		if (!is_one_of(p, id, e->arg[1]))
			continue;
		p->excludes[id] |= group;
		found = true;
	}
	return found;
}

static void resolve_not_within(struct program *p)
{
	const GPtrArray *entries = model_entries(p->m, MODEL_NOT_WITHIN);

	p->not_within = g_new0(uint64_t, p->f->function->len);
	p->excludes = g_new0(uint64_t, p->f->function->len);
	for (guint i = 0; i < entries->len; i++) {
		const struct model_entry *e = g_ptr_array_index(entries, i);
		uint64_t group = UINT64_C(1)
				 << model_not_within_group(p->m, i);

		if (!mark_excluded(p, e, group))
			continue;
		if (model_is_about_set(e))
			p->excludes_set |= group;
		for (fact_id id = 1; id < p->f->function->len; id++)
			if (is_one_of(p, id, e->arg[0]))
				p->not_within[id] |= group;
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
				p->role_of_global[id] = role_word(e);
	}
	for (guint i = 0; i < fields->len; i++) {
		const struct model_entry *e = g_ptr_array_index(fields, i);

		p->role_of_field[facts_field_by_name(p->f, e->arg[0])] =
			role_word(e);
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

/* What the model says of functions. */
static void resolve_functions(struct program *p)
{
	uint32_t nr = p->f->function->len;

	p->role_of_call = g_new0(uint8_t, nr);
	p->context_of = g_new0(uint8_t, nr);
	p->opaque = g_new0(uint8_t, nr);
	p->current_argument = g_new0(uint8_t, nr);
	p->apart = g_new0(uint8_t, nr);
	p->interrupt = g_new0(uint8_t, nr);
	p->asserts_unlocked = g_new0(uint8_t, nr);
	p->aside = g_new0(uint8_t, nr);
	resolve_function_words(p, MODEL_ROLE_CALL, p->role_of_call,
			       owner_words);
	resolve_function_words(p, MODEL_CONTEXT, p->context_of,
			       context_words);
	resolve_function_words(p, MODEL_OPAQUE, p->opaque, NULL);
	resolve_function_words(p, MODEL_CURRENT_ARGUMENT, p->current_argument,
			       NULL);
	resolve_function_words(p, MODEL_APART, p->apart, NULL);
	resolve_function_words(p, MODEL_ASYNCHRONOUS, p->aside, NULL);
	resolve_function_words(p, MODEL_INTERRUPT, p->interrupt, NULL);
	resolve_function_words(p, MODEL_ASSERTS_UNLOCKED, p->asserts_unlocked,
			       NULL);
	for (fact_id i = 1; i < nr; i++)
		if (FACT_FUNCTION(p->f, i)->flags & FUNCTION_NORETURN ||
		    p->apart[i] ||
		    p->context_of[i] == CONTEXT_GOING_DOWN + 1)
			p->aside[i] = 1;
}

void program_resolve_model(struct program *p)
{
	p->current_field = facts_field_by_model(p->f, p->m, MODEL_CURRENT);
	p->domain_field = facts_field_by_model(p->f, p->m, MODEL_CURRENT_DOMAIN);
	p->control_field = facts_field_by_model(p->f, p->m, MODEL_CONTROL_FIELD);
	p->invariant = g_array_new(FALSE, FALSE, sizeof(struct invariant));
	p->instance = g_array_new(FALSE, FALSE, sizeof(struct instance_rule));
	p->owner = g_array_new(FALSE, FALSE, sizeof(struct owner_rule));
	p->unique = g_array_new(FALSE, FALSE, sizeof(struct unique_rule));
	p->role_of_global = g_new0(uint8_t, p->f->global->len);
	p->role_of_field = g_new0(uint8_t, p->f->field->len);
	p->stable_field = resolve_fields(p, MODEL_STABLE);
	p->nonnull_field = resolve_fields(p, MODEL_NONNULL);
	resolve_invariants(p);
	resolve_instances(p);
	resolve_owners(p);
	resolve_uniques(p);
	resolve_code_worlds(p);
	resolve_not_for(p);
	resolve_implications(p);
	resolve_lock_worlds(p);
	resolve_lock_not_for(p);
	resolve_entry_facts(p);
	resolve_caller_worlds(p);
	resolve_same_bits(p);
	resolve_functions(p);
	resolve_not_within(p);
	resolve_page_rules(p);
	resolve_role_places(p);
}

void program_free_model(struct program *p)
{
	g_free(p->stable_field);
	g_free(p->same_bits);
	g_free(p->nonnull_field);
	g_free(p->role_of_call);
	g_free(p->role_of_global);
	g_free(p->role_of_field);
	g_free(p->context_of);
	g_free(p->not_within);
	g_free(p->excludes);
	g_free(p->aside);
	g_free(p->opaque);
	g_free(p->current_argument);
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
	g_free(p->lock_not_for);
	g_free(p->world_of);
	g_free(p->not_for);
}
