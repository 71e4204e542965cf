/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keeps a cache of files below a size.  An entry's time of modification is
 * that of its last use.
 */
#ifndef XLA_CACHE_LIMIT_H
#define XLA_CACHE_LIMIT_H

#include <stdint.h>

/* What --cache-size says: a number, perhaps with K, M or G behind it; NULL:
 * the default of 2 GiB; 0: no limit.  -1 with a message. */
int cache_limit_parse(const char *text, uint64_t *bytes);

/* The entry has been used now; that it is gone is no failure. */
void cache_limit_touch(const char *path);

/*
 * Removes files below directory, those not used for longest first, until what
 * is left has no more than this many bytes; 0 removes nothing.  Others may
 * read, write and prune it meanwhile: what they lose is a miss.  Links and what
 * is no regular file are left alone.  Cannot fail.
 */
void cache_limit_apply(const char *directory, uint64_t bytes);

#endif
