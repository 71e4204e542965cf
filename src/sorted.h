/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two locks of one class that the code takes in an order by value. */
#ifndef XLA_SORTED_H
#define XLA_SORTED_H

#include <stdbool.h>

#include "handup.h"
#include "origin.h"

/*
 * Does P's holder take the two locks, the held one where FROM says, in
 * ascending order of a number: that of their domains, as it has compared it;
 * of the arguments of the two calls, as it has compared them; or of the index
 * that a loop counts up?
 */
bool sorted_pair(const struct explorer *x, const struct handup *h,
		 const struct pair *p, const struct origin *from);

#endif
