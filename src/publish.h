/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A folder of reports for people: page, picture, and the JSON. */
#ifndef XLA_PUBLISH_H
#define XLA_PUBLISH_H

#include "result.h"

/* Writes the page under its name, graph.svg and report.json into dir, which is
 * made if it does not exist.  0, or -1 with a message. */
int publish(const struct result *r, const char *dir, const char *page);

#endif
