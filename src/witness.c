/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A witness is put together from its legs.  Of a leg that was replayed the
 * branches are those on its path; a branch is told if the leg's next step
 * cannot be reached the other way without coming back to it.
 *
 * Approximation: of a leg that was not replayed a shortest path through the
 * function stands for the one that is not known.  Only branches that every
 * path passes the same way are told, so that what is told is true of all.
 */
#include "witness.h"

#include "body_defs.h"
#include "expr_text.h"
#include "leg.h"
#include "program.h"
#include "result_table.h"
#include "slice.h"
#include "successors.h"

struct writer {
	const struct explorer *x;
	struct cfg *cfg;
	struct result *r;
	GArray *out;
};

/* A part of a leg: what leads to one of its steps. */
struct stretch {
	fact_id function;
	const uint32_t *node;	/* in order, the step's last */
	guint nr;
	uint32_t target;	/* the step, or CFG_RETURN */
	bool was_replayed;
	guint first;		/* its first step in the writer's OUT */
};

static const char *source_text(const struct writer *w, fact_id file,
			       uint32_t line)
{
	const GArray *lines = w->x->p->f->source_line;
	guint low = 1, high = lines->len;

	while (low < high) {
		guint middle = low + (high - low) / 2;
		const struct fact_line *l =
			&g_array_index(lines, struct fact_line, middle);

		if (l->file == file && l->line == line) {
			char *text = g_strstrip(g_strdup(l->text));
			const char *kept = result_text(w->r, text);

			g_free(text);
			return kept;
		}
		if (l->file < file || (l->file == file && l->line < line))
			low = middle + 1;
		else
			high = middle;
	}
	return "";
}

static const struct fact_body *body_of(const struct writer *w,
				       fact_id function)
{
	return FACT_FUNCTION(w->x->p->f, function)->body;
}

static struct witness_step *add_step(struct writer *w, enum step_event event,
				     fact_id function, uint32_t line,
				     const char *via)
{
	const struct fact_function *fn = FACT_FUNCTION(w->x->p->f, function);
	struct witness_step s = {
		.event = event,
		.site = { .function = result_text(w->r, fn->display),
			  .file = result_text(w->r, FACT_FILE(w->x->p->f,
							fn->file)->path),
			  .line = line },
		.text = source_text(w, fn->file, line),
		.via = via,
	};

	g_array_append_val(w->out, s);
	return &g_array_index(w->out, struct witness_step, w->out->len - 1);
}

/* The step of a call, seen in the caller. */
static void add_call(struct writer *w, fact_id caller, uint32_t node)
{
	const struct program *p = w->x->p;
	const struct call_site *s = callgraph_site(p->cg, caller, node);
	uint32_t line = body_of(w, caller)->node[node].line;
	char *via = NULL;
	uint8_t flags = FACT_FUNCTION(p->f, caller)->body->node[node].flags;

	if (flags & NODE_FAULT) {
		via = g_strdup("fault on guest memory");
	} else if (flags & NODE_ELSEWHERE) {
		via = g_strdup("another CPU, waited for");
	} else if (s && s->reason != TARGET_DIRECT && s->field) {
		const struct fact_field *field = FACT_FIELD(p->f, s->field);

		via = g_strdup_printf("%s.%s",
				      FACT_RECORD(p->f, field->record)->name,
				      field->name);
	} else if (s && s->reason != TARGET_DIRECT) {
		via = g_strdup("function pointer");
	}
	add_step(w, via ? STEP_INDIRECT_CALL : STEP_CALL, caller, line,
		 via ? result_text(w->r, via) : NULL);
	g_free(via);
}

/* Where control goes if it arrives at NODE, nodes without effect left out. */
static uint32_t lands_at(const struct writer *w, const struct stretch *s,
			 uint32_t node)
{
	return s->was_replayed && node
		       ? w->x->p->slice[s->function]->skip[node]
		       : node;
}

/* Does the step need that control goes from the branch B not to OTHER? */
static bool decides(const struct writer *w, const struct stretch *s, uint32_t b,
		    uint32_t other)
{
	if (cfg_avoids(w->cfg, s->function, other, s->target, b))
		return false;
	return s->was_replayed ||
	       !cfg_avoids(w->cfg, s->function, s->node[0], s->target, b);
}

static bool is_told(const struct writer *w, const struct stretch *s,
		    uint32_t line, const char *condition, bool taken)
{
	for (guint i = s->first; i < w->out->len; i++) {
		const struct witness_step *old = &g_array_index(
			w->out, struct witness_step, i);

		if (old->event == STEP_BRANCH && old->site.line == line &&
		    old->taken == taken && old->via == condition)
			return true;
	}
	return false;
}

/* Appends the step of a decision at NODE: TEXT, which is so or not. */
static void add_decision(struct writer *w, const struct stretch *s,
			 uint32_t node, const char *text, bool taken)
{
	uint32_t line = body_of(w, s->function)->node[node].line;
	const char *condition = result_text(w->r, text);

	if (!is_told(w, s, line, condition, taken))
		add_step(w, STEP_BRANCH, s->function, line,
			 condition)->taken = taken;
}

static GString *value_text(const struct writer *w, fact_id function,
			   uint32_t expr)
{
	const struct fact_body *b = body_of(w, function);
	GString *text = g_string_new("");
	struct body_defs defs;

	body_defs_init(&defs, b);
	expr_text(text, w->x->p->f, b, &defs, expr);
	body_defs_release(&defs);
	return text;
}

static void add_branch(struct writer *w, const struct stretch *s, uint32_t node,
		       uint32_t next)
{
	const struct fact_body *b = body_of(w, s->function);
	const struct fact_node *n = &b->node[node];
	bool taken = lands_at(w, s, n->next) == next;
	GString *text;

	if (lands_at(w, s, n->next) == lands_at(w, s, n->other) ||
	    slice_is_guard(b, node) ||
	    !decides(w, s, node, taken ? n->other : n->next))
		return;
	text = value_text(w, s->function, n->a);
	add_decision(w, s, node, text->str, taken);
	g_string_free(text, TRUE);
}

/* More cases of a switch that lead to one place are not told. */
enum { TOLD_CASES_MAX = 4 };

/* Appends the cases through which a switch of VALUE goes to NEXT; false: it is
 * the default. */
static bool append_cases(const struct writer *w, const struct stretch *s,
			 uint32_t node, uint32_t next, const char *value,
			 GString *text)
{
	const struct fact_body *b = body_of(w, s->function);
	const struct fact_node *n = &b->node[node];
	guint nr = 0;

	for (uint32_t i = 0; i < n->extra_nr; i++) {
		const struct fact_case *c = &b->cases[n->extra + i];

		if (lands_at(w, s, c->node) != next)
			continue;
		if (nr++ > 0)
			g_string_append(text, " || ");
		if (nr > TOLD_CASES_MAX) {
			g_string_append(text, "...");
			break;
		}
		g_string_append_printf(text, "%s %s %" G_GINT64_FORMAT, value,
				       c->lo == c->hi ? "==" : ">=", c->lo);
		if (c->lo != c->hi)
			g_string_append_printf(text, " && %s <= %"
					       G_GINT64_FORMAT, value, c->hi);
	}
	return nr > 0;
}

static bool switch_decides(const struct writer *w, const struct stretch *s,
			   uint32_t node, uint32_t next)
{
	const struct fact_body *b = body_of(w, s->function);
	const struct fact_node *n = &b->node[node];

	for (uint32_t i = 0; i < n->extra_nr; i++) {
		uint32_t to = b->cases[n->extra + i].node;

		if (lands_at(w, s, to) != next && !decides(w, s, node, to))
			return false;
	}
	return lands_at(w, s, n->next) == next ||
	       decides(w, s, node, n->next);
}

static void add_switch(struct writer *w, const struct stretch *s, uint32_t node,
		       uint32_t next)
{
	GString *value, *text;
	bool is_case;

	if (!switch_decides(w, s, node, next))
		return;
	value = value_text(w, s->function,
			   body_of(w, s->function)->node[node].a);
	text = g_string_new("");
	is_case = append_cases(w, s, node, next, value->str, text);
	if (!is_case)
		g_string_append_printf(text, "%s: one of the cases",
				       value->str);
	add_decision(w, s, node, text->str, is_case);
	g_string_free(text, TRUE);
	g_string_free(value, TRUE);
}

/* The decisions on a stretch. */
static void add_branches(struct writer *w, struct stretch *s)
{
	const struct fact_body *b = body_of(w, s->function);

	s->first = w->out->len;
	/* Of the run-time check itself nothing is told. */
	if (program_in_lock_header(w->x->p, s->function))
		return;
	for (guint i = 0; i + 1 < s->nr; i++) {
		if (b->node[s->node[i]].kind == NODE_BRANCH)
			add_branch(w, s, s->node[i], s->node[i + 1]);
		else if (b->node[s->node[i]].kind == NODE_SWITCH)
			add_switch(w, s, s->node[i], s->node[i + 1]);
	}
}

/* From node FROM, of a leg that was not replayed, to TARGET. */
static uint32_t add_shortest(struct writer *w, fact_id function, uint32_t from,
			     uint32_t target)
{
	GArray *path = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	struct stretch s = { .function = function, .target = target };
	uint32_t last = target;

	cfg_path(w->cfg, function, from, target, path);
	if (path->len) {
		s.node = &g_array_index(path, uint32_t, 0);
		s.nr = path->len;
		add_branches(w, &s);
		last = s.node[s.nr - 1];
	}
	g_array_unref(path);
	return last;
}

/* The nodes FROM to TO of a path; the node it ends with. */
static uint32_t add_replayed(struct writer *w, const struct leg *leg,
			     const struct leg_path *path, guint from, guint to,
			     uint32_t target)
{
	struct stretch s = {
		.function = leg->function,
		.node = &g_array_index(path->node, uint32_t, from),
		.nr = to - from + 1, .target = target, .was_replayed = true,
	};

	add_branches(w, &s);
	return g_array_index(path->node, uint32_t, to);
}

/* Branches from the step before to node TARGET; the node that is reached. */
static uint32_t lead_to(struct writer *w, const struct leg *leg,
			const struct leg_path *path, bool from_via,
			uint32_t target)
{
	guint from = from_via ? path ? path->via : leg->via : 0;
	guint to;

	if (!path)
		return add_shortest(w, leg->function, from_via ? from : 1,
				    target);
	to = target == leg->via && !from_via ? path->via : path->node->len - 1;
	return add_replayed(w, leg, path, from, to, target);
}

/* Takes the successor of a node from which control lands at a return. */
struct landing {
	const uint32_t *skip;
	uint32_t at, found;
};

static void take_landing(void *context, uint32_t node)
{
	struct landing *l = context;

	if (node && l->skip[node] == l->at)
		l->found = node;
}

/*
 * To the exploration all returns whose value does not matter are one (slice.c):
 * the one that a replayed PATH really gets to.
 */
static uint32_t find_return(struct writer *w, fact_id function,
			    const GArray *path)
{
	const uint32_t *node = &g_array_index(path, uint32_t, 0);
	struct landing l = { .skip = w->x->p->slice[function]->skip,
			     .at = node[path->len - 1], .found = 1 };
	GArray *rest = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	uint32_t last;

	if (path->len > 1)
		for_successors(body_of(w, function), node[path->len - 2],
			       take_landing, &l);
	cfg_path(w->cfg, function, l.found, CFG_RETURN, rest);
	last = rest->len ? g_array_index(rest, uint32_t, rest->len - 1) : l.at;
	g_array_unref(rest);
	return last;
}

/* How the lock came to be held: down to the acquisition, and back. */
static void add_hold(struct writer *w, const struct leg *leg,
		     const struct leg_path *path)
{
	uint32_t line = body_of(w, leg->function)->node[leg->via].line, back;
	const struct leg_path *inner;

	lead_to(w, leg, path, false, leg->via);
	if (!leg->inner) {
		add_step(w, STEP_ACQUIRE, leg->function, line, NULL);
		return;
	}
	add_call(w, leg->function, leg->via);
	inner = path ? path->inner : leg->inner->path;
	add_hold(w, leg->inner, inner);
	back = lead_to(w, leg->inner, inner, true, CFG_RETURN);
	if (inner)
		back = find_return(w, leg->inner->function, inner->node);
	line = back ? body_of(w, leg->inner->function)->node[back].line
		    : FACT_FUNCTION(w->x->p->f, leg->inner->function)->end_line;
	add_step(w, STEP_RETURN, leg->inner->function, line, NULL);
}

static void add_leg(struct writer *w, const struct leg *leg)
{
	if (leg->via)
		add_hold(w, leg, leg->path);
	lead_to(w, leg, leg->path, leg->via != 0, leg->target);
	if (leg->to)
		add_call(w, leg->function, leg->target);
	else
		add_step(w, STEP_ACQUIRE, leg->function,
			 body_of(w, leg->function)->node[leg->target].line,
			 NULL);
}

void witness_of_entry(const struct handup *h, fact_id function,
		      const struct acquisition *a, struct result *r,
		      GArray *out)
{
	struct writer w = { .x = h->x, .r = r, .out = out };

	add_step(&w, STEP_ENTRY, function,
		 FACT_FUNCTION(h->x->p->f, function)->line, NULL);
	while (a->edge) {
		const struct call_edge *e = g_ptr_array_index(h->edge,
							      a->edge - 1);

		add_call(&w, e->caller, e->node);
		a = &g_array_index(h->acquired[e->callee], struct acquisition,
				   a->inner);
	}
	add_step(&w, STEP_ACQUIRE, a->event->function,
		 body_of(&w, a->event->function)->node[a->event->node].line,
		 NULL);
}

void witness_make(const struct explorer *x, struct cfg *cfg,
		  const GPtrArray *legs, struct result *r, GArray *out)
{
	struct writer w = { .x = x, .cfg = cfg, .r = r, .out = out };
	const struct leg *first = g_ptr_array_index(legs, 0);

	add_step(&w, STEP_ENTRY, first->function,
		 FACT_FUNCTION(x->p->f, first->function)->line, NULL);
	for (guint i = 0; i < legs->len; i++)
		add_leg(&w, g_ptr_array_index(legs, i));
}
