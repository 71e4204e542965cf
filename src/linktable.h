/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tables that the linker makes: arrays that no C file defines, whose elements
 * are variables that were put into sections.
 */
#ifndef XLA_LINKTABLE_H
#define XLA_LINKTABLE_H

#include "facts.h"

/*
 * Per global: of a table the variables (fact_id) that may be in it, else NULL.
 * To be freed with linktables_free.
 */
GArray **linktables_new(const struct facts *f);
void linktables_free(GArray **table, const struct facts *f);

#endif
