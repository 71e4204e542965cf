/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Things with guards that are alike in everything else are a group.  One whose
 * guard says no more than another one's stands for that one, so that a group
 * has few of them: the guards only ever become fewer or weaker.
 */
#ifndef XLA_GUARD_GROUP_H
#define XLA_GUARD_GROUP_H

#include <stdbool.h>
#include <stdint.h>

#include "numset.h"
#include "term.h"

/*
 * Of more, the two most alike are joined to what they have in common.
 * Approximation: that adds ways, and removes none.
 */
enum { GROUP_MAX = 3 };

struct guard_group {
	uint32_t nr;
	bool asserted;		/* the caller's: only failing assertions lead to
				 * them */
	struct {
		uint32_t index;	/* the caller's number of it */
		uint32_t guard;	/* a set of literals */
	} member[GROUP_MAX];
};

struct guard_groups;

/* Both are borrowed: the literals' terms, and the sets that the guards are. */
struct guard_groups *guard_groups_new(struct terms *t, struct numsets *sets);
void guard_groups_free(struct guard_groups *g);

/* The group that NR words, the same number each time, tell from others; empty
 * at first.  Valid until the next one is asked for. */
struct guard_group *guard_groups_find(struct guard_groups *g,
				      const uint32_t *words, uint32_t nr);

/* The place in GROUP of one whose guard says no more than GUARD, so that it
 * stands for one that has it; or group->nr. */
uint32_t guard_group_find(const struct guard_groups *g,
			  const struct guard_group *group, uint32_t guard);

/* Called for the number of each that leaves its group. */
typedef void guard_kill_fn(void *context, uint32_t index);

/*
 * One with *GUARD, for which none stands, is to be added.  *GUARD may become
 * weaker; those for which it stands then are gone, and there is room for it.
 */
void guard_group_make_room(struct guard_groups *g, struct guard_group *group,
			   uint32_t *guard, guard_kill_fn *kill,
			   void *context);
/* There must be room. */
void guard_group_add(struct guard_group *group, uint32_t index,
		     uint32_t guard);

/* All leave it. */
void guard_group_clear(struct guard_group *group, guard_kill_fn *kill,
		       void *context);

#endif
