/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a tree compares the level of a lock with that in force. */
#ifndef XLA_RULE_CHECK_H
#define XLA_RULE_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "facts_table.h"

/*
 * Does CHECK, which has a body, stop the path exactly if the level in force is
 * above that of the lock?  That is what LEVEL_FUNCTION returns for the check's
 * own parameters, or, if it is NULL, the check's number.  *line is that of the
 * comparison, or of what was not understood.
 */
bool rule_check_read(const struct facts *f, const struct fact_function *check,
		     const char *level_function, uint32_t *line);

#endif
