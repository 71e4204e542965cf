/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Data for the scripts: rows of numbers, where a text is its number in the
 * table of texts.  The columns are those that src/report/model.js reads.
 */
#include "report_html_int.h"

#include <stdlib.h>

#include "findings.h"
#include "ledger_fold.h"
#include "result_table.h"
#include "result_words.h"
#include "runtime_text.h"

static void put_text(struct json_writer *w, struct html_report *h,
		     const char *text)
{
	json_number(w, html_text_number(h, text));
}

static void put_site(struct json_writer *w, struct html_report *h,
		     const struct site *site)
{
	put_text(w, h, site->function);
	put_text(w, h, site->file);
	json_number(w, site->line);
}

static void put_texts(struct json_writer *w, struct html_report *h,
		      const GPtrArray *texts)
{
	json_open(w, '[');
	for (guint i = 0; i < texts->len; i++)
		put_text(w, h, texts->pdata[i]);
	json_close(w, ']');
}

static void put_locks(struct json_writer *w, struct html_report *h,
		      const GArray *locks)
{
	json_open(w, '[');
	for (guint i = 0; i < locks->len; i++)
		json_number(w, html_lock_number(h, &g_array_index(locks,
						struct lock_ref, i)));
	json_close(w, ']');
}

static unsigned flags_of(const struct ordering *o)
{
	return (unsigned)o->runtime_visible | (unsigned)o->trips_always << 1 |
	       (unsigned)o->trips_sometimes << 2 |
	       (unsigned)o->is_stopped << 3 | (unsigned)o->sorted << 4 |
	       (unsigned)o->confirmed << 5 | (unsigned)o->steady << 6;
}

static const char *entry_of(const struct ordering *o)
{
	if (o->witness->len == 0)
		return "";
	return g_array_index(o->witness, struct witness_step, 0).site.function;
}

static void put_ordering(struct json_writer *w, struct html_report *h,
			 const struct ordering *o)
{
	char *runtime = runtime_text(h->r, o);

	json_open(w, '[');
	json_text(w, o->id);
	put_text(w, h, verdict_words[o->verdict]);
	put_text(w, h, context_words[o->context]);
	put_text(w, h, relation_words[o->relation]);
	json_number(w, html_lock_number(h, &o->held));
	json_number(w, html_lock_number(h, &o->acquired));
	put_site(w, h, &o->holder);
	json_number(w, o->acquire_line);
	json_number(w, o->held_level);
	json_number(w, o->level_in_force);
	json_number(w, o->needed_level);
	json_number(w, flags_of(o));
	put_text(w, h, runtime);
	put_texts(w, h, o->worlds);
	put_locks(w, h, o->lockset);
	put_text(w, h, entry_of(o));
	json_close(w, ']');
	g_free(runtime);
}

static void put_orderings(struct json_writer *w, struct html_report *h)
{
	json_open(w, '[');
	for (guint i = 0; i < h->r->orderings->len; i++)
		put_ordering(w, h, h->r->orderings->pdata[i]);
	json_close(w, ']');
}

/* Of its witness: those of stale levels follow those of orderings. */
static guint lone_number(const struct html_report *h,
			  const struct lone_lock *s)
{
	guint i = 0;

	while (i < h->r->lone->len && h->r->lone->pdata[i] != s)
		i++;
	return h->r->orderings->len + i;
}

static void put_lone(struct json_writer *w, struct html_report *h,
		      const struct lone_lock *s)
{
	char *text;

	if (!s) {
		json_word(w, "null");
		return;
	}
	text = runtime_text_lone(s);
	json_open(w, '[');
	json_number(w, html_lock_number(h, &s->lock));
	put_site(w, h, &s->holder);
	put_text(w, h, text);
	json_number(w, lone_number(h, s));
	json_close(w, ']');
	g_free(text);
}

static void put_finding(struct json_writer *w, struct html_report *h,
			const struct finding *f)
{
	const struct finding_kind *kind = finding_kind_find(f->kind);

	json_open(w, '[');
	json_text(w, f->id);
	put_text(w, h, f->kind);
	put_text(w, h, severity_words[f->severity]);
	put_text(w, h, f->message);
	put_site(w, h, &f->site);
	put_text(w, h, context_words[f->context]);
	json_open(w, '[');
	for (guint i = 0; i < f->orderings->len; i++)
		json_number(w, html_ordering_number(h,
						    f->orderings->pdata[i]));
	json_close(w, ']');
	put_texts(w, h, f->worlds);
	put_lone(w, h, f->lone);
	put_text(w, h, kind ? kind->what : "");
	json_close(w, ']');
}

static void put_findings(struct json_writer *w, struct html_report *h)
{
	json_open(w, '[');
	for (guint i = 0; i < h->r->findings->len; i++)
		put_finding(w, h, h->r->findings->pdata[i]);
	json_close(w, ']');
}

static void put_lock(struct json_writer *w, struct html_report *h,
		     const struct lock_ref *lock)
{
	const struct lock_class *c = result_class(h->r, lock->class);

	json_open(w, '[');
	put_text(w, h, c->name);
	json_number(w, c->level);
	put_text(w, h, instance_words[lock->instance]);
	put_text(w, h, owner_words[lock->owner]);
	put_text(w, h, mode_words[lock->mode]);
	put_site(w, h, &lock->site);
	put_text(w, h, tristate_words[lock->owner_control]);
	json_close(w, ']');
}

/* After everything that numbers locks. */
static void put_all_locks(struct json_writer *w, struct html_report *h)
{
	json_open(w, '[');
	for (guint i = 0; i < h->locks->len; i++)
		put_lock(w, h, h->locks->pdata[i]);
	json_close(w, ']');
}

struct about {
	struct html_report *h;
	GHashTable *rows;	/* number of a function -> GArray of guint */
	guint row;
};

static void note_function(const char *function, void *data)
{
	struct about *a = data;
	void *key = GUINT_TO_POINTER(html_text_number(a->h, function));
	GArray *rows = g_hash_table_lookup(a->rows, key);

	if (!rows) {
		rows = g_array_new(FALSE, FALSE, sizeof(guint));
		g_hash_table_insert(a->rows, key, rows);
	}
	if (rows->len == 0 ||
	    g_array_index(rows, guint, rows->len - 1) != a->row)
		g_array_append_val(rows, a->row);
}

static void put_ledger_row(struct json_writer *w, struct html_report *h,
			   const struct ledger_row *row)
{
	json_open(w, '[');
	json_text(w, row->first->id);
	put_text(w, h, row->first->kind);
	put_text(w, h, row->first->what);
	put_text(w, h, row->first->file);
	json_open(w, '[');
	for (guint i = 0; i < row->lines->len; i++)
		json_number(w, g_array_index(row->lines, uint32_t, i));
	json_close(w, ']');
	put_text(w, h, row->first->effect);
	json_number(w, (int64_t)row->count);
	json_number(w, row->first->blocks_proof);
	put_text(w, h, row->first->discharge);
	json_number(w, row->first->touches_locks);
	json_close(w, ']');
}

static int by_number(const void *left, const void *right)
{
	guint a = GPOINTER_TO_UINT(*(void *const *)left);
	guint b = GPOINTER_TO_UINT(*(void *const *)right);

	return a < b ? -1 : a > b;
}

/* By number of the function, so that the bytes are the same each time. */
static void put_functions(struct json_writer *w, GHashTable *rows)
{
	guint nr;
	void **keys = g_hash_table_get_keys_as_array(rows, &nr);

	if (nr > 1)
		qsort(keys, nr, sizeof(*keys), by_number);
	json_open(w, '[');
	for (guint i = 0; i < nr; i++) {
		const GArray *list = g_hash_table_lookup(rows, keys[i]);

		json_open(w, '[');
		json_number(w, GPOINTER_TO_UINT(keys[i]));
		for (guint k = 0; k < list->len; k++)
			json_number(w, g_array_index(list, guint, k));
		json_close(w, ']');
	}
	json_close(w, ']');
	g_free(keys);
}

static void free_rows(void *rows)
{
	g_array_unref(rows);
}

static void put_ledger(struct json_writer *w, struct html_report *h)
{
	struct about a = { .h = h, .rows = g_hash_table_new_full(NULL, NULL,
							NULL, free_rows) };

	json_open(w, '{');
	json_key(w, "rows");
	json_open(w, '[');
	for (guint i = 0; i < h->ledger->len; i++) {
		a.row = i;
		put_ledger_row(w, h, h->ledger->pdata[i]);
		ledger_row_functions(h->ledger->pdata[i], note_function, &a);
	}
	json_close(w, ']');
	json_key(w, "functions");
	put_functions(w, a.rows);
	json_close(w, '}');
	g_hash_table_unref(a.rows);
}

/* A digit for each rule: its verdict. */
static void put_comparison(struct json_writer *w, struct html_report *h)
{
	const struct comparison *cmp = h->in->comparison;
	unsigned rule_nr = cmp ? cmp->rule_nr : 0;

	json_open(w, '{');
	json_key(w, "rules");
	json_open(w, '[');
	for (unsigned i = 0; i < rule_nr; i++)
		put_text(w, h, cmp->by[i].name);
	json_close(w, ']');
	json_key(w, "verdicts");
	json_open(w, '[');
	for (guint k = 0; rule_nr && k < h->r->orderings->len; k++) {
		char digits[32];

		for (unsigned i = 0; i < rule_nr && i < 31; i++)
			digits[i] = (char)('0' + cmp->by[i].verdict[k]);
		digits[MIN(rule_nr, 31)] = '\0';
		json_text(w, digits);
	}
	json_close(w, ']');
	json_close(w, '}');
}

static void put_all_texts(struct json_writer *w, struct html_report *h)
{
	const GPtrArray *texts = text_table_texts(h->text);

	json_open(w, '[');
	for (guint i = 0; i < texts->len; i++)
		json_text(w, texts->pdata[i]);
	json_close(w, ']');
}

const struct html_data html_data[] = {
	{ "orderings", put_orderings },
	{ "findings", put_findings },
	{ "witnesses", html_data_witnesses },
	{ "locks", put_all_locks },
	{ "ledger", put_ledger },
	{ "comparison", put_comparison },
	{ "sources", html_data_sources },
	{ "texts", put_all_texts },
	{ NULL, NULL },
};
