/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xen-lockaudit explain: all steps of one finding or ordering. */
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "diag.h"
#include "options.h"
#include "output.h"
#include "report.h"
#include "report_mail.h"
#include "result_table.h"
#include "tty.h"
#include "why.h"
#include "why_text.h"
#include "words.h"

static void put_finding(FILE *out, const struct result *r,
			const struct finding *f,
			const struct report_style *style)
{
	report_text_finding_head(out, f, style);
	if (f->lone)
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

/* What --why-not asks. */
struct questions {
	const char *held, *acquired, *function;
	bool many;		/* they stand on standard input */
	FILE *out;
	int status;
};

static void put_answer(struct questions *q, struct handup *h,
		       const struct reach *reach, struct result *r)
{
	struct why_request request = { .function = q->function };
	struct why_answer *answer;

	if (why_read_lock(r, q->held, &request.held,
			  &request.held_instance) < 0 ||
	    why_read_lock(r, q->acquired, &request.acquired,
			  &request.acquired_instance) < 0) {
		q->status = EXIT_TROUBLE;
		return;
	}
	answer = why_not(h, reach, r, &request);
	why_put(q->out, r, &request, answer);
	why_answer_free(answer);
}

/* "HELD ACQUIRED [FUNCTION]" */
static void put_line(struct questions *q, const char *line, struct handup *h,
		     const struct reach *reach, struct result *r)
{
	char **word = words_split(line);
	guint nr = g_strv_length(word);

	if (nr >= 2) {
		q->held = word[0];
		q->acquired = word[1];
		q->function = word[2];
		put_answer(q, h, reach, r);
	} else if (nr) {
		diag_error("a question is HELD ACQUIRED [FUNCTION]: '%s'",
			   word[0]);
		q->status = EXIT_TROUBLE;
	}
	g_strfreev(word);
}

static void ask(void *context, struct handup *h, const struct reach *reach,
		struct result *r)
{
	struct questions *q = context;
	char *line = NULL;
	size_t size = 0;

	if (!q->many) {
		put_answer(q, h, reach, r);
		return;
	}
	while (getline(&line, &size, stdin) >= 0)
		put_line(q, line, h, reach, r);
	free(line);
}

static int run_why_not(const struct check_request *request,
		       struct questions *q)
{
	struct output out;
	struct check c;
	int status;

	if (output_open(&out, NULL) < 0)
		return EXIT_TROUBLE;
	q->out = out.stream;
	status = check_ask(&c, request, ask, q);
	check_release(&c);
	if (output_close(&out) < 0)
		return EXIT_TROUBLE;
	return status == EXIT_CLEAN ? q->status : status;
}

/* Two operands without --why-not; with it three, or one. */
static int check_use(bool why, const char *function, int operands)
{
	if (!why && function)
		return diag_error("--in goes with --why-not");
	if (why ? operands == 2 : operands != 2)
		return diag_error("%s (see 'xen-lockaudit explain --help')",
				  why ? "--why-not wants HELD and ACQUIRED"
				      : "one ID is wanted");
	return 0;
}

int cmd_explain(int argc, char **argv)
{
	char *rule = NULL, *model = NULL, *function = NULL;
	gboolean why = FALSE, mail = FALSE;
	const GOptionEntry rows[] = {
		{ "mail", 0, 0, G_OPTION_ARG_NONE, &mail,
		  "Write it for a mailing list, 72 columns wide", NULL },
		{ "why-not", 0, 0, G_OPTION_ARG_NONE, &why,
		  "Say why ACQUIRED is never acquired while HELD is held",
		  NULL },
		{ "in", 0, 0, G_OPTION_ARG_STRING, &function,
		  "... with FUNCTION as the holder or on the way",
		  "FUNCTION" },
		{ "rule", 0, 0, G_OPTION_ARG_STRING, &rule,
		  "Rule: auto, none, control-domain, current-domain or a file",
		  "RULE" },
		{ "model", 0, 0, G_OPTION_ARG_FILENAME, &model,
		  "Use the model in FILE", "FILE" },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	const struct usage usage = {
		.operands = "FACTS.db ID | FACTS.db --why-not "
			    "[HELD ACQUIRED]",
		.summary = "Shows one finding or ordering with every step of "
			   "its witness, or why there is none.",
		.entries = rows, .operands_min = 1, .operands_max = 3,
	};
	struct options common;
	int status = EXIT_TROUBLE;

	if (options_parse(&common, &usage, &argc, &argv) == 0 &&
	    check_use(why, function, argc - 1) == 0) {
		const struct check_request request = {
			.path = argv[1], .rule = rule, .model = model,
			.jobs = (unsigned)common.jobs,
			.progress = options_want_progress(&common),
		};
		struct questions q = {
			.held = why && argc > 3 ? argv[2] : NULL,
			.acquired = why && argc > 3 ? argv[3] : NULL,
			.function = function, .many = argc < 4,
			.status = EXIT_CLEAN,
		};

		status = why ? run_why_not(&request, &q)
			     : run(&common, &request, argv[2], mail);
	}
	options_release(&common);
	g_free(rule);
	g_free(model);
	g_free(function);
	return status;
}
