/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A comparison as JSON; the keys are described in xen-lockaudit-compare(1). */
#include "comparison_report.h"

#include "json_writer.h"
#include "result_json_int.h"
#include "result_table.h"
#include "result_words.h"

static void put_ids(struct json_writer *w, const struct result *r,
		    const struct order_edge *e)
{
	json_key(w, "orderings");
	json_open(w, '[');
	for (guint i = 0; i < e->ordering->len; i++) {
		const struct ordering *o = r->orderings->pdata[
			g_array_index(e->ordering, guint, i)];

		json_text(w, o->id);
	}
	json_close(w, ']');
}

/* The keys of an object. */
static void put_edge(struct json_writer *w, const struct lockorder *lo,
		     const struct order_edge *e)
{
	json_key(w, "held");
	result_put_order_node(w, lo->r, &g_array_index(
				lo->node, struct order_node, e->from));
	json_key(w, "acquired");
	result_put_order_node(w, lo->r, &g_array_index(
				lo->node, struct order_node, e->to));
	json_put_text(w, "example", comparison_example(lo->r, e)->id);
	put_ids(w, lo->r, e);
}

static void put_in_the_way(struct json_writer *w,
			   const struct comparison *cmp,
			   const struct result *r, unsigned rule)
{
	struct lockorder *lo = comparison_in_the_way(cmp, r, rule);

	json_key(w, "in_the_way");
	json_open(w, '[');
	for (guint i = 0; i < lo->edge->len; i++) {
		const struct order_edge *e = lo->edge->pdata[i];

		json_open(w, '{');
		put_edge(w, lo, e);
		json_put_text(w, "verdict", verdict_words[
				comparison_worst(cmp, rule, e)]);
		json_close(w, '}');
	}
	json_close(w, ']');
	lockorder_free(lo);
}

static void put_rule(struct json_writer *w, const struct comparison *cmp,
		     const struct result *r, unsigned rule)
{
	const struct comparison_rule *by = &cmp->by[rule];
	unsigned bad = comparison_count(cmp, r, rule, VERDICT_VIOLATION) +
		       comparison_count(cmp, r, rule, VERDICT_CONDITIONAL);

	json_open(w, '{');
	json_put_text(w, "name", by->name);
	json_put_number(w, "bias", by->bias);
	json_put_text(w, "source", by->source);
	json_put_bool(w, "admits_all", bad == 0);
	json_key(w, "running");
	json_open(w, '{');
	for (enum verdict v = VERDICT_ALLOWED; v <= VERDICT_VIOLATION; v++)
		json_put_number(w, verdict_words[v],
				comparison_count(cmp, r, rule, v));
	json_close(w, '}');
	put_in_the_way(w, cmp, r, rule);
	json_close(w, '}');
}

static void put_lock(struct json_writer *w, const char *key,
		     const struct result *r, const struct lock_ref *lock)
{
	json_key(w, key);
	json_open(w, '{');
	json_put_text(w, "class", result_class(r, lock->class)->name);
	json_put_text(w, "instance", instance_words[lock->instance]);
	json_put_text(w, "owner", owner_words[lock->owner]);
	json_put_text(w, "mode", mode_words[lock->mode]);
	json_put_text(w, "function", lock->site.function);
	json_close(w, '}');
}

static void put_verdicts(struct json_writer *w, const struct comparison *cmp,
			 guint k)
{
	json_key(w, "verdicts");
	json_open(w, '[');
	for (unsigned i = 0; i < cmp->rule_nr; i++) {
		json_open(w, '{');
		json_put_text(w, "rule", cmp->by[i].name);
		json_put_text(w, "verdict",
			      verdict_words[cmp->by[i].verdict[k]]);
		json_put_text(w, "worlds", cmp->by[i].worlds[k]);
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void put_ordering(struct json_writer *w, const struct comparison *cmp,
			 const struct result *r, guint k)
{
	const struct ordering *o = r->orderings->pdata[k];

	json_open(w, '{');
	json_put_text(w, "id", o->id);
	put_lock(w, "held", r, &o->held);
	put_lock(w, "acquired", r, &o->acquired);
	json_put_text(w, "holder", o->holder.function);
	json_put_text(w, "relation", relation_words[o->relation]);
	json_put_text(w, "context", context_words[o->context]);
	put_verdicts(w, cmp, k);
	json_close(w, '}');
}

static void put_cycle(struct json_writer *w, const struct lockorder *lo,
		      const GArray *cycle)
{
	json_open(w, '[');
	for (guint i = 0; i < cycle->len; i++) {
		json_open(w, '{');
		put_edge(w, lo, lo->edge->pdata[g_array_index(cycle, guint,
							      i)]);
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void put_cycles(struct json_writer *w, const struct result *r)
{
	struct lockorder *lo = lockorder_new(r, NULL, NULL, false);
	GPtrArray *cycles = lockorder_cycles(lo);

	json_key(w, "cycles");
	json_open(w, '[');
	for (guint i = 0; i < cycles->len; i++)
		put_cycle(w, lo, cycles->pdata[i]);
	json_close(w, ']');
	g_ptr_array_unref(cycles);
	lockorder_free(lo);
}

void comparison_json(FILE *out, const struct comparison *cmp,
		     const struct result *r, bool all)
{
	struct json_writer *w = json_writer_new(out, true);

	json_open(w, '{');
	result_put_tool(w);
	json_key(w, "tree");
	json_open(w, '{');
	result_put_tree_keys(w, r);
	json_close(w, '}');
	json_key(w, "rules");
	json_open(w, '[');
	for (unsigned i = 0; i < cmp->rule_nr; i++)
		put_rule(w, cmp, r, i);
	json_close(w, ']');
	put_cycles(w, r);
	json_key(w, "orderings");
	json_open(w, '[');
	for (guint k = 0; k < r->orderings->len; k++)
		if (all || comparison_is_of_interest(cmp, k))
			put_ordering(w, cmp, r, k);
	json_close(w, ']');
	json_close(w, '}');
	g_free(json_writer_finish(w));
}
