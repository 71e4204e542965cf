/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of instances, and the fixpoint over it.  An instance is explored
 * when it is first asked for; one that is asked for while it is being
 * explored (recursion) gives the exits known so far.  Instances that used
 * exits which then grew are explored again.
 */
#include "explore.h"

#include "explore_int.h"

struct explorer *explorer_new(const struct program *p)
{
	struct explorer *x = g_new0(struct explorer, 1);

	x->p = p;
	x->t = terms_new();
	terms_set_load(x->t, value_simplify_load, p);
	x->origins = origins_new();
	x->instance =
		g_ptr_array_new_with_free_func((GDestroyNotify)instance_free);
	x->by_key = g_hash_table_new_full(g_bytes_hash, g_bytes_equal,
					  (GDestroyNotify)g_bytes_unref, NULL);
	x->limits = g_hash_table_new_full(g_bytes_hash, g_bytes_equal,
					  (GDestroyNotify)g_bytes_unref,
					  g_free);
	g_queue_init(&x->work);
	x->contexts = g_new0(uint32_t, p->f->function->len);
	return x;
}

void explorer_free(struct explorer *x)
{
	if (!x)
		return;
	g_ptr_array_unref(x->instance);
	g_hash_table_unref(x->by_key);
	g_hash_table_unref(x->limits);
	g_queue_clear(&x->work);
	g_free(x->contexts);
	origins_free(x->origins);
	terms_free(x->t);
	g_free(x);
}

void explorer_limit(struct explorer *x, enum limit_kind kind,
		    fact_id function, uint32_t node, uint32_t detail)
{
	uint32_t words[] = { (uint32_t)kind, function, node, detail };
	GBytes *key = g_bytes_new(words, sizeof(words));
	struct limit *found = g_hash_table_lookup(x->limits, key);

	if (found) {
		found->count++;
		g_bytes_unref(key);
		return;
	}
	found = g_new0(struct limit, 1);
	*found = (struct limit){ .kind = kind, .function = function,
				 .node = node, .detail = detail, .count = 1 };
	g_hash_table_insert(x->limits, key, found);
}

static void put(GArray *key, uint32_t word)
{
	g_array_append_val(key, word);
}

static void put_bindings(GArray *key, const GArray *bindings)
{
	put(key, bindings->len);
	g_array_append_vals(key, bindings->data,
			    bindings->len * (guint)(sizeof(struct binding) /
						    sizeof(uint32_t)));
}

/* All that makes two contexts of one function different. */
static GBytes *instance_key(const struct instance *i)
{
	GArray *key = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	const struct state *s = i->entry;
	gsize size;

	put(key, i->function);
	g_array_append_vals(key, i->arg->data, i->arg->len);
	put(key, s->flags);
	put(key, s->outside);
	put(key, s->level.class);
	put(key, s->level.owner);
	put(key, s->checked.class);
	put(key, s->checked.owner);
	put(key, s->held->len);
	for (guint k = 0; k < s->held->len; k++) {
		const struct held *h = &g_array_index(s->held, struct held, k);

		put(key, h->class);
		put(key, h->kind);
		put(key, h->object);
		put(key, h->owner);
	}
	put_bindings(key, s->fact);
	put_bindings(key, s->memory);
	size = sizeof(uint32_t) * key->len;
	return g_bytes_new_take(g_array_free(key, FALSE), size);
}

uint32_t explorer_demand(struct explorer *x, struct instance *wanted)
{
	GBytes *key = instance_key(wanted);
	void *found = g_hash_table_lookup(x->by_key, key);
	uint32_t id;

	if (found) {
		g_bytes_unref(key);
		instance_free(wanted);
		id = GPOINTER_TO_UINT(found) - 1;
		if (explorer_instance(x, id)->running)
			explorer_instance(x, id)->used_while_running = true;
		return id;
	}
	g_ptr_array_add(x->instance, wanted);
	g_hash_table_insert(x->by_key, key,
			    GUINT_TO_POINTER(x->instance->len));
	id = x->instance->len - 1;
	x->contexts[wanted->function]++;
	explore_run(x, id);
	return id;
}

static int later_first(gconstpointer a, gconstpointer b, gpointer unused)
{
	guint x = GPOINTER_TO_UINT(a), y = GPOINTER_TO_UINT(b);

	(void)unused;
	return (x < y) - (x > y);
}

/* In rounds; within one, callees (made later) before their callers. */
void explorer_settle(struct explorer *x)
{
	while (!g_queue_is_empty(&x->work)) {
		GQueue round = x->work;

		g_queue_init(&x->work);
		g_queue_sort(&round, later_first, NULL);
		while (!g_queue_is_empty(&round)) {
			uint32_t id = GPOINTER_TO_UINT(
				g_queue_pop_head(&round));

			explorer_instance(x, id)->dirty = false;
			explore_run(x, id);
		}
	}
}

uint32_t explorer_enter(struct explorer *x, fact_id function)
{
	const struct fact_function *fn = FACT_FUNCTION(x->p->f, function);
	struct instance *i = instance_new(x->p, function);

	for (uint32_t k = 0; k < fn->param_nr; k++) {
		term_id value = term_leaf(x->t, TERM_SYMBOL, k, 0, 0);

		g_array_append_val(i->arg, value);
	}
	return explorer_demand(x, i);
}
