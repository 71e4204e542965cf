/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Access paths: which object an address is in, and by which members it was
 * reached, "hvm_funcs", "cpu_nfb.notifier_call", "any.timer.function".
 * Elements of an array are one.
 */
#ifndef XLA_ACCESS_H
#define XLA_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "facts.h"

/* An access path; equal paths have equal ids.  0: none. */
typedef uint32_t access_id;

enum { ACCESS_ANY = 1 };	/* some address; nothing is known of it */

struct accesses;

/* Never NULL.  F must outlive it. */
struct accesses *accesses_new(const struct facts *f);
void accesses_free(struct accesses *w);

/* The whole variable of that number, which is not 0, and type. */
access_id access_root(struct accesses *w, uint32_t object, fact_id type);

/* A member of what is at BASE.  If that is of another type, the path starts
 * anew: the member of some record. */
access_id access_member(struct accesses *w, access_id base, fact_id field);

/* The record whose member FIELD is at X. */
access_id access_container(const struct accesses *w, access_id x,
			   fact_id field);

/* The last member, or 0 of a whole variable; what is before it; the number of
 * the variable at the beginning, or 0 if that is any. */
fact_id access_field(const struct accesses *w, access_id x);
access_id access_parent(const struct accesses *w, access_id x);
uint32_t access_object(const struct accesses *w, access_id x);

/* Could both be one place? */
bool access_may_alias(const struct accesses *w, access_id x, access_id y);

/* Is a record there, or an array of such? */
bool access_is_record(const struct accesses *w, access_id x);

/* Is a RECORD in each OUTER, as a member or element, or the same? */
bool access_record_holds(const struct accesses *w, fact_id outer,
			 fact_id record);

#endif
