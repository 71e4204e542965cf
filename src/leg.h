/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A witness in parts: what is executed of each function on it, from its entry
 * to the call, the acquisition or the return that leads on.
 */
#ifndef XLA_LEG_H
#define XLA_LEG_H

#include <stdint.h>

#include "handup.h"
#include "wayup.h"

/* The nodes of one function that were executed, in order. */
struct leg_path {
	GArray *node;		/* uint32_t: the leg's last one included */
	guint via;		/* index of the node VIA of the leg */
	struct leg_path *inner;	/* of the leg's inner one; or NULL */
};

struct leg {
	fact_id function;
	uint32_t via;		/* the node through which the lock comes to be
				 * held; 0: not in this leg */
	uint32_t origin;	/* origin.h: of that lock, seen from here */
	struct leg *inner;	/* VIA is a call, executed so; NULL: VIA
				 * acquires */
	uint32_t target;	/* the last node; 0: some return */
	fact_id to;		/* TARGET is a call of it; 0: it acquires */
	struct leg_path *path;	/* as it was replayed; NULL: it was not */
};

/*
 * WAY to the holder of P, how the lock came to be held there (ORIGIN), how the
 * other is acquired: of struct leg *, the entry point's first.
 */
GPtrArray *legs_make(const struct handup *h, const struct way *way,
		     const struct pair *p, uint32_t origin);
void legs_free(GPtrArray *legs);

struct leg_path *leg_path_new(void);
void leg_path_free(struct leg_path *path);

#endif
