/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A result as bytes and back: what is kept of a revision so that asking again
 * takes no time.  The stream is for one version of this tool.  Layout:
 * "XLAR", a version byte, the XXH3 hash (8 bytes, lowest first) of all that
 * follows; then the texts, each once, and the tables, in the numbers of
 * bytes.h.  Findings are not in it: findings_make makes them again.
 */
#ifndef XLA_RESULT_BYTES_H
#define XLA_RESULT_BYTES_H

#include <stddef.h>
#include <stdint.h>

#include "result.h"

/* Appends to out. */
void result_encode(const struct result *r, GByteArray *out);

/* *out is a new result without findings; or NULL, and the return is -1: the
 * bytes are damaged or of another version.  Prints nothing. */
int result_decode(struct result **out, const uint8_t *bytes, size_t size);

/* The same of orderings alone; decoding adds them to those of r, which has the
 * classes that they are of.  If that fails, some may have been added. */
void result_encode_orderings(const struct result *r, GByteArray *out);
int result_decode_orderings(struct result *r, const uint8_t *bytes,
			    size_t size);

#endif
