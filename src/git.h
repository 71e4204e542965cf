/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is needed of a git repository, through the git program.  Nothing in
 * the checkout, its index or its references changes.  Functions that return
 * int return -1 with a message that says what to do.
 */
#ifndef XLA_GIT_H
#define XLA_GIT_H

#include <stdbool.h>

#include <glib.h>

struct git {
	char *directory;	/* any in the checkout, or the bare repository */
	char *repository;	/* absolute: where its objects are */
	char *top;		/* absolute: of the checkout; NULL: bare */
	char *prefix;		/* from top to directory, "" or with a slash */
	char *root;		/* the same for the tree's root; git_find_root */
};

/* A commit of a series. */
struct git_commit {
	char *id, *parent;	/* 40 or 64 hex digits; the first parent */
	char *subject;
};

/* A file that differs between two commits; names are from the tree's root. */
struct git_change {
	char status;		/* 'A'dded, 'D'eleted, 'M'odified, 'R'enamed,
				 * 'T': became another kind of file */
	char *path;		/* in the newer one; of 'D': in the older one */
	char *old_path;		/* of 'R', else NULL */
};

/* git is to be released in either case. */
int git_open(struct git *git, const char *directory);
void git_release(struct git *git);

/* *commit is the full name of the commit that revision names; for g_free. */
int git_resolve(const struct git *git, const char *revision, char **commit);

/*
 * Finds the root of the tree in the commit: where the directory is, or one
 * above it if that is only a part of the tree.
 */
int git_find_root(struct git *git, const char *commit);

/*
 * Modes, identities and names of what the hypervisor is built from, one a
 * line: equal texts, equal sources.  For g_free.
 */
int git_sources(const struct git *git, const char *commit, char **out);

/*
 * Writes files of the commit below directory, which exists.  paths: from the
 * root, ends with NULL; NULL: all that the hypervisor is built from.  archive
 * is the name of a file that is made and removed on the way.
 */
int git_export(const struct git *git, const char *commit,
	       const char *const *paths, const char *directory,
	       const char *archive);

/* *out: struct git_change, owned, of what the hypervisor is built from. */
int git_changes(const struct git *git, const char *from, const char *to,
		GPtrArray **out);

/* The differences, without context lines, renamed files found; for g_free. */
int git_diff(const struct git *git, const char *from, const char *to,
	     char **out);

/* *out: struct git_commit, owned, from base (without it) to head, the oldest
 * first. */
int git_series(const struct git *git, const char *base, const char *head,
	       GPtrArray **out);

/* Is the commit there? */
bool git_has(const struct git *git, const char *commit);

/* Is the one an ancestor of the other, or the same? */
bool git_is_ancestor(const struct git *git, const char *one,
		     const char *other);

#endif
