/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The views by name. */
#include "graph.h"

#include "diag.h"
#include "picture.h"

const char *const graph_view_words[] = {
	[GRAPH_CLASSES] = "classes", [GRAPH_OWNERS] = "owners",
	[GRAPH_AROUND] = "around", [GRAPH_CALLS] = "calls", NULL,
};

static struct picture *make(const struct result *r, enum graph_view view,
			    const char *of)
{
	switch (view) {
	case GRAPH_OWNERS:
		return graph_owners(r, of);
	case GRAPH_AROUND:
		return graph_around(r, of);
	case GRAPH_CLASSES:
	case GRAPH_CALLS:
		break;
	}
	return graph_classes(r);
}

char *graph_dot(const struct result *r, enum graph_view view, const char *of)
{
	struct picture *p;
	char *dot;

	if (!of && (view == GRAPH_AROUND || view == GRAPH_CALLS)) {
		diag_error("the view '%s' wants option '--of'",
			   graph_view_words[view]);
		return NULL;
	}
	if (of && view == GRAPH_CLASSES) {
		diag_error("the view 'classes' is of nothing: leave out "
			   "option '--of'");
		return NULL;
	}
	if (view == GRAPH_CALLS)
		return graph_calls(r, of);
	p = make(r, view, of);
	if (!p)
		return NULL;
	dot = picture_dot(p);
	picture_free(p);
	return dot;
}
