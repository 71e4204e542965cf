/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xen-lockaudit compare: the same orderings under several rules. */
#include "command.h"

#include <stdio.h>

#include "check.h"
#include "comparison.h"
#include "options.h"
#include "output.h"
#include "result_table.h"
#include "result_words.h"

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

static void put_summary(FILE *out, const struct comparison *cmp,
			const struct result *r)
{
	fputs("\nin a running host:\n", out);
	for (unsigned i = 0; i < cmp->rule_nr; i++) {
		unsigned bad = comparison_count(cmp, r, i,
						VERDICT_VIOLATION);
		unsigned some = comparison_count(cmp, r, i,
						 VERDICT_CONDITIONAL);

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
		if (all || comparison_is_of_interest(cmp, k))
			put_row(out, cmp, r, k);
	put_summary(out, cmp, r);
}

static int write_table(const struct comparison *cmp, const struct result *r,
		       const char *output, bool all)
{
	struct output out;

	if (output_open(&out, output) < 0)
		return EXIT_TROUBLE;
	put_table(out.stream, cmp, r, all);
	return output_close(&out) < 0 ? EXIT_TROUBLE : EXIT_CLEAN;
}

static int run(const struct check_request *request, const char *rules,
	       const char *output, bool all)
{
	struct comparison cmp = { .rule_nr = 0 };
	struct check c;
	int status = check_open(&c, request);

	if (status == EXIT_CLEAN)
		status = comparison_make(&cmp, &c, rules);
	if (status == EXIT_CLEAN)
		status = write_table(&cmp, c.result, output, all);
	comparison_release(&cmp);
	check_release(&c);
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
			.progress = options_want_progress(&common),
		};

		status = run(&request, rules ? rules : COMPARISON_RULES, output,
			     all);
	}
	options_release(&common);
	g_free(rules);
	g_free(output);
	g_free(model);
	return status;
}
