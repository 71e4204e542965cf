/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order into which a clean result fits, for the first page. */
#include "report_html_int.h"

#include "html.h"
#include "proof.h"

static void put_names(FILE *out, const struct proof *p, const GArray *node)
{
	for (guint i = 0; i < node->len; i++) {
		char *name = lockorder_name(p->graph, g_array_index(
							node, uint32_t, i));

		fputs(i ? "<br>" : "", out);
		html_text(out, name);
		g_free(name);
	}
}

static void put_number(FILE *out, unsigned number)
{
	fputs("<td class=\"number\">", out);
	html_number(out, number);
	fputs("</td>", out);
}

static void put_steps(FILE *out, const struct proof *p)
{
	fputs("<table><thead><tr><th scope=\"col\">Step</th><th scope=\"col\">"
	      "Locks of class (owner)</th><th scope=\"col\">Orderings from "
	      "steps before</th><th scope=\"col\">To later ones</th>"
	      "<th scope=\"col\">Within</th></tr></thead><tbody>\n", out);
	for (guint i = 0; i < p->step->len; i++) {
		const struct proof_step *step =
			&g_array_index(p->step, struct proof_step, i);

		fprintf(out, "<tr><th scope=\"row\">%u</th><td>", i + 1);
		put_names(out, p, step->node);
		fputs("</td>", out);
		put_number(out, step->after);
		put_number(out, step->before);
		put_number(out, step->within);
		fputs("</tr>\n", out);
	}
	fputs("</tbody></table>\n", out);
}

static void put_limits(FILE *out, const struct proof *p)
{
	if (p->is_complete) {
		fputs("<p>This is the proof: whatever a running host holds, it "
		      "takes locks of the same or a later step.</p>\n", out);
		return;
	}
	fputs("<p>This is no proof. Of these orderings ", out);
	html_number(out, p->conditional_nr);
	fputs(" are in order in some worlds only, ", out);
	html_number(out, p->outside->len);
	fputs(" of which do not fit; of the assumptions ", out);
	html_number(out, p->blocking_nr);
	fputs(" of ", out);
	html_number(out, p->assumption_nr);
	fputs(" stand against it.</p>\n", out);
}

void html_proof(FILE *out, const struct html_report *h)
{
	struct proof *p = proof_new(h->r);

	if (!p)
		return;
	fputs("<section class=\"wide\" aria-labelledby=\"order\">"
	      "<h2 id=\"order\">The order that fits</h2>\n<p>No ordering of a "
	      "running host is a violation: ", out);
	html_number(out, p->ordering_nr);
	fputs(" fit into this order.</p>\n", out);
	put_limits(out, p);
	fputs("<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
	      "aria-label=\"The order that fits\">\n", out);
	put_steps(out, p);
	fputs("</div></section>\n", out);
	proof_free(p);
}
