/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Of the functions that a call through a pointer may go to as far as members
 * go, those that are stored to the objects that it may be made through.
 */
#ifndef XLA_NARROW_H
#define XLA_NARROW_H

#include "pointsto.h"

/* Takes targets out of IN's "target"; sites of other reasons than TARGET_FLOW
 * keep theirs. */
void narrow_sites(const struct pointsto_input *in);

#endif
