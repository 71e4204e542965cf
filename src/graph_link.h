/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Links from a graph to the page of orderings, with its filters set. */
#ifndef XLA_GRAPH_LINK_H
#define XLA_GRAPH_LINK_H

#include <glib.h>

/* From names and values of filters, up to a NULL; those without a value are
 * left out.  For g_free. */
char *graph_link(const char *name, ...) G_GNUC_NULL_TERMINATED;

#endif
