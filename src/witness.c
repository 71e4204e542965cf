/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A witness is put together from calls: how the holder is reached, how the
 * lock came to be held, how the acquisition is reached.
 *
 * Approximation: branches between those calls are not listed, and the states
 * on the way were joined; the steps are in the order of the program, but
 * that no condition contradicts another was checked for joined states only.
 */
#include "witness.h"

#include "program.h"
#include "result_table.h"

struct writer {
	const struct handup *h;
	const struct explorer *x;
	struct result *r;
	GArray *out;
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

static void add_step(struct writer *w, enum step_event event,
		     fact_id function, uint32_t line, const char *via)
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
}

/* The step of a call, seen in the caller. */
static void add_call(struct writer *w, fact_id caller, uint32_t node)
{
	const struct program *p = w->x->p;
	const struct call_site *s = callgraph_site(p->cg, caller, node);
	uint32_t line = FACT_FUNCTION(p->f, caller)->body->node[node].line;
	char *via = NULL;

	if (FACT_FUNCTION(p->f, caller)->body->node[node].flags & NODE_FAULT) {
		via = g_strdup("fault on guest memory");
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

static const struct call_edge *edge_of(const struct writer *w, uint32_t id)
{
	return g_ptr_array_index(w->h->edge, id);
}

static void add_way(struct writer *w, const GArray *edges, fact_id holder)
{
	fact_id first = edges->len ? edge_of(w, g_array_index(edges, uint32_t,
							      0))->caller
				   : holder;

	add_step(w, STEP_ENTRY, first,
		 FACT_FUNCTION(w->x->p->f, first)->line, NULL);
	for (guint i = 0; i < edges->len; i++) {
		const struct call_edge *e =
			edge_of(w, g_array_index(edges, uint32_t, i));

		add_call(w, e->caller, e->node);
	}
}

/* How the lock came to be held: down to the acquisition, and back. */
static void add_hold(struct writer *w, uint32_t origin)
{
	const struct origin *o = origin_get(w->x->origins, origin);
	uint32_t line = FACT_FUNCTION(w->x->p->f, o->in)->body
				->node[o->node].line;

	if (!o->callee) {
		add_step(w, STEP_ACQUIRE, o->in, line, NULL);
		return;
	}
	add_call(w, o->in, o->node);
	add_hold(w, o->inner);
	add_step(w, STEP_RETURN, o->in, line, NULL);
}

static void add_acquisition(struct writer *w, const struct acquisition *a)
{
	while (a->edge) {
		const struct call_edge *e = edge_of(w, a->edge - 1);

		add_call(w, e->caller, e->node);
		a = &g_array_index(w->h->acquired[e->callee],
				   struct acquisition, a->inner);
	}
	add_step(w, STEP_ACQUIRE, a->event->function,
		 FACT_FUNCTION(w->x->p->f, a->event->function)
			 ->body->node[a->event->node].line,
		 NULL);
}

void witness_of_entry(const struct handup *h, fact_id function,
		      const struct acquisition *a, struct result *r,
		      GArray *out)
{
	struct writer w = { .h = h, .x = h->x, .r = r, .out = out };

	add_step(&w, STEP_ENTRY, function,
		 FACT_FUNCTION(h->x->p->f, function)->line, NULL);
	add_acquisition(&w, a);
}

void witness_make(const struct handup *h, const struct way *way,
		  const struct pair *p, uint32_t origin, struct result *r,
		  GArray *out)
{
	struct writer w = { .h = h, .x = h->x, .r = r, .out = out };

	add_way(&w, way->edge, p->holder);
	add_hold(&w, origin);
	add_acquisition(&w, &p->acquired);
}
