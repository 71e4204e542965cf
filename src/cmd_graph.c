/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xen-lockaudit graph: the lock-order graph as text or picture. */
#include "command.h"

#include <string.h>

#include "check.h"
#include "diag.h"
#include "graph.h"
#include "options.h"
#include "output.h"
#include "result_words.h"

struct graph_options {
	char *format, *output, *view, *of, *rule, *model;
};

static const char *const formats[] = { "dot", "svg", "pdf", "png", NULL };

/* The name of the output says the format unless the option does. */
static int choose_format(struct graph_options *o)
{
	const char *dot = o->output ? strrchr(o->output, '.') : NULL;

	if (!o->format && dot && g_strv_contains(formats, dot + 1))
		o->format = g_strdup(dot + 1);
	if (!o->format)
		o->format = g_strdup("dot");
	if (!g_strv_contains(formats, o->format))
		return diag_error("option '--format' wants dot, svg, pdf or "
				  "png, not '%s'", o->format);
	return 0;
}

static int choose_view(const struct graph_options *o, enum graph_view *view)
{
	int found = o->view ? words_find(graph_view_words, o->view)
			    : GRAPH_CLASSES;

	if (found < 0)
		return diag_error("option '--view' wants classes, owners, "
				  "around or calls, not '%s'", o->view);
	*view = (enum graph_view)found;
	return 0;
}

static int write_picture(const struct graph_options *o, const char *dot)
{
	struct output out;
	GBytes *bytes;

	if (strcmp(o->format, "dot") == 0)
		bytes = g_bytes_new(dot, strlen(dot));
	else if (graph_render(&bytes, dot, o->format) < 0)
		return -1;
	if (output_open(&out, o->output) < 0) {
		g_bytes_unref(bytes);
		return -1;
	}
	fwrite(g_bytes_get_data(bytes, NULL), 1, g_bytes_get_size(bytes),
	       out.stream);
	g_bytes_unref(bytes);
	return output_close(&out);
}

static int run(const struct graph_options *o, const struct options *common,
	       enum graph_view view, const char *path)
{
	const struct check_request request = {
		.path = path, .rule = o->rule, .model = o->model,
		.jobs = (unsigned)common->jobs,
	};
	struct check c;
	int status = check_open(&c, &request);

	if (status == EXIT_CLEAN) {
		char *dot = graph_dot(c.result, view, o->of);

		if (!dot || write_picture(o, dot) < 0)
			status = EXIT_TROUBLE;
		g_free(dot);
	}
	check_release(&c);
	return status;
}

int cmd_graph(int argc, char **argv)
{
	struct graph_options o = { .format = NULL };
	const GOptionEntry rows[] = {
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &o.output,
		  "Write the graph to FILE", "FILE" },
		{ "format", 0, 0, G_OPTION_ARG_STRING, &o.format,
		  "Format: dot, svg, pdf or png", "FORMAT" },
		{ "view", 0, 0, G_OPTION_ARG_STRING, &o.view,
		  "View: classes, owners, around or calls", "VIEW" },
		{ "of", 0, 0, G_OPTION_ARG_STRING, &o.of,
		  "What the view is of: an owner, a class or an ID", "NAME" },
		{ "rule", 0, 0, G_OPTION_ARG_STRING, &o.rule,
		  "Rule: auto, none, control-domain, current-domain or a file",
		  "RULE" },
		{ "model", 0, 0, G_OPTION_ARG_FILENAME, &o.model,
		  "Use the model in FILE", "FILE" },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	const struct usage usage = {
		.operands = "FACTS.db",
		.summary = "Draws a graph: the lock classes by level, by owner, "
			   "around one, or the calls of a finding.",
		.entries = rows, .operands_min = 1, .operands_max = 1,
	};
	enum graph_view view = GRAPH_CLASSES;
	struct options common;
	int status = EXIT_TROUBLE;

	if (options_parse(&common, &usage, &argc, &argv) == 0 &&
	    choose_format(&o) == 0 && choose_view(&o, &view) == 0)
		status = run(&o, &common, view, argv[1]);
	options_release(&common);
	g_free(o.format);
	g_free(o.output);
	g_free(o.view);
	g_free(o.of);
	g_free(o.rule);
	g_free(o.model);
	return status;
}
