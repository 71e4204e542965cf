/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Graphs of a result.  Only orderings of a running host; upward is toward
 * higher levels, so what goes down is against the order of the levels.
 */
#ifndef XLA_GRAPH_H
#define XLA_GRAPH_H

#include "result.h"

struct picture;

enum graph_view {
	GRAPH_CLASSES,		/* a box a class, by level */
	GRAPH_OWNERS,		/* a box a class and owner: the caller above */
	GRAPH_AROUND,		/* what is held over one class, and under it */
	GRAPH_CALLS,		/* one ordering: the calls, and what is held */
};

/* Ends with NULL; the index is the value. */
extern const char *const graph_view_words[];

/*
 * Graphviz' dot language, for g_free.  OF is the owner role to set against the
 * caller (owners; NULL: the subject), a class (around), or the beginning of the
 * id of a finding or an ordering (calls); NULL for classes.  NULL with a message
 * if there is no such thing.
 */
char *graph_dot(const struct result *r, enum graph_view view, const char *of);

/* The views that are pictures; for picture_free. */
struct picture *graph_classes(const struct result *r);
struct picture *graph_owners(const struct result *r, const char *role);
struct picture *graph_around(const struct result *r, const char *class);

/* The view that is not. */
char *graph_calls(const struct result *r, const char *id);

/*
 * Renders dot to "svg", "pdf" or "png".  0: *out holds the picture and is the
 * caller's; -1 with a message.
 */
int graph_render(GBytes **out, const char *dot, const char *format);

#endif
