/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The width of a terminal, and wrapping. */
#include "tty.h"

#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <glib.h>

enum { NARROWEST = 40 };

unsigned tty_width(int fd)
{
	const char *columns = g_getenv("COLUMNS");
	struct winsize size;
	guint64 nr = 0;

	if (!isatty(fd))
		return 0;
	if (columns && g_ascii_string_to_unsigned(columns, 10, 1, 10000, &nr,
						  NULL))
		return MAX((unsigned)nr, NARROWEST);
	if (ioctl(fd, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
		return 80;
	return MAX(size.ws_col, (unsigned)NARROWEST);
}

/* Bytes that are no character of UTF-8 take a column each, as they come. */
static const char *next_char(const char *c)
{
	gunichar u = g_utf8_get_char_validated(c, -1);

	return (gint32)u < 0 ? c + 1 : g_utf8_next_char(c);
}

/* Columns of the word at text, which ends with a blank or the text. */
static unsigned word_columns(const char *text, const char **end)
{
	unsigned columns = 0;

	while (*text && *text != ' ') {
		if (*text == '\033') {
			text += strcspn(text, "m");
			text += *text == 'm';
			continue;
		}
		columns++;
		text = next_char(text);
	}
	*end = text;
	return columns;
}

/* What fits of a word that is wider than a line; it has no colours. */
static const char *first_part(const char *word, const char *end,
			      unsigned columns)
{
	while (columns-- > 0 && word < end)
		word = next_char(word);
	return MIN(word, end);
}

/* A word at column at; lines after the first begin with indent blanks. */
static unsigned put_word(FILE *out, const char *word, const char *end,
			 unsigned columns, unsigned at, unsigned indent,
			 unsigned width)
{
	while (width && at + columns > width && width > indent &&
	       !memchr(word, '\033', (size_t)(end - word))) {
		const char *part = first_part(word, end, width - at);

		fwrite(word, 1, (size_t)(part - word), out);
		fprintf(out, "\n%*s", (int)indent, "");
		columns -= MIN(columns, width - at);
		at = indent;
		word = part;
	}
	fwrite(word, 1, (size_t)(end - word), out);
	return at + columns;
}

void tty_wrap(FILE *out, const char *text, unsigned indent,
		   unsigned width)
{
	unsigned at = 0;
	bool is_first = true;

	while (*text) {
		size_t blanks = strspn(text, " ");
		const char *word = text + blanks, *end;
		unsigned columns = word_columns(word, &end);

		if (word == end)
			break;
		if (!is_first && width && at + blanks + columns > width) {
			fprintf(out, "\n%*s", (int)indent, "");
			at = indent;
		} else {
			fprintf(out, "%*s", (int)blanks, "");
			at += (unsigned)blanks;
		}
		at = put_word(out, word, end, columns, at, indent, width);
		is_first = false;
		text = end;
	}
	putc('\n', out);
}
