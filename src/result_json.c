/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes a result as JSON.  The keys are those of the contract; keys that it
 * does not name ("in_force", "owner_control", ...) let the result be read
 * back and judged under another rule.  Keys stand in the order of the calls
 * here.
 */
#include "result_json.h"

#include "json_writer.h"
#include "result_json_int.h"
#include "result_table.h"
#include "result_words.h"

#ifndef XLA_VERSION
#define XLA_VERSION "unknown"
#endif

static void put_level(struct json_writer *w, const char *key, int level)
{
	json_key(w, key);
	if (level < 0)
		json_word(w, "null");
	else
		json_number(w, level);
}

static void put_site(struct json_writer *w, const struct site *site)
{
	json_put_text(w, "function", site->function);
	json_put_text(w, "file", site->file);
	json_put_number(w, "line", site->line);
}

void result_put_tool(struct json_writer *w)
{
	json_key(w, "tool");
	json_open(w, '{');
	json_put_text(w, "name", "xen-lockaudit");
	json_put_text(w, "version", XLA_VERSION);
	json_close(w, '}');
}

void result_put_tree_keys(struct json_writer *w, const struct result *r)
{
	json_put_text(w, "version", r->tree_version);
	json_put_text(w, "commit", r->tree_commit);
	json_put_text(w, "config", r->tree_config);
	json_put_text(w, "policy", r->policy);
	json_put_bool(w, "sole_control", r->sole_control);
	json_put_number(w, "translation_units", r->tu_nr);
	json_put_texts(w, "failed", r->tu_failed);
}

void result_put_rule(struct json_writer *w, const struct result *r)
{
	json_key(w, "rule");
	json_open(w, '{');
	json_put_text(w, "name", r->rule.name);
	json_put_number(w, "bias", r->rule.bias);
	json_put_text(w, "source", r->rule.source);
	json_close(w, '}');
}

static void put_classes(struct json_writer *w, const struct result *r)
{
	json_key(w, "classes");
	json_open(w, '[');
	for (guint i = 0; i < r->classes->len; i++) {
		const struct lock_class *c = result_class(r, i);

		json_open(w, '{');
		json_put_text(w, "name", c->name);
		put_level(w, "level", c->level);
		json_put_text(w, "file", c->file);
		json_put_number(w, "line", c->line);
		json_put_text(w, "form", form_words[c->form]);
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void put_counts(struct json_writer *w, const struct result *r)
{
	const struct result_counts *c = &r->counts;

	json_key(w, "counts");
	json_open(w, '{');
	json_put_number(w, "functions", c->functions);
	json_put_number(w, "call_edges", c->call_edges);
	json_put_number(w, "indirect_sites", c->indirect_sites);
	json_put_number(w, "indirect_resolved", c->indirect_resolved);
	json_put_number(w, "acquisitions", c->acquisitions);
	json_put_number(w, "contexts", c->contexts);
	json_put_number(w, "orderings", r->orderings->len);
	json_put_number(w, "findings", r->findings->len);
	json_close(w, '}');
}

static void put_lock(struct json_writer *w, const struct result *r,
		     const struct lock_ref *lock)
{
	json_open(w, '{');
	json_put_text(w, "class", result_class(r, lock->class)->name);
	json_put_text(w, "instance", instance_words[lock->instance]);
	json_put_text(w, "owner", owner_words[lock->owner]);
	json_put_text(w, "mode", mode_words[lock->mode]);
	put_site(w, &lock->site);
	json_put_text(w, "owner_control", tristate_words[lock->owner_control]);
	json_put_number(w, "domain", lock->domain);
	json_close(w, '}');
}

static void put_locks(struct json_writer *w, const char *key,
		      const struct result *r, const GArray *locks)
{
	json_key(w, key);
	json_open(w, '[');
	for (guint i = 0; i < locks->len; i++)
		put_lock(w, r, &g_array_index(locks, struct lock_ref, i));
	json_close(w, ']');
}

static void put_step(struct json_writer *w, const struct witness_step *step)
{
	json_open(w, '{');
	json_put_text(w, "event", event_words[step->event]);
	put_site(w, &step->site);
	json_put_text(w, "text", step->text ? step->text : "");
	if (step->event == STEP_BRANCH) {
		json_put_text(w, "condition", step->via ? step->via : "");
		json_put_bool(w, "taken", step->taken);
	} else if (step->via) {
		json_put_text(w, "via", step->via);
	}
	json_close(w, '}');
}

static void put_witness(struct json_writer *w, const GArray *witness)
{
	json_open(w, '[');
	for (guint i = 0; i < witness->len; i++)
		put_step(w, &g_array_index(witness, struct witness_step, i));
	json_close(w, ']');
}

static void put_holder(struct json_writer *w, const struct ordering *o)
{
	json_key(w, "holder");
	json_open(w, '{');
	put_site(w, &o->holder);
	json_put_number(w, "acquire_line", o->acquire_line);
	json_close(w, '}');
}

static void put_judgement(struct json_writer *w, const struct ordering *o)
{
	json_put_text(w, "relation", relation_words[o->relation]);
	json_put_text(w, "verdict", verdict_words[o->verdict]);
	json_put_texts(w, "worlds", o->worlds);
	json_put_text(w, "context", context_words[o->context]);
	put_level(w, "held_level", o->held_level);
	put_level(w, "level_in_force", o->level_in_force);
	put_level(w, "needed_level", o->needed_level);
	json_put_bool(w, "runtime_visible", o->runtime_visible);
	json_put_bool(w, "stopped_before", o->is_stopped);
	json_put_bool(w, "unreached", o->is_unreached);
	json_put_bool(w, "trips_always", o->trips_always);
	json_put_bool(w, "trips_sometimes", o->trips_sometimes);
}

/* The names of the classes of a set, a bit for each rank. */
static void put_class_set(struct json_writer *w, const char *key,
			const struct result *r, uint32_t set)
{
	json_key(w, key);
	json_open(w, '[');
	for (uint32_t class = 0; class < r->classes->len && class < 32; class++)
		if (set >> class & 1)
			json_text(w, result_class(r, class)->name);
	json_close(w, ']');
}

static void put_asked(struct json_writer *w, const struct result *r,
		      const GArray *asked)
{
	json_key(w, "asked");
	json_open(w, '[');
	for (guint i = 0; i < asked->len; i++) {
		const struct asked_classes *way =
			&g_array_index(asked, struct asked_classes, i);

		json_open(w, '{');
		put_class_set(w, "of_held", r, way->of_held);
		put_class_set(w, "of_acquired", r, way->of_acquired);
		put_class_set(w, "of_other", r, way->of_other);
		put_class_set(w, "of_plain", r, way->of_plain);
		put_class_set(w, "of_caller", r, way->of_caller);
		put_class_set(w, "of_parent", r, way->of_parent);
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void put_basis(struct json_writer *w, const struct result *r,
		      const struct ordering *o)
{
	json_put_bool(w, "same_object", o->same_object);
	json_put_bool(w, "self_deadlock", o->self_deadlock);
	json_put_bool(w, "elsewhere", o->elsewhere);
	json_put_bool(w, "sorted", o->sorted);
	put_level(w, "in_force", o->in_force);
	json_put_number(w, "in_force_lock", o->in_force_lock);
	json_put_number(w, "over_held", o->over_held);
	put_asked(w, r, o->asked);
	json_put_texts(w, "path_worlds", o->path_worlds);
	json_put_text(w, "caller_privilege", privilege_words[o->privilege]);
}

void result_put_ordering_keys(struct json_writer *w, const struct result *r,
			      const struct ordering *o)
{
	json_put_text(w, "id", o->id);
	json_key(w, "held");
	put_lock(w, r, &o->held);
	json_key(w, "acquired");
	put_lock(w, r, &o->acquired);
	put_holder(w, o);
	put_judgement(w, o);
	put_basis(w, r, o);
	put_locks(w, "lockset", r, o->lockset);
	json_key(w, "witness");
	put_witness(w, o->witness);
	json_put_bool(w, "confirmed", o->confirmed);
	json_put_bool(w, "steady", o->steady);
	json_put_bool(w, "unstopped", o->unstopped);
}

static void put_orderings(struct json_writer *w, const struct result *r)
{
	json_key(w, "orderings");
	json_open(w, '[');
	for (guint i = 0; i < r->orderings->len; i++) {
		json_open(w, '{');
		result_put_ordering_keys(w, r, r->orderings->pdata[i]);
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void put_stale_level(struct json_writer *w, const struct result *r,
			    const struct lone_lock *s)
{
	json_open(w, '{');
	json_key(w, "lock");
	put_lock(w, r, &s->lock);
	json_key(w, "holder");
	json_open(w, '{');
	put_site(w, &s->holder);
	json_close(w, '}');
	json_put_bool(w, "in_interrupt", s->in_interrupt);
	put_level(w, "level_in_force", s->level_in_force);
	put_level(w, "level_justified", s->level_justified);
	json_put_text(w, "context", context_words[s->context]);
	json_key(w, "witness");
	put_witness(w, s->witness);
	json_close(w, '}');
}

static void put_lone(struct json_writer *w, const struct result *r)
{
	json_key(w, "stale");
	json_open(w, '[');
	for (guint i = 0; i < r->lone->len; i++)
		put_stale_level(w, r, r->lone->pdata[i]);
	json_close(w, ']');
}

/* A finding shows so many; each of its orderings has its own. */
enum { WITNESSES_MAX = 3 };

static void put_witnesses(struct json_writer *w, const struct finding *f)
{
	json_key(w, "witnesses");
	json_open(w, '[');
	for (guint i = 0; i < f->orderings->len && i < WITNESSES_MAX; i++) {
		const struct ordering *o = f->orderings->pdata[i];

		put_witness(w, o->witness);
	}
	if (f->lone)
		put_witness(w, f->lone->witness);
	json_close(w, ']');
}

static void put_ordering_ids(struct json_writer *w, const struct finding *f)
{
	json_key(w, "orderings");
	json_open(w, '[');
	for (guint i = 0; i < f->orderings->len; i++) {
		const struct ordering *o = f->orderings->pdata[i];

		json_text(w, o->id);
	}
	json_close(w, ']');
}

/* null, or what of the source justifies the finding. */
static void put_suppressed(struct json_writer *w, const struct finding *f)
{
	const struct suppression *s = f->suppression;

	json_key(w, "suppressed");
	if (!s) {
		json_word(w, "null");
		return;
	}
	json_open(w, '{');
	json_put_text(w, "id", s->id);
	json_put_text(w, "justification", s->text);
	json_put_text(w, "file", s->file);
	json_put_number(w, "line", s->line);
	json_close(w, '}');
}

void result_put_finding_keys(struct json_writer *w, const struct result *r,
			     const struct finding *f)
{
	json_put_text(w, "id", f->id);
	json_put_text(w, "kind", f->kind);
	json_put_text(w, "severity", severity_words[f->severity]);
	json_put_text(w, "message", f->message);
	put_site(w, &f->site);
	json_put_text(w, "context", context_words[f->context]);
	put_ordering_ids(w, f);
	put_locks(w, "locks", r, f->locks);
	put_witnesses(w, f);
	json_put_texts(w, "worlds", f->worlds);
	json_put_bool(w, "known", f->is_known);
	json_put_text(w, "reason", f->known_reason);
	put_suppressed(w, f);
}

static void put_findings(struct json_writer *w, const struct result *r)
{
	json_key(w, "findings");
	json_open(w, '[');
	for (guint i = 0; i < r->findings->len; i++) {
		json_open(w, '{');
		result_put_finding_keys(w, r, r->findings->pdata[i]);
		json_close(w, '}');
	}
	json_close(w, ']');
}

void result_put_assumption_keys(struct json_writer *w,
				const struct assumption *a)
{
	json_put_text(w, "id", a->id);
	json_put_text(w, "kind", a->kind);
	json_put_text(w, "what", a->what);
	json_put_text(w, "file", a->file);
	json_put_number(w, "line", a->line);
	json_put_text(w, "effect", a->effect);
	json_put_text(w, "discharge", a->discharge);
	json_put_number(w, "count", a->count);
	json_put_bool(w, "blocks_proof", a->blocks_proof);
	json_put_bool(w, "touches_locks", a->touches_locks);
}

static void put_assumptions(struct json_writer *w, const struct result *r)
{
	json_key(w, "assumptions");
	json_open(w, '[');
	for (guint i = 0; i < r->assumptions->len; i++) {
		json_open(w, '{');
		result_put_assumption_keys(w, r->assumptions->pdata[i]);
		json_close(w, '}');
	}
	json_close(w, ']');
}

void result_put_excuses(struct json_writer *w, const struct result *r)
{
	json_key(w, "suppressions");
	json_open(w, '[');
	for (guint i = 0; i < r->suppressions->len; i++) {
		const struct suppression *s = r->suppressions->pdata[i];

		json_open(w, '{');
		json_put_text(w, "id", s->id);
		json_put_text(w, "rule", s->rule);
		json_put_text(w, "justification", s->text);
		json_put_text(w, "file", s->file);
		json_put_number(w, "line", s->line);
		json_put_bool(w, "used", s->used_nr > 0);
		json_close(w, '}');
	}
	json_close(w, ']');
	json_key(w, "absent");
	json_open(w, '[');
	for (guint i = 0; i < r->absent->len; i++) {
		const struct absent_entry *a =
			&g_array_index(r->absent, struct absent_entry, i);

		json_open(w, '{');
		json_put_text(w, "key", a->key);
		json_put_text(w, "reason", a->reason);
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void put_entries(struct json_writer *w, const struct result *r)
{
	json_key(w, "entry_points");
	json_open(w, '[');
	for (guint i = 0; i < r->entries->len; i++) {
		const struct entry_point *e =
			&g_array_index(r->entries, struct entry_point, i);

		json_open(w, '{');
		json_put_text(w, "kind", e->kind);
		json_put_text(w, "context", context_words[e->context]);
		put_site(w, &e->site);
		json_put_text(w, "reason", e->reason);
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void put_result(struct json_writer *w, const struct result *r,
		       enum json_use use)
{
	json_open(w, '{');
	result_put_tool(w);
	json_key(w, "tree");
	json_open(w, '{');
	result_put_tree_keys(w, r);
	json_close(w, '}');
	result_put_rule(w, r);
	put_classes(w, r);
	if (use == JSON_REPORT)
		json_put_text(w, "verdict", outcome_words[r->outcome]);
	put_counts(w, r);
	if (use == JSON_REPORT) {
		result_put_nesting(w, r);
		result_put_proof(w, r);
	}
	put_orderings(w, r);
	put_lone(w, r);
	if (use == JSON_REPORT) {
		put_findings(w, r);
		result_put_excuses(w, r);
	}
	put_assumptions(w, r);
	put_entries(w, r);
	json_close(w, '}');
}

char *result_json_write(const struct result *r, enum json_use use)
{
	struct json_writer *w = json_writer_new(NULL, use == JSON_REPORT);

	put_result(w, r, use);
	return json_writer_finish(w);
}

void result_json_print(FILE *out, const struct result *r)
{
	struct json_writer *w = json_writer_new(out, true);

	put_result(w, r, JSON_REPORT);
	g_free(json_writer_finish(w));
}
