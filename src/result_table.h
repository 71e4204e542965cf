/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making, filling and ordering a struct result.
 */
#ifndef XLA_RESULT_TABLE_H
#define XLA_RESULT_TABLE_H

#include "result.h"

/* An empty result: every array exists, every string is "" or NULL where
 * result.h says so. */
struct result *result_new(void);
void result_free(struct result *r);

/* A copy of text that lives as long as r; the same text gives the same
 * pointer.  NULL gives NULL. */
const char *result_text(struct result *r, const char *text);

/* New elements, appended to r and owned by it: arrays exist and are empty,
 * strings are "", levels -1. */
struct ordering *result_add_ordering(struct result *r);
struct lone_lock *result_add_lone(struct result *r);
struct finding *result_add_finding(struct result *r);
struct assumption *result_add_assumption(struct result *r);

/* An ordering that is no result's; to be freed by ordering_free(), which is a
 * GDestroyNotify. */
struct ordering *ordering_new(void);
void ordering_free(void *ordering);

/* Drops all findings. */
void result_clear_findings(struct result *r);

/*
 * Gives every ordering and assumption its id and puts all arrays in their
 * order.  Ids are hashes of what cli.md lists, never of lines or of the
 * witness; where several sites of one function make equal keys, the second
 * and further ones in order of place are numbered.  Classes must be in place
 * and sorted before.  Call it before findings are made.
 */
void result_sort(struct result *r);

/* 16 hex digits of the XXH3 of key, as text of r. */
const char *result_hash(struct result *r, const GString *key);

/* Appends to key what identifies one lock of an ordering. */
void result_key_lock(GString *key, const struct result *r,
		     const struct lock_ref *lock);

const struct lock_class *result_class(const struct result *r, uint32_t class);

/* Does the ledger, a failed file or an empty tree stand against a proof? */
bool result_is_incomplete(const struct result *r);

/* The ordering or finding whose id starts with prefix, in *ordering or
 * *finding; the other is NULL.  -1 with a message if none or several do. */
int result_find(const struct result *r, const char *prefix,
		const struct ordering **ordering,
		const struct finding **finding);

#endif
