/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads scripts of the GNU linker as far as tables need it: labels, which are
 * assigned the location counter, and patterns of input sections, by output
 * section.  The script should have gone through the preprocessor; lines with
 * directives are skipped, and a label that only a macro would make is not
 * seen.  All else is skipped: expressions, assertions, program headers.
 */
#include "linkscript.h"

#include <string.h>

#include "facts_table.h"

struct linkscript {
	GHashTable *after;	/* label -> what comes after it, GString */
	GPtrArray *open;	/* GString: of labels of the output section that
				 * is being read */
};

static void string_free(void *data)
{
	g_string_free(data, TRUE);
}

struct linkscript *linkscript_new(void)
{
	struct linkscript *w = g_new0(struct linkscript, 1);

	w->after = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					 string_free);
	w->open = g_ptr_array_new();
	return w;
}

void linkscript_free(struct linkscript *w)
{
	g_hash_table_unref(w->after);
	g_ptr_array_unref(w->open);
	g_free(w);
}

static void add_item(struct linkscript *w, const char *start, size_t size,
		     const char *end)
{
	for (guint i = 0; i < w->open->len; i++) {
		GString *after = w->open->pdata[i];

		if (after->len)
			g_string_append_c(after, ' ');
		g_string_append_len(after, start, (gssize)size);
		g_string_append(after, end);
	}
}

/* A label that is made in two places has what comes after either. */
static void add_label(struct linkscript *w, const char *start, size_t size)
{
	char *name = g_strndup(start, size);
	GString *after = g_hash_table_lookup(w->after, name);

	add_item(w, start, size, ":");
	if (!after) {
		after = g_string_new(NULL);
		g_hash_table_insert(w->after, g_strdup(name), after);
	}
	if (!g_ptr_array_find(w->open, after, NULL))
		g_ptr_array_add(w->open, after);
	g_free(name);
}

static bool is_word_char(char c)
{
	return g_ascii_isalnum(c) || strchr("_.$*?-[]", c);
}

static const char *skip_blank(const char *at)
{
	return at + strspn(at, " \t\r\n");
}

/* "NAME = ." */
static bool is_label(const char *end)
{
	end = skip_blank(end);
	if (*end++ != '=')
		return false;
	end = skip_blank(end);
	return *end == '.' && strchr(";) \t\r\n", end[1]);
}

/* The patterns after a "*(", whose names of orders are words before a further
 * parenthesis.  Returns its end. */
static const char *read_patterns(struct linkscript *w, const char *at)
{
	int depth = 1;

	while (*at && depth > 0) {
		size_t nr = 0;

		while (at[nr] && is_word_char(at[nr]))
			nr++;
		if (nr == 0) {
			depth += (*at == '(') - (*at == ')');
			at++;
			continue;
		}
		if (*skip_blank(at + nr) != '(')
			add_item(w, at, nr, "");
		at += nr;
	}
	return at;
}

/* Comments and lines of the preprocessor become blanks. */
static void blank_out(char *text)
{
	bool comment = false, directive = false, start = true;

	for (char *at = text; *at; at++) {
		if (!directive && !strncmp(at, comment ? "*/" : "/*", 2)) {
			comment = !comment;
			at[0] = at[1] = ' ';
			at++;
			continue;
		}
		if (*at == '\n') {
			directive &= at > text && at[-1] == '\\';
			start = true;
			continue;
		}
		directive |= start && !comment && *at == '#';
		start &= *at == ' ' || *at == '\t';
		if (comment || directive)
			*at = *at == '\\' ? '\\' : ' ';
	}
}

static void read_text(struct linkscript *w, const char *at)
{
	int depth = 0;		/* 1: in SECTIONS; 2: in an output section */

	while (*at) {
		size_t nr = 0;

		while (at[nr] && is_word_char(at[nr]))
			nr++;
		if (depth >= 2 && nr == 1 && at[0] == '*' && at[1] == '(') {
			at = read_patterns(w, at + 2);
		} else if (nr > 0) {
			if (depth >= 2 && is_label(at + nr) && at[0] != '.')
				add_label(w, at, nr);
			at += nr;
		} else {
			depth += (*at == '{') - (*at == '}');
			if (*at++ == '}')
				g_ptr_array_set_size(w->open, 0);
		}
	}
	g_ptr_array_set_size(w->open, 0);
}

bool linkscript_read(struct linkscript *w, const char *path)
{
	char *text;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return false;
	blank_out(text);
	read_text(w, text);
	g_free(text);
	return true;
}

void linkscript_apply(const struct linkscript *w, struct facts *f)
{
	for (fact_id id = 1; id < f->global->len; id++) {
		struct fact_global *g = FACT_GLOBAL(f, id);
		const GString *after;

		if (g->flags & (GLOBAL_DEFINED | GLOBAL_STATIC))
			continue;
		after = g_hash_table_lookup(w->after, g->name);
		if (after)
			g->section = facts_text(f, after->str);
	}
}
