/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expressions as text that looks like the C they come from. */
#ifndef XLA_EXPR_TEXT_H
#define XLA_EXPR_TEXT_H

#include "body_defs.h"

/*
 * Appends the value of an expression; casts are left out, a temporary is shown
 * as what it holds if that is one thing, "?" is what cannot be said, and long
 * text ends in "...".
 */
void expr_text(GString *out, const struct facts *f,
	       const struct fact_body *body, const struct body_defs *defs,
	       uint32_t expr);

#endif
