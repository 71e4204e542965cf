/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The findings by severity and kind.  Those whose locks and sites are the same
 * and that differ in the way there only are a group.  A running host comes
 * first; other contexts are folded.
 */
#include "report_html_int.h"

#include <string.h>

#include "findings.h"
#include "html.h"
#include "result_table.h"
#include "result_words.h"

/* More groups of one kind than that are folded. */
enum { GROUPS_SHOWN = 20 };

struct group {
	char *key;
	GPtrArray *findings;	/* const struct finding * */
};

static void free_group(void *data)
{
	struct group *group = data;

	g_free(group->key);
	g_ptr_array_unref(group->findings);
	g_free(group);
}

static char *lock_text(const struct html_report *h, const struct lock_ref *lock)
{
	GString *text = g_string_new(result_class(h->r, lock->class)->name);

	g_string_append_printf(text, " (%s%s%s%s%s)",
		lock->instance == INSTANCE_ANY ? ""
					       : instance_words[lock->instance],
		lock->instance == INSTANCE_ANY ? "" : ", ",
		owner_words[lock->owner],
		lock->mode == MODE_WRITE ? "" : ", ",
		lock->mode == MODE_WRITE ? "" : mode_words[lock->mode]);
	return g_string_free(text, FALSE);
}

/* What a group has in common, in words. */
static char *group_key(const struct html_report *h, const struct finding *f)
{
	const struct ordering *o;
	char *held, *acquired, *key;

	if (f->orderings->len == 0)
		return g_strdup(f->message);
	o = f->orderings->pdata[0];
	held = lock_text(h, &o->held);
	acquired = lock_text(h, &o->acquired);
	key = g_strdup_printf("%s in %s, then %s in %s", held,
			      o->held.site.function, acquired,
			      o->acquired.site.function);
	g_free(held);
	g_free(acquired);
	return key;
}

static void add(const struct html_report *h, GPtrArray *groups,
		GHashTable *by_key, const struct finding *f)
{
	char *key = group_key(h, f);
	struct group *group = g_hash_table_lookup(by_key, key);

	if (!group) {
		group = g_new0(struct group, 1);
		group->key = key;
		group->findings = g_ptr_array_new();
		g_hash_table_insert(by_key, key, group);
		g_ptr_array_add(groups, group);
	} else {
		g_free(key);
	}
	g_ptr_array_add(group->findings, (void *)f);
}

static GPtrArray *group_findings(const struct html_report *h,
				 const struct finding_kind *kind,
				 enum context context)
{
	GPtrArray *groups = g_ptr_array_new_with_free_func(free_group);
	GHashTable *by_key = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < h->r->findings->len; i++) {
		const struct finding *f = h->r->findings->pdata[i];

		if (strcmp(f->kind, kind->name) == 0 && f->context == context)
			add(h, groups, by_key, f);
	}
	g_hash_table_unref(by_key);
	return groups;
}

static void put_finding(FILE *out, const struct finding *f)
{
	fprintf(out, "<li><a href=\"" REPORT_HTML_FOLDER "/finding.html#%s\">",
		f->id);
	html_text(out, f->message);
	fputs("</a> <code>", out);
	html_text(out, f->site.file);
	fprintf(out, ":%u</code></li>\n", f->site.line);
}

static void put_group(FILE *out, const struct group *group)
{
	if (group->findings->len == 1) {
		put_finding(out, group->findings->pdata[0]);
		return;
	}
	fputs("<li><details><summary>", out);
	html_text(out, group->key);
	fprintf(out, " <span class=\"badge\">%u ways</span></summary>\n<ul>\n",
		group->findings->len);
	for (guint i = 0; i < group->findings->len; i++)
		put_finding(out, group->findings->pdata[i]);
	fputs("</ul></details></li>\n", out);
}

static unsigned count(const GPtrArray *groups)
{
	unsigned nr = 0;

	for (guint i = 0; i < groups->len; i++) {
		const struct group *group = groups->pdata[i];

		nr += group->findings->len;
	}
	return nr;
}

static void put_kind(FILE *out, const struct html_report *h,
		     const struct finding_kind *kind, enum context context)
{
	GPtrArray *groups = group_findings(h, kind, context);
	bool is_open = groups->len <= GROUPS_SHOWN;

	if (groups->len > 0) {
		fprintf(out, "<details class=\"kind %s\"%s><summary>%s "
			"<span class=\"badge\">",
			severity_words[kind->severity], is_open ? " open" : "",
			kind->name);
		html_number(out, count(groups));
		fprintf(out, "</span></summary>\n<p>%s</p>\n<ul class=\""
			"findings\">\n", kind->what);
		for (guint i = 0; i < groups->len; i++)
			put_group(out, groups->pdata[i]);
		fputs("</ul></details>\n", out);
	}
	g_ptr_array_unref(groups);
}

static const char *const headings[] = {
	[SEVERITY_ERROR] = "Errors", [SEVERITY_WARNING] = "Warnings",
	[SEVERITY_NOTE] = "Notes",
};

static void put_severity(FILE *out, const struct html_report *h,
			 enum severity severity)
{
	unsigned nr = html_count_severity(h->r, severity, true);

	fprintf(out, "<h3 class=\"%s\">%s in a running host: ",
		severity_words[severity], headings[severity]);
	html_number(out, nr);
	fputs("</h3>\n", out);
	for (const struct finding_kind *k = finding_kinds; k->name; k++)
		if (k->severity == severity)
			put_kind(out, h, k, CONTEXT_RUNNING);
}

static const char *const context_headings[] = {
	[CONTEXT_RUNNING] = "In a running host", [CONTEXT_BOOT] = "During boot",
	[CONTEXT_DUMP] = "In dumps, audits and traces",
	[CONTEXT_GOING_DOWN] = "While the host is going down",
};

static void put_context(FILE *out, const struct html_report *h,
			enum context context)
{
	unsigned nr = 0;

	for (guint i = 0; i < h->r->findings->len; i++) {
		const struct finding *f = h->r->findings->pdata[i];

		nr += f->context == context;
	}
	if (nr == 0)
		return;
	fprintf(out, "<details class=\"context\"><summary>%s <span class=\""
		"badge\">", context_headings[context]);
	html_number(out, nr);
	fputs("</span></summary>\n", out);
	for (const struct finding_kind *k = finding_kinds; k->name; k++)
		put_kind(out, h, k, context);
	fputs("</details>\n", out);
}

void html_findings(FILE *out, const struct html_report *h)
{
	fputs("<section id=\"findings\" class=\"wide\" "
	      "aria-labelledby=\"all-findings\"><h2 id=\"all-findings\">"
	      "Findings</h2>\n<div id=\"finding-filter\"></div>\n", out);
	if (h->r->findings->len == 0)
		fputs("<p>None.</p>\n", out);
	for (enum severity s = SEVERITY_ERROR; s <= SEVERITY_NOTE; s++)
		put_severity(out, h, s);
	for (enum context c = CONTEXT_BOOT; c <= CONTEXT_GOING_DOWN; c++)
		put_context(out, h, c);
	fputs("</section>\n", out);
}
