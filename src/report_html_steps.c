/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Witnesses: the steps, each kept once, and for each ordering, and after these
 * for each stale level, the numbers of its steps; the lanes of the orderings;
 * and the source lines around all of them.
 */
#include "report_html_int.h"

#include <string.h>

#include "html.h"
#include "lanes.h"
#include "result_words.h"

/* Lines shown before and after the one of a step. */
enum { AROUND = 3 };

struct steps {
	GHashTable *number;	/* key -> number */
	GPtrArray *step;	/* const struct witness_step *, by number */
};

static guint step_number(struct steps *s, const struct witness_step *step)
{
	char *key = g_strdup_printf("%d %d %u %s\n%s\n%s\n%s",
				    (int)step->event, (int)step->taken,
				    step->site.line, step->site.function,
				    step->site.file,
				    step->text ? step->text : "",
				    step->via ? step->via : "");
	void *number;

	if (g_hash_table_lookup_extended(s->number, key, NULL, &number)) {
		g_free(key);
		return GPOINTER_TO_UINT(number);
	}
	g_hash_table_insert(s->number, key, GUINT_TO_POINTER(s->step->len));
	g_ptr_array_add(s->step, (void *)step);
	return s->step->len - 1;
}

static void put_witness(struct json_writer *w, struct steps *s,
			const GArray *witness)
{
	json_open(w, '[');
	for (guint i = 0; i < witness->len; i++)
		json_number(w, step_number(s, &g_array_index(witness,
						struct witness_step, i)));
	json_close(w, ']');
}

/* Four numbers a lane: lock, role, possible, certain. */
static void put_lanes(struct json_writer *w, struct html_report *h,
		      const struct ordering *o)
{
	GArray *lanes = lanes_make(o);

	json_open(w, '[');
	for (guint i = 0; i < lanes->len; i++) {
		const struct lane *lane = &g_array_index(lanes, struct lane, i);

		json_number(w, html_lock_number(h, lane->lock));
		json_number(w, lane->role);
		json_number(w, lane->possible);
		json_number(w, lane->certain);
	}
	json_close(w, ']');
	g_array_unref(lanes);
}

static void put_step(struct json_writer *w, struct html_report *h,
		     const struct witness_step *step)
{
	char *note = words_step_note(step);

	json_open(w, '[');
	json_number(w, html_text_number(h, event_words[step->event]));
	json_number(w, html_text_number(h, step->site.function));
	json_number(w, html_text_number(h, step->site.file));
	json_number(w, step->site.line);
	json_number(w, html_text_number(h, step->text));
	json_number(w, html_text_number(h, note));
	json_close(w, ']');
	g_free(note);
}

static void put_rows(struct json_writer *w, struct html_report *h,
		     struct steps *s)
{
	const GPtrArray *orderings = h->r->orderings;

	json_key(w, "rows");
	json_open(w, '[');
	for (guint i = 0; i < orderings->len; i++) {
		const struct ordering *o = orderings->pdata[i];

		put_witness(w, s, o->witness);
	}
	for (guint i = 0; i < h->r->lone->len; i++) {
		const struct lone_lock *lone = h->r->lone->pdata[i];

		put_witness(w, s, lone->witness);
	}
	json_close(w, ']');
	json_key(w, "lanes");
	json_open(w, '[');
	for (guint i = 0; i < orderings->len; i++)
		put_lanes(w, h, orderings->pdata[i]);
	json_close(w, ']');
}

void html_data_witnesses(struct json_writer *w, struct html_report *h)
{
	struct steps s = {
		.number = g_hash_table_new_full(g_str_hash, g_str_equal,
						g_free, NULL),
		.step = g_ptr_array_new(),
	};

	json_open(w, '{');
	put_rows(w, h, &s);
	json_key(w, "steps");
	json_open(w, '[');
	for (guint i = 0; i < s.step->len; i++)
		put_step(w, h, s.step->pdata[i]);
	json_close(w, ']');
	json_close(w, '}');
	g_hash_table_unref(s.number);
	g_ptr_array_unref(s.step);
}

/* Path -> set of lines that steps name. */
static void note_lines(GHashTable *files, const GArray *witness)
{
	for (guint i = 0; i < witness->len; i++) {
		const struct site *site = &g_array_index(witness,
					struct witness_step, i).site;
		GHashTable *lines = g_hash_table_lookup(files, site->file);

		if (!lines) {
			lines = g_hash_table_new(NULL, NULL);
			g_hash_table_insert(files, (void *)site->file, lines);
		}
		for (int k = -AROUND; k <= AROUND; k++)
			g_hash_table_add(lines, GINT_TO_POINTER(
						(int)site->line + k));
	}
}

static void free_lines(void *lines)
{
	g_hash_table_unref(lines);
}

static void put_line(struct json_writer *w, const char *text)
{
	char *visible = text_visible(text);

	json_text(w, visible);
	g_free(visible);
}

/* Runs of lines of one file, each its first line's number and the lines. */
static guint put_file(struct json_writer *w, const struct facts *f, guint i,
		      GHashTable *wanted)
{
	fact_id file = FACT(f, source_line, struct fact_line, i)->file;
	uint32_t last = 0;

	json_open(w, '[');
	for (; i < f->source_line->len; i++) {
		const struct fact_line *l = FACT(f, source_line,
						 struct fact_line, i);

		if (l->file != file)
			break;
		if (!g_hash_table_contains(wanted,
					   GINT_TO_POINTER((int)l->line)))
			continue;
		if (last == 0 || l->line != last + 1) {
			if (last != 0)
				json_close(w, ']');
			json_open(w, '[');
			json_number(w, l->line);
		}
		put_line(w, l->text);
		last = l->line;
	}
	if (last != 0)
		json_close(w, ']');
	json_close(w, ']');
	return i;
}

static void put_sources(struct json_writer *w, struct html_report *h,
			GHashTable *files)
{
	const struct facts *f = h->in->facts;

	for (guint i = 1; f && i < f->source_line->len;) {
		fact_id file = FACT(f, source_line, struct fact_line, i)->file;
		const char *path = FACT_FILE(f, file)->path;
		GHashTable *wanted = g_hash_table_lookup(files, path);

		if (!wanted) {
			while (i < f->source_line->len &&
			       FACT(f, source_line, struct fact_line,
				    i)->file == file)
				i++;
			continue;
		}
		json_open(w, '[');
		json_number(w, html_text_number(h, path));
		i = put_file(w, f, i, wanted);
		json_close(w, ']');
	}
}

void html_data_sources(struct json_writer *w, struct html_report *h)
{
	GHashTable *files = g_hash_table_new_full(g_str_hash, g_str_equal,
						  NULL, free_lines);

	for (guint i = 0; i < h->r->orderings->len; i++) {
		const struct ordering *o = h->r->orderings->pdata[i];

		note_lines(files, o->witness);
	}
	for (guint i = 0; i < h->r->lone->len; i++) {
		const struct lone_lock *lone = h->r->lone->pdata[i];

		note_lines(files, lone->witness);
	}
	json_open(w, '[');
	put_sources(w, h, files);
	json_close(w, ']');
	g_hash_table_unref(files);
}
