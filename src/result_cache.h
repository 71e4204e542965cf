/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Results kept in a directory by key.  Runs may share the directory and be
 * killed at any point; what is damaged counts as not there.
 */
#ifndef XLA_RESULT_CACHE_H
#define XLA_RESULT_CACHE_H

#include "result.h"

/*
 * A key, for g_free: a sum of the given texts and of this very program, as
 * another build of it may find something else.  texts ends with NULL.
 */
char *result_cache_key(const char *const *texts);

/* The result without findings, which is the caller's; NULL: there is none.
 * directory NULL: nothing is kept. */
struct result *result_cache_get(const char *directory, const char *key);

/* A result that cannot be kept costs time later, nothing else: a warning. */
void result_cache_put(const char *directory, const char *key,
		      const struct result *r);

#endif
