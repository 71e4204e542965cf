/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XLA_WORDS_H
#define XLA_WORDS_H

/* The words of TEXT, which blanks of any kind part; NULL-terminated, for
 * g_strfreev. */
char **words_split(const char *text);

#endif
