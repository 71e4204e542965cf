/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why a pair of locks that calls alone would allow is in no ordering: what cuts
 * each way from where the one is held to where the other is acquired.
 */
#ifndef XLA_WHY_H
#define XLA_WHY_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "handup.h"
#include "reach.h"
#include "result.h"

/* The manual page explain(1) tells what each of them means. */
enum why_kind {
	WHY_RELEASE, WHY_CONSTANT, WHY_GUARD, WHY_IDENTITY, WHY_WORLD,
	WHY_RECURSION, WHY_CONTEXT, WHY_NOT_REACHED, WHY_KIND_NR,
};

extern const char *const why_words[];

/* INSTANCE_ANY: of any kind.  The function may be NULL. */
struct why_request {
	uint32_t held, acquired; /* index into the result's classes + 1 */
	enum instance_kind held_instance, acquired_instance;
	const char *function;	/* the holder, or on the way */
};

/* One cut: what is at PLACE excludes the ways through it. */
struct why_reason {
	enum why_kind kind;
	struct site place;
	char *text;		/* what is so, for people; owned */
	GArray *path;		/* struct site: calls from the holder down to
				 * where the way is cut */
	uint32_t seen;		/* so many times */
};

struct why_answer {
	bool is_possible;	/* calls alone would allow it */
	GPtrArray *ordering;	/* struct ordering *, borrowed: it is reported */
	GPtrArray *reason;	/* struct why_reason *: if it is not; the first
				 * one is the nearest */
};

/* R has all orderings of H.  To be freed. */
struct why_answer *why_not(struct handup *h, const struct reach *reach,
			   struct result *r, const struct why_request *request);
void why_answer_free(struct why_answer *answer);

#endif
