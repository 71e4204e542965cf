/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pictures of a graph in the dot language, by Graphviz. */
#include "graph.h"

#include <string.h>

#include <gvc.h>

#include "diag.h"

/* A PDF names the time of its making: the same graph would give other bytes
 * each second.  The date is replaced by one as long, which moves nothing. */
static void fix_date(char *data, size_t length)
{
	static const char key[] = "/CreationDate (D:";
	static const char date[] = "19700101000000";
	char *at = data;

	while ((at = memchr(at, '/', length - (size_t)(at - data)))) {
		size_t left = length - (size_t)(at - data);

		if (left < sizeof(key) + sizeof(date))
			return;
		if (memcmp(at, key, sizeof(key) - 1) == 0)
			memcpy(at + sizeof(key) - 1, date, sizeof(date) - 1);
		at++;
	}
}

static int render(GVC_t *gvc, Agraph_t *graph, const char *format,
		  GBytes **out)
{
	/* A graph that says how it wants to be laid out is. */
	const char *layout = agget(graph, (char *)"layout");
	char *data = NULL;
	unsigned int length = 0;
	int ret = 0;

	if (gvLayout(gvc, graph, layout && *layout ? layout : "dot") != 0)
		return diag_error("graphviz cannot lay out the graph");
	if (gvRenderData(gvc, graph, format, &data, &length) != 0 || !data)
		ret = diag_error("graphviz cannot write the format '%s'",
				 format);
	else if (strcmp(format, "pdf") == 0)
		fix_date(data, length);
	if (ret == 0)
		*out = g_bytes_new(data, length);
	if (data)
		gvFreeRenderData(data);
	gvFreeLayout(gvc, graph);
	return ret;
}

int graph_render(GBytes **out, const char *dot, const char *format)
{
	GVC_t *gvc = gvContext();
	Agraph_t *graph = agmemread(dot);
	int ret;

	*out = NULL;
	if (!graph) {
		gvFreeContext(gvc);
		return diag_error("graphviz cannot read the graph");
	}
	ret = render(gvc, graph, format, out);
	agclose(graph);
	gvFreeContext(gvc);
	return ret;
}
