/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Work that a copy of this process does, on another CPU, and what it hands
 * back.  The copy has all memory as it is; what it changes is lost but for the
 * bytes.
 */
#ifndef XLA_CHILD_H
#define XLA_CHILD_H

#include <stddef.h>

#include <glib.h>

/* In any copy of this process: lets signals end it, as they do by default. */
void child_reset_signals(void);
/* The same: writes to a pipe; ends the process if nobody reads. */
void child_write(int fd, const void *bytes, size_t size);

struct child;

/* Appends to OUT what is handed back.  May not print, nor touch files. */
typedef void child_work_fn(void *context, GByteArray *out);

/* Starts WORK.  NULL, without a message, if there can be no process; else to be
 * given to child_finish. */
struct child *child_start(child_work_fn *work, void *context);

/* Waits until one of C[0] to C[NR - 1], of which some may be NULL, has done its
 * work: its index.  NR if all are NULL. */
unsigned child_await(struct child *const *c, unsigned nr);

/* What was handed back, the caller's; NULL if it did not end well.  Waits if it
 * has not ended. */
GByteArray *child_finish(struct child *c);

#endif
