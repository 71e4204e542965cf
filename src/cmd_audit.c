/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xen-lockaudit audit: collect, extract, analyse and report in one go. */
#include "command.h"

#include "cache_limit.h"
#include "check.h"
#include "collect.h"
#include "diag.h"
#include "extract.h"
#include "judge.h"
#include "options.h"
#include "publish.h"

struct audit_options {
	char *work, *outputs, *kconfig, *cc, *cache, *cache_size;
	uint64_t cache_bytes;
	struct judge_options judge;
};

/* Reports go beside the database, the database into the work directory. */
static char *outputs_of(const struct audit_options *o,
			const struct collect_result *collected)
{
	if (o->outputs)
		return g_strdup(o->outputs);
	if (o->work)
		return g_strdup(o->work);
	return g_path_get_dirname(collected->compile_commands);
}

static int extract(const struct audit_options *o, const struct options *common,
		   const struct collect_result *collected, const char *path)
{
	char *cache = extract_cache_directory(o->cache);
	const struct extract_options options = {
		.output = path, .compdb = collected->compile_commands,
		.source_root = collected->source_root,
		.tree = collected->tree,
		.cache = cache, .cache_size = o->cache_bytes,
		.jobs = (unsigned)common->jobs,
		.progress = options_want_progress(common),
	};
	unsigned failed_nr;
	int ret = extract_run(&options, &failed_nr);

	g_free(cache);
	return ret;
}

static int report(const struct audit_options *o, const struct options *common,
		  const char *path, const char *outputs)
{
	const struct check_request request = {
		.path = path, .rule = o->judge.rule, .model = o->judge.model,
		.jobs = (unsigned)common->jobs,
		.progress = options_want_progress(common),
	};
	struct check c;
	int status = check_open(&c, &request);

	if (status == EXIT_CLEAN) {
		status = judge_report(&o->judge, common, c.result);
		if (publish(&c, request.rule, outputs, "report.html") < 0)
			status = EXIT_TROUBLE;
	}
	check_release(&c);
	return status;
}

static void tell_paths(const char *outputs, const char *path)
{
	static const char *const names[] = { "report.html", "pages",
					     "graph.svg", "report.json" };

	diag_note("facts: %s", path);
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		diag_note("wrote %s/%s", outputs, names[i]);
}

static int audit(const struct audit_options *o, const struct options *common,
		 const struct collect_result *collected)
{
	char *outputs = outputs_of(o, collected);
	char *path = g_build_filename(outputs, "FACTS.db", NULL);
	int status = EXIT_TROUBLE;

	if (g_mkdir_with_parents(outputs, 0777) < 0)
		diag_error("cannot create '%s'", outputs);
	else if (extract(o, common, collected, path) == 0)
		status = report(o, common, path, outputs);
	if (status != EXIT_TROUBLE)
		tell_paths(outputs, path);
	g_free(path);
	g_free(outputs);
	return status;
}

static int run(const struct audit_options *o, const struct options *common,
	       const char *tree)
{
	const struct collect_options options = {
		.tree = tree, .work = o->work, .kconfig = o->kconfig,
		.cc = o->cc, .jobs = (unsigned)common->jobs,
		.progress = options_want_progress(common),
	};
	struct collect_result collected = { .source_root = NULL };
	int status = EXIT_TROUBLE;

	if (collect_run(&options, &collected) == 0)
		status = audit(o, common, &collected);
	collect_result_release(&collected);
	return status;
}

static void release(struct audit_options *o)
{
	g_free(o->work);
	g_free(o->outputs);
	g_free(o->kconfig);
	g_free(o->cc);
	g_free(o->cache);
	g_free(o->cache_size);
	judge_release(&o->judge);
}

int cmd_audit(int argc, char **argv)
{
	struct audit_options o = { .work = NULL };
	const GOptionEntry rows[] = {
		{ "work", 0, 0, G_OPTION_ARG_FILENAME, &o.work,
		  "Work in DIR (default: in the user's cache)", "DIR" },
		{ "outputs", 0, 0, G_OPTION_ARG_FILENAME, &o.outputs,
		  "Write facts and reports to DIR (default: the work "
		  "directory)", "DIR" },
		{ "kconfig", 0, 0, G_OPTION_ARG_STRING, &o.kconfig,
		  "Configuration: defconfig, widest or a file", "KCONFIG" },
		{ "cc", 0, 0, G_OPTION_ARG_STRING, &o.cc,
		  "Compiler of the tree", "CC" },
		{ "cache", 0, 0, G_OPTION_ARG_FILENAME, &o.cache,
		  "Keep facts of files in DIR, or none", "DIR" },
		{ "cache-size", 0, 0, G_OPTION_ARG_STRING, &o.cache_size,
		  "Keep no more than this, as 500M or 2G (default: 2G; 0: no "
		  "limit)", "SIZE" },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	GOptionEntry *shared = judge_rows(&o.judge);
	const struct usage usage = {
		.operands = "TREE",
		.summary = "Audits a Xen tree: collect, extract, analyse, "
			   "report.",
		.entries = rows, .shared = shared,
		.operands_min = 1, .operands_max = 1,
	};
	struct options common;
	int status = EXIT_TROUBLE;

	if (options_parse(&common, &usage, &argc, &argv) == 0 &&
	    judge_check_options(&o.judge) == 0 &&
	    cache_limit_parse(o.cache_size, &o.cache_bytes) == 0)
		status = run(&o, &common, argv[1]);
	options_release(&common);
	release(&o);
	g_free(shared);
	return status;
}
