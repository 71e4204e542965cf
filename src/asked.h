/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which locks were asked for between the two of a pair, and need not be held any
 * more: where one was out of order, the run-time check has stopped there.
 */
#ifndef XLA_ASKED_H
#define XLA_ASKED_H

#include <stdbool.h>
#include <stdint.h>

#include "candidate.h"

/*
 * On each path of K that the exploration has found, as far as it can tell: what
 * is not certain is left out, so that nothing is taken for stopped that is not.
 */
struct asked_classes asked_between(const struct handup *h,
				   const struct candidate *k);

/*
 * Is what the asks of K's pair, of one path, speak of enough to say that this one
 * never gets to the acquisition, but where some owner is a control domain that
 * need not be one?  No judgement is made of it: it tells a witness that a reader
 * can follow from one that he cannot.
 */
bool asked_is_stopped(const struct handup *h, const struct candidate *k);

#endif
