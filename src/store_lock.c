/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fills the tables of lock classes, lock primitives and their calls. */
#include "store_int.h"

#include "lockprim.h"
#include "result_words.h"

static const char *const operation_words[] = {
	[LOCKOP_NONE] = "", [LOCKOP_ACQUIRE] = "acquire", [LOCKOP_TRY] = "try",
	[LOCKOP_CHECK] = "check", [LOCKOP_HOLD] = "hold",
	[LOCKOP_RELEASE] = "release", [LOCKOP_HELD] = "held",
};

static const char *const kind_words[] = {
	[LOCKKIND_LOCK] = "lock", [LOCKKIND_WRITE] = "write",
	[LOCKKIND_READ] = "read", [LOCKKIND_ORDER] = "order",
	[LOCKKIND_SPIN] = "spin",
};

struct locks {
	struct db *db;
	const struct facts *f;
	const struct lockprims *lp;
	struct db_statement *s;
};

/* NULL if index is 0: no class. */
static const char *class_name(const struct locks *l, uint32_t index)
{
	return index ? g_array_index(l->lp->class, struct lock_class,
				     index - 1).name : NULL;
}

static int put_classes(struct locks *l)
{
	for (guint i = 0; i < l->lp->class->len; i++) {
		const struct lock_class *c =
			&g_array_index(l->lp->class, struct lock_class, i);

		db_bind_text(l->s, 1, c->name);
		db_bind_int(l->s, 2, c->level);
		db_bind_text(l->s, 3, form_words[c->form]);
		db_bind_text(l->s, 4, c->file ? c->file : "");
		db_bind_int(l->s, 5, c->line);
		if (db_run(l->s) < 0)
			return -1;
	}
	return 0;
}

static int put_primitives(struct locks *l)
{
	for (fact_id i = 1; i < l->f->function->len; i++) {
		const struct lock_primitive *p = lockprims_find(l->lp, i);

		if (!p)
			continue;
		db_bind_int(l->s, 1, i);
		db_bind_text(l->s, 2, class_name(l, p->class));
		db_bind_text(l->s, 3, operation_words[p->operation]);
		db_bind_text(l->s, 4, kind_words[p->kind]);
		if (db_run(l->s) < 0)
			return -1;
	}
	return 0;
}

/* The field that the lock object is, or 0. */
static fact_id object_field(const struct fact_body *body,
			    const struct fact_node *n,
			    const struct lock_primitive *p)
{
	const struct fact_expr *e;

	if (p->object_arg < 0 || (uint32_t)p->object_arg >= n->extra_nr)
		return 0;
	e = &body->expr[body->extra[n->extra + (uint32_t)p->object_arg]];
	while (e->op == EXPR_CAST || (p->object_by_value &&
				      e->op == EXPR_LOAD))
		e = &body->expr[e->a];
	return e->op == EXPR_FIELD ? e->b : 0;
}

static int put_event(struct locks *l, int64_t call,
		     const struct fact_body *body, const struct fact_node *n)
{
	const struct fact_expr *callee = &body->expr[n->a];
	const struct lock_primitive *p;
	uint32_t class;
	fact_id field;

	if (n->kind != NODE_CALL || callee->op != EXPR_FUNCTION)
		return 0;
	p = lockprims_find(l->lp, callee->a);
	if (!p)
		return 0;
	field = object_field(body, n, p);
	class = p->class;
	if (!class && field && l->lp->external)
		class = GPOINTER_TO_UINT(g_hash_table_lookup(
			l->lp->external, GUINT_TO_POINTER(field)));
	/* A plain lock that is no class's is none of ours. */
	if (!class && p->kind == LOCKKIND_SPIN)
		return 0;
	db_bind_int(l->s, 1, call);
	db_bind_text(l->s, 2, class_name(l, class));
	db_bind_text(l->s, 3, operation_words[p->operation]);
	db_bind_text(l->s, 4, kind_words[p->kind]);
	db_bind_id(l->s, 5, field);
	return db_run(l->s);
}

/* Calls are numbered as store_body.c does. */
static int put_events(struct locks *l)
{
	int64_t call = 0;

	for (fact_id i = 1; i < l->f->function->len; i++) {
		const struct fact_body *body = FACT_FUNCTION(l->f, i)->body;

		for (uint32_t k = 1; body && k < body->node_nr; k++) {
			const struct fact_node *n = &body->node[k];

			if (n->kind == NODE_CALL &&
			    put_event(l, ++call, body, n) < 0)
				return -1;
		}
	}
	return 0;
}

static int fill(struct locks *l, const char *sql, int (*put)(struct locks *))
{
	int ret;

	if (db_prepare(l->db, &l->s, sql) < 0)
		return -1;
	ret = put(l);
	db_finalize(l->s);
	return ret;
}

static int fill_all(struct locks *l)
{
	if (db_exec(l->db, "DELETE FROM lock_class;"
			   "DELETE FROM lock_primitive;"
			   "DELETE FROM lock_event;") < 0 ||
	    fill(l, "INSERT OR IGNORE INTO lock_class VALUES (?, ?, ?, ?, ?)",
		 put_classes) < 0 ||
	    fill(l, "INSERT INTO lock_primitive VALUES (?, ?, ?, ?)",
		 put_primitives) < 0)
		return -1;
	return fill(l, "INSERT INTO lock_event VALUES (?, ?, ?, ?, ?)",
		    put_events);
}

static int put_locks(struct db *db, const struct facts *f,
		     const struct lockprims *lp)
{
	struct locks l = { .db = db, .f = f, .lp = lp };

	return fill_all(&l);
}

int store_put_locks(struct db *db, const struct facts *f,
		    const struct model *m)
{
	struct lockprims *lp = lockprims_derive(f, m);
	int ret = put_locks(db, f, lp);

	lockprims_free(lp);
	return ret;
}

int store_locks_put(struct store *st, const struct facts *f,
		    const struct lockprims *lp)
{
	if (db_exec(st->db, "BEGIN IMMEDIATE") < 0)
		return -1;
	if (put_locks(st->db, f, lp) < 0) {
		db_exec(st->db, "ROLLBACK");
		return -1;
	}
	return db_exec(st->db, "COMMIT");
}
