/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes the folder of reports, each file complete or not at all. */
#include "publish.h"

#include <errno.h>
#include <string.h>

#include "diag.h"
#include "graph.h"
#include "output.h"
#include "report.h"

static int write_html(const struct result *r, const char *dir,
		      const char *page, const char *svg)
{
	char *path = g_build_filename(dir, page, NULL);
	struct output out;
	int ret = output_open(&out, path);

	if (ret == 0) {
		report_html(out.stream, r, svg);
		ret = output_close(&out);
	}
	g_free(path);
	return ret;
}

static int write_json(const struct result *r, const char *dir)
{
	const struct report_style style = { .is_verbose = true };
	char *path = g_build_filename(dir, "report.json", NULL);
	struct output out;
	int ret = output_open(&out, path);

	if (ret == 0) {
		report_json(out.stream, r, &style);
		ret = output_close(&out);
	}
	g_free(path);
	return ret;
}

static char *draw(const struct result *r)
{
	char *dot = graph_dot(r, GRAPH_CLASSES, NULL), *svg = NULL;
	GBytes *bytes;

	if (graph_render(&bytes, dot, "svg") == 0) {
		svg = g_strndup(g_bytes_get_data(bytes, NULL),
				g_bytes_get_size(bytes));
		g_bytes_unref(bytes);
	}
	g_free(dot);
	return svg;
}

int publish(const struct result *r, const char *dir, const char *page)
{
	char *path = g_build_filename(dir, "graph.svg", NULL);
	char *svg = draw(r);
	int ret = svg ? 0 : -1;

	if (g_mkdir_with_parents(dir, 0777) < 0)
		ret = diag_error("cannot create '%s': %s", dir,
				 strerror(errno));
	if (ret == 0)
		ret = output_write(path, svg);
	if (ret == 0)
		ret = write_html(r, dir, page, svg);
	if (ret == 0)
		ret = write_json(r, dir);
	g_free(svg);
	g_free(path);
	return ret;
}
