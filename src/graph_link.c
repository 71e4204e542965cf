/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Queries of links. */
#include "graph_link.h"

#include <stdarg.h>

#include "html.h"

static void append(GString *link, char separator, const char *name,
		   const char *value)
{
	char *visible = text_visible(value);
	char *escaped = g_uri_escape_string(visible, NULL, FALSE);

	g_string_append_printf(link, "%c%s=%s", separator, name, escaped);
	g_free(escaped);
	g_free(visible);
}

char *graph_link(const char *name, ...)
{
	GString *link = g_string_new("orderings.html");
	char separator = '?';
	va_list rest;

	va_start(rest, name);
	for (; name; name = va_arg(rest, const char *)) {
		const char *value = va_arg(rest, const char *);

		if (!value)
			continue;
		append(link, separator, name, value);
		separator = '&';
	}
	va_end(rest);
	return g_string_free(link, FALSE);
}
