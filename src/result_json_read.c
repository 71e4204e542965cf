/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads a stored result back.  The text comes from a file that anyone may
 * have written: every index, enum and type is checked, and the first thing
 * that is wrong makes the whole unreadable.  Findings are not read; they are
 * made again from what is.
 */
#include "result_json.h"

#include <string.h>

#include <jansson.h>

#include "result_table.h"
#include "result_words.h"

struct reader {
	struct result *r;
	bool failed;
};

static const char *get_text(struct reader *in, const json_t *object,
			    const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	if (!text)
		in->failed = true;
	return text ? result_text(in->r, text) : "";
}

/* A text that may be null or missing: then NULL. */
static const char *get_optional(struct reader *in, const json_t *object,
				const char *key)
{
	return result_text(in->r,
			   json_string_value(json_object_get(object, key)));
}

static int64_t get_range(struct reader *in, const json_t *object,
			 const char *key, int64_t max)
{
	const json_t *value = json_object_get(object, key);
	int64_t number = json_integer_value(value);

	if (!json_is_integer(value) || number < 0 || number > max) {
		in->failed = true;
		return 0;
	}
	return number;
}

static uint32_t get_number(struct reader *in, const json_t *object,
			   const char *key)
{
	return (uint32_t)get_range(in, object, key, UINT32_MAX);
}

static int get_level(struct reader *in, const json_t *object, const char *key)
{
	if (json_is_null(json_object_get(object, key)))
		return -1;
	return (int)get_range(in, object, key, INT32_MAX);
}

static bool get_bool(struct reader *in, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_boolean(value))
		in->failed = true;
	return json_is_true(value);
}

static int get_word(struct reader *in, const json_t *object, const char *key,
		    const char *const *words)
{
	int value = words_find(words, get_text(in, object, key));

	if (value < 0)
		in->failed = true;
	return MAX(value, 0);
}

static const json_t *get_array(struct reader *in, const json_t *object,
			       const char *key)
{
	const json_t *array = json_object_get(object, key);

	if (!json_is_array(array))
		in->failed = true;
	return array;
}

static void get_texts(struct reader *in, const json_t *object, const char *key,
		      GPtrArray *texts)
{
	const json_t *array = get_array(in, object, key);

	for (size_t i = 0; i < json_array_size(array); i++) {
		const char *text = json_string_value(json_array_get(array, i));

		if (!text)
			in->failed = true;
		else
			g_ptr_array_add(texts,
					(void *)result_text(in->r, text));
	}
}

static struct site get_site(struct reader *in, const json_t *object)
{
	return (struct site){
		.function = get_text(in, object, "function"),
		.file = get_text(in, object, "file"),
		.line = get_number(in, object, "line"),
	};
}

static void read_tree(struct reader *in, const json_t *object)
{
	in->r->tree_version = get_text(in, object, "version");
	in->r->tree_commit = get_optional(in, object, "commit");
	in->r->tree_config = get_text(in, object, "config");
	in->r->policy = get_text(in, object, "policy");
	in->r->sole_control = get_bool(in, object, "sole_control");
	in->r->tu_nr = get_number(in, object, "translation_units");
	get_texts(in, object, "failed", in->r->tu_failed);
}

static void read_rule(struct reader *in, const json_t *object)
{
	in->r->rule.name = get_text(in, object, "name");
	in->r->rule.bias = get_level(in, object, "bias");
	in->r->rule.source = get_text(in, object, "source");
}

static void read_classes(struct reader *in, const json_t *array)
{
	for (size_t i = 0; i < json_array_size(array); i++) {
		const json_t *object = json_array_get(array, i);
		struct lock_class class = {
			.name = get_text(in, object, "name"),
			.level = get_level(in, object, "level"),
			.file = get_text(in, object, "file"),
			.line = get_number(in, object, "line"),
			.form = (enum lock_form)get_word(in, object, "form",
							 form_words),
		};

		g_array_append_val(in->r->classes, class);
	}
}

static void read_counts(struct reader *in, const json_t *object)
{
	struct result_counts *c = &in->r->counts;

	c->functions = get_number(in, object, "functions");
	c->call_edges = get_number(in, object, "call_edges");
	c->indirect_sites = get_number(in, object, "indirect_sites");
	c->indirect_resolved = get_number(in, object, "indirect_resolved");
	c->acquisitions = get_number(in, object, "acquisitions");
	c->contexts = get_number(in, object, "contexts");
}

static uint32_t find_class(struct reader *in, const char *name)
{
	for (guint i = 0; i < in->r->classes->len; i++)
		if (strcmp(result_class(in->r, i)->name, name) == 0)
			return i;
	in->failed = true;
	return 0;
}

static uint32_t get_class(struct reader *in, const json_t *object)
{
	return find_class(in, get_text(in, object, "class"));
}

/* A set of classes, a bit for each rank. */
static uint32_t get_class_set(struct reader *in, const json_t *object,
			      const char *key)
{
	GPtrArray *names = g_ptr_array_new();
	uint32_t set = 0;

	get_texts(in, object, key, names);
	for (guint i = 0; i < names->len; i++) {
		uint32_t class = find_class(in, names->pdata[i]);

		if (class < 32)
			set |= UINT32_C(1) << class;
		else
			in->failed = true;
	}
	g_ptr_array_unref(names);
	return set;
}

static struct lock_ref get_lock(struct reader *in, const json_t *object)
{
	return (struct lock_ref){
		.class = get_class(in, object),
		.instance = (enum instance_kind)get_word(in, object,
			"instance", instance_words),
		.owner = (enum owner_role)get_word(in, object, "owner",
						   owner_words),
		.mode = (enum lock_mode)get_word(in, object, "mode",
						 mode_words),
		.owner_control = (enum tristate)get_word(in, object,
			"owner_control", tristate_words),
		.domain = get_number(in, object, "domain"),
		.site = get_site(in, object),
	};
}

static void read_locks(struct reader *in, const json_t *array, GArray *locks)
{
	for (size_t i = 0; i < json_array_size(array); i++) {
		struct lock_ref lock = get_lock(in, json_array_get(array, i));

		g_array_append_val(locks, lock);
	}
}

static void read_witness(struct reader *in, const json_t *array,
			 GArray *witness)
{
	for (size_t i = 0; i < json_array_size(array); i++) {
		const json_t *object = json_array_get(array, i);
		struct witness_step step = {
			.event = (enum step_event)get_word(in, object, "event",
							   event_words),
			.site = get_site(in, object),
			.text = get_text(in, object, "text"),
			.via = get_optional(in, object, "via"),
		};

		if (step.event == STEP_BRANCH) {
			step.via = get_text(in, object, "condition");
			step.taken = get_bool(in, object, "taken");
		}
		g_array_append_val(witness, step);
	}
}

static void read_asked(struct reader *in, const json_t *array, GArray *asked)
{
	for (size_t i = 0; i < json_array_size(array); i++) {
		const json_t *object = json_array_get(array, i);
		struct asked_classes way = {
			.of_held = get_class_set(in, object, "of_held"),
			.of_acquired = get_class_set(in, object, "of_acquired"),
			.of_other = get_class_set(in, object, "of_other"),
			.of_plain = get_class_set(in, object, "of_plain"),
			.of_caller = get_class_set(in, object, "of_caller"),
			.of_parent = get_class_set(in, object, "of_parent"),
		};

		g_array_append_val(asked, way);
	}
}

static void read_judgement(struct reader *in, const json_t *object,
			   struct ordering *o)
{
	o->relation = (enum relation)get_word(in, object, "relation",
					      relation_words);
	o->verdict = (enum verdict)get_word(in, object, "verdict",
					    verdict_words);
	get_texts(in, object, "worlds", o->worlds);
	o->context = (enum context)get_word(in, object, "context",
					    context_words);
	o->held_level = get_level(in, object, "held_level");
	o->level_in_force = get_level(in, object, "level_in_force");
	o->needed_level = get_level(in, object, "needed_level");
	o->runtime_visible = get_bool(in, object, "runtime_visible");
	o->is_stopped = get_bool(in, object, "stopped_before");
	o->is_unreached = get_bool(in, object, "unreached");
	o->trips_always = get_bool(in, object, "trips_always");
	o->trips_sometimes = get_bool(in, object, "trips_sometimes");
}

static void read_basis(struct reader *in, const json_t *object,
		       struct ordering *o)
{
	o->same_object = get_bool(in, object, "same_object");
	o->self_deadlock = get_bool(in, object, "self_deadlock");
	o->elsewhere = get_bool(in, object, "elsewhere");
	o->sorted = get_bool(in, object, "sorted");
	o->in_force = get_level(in, object, "in_force");
	o->in_force_lock = get_number(in, object, "in_force_lock");
	o->over_held = get_number(in, object, "over_held");
	read_asked(in, get_array(in, object, "asked"), o->asked);
	get_texts(in, object, "path_worlds", o->path_worlds);
	o->privilege = (enum privilege)get_word(
		in, object, "caller_privilege", privilege_words);
}

static void read_ordering(struct reader *in, const json_t *object)
{
	struct ordering *o = result_add_ordering(in->r);
	const json_t *holder = json_object_get(object, "holder");

	o->id = get_text(in, object, "id");
	o->held = get_lock(in, json_object_get(object, "held"));
	o->acquired = get_lock(in, json_object_get(object, "acquired"));
	o->holder = get_site(in, holder);
	o->acquire_line = get_number(in, holder, "acquire_line");
	read_judgement(in, object, o);
	read_basis(in, object, o);
	read_locks(in, get_array(in, object, "lockset"), o->lockset);
	read_witness(in, get_array(in, object, "witness"), o->witness);
	o->confirmed = get_bool(in, object, "confirmed");
	o->steady = get_bool(in, object, "steady");
	o->unstopped = get_bool(in, object, "unstopped");
	if (o->in_force_lock > o->lockset->len)
		in->failed = true;
}

static void read_lone(struct reader *in, const json_t *object)
{
	struct lone_lock *s = result_add_lone(in->r);

	s->lock = get_lock(in, json_object_get(object, "lock"));
	s->holder = get_site(in, json_object_get(object, "holder"));
	s->in_interrupt = get_bool(in, object, "in_interrupt");
	s->level_in_force = get_level(in, object, "level_in_force");
	s->level_justified = get_level(in, object, "level_justified");
	s->context = (enum context)get_word(in, object, "context",
					    context_words);
	read_witness(in, get_array(in, object, "witness"), s->witness);
}

static void read_assumption(struct reader *in, const json_t *object)
{
	struct assumption *a = result_add_assumption(in->r);

	a->id = get_text(in, object, "id");
	a->kind = get_text(in, object, "kind");
	a->what = get_text(in, object, "what");
	a->file = get_text(in, object, "file");
	a->line = get_number(in, object, "line");
	a->effect = get_text(in, object, "effect");
	a->discharge = get_text(in, object, "discharge");
	a->count = get_number(in, object, "count");
	a->blocks_proof = get_bool(in, object, "blocks_proof");
	a->touches_locks = get_bool(in, object, "touches_locks");
}

static void read_entry(struct reader *in, const json_t *object)
{
	struct entry_point e = {
		.site = get_site(in, object),
		.kind = get_text(in, object, "kind"),
		.context = (enum context)get_word(in, object, "context",
						  context_words),
		.reason = get_text(in, object, "reason"),
	};

	g_array_append_val(in->r->entries, e);
}

static void read_each(struct reader *in, const json_t *object, const char *key,
		      void (*read)(struct reader *in, const json_t *element))
{
	const json_t *array = get_array(in, object, key);

	for (size_t i = 0; i < json_array_size(array) && !in->failed; i++)
		read(in, json_array_get(array, i));
}

static void read_result(struct reader *in, const json_t *object)
{
	read_tree(in, json_object_get(object, "tree"));
	read_rule(in, json_object_get(object, "rule"));
	read_classes(in, get_array(in, object, "classes"));
	read_counts(in, json_object_get(object, "counts"));
	if (in->r->classes->len == 0 &&
	    json_array_size(json_object_get(object, "orderings")) > 0)
		in->failed = true;
	read_each(in, object, "orderings", read_ordering);
	read_each(in, object, "stale", read_lone);
	read_each(in, object, "assumptions", read_assumption);
	read_each(in, object, "entry_points", read_entry);
}

int result_json_read(struct result **out, const char *text)
{
	struct reader in = { .r = result_new() };
	json_t *object = json_loads(text, 0, NULL);

	*out = NULL;
	if (!json_is_object(object))
		in.failed = true;
	else
		read_result(&in, object);
	json_decref(object);
	if (in.failed) {
		result_free(in.r);
		return -1;
	}
	*out = in.r;
	return 0;
}
