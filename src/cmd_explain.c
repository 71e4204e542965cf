/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xen-lockaudit explain: all steps of one finding or ordering. */
#include "command.h"

#include <stdio.h>
#include <unistd.h>

#include "check.h"
#include "options.h"
#include "output.h"
#include "report.h"
#include "report_mail.h"
#include "result_table.h"
#include "tty.h"

static void put_finding(FILE *out, const struct result *r,
			const struct finding *f,
			const struct report_style *style)
{
	report_text_finding_head(out, f, style);
	if (f->stale)
		report_text_finding(out, f, style);
	for (guint i = 0; i < f->orderings->len; i++) {
		putc('\n', out);
		report_text_ordering(out, r, f->orderings->pdata[i], style);
	}
}

/* One of the two is NULL. */
static void put(FILE *out, const struct result *r, const struct finding *f,
		const struct ordering *o, const struct report_style *style)
{
	if (f)
		put_finding(out, r, f, style);
	else
		report_text_ordering(out, r, o, style);
}

static void put_mail(FILE *out, const struct result *r,
		     const struct finding *f, const struct ordering *o)
{
	if (f)
		report_mail_finding(out, r, f);
	else
		report_mail_ordering(out, r, o);
}

static int explain(const struct result *r, const char *id, bool mail,
		   const struct report_style *style)
{
	const struct ordering *ordering;
	const struct finding *finding;
	struct output out;

	if (result_find(r, id, &ordering, &finding) < 0 ||
	    output_open(&out, NULL) < 0)
		return EXIT_TROUBLE;
	if (mail)
		put_mail(out.stream, r, finding, ordering);
	else
		put(out.stream, r, finding, ordering, style);
	return output_close(&out) < 0 ? EXIT_TROUBLE : EXIT_CLEAN;
}

static int run(const struct options *common,
	       const struct check_request *request, const char *id, bool mail)
{
	const struct report_style style = {
		.is_coloured = options_want_color(common),
		.is_verbose = true,
		.width = tty_width(STDOUT_FILENO),
	};
	struct check c;
	int status = check_open(&c, request);

	if (status == EXIT_CLEAN)
		status = explain(c.result, id, mail, &style);
	check_release(&c);
	return status;
}

int cmd_explain(int argc, char **argv)
{
	char *rule = NULL, *model = NULL;
	gboolean mail = FALSE;
	const GOptionEntry rows[] = {
		{ "mail", 0, 0, G_OPTION_ARG_NONE, &mail,
		  "Write it for a mailing list, 72 columns wide", NULL },
		{ "rule", 0, 0, G_OPTION_ARG_STRING, &rule,
		  "Rule: auto, none, control-domain or current-domain",
		  "RULE" },
		{ "model", 0, 0, G_OPTION_ARG_FILENAME, &model,
		  "Use the model in FILE", "FILE" },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	const struct usage usage = {
		.operands = "FACTS.db ID",
		.summary = "Shows one finding or ordering with every step of "
			   "its witness.",
		.entries = rows, .operands_min = 2, .operands_max = 2,
	};
	struct options common;
	int status = EXIT_TROUBLE;

	if (options_parse(&common, &usage, &argc, &argv) == 0) {
		const struct check_request request = {
			.path = argv[1], .rule = rule, .model = model,
			.progress = options_want_progress(&common),
		};

		status = run(&common, &request, argv[2], mail);
	}
	options_release(&common);
	g_free(rule);
	g_free(model);
	return status;
}
