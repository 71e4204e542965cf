/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words of the output for the enums of result.h, and back.  The words are
 * fixed: users' scripts compare them.
 */
#ifndef XLA_RESULT_WORDS_H
#define XLA_RESULT_WORDS_H

#include "result.h"

/* A table of words; the index is the enum's value; ends with NULL. */
extern const char *const mode_words[];
extern const char *const form_words[];
extern const char *const owner_words[];
extern const char *const instance_words[];
extern const char *const relation_words[];
extern const char *const privilege_words[];
extern const char *const verdict_words[];
extern const char *const context_words[];
extern const char *const tristate_words[];
extern const char *const event_words[];
extern const char *const severity_words[];
extern const char *const outcome_words[];

/*
 * What is told of a step beside its event and place: "via FIELD", or what the
 * condition of a branch was.  To be freed; NULL if there is nothing.
 */
char *words_step_note(const struct witness_step *step);

/* The index of word in words, or -1. */
int words_find(const char *const *words, const char *word);

#endif
