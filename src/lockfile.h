/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One run at a time in a directory. */
#ifndef XLA_LOCKFILE_H
#define XLA_LOCKFILE_H

/*
 * Locks the file "lock" in directory, and waits, with a note, as long as
 * another process has it.  Returns a file descriptor, or -1 with a message;
 * the lock ends when it is closed here and in every process that it was passed
 * on to, by fork or otherwise; exec closes it.
 */
int lockfile_take(const char *directory);

#endif
