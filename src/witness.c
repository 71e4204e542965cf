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
	const struct explorer *x;
	struct result *r;
	GArray *out;
};

static const struct instance *instance_at(const struct writer *w, uint32_t id)
{
	return g_ptr_array_index(w->x->instance, id);
}

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
static void add_call(struct writer *w, uint32_t caller, uint32_t node)
{
	const struct program *p = w->x->p;
	fact_id fn = instance_at(w, caller)->function;
	const struct call_site *s = callgraph_site(p->cg, fn, node);
	uint32_t line = FACT_FUNCTION(p->f, fn)->body->node[node].line;
	char *via = NULL;

	if (s && s->reason != TARGET_DIRECT && s->field) {
		const struct fact_field *field = FACT_FIELD(p->f, s->field);

		via = g_strdup_printf("%s.%s",
				      FACT_RECORD(p->f, field->record)->name,
				      field->name);
	} else if (s && s->reason != TARGET_DIRECT) {
		via = g_strdup("function pointer");
	}
	add_step(w, via ? STEP_INDIRECT_CALL : STEP_CALL, fn, line,
		 via ? result_text(w->r, via) : NULL);
	g_free(via);
}

static void add_entry_path(struct writer *w, const GArray *path,
			   uint32_t holder)
{
	uint32_t first = path->len ? g_array_index(path, struct path_step,
						   0).instance
				   : holder;
	fact_id fn = instance_at(w, first)->function;

	add_step(w, STEP_ENTRY, fn, FACT_FUNCTION(w->x->p->f, fn)->line, NULL);
	for (guint i = 0; i < path->len; i++) {
		const struct path_step *s =
			&g_array_index(path, struct path_step, i);

		add_call(w, s->instance, s->edge->node);
	}
}

/* How the lock came to be held: down to the acquisition, and back. */
static void add_hold(struct writer *w, uint32_t instance, uint32_t origin)
{
	const struct origin *o = origin_get(w->x->origins, origin);
	fact_id fn = instance_at(w, instance)->function;
	uint32_t line = FACT_FUNCTION(w->x->p->f, fn)->body
				->node[o->node].line;

	if (!o->instance) {
		add_step(w, STEP_ACQUIRE, fn, line, NULL);
		return;
	}
	add_call(w, instance, o->node);
	add_hold(w, o->instance - 1, o->inner);
	add_step(w, STEP_RETURN, fn, line, NULL);
}

static void add_acquisition(struct writer *w, GArray *const *pending,
			    const struct candidate *k)
{
	uint32_t at = k->instance, node = k->part.node;
	uint32_t inner_instance = k->part.inner_instance;
	uint32_t inner = k->part.inner;

	while (inner_instance) {
		const struct pending *p;

		add_call(w, at, node);
		at = inner_instance - 1;
		p = &g_array_index(pending[at], struct pending, inner);
		node = p->node;
		inner_instance = p->inner_instance;
		inner = p->inner;
	}
	add_step(w, STEP_ACQUIRE, instance_at(w, at)->function,
		 FACT_FUNCTION(w->x->p->f, instance_at(w, at)->function)
			 ->body->node[node].line,
		 NULL);
}

void witness_make(const struct explorer *x, const GArray *path,
		  GArray *const *pending, const struct candidate *k,
		  struct result *r, GArray *out)
{
	struct writer w = { .x = x, .r = r, .out = out };

	add_entry_path(&w, path, k->instance);
	add_hold(&w, k->instance, k->origin);
	add_acquisition(&w, pending, k);
}
