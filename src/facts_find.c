/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "facts_find.h"

#include <string.h>

fact_id facts_field_by_name(const struct facts *f, const char *name)
{
	char **part = g_strsplit(name, ".", -1);
	guint nr = g_strv_length(part);
	fact_id found = 0;

	for (fact_id id = 1; nr >= 2 && id < f->field->len && !found; id++) {
		const struct fact_field *field = FACT_FIELD(f, id);

		if (strcmp(field->name, part[nr - 1]) == 0 &&
		    strcmp(FACT_RECORD(f, field->record)->name,
			   part[nr - 2]) == 0)
			found = id;
	}
	g_strfreev(part);
	return found;
}

fact_id facts_field_by_model(const struct facts *f, const struct model *m,
			     enum model_directive directive)
{
	const GPtrArray *entries = model_entries(m, directive);
	fact_id found = 0;

	for (guint i = 0; i < entries->len && !found; i++) {
		const struct model_entry *e = g_ptr_array_index(entries, i);

		found = facts_field_by_name(f, e->arg[0]);
	}
	return found;
}

fact_id facts_function_by_name(const struct facts *f, const char *name)
{
	for (fact_id id = 1; id < f->function->len; id++) {
		const struct fact_function *fn = FACT_FUNCTION(f, id);

		if (fn->body && strcmp(fn->name, name) == 0)
			return id;
	}
	return 0;
}
