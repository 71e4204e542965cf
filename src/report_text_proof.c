/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order into which a clean result fits, for terminals. */
#include "report_text_int.h"

#include "nesting.h"
#include "proof.h"
#include "result_table.h"

/* "p2m (current), p2m (subject)" */
static char *step_names(const struct proof *p, const GArray *node)
{
	GString *text = g_string_new("");

	for (guint i = 0; i < node->len; i++) {
		char *name = lockorder_name(p->graph, g_array_index(
							node, uint32_t, i));

		g_string_append_printf(text, "%s%s", i ? ", " : "", name);
		g_free(name);
	}
	return g_string_free(text, FALSE);
}

static void put_steps(FILE *out, const struct proof *p)
{
	fputs("    step  from before  to later  within  locks of class (owner)\n",
	      out);
	for (guint i = 0; i < p->step->len; i++) {
		const struct proof_step *step =
			&g_array_index(p->step, struct proof_step, i);
		char *names = step_names(p, step->node);

		fprintf(out, "    %4u  %11u  %8u  %6u  ", i + 1, step->after,
			step->before, step->within);
		report_text_escaped(out, names);
		putc('\n', out);
		g_free(names);
	}
}

static void put_outside(FILE *out, const struct proof *p,
			const struct result *r)
{
	for (guint i = 0; i < p->outside->len; i++) {
		const struct ordering *o = r->orderings->pdata[
			g_array_index(p->outside, guint, i)];

		fprintf(out, "    not in it: %s, in order in some worlds only\n",
			o->id);
	}
}

static void put_nesting_kind(FILE *out, const char *kind, const char *what,
			     unsigned nr, unsigned self_nr)
{
	if (nr == 0)
		fprintf(out, "%s: none, as far as the assumptions below go\n",
			kind);
	else
		fprintf(out, "%s: %u orderings with %s, %u of them not if the "
			"caller is the subject\n", kind, nr, what, self_nr);
}

void report_text_nesting(FILE *out, const struct result *r)
{
	struct nesting n = nesting_count(r);

	fprintf(out, "domains: locks of up to %u are held or wanted at once\n",
		n.most);
	put_nesting_kind(out, "third-domain", "locks of three domains", n.third,
			 n.third_self);
	put_nesting_kind(out, "interleaved", "subject, caller, subject",
			 n.interleaved, n.interleaved_self);
}

void report_text_proof(FILE *out, const struct result *r)
{
	struct proof *p = proof_new(r);

	if (!p)
		return;
	fprintf(out, "%s: %u orderings of a running host fit into one order of "
		"locks:\n", p->is_complete ? "proof" : "no violation",
		p->ordering_nr);
	put_steps(out, p);
	put_outside(out, p, r);
	if (p->conditional_nr > 0)
		fprintf(out, "    %u of all are in order in some worlds only\n",
			p->conditional_nr);
	if (p->blocking_nr > 0)
		fprintf(out, "    this is no proof: %u of the %u assumptions "
			"below stand against it\n", p->blocking_nr,
			p->assumption_nr);
	proof_free(p);
}
