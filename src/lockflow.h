/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which locks of its callers a function may release or ask about.  Only these
 * are part of its contexts: what is acquired under the others is found when
 * acquisitions are handed up (order.c).
 */
#ifndef XLA_LOCKFLOW_H
#define XLA_LOCKFLOW_H

struct program;

/*
 * Fills p->lock_bit, p->takes, p->gives, p->releases, p->releases_own and
 * p->acquired_before.  Needs p->lp, p->cg and p->locks.
 *
 * A release counts as one of a caller's lock if some path from the
 * function's entry to it does not acquire a lock at the same member first,
 * whatever the object; objects and conditions are not looked at, so that the
 * set is too large rather than too small.
 */
void lockflow_mark(struct program *p);

#endif
