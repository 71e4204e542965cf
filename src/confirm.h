/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Replays the witnesses of candidates: first along the way that was found, and
 * if that cannot be, along others that tell the same.
 */
#ifndef XLA_CONFIRM_H
#define XLA_CONFIRM_H

#include <glib.h>

#include "candidate.h"

struct cfg;

/*
 * Sets the legs of CANDIDATES, of struct candidate *, and whether they were
 * replayed.  Those that may be out of order come first, as the budget of all
 * replays may not do for all.  H, W and CFG are borrowed.
 */
void confirm_all(struct handup *h, struct wayup *w, struct cfg *cfg,
		 const GPtrArray *candidates);

#endif
