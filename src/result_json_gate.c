/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A comparison as JSON: orderings and findings are the objects that check
 * writes, with a few keys more. */
#include "result_json_int.h"

#include "report_gate.h"
#include "result_table.h"
#include "result_words.h"

/* Adds value under key and gives object back. */
static json_t *with(json_t *object, const char *key, json_t *value)
{
	json_object_set_new(object, key, value);
	return object;
}

static json_t *revision_json(const struct gate_revision *revision)
{
	const struct result *r = revision->result;
	json_t *object = tree_json(r);

	json_object_set_new(object, "rule", rule_json(r));
	json_object_set_new(object, "complete",
			    json_boolean(!result_is_incomplete(r)));
	return object;
}

static json_t *hunk_json(const struct gate_comparison *c,
			 const struct gate_brought *b,
			 const struct hunk_step *pair)
{
	const struct hunk *hunk = &g_array_index(c->hunks->hunk, struct hunk,
						 pair->hunk);
	const struct witness_step *step =
		&g_array_index(b->witness, struct witness_step, pair->step);

	return json_pack("{s:o, s:I, s:I, s:I, s:s, s:o}",
			 "file", text_json(hunk->file),
			 "line", (json_int_t)hunk->first,
			 "lines", (json_int_t)hunk->count,
			 "step", (json_int_t)pair->step,
			 "event", event_words[step->event],
			 "function", text_json(step->site.function));
}

static json_t *brought_json(const struct gate_comparison *c,
			    const struct gate_brought *b)
{
	json_t *hunks = json_array();

	for (guint i = 0; i < b->steps->len; i++)
		json_array_append_new(hunks, hunk_json(c, b,
			&g_array_index(b->steps, struct hunk_step, i)));
	return json_pack("{s:s, s:o}", "match", hunk_match_words[b->match],
			 "hunks", hunks);
}

static json_t *worlds_json(const GPtrArray *worlds)
{
	json_t *array = json_array();

	for (guint i = 0; i < worlds->len; i++)
		json_array_append_new(array, text_json(worlds->pdata[i]));
	return array;
}

static json_t *findings_json(const struct gate_comparison *c)
{
	const struct change_set *set = &c->changes->findings;
	json_t *added = json_array(), *removed = json_array();
	json_t *changed = json_array();

	for (guint i = 0; i < set->added->len; i++)
		json_array_append_new(added, with(
			finding_json(c->head.result, set->added->pdata[i]),
			"brought_by", brought_json(c, c->brought->pdata[i])));
	for (guint i = 0; i < set->removed->len; i++)
		json_array_append_new(removed, finding_json(c->base.result,
						set->removed->pdata[i]));
	for (guint i = 0; i < set->changed->len; i++) {
		const struct change_pair *pair =
			&g_array_index(set->changed, struct change_pair, i);
		const struct finding *old = pair->base;

		json_array_append_new(changed, with(
			finding_json(c->head.result, pair->head), "was",
			json_pack("{s:s, s:o}", "id", old->id, "worlds",
				  worlds_json(old->worlds))));
	}
	return json_pack("{s:o, s:o, s:o}", "added", added, "removed", removed,
			 "changed", changed);
}

static json_t *orderings_json(const struct gate_comparison *c)
{
	const struct change_set *set = &c->changes->orderings;
	json_t *added = json_array(), *removed = json_array();
	json_t *changed = json_array();

	for (guint i = 0; i < set->added->len; i++)
		json_array_append_new(added, ordering_json(c->head.result,
						set->added->pdata[i]));
	for (guint i = 0; i < set->removed->len; i++)
		json_array_append_new(removed, ordering_json(c->base.result,
						set->removed->pdata[i]));
	for (guint i = 0; i < set->changed->len; i++) {
		const struct change_pair *pair =
			&g_array_index(set->changed, struct change_pair, i);
		const struct ordering *old = pair->base;

		json_array_append_new(changed, with(
			ordering_json(c->head.result, pair->head), "was",
			json_pack("{s:s, s:o}", "verdict",
				  verdict_words[old->verdict], "worlds",
				  worlds_json(old->worlds))));
	}
	return json_pack("{s:o, s:o, s:o}", "added", added, "removed", removed,
			 "changed", changed);
}

static json_t *assumptions_json(const GPtrArray *assumptions)
{
	json_t *array = json_array();

	for (guint i = 0; i < assumptions->len; i++)
		json_array_append_new(array,
				      assumption_json(assumptions->pdata[i]));
	return array;
}

static json_t *rows_json(const GArray *rows)
{
	json_t *array = json_array();

	for (guint i = 0; i < rows->len; i++) {
		const struct gate_row *row =
			&g_array_index(rows, struct gate_row, i);

		json_array_append_new(array, json_pack(
			"{s:o, s:o, s:I, s:I, s:I}",
			"commit", text_json(row->commit->id),
			"subject", text_json(row->commit->subject),
			"added", (json_int_t)row->added,
			"removed", (json_int_t)row->removed,
			"changed", (json_int_t)row->changed));
	}
	return array;
}

static json_t *gate_json(const struct gate_report *report)
{
	const struct gate_comparison *c = report->comparison;
	const struct change_set *ledger = &c->changes->assumptions;
	json_t *object = json_object();

	with(object, "tool", tool_json());
	with(object, "base", revision_json(&c->base));
	with(object, "head", revision_json(&c->head));
	with(object, "verdict",
	     text_json(outcome_words[c->head.result->outcome]));
	if (report->rows) {
		with(object, "series", rows_json(report->rows));
		with(object, "first",
		     text_json(report->first ? report->first->id : NULL));
	}
	with(object, "findings", findings_json(c));
	with(object, "orderings", orderings_json(c));
	with(object, "assumptions",
	     json_pack("{s:o, s:o}",
		       "added", assumptions_json(ledger->added),
		       "removed", assumptions_json(ledger->removed)));
	return object;
}

void report_gate_json(FILE *out, const void *data,
		      const struct report_style *style)
{
	json_t *object = gate_json(data);
	char *text = json_dumps(object, JSON_INDENT(1));

	(void)style;
	fprintf(out, "%s\n", text);
	free(text);
	json_decref(object);
}
