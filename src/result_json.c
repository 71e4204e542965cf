/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes a result as JSON.  The keys are those of the contract; keys that it
 * does not name ("in_force", "owner_control", ...) let the result be read
 * back and judged under another rule.  Keys keep the order in which they are
 * set here.
 */
#include "result_json.h"

#include "result_json_int.h"
#include "result_table.h"
#include "result_words.h"

#ifndef XLA_VERSION
#define XLA_VERSION "unknown"
#endif

json_t *text_json(const char *text)
{
	json_t *value;
	char *valid;

	if (!text)
		return json_null();
	value = json_string(text);
	if (value)
		return value;
	valid = g_utf8_make_valid(text, -1);
	value = json_string(valid);
	g_free(valid);
	return value;
}

static void set_text(json_t *object, const char *key, const char *text)
{
	json_object_set_new(object, key, text_json(text));
}

static void set_number(json_t *object, const char *key, int64_t number)
{
	json_object_set_new(object, key, json_integer(number));
}

static void set_level(json_t *object, const char *key, int level)
{
	json_object_set_new(object, key,
			    level < 0 ? json_null() : json_integer(level));
}

static void set_bool(json_t *object, const char *key, bool value)
{
	json_object_set_new(object, key, json_boolean(value));
}

static void set_texts(json_t *object, const char *key, const GPtrArray *texts)
{
	json_t *array = json_array();

	for (guint i = 0; i < texts->len; i++)
		json_array_append_new(array, text_json(texts->pdata[i]));
	json_object_set_new(object, key, array);
}

static void set_site(json_t *object, const struct site *site)
{
	set_text(object, "function", site->function);
	set_text(object, "file", site->file);
	set_number(object, "line", site->line);
}

json_t *tool_json(void)
{
	json_t *object = json_object();

	set_text(object, "name", "xen-lockaudit");
	set_text(object, "version", XLA_VERSION);
	return object;
}

json_t *tree_json(const struct result *r)
{
	json_t *object = json_object();

	set_text(object, "version", r->tree_version);
	set_text(object, "commit", r->tree_commit);
	set_text(object, "config", r->tree_config);
	set_number(object, "translation_units", r->tu_nr);
	set_texts(object, "failed", r->tu_failed);
	return object;
}

json_t *rule_json(const struct result *r)
{
	json_t *object = json_object();

	set_text(object, "name", r->rule.name);
	set_number(object, "bias", r->rule.bias);
	set_text(object, "source", r->rule.source);
	return object;
}

static json_t *classes_json(const struct result *r)
{
	json_t *array = json_array();

	for (guint i = 0; i < r->classes->len; i++) {
		const struct lock_class *c = result_class(r, i);
		json_t *object = json_object();

		set_text(object, "name", c->name);
		set_level(object, "level", c->level);
		set_text(object, "file", c->file);
		set_number(object, "line", c->line);
		set_text(object, "form", form_words[c->form]);
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *counts_json(const struct result *r)
{
	const struct result_counts *c = &r->counts;
	json_t *object = json_object();

	set_number(object, "functions", c->functions);
	set_number(object, "call_edges", c->call_edges);
	set_number(object, "indirect_sites", c->indirect_sites);
	set_number(object, "indirect_resolved", c->indirect_resolved);
	set_number(object, "acquisitions", c->acquisitions);
	set_number(object, "contexts", c->contexts);
	set_number(object, "orderings", r->orderings->len);
	set_number(object, "findings", r->findings->len);
	return object;
}

static json_t *lock_json(const struct result *r, const struct lock_ref *lock)
{
	json_t *object = json_object();

	set_text(object, "class", result_class(r, lock->class)->name);
	set_text(object, "instance", instance_words[lock->instance]);
	set_text(object, "owner", owner_words[lock->owner]);
	set_text(object, "mode", mode_words[lock->mode]);
	set_site(object, &lock->site);
	set_text(object, "owner_control", tristate_words[lock->owner_control]);
	set_number(object, "domain", lock->domain);
	return object;
}

static json_t *locks_json(const struct result *r, const GArray *locks)
{
	json_t *array = json_array();

	for (guint i = 0; i < locks->len; i++)
		json_array_append_new(array, lock_json(r,
			&g_array_index(locks, struct lock_ref, i)));
	return array;
}

static json_t *step_json(const struct witness_step *step)
{
	json_t *object = json_object();

	set_text(object, "event", event_words[step->event]);
	set_site(object, &step->site);
	set_text(object, "text", step->text ? step->text : "");
	if (step->via)
		set_text(object, "via", step->via);
	return object;
}

static json_t *witness_json(const GArray *witness)
{
	json_t *array = json_array();

	for (guint i = 0; i < witness->len; i++)
		json_array_append_new(array, step_json(
			&g_array_index(witness, struct witness_step, i)));
	return array;
}

static json_t *holder_json(const struct ordering *o)
{
	json_t *object = json_object();

	set_site(object, &o->holder);
	set_number(object, "acquire_line", o->acquire_line);
	return object;
}

static void set_judgement(json_t *object, const struct ordering *o)
{
	set_text(object, "relation", relation_words[o->relation]);
	set_text(object, "verdict", verdict_words[o->verdict]);
	set_texts(object, "worlds", o->worlds);
	set_text(object, "context", context_words[o->context]);
	set_level(object, "held_level", o->held_level);
	set_level(object, "level_in_force", o->level_in_force);
	set_level(object, "needed_level", o->needed_level);
	set_bool(object, "runtime_visible", o->runtime_visible);
	set_bool(object, "trips_always", o->trips_always);
	set_bool(object, "trips_sometimes", o->trips_sometimes);
}

static void set_basis(json_t *object, const struct ordering *o)
{
	set_bool(object, "same_object", o->same_object);
	set_bool(object, "sorted", o->sorted);
	set_level(object, "in_force", o->in_force);
	set_number(object, "in_force_lock", o->in_force_lock);
	set_texts(object, "path_worlds", o->path_worlds);
}

json_t *ordering_json(const struct result *r, const struct ordering *o)
{
	json_t *object = json_object();

	set_text(object, "id", o->id);
	json_object_set_new(object, "held", lock_json(r, &o->held));
	json_object_set_new(object, "acquired", lock_json(r, &o->acquired));
	json_object_set_new(object, "holder", holder_json(o));
	set_judgement(object, o);
	set_basis(object, o);
	json_object_set_new(object, "lockset", locks_json(r, o->lockset));
	json_object_set_new(object, "witness", witness_json(o->witness));
	set_bool(object, "confirmed", o->confirmed);
	return object;
}

static json_t *orderings_json(const struct result *r)
{
	json_t *array = json_array();

	for (guint i = 0; i < r->orderings->len; i++)
		json_array_append_new(array, ordering_json(r,
						r->orderings->pdata[i]));
	return array;
}

static json_t *stale_json(const struct result *r)
{
	json_t *array = json_array();

	for (guint i = 0; i < r->stale->len; i++) {
		const struct stale_level *s = r->stale->pdata[i];
		json_t *object = json_object(), *holder = json_object();

		json_object_set_new(object, "lock", lock_json(r, &s->lock));
		set_site(holder, &s->holder);
		json_object_set_new(object, "holder", holder);
		set_level(object, "level_in_force", s->level_in_force);
		set_level(object, "level_justified", s->level_justified);
		set_text(object, "context", context_words[s->context]);
		json_object_set_new(object, "witness",
				    witness_json(s->witness));
		json_array_append_new(array, object);
	}
	return array;
}

/* A finding shows so many; each of its orderings has its own. */
enum { WITNESSES_MAX = 3 };

static void set_witnesses(json_t *object, const struct finding *f)
{
	json_t *array = json_array();

	for (guint i = 0; i < f->orderings->len && i < WITNESSES_MAX; i++) {
		const struct ordering *o = f->orderings->pdata[i];

		json_array_append_new(array, witness_json(o->witness));
	}
	if (f->stale)
		json_array_append_new(array, witness_json(f->stale->witness));
	json_object_set_new(object, "witnesses", array);
}

static void set_ordering_ids(json_t *object, const struct finding *f)
{
	json_t *array = json_array();

	for (guint i = 0; i < f->orderings->len; i++) {
		const struct ordering *o = f->orderings->pdata[i];

		json_array_append_new(array, text_json(o->id));
	}
	json_object_set_new(object, "orderings", array);
}

json_t *finding_json(const struct result *r, const struct finding *f)
{
	json_t *object = json_object();

	set_text(object, "id", f->id);
	set_text(object, "kind", f->kind);
	set_text(object, "severity", severity_words[f->severity]);
	set_text(object, "message", f->message);
	set_site(object, &f->site);
	set_text(object, "context", context_words[f->context]);
	set_ordering_ids(object, f);
	json_object_set_new(object, "locks", locks_json(r, f->locks));
	set_witnesses(object, f);
	set_texts(object, "worlds", f->worlds);
	set_bool(object, "known", f->is_known);
	return object;
}

static json_t *findings_json(const struct result *r)
{
	json_t *array = json_array();

	for (guint i = 0; i < r->findings->len; i++)
		json_array_append_new(array, finding_json(r,
						r->findings->pdata[i]));
	return array;
}

json_t *assumption_json(const struct assumption *a)
{
	json_t *object = json_object();

	set_text(object, "id", a->id);
	set_text(object, "kind", a->kind);
	set_text(object, "what", a->what);
	set_text(object, "file", a->file);
	set_number(object, "line", a->line);
	set_text(object, "effect", a->effect);
	set_number(object, "count", a->count);
	set_bool(object, "blocks_proof", a->blocks_proof);
	return object;
}

static json_t *assumptions_json(const struct result *r)
{
	json_t *array = json_array();

	for (guint i = 0; i < r->assumptions->len; i++)
		json_array_append_new(array,
				      assumption_json(r->assumptions->pdata[i]));
	return array;
}

static json_t *result_object(const struct result *r, enum json_use use)
{
	json_t *object = json_object();

	json_object_set_new(object, "tool", tool_json());
	json_object_set_new(object, "tree", tree_json(r));
	json_object_set_new(object, "rule", rule_json(r));
	json_object_set_new(object, "classes", classes_json(r));
	if (use == JSON_REPORT)
		set_text(object, "verdict", outcome_words[r->outcome]);
	json_object_set_new(object, "counts", counts_json(r));
	json_object_set_new(object, "orderings", orderings_json(r));
	json_object_set_new(object, "stale", stale_json(r));
	if (use == JSON_REPORT)
		json_object_set_new(object, "findings", findings_json(r));
	json_object_set_new(object, "assumptions", assumptions_json(r));
	return object;
}

char *result_json_write(const struct result *r, enum json_use use)
{
	size_t flags = use == JSON_REPORT ? JSON_INDENT(1) : JSON_COMPACT;
	json_t *object = result_object(r, use);
	char *dump = json_dumps(object, flags);
	char *text = g_strconcat(dump, "\n", NULL);

	free(dump);
	json_decref(object);
	return text;
}
