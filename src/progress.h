/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A line on standard error that says how far a long task is: drawn over and
 * over, as wide as the terminal, and wiped when the task ends.  All functions
 * take NULL for a task whose progress is not shown.
 */
#ifndef XLA_PROGRESS_H
#define XLA_PROGRESS_H

#include <stdbool.h>

struct progress;

/*
 * Starts the clock of a task: "extract", of TOTAL steps that are called UNIT
 * ("files"), 0 if their number is not known.  NULL unless wanted.
 */
struct progress *progress_new(bool wanted, const char *task, unsigned total,
			      const char *unit);

/* DONE steps are done, the last of them NAME (or NULL).  Draws now and then. */
void progress_step(struct progress *p, unsigned done, const char *name);

/* Makes room for a message; the line is drawn again with the next step. */
void progress_hide(struct progress *p);

/* Wipes the line. */
void progress_free(struct progress *p);

/*
 * The same for a task that tells nothing: shows every second how long it has
 * taken.  To be given to progress_stop.
 */
struct progress *progress_start(bool wanted, const char *task);
void progress_stop(struct progress *p);

#endif
