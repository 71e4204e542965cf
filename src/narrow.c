/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Only ever takes targets away: what pointsto.c finds beyond what flowed to a
 * site is of a type that does not fit.
 */
#include "narrow.h"

#include "together.h"

struct narrowing {
	const struct pointsto_input *in;
	struct pointsto *pt;
	GArray *tests;		/* struct member_test: of one site */
};

/* Keeps the targets that are stored to what the site may read. */
static void keep_only(GArray *targets, const GArray *found)
{
	guint nr = 0;

	for (guint i = 0; i < targets->len; i++) {
		fact_id id = g_array_index(targets, fact_id, i);

		for (guint k = 0; k < found->len; k++)
			if (g_array_index(found, fact_id, k) == id) {
				g_array_index(targets, fact_id, nr++) = id;
				break;
			}
	}
	g_array_set_size(targets, nr);
}

/* A skip_store_fn. */
static bool is_excluded(const struct node_ref *ref,
			const struct call_string *calls, void *context)
{
	const struct narrowing *n = context;

	return together_contradicts(n->pt, n->in->f, n->tests, ref, calls);
}

static void narrow_site(struct narrowing *n, uint32_t site)
{
	const struct call_site *s =
		&g_array_index(n->in->site, struct call_site, site);
	GArray *targets = g_ptr_array_index(n->in->target, site), *found;
	uint32_t callee = FACT_FUNCTION(n->in->f, s->function)
				  ->body->node[s->node].a;

	if (s->reason != TARGET_FLOW || targets->len < 2)
		return;
	found = g_array_new(FALSE, FALSE, sizeof(fact_id));
	n->tests = together_tests(n->in->f, pointsto_writes(n->pt),
				  s->function, s->node);
	if (pointsto_functions(n->pt, s->function, callee,
			       n->tests->len ? is_excluded : NULL, n, found))
		keep_only(targets, found);
	g_array_unref(n->tests);
	g_array_unref(found);
}

void narrow_sites(const struct pointsto_input *in)
{
	struct narrowing n = { .in = in, .pt = pointsto_new(in) };

	for (uint32_t i = 0; i < in->site->len; i++)
		narrow_site(&n, i);
	pointsto_free(n.pt);
}
