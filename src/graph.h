/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lock-order graph: classes ranked by level, an edge for each pair of
 * classes and verdict.  Only orderings of a running host.
 */
#ifndef XLA_GRAPH_H
#define XLA_GRAPH_H

#include "result.h"

/* Graphviz' dot language; for g_free. */
char *graph_dot(const struct result *r);

/*
 * Renders dot to "svg", "pdf" or "png".  0: *out holds the picture and is the
 * caller's; -1 with a message.
 */
int graph_render(GBytes **out, const char *dot, const char *format);

#endif
