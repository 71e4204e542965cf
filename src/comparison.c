/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Judges under one rule after the other and keeps the verdicts. */
#include "comparison.h"

#include <string.h>

#include "command.h"

static char *join_worlds(const struct ordering *o)
{
	GString *text = g_string_new("");

	for (guint i = 0; i < o->worlds->len; i++)
		g_string_append_printf(text, "%s%s", i ? ", or " : "",
				       (const char *)o->worlds->pdata[i]);
	return g_string_free(text, FALSE);
}

static void keep_verdicts(struct comparison_rule *by, const struct result *r)
{
	by->name = g_strdup(r->rule.name);
	by->source = g_strdup(r->rule.source);
	by->bias = r->rule.bias;
	by->verdict = g_new0(enum verdict, r->orderings->len + 1);
	by->worlds = g_new0(char *, r->orderings->len + 1);
	for (guint k = 0; k < r->orderings->len; k++) {
		const struct ordering *o = r->orderings->pdata[k];

		by->verdict[k] = o->verdict;
		if (o->worlds->len > 0)
			by->worlds[k] = join_worlds(o);
	}
}

int comparison_make(struct comparison *cmp, struct check *c,
		    const char *rules)
{
	cmp->rule = g_strsplit(rules, ",", -1);
	cmp->rule_nr = g_strv_length(cmp->rule);
	cmp->by = g_new0(struct comparison_rule, cmp->rule_nr + 1);
	cmp->ordering_nr = c->result->orderings->len;
	for (unsigned i = 0; i < cmp->rule_nr; i++) {
		int status = check_judge(c, cmp->rule[i]);

		if (status != EXIT_CLEAN)
			return status;
		keep_verdicts(&cmp->by[i], c->result);
	}
	return EXIT_CLEAN;
}

static void release_rule(struct comparison_rule *by, guint ordering_nr)
{
	for (guint k = 0; by->worlds && k < ordering_nr; k++)
		g_free(by->worlds[k]);
	g_free(by->worlds);
	g_free(by->verdict);
	g_free(by->name);
	g_free(by->source);
}

void comparison_release(struct comparison *cmp)
{
	for (unsigned i = 0; i < cmp->rule_nr; i++)
		release_rule(&cmp->by[i], cmp->ordering_nr);
	g_free(cmp->by);
	g_strfreev(cmp->rule);
	memset(cmp, 0, sizeof(*cmp));
}

static bool is_admitted(enum verdict verdict)
{
	return verdict == VERDICT_ALLOWED || verdict == VERDICT_RECURSIVE;
}

bool comparison_is_of_interest(const struct comparison *cmp, guint k)
{
	for (unsigned i = 0; i < cmp->rule_nr; i++)
		if (!is_admitted(cmp->by[i].verdict[k]))
			return true;
	return false;
}

unsigned comparison_count(const struct comparison *cmp,
			  const struct result *r, unsigned rule,
			  enum verdict verdict)
{
	unsigned nr = 0;

	for (guint k = 0; k < r->orderings->len; k++) {
		const struct ordering *o = r->orderings->pdata[k];

		nr += cmp->by[rule].verdict[k] == verdict &&
		      o->context == CONTEXT_RUNNING;
	}
	return nr;
}

static bool is_in_the_way(const struct result *r, guint index,
			  const void *context)
{
	const struct comparison_rule *by = context;

	(void)r;
	return !is_admitted(by->verdict[index]);
}

struct lockorder *comparison_in_the_way(const struct comparison *cmp,
					const struct result *r, unsigned rule)
{
	return lockorder_new(r, is_in_the_way, &cmp->by[rule], false);
}

enum verdict comparison_worst(const struct comparison *cmp, unsigned rule,
			      const struct order_edge *e)
{
	enum verdict worst = VERDICT_ALLOWED;

	for (guint i = 0; i < e->ordering->len; i++)
		worst = MAX(worst, cmp->by[rule].verdict[
				g_array_index(e->ordering, guint, i)]);
	return worst;
}

const struct ordering *comparison_example(const struct result *r,
					  const struct order_edge *e)
{
	const struct ordering *best = NULL;

	for (guint i = 0; i < e->ordering->len; i++) {
		const struct ordering *o = r->orderings->pdata[
			g_array_index(e->ordering, guint, i)];

		if (!best || o->witness->len < best->witness->len)
			best = o;
	}
	return best;
}
