/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which checks of access have been passed wherever control gets to a node: a
 * forward analysis of one body, in which what differs between paths is lost.
 * A function that is called at one place only begins with what its caller has
 * passed there, so that a check of a command counts where the callee finds out
 * which command it is.
 */
#ifndef XLA_PRIVILEGE_H
#define XLA_PRIVILEGE_H

#include "access_check.h"

struct privileges;

/* Never NULL.  Borrows all three. */
struct privileges *privileges_new(const struct facts *f, const struct model *m,
				  const struct callgraph *cg);
void privileges_free(struct privileges *p);

/*
 * What the current domain must be where NODE of FUNCTION is reached, but where
 * a policy decides.  Approximations: only what the function itself, or its one
 * caller, has asked counts; a member that no other function assigns to, or
 * of a local, keeps its value (the command in a request that was copied from a
 * guest).
 */
enum privilege privileges_at(struct privileges *p, fact_id function,
			     uint32_t node);

/* Does the tree have the function that makes one control domain only? */
bool privileges_sole_control(const struct privileges *p);

/* As access_checks_policy(). */
const char *privileges_policy(const struct privileges *p);

#endif
