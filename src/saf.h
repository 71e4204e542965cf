/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Xen's own register of justified findings of static analysers, in
 * docs/misra/: safe.json and false-positive-xen-lockaudit.json.  See
 * docs/misra/documenting-violations.rst of a Xen tree.
 */
#ifndef XLA_SAF_H
#define XLA_SAF_H

/* Ends with NULL: the files, relative to the tree's root. */
extern const char *const saf_files[];

/* The analyser's key in safe.json. */
#define SAF_TOOL "xen-lockaudit"

/* Both files of it, relative to the tree's root. */
#define SAF_SAFE "docs/misra/safe.json"
#define SAF_FALSE "docs/misra/false-positive-xen-lockaudit.json"

/*
 * The entries for this tool of the tree at root: a line
 * "ID<tab>RULE<tab>NAME: JUSTIFICATION" each, in the order of the files; "" if
 * there is none.  What cannot be read or understood is told in a warning and
 * left out: then nothing is justified by it.  For g_free.
 */
char *saf_read(const char *root);

#endif
