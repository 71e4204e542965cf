/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A baseline: findings that are known and accepted, a text file with one a
 * line and a reason each, never a line number of the source.  A finding is
 * named by its id, or by its kind, the class held and the class acquired, and
 * the holder: '*' for any.  Of a finding without orderings the class held is
 * '-' and the holder is the function of its place.  Lines that start with '#'
 * are comments.
 *
 *	0123456789abcdef reason
 *	level-violation pod altp2mlist p2m_pod_demand_populate reason
 */
#ifndef XLA_BASELINE_H
#define XLA_BASELINE_H

#include "result.h"

/*
 * Marks the findings of r that the file names, and sets r->absent to what it
 * names that r does not have.  -1 with a message that names the line if the
 * file cannot be read or is no baseline.
 */
int baseline_apply(const char *path, struct result *r);

/* Writes all findings of r but those that the source itself justifies; what
 * old (a file, or NULL) says of them is kept. */
int baseline_write(const char *path, const char *old, const struct result *r);

#endif
