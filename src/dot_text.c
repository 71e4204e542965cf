/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Escapes for the dot language. */
#include "dot_text.h"

#include "html.h"

void dot_quoted(GString *dot, const char *text)
{
	char *visible = text_visible(text);

	g_string_append_c(dot, '"');
	for (const char *at = visible; *at; at++) {
		if (*at == '"' || *at == '\\')
			g_string_append_c(dot, '\\');
		g_string_append_c(dot, *at);
	}
	g_string_append_c(dot, '"');
	g_free(visible);
}

void dot_markup(GString *dot, const char *text)
{
	char *visible = text_visible(text);
	char *escaped = g_markup_escape_text(visible, -1);

	g_string_append(dot, escaped);
	g_free(escaped);
	g_free(visible);
}
