/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Results in the database: as JSON, found by key, and in tables for queries.
 * A result replaces one of the same key.
 */
#include "store_int.h"

#include "result_table.h"
#include "result_words.h"

int store_result_get(struct store *st, const char *key, char **json)
{
	struct db_statement *s;
	int row;

	*json = NULL;
	if (db_prepare(st->db, &s, "SELECT json FROM result "
				   "WHERE key = ?") < 0)
		return -1;
	db_bind_text(s, 1, key);
	row = db_step(s);
	if (row == 1)
		*json = g_strdup(db_column_text(s, 0));
	db_finalize(s);
	return row < 0 ? -1 : 0;
}

struct put {
	struct db *db;
	const struct result *r;
	int64_t id;
	struct db_statement *ordering, *step, *finding, *link, *assumption;
};

static char *joined(const GPtrArray *worlds)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < worlds->len; i++)
		g_string_append_printf(out, "%s%s", i ? "; " : "",
				       (const char *)worlds->pdata[i]);
	return g_string_free(out, FALSE);
}

/* Seven columns from `column`. */
static void bind_lock(struct db_statement *s, int column,
		      const struct result *r, const struct lock_ref *lock)
{
	db_bind_text(s, column, result_class(r, lock->class)->name);
	db_bind_text(s, column + 1, instance_words[lock->instance]);
	db_bind_text(s, column + 2, owner_words[lock->owner]);
	db_bind_text(s, column + 3, mode_words[lock->mode]);
	db_bind_text(s, column + 4, lock->site.function);
	db_bind_text(s, column + 5, lock->site.file);
	db_bind_int(s, column + 6, lock->site.line);
}

static int put_steps(struct put *p, const struct ordering *o)
{
	int ret = 0;
	char *note;

	for (guint i = 0; i < o->witness->len && ret == 0; i++) {
		const struct witness_step *w =
			&g_array_index(o->witness, struct witness_step, i);

		db_bind_int(p->step, 1, p->id);
		db_bind_text(p->step, 2, o->id);
		db_bind_int(p->step, 3, i);
		db_bind_text(p->step, 4, event_words[w->event]);
		db_bind_text(p->step, 5, w->site.function);
		db_bind_text(p->step, 6, w->site.file);
		db_bind_int(p->step, 7, w->site.line);
		db_bind_text(p->step, 8, w->text ? w->text : "");
		note = words_step_note(w);
		db_bind_text(p->step, 9, w->event == STEP_BRANCH ? note
								: w->via);
		ret = db_run(p->step);
		g_free(note);
	}
	return ret;
}

static int put_ordering(struct put *p, const struct ordering *o)
{
	struct db_statement *s = p->ordering;
	char *worlds = joined(o->worlds);

	db_bind_int(s, 1, p->id);
	db_bind_text(s, 2, o->id);
	db_bind_text(s, 3, verdict_words[o->verdict]);
	db_bind_text(s, 4, context_words[o->context]);
	db_bind_text(s, 5, relation_words[o->relation]);
	bind_lock(s, 6, p->r, &o->held);
	bind_lock(s, 13, p->r, &o->acquired);
	db_bind_text(s, 20, o->holder.function);
	db_bind_text(s, 21, o->holder.file);
	db_bind_int(s, 22, o->holder.line);
	db_bind_int(s, 23, o->acquire_line);
	db_bind_int(s, 24, o->held_level);
	db_bind_int(s, 25, o->level_in_force);
	db_bind_int(s, 26, o->needed_level);
	db_bind_int(s, 27, o->runtime_visible);
	db_bind_int(s, 28, o->confirmed);
	db_bind_text(s, 29, worlds);
	g_free(worlds);
	return db_run(s) < 0 ? -1 : put_steps(p, o);
}

static int put_finding(struct put *p, const struct finding *f)
{
	struct db_statement *s = p->finding;
	char *worlds = joined(f->worlds);
	int ret;

	db_bind_int(s, 1, p->id);
	db_bind_text(s, 2, f->id);
	db_bind_text(s, 3, f->kind);
	db_bind_text(s, 4, severity_words[f->severity]);
	db_bind_text(s, 5, f->message);
	db_bind_text(s, 6, f->site.function);
	db_bind_text(s, 7, f->site.file);
	db_bind_int(s, 8, f->site.line);
	db_bind_text(s, 9, context_words[f->context]);
	db_bind_text(s, 10, worlds);
	g_free(worlds);
	ret = db_run(s);
	for (guint i = 0; i < f->orderings->len && ret == 0; i++) {
		const struct ordering *o = f->orderings->pdata[i];

		db_bind_int(p->link, 1, p->id);
		db_bind_text(p->link, 2, f->id);
		db_bind_text(p->link, 3, o->id);
		ret = db_run(p->link);
	}
	return ret;
}

static int put_assumption(struct put *p, const struct assumption *a)
{
	struct db_statement *s = p->assumption;

	db_bind_int(s, 1, p->id);
	db_bind_text(s, 2, a->id);
	db_bind_text(s, 3, a->kind);
	db_bind_text(s, 4, a->what);
	db_bind_text(s, 5, a->file);
	db_bind_int(s, 6, a->line);
	db_bind_text(s, 7, a->effect);
	db_bind_int(s, 8, a->count);
	db_bind_int(s, 9, a->blocks_proof);
	return db_run(s);
}

static int prepare(struct put *p)
{
	if (db_prepare(p->db, &p->ordering, "INSERT OR REPLACE INTO ordering "
		       "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
		       " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)") < 0 ||
	    db_prepare(p->db, &p->step, "INSERT OR REPLACE INTO witness_step "
		       "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)") < 0 ||
	    db_prepare(p->db, &p->finding, "INSERT OR REPLACE INTO finding "
		       "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)") < 0 ||
	    db_prepare(p->db, &p->link, "INSERT OR REPLACE INTO "
		       "finding_ordering VALUES (?, ?, ?)") < 0)
		return -1;
	return db_prepare(p->db, &p->assumption,
			  "INSERT OR REPLACE INTO assumption "
			  "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
}

static int put_tables(struct put *p)
{
	const struct result *r = p->r;

	if (prepare(p) < 0)
		return -1;
	for (guint i = 0; i < r->orderings->len; i++)
		if (put_ordering(p, r->orderings->pdata[i]) < 0)
			return -1;
	for (guint i = 0; i < r->findings->len; i++)
		if (put_finding(p, r->findings->pdata[i]) < 0)
			return -1;
	for (guint i = 0; i < r->assumptions->len; i++)
		if (put_assumption(p, r->assumptions->pdata[i]) < 0)
			return -1;
	return 0;
}

/* The rows of a result of the same key go with it. */
static int put_head(struct put *p, const char *key, const char *json)
{
	struct db_statement *s;
	int ret;

	if (db_prepare(p->db, &s, "DELETE FROM result WHERE key = ?") < 0)
		return -1;
	db_bind_text(s, 1, key);
	ret = db_run(s);
	db_finalize(s);
	if (ret < 0 || db_prepare(p->db, &s, "INSERT INTO result VALUES "
					     "(NULL, ?, ?, ?) RETURNING id") < 0)
		return -1;
	db_bind_text(s, 1, key);
	db_bind_text(s, 2, p->r->rule.name ? p->r->rule.name : "");
	db_bind_text(s, 3, json);
	ret = db_step(s) == 1 ? 0 : -1;
	if (ret == 0)
		p->id = db_column_int(s, 0);
	db_finalize(s);
	return ret;
}

int store_result_put(struct store *st, const char *key, const char *json,
		     const struct result *r)
{
	struct put p = { .db = st->db, .r = r };
	int ret;

	if (db_exec(st->db, "PRAGMA foreign_keys = ON; BEGIN IMMEDIATE") < 0)
		return -1;
	ret = put_head(&p, key, json);
	if (ret == 0)
		ret = put_tables(&p);
	db_finalize(p.ordering);
	db_finalize(p.step);
	db_finalize(p.finding);
	db_finalize(p.link);
	db_finalize(p.assumption);
	if (ret < 0) {
		db_exec(st->db, "ROLLBACK");
		return -1;
	}
	return db_exec(st->db, "COMMIT");
}
