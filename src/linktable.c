/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A table begins at a label of the linker's script.  It ends at the last of the
 * further labels of its output section that the function which uses it names
 * too, as "for (p = __start; p < __end; p++)" does; if that names none, with
 * the output section.  A label that a function uses together with an earlier
 * one is that one's end there, and no table.
 *
 * Of an array that is no label, nothing tells which sections it is of: it may
 * hold every variable of its elements' type that was put into some section.
 *
 * Approximation that could hide a target: a function that is handed a table
 * and finds the end by itself, beyond what the function that names the table
 * knows of.
 */
#include "linktable.h"

#include <string.h>

struct tables {
	const struct facts *f;
	GHashTable *label;	/* name -> id of a global with a "section" */
	GArray **table;
};

static bool is_label(const struct fact_global *g)
{
	return !(g->flags & (GLOBAL_DEFINED | GLOBAL_STATIC)) &&
	       g->section[0];
}

/* A static one is defined, if only tentatively. */
static bool is_table(const struct facts *f, const struct fact_global *g)
{
	return !(g->flags & (GLOBAL_DEFINED | GLOBAL_STATIC)) && g->type &&
	       FACT_TYPE(f, g->type)->kind == TYPE_ARRAY;
}

static bool may_be_element(const struct tables *w, fact_id table, fact_id id)
{
	const struct fact_global *g = FACT_GLOBAL(w->f, table);
	const struct fact_global *other = FACT_GLOBAL(w->f, id);

	return (other->flags & GLOBAL_SECTION) &&
	       other->type == FACT_TYPE(w->f, g->type)->target;
}

static void add_element(struct tables *w, fact_id table, fact_id id)
{
	GArray *t = w->table[table];

	for (guint i = 0; i < t->len; i++)
		if (g_array_index(t, fact_id, i) == id)
			return;
	g_array_append_val(t, id);
}

/* Adds what was put into sections of that PATTERN; NULL: into any. */
static void add_section(struct tables *w, fact_id table, const char *pattern)
{
	for (fact_id id = 1; id < w->f->global->len; id++)
		if (may_be_element(w, table, id) &&
		    (!pattern ||
		     g_pattern_match_simple(pattern, FACT_GLOBAL(w->f, id)
							     ->section)))
			add_element(w, table, id);
}

/* ---- labels and where they are used ---- */

/* The label that WORD of a "section" names, or 0. */
static fact_id label_of(const struct tables *w, const char *word)
{
	size_t nr = strlen(word);
	fact_id id;
	char *name;

	if (nr == 0 || word[nr - 1] != ':')
		return 0;
	name = g_strndup(word, nr - 1);
	id = GPOINTER_TO_UINT(g_hash_table_lookup(w->label, name));
	g_free(name);
	return id;
}

static bool is_in(const GArray *used, fact_id id)
{
	for (guint i = 0; id && i < used->len; i++)
		if (g_array_index(used, fact_id, i) == id)
			return true;
	return false;
}

/* Is LABEL the end of something else that is used? */
static bool is_end(const struct tables *w, const GArray *used, fact_id label)
{
	char *name = g_strconcat(FACT_GLOBAL(w->f, label)->name, ":", NULL);
	bool found = false;

	for (guint i = 0; i < used->len && !found; i++) {
		fact_id other = g_array_index(used, fact_id, i);
		char **word = g_strsplit(FACT_GLOBAL(w->f, other)->section,
					 " ", -1);

		found = other != label &&
			g_strv_contains((const char *const *)word, name);
		g_strfreev(word);
	}
	g_free(name);
	return found;
}

/* What is from LABEL on, for a function that names the labels USED. */
static void add_range(struct tables *w, const GArray *used, fact_id label)
{
	char **word = g_strsplit(FACT_GLOBAL(w->f, label)->section, " ", -1);
	guint nr = g_strv_length(word), end = nr;

	for (guint i = 0; i < nr; i++)
		if (is_in(used, label_of(w, word[i])))
			end = i;
	if (end == nr && is_end(w, used, label))
		end = 0;
	for (guint i = 0; i < end; i++)
		if (!g_str_has_suffix(word[i], ":"))
			add_section(w, label, word[i]);
	g_strfreev(word);
}

static void read_body(struct tables *w, const struct fact_body *b)
{
	GArray *used = g_array_new(FALSE, FALSE, sizeof(fact_id));

	for (uint32_t i = 1; i < b->expr_nr; i++)
		if (b->expr[i].op == EXPR_GLOBAL &&
		    is_label(FACT_GLOBAL(w->f, b->expr[i].a)) &&
		    !is_in(used, b->expr[i].a))
			g_array_append_val(used, b->expr[i].a);
	for (guint i = 0; i < used->len; i++)
		if (w->table[g_array_index(used, fact_id, i)])
			add_range(w, used, g_array_index(used, fact_id, i));
	g_array_unref(used);
}

/* The linker makes these labels itself. */
static const char *section_of_start(const struct tables *w, const char *name)
{
	if (!g_str_has_prefix(name, "__start_"))
		return NULL;
	name += strlen("__start_");
	for (fact_id id = 1; id < w->f->global->len; id++)
		if ((FACT_GLOBAL(w->f, id)->flags & GLOBAL_SECTION) &&
		    !strcmp(FACT_GLOBAL(w->f, id)->section, name))
			return name;
	return NULL;
}

GArray **linktables_new(const struct facts *f)
{
	struct tables w = { .f = f };

	w.label = g_hash_table_new(g_str_hash, g_str_equal);
	w.table = g_new0(GArray *, f->global->len);
	for (fact_id id = 1; id < f->global->len; id++) {
		const struct fact_global *g = FACT_GLOBAL(f, id);

		if (is_label(g))
			g_hash_table_insert(w.label, (gpointer)g->name,
					    GUINT_TO_POINTER(id));
		if (!is_table(f, g))
			continue;
		w.table[id] = g_array_new(FALSE, FALSE, sizeof(fact_id));
		if (!is_label(g))
			add_section(&w, id, section_of_start(&w, g->name));
	}
	for (fact_id id = 1; id < f->function->len; id++)
		if (FACT_FUNCTION(f, id)->body)
			read_body(&w, FACT_FUNCTION(f, id)->body);
	g_hash_table_unref(w.label);
	return w.table;
}

void linktables_free(GArray **table, const struct facts *f)
{
	for (fact_id id = 0; id < f->global->len; id++)
		if (table[id])
			g_array_unref(table[id]);
	g_free(table);
}
