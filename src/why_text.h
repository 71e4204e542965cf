/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Questions "why not" as they are asked, and answers as text. */
#ifndef XLA_WHY_TEXT_H
#define XLA_WHY_TEXT_H

#include <stdio.h>

#include "why.h"

/*
 * Reads a lock, "CLASS" or "CLASS:INSTANCE".  -1 if the tree has no such class
 * or there is no such instance: told with diag_error.
 */
int why_read_lock(const struct result *r, const char *text, uint32_t *class,
		  enum instance_kind *instance);

/* Prints the answer to REQUEST. */
void why_put(FILE *out, const struct result *r,
	     const struct why_request *request,
	     const struct why_answer *answer);

#endif
