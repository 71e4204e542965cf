/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls that no call expression shows: a function that another CPU runs while
 * this one waits for it, and the handler of a fault that an access to guest
 * memory may raise.
 */
#ifndef XLA_HIDDEN_H
#define XLA_HIDDEN_H

#include "facts.h"

struct model;

/*
 * Adds the calls that the entries "waits-for" and "may-fault" of M speak of to
 * the bodies in F.  Each is a way that ends at the call: what it changes is not
 * seen by its caller, and what it acquires is.  Cannot fail; names that F lacks
 * do nothing.
 */
void hidden_calls_add(struct facts *f, const struct model *m);

#endif
