/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xen-lockaudit compare: the same orderings under several rules. */
#include "command.h"

#include <stdio.h>
#include <string.h>

#include "check.h"
#include "diag.h"
#include "options.h"
#include "output.h"
#include "result_table.h"
#include "result_words.h"

/* verdict[i]: of all orderings under the i-th rule, in their order. */
struct comparison {
	char **rule;
	unsigned rule_nr;
	enum verdict **verdict;
};

static int judge_all(struct comparison *cmp, struct check *c)
{
	for (unsigned i = 0; i < cmp->rule_nr; i++) {
		int status = check_judge(c, cmp->rule[i]);

		if (status != EXIT_CLEAN)
			return status;
		cmp->verdict[i] = g_new0(enum verdict,
					 c->result->orderings->len + 1);
		for (guint k = 0; k < c->result->orderings->len; k++) {
			const struct ordering *o =
				c->result->orderings->pdata[k];

			cmp->verdict[i][k] = o->verdict;
		}
	}
	return EXIT_CLEAN;
}

static bool is_admitted(enum verdict verdict)
{
	return verdict == VERDICT_ALLOWED || verdict == VERDICT_RECURSIVE;
}

/* Rows that every rule admits say nothing about the rules. */
static bool is_worth_a_row(const struct comparison *cmp, guint k, bool all)
{
	for (unsigned i = 0; i < cmp->rule_nr; i++)
		if (!is_admitted(cmp->verdict[i][k]))
			return true;
	return all;
}

static void put_row(FILE *out, const struct comparison *cmp,
		    const struct result *r, guint k)
{
	const struct ordering *o = r->orderings->pdata[k];

	fputs(o->id, out);
	for (unsigned i = 0; i < cmp->rule_nr; i++)
		fprintf(out, "  %-14s", verdict_words[cmp->verdict[i][k]]);
	fprintf(out, "  %s(%s) -> %s(%s) in %s", result_class(r,
		o->held.class)->name, owner_words[o->held.owner],
		result_class(r, o->acquired.class)->name,
		owner_words[o->acquired.owner], o->holder.function);
	if (o->context != CONTEXT_RUNNING)
		fprintf(out, " (%s)", context_words[o->context]);
	putc('\n', out);
}

static unsigned count(const struct comparison *cmp, const struct result *r,
		      unsigned rule, enum verdict verdict)
{
	unsigned nr = 0;

	for (guint k = 0; k < r->orderings->len; k++) {
		const struct ordering *o = r->orderings->pdata[k];

		nr += cmp->verdict[rule][k] == verdict &&
		      o->context == CONTEXT_RUNNING;
	}
	return nr;
}

static void put_summary(FILE *out, const struct comparison *cmp,
			const struct result *r)
{
	fputs("\nin a running host:\n", out);
	for (unsigned i = 0; i < cmp->rule_nr; i++) {
		unsigned bad = count(cmp, r, i, VERDICT_VIOLATION);
		unsigned some = count(cmp, r, i, VERDICT_CONDITIONAL);

		fprintf(out, "%-14s  %u violations, %u conditional: %s\n",
			cmp->rule[i], bad, some, bad + some == 0 ?
			"admits all reachable orderings" :
			"does not admit all reachable orderings");
	}
}

static void put_table(FILE *out, const struct comparison *cmp,
		      const struct result *r, bool all)
{
	fprintf(out, "%-16s", "ordering");
	for (unsigned i = 0; i < cmp->rule_nr; i++)
		fprintf(out, "  %-14s", cmp->rule[i]);
	putc('\n', out);
	for (guint k = 0; k < r->orderings->len; k++)
		if (is_worth_a_row(cmp, k, all))
			put_row(out, cmp, r, k);
	put_summary(out, cmp, r);
}

static int compare(struct comparison *cmp, struct check *c,
		   const char *output, bool all)
{
	int status = judge_all(cmp, c);
	struct output out;

	if (status != EXIT_CLEAN)
		return status;
	if (output_open(&out, output) < 0)
		return EXIT_TROUBLE;
	put_table(out.stream, cmp, c->result, all);
	return output_close(&out) < 0 ? EXIT_TROUBLE : EXIT_CLEAN;
}

static int run(const struct check_request *request, const char *rules,
	       const char *output, bool all)
{
	struct comparison cmp = { .rule = g_strsplit(rules, ",", -1) };
	struct check c;
	int status;

	cmp.rule_nr = g_strv_length(cmp.rule);
	cmp.verdict = g_new0(enum verdict *, cmp.rule_nr + 1);
	status = check_open(&c, request);
	if (status == EXIT_CLEAN)
		status = compare(&cmp, &c, output, all);
	check_release(&c);
	for (unsigned i = 0; i < cmp.rule_nr; i++)
		g_free(cmp.verdict[i]);
	g_free(cmp.verdict);
	g_strfreev(cmp.rule);
	return status;
}

int cmd_compare(int argc, char **argv)
{
	char *rules = NULL, *output = NULL, *model = NULL;
	gboolean all = FALSE;
	const GOptionEntry rows[] = {
		{ "rule", 0, 0, G_OPTION_ARG_STRING, &rules,
		  "Rules, separated by commas", "RULE,..." },
		{ "all", 0, 0, G_OPTION_ARG_NONE, &all,
		  "Show orderings that every rule admits, too", NULL },
		{ "output", 0, 0, G_OPTION_ARG_FILENAME, &output,
		  "Write the table to FILE", "FILE" },
		{ "model", 0, 0, G_OPTION_ARG_FILENAME, &model,
		  "Use the model in FILE", "FILE" },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	const struct usage usage = {
		.operands = "FACTS.db",
		.summary = "Judges the same orderings by several rules, side "
			   "by side.",
		.entries = rows, .operands_min = 1, .operands_max = 1,
	};
	struct options common;
	int status = EXIT_TROUBLE;

	if (options_parse(&common, &usage, &argc, &argv) == 0) {
		const struct check_request request = {
			.path = argv[1], .rule = "none", .model = model,
		};

		status = run(&request, rules ? rules :
			     "none,control-domain,current-domain", output,
			     all);
	}
	options_release(&common);
	g_free(rules);
	g_free(output);
	g_free(model);
	return status;
}
