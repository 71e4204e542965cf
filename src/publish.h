/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A folder of reports for people: page, picture, and the JSON. */
#ifndef XLA_PUBLISH_H
#define XLA_PUBLISH_H

#include "check.h"

/* Writes the first page under its name, the other pages beside it, graph.svg
 * and report.json into dir, which is made if it does not exist.  The orderings
 * of c are judged under several rules on the way, and at last under the one
 * named again.  0, or -1 with a message. */
int publish(struct check *c, const char *rule, const char *dir,
	    const char *page);

#endif
