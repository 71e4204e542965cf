/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A comparison as JSON: orderings and findings are the objects that check
 * writes, with a few keys more. */
#include "result_json_int.h"

#include "report_gate.h"
#include "result_table.h"
#include "result_words.h"

static void open_key(struct json_writer *w, const char *key, char bracket)
{
	json_key(w, key);
	json_open(w, bracket);
}

static void put_revision(struct json_writer *w, const char *key,
			 const struct gate_revision *revision)
{
	const struct result *r = revision->result;

	open_key(w, key, '{');
	result_put_tree_keys(w, r);
	result_put_rule(w, r);
	json_put_bool(w, "complete", !result_is_incomplete(r));
	json_close(w, '}');
}

static void put_hunk(struct json_writer *w, const struct gate_comparison *c,
		     const struct gate_brought *b,
		     const struct hunk_step *pair)
{
	const struct hunk *hunk = &g_array_index(c->hunks->hunk, struct hunk,
						 pair->hunk);
	const struct witness_step *step =
		&g_array_index(b->witness, struct witness_step, pair->step);

	json_open(w, '{');
	json_put_text(w, "file", hunk->file);
	json_put_number(w, "line", hunk->first);
	json_put_number(w, "lines", hunk->count);
	json_put_number(w, "step", pair->step);
	json_put_text(w, "event", event_words[step->event]);
	json_put_text(w, "function", step->site.function);
	json_close(w, '}');
}

static void put_brought(struct json_writer *w,
			const struct gate_comparison *c,
			const struct gate_brought *b)
{
	open_key(w, "brought_by", '{');
	json_put_text(w, "match", hunk_match_words[b->match]);
	open_key(w, "hunks", '[');
	for (guint i = 0; i < b->steps->len; i++)
		put_hunk(w, c, b, &g_array_index(b->steps, struct hunk_step,
						 i));
	json_close(w, ']');
	json_close(w, '}');
}

/* The keys of element I of one of the three lists of changes. */
typedef void put_fn(struct json_writer *w, const struct gate_comparison *c,
		    guint i);

static void added_finding(struct json_writer *w,
			  const struct gate_comparison *c, guint i)
{
	result_put_finding_keys(w, c->head.result,
				c->changes->findings.added->pdata[i]);
	put_brought(w, c, c->brought->pdata[i]);
}

static void removed_finding(struct json_writer *w,
			    const struct gate_comparison *c, guint i)
{
	result_put_finding_keys(w, c->base.result,
				c->changes->findings.removed->pdata[i]);
}

static void changed_finding(struct json_writer *w,
			    const struct gate_comparison *c, guint i)
{
	const struct change_pair *pair = &g_array_index(
		c->changes->findings.changed, struct change_pair, i);
	const struct finding *old = pair->base;

	result_put_finding_keys(w, c->head.result, pair->head);
	open_key(w, "was", '{');
	json_put_text(w, "id", old->id);
	json_put_texts(w, "worlds", old->worlds);
	json_close(w, '}');
}

static void added_ordering(struct json_writer *w,
			   const struct gate_comparison *c, guint i)
{
	result_put_ordering_keys(w, c->head.result,
				 c->changes->orderings.added->pdata[i]);
}

static void removed_ordering(struct json_writer *w,
			     const struct gate_comparison *c, guint i)
{
	result_put_ordering_keys(w, c->base.result,
				 c->changes->orderings.removed->pdata[i]);
}

static void changed_ordering(struct json_writer *w,
			     const struct gate_comparison *c, guint i)
{
	const struct change_pair *pair = &g_array_index(
		c->changes->orderings.changed, struct change_pair, i);
	const struct ordering *old = pair->base;

	result_put_ordering_keys(w, c->head.result, pair->head);
	open_key(w, "was", '{');
	json_put_text(w, "verdict", verdict_words[old->verdict]);
	json_put_texts(w, "worlds", old->worlds);
	json_close(w, '}');
}

static void added_assumption(struct json_writer *w,
			     const struct gate_comparison *c, guint i)
{
	result_put_assumption_keys(w,
				   c->changes->assumptions.added->pdata[i]);
}

static void removed_assumption(struct json_writer *w,
			       const struct gate_comparison *c, guint i)
{
	result_put_assumption_keys(w,
				   c->changes->assumptions.removed->pdata[i]);
}

static void put_list(struct json_writer *w, const char *key,
		     const struct gate_comparison *c, guint nr, put_fn *put)
{
	open_key(w, key, '[');
	for (guint i = 0; i < nr; i++) {
		json_open(w, '{');
		put(w, c, i);
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void put_changes(struct json_writer *w,
			const struct gate_comparison *c)
{
	const struct changes *all = c->changes;

	open_key(w, "findings", '{');
	put_list(w, "added", c, all->findings.added->len, added_finding);
	put_list(w, "removed", c, all->findings.removed->len,
		 removed_finding);
	put_list(w, "changed", c, all->findings.changed->len,
		 changed_finding);
	json_close(w, '}');
	open_key(w, "orderings", '{');
	put_list(w, "added", c, all->orderings.added->len, added_ordering);
	put_list(w, "removed", c, all->orderings.removed->len,
		 removed_ordering);
	put_list(w, "changed", c, all->orderings.changed->len,
		 changed_ordering);
	json_close(w, '}');
	open_key(w, "assumptions", '{');
	put_list(w, "added", c, all->assumptions.added->len,
		 added_assumption);
	put_list(w, "removed", c, all->assumptions.removed->len,
		 removed_assumption);
	json_close(w, '}');
}

static void put_series(struct json_writer *w,
		       const struct gate_report *report)
{
	open_key(w, "series", '[');
	for (guint i = 0; i < report->rows->len; i++) {
		const struct gate_row *row =
			&g_array_index(report->rows, struct gate_row, i);

		json_open(w, '{');
		json_put_text(w, "commit", row->commit->id);
		json_put_text(w, "subject", row->commit->subject);
		json_put_number(w, "added", row->added);
		json_put_number(w, "removed", row->removed);
		json_put_number(w, "changed", row->changed);
		json_close(w, '}');
	}
	json_close(w, ']');
	json_put_text(w, "first", report->first ? report->first->id : NULL);
}

void report_gate_json(FILE *out, const void *data,
		      const struct report_style *style)
{
	const struct gate_report *report = data;
	const struct gate_comparison *c = report->comparison;
	struct json_writer *w = json_writer_new(out, true);

	(void)style;
	json_open(w, '{');
	result_put_tool(w);
	put_revision(w, "base", &c->base);
	put_revision(w, "head", &c->head);
	json_put_text(w, "verdict", outcome_words[c->head.result->outcome]);
	if (report->rows)
		put_series(w, report);
	put_changes(w, c);
	result_put_excuses(w, c->head.result);
	json_close(w, '}');
	g_free(json_writer_finish(w));
}
