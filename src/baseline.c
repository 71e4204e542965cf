/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Baselines: read into a list of entries in their order, written sorted. */
#include "baseline.h"

#include <string.h>

#include "diag.h"
#include "findings.h"
#include "output.h"
#include "result_table.h"

enum { ID_LENGTH = 16, WORDS = 4 };

/* What a line names. */
struct entry {
	char *id;		/* lower case; NULL: by words */
	char *word[WORDS];	/* kind, held, acquired, holder */
	char *reason;
	bool is_used;
};

static void entry_free(void *p)
{
	struct entry *e = p;

	g_free(e->id);
	for (int i = 0; i < WORDS; i++)
		g_free(e->word[i]);
	g_free(e->reason);
	g_free(e);
}

/* ---- reading ---- */

static bool is_id(const char *text, size_t length)
{
	if (length != ID_LENGTH)
		return false;
	for (size_t i = 0; i < length; i++)
		if (!g_ascii_isxdigit(text[i]))
			return false;
	return true;
}

/* Cuts the first word off; NULL: there is none. */
static char *next_word(char **text)
{
	char *word = g_strchug(*text);
	size_t length = strcspn(word, " \t");

	if (length == 0)
		return NULL;
	*text = word + length + (word[length] != '\0');
	return g_strndup(word, length);
}

static bool read_words(struct entry *e, char *line)
{
	for (int i = 0; i < WORDS; i++) {
		e->word[i] = next_word(&line);
		if (!e->word[i])
			return false;
	}
	e->reason = g_strdup(g_strchug(line));
	return finding_kind_find(e->word[0]) != NULL;
}

static int add_line(GPtrArray *entries, const char *path, unsigned nr,
		    char *line)
{
	struct entry *e;
	size_t length;

	g_strstrip(line);
	if (*line == '\0' || *line == '#')
		return 0;
	e = g_new0(struct entry, 1);
	g_ptr_array_add(entries, e);
	length = strcspn(line, " \t");
	if (is_id(line, length)) {
		e->id = g_ascii_strdown(line, ID_LENGTH);
		e->reason = g_strdup(g_strchug(line + length));
		return 0;
	}
	if (read_words(e, line))
		return 0;
	return diag_error("%s:%u: an id of %d hex digits is missing, or a kind "
			  "of finding, two classes and a holder", path, nr,
			  ID_LENGTH);
}

/* *out: struct entry, owned. */
static int baseline_read(GPtrArray **out, const char *path)
{
	GError *error = NULL;
	char *text, **lines;
	int ret = 0;

	*out = NULL;
	if (!g_file_get_contents(path, &text, NULL, &error)) {
		diag_error("cannot read the baseline: %s", error->message);
		g_error_free(error);
		return -1;
	}
	*out = g_ptr_array_new_with_free_func(entry_free);
	lines = g_strsplit(text, "\n", -1);
	for (unsigned i = 0; ret == 0 && lines[i]; i++)
		ret = add_line(*out, path, i + 1, lines[i]);
	g_strfreev(lines);
	g_free(text);
	if (ret < 0)
		g_clear_pointer(out, g_ptr_array_unref);
	return ret;
}

/* ---- matching ---- */

static bool fits_word(const char *word, const char *text)
{
	return strcmp(word, "*") == 0 || strcmp(word, text) == 0;
}

/* All orderings of a finding share these. */
static bool fits_words(const struct entry *e, const struct result *r,
		       const struct finding *f)
{
	const char *held = "-", *acquired, *holder = f->site.function;
	const struct ordering *o;

	if (f->orderings->len > 0) {
		o = f->orderings->pdata[0];
		held = result_class(r, o->held.class)->name;
		acquired = result_class(r, o->acquired.class)->name;
		holder = o->holder.function;
	} else {
		acquired = result_class(r, f->lone->lock.class)->name;
	}
	return strcmp(e->word[0], f->kind) == 0 &&
	       fits_word(e->word[1], held) &&
	       fits_word(e->word[2], acquired) &&
	       fits_word(e->word[3], holder);
}

static bool fits(const struct entry *e, const struct result *r,
		 const struct finding *f)
{
	return e->id ? strcmp(e->id, f->id) == 0 : fits_words(e, r, f);
}

/* The first entry for the finding; all that fit are used. */
static struct entry *find(const GPtrArray *entries, const struct result *r,
			  const struct finding *f)
{
	struct entry *first = NULL;

	for (guint i = 0; entries && i < entries->len; i++) {
		struct entry *e = entries->pdata[i];

		if (!fits(e, r, f))
			continue;
		e->is_used = true;
		first = first ? first : e;
	}
	return first;
}

static char *key_of(const struct entry *e)
{
	if (e->id)
		return g_strdup(e->id);
	return g_strjoin(" ", e->word[0], e->word[1], e->word[2], e->word[3],
			 NULL);
}

static void set_absent(struct result *r, const GPtrArray *entries)
{
	g_array_set_size(r->absent, 0);
	for (guint i = 0; i < entries->len; i++) {
		const struct entry *e = entries->pdata[i];
		char *key = key_of(e);
		const struct absent_entry absent = {
			result_text(r, key), result_text(r, e->reason),
		};

		if (!e->is_used)
			g_array_append_val(r->absent, absent);
		g_free(key);
	}
}

int baseline_apply(const char *path, struct result *r)
{
	GPtrArray *entries;

	if (baseline_read(&entries, path) < 0)
		return -1;
	for (guint i = 0; i < r->findings->len; i++) {
		struct finding *f = r->findings->pdata[i];
		const struct entry *e = find(entries, r, f);

		f->is_known = e != NULL;
		f->known_reason = e ? result_text(r, e->reason) : NULL;
	}
	set_absent(r, entries);
	r->has_baseline = true;
	g_ptr_array_unref(entries);
	return 0;
}

/* ---- writing ---- */

static int by_text(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static char *line_of(const struct entry *known, const struct finding *f)
{
	char *key, *line;

	if (!known)
		return g_strdup_printf("%s not reviewed: %s: %s: %s", f->id,
				       f->kind, f->site.function, f->message);
	key = key_of(known);
	line = g_strconcat(key, " ", known->reason, NULL);
	g_free(key);
	return line;
}

/* An entry for several findings is written once. */
static char *join_lines(GPtrArray *lines)
{
	GString *text = g_string_new("# Known findings: what, and a reason.\n");
	const char *last = "";

	g_ptr_array_sort(lines, by_text);
	for (guint i = 0; i < lines->len; i++) {
		if (strcmp(lines->pdata[i], last) != 0)
			g_string_append_printf(text, "%s\n",
					       (char *)lines->pdata[i]);
		last = lines->pdata[i];
	}
	return g_string_free(text, FALSE);
}

int baseline_write(const char *path, const char *old, const struct result *r)
{
	GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
	GPtrArray *entries = NULL;
	int ret = old ? baseline_read(&entries, old) : 0;
	char *text;

	for (guint i = 0; i < r->findings->len; i++) {
		const struct finding *f = r->findings->pdata[i];

		if (!f->suppression)
			g_ptr_array_add(lines, line_of(find(entries, r, f),
						       f));
	}
	text = join_lines(lines);
	if (ret == 0)
		ret = output_write(path, text);
	g_free(text);
	g_ptr_array_unref(lines);
	if (entries)
		g_ptr_array_unref(entries);
	return ret;
}
