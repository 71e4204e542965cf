/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Locks that are acquired in interrupt context. */
#ifndef XLA_INTERRUPT_H
#define XLA_INTERRUPT_H

#include "handup.h"
#include "result.h"

/*
 * Appends to r->lone one entry for each function that is called in interrupt
 * context and acquires an mm lock, whatever it interrupts: the locks held there
 * would make a product that tells nothing more.
 */
void interrupt_collect(const struct handup *h, struct result *r);

#endif
