/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a result means for the user's exit status, and where it is written. */
#include "judge.h"

#include <string.h>

#include "baseline.h"
#include "command.h"
#include "diag.h"
#include "findings.h"
#include "output.h"
#include "report.h"
#include "result_table.h"
#include "result_words.h"

GOptionEntry *judge_rows(struct judge_options *o)
{
	const GOptionEntry rows[] = {
		{ "rule", 0, 0, G_OPTION_ARG_STRING, &o->rule,
		  "Rule: auto, none, control-domain or current-domain",
		  "RULE" },
		{ "format", 0, 0, G_OPTION_ARG_STRING, &o->format,
		  "Format: text, json, sarif or gitlab", "FORMAT" },
		{ "output", 0, 0, G_OPTION_ARG_FILENAME, &o->output,
		  "Write the report to FILE", "FILE" },
		{ "baseline", 0, 0, G_OPTION_ARG_FILENAME, &o->baseline,
		  "Findings named in FILE are known and do not count",
		  "FILE" },
		{ "write-baseline", 0, 0, G_OPTION_ARG_FILENAME,
		  &o->write_baseline, "Write all findings to FILE", "FILE" },
		{ "fail-on", 0, 0, G_OPTION_ARG_STRING, &o->fail_on,
		  "Exit with 1 on: violation, conditional, any or none",
		  "LEVEL" },
		{ "allow-incomplete", 0, 0, G_OPTION_ARG_NONE,
		  &o->allow_incomplete,
		  "Exit with 0 if nothing is found, proof or not", NULL },
		{ "scope", 0, 0, G_OPTION_ARG_STRING, &o->scope,
		  "Locks: mm", "SCOPE" },
		{ "model", 0, 0, G_OPTION_ARG_FILENAME, &o->model,
		  "Use the model in FILE", "FILE" },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};

	return g_memdup2(rows, sizeof(rows));
}

static void set_default(char **option, const char *value)
{
	if (!*option)
		*option = g_strdup(value);
}

int judge_check_options(struct judge_options *o)
{
	set_default(&o->rule, "auto");
	set_default(&o->format, "text");
	set_default(&o->fail_on, "violation");
	set_default(&o->scope, "mm");
	if (!report_format_find(o->format))
		return -1;
	if (words_find(fail_on_words, o->fail_on) < 0)
		return diag_error("option '--fail-on' wants violation, "
				  "conditional, any or none, not '%s'",
				  o->fail_on);
	if (strcmp(o->scope, "all") == 0)
		return diag_error("scope 'all' is not delivered yet; "
				  "use 'mm'");
	if (strcmp(o->scope, "mm") != 0)
		return diag_error("option '--scope' wants mm, not '%s'",
				  o->scope);
	return 0;
}

void judge_release(struct judge_options *o)
{
	g_free(o->rule);
	g_free(o->format);
	g_free(o->output);
	g_free(o->baseline);
	g_free(o->write_baseline);
	g_free(o->fail_on);
	g_free(o->scope);
	g_free(o->model);
	memset(o, 0, sizeof(*o));
}

static unsigned count_new(const struct result *r, enum fail_on level)
{
	unsigned nr = 0;

	for (guint i = 0; i < r->findings->len; i++) {
		const struct finding *f = r->findings->pdata[i];

		nr += !f->is_known && finding_counts(f, level);
	}
	return nr;
}

static int decide(struct result *r, enum fail_on level, bool allow)
{
	enum fail_on shown = level == FAIL_ON_NONE ? FAIL_ON_VIOLATION : level;

	r->outcome = count_new(r, shown) > 0 ? OUTCOME_VIOLATIONS :
		result_is_incomplete(r) ? OUTCOME_INCOMPLETE : OUTCOME_CLEAN;
	if (count_new(r, level) > 0)
		return EXIT_FINDINGS;
	if (result_is_incomplete(r) && !allow)
		return EXIT_INCOMPLETE;
	return EXIT_CLEAN;
}

void judge_outcome(struct result *r)
{
	decide(r, FAIL_ON_VIOLATION, false);
}

static int write_report(const struct judge_options *o,
			const struct options *common, const struct result *r)
{
	const struct report_format *format = report_format_find(o->format);
	struct report_style style = {
		.is_coloured = !o->output && options_want_color(common),
		.is_verbose = common->verbose,
	};
	struct output out;

	if (output_open(&out, o->output) < 0)
		return -1;
	format->write(out.stream, r, &style);
	return output_close(&out);
}

int judge_report(const struct judge_options *o, const struct options *common,
		 struct result *r)
{
	enum fail_on level = (enum fail_on)words_find(fail_on_words,
						      o->fail_on);
	int status;

	if (o->baseline && baseline_apply(o->baseline, r) < 0)
		return EXIT_TROUBLE;
	status = decide(r, level, o->allow_incomplete);
	if (o->write_baseline &&
	    baseline_write(o->write_baseline, o->baseline, r) < 0)
		return EXIT_TROUBLE;
	return write_report(o, common, r) < 0 ? EXIT_TROUBLE : status;
}
