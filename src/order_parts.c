/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Holders are divided into parts.  Copies of this process collect the orderings
 * of a part each, some at the same time, and hand them back.
 */
#include "order.h"

#include "child.h"
#include "privilege.h"
#include "program.h"
#include "result_bytes.h"
#include "result_table.h"

/* So few as each finds out anew what others know, too; and so many that some
 * CPUs have something to do, although one takes longer than another. */
enum { PART_NR = 4 };

struct part {
	struct handup *h;
	const uint8_t *part_of;	/* per function */
	unsigned number;
};

/* A child_work_fn: the orderings' size, these, and the limits met. */
static void work_on_part(void *context, GByteArray *out)
{
	const struct part *part = context;
	struct result *r = result_new();
	GByteArray *orderings = g_byte_array_new();

	explorer_forget_limits(part->h->x);
	order_collect_part(part->h, r, part->part_of, part->number);
	result_encode_orderings(r, orderings);
	bytes_put(out, orderings->len);
	g_byte_array_append(out, orderings->data, orderings->len);
	explorer_put_limits(part->h->x, out);
}

/* What CHILD has collected; false: it is to be done here. */
static bool take_part(struct handup *h, struct child *child, struct result *r)
{
	GByteArray *bytes = child_finish(child);
	struct byte_reader in;
	uint32_t size;
	bool taken;

	if (!bytes)
		return false;
	in = (struct byte_reader){ .at = bytes->data,
				   .end = bytes->data + bytes->len };
	size = bytes_get_count(&in);
	taken = !in.bad && result_decode_orderings(r, in.at, size) == 0;
	in.at += size;
	if (taken)
		explorer_get_limits(h->x, &in);
	g_byte_array_unref(bytes);
	return taken;
}

/* How many pairs each function holds a lock in, by its number; the caller's. */
static uint32_t *count_pairs(const struct handup *h)
{
	uint32_t *pairs = g_new0(uint32_t, h->x->p->f->function->len);

	for (guint i = 0; i < h->pair->len; i++) {
		const struct pair *p = &g_array_index(h->pair, struct pair, i);

		pairs[p->holder] += !p->dead;
	}
	return pairs;
}

/* About how much work PAIRS of one holder are, which have most of their ways in
 * common: their square root, rounded down. */
static uint32_t weigh(uint32_t pairs)
{
	uint32_t root = 0;

	while ((uint64_t)(root + 1) * (root + 1) <= pairs)
		root++;
	return root;
}

/*
 * The part of each holder; the caller's.  Functions that stand next to each
 * other have callers in common, so they are in one part, and what is found out
 * of these is found out once.
 */
static uint8_t *make_parts(const struct handup *h)
{
	uint32_t functions = h->x->p->f->function->len;
	uint32_t *pairs = count_pairs(h);
	uint8_t *part_of = g_new0(uint8_t, functions);
	uint64_t all = 1, before = 0;

	for (fact_id id = 0; id < functions; id++)
		all += weigh(pairs[id]);
	for (fact_id id = 0; id < functions; id++) {
		uint32_t weight = weigh(pairs[id]);

		part_of[id] = (uint8_t)((before + weight / 2) * PART_NR / all);
		before += weight;
	}
	g_free(pairs);
	return part_of;
}

struct parts {
	struct part part[PART_NR];
	struct child *child[PART_NR]; /* NULL: not begun, or taken */
	unsigned running;
};

static void collect_here(const struct part *p, struct result *r)
{
	order_collect_part(p->h, r, p->part_of, p->number);
}

static void start_part(struct parts *ps, unsigned i, struct result *r)
{
	ps->child[i] = child_start(work_on_part, &ps->part[i]);
	if (ps->child[i])
		ps->running++;
	else
		collect_here(&ps->part[i], r);
}

static void end_part(struct parts *ps, struct result *r)
{
	unsigned i = child_await(ps->child, PART_NR);

	if (!take_part(ps->part[i].h, ps->child[i], r))
		collect_here(&ps->part[i], r);
	ps->child[i] = NULL;
	ps->running--;
}

/*
 * Each part is a child's, so that what one finds out does not depend on another
 * one, nor on JOBS, how many there are at the same time.
 */
void order_collect(struct handup *h, struct result *r, unsigned jobs)
{
	const char *policy = privileges_policy(h->x->p->privileges);
	uint8_t *part_of = make_parts(h);
	struct parts ps = { .running = 0 };
	unsigned next = 0;

	r->sole_control = privileges_sole_control(h->x->p->privileges);
	r->policy = policy ? result_text(r, policy) : "";
	for (unsigned i = 0; i < PART_NR; i++)
		ps.part[i] = (struct part){ .h = h, .part_of = part_of,
					    .number = i };
	while (next < PART_NR || ps.running)
		if (next < PART_NR && ps.running < MAX(jobs, 1))
			start_part(&ps, next++, r);
		else
			end_part(&ps, r);
	g_free(part_of);
}
