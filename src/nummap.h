/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A table from numbers of 64 bits to numbers. */
#ifndef XLA_NUMMAP_H
#define XLA_NUMMAP_H

#include <stdint.h>

struct nummap;

struct nummap *nummap_new(void);
void nummap_free(struct nummap *m);

#define NUMMAP_KEY(high, low) ((uint64_t)(high) << 32 | (uint32_t)(low))

/*
 * Where the value of KEY stands, which is not UINT64_MAX; 0 if it is new.
 * Borrowed until the next call.
 */
uint32_t *nummap_at(struct nummap *m, uint64_t key);

/* Spreads the bits of a number over all 64. */
static inline uint64_t nummap_hash(uint64_t x)
{
	x = (x ^ (x >> 32)) * UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 29)) * UINT64_C(0xbf58476d1ce4e5b9);
	return x ^ (x >> 32);
}

#endif
