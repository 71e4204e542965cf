/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages on standard error, one line each.  Whatever text the message
 * quotes may be hostile: control characters and bytes that are not UTF-8 are
 * shown escaped.  Each message is written at once, so that those of several
 * threads do not mix.
 */
#include "diag.h"

#include <stdarg.h>
#include <stdio.h>

#include <glib.h>

/* The only state that outlives a call; set once, before any work starts. */
static enum diag_level diag_level = DIAG_NORMAL;

void diag_set_level(enum diag_level level)
{
	diag_level = level;
}

static void append_escaped(GString *line, const char *text)
{
	const char *next;
	gunichar c;

	for (; *text; text = next) {
		c = g_utf8_get_char_validated(text, -1);
		if (c == (gunichar)-1 || c == (gunichar)-2) {
			next = text + 1;
			g_string_append_printf(line, "\\x%02x",
					       (unsigned char)*text);
			continue;
		}
		next = g_utf8_next_char(text);
		if (c == '\n')
			g_string_append(line, "\\n");
		else if (g_unichar_iscntrl(c) || c == 0x2028 || c == 0x2029)
			g_string_append_printf(line, "\\x%02x", c);
		else
			g_string_append_len(line, text, next - text);
	}
}

static void print(const char *kind, const char *format, va_list args)
	G_GNUC_PRINTF(2, 0);

static void print(const char *kind, const char *format, va_list args)
{
	GString *line = g_string_new("xen-lockaudit: ");
	char *text = g_strdup_vprintf(format, args);

	g_string_append(line, kind);
	append_escaped(line, text);
	g_string_append_c(line, '\n');
	fputs(line->str, stderr);
	g_free(text);
	g_string_free(line, TRUE);
}

int diag_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print("error: ", format, args);
	va_end(args);
	return -1;
}

void diag_warning(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print("warning: ", format, args);
	va_end(args);
}

void diag_note(const char *format, ...)
{
	va_list args;

	if (diag_level < DIAG_NORMAL)
		return;
	va_start(args, format);
	print("", format, args);
	va_end(args);
}

void diag_verbose(const char *format, ...)
{
	va_list args;

	if (diag_level < DIAG_VERBOSE)
		return;
	va_start(args, format);
	print("", format, args);
	va_end(args);
}
