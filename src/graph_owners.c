/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Classes of the caller at the right and of another owner at the left, each at
 * the level that it has: the rule's bias lifts the caller's above the others.
 * Lines between the columns show what the bias puts in order and what it does
 * not; within a column, what goes down is drawn, and what goes up is counted in
 * the box.
 *
 * Approximation: the caller is drawn as if it were a control domain.
 */
#include "graph.h"

#include <string.h>

#include "diag.h"
#include "graph_arcs.h"
#include "graph_link.h"
#include "graph_sums.h"
#include "picture.h"
#include "result_table.h"
#include "result_words.h"

static const double row = 70, box_height = 54, middle = 620;

/* The caller's classes are the nodes after those of the other owner. */
struct owners {
	const struct result *r;
	enum owner_role other;
	const struct graph_sums *sums;
	guint class_nr;
};

static bool is_other(const struct owners *g, enum owner_role role)
{
	return role == g->other ||
	       (g->other == OWNER_SUBJECT && role == OWNER_REMOTE);
}

static int node_of(const struct lock_ref *lock, const void *data)
{
	const struct owners *g = data;

	if (lock->owner == OWNER_CURRENT)
		return (int)(g->class_nr + lock->class);
	return is_other(g, lock->owner) ? (int)lock->class : -1;
}

static bool is_caller(const struct owners *g, guint node)
{
	return node >= g->class_nr;
}

static const struct lock_class *class_of(const struct owners *g, guint node)
{
	return result_class(g->r, node % g->class_nr);
}

static const char *role_of(const struct owners *g, guint node)
{
	return owner_words[is_caller(g, node) ? OWNER_CURRENT : g->other];
}

/* The value of a filter. */
static const char *filter_of(const struct owners *g, guint node)
{
	if (!is_caller(g, node) && g->other == OWNER_SUBJECT)
		return "subject,remote";
	return role_of(g, node);
}


static char *link_of(const struct owners *g, guint held, guint acquired)
{
	return graph_link("held", class_of(g, held)->name, "held-owner",
			  filter_of(g, held), "acquired",
			  class_of(g, acquired)->name, "acquired-owner",
			  filter_of(g, acquired), "context", "running", NULL);
}

/* Orderings between classes of one owner that are not drawn: those in the
 * order of the levels. */
static void append_upward(GString *label, const struct owners *g, guint node)
{
	guint end = is_caller(g, node) ? 2 * g->class_nr : g->class_nr;
	unsigned good = 0, bad = 0;

	for (guint i = node; i < end; i++) {
		const struct graph_sum *sum = graph_sum_at(g->sums, node, i);

		good += sum->nr[VERDICT_ALLOWED] + sum->nr[VERDICT_RECURSIVE];
		bad += sum->nr[VERDICT_CONDITIONAL] +
		       sum->nr[VERDICT_VIOLATION];
	}
	if (good + bad > 0)
		g_string_append_printf(label, "\nupward: %u ok, %u cond.", good,
				       bad);
}

static void append_level(GString *label, const struct owners *g, guint node)
{
	int level = class_of(g, node)->level, bias = g->r->rule.bias;

	if (is_caller(g, node) && bias > 0)
		g_string_append_printf(label, "\nlevel %d + %d = %d", level,
				       bias, level + bias);
	else
		g_string_append_printf(label, "\nlevel %d", level);
}

static void add_box(struct picture *p, const struct owners *g, guint node)
{
	struct picture_box *box = picture_add_box(p);
	GString *label = g_string_new(class_of(g, node)->name);
	bool is_biased = is_caller(g, node) && g->r->rule.bias > 0;

	append_level(label, g, node);
	append_upward(label, g, node);
	box->kind = is_caller(g, node) ? PICTURE_CALLER : PICTURE_PLAIN;
	box->name = g_strdup_printf("%s.%s", role_of(g, node),
				    class_of(g, node)->name);
	box->label = g_string_free(label, FALSE);
	box->link = graph_link("class", class_of(g, node)->name, "owner",
			       filter_of(g, node), "context", "running", NULL);
	box->width = GRAPH_BOX_WIDTH;
	box->height = box_height;
	box->centre = (struct picture_point){
		is_caller(g, node) ? middle : 0,
		(is_biased ? node : node % g->class_nr) * row };
}

static void add_heading(struct picture *p, const char *text, double x,
			double y)
{
	struct picture_box *box = picture_add_box(p);

	box->kind = PICTURE_NOTE;
	box->name = g_strdup_printf("heading %g", x);
	box->label = g_strdup(text);
	box->width = picture_text_width(text, PICTURE_TEXT_SIZE) + 10;
	box->height = 24;
	box->centre = (struct picture_point){ x, y };
}

static void add_headings(struct picture *p, const struct owners *g)
{
	bool is_biased = g->r->rule.bias > 0;
	double first = is_biased ? g->class_nr * row : 0;
	char *other = g_strdup_printf("owner: %s%s", owner_words[g->other],
				      g->other == OWNER_SUBJECT ?
				      " (remote ones as well)" : "");

	add_heading(p, other, -GRAPH_BOX_WIDTH / 2, g->class_nr * row - row / 3);
	add_heading(p, is_biased ? "owner: the caller, if it has the bias"
				 : "owner: the caller", middle,
		    first + g->class_nr * row - row / 3);
	g_free(other);
}

static struct picture_curve *add_curve(struct picture *p,
				       const struct owners *g, guint held,
				       guint acquired)
{
	const struct graph_sum *sum = graph_sum_at(g->sums, held, acquired);
	struct picture_curve *curve = picture_add_curve(p);
	char *words = graph_sum_words(sum);

	curve->kind = graph_sum_kind(sum);
	curve->from = held;
	curve->to = acquired;
	curve->title = g_strdup_printf("%s (%s) held, %s (%s) acquired: %s",
				       class_of(g, held)->name,
				       role_of(g, held),
				       class_of(g, acquired)->name,
				       role_of(g, acquired), words);
	curve->link = link_of(g, held, acquired);
	curve->width = graph_sum_width(sum);
	g_free(words);
	return curve;
}

/* Within a column, down on its outer side. */
static void add_arc(struct picture *p, const struct owners *g, guint held,
		    guint acquired)
{
	struct picture_curve *curve = add_curve(p, g, held, acquired);
	const struct graph_sum *sum = graph_sum_at(g->sums, held, acquired);

	curve->label = graph_sum_label(sum, false);
	graph_arc_place(p, curve, held - acquired,
			is_caller(g, held) ? 1 : -1);
}

/*
 * A line across: labels stand nearer to the held lock's box, at a distance
 * from it that depends on where the line leads, so that those of one box are
 * side by side.
 */
static void add_line(struct picture *p, const struct owners *g, guint held,
		     guint acquired)
{
	struct picture_curve *curve = add_curve(p, g, held, acquired);
	const struct picture_box *from = &g_array_index(p->box,
					struct picture_box, held);
	const struct picture_box *to = &g_array_index(p->box,
					struct picture_box, acquired);
	double side = is_caller(g, held) ? -0.5 : 0.5;
	double share = 0.12 + 0.45 * (acquired % g->class_nr) / g->class_nr;
	struct picture_point a = { from->centre.x + side * from->width,
				   from->centre.y };
	struct picture_point b = { to->centre.x - side * to->width,
				   to->centre.y };
	struct picture_point step = { (b.x - a.x) / 3, (b.y - a.y) / 3 };

	curve->label = g_strdup_printf("%u", graph_sum_all(
				graph_sum_at(g->sums, held, acquired)));
	picture_bend(curve, (const struct picture_point[]){
		a, { a.x + step.x, a.y + step.y },
		{ b.x - step.x, b.y - step.y }, b });
	curve->label_at = (struct picture_point){ a.x + share * 3 * step.x,
						  a.y + share * 3 * step.y };
}

static void add_between(struct picture *p, const struct owners *g, guint held,
			guint acquired)
{
	const struct graph_sum *sum = graph_sum_at(g->sums, held, acquired);

	if (graph_sum_all(sum) == 0 || held == acquired)
		return;
	if (is_caller(g, held) != is_caller(g, acquired))
		add_line(p, g, held, acquired);
	else if (held > acquired)
		add_arc(p, g, held, acquired);
}

static struct picture *draw(const struct owners *g)
{
	char *title = g_strdup_printf("Lock classes by owner, rule %s: the "
		"caller against the %s; down is against the order",
		g->r->rule.name, owner_words[g->other]);
	struct picture *p = picture_new(title);

	for (guint i = 0; i < 2 * g->class_nr; i++)
		add_box(p, g, i);
	for (guint h = 0; h < 2 * g->class_nr; h++)
		for (guint a = 0; a < 2 * g->class_nr; a++)
			add_between(p, g, h, a);
	graph_arcs_sort(p);
	add_headings(p, g);
	g_free(title);
	return p;
}

struct picture *graph_owners(const struct result *r, const char *role)
{
	int other = role ? words_find(owner_words, role) : OWNER_SUBJECT;
	struct owners g = { .r = r, .class_nr = r->classes->len };
	struct graph_sums *sums;
	struct picture *p;

	if (other < 0 || other == OWNER_CURRENT) {
		diag_error("option '--of' wants an owner to set against the "
			   "caller: subject, remote, parent, third, special, "
			   "none or any, not '%s'", role);
		return NULL;
	}
	g.other = (enum owner_role)other;
	sums = graph_sums_make(r, 2 * g.class_nr, node_of, &g);
	g.sums = sums;
	p = draw(&g);
	graph_sums_free(sums);
	return p;
}
