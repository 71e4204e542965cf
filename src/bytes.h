/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers and texts in a stream of bytes.  A number takes 7 bits a byte, the
 * lowest first, the top bit set on all bytes but the last; a signed one is
 * folded first (0, -1, 1, -2, ...); a text is its length and its bytes.
 *
 * Reading never goes past the end.  Whatever is wrong with the input sets
 * `bad`, which stays set, and yields 0: a reader may test it once at the end.
 */
#ifndef XLA_BYTES_H
#define XLA_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

struct byte_reader {
	const uint8_t *at, *end;
	bool bad;
};

void bytes_put(GByteArray *out, uint64_t value);
void bytes_put_signed(GByteArray *out, int64_t value);
void bytes_put_text(GByteArray *out, const char *text);

uint64_t bytes_get(struct byte_reader *r);
int64_t bytes_get_signed(struct byte_reader *r);

/* A number below limit; anything else is bad. */
uint32_t bytes_get_below(struct byte_reader *r, uint32_t limit);

/*
 * The number of things that follow, each of which takes a byte at least: so a
 * damaged count cannot ask for much more memory than the input has bytes.
 */
uint32_t bytes_get_count(struct byte_reader *r);

/* A string of its own, to be freed with g_free; NULL if bad. */
char *bytes_get_text(struct byte_reader *r);

#endif
