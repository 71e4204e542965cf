/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From two commits to what differs.  Of each: the result that the cache has;
 * else its sources are configured, its facts extracted and checked, and the
 * result is kept.  Both are read before either is analysed, as a revision that
 * does not parse is no longer of interest.
 */
#include "gate.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "command.h"
#include "diag.h"
#include "extract.h"
#include "findings.h"
#include "gate_tree.h"
#include "model.h"
#include "result_bytes.h"
#include "result_cache.h"
#include "result_table.h"
#include "rule.h"

struct gate {
	struct gate_options options;
	struct git git;
	struct gate_tree *tree;
	char *base, *head;	/* commits */
	char *base_sources;
	char *model;		/* its hash */
	char *version;		/* of the extraction */
};

/* A revision on its way to a result. */
struct revision {
	struct gate_source source;
	char *sources;		/* owned, of source */
	char *key;
	char *facts;		/* path of the database, or NULL */
	GPtrArray *failed;	/* names of files */
	struct result *result;
};

/* ---- opening ---- */

static int read_model(struct gate *g)
{
	struct model *model;

	if (model_read(&model, g->options.model) < 0)
		return -1;
	g->model = g_strdup(model_hash(model));
	model_free(model);
	return 0;
}

static int open_git(struct gate *g, const char *base, const char *head)
{
	if (git_open(&g->git, g->options.tree) < 0 ||
	    git_resolve(&g->git, base, &g->base) < 0 ||
	    git_resolve(&g->git, head, &g->head) < 0 ||
	    git_find_root(&g->git, g->head) < 0)
		return -1;
	return git_sources(&g->git, g->base, &g->base_sources);
}

int gate_open(struct gate **out, const struct gate_options *options,
	      const char **base, const char **head)
{
	struct gate *g = g_new0(struct gate, 1);
	const struct gate_tree_options tree = {
		.git = &g->git, .work = options->work,
		.kconfig = options->kconfig, .cc = options->cc,
		.jobs = options->jobs, .progress = options->progress,
	};

	*out = NULL;
	g->options = *options;
	g->version = extract_version();
	if (read_model(g) < 0 || open_git(g, *base, *head) < 0 ||
	    gate_tree_open(&g->tree, &tree) < 0) {
		gate_close(g);
		return -1;
	}
	*base = g->base;
	*head = g->head;
	*out = g;
	return 0;
}

void gate_close(struct gate *g)
{
	if (!g)
		return;
	gate_tree_close(g->tree);
	git_release(&g->git);
	g_free(g->base);
	g_free(g->head);
	g_free(g->base_sources);
	g_free(g->model);
	g_free(g->version);
	g_free(g);
}

const struct git *gate_git(const struct gate *g)
{
	return &g->git;
}

/* ---- one revision ---- */

/* The base's makefiles may be run in any case. */
static bool is_overlaid(const struct gate *g, const struct revision *rev)
{
	return g->options.no_build &&
	       strcmp(rev->sources, g->base_sources) != 0;
}

static void set_key(const struct gate *g, struct revision *rev)
{
	g_autofree char *rule = rule_key(g->options.rule);
	const char *const texts[] = {
		g->version, gate_tree_key(g->tree), g->model, rule,
		is_overlaid(g, rev) ? g->base_sources : "", rev->sources,
		NULL,
	};

	rev->key = result_cache_key(texts);
}

/* What a result says of its commit is not part of its key. */
static void set_result(struct revision *rev, struct result *r)
{
	r->tree_commit = result_text(r, rev->source.commit);
	rev->result = r;
}

static int revision_open(struct gate *g, const char *commit,
			 struct revision *rev)
{
	struct result *r;

	memset(rev, 0, sizeof(*rev));
	rev->failed = g_ptr_array_new_with_free_func(g_free);
	if (git_sources(&g->git, commit, &rev->sources) < 0)
		return -1;
	rev->source.commit = commit;
	rev->source.sources = rev->sources;
	set_key(g, rev);
	r = result_cache_get(g->options.cache, rev->key);
	if (!r)
		return 0;
	findings_make(r);
	set_result(rev, r);
	return 0;
}

static void revision_release(struct revision *rev)
{
	if (rev->facts)
		unlink(rev->facts);
	g_free(rev->facts);
	g_free(rev->sources);
	g_free(rev->key);
	g_ptr_array_free(rev->failed, TRUE);
	result_free(rev->result);
	memset(rev, 0, sizeof(*rev));
}

static int prepare(struct gate *g, const struct revision *rev, unsigned tree,
		   struct gate_prepared *out)
{
	const struct gate_source base = { g->base, g->base_sources };

	if (is_overlaid(g, rev))
		return gate_tree_overlay(g->tree, &base, &rev->source, out);
	return gate_tree_build(g->tree, &rev->source, tree, out);
}

static int extract(const struct gate *g, struct revision *rev,
		   const struct gate_prepared *prepared)
{
	const struct extract_options options = {
		.output = rev->facts, .compdb = prepared->compile_commands,
		.source_root = prepared->source_root,
		.tree = { .version = prepared->version,
			  .commit = (char *)rev->source.commit,
			  .config = prepared->config },
		.cache = g->options.cache, .cache_size = g->options.cache_size,
		.jobs = g->options.jobs, .progress = g->options.progress,
		.failed = rev->failed,
	};
	unsigned failed_nr;

	return extract_run(&options, &failed_nr) < 0 ? EXIT_TROUBLE
						     : EXIT_CLEAN;
}

/* Facts of the revision, unless its result is known. */
static int revision_read(struct gate *g, struct revision *rev, unsigned tree)
{
	struct gate_prepared prepared;
	char *name;
	int status;

	if (rev->result)
		return EXIT_CLEAN;
	diag_verbose("reading commit %.12s", rev->source.commit);
	name = g_strdup_printf("facts%u.db", tree);
	rev->facts = g_build_filename(gate_tree_work(g->tree), name, NULL);
	g_free(name);
	status = prepare(g, rev, tree, &prepared);
	if (status == EXIT_CLEAN)
		status = extract(g, rev, &prepared);
	gate_prepared_release(&prepared);
	return status;
}

static int revision_check(struct gate *g, struct revision *rev)
{
	const struct check_request request = {
		.path = rev->facts, .rule = g->options.rule,
		.model = g->options.model, .jobs = g->options.jobs,
		.is_passing = true,
	};
	struct check c;
	int status;

	if (rev->result)
		return EXIT_CLEAN;
	diag_verbose("analysing commit %.12s", rev->source.commit);
	status = check_open(&c, &request);
	if (status == EXIT_CLEAN) {
		result_cache_put(g->options.cache, rev->key, c.result);
		set_result(rev, c.result);
		c.result = NULL;
	}
	check_release(&c);
	return status;
}

/* ---- both ---- */

static bool has_failed(const struct revision *rev, const char *file)
{
	const GPtrArray *failed = rev->result ? rev->result->tu_failed
					      : rev->failed;

	return g_ptr_array_find_with_equal_func((GPtrArray *)failed, file,
						g_str_equal, NULL);
}

/* Does the revision fail where the other one does not? */
static bool is_worse(const struct revision *rev, const struct revision *other)
{
	const GPtrArray *failed = rev->result ? rev->result->tu_failed
					      : rev->failed;

	for (guint i = 0; i < failed->len; i++)
		if (!has_failed(other, failed->pdata[i])) {
			diag_error("commit %.12s does not parse: '%s'; "
				   "nothing was compared", rev->source.commit,
				   (const char *)failed->pdata[i]);
			return true;
		}
	return false;
}

/* Where both fail, what is left can be compared, but is no proof. */
static int compare_failures(const struct revision *base,
			    const struct revision *head)
{
	if (is_worse(head, base) || is_worse(base, head))
		return EXIT_INCOMPLETE;
	return EXIT_CLEAN;
}

/* What is known of the one is true of the other. */
static void copy_result(const struct revision *from, struct revision *to)
{
	GByteArray *bytes = g_byte_array_new();
	struct result *r;

	result_encode(from->result, bytes);
	if (result_decode(&r, bytes->data, bytes->len) == 0) {
		findings_make(r);
		set_result(to, r);
	}
	g_byte_array_free(bytes, TRUE);
}

/* Two commits whose sources are the same. */
static int audit_one(struct gate *g, struct revision *base,
		     struct revision *head)
{
	int status = revision_read(g, base, 0);

	if (status == EXIT_CLEAN)
		status = revision_check(g, base);
	if (status == EXIT_CLEAN)
		copy_result(base, head);
	return status == EXIT_CLEAN && !head->result ? EXIT_TROUBLE : status;
}

static int audit_both(struct gate *g, struct revision *base,
		      struct revision *head)
{
	int status;

	if (strcmp(base->key, head->key) == 0 && !head->result)
		return audit_one(g, base, head);
	status = revision_read(g, base, 0);

	if (status == EXIT_CLEAN)
		status = revision_read(g, head, 1);
	if (status == EXIT_CLEAN)
		status = compare_failures(base, head);
	if (status == EXIT_CLEAN)
		status = revision_check(g, base);
	if (status == EXIT_CLEAN)
		status = revision_check(g, head);
	return status;
}

/* ---- what brought a finding ---- */

static void brought_free(void *p)
{
	struct gate_brought *b = p;

	g_array_free(b->steps, TRUE);
	g_free(b);
}

static GHashTable *set_of(const GPtrArray *elements)
{
	GHashTable *set = g_hash_table_new(NULL, NULL);

	for (guint i = 0; i < elements->len; i++)
		g_hash_table_add(set, elements->pdata[i]);
	return set;
}

/* The smaller the better: is the ordering new, is its witness touched? */
static unsigned merit(const struct hunks *hunks, GHashTable *new,
		      const struct ordering *o)
{
	return (g_hash_table_contains(new, o) ? 0 : HUNK_NONE + 1) +
	       hunks_find(hunks, o->witness, NULL);
}

/* The ordering that shows best what is new comes first, else all stay. */
static void put_best_first(const struct hunks *hunks, GHashTable *new,
			   struct finding *f)
{
	unsigned best = UINT_MAX;
	guint at = 0;
	void *chosen;

	for (guint i = 0; i < f->orderings->len; i++) {
		unsigned m = merit(hunks, new, f->orderings->pdata[i]);

		if (m < best) {
			best = m;
			at = i;
		}
	}
	if (at == 0)
		return;
	chosen = g_ptr_array_remove_index(f->orderings, at);
	g_ptr_array_insert(f->orderings, 0, chosen);
}

static const GArray *first_witness(const struct finding *f)
{
	const struct ordering *o;

	if (f->lone)
		return f->lone->witness;
	o = f->orderings->pdata[0];
	return o->witness;
}

static void find_brought(struct gate_comparison *c)
{
	const GPtrArray *added = c->changes->findings.added;
	GHashTable *new = set_of(c->changes->orderings.added);

	c->brought = g_ptr_array_new_with_free_func(brought_free);
	for (guint i = 0; i < added->len; i++) {
		struct gate_brought *b = g_new0(struct gate_brought, 1);

		put_best_first(c->hunks, new, added->pdata[i]);
		b->steps = g_array_new(FALSE, FALSE,
				       sizeof(struct hunk_step));
		b->witness = first_witness(added->pdata[i]);
		b->match = hunks_find(c->hunks, b->witness, b->steps);
		g_ptr_array_add(c->brought, b);
	}
	g_hash_table_destroy(new);
}

static int compare(struct gate *g, struct gate_comparison *out)
{
	char *diff;

	if (git_diff(&g->git, out->base.commit, out->head.commit, &diff) < 0)
		return EXIT_TROUBLE;
	out->hunks = hunks_parse(diff);
	g_free(diff);
	out->changes = changes_make(out->base.result, out->head.result);
	find_brought(out);
	return EXIT_CLEAN;
}

/* Of a series the head of one step is the base of the next. */
static void take_result(struct gate_comparison *from, struct revision *rev)
{
	if (!from || rev->result || !from->head.result ||
	    strcmp(from->head.commit, rev->source.commit) != 0)
		return;
	rev->result = g_steal_pointer(&from->head.result);
}

int gate_compare(struct gate *g, const char *base, const char *head,
		 struct gate_comparison *reuse, struct gate_comparison *out)
{
	struct revision b = { .key = NULL }, h = { .key = NULL };
	int status = EXIT_TROUBLE;

	memset(out, 0, sizeof(*out));
	if (revision_open(g, base, &b) == 0) {
		take_result(reuse, &b);
		if (revision_open(g, head, &h) == 0)
			status = audit_both(g, &b, &h);
	}
	if (status == EXIT_CLEAN) {
		out->base.commit = base;
		out->head.commit = head;
		out->base.result = g_steal_pointer(&b.result);
		out->head.result = g_steal_pointer(&h.result);
		status = compare(g, out);
	}
	if (b.failed)
		revision_release(&b);
	if (h.failed)
		revision_release(&h);
	return status;
}

void gate_comparison_release(struct gate_comparison *c)
{
	if (c->brought)
		g_ptr_array_free(c->brought, TRUE);
	changes_free(c->changes);
	hunks_free(c->hunks);
	result_free(c->base.result);
	result_free(c->head.result);
	memset(c, 0, sizeof(*c));
}
