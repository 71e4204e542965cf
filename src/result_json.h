/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A result as JSON: the form that users and CI read, and that is stored with
 * the facts and read back.
 */
#ifndef XLA_RESULT_JSON_H
#define XLA_RESULT_JSON_H

#include <stdio.h>

#include "result.h"

enum json_use {
	JSON_REPORT,	/* everything */
	JSON_STORE,	/* without what follows from the rest */
};

/* The whole result, one object, ending with a line feed; for g_free. */
char *result_json_write(const struct result *r, enum json_use use);

/* The same for JSON_REPORT, to OUT; whether that failed, its ferror() tells. */
void result_json_print(FILE *out, const struct result *r);

/*
 * Reads what result_json_write wrote, in either use.  0: *out is the
 * caller's.  -1, without a message: text is damaged or of another form;
 * nothing is handed over.
 */
int result_json_read(struct result **out, const char *text);

#endif
