/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xen-lockaudit gate: what a patch series adds or removes. */
#include "command.h"

#include <string.h>

#include "cache_limit.h"
#include "diag.h"
#include "extract.h"
#include "gate.h"
#include "judge.h"
#include "options.h"
#include "report_gate.h"

struct gate_arguments {
	char *work, *kconfig, *cc, *cache, *cache_size;
	uint64_t cache_bytes;
	gboolean each, no_build;
	struct judge_options judge;
};

/* What a run has so far. */
struct run {
	const struct gate_arguments *arguments;
	const struct options *common;
	struct gate *gate;
	const char *base, *head;
	GPtrArray *series;	/* struct git_commit; NULL: not one by one */
	GArray *rows;		/* struct gate_row */
	const struct git_commit *first;
	struct gate_comparison comparison;
};

/* ---- one by one ---- */

static void add_row(struct run *run, const struct git_commit *commit)
{
	const struct change_set *set = &run->comparison.changes->findings;
	const struct gate_row row = {
		.commit = commit, .added = set->added->len,
		.removed = set->removed->len, .changed = set->changed->len,
	};

	g_array_append_val(run->rows, row);
}

static int judge(struct run *run)
{
	struct gate_comparison *c = &run->comparison;

	return judge_decide(&run->arguments->judge, c->head.result,
			    c->changes->findings.added);
}

/* In the place of the comparison before. */
static int compare(struct run *run, const char *base, const char *head)
{
	struct gate_comparison next;
	int status = gate_compare(run->gate, base, head, &run->comparison,
				  &next);

	gate_comparison_release(&run->comparison);
	run->comparison = next;
	return status;
}

/* The baseline is needed to tell what counts; it is written at the end. */
static int apply_baseline(const struct run *run)
{
	struct judge_options o = run->arguments->judge;

	o.write_baseline = NULL;
	return judge_baseline(&o, run->comparison.head.result);
}

static int compare_commit(struct run *run, const struct git_commit *commit)
{
	int status = compare(run, commit->parent, commit->id);

	if (status != EXIT_CLEAN) {
		diag_note("at commit %.12s %s", commit->id, commit->subject);
		return status;
	}
	if (apply_baseline(run) < 0)
		return EXIT_TROUBLE;
	add_row(run, commit);
	if (judge(run) == EXIT_FINDINGS)
		run->first = commit;
	return EXIT_CLEAN;
}

/* Up to the first commit that brings a finding. */
static int walk(struct run *run)
{
	int status = EXIT_CLEAN;

	if (git_series(gate_git(run->gate), run->base, run->head,
		       &run->series) < 0)
		return EXIT_TROUBLE;
	run->rows = g_array_new(FALSE, FALSE, sizeof(struct gate_row));
	for (guint i = 0; status == EXIT_CLEAN && i < run->series->len &&
			  !run->first; i++)
		status = compare_commit(run, run->series->pdata[i]);
	if (status == EXIT_CLEAN && !run->first)
		status = compare(run, run->base, run->head);
	return status;
}

/* ---- the report ---- */

/* For consumers that know findings only: the new ones. */
static void write_new(FILE *out, const void *data,
		      const struct report_style *style)
{
	const struct run *run = data;
	struct result view = *run->comparison.head.result;

	view.findings = run->comparison.changes->findings.added;
	view.has_baseline = true;
	report_format_find(run->arguments->judge.format)->write(out, &view,
								style);
}

static int write_report(const struct run *run)
{
	const struct judge_options *o = &run->arguments->judge;
	const struct gate_report report = {
		.comparison = &run->comparison, .rows = run->rows,
		.first = run->first,
	};

	if (strcmp(o->format, "text") == 0)
		return judge_write(o, run->common, report_gate_text, &report);
	if (strcmp(o->format, "json") == 0)
		return judge_write(o, run->common, report_gate_json, &report);
	return judge_write(o, run->common, write_new, run);
}

static int report(struct run *run)
{
	int status;

	if (judge_baseline(&run->arguments->judge,
			   run->comparison.head.result) < 0)
		return EXIT_TROUBLE;
	status = judge(run);
	return write_report(run) < 0 ? EXIT_TROUBLE : status;
}

static void tell_divergence(const struct run *run)
{
	if (!git_is_ancestor(gate_git(run->gate), run->base, run->head))
		diag_note("commit %.12s is not in the history of %.12s: what "
			  "it has alone is told as removed", run->base,
			  run->head);
}

static int gate(struct run *run)
{
	int status;

	tell_divergence(run);
	status = run->arguments->each ? walk(run)
				      : compare(run, run->base, run->head);
	return status == EXIT_CLEAN ? report(run) : status;
}

static void run_release(struct run *run)
{
	gate_comparison_release(&run->comparison);
	if (run->rows)
		g_array_free(run->rows, TRUE);
	if (run->series)
		g_ptr_array_free(run->series, TRUE);
	gate_close(run->gate);
}

static int open_and_run(const struct gate_arguments *a,
			const struct options *common, char **operands)
{
	char *cache = extract_cache_directory(a->cache);
	const struct gate_options options = {
		.tree = operands[0], .work = a->work, .kconfig = a->kconfig,
		.cc = a->cc, .cache = cache, .cache_size = a->cache_bytes,
		.rule = a->judge.rule,
		.model = a->judge.model, .jobs = (unsigned)common->jobs,
		.progress = options_want_progress(common),
		.no_build = a->no_build,
	};
	struct run run = {
		.arguments = a, .common = common, .base = operands[1],
		.head = operands[2],
	};
	int status = EXIT_TROUBLE;

	if (gate_open(&run.gate, &options, &run.base, &run.head) == 0)
		status = gate(&run);
	run_release(&run);
	g_free(cache);
	return status;
}

static void release(struct gate_arguments *a)
{
	g_free(a->work);
	g_free(a->kconfig);
	g_free(a->cc);
	g_free(a->cache);
	g_free(a->cache_size);
	judge_release(&a->judge);
}

int cmd_gate(int argc, char **argv)
{
	struct gate_arguments a = { .work = NULL };
	const GOptionEntry rows[] = {
		{ "work", 0, 0, G_OPTION_ARG_FILENAME, &a.work,
		  "Work in DIR (default: in the user's cache)", "DIR" },
		{ "kconfig", 0, 0, G_OPTION_ARG_STRING, &a.kconfig,
		  "Configuration: defconfig, widest or a file", "KCONFIG" },
		{ "cc", 0, 0, G_OPTION_ARG_STRING, &a.cc,
		  "Compiler of the tree", "CC" },
		{ "cache", 0, 0, G_OPTION_ARG_FILENAME, &a.cache,
		  "Keep facts and results in DIR, or none (default: in the "
		  "user's cache)", "DIR" },
		{ "cache-size", 0, 0, G_OPTION_ARG_STRING, &a.cache_size,
		  "Keep no more than this, as 500M or 2G (default: 2G; 0: no "
		  "limit)", "SIZE" },
		{ "each", 0, 0, G_OPTION_ARG_NONE, &a.each,
		  "Go commit by commit and name the first that brings a "
		  "finding", NULL },
		{ "no-build", 0, 0, G_OPTION_ARG_NONE, &a.no_build,
		  "Run nothing of the series: configure as BASE", NULL },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	GOptionEntry *shared = judge_rows(&a.judge);
	const struct usage usage = {
		.operands = "TREE BASE HEAD",
		.summary = "Reports what a patch series adds or removes.",
		.entries = rows, .shared = shared,
		.operands_min = 3, .operands_max = 3,
	};
	struct options common;
	int status = EXIT_TROUBLE;

	if (options_parse(&common, &usage, &argc, &argv) == 0 &&
	    judge_check_options(&a.judge) == 0 &&
	    cache_limit_parse(a.cache_size, &a.cache_bytes) == 0)
		status = open_and_run(&a, &common, argv + 1);
	options_release(&common);
	release(&a);
	g_free(shared);
	return status;
}
