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

/* So many that they can be spread over some CPUs although one takes longer than
 * another; each finds out anew what others know, too. */
enum { PART_NR = 8 };

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

/* A function that holds a lock in so many pairs. */
struct holder {
	fact_id function;
	uint32_t pairs;
};

/* Those with most pairs first. */
static int compare_holder(const void *a, const void *b)
{
	const struct holder *x = a, *y = b;

	if (x->pairs != y->pairs)
		return x->pairs > y->pairs ? -1 : 1;
	return x->function < y->function ? -1 : 1;
}

/* Each function as a holder, by its number; the caller's. */
static GArray *count_pairs(const struct handup *h)
{
	uint32_t functions = h->x->p->f->function->len;
	GArray *holders = g_array_sized_new(FALSE, TRUE, sizeof(struct holder),
					    functions);

	g_array_set_size(holders, functions);
	for (fact_id id = 0; id < functions; id++)
		g_array_index(holders, struct holder, id).function = id;
	for (guint i = 0; i < h->pair->len; i++) {
		const struct pair *p = &g_array_index(h->pair, struct pair, i);

		g_array_index(holders, struct holder, p->holder).pairs +=
			!p->dead;
	}
	return holders;
}

/* The part of each holder, so that the parts have about as many pairs, and the
 * first ones most; the caller's. */
static uint8_t *make_parts(const struct handup *h)
{
	GArray *holders = count_pairs(h);
	uint8_t *part_of = g_new0(uint8_t, holders->len);
	uint32_t nr[PART_NR] = { 0 };

	g_array_sort(holders, compare_holder);
	for (guint i = 0; i < holders->len; i++) {
		const struct holder *holder =
			&g_array_index(holders, struct holder, i);
		unsigned part = 0;

		for (unsigned k = 1; k < PART_NR; k++)
			if (nr[k] < nr[part])
				part = k;
		part_of[holder->function] = (uint8_t)part;
		nr[part] += holder->pairs;
	}
	g_array_unref(holders);
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
