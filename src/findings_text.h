/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one-line message of a finding, in words. */
#ifndef XLA_FINDINGS_TEXT_H
#define XLA_FINDINGS_TEXT_H

#include "result.h"

/* From the finding's kind, orderings, worlds and stale level; text of r. */
const char *finding_message(struct result *r, const struct finding *f);

#endif
