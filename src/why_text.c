/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "why_text.h"

#include <string.h>

#include "diag.h"
#include "report.h"
#include "result_table.h"
#include "result_words.h"

static uint32_t find_class(const struct result *r, const char *name,
			   size_t length)
{
	for (guint i = 0; i < r->classes->len; i++) {
		const char *own = result_class(r, i)->name;

		if (strlen(own) == length && strncmp(own, name, length) == 0)
			return i + 1;
	}
	return 0;
}

int why_read_lock(const struct result *r, const char *text, uint32_t *class,
		  enum instance_kind *instance)
{
	size_t length = strcspn(text, ":");
	int kind = INSTANCE_ANY;

	if (text[length])
		kind = words_find(instance_words, text + length + 1);
	*class = find_class(r, text, length);
	if (!*class)
		return diag_error("the tree has no lock class '%.*s'",
				  (int)length, text);
	if (kind < 0)
		return diag_error("'%s' is no kind of table: host, nested, "
				  "alternate or any", text + length + 1);
	*instance = (enum instance_kind)kind;
	return 0;
}

static void put_lock(FILE *out, const struct result *r, uint32_t class,
		     enum instance_kind instance)
{
	report_text_escaped(out, result_class(r, class - 1)->name);
	if (instance != INSTANCE_ANY)
		fprintf(out, " (%s)", instance_words[instance]);
}

static void put_question(FILE *out, const struct result *r,
			 const struct why_request *q)
{
	put_lock(out, r, q->held, q->held_instance);
	fputs(" held, ", out);
	put_lock(out, r, q->acquired, q->acquired_instance);
	fputs(" acquired", out);
	if (q->function) {
		fputs(", through ", out);
		report_text_escaped(out, q->function);
	}
}

static void put_site(FILE *out, const struct site *s)
{
	report_text_escaped(out, s->file);
	fprintf(out, ":%u: ", s->line);
}

static void put_reason(FILE *out, const struct why_reason *w)
{
	fputs("    ", out);
	put_site(out, &w->place);
	fprintf(out, "%s: in ", why_words[w->kind]);
	report_text_escaped(out, w->place.function);
	fputs(": ", out);
	report_text_escaped(out, w->text);
	putc('\n', out);
	for (guint i = 0; i < w->path->len; i++) {
		const struct site *s = &g_array_index(w->path, struct site, i);

		fputs("        ", out);
		put_site(out, s);
		fputs("call in ", out);
		report_text_escaped(out, s->function);
		putc('\n', out);
	}
}

static void put_reasons(FILE *out, const struct why_answer *answer)
{
	unsigned nr[WHY_KIND_NR] = { 0 };
	const char *comma = "";

	for (guint i = 0; i < answer->reason->len; i++) {
		const struct why_reason *w =
			g_ptr_array_index(answer->reason, i);

		nr[w->kind]++;
		put_reason(out, w);
	}
	fputs("reasons: ", out);
	for (int kind = 0; kind < WHY_KIND_NR; kind++)
		if (nr[kind]) {
			fprintf(out, "%s%u %s", comma, nr[kind],
				why_words[kind]);
			comma = ", ";
		}
	fputs(*comma ? "\n" : "none found\n", out);
}

void why_put(FILE *out, const struct result *r,
	     const struct why_request *request,
	     const struct why_answer *answer)
{
	put_question(out, r, request);
	if (answer->ordering->len) {
		fprintf(out, ": reported by %u orderings:\n",
			answer->ordering->len);
		for (guint i = 0; i < answer->ordering->len; i++)
			fprintf(out, "    %s\n", ((struct ordering *)
				g_ptr_array_index(answer->ordering, i))->id);
		return;
	}
	if (!answer->is_possible) {
		fputs(": not reported: not even calls alone lead there\n"
		      "reasons: 1 not-reached\n", out);
		return;
	}
	fputs(": not reported:\n", out);
	put_reasons(out, answer);
}
