/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a report goes: standard output, or a file that appears only when it
 * is complete; a device or a pipe is written to directly.
 */
#ifndef XLA_OUTPUT_H
#define XLA_OUTPUT_H

#include <stdio.h>

struct output {
	FILE *stream;
	char *path;		/* NULL: standard output */
	char *temporary;	/* NULL: written to directly */
};

/* path NULL: standard output.  0, or -1 with a message and nothing to close. */
int output_open(struct output *out, const char *path);

/* Completes the output; -1 with a message if any write to it failed: then the
 * file is as it was before. */
int output_close(struct output *out);

/* Gives up: a file stays as it was before. */
void output_abandon(struct output *out);

/* A whole file at once. */
int output_write(const char *path, const char *text);

#endif
