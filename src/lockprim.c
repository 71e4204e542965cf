/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A lock class is what a primitive's name has in place of the pattern's '*'.
 * Its level is the constant that the primitive passes on as the parameter
 * that the model names; so levels written as macros and as line numbers are
 * read in the same way.
 */
#include "lockprim.h"

#include <stdlib.h>
#include <string.h>

#include "facts_find.h"
#include "model.h"
#include "result_words.h"

const char *const lock_operation_words[] = {
	[LOCKOP_NONE] = "",
	[LOCKOP_ACQUIRE] = "acquire", [LOCKOP_TRY] = "try",
	[LOCKOP_CHECK] = "check",     [LOCKOP_HOLD] = "hold",
	[LOCKOP_RELEASE] = "release", [LOCKOP_HELD] = "held", NULL,
};

/* The last one: a plain lock of which the primitive permits recursion. */
const char *const lock_kind_words[] = {
	[LOCKKIND_LOCK] = "lock",   [LOCKKIND_WRITE] = "write",
	[LOCKKIND_READ] = "read",   [LOCKKIND_ORDER] = "order",
	[LOCKKIND_SPIN] = "spin",   "rspin", NULL,
};

static bool is_recursive_spin(const char *name)
{
	return words_find(lock_kind_words, name) > LOCKKIND_SPIN;
}

static enum lock_kind kind_find(const char *name)
{
	return is_recursive_spin(name)
		       ? LOCKKIND_SPIN
		       : (enum lock_kind)words_find(lock_kind_words, name);
}

/* The record that a parameter points to, or 0. */
static fact_id pointee_record(const struct facts *f, fact_id type)
{
	const struct fact_type *t = FACT_TYPE(f, type);

	if (t->kind != TYPE_POINTER)
		return 0;
	return FACT_TYPE(f, t->target)->record;
}

static bool is_owner_record(const struct facts *f, const struct model *m,
			    fact_id record)
{
	const GPtrArray *owners = model_entries(m, MODEL_OWNER);
	const char *name = FACT_RECORD(f, record)->name;

	for (guint i = 0; record && i < owners->len; i++) {
		const struct model_entry *e = g_ptr_array_index(owners, i);

		if (strcmp(e->arg[1], "self") == 0 &&
		    strcmp(e->arg[0], name) == 0)
			return true;
	}
	return false;
}

/* Sorts the parameters of a primitive by their types. */
static void find_arguments(const struct facts *f, const struct model *m,
			   const struct fact_function *fn,
			   struct lock_primitive *p)
{
	p->object_arg = p->owner_arg = p->recursive_arg = -1;
	for (uint32_t i = 0; fn->body && i < fn->param_nr; i++) {
		fact_id type = fn->body->local[i + 1].type;
		fact_id record = pointee_record(f, type);
		const struct fact_type *t = FACT_TYPE(f, type);
		bool is_int = t->kind == TYPE_INT;

		if (is_owner_record(f, m, record)) {
			p->owner_arg = (int)i;
		} else if (p->object_arg < 0 && p->kind == LOCKKIND_ORDER) {
			p->object_arg = (int)i;
			p->object_by_value = is_int;
		} else if (p->object_arg < 0 && record) {
			p->object_arg = (int)i;
		} else if (is_int && p->kind == LOCKKIND_LOCK) {
			p->recursive_arg = (int)i;
		}
	}
}

static bool has_level_name(const struct fact_function *fn, uint32_t param,
			   const struct model *m)
{
	const GPtrArray *names = model_entries(m, MODEL_LEVEL_PARAMETER);

	for (guint i = 0; i < names->len; i++) {
		const struct model_entry *e = g_ptr_array_index(names, i);

		if (fn->body && param < fn->param_nr &&
		    strcmp(fn->body->local[param + 1].name, e->arg[0]) == 0)
			return true;
	}
	return false;
}

/* Is NODE a call that passes a constant as a level?  Then *LEVEL is it. */
static bool passes_level(const struct facts *f, const struct model *m,
			 const struct fact_body *body,
			 const struct fact_node *node, int *level)
{
	const struct fact_expr *callee = &body->expr[node->a];

	if (node->kind != NODE_CALL || callee->op != EXPR_FUNCTION)
		return false;
	for (uint32_t i = 0; i < node->extra_nr; i++) {
		const struct fact_expr *arg =
			&body->expr[body->extra[node->extra + i]];

		if (arg->op == EXPR_CONST &&
		    has_level_name(FACT_FUNCTION(f, callee->a), i, m)) {
			*level = (int)arg->imm;
			return true;
		}
	}
	return false;
}

static bool find_level(const struct facts *f, const struct model *m,
		       const struct fact_function *fn, int *level)
{
	for (uint32_t n = 1; fn->body && n < fn->body->node_nr; n++)
		if (passes_level(f, m, fn->body, &fn->body->node[n], level))
			return true;
	return false;
}

static uint32_t class_find(const struct lockprims *lp, const char *name)
{
	for (guint i = 0; i < lp->class->len; i++)
		if (strcmp(g_array_index(lp->class, struct lock_class, i).name,
			   name) == 0)
			return i + 1;
	return 0;
}

static void class_add(struct lockprims *lp, const struct facts *f,
		      const struct fact_function *fn, const char *name,
		      enum lock_kind kind, int level)
{
	struct lock_class c = {
		.name = g_string_chunk_insert_const(f->chunk, name),
		.level = level,
		.form = kind == LOCKKIND_ORDER  ? FORM_ORDER
			: kind == LOCKKIND_LOCK ? FORM_LOCK
						: FORM_RWLOCK,
		.file = FACT_FILE(f, fn->file)->path,
		.line = fn->line,
	};

	if (class_find(lp, name))
		return;
	lp->header = fn->file;
	g_array_append_val(lp->class, c);
}

static int compare_name(gconstpointer a, gconstpointer b)
{
	const struct lock_class *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int compare_level(gconstpointer a, gconstpointer b)
{
	const struct lock_class *x = a, *y = b;

	if (x->level != y->level)
		return x->level < y->level ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* By name: the analysis must do the same things in the same order whatever
 * the levels are. */
static void sort_classes(GArray *class)
{
	g_array_sort(class, compare_level);
	for (guint i = 0; i < class->len; i++)
		g_array_index(class, struct lock_class, i).rank = i;
	g_array_sort(class, compare_name);
}

/* First pass: the classes, from the primitives that pass on a level. */
static void derive_classes(struct lockprims *lp, const struct facts *f,
			   const struct model *m, const struct model_entry *e)
{
	for (fact_id id = 1; id < f->function->len; id++) {
		const struct fact_function *fn = FACT_FUNCTION(f, id);
		char *star;
		int level;

		if (!strchr(e->arg[0], '*') ||
		    !model_match(e->arg[0], fn->name, &star))
			continue;
		if (star[0] && find_level(f, m, fn, &level))
			class_add(lp, f, fn, star, kind_find(e->arg[2]),
				  level);
		g_free(star);
	}
}

/* Second pass: what each primitive does. */
static void derive_primitives(struct lockprims *lp, const struct facts *f,
			      const struct model *m,
			      const struct model_entry *e)
{
	for (fact_id id = 1; id < f->function->len; id++) {
		const struct fact_function *fn = FACT_FUNCTION(f, id);
		struct lock_primitive *p = &lp->by_function[id];
		uint32_t class = 0;
		char *star;

		if (!model_match(e->arg[0], fn->name, &star))
			continue;
		if (star[0])
			class = class_find(lp, star);
		if (!star[0] || class) {
			p->operation = (enum lock_operation)words_find(
				lock_operation_words, e->arg[1]);
			p->kind = kind_find(e->arg[2]);
			p->class = class;
			p->recurses = is_recursive_spin(e->arg[2]);
			find_arguments(f, m, fn, p);
			if (!fn->body && p->kind == LOCKKIND_SPIN)
				p->object_arg = 0;
		}
		g_free(star);
	}
}

static void derive_external(struct lockprims *lp, const struct facts *f,
			    const struct model *m)
{
	const GPtrArray *entries = model_entries(m, MODEL_EXTERNAL);

	for (guint i = 0; i < entries->len; i++) {
		const struct model_entry *e = g_ptr_array_index(entries, i);
		fact_id field = facts_field_by_name(f, e->arg[1]);
		uint32_t class = class_find(lp, e->arg[0]);

		if (field && class)
			g_hash_table_insert(lp->external,
					    GUINT_TO_POINTER(field),
					    GUINT_TO_POINTER(class));
	}
}

struct lockprims *lockprims_derive(const struct facts *f,
				   const struct model *m)
{
	struct lockprims *lp = g_new0(struct lockprims, 1);
	const GPtrArray *entries = model_entries(m, MODEL_PRIMITIVE);

	lp->class = g_array_new(FALSE, TRUE, sizeof(struct lock_class));
	lp->function_nr = f->function->len;
	lp->by_function = g_new0(struct lock_primitive, lp->function_nr);
	lp->external = g_hash_table_new(NULL, NULL);
	for (guint i = 0; i < entries->len; i++)
		derive_classes(lp, f, m, g_ptr_array_index(entries, i));
	sort_classes(lp->class);
	for (guint i = 0; i < entries->len; i++)
		derive_primitives(lp, f, m, g_ptr_array_index(entries, i));
	derive_external(lp, f, m);
	return lp;
}

void lockprims_free(struct lockprims *lp)
{
	if (!lp)
		return;
	g_array_unref(lp->class);
	g_free(lp->by_function);
	g_hash_table_unref(lp->external);
	g_free(lp);
}

const struct lock_class *lockprims_class(const struct lockprims *lp,
					 uint32_t number)
{
	return number ? &g_array_index(lp->class, struct lock_class,
				       number - 1)
		      : NULL;
}

int lockprims_level(const struct lockprims *lp, uint32_t number)
{
	return number ? lockprims_class(lp, number)->level : -1;
}

uint32_t lockprims_ranked(const struct lockprims *lp, uint32_t rank)
{
	uint32_t number = 1;

	while (lockprims_class(lp, number)->rank != rank)
		number++;
	return number;
}

const struct lock_primitive *lockprims_find(const struct lockprims *lp,
					    fact_id function)
{
	const struct lock_primitive *p;

	if (function == 0 || function >= lp->function_nr)
		return NULL;
	p = &lp->by_function[function];
	return p->operation == LOCKOP_NONE ? NULL : p;
}
