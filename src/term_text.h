/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Terms and guards as C text, for people. */
#ifndef XLA_TERM_TEXT_H
#define XLA_TERM_TEXT_H

#include <glib.h>

#include "term.h"

struct program;

/*
 * Appends ID to OUT.  FUNCTION gives the symbols the names of its parameters;
 * 0: they are numbered.
 */
void term_text(const struct program *p, const struct terms *t,
	       uint32_t function, term_id id, GString *out);

/* Appends a literal (state.h). */
void term_text_literal(const struct program *p, const struct terms *t,
		       uint32_t function, uint32_t literal, GString *out);

#endif
