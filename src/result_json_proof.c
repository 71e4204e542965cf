/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order into which a clean result fits, as JSON. */
#include "result_json_int.h"

#include "nesting.h"
#include "proof.h"
#include "result_table.h"
#include "result_words.h"

void result_put_order_node(struct json_writer *w, const struct result *r,
			   const struct order_node *n)
{
	json_open(w, '{');
	json_put_text(w, "class", result_class(r, n->class)->name);
	json_put_text(w, "owner", owner_words[n->owner]);
	json_put_text(w, "owner_control", tristate_words[n->control]);
	json_close(w, '}');
}

static void put_step(struct json_writer *w, const struct proof *p,
		     const struct proof_step *step)
{
	json_open(w, '{');
	json_key(w, "locks");
	json_open(w, '[');
	for (guint i = 0; i < step->node->len; i++)
		result_put_order_node(w, p->graph->r, &g_array_index(
			p->graph->node, struct order_node,
			g_array_index(step->node, uint32_t, i)));
	json_close(w, ']');
	json_put_number(w, "from_before", step->after);
	json_put_number(w, "to_later", step->before);
	json_put_number(w, "within", step->within);
	json_close(w, '}');
}

static void put_outside(struct json_writer *w, const struct proof *p)
{
	json_key(w, "outside");
	json_open(w, '[');
	for (guint i = 0; i < p->outside->len; i++) {
		const struct ordering *o = p->graph->r->orderings->pdata[
			g_array_index(p->outside, guint, i)];

		json_text(w, o->id);
	}
	json_close(w, ']');
}

static void put_proof(struct json_writer *w, const struct proof *p)
{
	json_open(w, '{');
	json_put_bool(w, "complete", p->is_complete);
	json_key(w, "steps");
	json_open(w, '[');
	for (guint i = 0; i < p->step->len; i++)
		put_step(w, p, &g_array_index(p->step, struct proof_step, i));
	json_close(w, ']');
	json_put_number(w, "orderings", p->ordering_nr);
	json_put_number(w, "conditional", p->conditional_nr);
	put_outside(w, p);
	json_put_number(w, "assumptions", p->assumption_nr);
	json_put_number(w, "against_proof", p->blocking_nr);
	json_close(w, '}');
}

void result_put_nesting(struct json_writer *w, const struct result *r)
{
	struct nesting n = nesting_count(r);

	json_key(w, "nesting");
	json_open(w, '{');
	json_put_number(w, "most_domains", n.most);
	json_put_number(w, "third_domain", n.third);
	json_put_number(w, "third_domain_unless_self", n.third_self);
	json_put_number(w, "interleaved", n.interleaved);
	json_put_number(w, "interleaved_unless_self", n.interleaved_self);
	json_close(w, '}');
}

void result_put_proof(struct json_writer *w, const struct result *r)
{
	struct proof *p = proof_new(r);

	json_key(w, "proof");
	if (p)
		put_proof(w, p);
	else
		json_word(w, "null");
	proof_free(p);
}
