/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Private to the files of report_html. */
#ifndef XLA_REPORT_HTML_INT_H
#define XLA_REPORT_HTML_INT_H

#include <stdio.h>

#include "json_writer.h"
#include "report_html.h"
#include "text_table.h"

/* What the writers of pages and of data share. */
struct html_report {
	const struct report_html *in;
	const struct result *r;
	GPtrArray *ledger;	/* struct ledger_row * */
	struct text_table *text;
	GHashTable *lock;	/* a lock's row -> number */
	GPtrArray *locks;	/* const struct lock_ref *, by number */
	GHashTable *ordering;	/* struct ordering * -> number */
};

/* A page that is not the first one. */
struct html_shell {
	const char *file;
	const char *title;
	const char *lead;	/* a paragraph; or NULL */
	const char *const *data;	/* its data files, ends with NULL */
	const char *const *script;	/* the same of scripts */
	void (*body)(FILE *out, const struct html_report *h);
	bool is_listed;		/* among the links at the top */
};

/* Ends with a row without a file. */
extern const struct html_shell html_shells[];

/* A script's data: NAME of the file and of the data. */
struct html_data {
	const char *name;
	void (*write)(struct json_writer *w, struct html_report *h);
};

/* Ends with a row without a name; the texts are last. */
extern const struct html_data html_data[];

/* From doctype to the beginning of main, and the end.  prefix is the way to
 * the folder, "" in it. */
void html_page_open(FILE *out, const struct html_report *h, const char *title,
		    const char *prefix);
void html_page_close(FILE *out, const struct html_report *h,
		     const char *prefix, const char *const *data,
		     const char *const *script);

void html_first_page(FILE *out, const struct html_report *h);

/* The order into which a clean result fits; nothing if it is none. */
void html_proof(FILE *out, const struct html_report *h);

/* The findings by severity, for the first page. */
void html_findings(FILE *out, const struct html_report *h);

/* Numbers for data. */
guint html_text_number(struct html_report *h, const char *text);
guint html_lock_number(struct html_report *h, const struct lock_ref *lock);
guint html_ordering_number(const struct html_report *h,
			   const struct ordering *o);

/* Data of the single files. */
void html_data_witnesses(struct json_writer *w, struct html_report *h);
void html_data_sources(struct json_writer *w, struct html_report *h);

/* How often a verdict is met; running only those of a running host. */
unsigned html_count_verdict(const struct result *r, enum verdict verdict,
			    bool running);
unsigned html_count_severity(const struct result *r, enum severity severity,
			     bool running);

#endif
