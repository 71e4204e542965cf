/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HTML, written as it comes.  Names, paths and source lines come from a tree
 * that nobody vouches for: they reach a page through html_text or, in data for
 * scripts, through text_visible, and in no other way.
 */
#ifndef XLA_HTML_H
#define XLA_HTML_H

#include <stdio.h>

/*
 * What can be shown of text: valid UTF-8 in which control characters, and those
 * that change the direction of what follows, stand as escapes (\n, \x1b,
 * \u202e).  A tab is a blank.  For g_free.
 */
char *text_visible(const char *text);

/* Text, made visible and escaped; may stand in an attribute in quotes. */
void html_text(FILE *out, const char *text);

/* <TAG>text</TAG>; tag may name a class as "tag.class". */
void html_element(FILE *out, const char *tag, const char *text);

/* As a part of a link after '?' or '#'. */
void html_query(FILE *out, const char *text);

/* 12345 as 12,345. */
void html_number(FILE *out, unsigned number);

#endif
