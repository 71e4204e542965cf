/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads first: the order of the passes.  Facts are made ready (program.c),
 * every function is summed up (explore*.c), acquisitions are handed up to the
 * holders of locks (handup.c), pairs are followed to entry points (wayup.c)
 * and become orderings (order.c), and what could not be followed is listed
 * (ledger.c).
 *
 * Expressions may be deep, so this runs in a thread that has a stack of its
 * own.
 */
#include "analyze.h"

#include <pthread.h>

#include "entry.h"
#include "explore.h"
#include "handup.h"
#include "interrupt.h"
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
	unsigned jobs;
	analyze_ask_fn *ask;	/* or NULL */
	void *context;
};

static void add_classes(const struct program *p, struct result *r)
{
	g_array_set_size(r->classes, p->lp->class->len);
	for (guint i = 0; i < p->lp->class->len; i++) {
		struct lock_class c =
			g_array_index(p->lp->class, struct lock_class, i);

		c.name = result_text(r, c.name);
		c.file = result_text(r, c.file);
		g_array_index(r->classes, struct lock_class, c.rank) = c;
	}
}

static void *run(void *data)
{
	struct job *job = data;
	struct program *p = program_new(job->f, job->m);
	struct explorer *x = explorer_new(p);
	struct reach *reach = reach_new(x);
	struct handup *h = handup_new(x, reach);

	add_classes(p, job->r);
	order_collect(h, job->r, job->jobs);
	interrupt_collect(h, job->r);
	entry_points_collect(x, reach, job->r);
	ledger_collect(x, reach, job->r);
	result_sort(job->r);
	if (job->ask)
		job->ask(job->context, h, reach, job->r);
	handup_free(h);
	reach_free(reach);
	explorer_free(x);
	program_free(p);
	return NULL;
}

struct result *analyze(const struct facts *f, const struct model *m,
		       unsigned jobs)
{
	return analyze_and_ask(f, m, jobs, NULL, NULL);
}

struct result *analyze_and_ask(const struct facts *f, const struct model *m,
			       unsigned jobs, analyze_ask_fn *ask,
			       void *context)
{
	struct job job = { .f = f, .m = m, .r = result_new(), .jobs = jobs,
			   .ask = ask, .context = context };
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
