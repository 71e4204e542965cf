/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A comment speaks of the line that it stands behind, or else of the next line
 * that is neither blank nor a comment nor for the preprocessor.  It justifies
 * an ordering whose lock is acquired in that line, or whose holder gets there
 * through that line.
 *
 * Approximation: what stands in a line is not told apart; a comment speaks of
 * all orderings of its rule there.
 */
#include "suppress.h"

#include <string.h>

#include "findings.h"
#include "result_table.h"
#include "saf.h"

/* ---- rules ---- */

static bool is_kind(const char *word)
{
	return word && finding_kind_find(word);
}

bool suppress_is_rule(const char *rule)
{
	char **word = g_strsplit(rule, " ", -1);
	guint nr = g_strv_length(word);
	bool is = (nr == 1 || nr == 3) && is_kind(word[0]);

	g_strfreev(word);
	return is;
}

static bool fits_classes(const struct result *r, char **word,
			 const struct ordering *o)
{
	return !word[1] ||
	       (strcmp(word[1], result_class(r, o->held.class)->name) == 0 &&
		strcmp(word[2], result_class(r, o->acquired.class)->name) ==
			0);
}

/* o NULL: of a finding without orderings. */
static bool fits(const struct result *r, const struct suppression *s,
		 const char *kind, const struct ordering *o)
{
	char **word = g_strsplit(s->rule, " ", -1);
	bool fit = strcmp(word[0], kind) == 0 &&
		   (o ? fits_classes(r, word, o) : !word[1]);

	g_strfreev(word);
	return fit;
}

/* ---- comments ---- */

/* The length of "SAF-<n>-safe" or its like at text, or 0. */
static size_t tag_length(const char *text)
{
	static const char *const ends[] = {
		"-safe", "-false-positive-" SAF_TOOL,
	};
	size_t nr = strlen(SUPPRESS_MARK);

	if (strncmp(text, SUPPRESS_MARK, nr) != 0 ||
	    !g_ascii_isdigit(text[nr]))
		return 0;
	while (g_ascii_isdigit(text[nr]))
		nr++;
	for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
		size_t length = strlen(ends[i]);

		if (strncmp(text + nr, ends[i], length) == 0 &&
		    !g_ascii_isalnum(text[nr + length]) &&
		    text[nr + length] != '-')
			return nr + length;
	}
	return 0;
}

/* The comment's start if a comment of text starts with a tag, all in one line,
 * as Xen's own tools want it; *tag is to be freed. */
static const char *find_tag(const char *text, char **tag)
{
	for (const char *at = strstr(text, "/*"); at; at = strstr(at, "/*")) {
		const char *word = at + 2 + strspn(at + 2, " ");
		size_t length = word > at + 2 ? tag_length(word) : 0;

		if (length > 0 && strstr(word, "*/")) {
			*tag = g_strndup(word, length);
			return at;
		}
		at += 2;
	}
	return NULL;
}

static bool is_blank(const char *text, const char *end)
{
	while (text < end && g_ascii_isspace(*text))
		text++;
	return text == end;
}

/* Nothing that is compiled: blank, one comment, or for the preprocessor. */
static bool is_no_code(const char *text)
{
	const char *end;

	while (g_ascii_isspace(*text))
		text++;
	if (*text == '\0' || *text == '#')
		return true;
	if (strncmp(text, "/*", 2) != 0)
		return false;
	end = strstr(text + 2, "*/");
	return end && is_blank(end + 2, end + strlen(end));
}

static const struct suppress_line *line_at(const GArray *lines, guint i)
{
	return &g_array_index(lines, struct suppress_line, i);
}

/* The line that the comment of line i speaks of; 0: none is near. */
static uint32_t covered_line(const GArray *lines, guint i,
			     const char *comment)
{
	const struct suppress_line *at = line_at(lines, i);
	uint32_t next = at->line;

	if (!is_blank(at->text, comment))
		return at->line;
	for (i++; i < lines->len; i++) {
		const struct suppress_line *l = line_at(lines, i);

		if (strcmp(l->file, at->file) != 0 || l->line != ++next)
			return 0;
		if (!is_no_code(l->text))
			return l->line;
	}
	return 0;
}

/* ---- collecting ---- */

/* Id -> "RULE<tab>TEXT", of the entries' own lines. */
static GHashTable *read_entries(char *entries)
{
	GHashTable *table = g_hash_table_new(g_str_hash, g_str_equal);
	char *end;

	for (char *line = entries; (end = strchr(line, '\n')); line = end + 1) {
		char *rule = strchr(line, '\t');

		*end = '\0';
		if (!rule || !strchr(rule + 1, '\t'))
			continue;
		*rule = '\0';
		g_hash_table_insert(table, line, rule + 1);
	}
	return table;
}

static bool has_rule(const char *entry)
{
	char *rule = g_strndup(entry, strcspn(entry, "\t"));
	bool has = suppress_is_rule(rule);

	g_free(rule);
	return has;
}

static void add(struct result *r, const struct suppress_line *at,
		const char *id, const char *entry, uint32_t covers)
{
	struct suppression *s = g_new0(struct suppression, 1);
	char *rule = g_strndup(entry, strcspn(entry, "\t"));

	s->id = result_text(r, id);
	s->rule = result_text(r, rule);
	s->text = result_text(r, strchr(entry, '\t') + 1);
	s->file = result_text(r, at->file);
	s->line = at->line;
	s->covers = covers;
	g_ptr_array_add(r->suppressions, s);
	g_free(rule);
}

void suppress_collect(struct result *r, const char *entries,
		      const GArray *lines)
{
	char *text = g_strdup(entries);
	GHashTable *table = read_entries(text);

	g_ptr_array_set_size(r->suppressions, 0);
	for (guint i = 0; i < lines->len; i++) {
		char *tag = NULL;
		const char *comment = find_tag(line_at(lines, i)->text, &tag);
		const char *entry = tag ? g_hash_table_lookup(table, tag)
					: NULL;

		if (entry && has_rule(entry))
			add(r, line_at(lines, i), tag, entry,
			    covered_line(lines, i, comment));
		g_free(tag);
	}
	g_hash_table_unref(table);
	g_free(text);
}

/* ---- applying ---- */

static bool is_at(const struct suppression *s, const char *file, uint32_t line)
{
	return s->covers > 0 && s->covers == line &&
	       strcmp(s->file, file) == 0;
}

static bool covers_ordering(const struct suppression *s,
			    const struct ordering *o)
{
	return is_at(s, o->acquired.site.file, o->acquired.site.line) ||
	       is_at(s, o->holder.file, o->acquire_line);
}

static struct suppression *find(const struct result *r, const char *kind,
				const struct ordering *o)
{
	for (guint i = 0; i < r->suppressions->len; i++) {
		struct suppression *s = r->suppressions->pdata[i];

		if (covers_ordering(s, o) && fits(r, s, kind, o))
			return s;
	}
	return NULL;
}

static struct suppression *find_lone(const struct result *r,
				      const struct finding *f)
{
	for (guint i = 0; i < r->suppressions->len; i++) {
		struct suppression *s = r->suppressions->pdata[i];

		if (is_at(s, f->site.file, f->site.line) &&
		    fits(r, s, f->kind, NULL))
			return s;
	}
	return NULL;
}

/* That of its first ordering, if all have one; counts those that serve. */
static const struct suppression *suppression_of(const struct result *r,
						const struct finding *f)
{
	struct suppression *first = NULL;

	if (f->lone)
		first = find_lone(r, f);
	for (guint i = 0; i < f->orderings->len; i++) {
		struct suppression *s = find(r, f->kind,
					     f->orderings->pdata[i]);

		if (!s)
			return NULL;
		s->used_nr++;
		if (i == 0)
			first = s;
	}
	if (f->lone && first)
		first->used_nr++;
	return first;
}

void suppress_apply(struct result *r)
{
	for (guint i = 0; i < r->suppressions->len; i++) {
		struct suppression *s = r->suppressions->pdata[i];

		s->used_nr = 0;
	}
	if (r->suppressions->len == 0)
		return;
	for (guint i = 0; i < r->findings->len; i++) {
		struct finding *f = r->findings->pdata[i];

		f->suppression = suppression_of(r, f);
	}
}
