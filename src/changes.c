/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compares two results element by element, each found by its identity. */
#include "changes.h"

#include <string.h>

/* How elements of one kind are compared. */
struct kind {
	const char *(*id)(const void *element);
	bool (*is_alike)(const void *base, const void *head);
};

static const char *ordering_id(const void *element)
{
	const struct ordering *o = element;

	return o->id;
}

static const char *finding_id(const void *element)
{
	const struct finding *f = element;

	return f->id;
}

static const char *assumption_id(const void *element)
{
	const struct assumption *a = element;

	return a->id;
}

static bool are_equal_texts(const GPtrArray *a, const GPtrArray *b)
{
	if (a->len != b->len)
		return false;
	for (guint i = 0; i < a->len; i++)
		if (strcmp(a->pdata[i], b->pdata[i]) != 0)
			return false;
	return true;
}

static bool are_alike_orderings(const void *base, const void *head)
{
	const struct ordering *a = base, *b = head;

	return a->verdict == b->verdict &&
	       are_equal_texts(a->worlds, b->worlds);
}

/* A finding that was justified, and is no longer, is as good as new. */
static bool has_lost_excuse(const struct finding *base,
			    const struct finding *head)
{
	return base->suppression && !head->suppression;
}

static bool are_excused_alike(const struct finding *a,
			      const struct finding *b)
{
	return !a->suppression == !b->suppression;
}

static bool are_alike_findings(const void *base, const void *head)
{
	const struct finding *a = base, *b = head;

	return a->severity == b->severity && are_excused_alike(a, b) &&
	       are_equal_texts(a->worlds, b->worlds);
}

/* How often something is assumed is of no interest. */
static bool are_alike_assumptions(const void *base, const void *head)
{
	const struct assumption *a = base, *b = head;

	return a->blocks_proof == b->blocks_proof;
}

static const struct kind orderings = { ordering_id, are_alike_orderings };
static const struct kind findings = { finding_id, are_alike_findings };
static const struct kind assumptions = { assumption_id,
					 are_alike_assumptions };

static GHashTable *by_id(const struct kind *kind, const GPtrArray *elements)
{
	GHashTable *table = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < elements->len; i++)
		g_hash_table_insert(table,
				    (void *)kind->id(elements->pdata[i]),
				    elements->pdata[i]);
	return table;
}

static void compare(struct change_set *set, const struct kind *kind,
		    const GPtrArray *base, const GPtrArray *head)
{
	GHashTable *old = by_id(kind, base), *new = by_id(kind, head);

	set->added = g_ptr_array_new();
	set->removed = g_ptr_array_new();
	set->changed = g_array_new(FALSE, FALSE, sizeof(struct change_pair));
	for (guint i = 0; i < base->len; i++)
		if (!g_hash_table_contains(new, kind->id(base->pdata[i])))
			g_ptr_array_add(set->removed, base->pdata[i]);
	for (guint i = 0; i < head->len; i++) {
		const struct change_pair pair = {
			g_hash_table_lookup(old, kind->id(head->pdata[i])),
			head->pdata[i],
		};

		if (!pair.base)
			g_ptr_array_add(set->added, head->pdata[i]);
		else if (!kind->is_alike(pair.base, pair.head))
			g_array_append_val(set->changed, pair);
	}
	g_hash_table_destroy(old);
	g_hash_table_destroy(new);
}

/* ---- groups of findings ---- */

static char *member_key(const struct finding *f, guint i)
{
	const struct ordering *o = f->orderings->pdata[i];

	return g_strjoin(" ", f->kind, o->id, NULL);
}

/* Kind and ordering -> a finding that has it. */
static GHashTable *members_of(const GPtrArray *findings)
{
	GHashTable *table = g_hash_table_new_full(g_str_hash, g_str_equal,
						  g_free, NULL);

	for (guint i = 0; i < findings->len; i++) {
		struct finding *f = findings->pdata[i];

		for (guint k = 0; k < f->orderings->len; k++)
			g_hash_table_insert(table, member_key(f, k), f);
	}
	return table;
}

/* A finding that has the first ordering of f, if all of them are told of in
 * findings of its kind; else NULL. */
static const struct finding *counterpart(GHashTable *members,
					 const struct finding *f)
{
	const struct finding *first = NULL;

	for (guint i = 0; i < f->orderings->len; i++) {
		char *key = member_key(f, i);
		const struct finding *other = g_hash_table_lookup(members,
								  key);

		g_free(key);
		if (!other)
			return NULL;
		if (i == 0)
			first = other;
	}
	return first;
}

/* Of the changed ones those that are as good as new become added. */
static void add_unexcused(struct change_set *set)
{
	for (guint i = 0; i < set->changed->len;) {
		const struct change_pair *pair =
			&g_array_index(set->changed, struct change_pair, i);

		if (!has_lost_excuse(pair->base, pair->head)) {
			i++;
			continue;
		}
		g_ptr_array_add(set->added, (void *)pair->head);
		g_array_remove_index(set->changed, i);
	}
}

static void regroup(struct change_set *set, const GPtrArray *base,
		    const GPtrArray *head)
{
	GHashTable *old = members_of(base), *new = members_of(head);
	GHashTable *paired = g_hash_table_new(NULL, NULL);

	for (guint i = 0; i < set->added->len;) {
		const struct finding *f = set->added->pdata[i];
		const struct change_pair pair = { counterpart(old, f), f };

		if (pair.base) {
			g_array_append_val(set->changed, pair);
			g_hash_table_add(paired, (void *)pair.base);
			g_ptr_array_remove_index(set->added, i);
		} else {
			i++;
		}
	}
	for (guint i = 0; i < set->removed->len;)
		if (g_hash_table_contains(paired, set->removed->pdata[i]) ||
		    counterpart(new, set->removed->pdata[i]))
			g_ptr_array_remove_index(set->removed, i);
		else
			i++;
	g_hash_table_destroy(paired);
	g_hash_table_destroy(old);
	g_hash_table_destroy(new);
}

struct changes *changes_make(const struct result *base,
			     const struct result *head)
{
	struct changes *c = g_new0(struct changes, 1);

	compare(&c->orderings, &orderings, base->orderings, head->orderings);
	compare(&c->findings, &findings, base->findings, head->findings);
	regroup(&c->findings, base->findings, head->findings);
	add_unexcused(&c->findings);
	compare(&c->assumptions, &assumptions, base->assumptions,
		head->assumptions);
	return c;
}

static void set_release(struct change_set *set)
{
	g_ptr_array_free(set->added, TRUE);
	g_ptr_array_free(set->removed, TRUE);
	g_array_free(set->changed, TRUE);
}

void changes_free(struct changes *c)
{
	if (!c)
		return;
	set_release(&c->orderings);
	set_release(&c->findings);
	set_release(&c->assumptions);
	g_free(c);
}
