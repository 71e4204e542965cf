/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What libclang does not tell of statements, read from their text: which
 * parts a `for` has, and the template and operand lists of assembly.  Also
 * the source lines that are kept, and the names of macros.
 *
 * The text is taken where the statement is spelled, so inside a macro's
 * definition if it comes from one.  No macro is expanded: where one hides
 * what is looked for, the answer is "not known".
 */
#include "extract_int.h"

#include <string.h>

#include "facts_table.h"

char *cx_text(CXString text)
{
	const char *chars = clang_getCString(text);
	char *copy = g_strdup(chars ? chars : "");

	clang_disposeString(text);
	return copy;
}

static fact_id file_id(struct tu *tu, const char *path)
{
	struct fact_file row = { facts_text(tu->facts, path) };
	fact_id id = GPOINTER_TO_UINT(
		g_hash_table_lookup(tu->file_id, row.path));

	if (id)
		return id;
	g_array_append_val(tu->facts->file, row);
	id = tu->facts->file->len - 1;
	g_hash_table_insert(tu->file_id, (char *)row.path,
			    GUINT_TO_POINTER(id));
	return id;
}

struct source *tu_source(struct tu *tu, CXFile file)
{
	struct source *source = g_hash_table_lookup(tu->source, file);
	char *name, *path;

	if (source)
		return source;
	source = g_new0(struct source, 1);
	name = cx_text(clang_getFileName(file));
	path = relative_path(name, tu->directory, tu->source_root);
	source->id = file_id(tu, path);
	source->path = FACT_FILE(tu->facts, source->id)->path;
	source->text = clang_getFileContents(tu->unit, file, &source->size);
	g_hash_table_insert(tu->source, file, source);
	g_free(path);
	g_free(name);
	return source;
}

struct source *tu_spelled(struct tu *tu, CXCursor cursor, unsigned *offset)
{
	CXSourceLocation start =
		clang_getRangeStart(clang_getCursorExtent(cursor));
	CXFile file = NULL;

	clang_getSpellingLocation(start, &file, NULL, NULL, offset);
	return file ? tu_source(tu, file) : NULL;
}

struct source *tu_expanded(struct tu *tu, CXCursor cursor, unsigned *offset,
			   unsigned *line)
{
	CXSourceLocation start =
		clang_getRangeStart(clang_getCursorExtent(cursor));
	CXFile file = NULL;

	clang_getExpansionLocation(start, &file, line, NULL, offset);
	return file ? tu_source(tu, file) : NULL;
}

fact_id tu_macro(struct tu *tu, CXCursor cursor)
{
	unsigned spelled_at = 0, expanded_at = 0;
	struct source *spelled = tu_spelled(tu, cursor, &spelled_at);
	struct source *expanded = tu_expanded(tu, cursor, &expanded_at, NULL);
	size_t end = expanded_at;
	char *name;
	fact_id id;

	if (!expanded || !expanded->text ||
	    (spelled == expanded && spelled_at == expanded_at))
		return 0;
	while (end < expanded->size && (g_ascii_isalnum(expanded->text[end]) ||
					expanded->text[end] == '_'))
		end++;
	name = g_strndup(expanded->text + expanded_at, end - expanded_at);
	id = facts_intern(tu->facts, name);
	g_free(name);
	return id;
}

static void find_lines(struct source *source)
{
	size_t at = 0;

	source->line_start = g_array_new(FALSE, FALSE, sizeof(size_t));
	g_array_append_val(source->line_start, at);
	for (at = 0; at < source->size; at++) {
		size_t next = at + 1;

		if (source->text[at] == '\n')
			g_array_append_val(source->line_start, next);
	}
	source->kept = g_hash_table_new(NULL, NULL);
}

static void keep_line(struct tu *tu, struct source *source, unsigned line)
{
	size_t start = g_array_index(source->line_start, size_t, line - 1);
	size_t end = line < source->line_start->len
			     ? g_array_index(source->line_start, size_t, line)
			     : source->size;
	struct fact_line row = { .file = source->id, .line = line };
	char *text;

	while (end > start && g_ascii_isspace(source->text[end - 1]))
		end--;
	text = g_strndup(source->text + start, end - start);
	row.text = facts_text(tu->facts, text);
	g_free(text);
	g_array_append_val(tu->facts->source_line, row);
}

void tu_keep_lines(struct tu *tu, struct source *source, unsigned from,
		   unsigned to)
{
	if (!source->text)
		return;
	if (!source->line_start)
		find_lines(source);
	if (to > source->line_start->len)
		to = source->line_start->len;
	for (unsigned line = from ? from : 1; line <= to; line++) {
		if (g_hash_table_add(source->kept, GUINT_TO_POINTER(line)))
			keep_line(tu, source, line);
	}
}

/* ---- a small reader of C tokens ---- */

enum token_kind { TOKEN_END, TOKEN_WORD, TOKEN_STRING, TOKEN_OTHER };

struct scanner {
	const char *at, *end;
	const char *start;	/* of the last token */
	enum token_kind kind;	/* its kind */
	char first;		/* its first character */
};

static bool looks_at(const struct scanner *s, const char *text)
{
	size_t size = strlen(text);

	return (size_t)(s->end - s->at) >= size && !memcmp(s->at, text, size);
}

static void skip_past(struct scanner *s, const char *text)
{
	while (s->at < s->end && !looks_at(s, text))
		s->at++;
	if (s->at < s->end)
		s->at += strlen(text);
}

static void skip_blank(struct scanner *s)
{
	while (s->at < s->end) {
		if (looks_at(s, "/*")) {
			s->at += 2;
			skip_past(s, "*/");
		} else if (looks_at(s, "//")) {
			skip_past(s, "\n");
		} else if (g_ascii_isspace(*s->at) || looks_at(s, "\\\n") ||
			   looks_at(s, "\\\r\n")) {
			s->at++;
		} else {
			return;
		}
	}
}

static void skip_quoted(struct scanner *s, char quote)
{
	s->at++;
	while (s->at < s->end && *s->at != quote)
		s->at += *s->at == '\\' && s->end - s->at > 1 ? 2 : 1;
	if (s->at < s->end)
		s->at++;
}

static enum token_kind next_token(struct scanner *s)
{
	skip_blank(s);
	s->start = s->at;
	s->first = s->at < s->end ? *s->at : '\0';
	if (s->at >= s->end) {
		s->kind = TOKEN_END;
	} else if (*s->at == '"' || *s->at == '\'') {
		s->kind = *s->at == '"' ? TOKEN_STRING : TOKEN_OTHER;
		skip_quoted(s, *s->at);
	} else if (g_ascii_isalnum(*s->at) || *s->at == '_') {
		s->kind = TOKEN_WORD;
		while (s->at < s->end &&
		       (g_ascii_isalnum(*s->at) || *s->at == '_'))
			s->at++;
	} else {
		s->kind = TOKEN_OTHER;
		s->at++;
	}
	return s->kind;
}

static bool token_is(const struct scanner *s, const char *word)
{
	return (size_t)(s->at - s->start) == strlen(word) &&
	       !memcmp(s->start, word, strlen(word));
}

static bool is_open(const struct scanner *s)
{
	return s->kind == TOKEN_OTHER && strchr("([{", s->first) != NULL;
}

static bool is_close(const struct scanner *s)
{
	return s->kind == TOKEN_OTHER && strchr(")]}", s->first) != NULL;
}

static bool is_char(const struct scanner *s, char c)
{
	return s->kind == TOKEN_OTHER && s->first == c;
}

static bool scan_at(struct scanner *s, const struct source *source,
		    unsigned offset)
{
	if (!source || !source->text || offset >= source->size)
		return false;
	s->at = source->text + offset;
	s->end = source->text + source->size;
	return true;
}

int tu_for_parts(struct tu *tu, CXCursor statement)
{
	unsigned offset, depth = 1, part = 0;
	struct source *source = tu_spelled(tu, statement, &offset);
	struct scanner s;
	int parts = 0;

	if (!scan_at(&s, source, offset) || next_token(&s) != TOKEN_WORD ||
	    !token_is(&s, "for") || next_token(&s) != TOKEN_OTHER ||
	    s.first != '(')
		return -1;
	while (next_token(&s) != TOKEN_END) {
		if (is_close(&s) && --depth == 0)
			return part == 2 ? parts : -1;
		if (depth == 1 && is_char(&s, ';')) {
			part++;
			continue;
		}
		if (is_open(&s))
			depth++;
		if (part < 3)
			parts |= 1 << part;
	}
	return -1;
}

/* Appends what a string literal contains, escapes left as they are. */
static void append_string(GString *out, const struct scanner *s)
{
	if (s->at - s->start >= 2)
		g_string_append_len(out, s->start + 1, s->at - s->start - 2);
}

static bool is_qualifier(const struct scanner *s)
{
	static const char *const words[] = { "volatile", "__volatile__",
					     "__volatile", "inline",
					     "__inline", "__inline__",
					     "goto", "asm", "__asm__",
					     "__asm", "asm_inline" };

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		if (token_is(s, words[i]))
			return true;
	}
	return false;
}

/* What is collected from one section (between colons) of an asm statement. */
struct section {
	int operands;
	bool has_macro;		/* something expands to who knows what */
	GString *constraint;	/* of the first operand */
	bool says_memory;
};

/* The contents of the section up to ':' or the last ')'; true at ':'. */
static bool scan_section(struct scanner *s, struct section *out)
{
	unsigned depth = 0;

	out->operands = 0;
	out->has_macro = out->says_memory = false;
	while (next_token(s) != TOKEN_END) {
		if (depth == 0 && (is_char(s, ':') || is_char(s, ')')))
			break;
		if (is_open(s)) {
			out->operands += depth == 0 && s->first == '(';
			depth++;
		} else if (is_close(s)) {
			depth--;
		} else if (depth == 0 && s->kind == TOKEN_WORD) {
			out->has_macro = true;
		} else if (depth == 0 && s->kind == TOKEN_STRING) {
			if (out->constraint && out->operands == 0)
				append_string(out->constraint, s);
			if (token_is(s, "\"memory\""))
				out->says_memory = true;
		}
	}
	return is_char(s, ':');
}

static bool scan_template(struct scanner *s, struct asm_text *out)
{
	GString *template = g_string_new(NULL);
	unsigned depth = 0;

	while (next_token(s) != TOKEN_END) {
		if (depth == 0 && (is_char(s, ':') || is_char(s, ')')))
			break;
		if (is_open(s))
			depth++;
		else if (is_close(s))
			depth--;
		if (s->kind == TOKEN_STRING)
			append_string(template, s);
		else
			out->has_macro = true;
	}
	out->template = g_string_free(template, FALSE);
	return is_char(s, ':');
}

static void scan_operands(struct scanner *s, struct asm_text *out)
{
	struct section part = { .constraint = g_string_new(NULL) };
	bool more = scan_section(s, &part);

	out->outputs = part.has_macro ? -1 : part.operands;
	out->reads_first = strchr(part.constraint->str, '+') != NULL;
	g_string_truncate(part.constraint, 0);
	out->inputs = 0;
	if (more) {
		more = scan_section(s, &part);
		out->inputs = part.has_macro ? -1 : part.operands;
		out->matches = g_ascii_isdigit(part.constraint->str[0]);
	}
	if (more) {
		scan_section(s, &part);
		out->clobbers_memory = part.has_macro || part.says_memory;
	}
	g_string_free(part.constraint, TRUE);
}

static bool scan_asm(struct scanner *s, struct asm_text *out)
{
	bool is_goto = false;

	while (next_token(s) == TOKEN_WORD && is_qualifier(s))
		is_goto |= token_is(s, "goto");
	if (!is_char(s, '('))
		return false;
	out->is_known = true;
	out->is_goto = is_goto;
	if (scan_template(s, out))
		scan_operands(s, out);
	else
		out->outputs = out->inputs = 0;
	return true;
}

void tu_asm_text(struct tu *tu, CXCursor statement, struct asm_text *out)
{
	unsigned offset;
	struct source *source = tu_spelled(tu, statement, &offset);
	struct scanner s;

	*out = (struct asm_text){ .outputs = -1, .inputs = -1 };
	if (scan_at(&s, source, offset) && scan_asm(&s, out))
		return;
	source = tu_expanded(tu, statement, &offset, NULL);
	if (scan_at(&s, source, offset))
		scan_asm(&s, out);
}

void asm_text_release(struct asm_text *text)
{
	g_free(text->template);
	text->template = NULL;
}
