/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Symbolic values as text that looks like C. */
#ifndef XLA_TERM_TEXT_H
#define XLA_TERM_TEXT_H

#include <glib.h>

#include "facts.h"
#include "term.h"

/*
 * Appends the value ID; FUNCTION, which may be 0, is whose arguments and
 * locals it speaks of.  "?" is what has no name.
 */
void term_text(GString *out, const struct facts *f, const struct terms *t,
	       fact_id function, term_id id);

#endif
