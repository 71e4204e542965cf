/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Escapes for pages. */
#include "html.h"

#include <stdbool.h>
#include <string.h>

#include <glib.h>

/* Marks that reorder text, separators of lines, and a byte-order mark. */
static bool is_invisible(gunichar c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x61c ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
	       (c >= 0xe0000 && c <= 0xe007f);
}

static void append_visible(GString *out, gunichar c)
{
	if (c == '\t')
		g_string_append_c(out, ' ');
	else if (c == '\n')
		g_string_append(out, "\\n");
	else if (!is_invisible(c))
		g_string_append_unichar(out, c);
	else
		g_string_append_printf(out, c < 0x100 ? "\\x%02x" : "\\u%04x",
				       (unsigned)c);
}

char *text_visible(const char *text)
{
	char *valid = g_utf8_make_valid(text, -1);
	GString *out = g_string_sized_new(strlen(valid));

	for (const char *at = valid; *at; at = g_utf8_next_char(at))
		append_visible(out, g_utf8_get_char(at));
	g_free(valid);
	return g_string_free(out, FALSE);
}

static void put_escaped(FILE *out, char c)
{
	switch (c) {
	case '&':
		fputs("&amp;", out);
		break;
	case '<':
		fputs("&lt;", out);
		break;
	case '>':
		fputs("&gt;", out);
		break;
	case '"':
		fputs("&quot;", out);
		break;
	case '\'':
		fputs("&#39;", out);
		break;
	default:
		putc(c, out);
	}
}

void html_text(FILE *out, const char *text)
{
	char *visible = text_visible(text);

	for (const char *at = visible; *at; at++)
		put_escaped(out, *at);
	g_free(visible);
}

void html_element(FILE *out, const char *tag, const char *text)
{
	const char *class = strchr(tag, '.');
	int length = class ? (int)(class - tag) : (int)strlen(tag);

	fprintf(out, "<%.*s", length, tag);
	if (class)
		fprintf(out, " class=\"%s\"", class + 1);
	putc('>', out);
	html_text(out, text);
	fprintf(out, "</%.*s>", length, tag);
}

void html_query(FILE *out, const char *text)
{
	char *visible = text_visible(text);
	char *escaped = g_uri_escape_string(visible, NULL, FALSE);

	html_text(out, escaped);
	g_free(escaped);
	g_free(visible);
}

void html_number(FILE *out, unsigned number)
{
	char digits[16];
	int length = g_snprintf(digits, sizeof(digits), "%u", number);

	for (int i = 0; i < length; i++) {
		if (i > 0 && (length - i) % 3 == 0)
			putc(',', out);
		putc(digits[i], out);
	}
}
