/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A baseline: findings that are known and accepted, a text file with an id
 * and a reason a line.  Lines that start with '#' are comments.
 */
#ifndef XLA_BASELINE_H
#define XLA_BASELINE_H

#include "result.h"

/* Marks the findings of r that the file names.  -1 with a message that names
 * the line if the file cannot be read or is no baseline. */
int baseline_apply(const char *path, struct result *r);

/* Writes all findings of r; the reasons of ids that old (a file, or NULL)
 * has are kept. */
int baseline_write(const char *path, const char *old, const struct result *r);

#endif
