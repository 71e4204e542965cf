/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Facts as bytes and back.  The stream is for one version of this tool: it
 * goes from worker to parent, into a cache, and into shards.  Layout: "XLAF",
 * a version byte, the XXH3 hash (8 bytes, lowest first) of all that follows;
 * then counts, strings, tables and bodies, all in the numbers of bytes.h.
 *
 * Reading is total: whatever the bytes are, the result is -1 or facts whose
 * every index is in range, in the bodies too.  Also held are:
 *   - operands of an expression come before it; none is deeper than 4096;
 *   - a body has nodes (node 1 exists) and its parameters;
 *   - a chain of fact_type.target ends.
 * What the encoder gets must hold to the same, or it will not read back.
 *
 * Operands that facts_table.h says are unused are dropped, and a node's slice
 * of extra[] or cases[] is written with the node: equal bodies give equal
 * bytes however their tables were laid out.
 */
#ifndef XLA_FACTS_IO_H
#define XLA_FACTS_IO_H

#include <stddef.h>
#include <stdint.h>

#include "facts_table.h"

/* Appends f's bytes to out. */
void facts_encode(const struct facts *f, GByteArray *out);

/* *out is new facts, or NULL and the return is -1; prints nothing. */
int facts_decode(struct facts **out, const uint8_t *bytes, size_t len);

/* Appends the bytes of one body to out, without a header. */
void body_encode(const struct fact_body *body, GByteArray *out);

/*
 * A new body, to be freed with body_free (facts_free does it once it is put in
 * a function); its strings belong to f, and its indices are in range of f's
 * tables.  Else -1, *out is NULL, and nothing is printed.
 */
int body_decode(struct fact_body **out, struct facts *f, const uint8_t *bytes,
		size_t len);

#endif
