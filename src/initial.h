/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What constant variables hold: their initialisers. */
#ifndef XLA_INITIAL_H
#define XLA_INITIAL_H

#include "term.h"

struct program;
struct initials;

struct initials *initials_new(const struct program *p, struct terms *t);
void initials_free(struct initials *i);

/* The value at ADDRESS; 0 if it lies in no constant with an initialiser. */
term_id initials_load(const struct initials *i, struct terms *t,
		      term_id address);

#endif
