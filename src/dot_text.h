/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts in the dot language: the only way for names of the audited tree. */
#ifndef XLA_DOT_TEXT_H
#define XLA_DOT_TEXT_H

#include <glib.h>

/* As a quoted string, visible; backslashes stand for themselves. */
void dot_quoted(GString *dot, const char *text);

/* Inside an HTML-like label, visible. */
void dot_markup(GString *dot, const char *text);

#endif
