/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a linker script says of the sections between labels.
 */
#ifndef XLA_LINKSCRIPT_H
#define XLA_LINKSCRIPT_H

#include <stdbool.h>

#include "facts.h"

struct linkscript;

/* Never NULL; empty. */
struct linkscript *linkscript_new(void);
void linkscript_free(struct linkscript *w);

/* Adds what the script says; a file that cannot be read says nothing, false. */
bool linkscript_read(struct linkscript *w, const char *path);

/* Sets the "section" of labels among the globals of a translation unit. */
void linkscript_apply(const struct linkscript *w, struct facts *f);

#endif
