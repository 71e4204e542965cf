/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Judges under one rule after the other and keeps the verdicts. */
#include "comparison.h"

#include <string.h>

#include "command.h"

static void keep_verdicts(struct comparison *cmp, unsigned rule,
			  const struct result *r)
{
	cmp->verdict[rule] = g_new0(enum verdict, r->orderings->len + 1);
	for (guint k = 0; k < r->orderings->len; k++) {
		const struct ordering *o = r->orderings->pdata[k];

		cmp->verdict[rule][k] = o->verdict;
	}
}

int comparison_make(struct comparison *cmp, struct check *c,
		    const char *rules)
{
	cmp->rule = g_strsplit(rules, ",", -1);
	cmp->rule_nr = g_strv_length(cmp->rule);
	cmp->verdict = g_new0(enum verdict *, cmp->rule_nr + 1);
	for (unsigned i = 0; i < cmp->rule_nr; i++) {
		int status = check_judge(c, cmp->rule[i]);

		if (status != EXIT_CLEAN)
			return status;
		keep_verdicts(cmp, i, c->result);
	}
	return EXIT_CLEAN;
}

void comparison_release(struct comparison *cmp)
{
	for (unsigned i = 0; i < cmp->rule_nr; i++)
		g_free(cmp->verdict[i]);
	g_free(cmp->verdict);
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
		if (!is_admitted(cmp->verdict[i][k]))
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

		nr += cmp->verdict[rule][k] == verdict &&
		      o->context == CONTEXT_RUNNING;
	}
	return nr;
}
