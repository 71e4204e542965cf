/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records that are filled as mere bytes: what a guest asks for is copied into
 * one on the stack, and which operation is meant is then looked at in several
 * functions.
 */
#ifndef XLA_REQUEST_H
#define XLA_REQUEST_H

struct program;

/*
 * Fills p->request_record (per record): a pointer to a local of it, or to what
 * may be one, is passed where a function of the tree takes a pointer to void.
 * Needs p->cg and p->object_record, whose records are not among them.
 */
void request_mark(struct program *p);

#endif
