/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads first: the order of the passes.  Facts are made ready (program.c),
 * explored from every entry point (explore*.c), the pairs found are handed up
 * to their holders (order.c), and what could not be followed is listed
 * (ledger.c).
 *
 * The exploration recurses as deep as the audited tree calls, so it runs in
 * a thread that has a stack of its own.
 */
#include "analyze.h"

#include <pthread.h>

#include "explore.h"
#include "ledger.h"
#include "order.h"
#include "program.h"
#include "reach.h"
#include "result_table.h"

enum { STACK_MEGABYTES = 1024 };

struct job {
	const struct facts *f;
	const struct model *m;
	struct result *r;
};

static GArray *explore_entries(struct explorer *x)
{
	GArray *functions = g_array_new(FALSE, FALSE, sizeof(fact_id));
	GArray *entries = g_array_new(FALSE, FALSE, sizeof(uint32_t));

	reach_find_entries(x->p, functions);
	for (guint i = 0; i < functions->len; i++) {
		uint32_t id = explorer_enter(
			x, g_array_index(functions, fact_id, i));

		g_array_append_val(entries, id);
	}
	explorer_settle(x);
	g_array_unref(functions);
	return entries;
}

static void add_classes(const struct program *p, struct result *r)
{
	for (guint i = 0; i < p->lp->class->len; i++) {
		struct lock_class c =
			g_array_index(p->lp->class, struct lock_class, i);

		c.name = result_text(r, c.name);
		c.file = result_text(r, c.file);
		g_array_append_val(r->classes, c);
	}
}

static void *run(void *data)
{
	struct job *job = data;
	struct program *p = program_new(job->f, job->m);
	struct explorer *x = explorer_new(p);
	struct reach *reach = reach_new(x, explore_entries(x));

	add_classes(p, job->r);
	order_collect(x, reach, job->r);
	ledger_collect(x, reach, job->r);
	result_sort(job->r);
	reach_free(reach);
	explorer_free(x);
	program_free(p);
	return NULL;
}

struct result *analyze(const struct facts *f, const struct model *m)
{
	struct job job = { .f = f, .m = m, .r = result_new() };
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, (size_t)STACK_MEGABYTES << 20);
	if (pthread_create(&thread, &attr, run, &job) == 0)
		pthread_join(thread, NULL);
	else
		run(&job);
	pthread_attr_destroy(&attr);
	return job.r;
}
