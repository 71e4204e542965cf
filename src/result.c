/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables of a result: making and freeing them, identities and order.
 * Identities are XXH3 hashes (https://xxhash.com) of names, so that they stay
 * the same when lines move.
 */
#include "result_table.h"

#include <inttypes.h>
#include <string.h>

#include <xxhash.h>

#include "diag.h"
#include "result_words.h"

void ordering_free(void *ordering)
{
	struct ordering *o = ordering;

	g_array_free(o->lockset, TRUE);
	g_array_free(o->asked, TRUE);
	g_array_free(o->witness, TRUE);
	g_ptr_array_free(o->path_worlds, TRUE);
	g_ptr_array_free(o->worlds, TRUE);
	g_free(o);
}

static void lone_free(void *element)
{
	struct lone_lock *s = element;

	g_array_free(s->witness, TRUE);
	g_free(s);
}

static void finding_free(void *element)
{
	struct finding *f = element;

	g_ptr_array_free(f->orderings, TRUE);
	g_array_free(f->locks, TRUE);
	g_ptr_array_free(f->worlds, TRUE);
	g_free(f);
}

struct result *result_new(void)
{
	struct result *r = g_new0(struct result, 1);

	r->chunk = g_string_chunk_new(4096);
	r->tree_version = r->tree_config = r->policy = "";
	r->tu_failed = g_ptr_array_new();
	r->rule.name = r->rule.source = "";
	r->classes = g_array_new(FALSE, TRUE, sizeof(struct lock_class));
	r->orderings = g_ptr_array_new_with_free_func(ordering_free);
	r->lone = g_ptr_array_new_with_free_func(lone_free);
	r->findings = g_ptr_array_new_with_free_func(finding_free);
	r->suppressions = g_ptr_array_new_with_free_func(g_free);
	r->absent = g_array_new(FALSE, TRUE, sizeof(struct absent_entry));
	r->assumptions = g_ptr_array_new_with_free_func(g_free);
	r->entries = g_array_new(FALSE, TRUE, sizeof(struct entry_point));
	return r;
}

void result_free(struct result *r)
{
	if (!r)
		return;
	g_ptr_array_free(r->tu_failed, TRUE);
	g_array_free(r->classes, TRUE);
	g_ptr_array_free(r->findings, TRUE);
	g_ptr_array_free(r->orderings, TRUE);
	g_ptr_array_free(r->lone, TRUE);
	g_ptr_array_free(r->suppressions, TRUE);
	g_array_free(r->absent, TRUE);
	g_ptr_array_free(r->assumptions, TRUE);
	g_array_free(r->entries, TRUE);
	g_string_chunk_free(r->chunk);
	g_free(r);
}

const char *result_text(struct result *r, const char *text)
{
	return text ? g_string_chunk_insert_const(r->chunk, text) : NULL;
}

static const struct site no_site = { .function = "", .file = "" };

struct ordering *ordering_new(void)
{
	struct ordering *o = g_new0(struct ordering, 1);

	o->id = "";
	o->held.site = o->acquired.site = o->holder = no_site;
	o->held.owner_control = o->acquired.owner_control = TRI_UNKNOWN;
	o->lockset = g_array_new(FALSE, TRUE, sizeof(struct lock_ref));
	o->asked = g_array_new(FALSE, TRUE, sizeof(struct asked_classes));
	o->witness = g_array_new(FALSE, TRUE, sizeof(struct witness_step));
	o->path_worlds = g_ptr_array_new();
	o->worlds = g_ptr_array_new();
	o->in_force = -1;
	o->held_level = o->level_in_force = o->needed_level = -1;
	return o;
}

struct ordering *result_add_ordering(struct result *r)
{
	struct ordering *o = ordering_new();

	g_ptr_array_add(r->orderings, o);
	return o;
}

struct lone_lock *result_add_lone(struct result *r)
{
	struct lone_lock *s = g_new0(struct lone_lock, 1);

	s->lock.site = s->holder = no_site;
	s->lock.owner_control = TRI_UNKNOWN;
	s->level_in_force = s->level_justified = -1;
	s->witness = g_array_new(FALSE, TRUE, sizeof(struct witness_step));
	g_ptr_array_add(r->lone, s);
	return s;
}

struct finding *result_add_finding(struct result *r)
{
	struct finding *f = g_new0(struct finding, 1);

	f->id = f->kind = f->message = "";
	f->site = no_site;
	f->orderings = g_ptr_array_new();
	f->locks = g_array_new(FALSE, TRUE, sizeof(struct lock_ref));
	f->worlds = g_ptr_array_new();
	g_ptr_array_add(r->findings, f);
	return f;
}

struct assumption *result_add_assumption(struct result *r)
{
	struct assumption *a = g_new0(struct assumption, 1);

	a->id = a->kind = a->what = a->file = a->effect = a->discharge = "";
	g_ptr_array_add(r->assumptions, a);
	return a;
}

void result_clear_findings(struct result *r)
{
	g_ptr_array_set_size(r->findings, 0);
}

const struct lock_class *result_class(const struct result *r, uint32_t class)
{
	g_assert(class < r->classes->len);
	return &g_array_index(r->classes, struct lock_class, class);
}

const char *result_hash(struct result *r, const GString *key)
{
	char text[17];

	g_snprintf(text, sizeof(text), "%016" PRIx64,
		   (uint64_t)XXH3_64bits(key->str, key->len));
	return result_text(r, text);
}

void result_key_lock(GString *key, const struct result *r,
		     const struct lock_ref *lock)
{
	g_string_append_printf(key, "\n%s\n%s\n%s\n%s\n%s",
			       result_class(r, lock->class)->name,
			       instance_words[lock->instance],
			       owner_words[lock->owner],
			       mode_words[lock->mode], lock->site.function);
}

static GString *ordering_key(const struct result *r, const struct ordering *o)
{
	GString *key = g_string_new("ordering");

	result_key_lock(key, r, &o->held);
	result_key_lock(key, r, &o->acquired);
	g_string_append_printf(key, "\n%s\n%s", o->holder.function,
			       context_words[o->context]);
	if (o->elsewhere)
		g_string_append(key, "\nelsewhere");
	return key;
}

/* Subtraction would overflow on hostile input. */
static int compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int compare_site(const struct site *a, const struct site *b)
{
	int order = strcmp(a->file, b->file);

	if (order == 0)
		order = compare(a->line, b->line);
	return order ? order : strcmp(a->function, b->function);
}

static int compare_lock(const struct lock_ref *a, const struct lock_ref *b)
{
	int order = compare_site(&a->site, &b->site);

	if (order == 0)
		order = compare(a->class, b->class);
	if (order == 0)
		order = compare(a->instance, b->instance);
	if (order == 0)
		order = compare(a->owner, b->owner);
	if (order == 0)
		order = compare(a->mode, b->mode);
	if (order == 0)
		order = compare(a->owner_control, b->owner_control);
	return order;
}

static int compare_asked(const GArray *a, const GArray *b)
{
	int order = compare(a->len, b->len);

	for (guint i = 0; i < a->len && order == 0; i++)
		order = memcmp(&g_array_index(a, struct asked_classes, i),
			       &g_array_index(b, struct asked_classes, i),
			       sizeof(struct asked_classes));
	return order;
}

static int compare_flags(const struct ordering *a, const struct ordering *b)
{
	int order = compare(a->acquire_line, b->acquire_line);

	if (order == 0)
		order = compare(a->relation, b->relation);
	if (order == 0)
		order = compare(a->same_object, b->same_object);
	if (order == 0)
		order = compare(a->self_deadlock, b->self_deadlock);
	if (order == 0)
		order = compare(a->elsewhere, b->elsewhere);
	if (order == 0)
		order = compare(a->sorted, b->sorted);
	if (order == 0)
		order = compare(a->runtime_visible, b->runtime_visible);
	if (order == 0)
		order = compare(a->in_force, b->in_force);
	if (order == 0)
		order = compare(a->lockset->len, b->lockset->len);
	if (order == 0)
		order = compare(a->in_force_lock, b->in_force_lock);
	if (order == 0)
		order = compare(a->over_held, b->over_held);
	return order ? order : compare_asked(a->asked, b->asked);
}

static int compare_place(const struct ordering *a, const struct ordering *b)
{
	int order = compare_lock(&a->held, &b->held);

	if (order == 0)
		order = compare_lock(&a->acquired, &b->acquired);
	if (order == 0)
		order = compare_site(&a->holder, &b->holder);
	return order ? order : compare_flags(a, b);
}

static int by_id_and_place(const void *left, const void *right)
{
	const struct ordering *a = *(struct ordering *const *)left;
	const struct ordering *b = *(struct ordering *const *)right;
	int order = strcmp(a->id, b->id);

	return order ? order : compare_place(a, b);
}

static void number_equal_ids(struct result *r)
{
	const char *last = "";
	unsigned nr = 0;

	for (guint i = 0; i < r->orderings->len; i++) {
		struct ordering *o = r->orderings->pdata[i];
		GString *key;

		nr = strcmp(o->id, last) == 0 ? nr + 1 : 1;
		last = o->id;
		if (nr == 1)
			continue;
		key = ordering_key(r, o);
		g_string_append_printf(key, "\n%u", nr);
		o->id = result_hash(r, key);
		g_string_free(key, TRUE);
	}
}

static void sort_orderings(struct result *r)
{
	for (guint i = 0; i < r->orderings->len; i++) {
		struct ordering *o = r->orderings->pdata[i];
		GString *key = ordering_key(r, o);

		o->id = result_hash(r, key);
		g_string_free(key, TRUE);
	}
	g_ptr_array_sort(r->orderings, by_id_and_place);
	number_equal_ids(r);
	g_ptr_array_sort(r->orderings, by_id_and_place);
}

static int by_place_of_lone(const void *left, const void *right)
{
	const struct lone_lock *a = *(struct lone_lock *const *)left;
	const struct lone_lock *b = *(struct lone_lock *const *)right;
	int order = compare_lock(&a->lock, &b->lock);

	if (order == 0)
		order = compare_site(&a->holder, &b->holder);
	if (order == 0)
		order = compare(a->context, b->context);
	if (order == 0)
		order = compare(a->level_in_force, b->level_in_force);
	return order ? order : compare(a->level_justified, b->level_justified);
}

static int by_kind_and_place(const void *left, const void *right)
{
	const struct assumption *a = *(struct assumption *const *)left;
	const struct assumption *b = *(struct assumption *const *)right;
	int order = strcmp(a->kind, b->kind);

	if (order == 0)
		order = strcmp(a->file, b->file);
	if (order == 0)
		order = compare(a->line, b->line);
	if (order == 0)
		order = strcmp(a->what, b->what);
	return order ? order : strcmp(a->effect, b->effect);
}

static void sort_assumptions(struct result *r)
{
	for (guint i = 0; i < r->assumptions->len; i++) {
		struct assumption *a = r->assumptions->pdata[i];
		GString *key = g_string_new("assumption");

		g_string_append_printf(key, "\n%s\n%s\n%s\n%s", a->kind,
				       a->what, a->file, a->effect);
		a->id = result_hash(r, key);
		g_string_free(key, TRUE);
	}
	g_ptr_array_sort(r->assumptions, by_kind_and_place);
}

static int by_kind_of_entry(const void *left, const void *right)
{
	const struct entry_point *a = left, *b = right;
	int order = strcmp(a->kind, b->kind);

	return order ? order : compare_site(&a->site, &b->site);
}

static int by_text(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

void result_sort(struct result *r)
{
	g_ptr_array_sort(r->tu_failed, by_text);
	sort_orderings(r);
	g_ptr_array_sort(r->lone, by_place_of_lone);
	sort_assumptions(r);
	g_array_sort(r->entries, by_kind_of_entry);
}

bool result_is_incomplete(const struct result *r)
{
	if (r->tu_failed->len > 0 || r->tu_nr == 0)
		return true;
	for (guint i = 0; i < r->assumptions->len; i++) {
		const struct assumption *a = r->assumptions->pdata[i];

		if (a->blocks_proof)
			return true;
	}
	return false;
}

int result_find(const struct result *r, const char *prefix,
		const struct ordering **ordering,
		const struct finding **finding)
{
	unsigned nr = 0;

	*ordering = NULL;
	*finding = NULL;
	for (guint i = 0; i < r->orderings->len; i++) {
		const struct ordering *o = r->orderings->pdata[i];

		if (g_str_has_prefix(o->id, prefix)) {
			*ordering = o;
			nr++;
		}
	}
	for (guint i = 0; i < r->findings->len; i++) {
		const struct finding *f = r->findings->pdata[i];

		if (g_str_has_prefix(f->id, prefix)) {
			*finding = f;
			nr++;
		}
	}
	if (nr == 0)
		return diag_error("no finding or ordering has the id '%s'",
				  prefix);
	if (nr > 1)
		return diag_error("id '%s' is not unique: %u match", prefix,
				  nr);
	return 0;
}
