/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "json_writer.h"

#include <inttypes.h>
#include <string.h>

#include <glib.h>

/* What is longer goes to the file. */
enum { BUFFER_MAX = 1 << 16 };

struct json_writer {
	FILE *out;		/* or NULL */
	GString *text;		/* not yet in OUT */
	bool indent;
	unsigned depth;
	bool is_first;		/* in the innermost array or object */
	bool has_key;		/* a key stands before the next value */
};

struct json_writer *json_writer_new(FILE *out, bool indent)
{
	struct json_writer *w = g_new0(struct json_writer, 1);

	w->out = out;
	w->text = g_string_sized_new(out ? 2 * BUFFER_MAX : 1 << 20);
	w->indent = indent;
	w->is_first = true;
	return w;
}

static void flush(struct json_writer *w)
{
	fwrite(w->text->str, 1, w->text->len, w->out);
	g_string_truncate(w->text, 0);
}

char *json_writer_finish(struct json_writer *w)
{
	char *text = NULL;

	g_string_append_c(w->text, '\n');
	if (w->out) {
		flush(w);
		g_string_free(w->text, TRUE);
	} else {
		text = g_string_free(w->text, FALSE);
	}
	g_free(w);
	return text;
}

static void new_line(struct json_writer *w)
{
	if (!w->indent)
		return;
	g_string_append_c(w->text, '\n');
	for (unsigned i = 0; i < w->depth; i++)
		g_string_append_c(w->text, ' ');
}

/* What stands between two values, or before the first. */
static void separate(struct json_writer *w)
{
	if (w->out && w->text->len >= BUFFER_MAX)
		flush(w);
	if (!w->is_first)
		g_string_append_c(w->text, ',');
	if (w->depth)
		new_line(w);
	w->is_first = false;
}

static void before_value(struct json_writer *w)
{
	if (!w->has_key)
		separate(w);
	w->has_key = false;
}

void json_open(struct json_writer *w, char bracket)
{
	before_value(w);
	g_string_append_c(w->text, bracket);
	w->depth++;
	w->is_first = true;
}

void json_close(struct json_writer *w, char bracket)
{
	w->depth--;
	if (!w->is_first)
		new_line(w);
	g_string_append_c(w->text, bracket);
	w->is_first = false;
}

void json_key(struct json_writer *w, const char *key)
{
	separate(w);
	g_string_append_c(w->text, '"');
	g_string_append(w->text, key);
	g_string_append(w->text, w->indent ? "\": " : "\":");
	w->has_key = true;
}

static bool needs_escape(char c)
{
	return (unsigned char)c < 0x20 || c == '"' || c == '\\';
}

static void escape(GString *out, char c)
{
	static const char names[] = "\"\"\\\\\bb\ff\nn\rr\tt";

	for (const char *name = names; *name; name += 2) {
		if (*name != c)
			continue;
		g_string_append_c(out, '\\');
		g_string_append_c(out, name[1]);
		return;
	}
	g_string_append_printf(out, "\\u%04X", (unsigned)(unsigned char)c);
}

static void quote(GString *out, const char *text)
{
	g_string_append_c(out, '"');
	while (*text) {
		size_t len = 0;

		while (text[len] && !needs_escape(text[len]))
			len++;
		g_string_append_len(out, text, (gssize)len);
		text += len;
		if (*text)
			escape(out, *text++);
	}
	g_string_append_c(out, '"');
}

void json_text(struct json_writer *w, const char *text)
{
	char *valid;

	if (!text) {
		json_word(w, "null");
		return;
	}
	before_value(w);
	if (g_utf8_validate(text, -1, NULL)) {
		quote(w->text, text);
		return;
	}
	valid = g_utf8_make_valid(text, -1);
	quote(w->text, valid);
	g_free(valid);
}

void json_number(struct json_writer *w, int64_t number)
{
	char text[24];

	g_snprintf(text, sizeof(text), "%" PRId64, number);
	json_word(w, text);
}

void json_word(struct json_writer *w, const char *word)
{
	before_value(w);
	g_string_append(w->text, word);
}

void json_put_text(struct json_writer *w, const char *key, const char *text)
{
	json_key(w, key);
	json_text(w, text);
}

void json_put_number(struct json_writer *w, const char *key, int64_t number)
{
	json_key(w, key);
	json_number(w, number);
}

void json_put_bool(struct json_writer *w, const char *key, bool value)
{
	json_key(w, key);
	json_word(w, value ? "true" : "false");
}

void json_put_texts(struct json_writer *w, const char *key,
		    const GPtrArray *texts)
{
	json_key(w, key);
	json_open(w, '[');
	for (guint i = 0; i < texts->len; i++)
		json_text(w, texts->pdata[i]);
	json_close(w, ']');
}
