/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a result means for the user's exit status, and where it is written. */
#include "judge.h"

#include <string.h>
#include <unistd.h>

#include "baseline.h"
#include "command.h"
#include "diag.h"
#include "findings.h"
#include "output.h"
#include "report.h"
#include "result_table.h"
#include "result_words.h"
#include "tty.h"

GOptionEntry *judge_rows(struct judge_options *o)
{
	const GOptionEntry rows[] = {
		{ "rule", 0, 0, G_OPTION_ARG_STRING, &o->rule,
		  "Rule: auto, none, control-domain, current-domain or a file",
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

static unsigned count_new(const GPtrArray *findings, enum fail_on level)
{
	unsigned nr = 0;

	for (guint i = 0; i < findings->len; i++) {
		const struct finding *f = findings->pdata[i];

		nr += !f->is_known && !f->suppression &&
		      finding_counts(f, level);
	}
	return nr;
}

static int decide(struct result *r, const GPtrArray *findings,
		  enum fail_on level, bool allow)
{
	enum fail_on shown = level == FAIL_ON_NONE ? FAIL_ON_VIOLATION : level;

	r->outcome = count_new(findings, shown) > 0 ? OUTCOME_VIOLATIONS :
		result_is_incomplete(r) ? OUTCOME_INCOMPLETE : OUTCOME_CLEAN;
	if (count_new(findings, level) > 0)
		return EXIT_FINDINGS;
	if (result_is_incomplete(r) && !allow)
		return EXIT_INCOMPLETE;
	return EXIT_CLEAN;
}

void judge_outcome(struct result *r)
{
	decide(r, r->findings, FAIL_ON_VIOLATION, false);
}

int judge_decide(const struct judge_options *o, struct result *r,
		 const GPtrArray *findings)
{
	enum fail_on level = (enum fail_on)words_find(fail_on_words,
						      o->fail_on);

	return decide(r, findings, level, o->allow_incomplete);
}

int judge_baseline(const struct judge_options *o, struct result *r)
{
	if (o->baseline && baseline_apply(o->baseline, r) < 0)
		return -1;
	return o->write_baseline ?
		baseline_write(o->write_baseline, o->baseline, r) : 0;
}

int judge_write(const struct judge_options *o, const struct options *common,
		void (*write)(FILE *out, const void *data,
			      const struct report_style *style),
		const void *data)
{
	const struct report_style style = {
		.is_coloured = !o->output && options_want_color(common),
		.is_verbose = common->verbose,
		.width = o->output ? 0 : tty_width(STDOUT_FILENO),
	};
	struct output out;

	if (output_open(&out, o->output) < 0)
		return -1;
	write(out.stream, data, &style);
	return output_close(&out);
}

/* What write_result needs. */
struct report {
	const struct report_format *format;
	const struct result *r;
};

static void write_result(FILE *out, const void *data,
			 const struct report_style *style)
{
	const struct report *report = data;

	report->format->write(out, report->r, style);
}

int judge_report(const struct judge_options *o, const struct options *common,
		 struct result *r)
{
	const struct report report = { report_format_find(o->format), r };
	int status;

	if (judge_baseline(o, r) < 0)
		return EXIT_TROUBLE;
	status = judge_decide(o, r, r->findings);
	return judge_write(o, common, write_result, &report) < 0 ?
		EXIT_TROUBLE : status;
}
