/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists the entry points that reach.c found, each with its reason. */
#include "entry.h"

#include <string.h>

#include "program.h"
#include "result_table.h"

const char *const entry_kind_words[] = {
	[ENTRY_NONE] = "",
	[ENTRY_MODEL] = "model",
	[ENTRY_CONTEXT] = "context",
	[ENTRY_APART] = "apart",
	[ENTRY_ASSEMBLY] = "assembly",
	[ENTRY_ADDRESS] = "address",
	[ENTRY_UNCALLED] = "uncalled",
};

/* What the model gives as the reason of the entry that names FUNCTION. */
static const char *model_reason(const struct program *p,
				enum model_directive directive, fact_id id)
{
	const GPtrArray *entries = model_entries(p->m, directive);

	for (guint i = 0; i < entries->len; i++) {
		const struct model_entry *e = g_ptr_array_index(entries, i);

		if (model_match(e->arg[0], FACT_FUNCTION(p->f, id)->name,
				NULL))
			return e->reason;
	}
	return NULL;
}

static char *assembly_reason(const struct program *p, fact_id id)
{
	const char *name = FACT_FUNCTION(p->f, id)->name;

	for (guint i = 1; i < p->f->asm_symbol->len; i++) {
		const struct fact_asm_symbol *s =
			FACT(p->f, asm_symbol, struct fact_asm_symbol, i);

		if (strcmp(s->name, name) == 0)
			return g_strdup_printf("named at %s:%u", s->file,
					       s->line);
	}
	return g_strdup("named by assembly");
}

static char *reason_of(const struct program *p, enum entry_kind kind,
		       fact_id id)
{
	const char *reason = NULL;

	switch (kind) {
	case ENTRY_ASSEMBLY:
		return assembly_reason(p, id);
	case ENTRY_MODEL:
		reason = model_reason(p, MODEL_ENTRY, id);
		break;
	case ENTRY_CONTEXT:
		reason = model_reason(p, MODEL_CONTEXT, id);
		break;
	case ENTRY_APART:
		reason = model_reason(p, MODEL_APART, id);
		break;
	case ENTRY_ADDRESS:
		reason = "its address is taken, and nothing is known to call "
			 "it";
		break;
	case ENTRY_UNCALLED:
		reason = "nothing is known to call it";
		break;
	case ENTRY_NONE:
		break;
	}
	if (!reason)
		reason = "it runs during boot only";
	return g_strdup(reason);
}

void entry_points_collect(const struct explorer *x, const struct reach *reach,
			  struct result *r)
{
	const struct program *p = x->p;

	for (fact_id id = 1; id < p->f->function->len; id++) {
		const struct fact_function *fn = FACT_FUNCTION(p->f, id);
		enum entry_kind kind = (enum entry_kind)reach->is_entry[id];
		struct entry_point e = {
			.site = { fn->display,
				  result_text(r, FACT_FILE(p->f,
							   fn->file)->path),
				  fn->line },
			.kind = entry_kind_words[kind],
			.context = program_context(p, id),
		};
		char *reason;

		if (kind == ENTRY_NONE)
			continue;
		reason = reason_of(p, kind, id);
		e.site.function = result_text(r, fn->display);
		e.reason = result_text(r, reason);
		g_free(reason);
		g_array_append_val(r->entries, e);
	}
}
