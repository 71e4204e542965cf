/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Members that are flags: all that is stored to them are constants, and some
 * function that takes a lock sets one, makes calls that may lock, and sets it
 * back; elsewhere one decides whether such a call is made.  Whether one of them may have been written tells states apart; of
 * other members that is only remembered.
 */
#ifndef XLA_FLAGS_H
#define XLA_FLAGS_H

#include <stdint.h>

struct program;

/*
 * A bit set of tracked members, by p->track_index; the caller frees it.  P has
 * what each function reads itself.
 */
uint64_t *flags_find(const struct program *p);

#endif
