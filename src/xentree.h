/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds a Xen tree and says which it is.  Reads only; nothing in the tree is
 * changed, not even the index of its git checkout.
 */
#ifndef XLA_XENTREE_H
#define XLA_XENTREE_H

#include <stdbool.h>

struct xentree {
	char *root;	/* absolute: the folder that holds Config.mk and xen/ */
	char *version;	/* "4.17.5", "4.12-unstable" */
	char *commit;	/* 40 hex digits, or NULL if not known */
};

/*
 * path is a checkout's root or its xen/ folder.  tree is to be released in
 * either case.
 */
int xentree_open(struct xentree *tree, const char *path);

void xentree_release(struct xentree *tree);

/* Is path, which need not exist yet, the tree's root or below it? */
bool xentree_contains(const struct xentree *tree, const char *path);

#endif
