/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In words: what the tree's own check at run time makes of an ordering. */
#ifndef XLA_RUNTIME_TEXT_H
#define XLA_RUNTIME_TEXT_H

#include "result.h"

/* One or two sentences; for g_free. */
char *runtime_text(const struct result *r, const struct ordering *o);

/* The same of a level in force that the locks held do not justify. */
char *runtime_text_lone(const struct lone_lock *s);

#endif
