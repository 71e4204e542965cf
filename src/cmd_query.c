/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xen-lockaudit query: runs a query of queries/ or the user's own SELECT.
 * The database is opened for reading only, and nothing but SELECT gets
 * through.
 */
#include "command.h"

#include <string.h>
#include <unistd.h>

#include "db.h"
#include "diag.h"
#include "embedded.h"
#include "options.h"
#include "store.h"
#include "store_query.h"
#include "table.h"

struct query {
	const char *path;
	const char *other;	/* NULL: no database is attached */
	const char *sql;
	char **setting;		/* NAME=VALUE or VALUE; ends with NULL */
};

static const struct named_query *query_find(const char *name)
{
	for (unsigned i = 0; i < named_queries_nr; i++)
		if (!strcmp(named_queries[i].name, name))
			return &named_queries[i];
	return NULL;
}

static int list(void)
{
	struct table *t = table_new(isatty(STDOUT_FILENO));

	table_cell(t, "name", false);
	table_cell(t, "parameters", false);
	table_cell(t, "answers", false);
	table_end_row(t);
	for (unsigned i = 0; i < named_queries_nr; i++) {
		table_cell(t, named_queries[i].name, false);
		table_cell(t, named_queries[i].parameters, false);
		table_cell(t, named_queries[i].description, false);
		table_end_row(t);
	}
	return table_finish(t);
}

/* A setting without a name is for the first parameter. */
static int parameter_index(struct db_statement *s, const char *setting,
			   const char **value)
{
	const char *equal = strchr(setting, '=');
	size_t len = equal ? (size_t)(equal - setting) : 0;

	for (int i = 1; equal && i <= db_parameter_nr(s); i++) {
		const char *name = db_parameter_name(s, i);

		if (name && strlen(name) == len &&
		    !strncmp(name, setting, len)) {
			*value = equal + 1;
			return i;
		}
	}
	*value = setting;
	return db_parameter_nr(s) == 1 ? 1 : 0;
}

static int bind(struct db_statement *s, char **setting)
{
	guint64 set = 0;

	for (int i = 0; setting[i]; i++) {
		const char *value;
		int index = parameter_index(s, setting[i], &value);

		if (index == 0 || index > 63)
			return diag_error("query: no parameter for '%s'",
					  setting[i]);
		set |= (guint64)1 << index;
		db_bind_text(s, index, value);
	}
	for (int i = 1; i <= db_parameter_nr(s) && i < 64; i++) {
		const char *name = db_parameter_name(s, i);

		if (!(set >> i & 1))
			return diag_error("query: parameter '%s' must be "
					  "given: %s=VALUE", name ? name : "?",
					  name ? name : "?");
	}
	return 0;
}

static void put_heading(struct table *t, struct db_statement *s)
{
	for (int i = 0; i < db_column_nr(s); i++)
		table_cell(t, db_column_name(s, i), false);
	table_end_row(t);
}

static int print_rows(struct db_statement *s)
{
	struct table *t = table_new(isatty(STDOUT_FILENO));
	int row;

	put_heading(t, s);
	while ((row = db_step(s)) == 1) {
		for (int i = 0; i < db_column_nr(s); i++)
			table_cell(t, db_column_text(s, i),
				   db_column_is_number(s, i));
		table_end_row(t);
	}
	return table_finish(t) < 0 || row < 0 ? -1 : 0;
}

static int run(const struct query *q)
{
	struct store *st;
	struct db_statement *s;
	int ret;

	if (store_open(&st, q->path, true) < 0)
		return -1;
	ret = q->other ? store_attach(st, q->other) : 0;
	if (ret == 0)
		ret = store_select(st, &s, q->sql);
	if (ret == 0) {
		ret = bind(s, q->setting);
		if (ret == 0)
			ret = print_rows(s);
		db_finalize(s);
	}
	store_close(st);
	return ret;
}

/* operand: FACTS.db, then NAME unless there is sql, then settings. */
static int query(const char *sql, const char *other, char **operand)
{
	struct query q = { .path = operand[0], .other = other, .sql = sql,
			   .setting = operand + 1 };
	const struct named_query *named;

	if (sql)
		return run(&q);
	if (!operand[1]) {
		struct store *st;

		if (store_open(&st, q.path, true) < 0)
			return -1;
		store_close(st);
		return list();
	}
	named = query_find(operand[1]);
	if (!named)
		return diag_error("query: there is no query '%s': without a "
				  "name, all are listed", operand[1]);
	if (!other && strstr(named->sql, " other."))
		return diag_error("query: '%s' compares with another "
				  "database: name it with --other",
				  named->name);
	q.sql = named->sql;
	q.setting++;
	return run(&q);
}

int cmd_query(int argc, char **argv)
{
	char *sql = NULL, *other = NULL;
	const GOptionEntry rows[] = {
		{ "sql", 0, 0, G_OPTION_ARG_STRING, &sql,
		  "Run TEXT instead of a query built in", "TEXT" },
		{ "other", 0, 0, G_OPTION_ARG_FILENAME, &other,
		  "Attach the database FILE, as \"other\"", "FILE" },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	const struct usage usage = {
		.operands = "FACTS.db [NAME [PARAMETER=VALUE ...]]",
		.summary = "Asks the database of facts.",
		.entries = rows, .operands_min = 1, .operands_max = -1,
	};
	struct options common;
	int status = EXIT_TROUBLE;

	if (options_parse(&common, &usage, &argc, &argv) == 0 &&
	    query(sql, other, argv + 1) == 0)
		status = EXIT_CLEAN;
	options_release(&common);
	g_free(sql);
	g_free(other);
	return status;
}
