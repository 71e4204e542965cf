/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which calls can reach a lock primitive, constant arguments considered: a
 * page allocated for nobody takes no domain's lock.
 */
#ifndef XLA_LOCKREACH_H
#define XLA_LOCKREACH_H

#include <stdint.h>

struct program;

/*
 * Fills p->locks (per function, arguments unknown) and p->site_locks (per
 * call site of the call graph).  Needs p->lp, p->cg, p->opaque and
 * p->context_of.
 */
void lockreach_mark(struct program *p);

#endif
