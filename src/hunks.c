/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads unified diffs without context lines.  Which function a hunk is in is
 * not known for sure: it is if git's heading names it, or if steps of the
 * function are before and behind the hunk.
 */
#include "hunks.h"

#include <stdbool.h>
#include <string.h>

#include "result.h"

const char *const hunk_match_words[] = {
	[HUNK_LINE] = "line", [HUNK_FUNCTION] = "function",
	[HUNK_FILE] = "file", [HUNK_NONE] = "none", NULL,
};

/* "b/xen/common/x.c", perhaps quoted, to "common/x.c". */
static const char *file_of(struct hunks *h, const char *name)
{
	static const char xen[] = "b/xen/";
	const char *from = g_str_has_prefix(name, "\"") ? name + 1 : name;
	char *text = g_strndup(from, strcspn(from, "\t\r"));
	const char *file;

	if (from != name && g_str_has_suffix(text, "\""))
		text[strlen(text) - 1] = '\0';
	file = g_string_chunk_insert_const(h->chunk,
		g_str_has_prefix(text, xen) ? text + strlen(xen) : text);
	g_free(text);
	return file;
}

/* "5,2 ..." or "5 ...": then the count is 1.  NULL: it is something else. */
static const char *range_of(const char *text, uint32_t *first, uint32_t *count)
{
	char *end;

	if (!g_ascii_isdigit(*text))
		return NULL;
	*first = (uint32_t)g_ascii_strtoull(text, &end, 10);
	*count = 1;
	if (*end == ',')
		*count = (uint32_t)g_ascii_strtoull(end + 1, &end, 10);
	return end;
}

/* "@@ -1,2 +1,3 @@ heading".  The number of lines that follow. */
static uint64_t add_hunk(struct hunks *h, const char *file, const char *line)
{
	struct hunk hunk = { .file = file };
	uint32_t old_first, old_count;
	const char *at = range_of(line + strlen("@@ -"), &old_first,
				  &old_count);

	if (!at || strncmp(at, " +", 2) != 0)
		return 0;
	at = range_of(at + 2, &hunk.first, &hunk.count);
	if (!at || strncmp(at, " @@", 3) != 0)
		return 0;
	at += strlen(" @@");
	hunk.heading = g_string_chunk_insert(h->chunk, *at ? at + 1 : at);
	g_array_append_val(h->hunk, hunk);
	if (!g_hash_table_contains(h->first, file))
		g_hash_table_insert(h->first, (void *)file,
				    GUINT_TO_POINTER(h->hunk->len));
	return (uint64_t)old_count + hunk.count;
}

struct hunks *hunks_parse(const char *diff)
{
	struct hunks *h = g_new0(struct hunks, 1);
	char **lines = g_strsplit(diff, "\n", -1);
	const char *file = "";
	uint64_t left = 0;

	h->chunk = g_string_chunk_new(4096);
	h->hunk = g_array_new(FALSE, TRUE, sizeof(struct hunk));
	h->first = g_hash_table_new(g_str_hash, g_str_equal);
	for (char **line = lines; *line; line++) {
		if (**line == '\\')	/* no line feed at the end */
			continue;
		if (left > 0)
			left--;
		else if (g_str_has_prefix(*line, "+++ "))
			file = file_of(h, *line + strlen("+++ "));
		else if (g_str_has_prefix(*line, "@@ -"))
			left = add_hunk(h, file, *line);
	}
	g_strfreev(lines);
	return h;
}

void hunks_free(struct hunks *h)
{
	if (!h)
		return;
	g_string_chunk_free(h->chunk);
	g_array_free(h->hunk, TRUE);
	g_hash_table_destroy(h->first);
	g_free(h);
}

static const struct witness_step *step_at(const GArray *witness, guint i)
{
	return &g_array_index(witness, struct witness_step, i);
}

static bool is_word(char c)
{
	return g_ascii_isalnum(c) || c == '_';
}

/* Does the heading hold the function's name, as a word? */
static bool names_function(const char *heading, const char *function)
{
	size_t length = strcspn(function, "@");

	for (const char *at = heading; length > 0 && *at; at++)
		if (strncmp(at, function, length) == 0 &&
		    (at == heading || !is_word(at[-1])) &&
		    !is_word(at[length]))
			return true;
	return false;
}

/* Are there steps of one function before and behind the hunk? */
static bool is_between(const struct hunk *hunk, const GArray *witness,
		       const struct site *site)
{
	bool before = false, behind = false;

	for (guint i = 0; i < witness->len; i++) {
		const struct site *other = &step_at(witness, i)->site;

		if (strcmp(other->function, site->function) != 0 ||
		    strcmp(other->file, site->file) != 0)
			continue;
		before |= other->line <= hunk->first;
		behind |= other->line > hunk->first;
	}
	return before && behind;
}

static enum hunk_match match(const struct hunk *hunk, const GArray *witness,
			     const struct site *site)
{
	if (site->line >= hunk->first &&
	    site->line - hunk->first < hunk->count)
		return HUNK_LINE;
	if (names_function(hunk->heading, site->function) ||
	    is_between(hunk, witness, site))
		return HUNK_FUNCTION;
	return HUNK_FILE;
}

/* Many steps share a hunk; the first one that does is told. */
static bool has_hunk(const GArray *out, uint32_t hunk)
{
	for (guint i = 0; i < out->len; i++)
		if (g_array_index(out, struct hunk_step, i).hunk == hunk)
			return true;
	return false;
}

static void take(GArray *out, uint32_t step, uint32_t hunk)
{
	const struct hunk_step pair = { step, hunk };

	if (!has_hunk(out, hunk))
		g_array_append_val(out, pair);
}

static const struct hunk *hunk_at(const struct hunks *h, guint i)
{
	return &g_array_index(h->hunk, struct hunk, i);
}

/* The hunks of one file follow each other. */
static enum hunk_match find_at_step(const struct hunks *h,
				    const GArray *witness, guint step,
				    enum hunk_match best, GArray *out)
{
	const struct site *site = &step_at(witness, step)->site;
	guint i = GPOINTER_TO_UINT(g_hash_table_lookup(h->first, site->file));

	if (i == 0)
		return best;
	for (i--; i < h->hunk->len &&
		  strcmp(hunk_at(h, i)->file, site->file) == 0; i++) {
		enum hunk_match kind = match(hunk_at(h, i), witness, site);

		if (kind < best && out)
			g_array_set_size(out, 0);
		best = MIN(best, kind);
		if (kind == best && out)
			take(out, step, i);
	}
	return best;
}

enum hunk_match hunks_find(const struct hunks *h, const GArray *witness,
			   GArray *out)
{
	enum hunk_match best = HUNK_NONE;

	for (guint i = 0; i < witness->len; i++)
		best = find_at_step(h, witness, i, best, out);
	return best;
}
