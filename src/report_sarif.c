/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SARIF 2.1.0 (OASIS): one run, a rule a kind of finding, a result a finding,
 * its witness as a code flow, its id as a partial fingerprint.
 */
#include "report.h"

#include <string.h>

#include <jansson.h>

#include "findings.h"
#include "result_table.h"
#include "result_words.h"

static json_t *text_json(const char *text)
{
	char *valid = g_utf8_make_valid(text, -1);
	json_t *value = json_string(valid);

	g_free(valid);
	return value;
}

static json_t *message_json(const char *text)
{
	return json_pack("{s:o}", "text", text_json(text));
}

/* Consumers resolve names from the top of the repository. */
static json_t *artifact_json(const char *path)
{
	char *escaped = g_uri_escape_string(path, "/", FALSE);
	json_t *object = json_object();
	char *uri;

	if (g_path_is_absolute(path)) {
		uri = g_strconcat("file://", escaped, NULL);
	} else {
		uri = g_strconcat("xen/", escaped, NULL);
		json_object_set_new(object, "uriBaseId",
				    json_string("%SRCROOT%"));
	}
	json_object_set_new(object, "uri", text_json(uri));
	g_free(uri);
	g_free(escaped);
	return object;
}

static json_t *physical_json(const struct site *site)
{
	json_t *object = json_pack("{s:o}", "artifactLocation",
				   artifact_json(site->file));

	if (site->line > 0)
		json_object_set_new(object, "region",
				    json_pack("{s:I}", "startLine",
					      (json_int_t)site->line));
	return object;
}

static json_t *location_json(const struct site *site, const char *message)
{
	json_t *object = json_object();

	if (*site->file)
		json_object_set_new(object, "physicalLocation",
				    physical_json(site));
	if (*site->function)
		json_object_set_new(object, "logicalLocations",
				    json_pack("[{s:o, s:s}]", "name",
					      text_json(site->function),
					      "kind", "function"));
	if (message)
		json_object_set_new(object, "message", message_json(message));
	return object;
}

static json_t *step_json(const struct witness_step *step)
{
	char *note = words_step_note(step);
	char *message = g_strdup_printf("%s in %s%s%s",
					event_words[step->event],
					step->site.function,
					note ? " " : "", note ? note : "");
	json_t *object = json_pack("{s:o}", "location",
				   location_json(&step->site, message));

	g_free(message);
	g_free(note);
	return object;
}

static json_t *flow_json(const GArray *witness)
{
	json_t *steps = json_array();

	for (guint i = 0; i < witness->len; i++)
		json_array_append_new(steps, step_json(
			&g_array_index(witness, struct witness_step, i)));
	return json_pack("{s:[{s:o}]}", "threadFlows", "locations", steps);
}

static json_t *flows_json(const struct finding *f)
{
	json_t *array = json_array();

	for (guint i = 0; i < f->orderings->len; i++) {
		const struct ordering *o = f->orderings->pdata[i];

		if (o->witness->len > 0)
			json_array_append_new(array, flow_json(o->witness));
	}
	if (f->lone && f->lone->witness->len > 0)
		json_array_append_new(array, flow_json(f->lone->witness));
	return array;
}

static json_int_t rule_index(const char *kind)
{
	json_int_t i = 0;

	while (finding_kinds[i].name &&
	       strcmp(finding_kinds[i].name, kind) != 0)
		i++;
	return i;
}

static const char *level_of(const struct finding *f)
{
	return f->context == CONTEXT_RUNNING ? severity_words[f->severity]
					     : "note";
}

/* Comments are in the source; the baseline is a file beside it.  Without a
 * status, which editions of the schema name differently, they are accepted. */
static json_t *suppressions_json(const struct finding *f)
{
	const struct suppression *s = f->suppression;
	json_t *array = json_array();

	if (s) {
		const struct site site = { "", s->file, s->line };

		json_array_append_new(array, json_pack(
			"{s:s, s:o, s:o, s:{s:s}}", "kind", "inSource",
			"justification",
			text_json(s->text), "location",
			location_json(&site, NULL),
			"properties", "id", s->id));
	}
	if (f->is_known)
		json_array_append_new(array, json_pack(
			"{s:s, s:o}", "kind", "external", "justification",
			text_json(f->known_reason ? f->known_reason : "")));
	return array;
}

static json_t *result_json(const struct finding *f, const char *state)
{
	json_t *object = json_pack("{s:s, s:I, s:s, s:o, s:[o], s:{s:s}, "
				   "s:{s:s}}",
				   "ruleId", f->kind,
				   "ruleIndex", rule_index(f->kind),
				   "level", level_of(f),
				   "message", message_json(f->message),
				   "locations", location_json(&f->site, NULL),
				   "partialFingerprints",
				   "xenLockauditFinding/v1", f->id,
				   "properties", "context",
				   context_words[f->context]);
	json_t *flows = flows_json(f);

	if (json_array_size(flows) > 0)
		json_object_set(object, "codeFlows", flows);
	json_decref(flows);
	json_object_set_new(object, "suppressions", suppressions_json(f));
	if (state)
		json_object_set_new(object, "baselineState",
				    json_string(state));
	return object;
}

static json_t *rules_json(void)
{
	json_t *array = json_array();

	for (const struct finding_kind *k = finding_kinds; k->name; k++)
		json_array_append_new(array, json_pack(
			"{s:s, s:{s:s}, s:{s:s}}", "id", k->name,
			"shortDescription", "text", k->what,
			"defaultConfiguration", "level",
			severity_words[k->severity]));
	return array;
}

static json_t *tool_json(void)
{
	return json_pack("{s:{s:s, s:s, s:o}}", "driver",
			 "name", "xen-lockaudit", "version", XLA_VERSION,
			 "rules", rules_json());
}

static void notify(json_t *array, const char *level, const char *text)
{
	json_array_append_new(array, json_pack("{s:s, s:o}", "level", level,
					       "message", message_json(text)));
}

static void notify_unused(json_t *array, const struct result *r)
{
	for (guint i = 0; i < r->suppressions->len; i++) {
		const struct suppression *s = r->suppressions->pdata[i];
		char *text = g_strdup_printf("%s at xen/%s:%u suppresses no "
					     "finding of rule %s.", s->id,
					     s->file, s->line, s->rule);

		if (s->used_nr == 0)
			notify(array, "note", text);
		g_free(text);
	}
	for (guint i = 0; i < r->absent->len; i++) {
		const struct absent_entry *a =
			&g_array_index(r->absent, struct absent_entry, i);
		char *text = g_strdup_printf("No longer found, in the "
					     "baseline: %s %s", a->key,
					     a->reason);

		notify(array, "note", text);
		g_free(text);
	}
}

/* A run without a proof says so where consumers show it. */
static json_t *invocation_json(const struct result *r)
{
	json_t *notes = json_array();

	if (result_is_incomplete(r))
		notify(notes, "warning", "The analysis is incomplete: it is no "
		       "proof that there are no further findings.");
	notify_unused(notes, r);
	return json_pack("{s:b, s:o}", "executionSuccessful", 1,
			 "toolExecutionNotifications", notes);
}

/* Against the baseline or the other revision; NULL: there is neither. */
static const char *state_of(const struct result *r, const struct finding *f)
{
	if (!r->has_baseline)
		return NULL;
	return f->is_known ? "unchanged" : "new";
}

static json_t *run_json(const struct result *r)
{
	json_t *results = json_array();

	for (guint i = 0; i < r->findings->len; i++) {
		const struct finding *f = r->findings->pdata[i];

		json_array_append_new(results,
				      result_json(f, state_of(r, f)));
	}
	return json_pack("{s:o, s:[o], s:s, s:{s:{s:{s:s}}}, s:o}",
			 "tool", tool_json(),
			 "invocations", invocation_json(r),
			 "columnKind", "unicodeCodePoints",
			 "originalUriBaseIds", "%SRCROOT%", "description",
			 "text", "The top folder of the Xen tree.",
			 "results", results);
}

void report_sarif(FILE *out, const struct result *r,
		  const struct report_style *style)
{
	json_t *log = json_pack("{s:s, s:s, s:[o]}", "$schema",
				"https://json.schemastore.org/sarif-2.1.0.json",
				"version", "2.1.0", "runs", run_json(r));
	char *text = json_dumps(log, JSON_INDENT(1));

	(void)style;
	fprintf(out, "%s\n", text);
	free(text);
	json_decref(log);
}
