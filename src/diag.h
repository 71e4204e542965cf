/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages for the user, on standard error.  Lower case, no full stop, what
 * failed first, the subject quoted.  Each is one line: control characters in
 * it are shown escaped.
 */
#ifndef XLA_DIAG_H
#define XLA_DIAG_H

#if defined(__GNUC__)
#define DIAG_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define DIAG_PRINTF(f, a)
#endif

/* What a program may say besides errors. */
enum diag_level { DIAG_QUIET, DIAG_NORMAL, DIAG_VERBOSE };

/* Sets what diag_note and diag_verbose print; the default is DIAG_NORMAL. */
void diag_set_level(enum diag_level level);

/* Prints "xen-lockaudit: error: ..." and returns -1. */
int diag_error(const char *format, ...) DIAG_PRINTF(1, 2);

/* Prints "xen-lockaudit: warning: ...". */
void diag_warning(const char *format, ...) DIAG_PRINTF(1, 2);

/* Prints "xen-lockaudit: ..." unless quiet. */
void diag_note(const char *format, ...) DIAG_PRINTF(1, 2);

/* Prints "xen-lockaudit: ..." if verbose. */
void diag_verbose(const char *format, ...) DIAG_PRINTF(1, 2);

#endif
