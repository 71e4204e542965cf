/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON, written as it comes.  In arrays, values follow each other; in objects,
 * each value follows its key.
 */
#ifndef XLA_JSON_WRITER_H
#define XLA_JSON_WRITER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <glib.h>

struct json_writer;

/*
 * To OUT, which is borrowed; NULL: to a text.  If INDENT, each value gets a
 * line, indented by a blank a level; else there are no blanks.
 */
struct json_writer *json_writer_new(FILE *out, bool indent);

/*
 * Ends with a line feed and frees W.  The text, for g_free(); NULL if there
 * is an OUT.
 */
char *json_writer_finish(struct json_writer *w);

/* BRACKET is [ or {, and its counterpart at the end. */
void json_open(struct json_writer *w, char bracket);
void json_close(struct json_writer *w, char bracket);

/* KEY needs no escapes. */
void json_key(struct json_writer *w, const char *key);

/* NULL is null; what is no UTF-8 is made so. */
void json_text(struct json_writer *w, const char *text);
void json_number(struct json_writer *w, int64_t number);
/* true, false or null */
void json_word(struct json_writer *w, const char *word);

/* A key and its value. */
void json_put_text(struct json_writer *w, const char *key, const char *text);
void json_put_number(struct json_writer *w, const char *key, int64_t number);
void json_put_bool(struct json_writer *w, const char *key, bool value);
/* TEXTS: const char *. */
void json_put_texts(struct json_writer *w, const char *key,
		    const GPtrArray *texts);

#endif
