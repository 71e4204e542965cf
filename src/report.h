/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports of a result: one function a format, each to a stream.  They cannot
 * fail; whether the stream took it all is for who closes it.
 */
#ifndef XLA_REPORT_H
#define XLA_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "result.h"

struct report_style {
	bool is_coloured;
	unsigned width;		/* columns; 0: lines are not broken */
	bool is_verbose;	/* every witness, every assumption */
};

struct report_format {
	const char *name;
	void (*write)(FILE *out, const struct result *r,
		      const struct report_style *style);
};

/* Ends with a null name. */
extern const struct report_format report_formats[];

/* NULL, with a message, if there is no such format. */
const struct report_format *report_format_find(const char *name);

void report_text(FILE *out, const struct result *r,
		 const struct report_style *style);
void report_json(FILE *out, const struct result *r,
		 const struct report_style *style);
void report_sarif(FILE *out, const struct result *r,
		  const struct report_style *style);
void report_gitlab(FILE *out, const struct result *r,
		   const struct report_style *style);

/* Parts of the text report. */
void report_text_escaped(FILE *out, const char *text);
void report_text_append(GString *line, const char *text);
void report_text_finding(FILE *out, const struct finding *f,
			 const struct report_style *style);
void report_text_unused(FILE *out, const struct result *r);
void report_text_ordering(FILE *out, const struct result *r,
			  const struct ordering *o,
			  const struct report_style *style);

/* Without the witness. */
void report_text_finding_head(FILE *out, const struct finding *f,
			      const struct report_style *style);

#endif
