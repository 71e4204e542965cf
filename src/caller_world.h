/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the current domain must be for a pair of locks to come about: an HVM
 * guest, say.  The model names such facts; a pair has one if no way on which
 * it is otherwise tells the same.
 */
#ifndef XLA_CALLER_WORLD_H
#define XLA_CALLER_WORLD_H

#include <glib.h>

#include "handup.h"
#include "wayup.h"

struct caller_worlds;

/* Borrows both.  H has all pairs by now. */
struct caller_worlds *caller_worlds_new(struct handup *h, struct wayup *w);
void caller_worlds_free(struct caller_worlds *c);

/*
 * Appends to OUT, of const char *, the model's words for what the caller is
 * wherever one of ALL, of const struct pair *, H's pairs, is told as at the end
 * of WAY, which is one of P's.
 * Approximation: what a search that met its bound might have found counts as
 * found, and so does what a full guard cannot exclude: a word too few.
 */
void caller_worlds_find(struct caller_worlds *c, const struct pair *p,
			const struct way *way, const GPtrArray *all,
			GPtrArray *out);

#endif
