/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The passes from facts to findings, in their order: analysis, identities,
 * rule, findings; and the stored result that saves all of them.
 */
#include "check.h"

#include <string.h>
#include <unistd.h>

#include "analyze.h"
#include "command.h"
#include "diag.h"
#include "facts_table.h"
#include "findings.h"
#include "hidden.h"
#include "model.h"
#include "progress.h"
#include "result_cache.h"
#include "result_json.h"
#include "result_table.h"
#include "rule.h"
#include "store.h"
#include "suppress.h"

/* What a stored result is found by. */
static char *result_key(struct store *st, const struct model *m,
			const char *rule)
{
	g_autofree char *key = rule_key(rule);
	char hash[33];

	if (store_facts_hash(st, hash) < 0)
		return NULL;
	return result_cache_key((const char *const[]){ hash, model_hash(m),
						       key, NULL });
}

/* The member's own name, of the first "RECORD.MEMBER" given; NULL: none is. */
static const char *first_member(const struct model *m,
				enum model_directive directive)
{
	const GPtrArray *entries = model_entries(m, directive);
	const struct model_entry *entry;
	const char *dot;

	if (entries->len == 0)
		return NULL;
	entry = entries->pdata[0];
	dot = strrchr(entry->arg[0], '.');
	return dot ? dot + 1 : entry->arg[0];
}

/* Of several entries the first whose functions the tree has. */
static void set_names(struct rule_names *names, const struct model *m,
		      const struct facts *f)
{
	const GPtrArray *rules = model_entries(m, MODEL_RULE);

	memset(names, 0, sizeof(*names));
	names->control_field = first_member(m, MODEL_CONTROL_FIELD);
	names->current_field = first_member(m, MODEL_CURRENT);
	names->domain_field = first_member(m, MODEL_CURRENT_DOMAIN);
	for (guint i = 0; i < rules->len && !rule_is_in(f, names); i++) {
		const struct model_entry *entry = rules->pdata[i];

		names->level_function = entry->arg[0];
		names->check_function = entry->arg[1];
		names->control_predicate = entry->arg[2];
		names->id_field = entry->arg[3];
	}
}

static void set_tree(struct result *r, const struct facts *f,
		     const struct store_meta *meta)
{
	r->tree_version = result_text(r, meta->tree_version);
	r->tree_config = result_text(r, meta->tree_config);
	r->tree_commit = meta->tree_commit && *meta->tree_commit ?
		result_text(r, meta->tree_commit) : NULL;
	r->tu_nr = f->tu->len - 1;
	g_ptr_array_set_size(r->tu_failed, 0);
	for (fact_id i = 1; i < f->tu->len; i++)
		if (FACT_TU(f, i)->status != TU_OK)
			g_ptr_array_add(r->tu_failed, (void *)result_text(r,
						FACT_TU(f, i)->file));
}

/* NULL strings in what the database says become "". */
static void set_meta_defaults(struct store_meta *meta)
{
	if (!meta->tree_version)
		meta->tree_version = "";
	if (!meta->tree_config)
		meta->tree_config = "";
}

static int load_facts(struct check *c, struct store_meta *meta)
{
	memset(meta, 0, sizeof(*meta));
	if (store_load(c->store, &c->facts, meta) < 0)
		return -1;
	set_meta_defaults(meta);
	return 0;
}

/* The rule, to be released in any case; an exit status. */
static int select_rule(struct check *c, const char *name, struct rule *rule)
{
	struct rule_names names;

	set_names(&names, c->model, c->facts);
	if (rule_select(rule, name, c->facts, &names) == 0)
		return EXIT_CLEAN;
	return rule->form == RULE_UNKNOWN_FORM ? EXIT_INCOMPLETE
					       : EXIT_TROUBLE;
}

static void tell_bad_rules(const char *justifications)
{
	char **line = g_strsplit(justifications, "\n", -1);

	for (char **l = line; *l && **l; l++) {
		char **field = g_strsplit(*l, "\t", 3);

		if (field[0] && field[1] && !suppress_is_rule(field[1]))
			diag_warning("%s justifies nothing: '%s' is no kind of "
				     "finding, nor one with two classes",
				     field[0], field[1]);
		g_strfreev(field);
	}
	g_strfreev(line);
}

static void collect_suppressions(struct check *c, const char *justifications,
				 const GArray *stored)
{
	GArray *lines = g_array_new(FALSE, FALSE,
				    sizeof(struct suppress_line));

	for (guint i = 0; i < stored->len; i++) {
		const struct store_line *from =
			&g_array_index(stored, struct store_line, i);
		const struct suppress_line line = { from->file, from->line,
						    from->text };

		g_array_append_val(lines, line);
	}
	suppress_collect(c->result, justifications, lines);
	g_array_free(lines, TRUE);
}

/* What of the source justifies findings, before they are made. */
static int read_suppressions(struct check *c)
{
	char *justifications = store_justifications(c->store);
	GArray *stored;
	int ret = justifications ? 0 : -1;

	if (ret == 0 && *justifications) {
		tell_bad_rules(justifications);
		ret = store_lines(c->store, SUPPRESS_MARK, SUPPRESS_LINES,
				  &stored);
		if (ret == 0) {
			collect_suppressions(c, justifications, stored);
			g_array_free(stored, TRUE);
		}
	}
	g_free(justifications);
	return ret;
}

static void judge(struct check *c, const struct rule *rule)
{
	rule_apply(rule, c->result);
	findings_make(c->result);
}

int check_judge(struct check *c, const char *name)
{
	struct store_meta meta;
	struct rule rule;
	int status;

	if (!c->facts && load_facts(c, &meta) < 0)
		return EXIT_TROUBLE;
	status = select_rule(c, name, &rule);
	if (status == EXIT_CLEAN)
		judge(c, &rule);
	rule_release(&rule);
	return status;
}

/* A result that cannot be stored is still a result. */
static void save(struct check *c, const char *key)
{
	char *json = result_json_write(c->result, JSON_STORE);

	if (store_result_put(c->store, key, json, c->result) < 0)
		diag_warning("the result was not stored");
	g_free(json);
}

static int analyze_and_judge(struct check *c, const struct check_request *q,
			     const char *name)
{
	struct store_meta meta;
	struct rule rule;
	int status;

	if (load_facts(c, &meta) < 0)
		return EXIT_TROUBLE;
	/* A rule that cannot be had is told of before the long part. */
	status = select_rule(c, name, &rule);
	if (status == EXIT_CLEAN) {
		struct progress *clock = progress_start(q->progress, "analyse");

		hidden_calls_add(c->facts, c->model);
		c->result = analyze(c->facts, c->model, q->jobs);
		progress_stop(clock);
		set_tree(c->result, c->facts, &meta);
		result_sort(c->result);
		if (read_suppressions(c) < 0)
			status = EXIT_TROUBLE;
		judge(c, &rule);
	}
	rule_release(&rule);
	return status;
}

static bool take_stored(struct check *c, const char *key)
{
	char *json = NULL;

	if (store_result_get(c->store, key, &json) < 0 || !json)
		return false;
	if (result_json_read(&c->result, json) < 0)
		diag_warning("the stored result is damaged; analysing again");
	else if (read_suppressions(c) < 0)
		g_clear_pointer(&c->result, result_free);
	else
		findings_make(c->result);
	g_free(json);
	return c->result != NULL;
}

int check_open(struct check *c, const struct check_request *request)
{
	const char *rule = request->rule ? request->rule : "auto";
	bool is_read_only = access(request->path, W_OK) != 0;
	int status;
	char *key;

	memset(c, 0, sizeof(*c));
	if (model_read(&c->model, request->model) < 0 ||
	    store_open(&c->store, request->path, is_read_only) < 0)
		return EXIT_TROUBLE;
	key = result_key(c->store, c->model, rule);
	if (!key)
		return EXIT_TROUBLE;
	if (take_stored(c, key)) {
		g_free(key);
		return EXIT_CLEAN;
	}
	status = analyze_and_judge(c, request, rule);
	if (status == EXIT_CLEAN && !is_read_only && !request->is_passing)
		save(c, key);
	g_free(key);
	return status;
}

int check_ask(struct check *c, const struct check_request *request,
	      analyze_ask_fn *ask, void *context)
{
	struct store_meta meta;

	memset(c, 0, sizeof(*c));
	if (model_read(&c->model, request->model) < 0 ||
	    store_open(&c->store, request->path, true) < 0 ||
	    load_facts(c, &meta) < 0)
		return EXIT_TROUBLE;
	c->result = analyze_and_ask(c->facts, c->model,
				    request->jobs, ask, context);
	return EXIT_CLEAN;
}

void check_release(struct check *c)
{
	result_free(c->result);
	facts_free(c->facts);
	if (c->store)
		store_close(c->store);
	model_free(c->model);
	memset(c, 0, sizeof(*c));
}
