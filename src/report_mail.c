/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text for mail.  A witness becomes the chain of calls, as one would copy it
 * from a call trace read downwards, with the source lines of the acquisitions
 * and the classes held after each.
 */
#include "report_mail.h"

#include <string.h>

#include "lanes.h"
#include "report.h"
#include "result_table.h"
#include "result_words.h"
#include "runtime_text.h"
#include "tty.h"

#ifndef XLA_VERSION
#define XLA_VERSION "unknown"
#endif

enum { WIDTH = 72, STEP_INDENT = 2, PLACE_INDENT = 8 };

static void put_line(FILE *out, GString *line, unsigned indent)
{
	tty_wrap(out, line->str, indent, WIDTH);
	g_string_truncate(line, 0);
}

static void put_paragraph(FILE *out, const char *text)
{
	GString *line = g_string_new(NULL);

	report_text_append(line, text);
	put_line(out, line, 0);
	putc('\n', out);
	g_string_free(line, TRUE);
}

/* What stands on the left, and file:line: on the same line if both fit. */
static void put_placed(FILE *out, GString *line, const struct site *site)
{
	char *place = g_strdup_printf("%s:%u", site->file, site->line);
	glong used = g_utf8_strlen(line->str, -1);
	glong wanted = g_utf8_strlen(place, -1);

	if (used + 2 + wanted <= WIDTH) {
		g_string_append_printf(line, "%*s",
				       (int)(WIDTH - used - wanted), "");
		report_text_append(line, place);
		put_line(out, line, STEP_INDENT);
	} else {
		put_line(out, line, PLACE_INDENT);
		g_string_append_printf(line, "%*s", PLACE_INDENT, "");
		report_text_append(line, place);
		put_line(out, line, PLACE_INDENT);
	}
	g_free(place);
}

static void put_source(FILE *out, GString *line, const char *text)
{
	if (!text)
		return;
	text += strspn(text, " \t");
	if (!*text)
		return;
	g_string_append_printf(line, "%*s", PLACE_INDENT, "");
	report_text_append(line, text);
	put_line(out, line, PLACE_INDENT + 4);
}

/* The classes of the locks that are certain to be held after the step. */
static void put_held(FILE *out, GString *line, const struct result *r,
		     const GArray *lanes, guint step)
{
	const char *separator = "        [held: ";

	for (guint i = 0; i < lanes->len; i++) {
		const struct lane *lane = &g_array_index(lanes, struct lane, i);

		if (lane_at(lane, step) != LANE_CERTAIN)
			continue;
		g_string_append(line, separator);
		report_text_append(line,
				   result_class(r, lane->lock->class)->name);
		separator = ", ";
	}
	if (line->len == 0)
		return;
	g_string_append_c(line, ']');
	put_line(out, line, PLACE_INDENT + 1);
}

static const struct witness_step *step_at(const GArray *witness, guint i)
{
	return i < witness->len ?
		&g_array_index(witness, struct witness_step, i) : NULL;
}

/* A call: what is called is the function of the next step. */
static void put_call(FILE *out, GString *line, const GArray *witness, guint i)
{
	const struct witness_step *step = step_at(witness, i);
	const struct witness_step *next = step_at(witness, i + 1);

	g_string_append_printf(line, "%*s-> ", STEP_INDENT, "");
	if (next && next->event != STEP_RETURN) {
		report_text_append(line, next->site.function);
		g_string_append(line, "()");
	} else {
		report_text_append(line, step->text ? step->text : "?");
	}
	put_placed(out, line, &step->site);
	if (!step->via)
		return;
	g_string_append_printf(line, "%*sthrough ", PLACE_INDENT, "");
	report_text_append(line, step->via);
	put_line(out, line, PLACE_INDENT);
}

static void put_plain(FILE *out, GString *line, const char *what,
		      const struct witness_step *step)
{
	g_string_append_printf(line, "%*s%s", STEP_INDENT, "", what);
	report_text_append(line, step->site.function);
	g_string_append(line, "()");
	put_placed(out, line, &step->site);
}

static void put_branch(FILE *out, GString *line,
		       const struct witness_step *step)
{
	char *note = words_step_note(step);

	g_string_append_printf(line, "%*s", STEP_INDENT, "");
	report_text_append(line, note ? note : "branches");
	put_placed(out, line, &step->site);
	g_free(note);
}

static void put_step(FILE *out, GString *line, const struct result *r,
		     const GArray *witness, const GArray *lanes, guint i)
{
	const struct witness_step *step = step_at(witness, i);

	switch (step->event) {
	case STEP_ENTRY:
		put_plain(out, line, "", step);
		break;
	case STEP_CALL:
	case STEP_INDIRECT_CALL:
		put_call(out, line, witness, i);
		break;
	case STEP_RETURN:
		put_plain(out, line, "<- ", step);
		break;
	case STEP_ACQUIRE:
		put_plain(out, line, "acquires in ", step);
		put_source(out, line, step->text);
		if (lanes)
			put_held(out, line, r, lanes, i);
		break;
	case STEP_RELEASE:
		put_plain(out, line, "releases in ", step);
		put_source(out, line, step->text);
		break;
	case STEP_BRANCH:
		put_branch(out, line, step);
		break;
	}
}

/* lanes NULL: what is held is not told. */
static void put_steps(FILE *out, const struct result *r,
		      const GArray *witness, const GArray *lanes)
{
	GString *line = g_string_new(NULL);

	for (guint i = 0; i < witness->len; i++)
		put_step(out, line, r, witness, lanes, i);
	g_string_free(line, TRUE);
}

static void put_witness(FILE *out, const struct result *r,
			const struct ordering *o)
{
	GArray *lanes = lanes_make(o);

	put_steps(out, r, o->witness, lanes);
	g_array_unref(lanes);
	if (!o->confirmed)
		put_paragraph(out, "(This way was put together from calls and "
			      "not replayed: check the conditions on it.)");
	else if (!o->unstopped)
		put_paragraph(out, "(This way was replayed, but a lock is "
			      "asked for on it that is out of order unless its "
			      "owner is a control domain: the run-time check "
			      "stops there otherwise.)");
	else if (!o->steady)
		put_paragraph(out, "(This way was replayed with changes that "
			      "calls beside it may make: check that they do.)");
	else
		putc('\n', out);
}

static void put_worlds(FILE *out, const GPtrArray *worlds)
{
	GString *line = g_string_new(NULL);

	for (guint i = 0; i < worlds->len; i++) {
		char **part = g_strsplit(worlds->pdata[i], "+", -1);
		char *text = g_strjoinv(" and ", part);

		g_string_append(line, i ? "            or " :
				"Out of order if ");
		report_text_append(line, text);
		put_line(out, line, 16);
		g_free(text);
		g_strfreev(part);
	}
	if (worlds->len)
		putc('\n', out);
	g_string_free(line, TRUE);
}

static void put_origin(FILE *out, const struct result *r, const char *id)
{
	GString *line = g_string_new(NULL);

	g_string_printf(line, "Found by xen-lockaudit %s on Xen ",
			XLA_VERSION);
	report_text_append(line, *r->tree_version ? r->tree_version :
			   "of unknown version");
	if (*r->tree_config) {
		g_string_append(line, ", configuration ");
		report_text_append(line, r->tree_config);
	}
	g_string_append_printf(line, ", rule %s, bias %d; id %s", r->rule.name,
			       r->rule.bias, id);
	put_line(out, line, 0);
	g_string_free(line, TRUE);
}

/* "pod (host, of the subject)" */
static void append_lock(GString *line, const struct result *r,
			const struct lock_ref *lock)
{
	report_text_append(line, result_class(r, lock->class)->name);
	g_string_append_printf(line, " (%s, owner %s)",
			       instance_words[lock->instance],
			       owner_words[lock->owner]);
}

static void put_ordering_line(FILE *out, const struct result *r,
			      const struct ordering *o, const char *end)
{
	GString *line = g_string_new(NULL);

	append_lock(line, r, &o->acquired);
	g_string_append(line, " under ");
	append_lock(line, r, &o->held);
	g_string_append(line, ", in ");
	report_text_append(line, o->holder.function);
	g_string_append_printf(line, "()%s", end);
	put_line(out, line, 4);
	g_string_free(line, TRUE);
}

static void put_body(FILE *out, const struct result *r,
		     const struct ordering *o)
{
	char *runtime = runtime_text(r, o);

	put_witness(out, r, o);
	put_worlds(out, o->worlds);
	put_paragraph(out, runtime);
	g_free(runtime);
}

static void put_others(FILE *out, const struct result *r,
		       const struct finding *f)
{
	if (f->orderings->len < 2)
		return;
	fputs("Also:\n", out);
	for (guint i = 1; i < f->orderings->len; i++) {
		const struct ordering *o = f->orderings->pdata[i];
		char *end = g_strdup_printf(": %s", o->id);

		put_ordering_line(out, r, o, end);
		g_free(end);
	}
	putc('\n', out);
}

void report_mail_finding(FILE *out, const struct result *r,
			 const struct finding *f)
{
	char *head = g_strdup_printf("%s: %s%s%s", f->kind, f->message,
				     f->context == CONTEXT_RUNNING ? "" :
				     "; context: ",
				     f->context == CONTEXT_RUNNING ? "" :
				     context_words[f->context]);

	put_paragraph(out, head);
	g_free(head);
	if (f->lone) {
		char *runtime = runtime_text_lone(f->lone);

		put_steps(out, r, f->lone->witness, NULL);
		if (f->lone->witness->len > 0)
			putc('\n', out);
		put_paragraph(out, runtime);
		g_free(runtime);
	}
	if (f->orderings->len > 0)
		put_body(out, r, f->orderings->pdata[0]);
	put_others(out, r, f);
	put_origin(out, r, f->id);
}

void report_mail_ordering(FILE *out, const struct result *r,
			  const struct ordering *o)
{
	char *end = g_strdup_printf(": %s", verdict_words[o->verdict]);

	put_ordering_line(out, r, o, end);
	putc('\n', out);
	g_free(end);
	put_body(out, r, o);
	put_origin(out, r, o->id);
}
