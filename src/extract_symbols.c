/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The symbols that assembly names after an instruction or directive that calls
 * them, jumps to them, or takes their address, or as arguments of a macro.  It
 * is no assembler: every word of an operand counts that could be a symbol.
 *
 * Approximation: what names a function only by coincidence, or under an #if
 * that is off, counts too; this over-reports.
 */
#include "extract_int.h"

#include <string.h>

#include "extract.h"
#include "facts_table.h"

enum { INCLUDE_DEPTH_MAX = 8 };

static bool is_symbol_char(char c)
{
	return g_ascii_isalnum(c) || c == '_' || c == '.' || c == '$';
}

static bool takes_symbols(const char *word, size_t size)
{
	static const char *const starts[] = {
		"call", "j", "lea", "mov", "push", "cmp",
		".long", ".quad", ".dc", "indirect", "INDIRECT",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(starts); i++) {
		size_t nr = strlen(starts[i]);

		if (size >= nr && !memcmp(word, starts[i], nr))
			return true;
	}
	return false;
}

static void add_symbol(struct facts *f, const char *start, size_t size,
		       const char *path, unsigned line)
{
	char *name = g_strndup(start, size);
	struct fact_asm_symbol row = { facts_text(f, name),
				       facts_text(f, path), line };

	g_array_append_val(f->asm_symbol, row);
	g_free(name);
}

/* Could the word that starts here be a symbol? */
static bool may_be_symbol(const char *first, const char *start)
{
	return (start == first || start[-1] != '%') &&
	       (g_ascii_isalpha(*start) || *start == '_');
}

static void statement_symbols(struct facts *f, const char *first,
			      const char *end, const char *path,
			      unsigned line)
{
	bool found = false;

	for (const char *at = first; at < end;) {
		const char *start = at;

		if (!is_symbol_char(*at)) {
			at++;
			continue;
		}
		while (at < end && is_symbol_char(*at))
			at++;
		if (at < end && *at == ':')
			continue;
		if (!found)
			found = takes_symbols(start, (size_t)(at - start)) ||
				(at < end && *at == '(');
		else if (may_be_symbol(first, start))
			add_symbol(f, start, (size_t)(at - start), path,
				   line);
	}
}

/* Comments, quotes and escapes in quotes become blanks, an escaped newline a
 * semicolon. */
static char *plain(const char *text, size_t size)
{
	char *out = g_strndup(text, size);
	bool comment = false;

	for (char *at = out; *at; at++) {
		if (!strncmp(at, comment ? "*/" : "/*", 2)) {
			comment = !comment;
			at[0] = at[1] = ' ';
		} else if (comment && *at != '\n') {
			*at = ' ';
		} else if (at[0] == '\\' && at[1]) {
			at[0] = at[1] == 'n' ? ';' : ' ';
			if (at[1] != '\n')
				at[1] = ' ';
		} else if (*at == '"') {
			*at = ' ';
		}
	}
	return out;
}

void asm_symbols(struct facts *f, const char *text, size_t size,
		 const char *path, unsigned line)
{
	char *copy = plain(text, size);
	char *start = copy;

	while (*start) {
		size_t nr = strcspn(start, "\n;");
		char end = start[nr];

		if (start[strspn(start, " \t")] != '#')
			statement_symbols(f, start, start + nr, path, line);
		line += end == '\n';
		start += nr + (end != '\0');
	}
	g_free(copy);
}

/* ---- files ---- */

static void read_file(struct facts *f, const char *path,
		      const char *source_root, unsigned depth);

/* #include "other.S" */
static void follow_includes(struct facts *f, const char *text,
			    const char *path, const char *source_root,
			    unsigned depth)
{
	char *directory = g_path_get_dirname(path);
	char **lines = g_strsplit(text, "\n", -1);

	for (char **line = lines; *line; line++) {
		char *start, *end;
		char *full;

		if (!g_str_has_prefix(*line, "#include") ||
		    !(start = strchr(*line, '"')) ||
		    !(end = strchr(start + 1, '"')))
			continue;
		*end = '\0';
		if (!g_str_has_suffix(start + 1, ".S"))
			continue;
		full = g_canonicalize_filename(start + 1, directory);
		read_file(f, full, source_root, depth + 1);
		g_free(full);
	}
	g_strfreev(lines);
	g_free(directory);
}

static void read_file(struct facts *f, const char *path,
		      const char *source_root, unsigned depth)
{
	char *text;
	gsize size;
	char *name;

	if (depth > INCLUDE_DEPTH_MAX ||
	    !g_file_get_contents(path, &text, &size, NULL))
		return;
	name = relative_path(path, "/", source_root);
	asm_symbols(f, text, size, name, 1);
	follow_includes(f, text, path, source_root, depth);
	g_free(name);
	g_free(text);
}

void extract_assembly(struct facts *f, const char *path,
		      const char *source_root)
{
	read_file(f, path, source_root, 0);
}
