/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of the locks of an ordering's path belong to one domain. */
#ifndef XLA_DOMAINS_H
#define XLA_DOMAINS_H

#include "handup.h"
#include "result.h"
#include "wayup.h"

/*
 * Numbers the owners of what is held and acquired on the way of P, and tells
 * roles of owners in O's lockset that their own activation did not know.  O's
 * lockset is complete: the locks of the activations on the way, the outermost
 * first, of the holder, and of those below it.
 */
void domains_number(struct handup *h, const struct pair *p,
		    const struct way *way, struct ordering *o);

#endif
