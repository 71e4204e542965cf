/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pictures of a graph in the dot language, by Graphviz. */
#include "graph.h"

#include <stdlib.h>

#include <gvc.h>

#include "diag.h"

static int render(GVC_t *gvc, Agraph_t *graph, const char *format,
		  GBytes **out)
{
	char *data = NULL;
	unsigned int length = 0;
	int ret = 0;

	if (gvLayout(gvc, graph, "dot") != 0)
		return diag_error("graphviz cannot lay out the graph");
	if (gvRenderData(gvc, graph, format, &data, &length) != 0 || !data)
		ret = diag_error("graphviz cannot write the format '%s'",
				 format);
	else
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
	/* A PDF holds the time of its making unless told another one. */
	setenv("SOURCE_DATE_EPOCH", "0", 0);
	if (!graph) {
		gvFreeContext(gvc);
		return diag_error("graphviz cannot read the graph");
	}
	ret = render(gvc, graph, format, out);
	agclose(graph);
	gvFreeContext(gvc);
	return ret;
}
