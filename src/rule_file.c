/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads rule files, one statement a line; the language is described in
 * xen-lockaudit-rule(5).  Knows words and numbers; what they make of an
 * ordering is in rule.c.
 */
#include "rule.h"

#include <string.h>
#include <sys/stat.h>

#include "diag.h"
#include "words.h"

enum {
	FILE_MAX = 1 << 20,	/* bytes of a file */
	NUMBER_MAX = 1000000,	/* a level, an offset */
	NAME_MAX_LENGTH = 64,
};

static const char *const asked_words[ASK_NR] = {
	[ASK_CONTROL] = "control", [ASK_CURRENT] = "current",
	[ASK_SUBJECT] = "subject", [ASK_PARENT] = "parent",
	[ASK_THIRD] = "third", [ASK_SPECIAL] = "special", [ASK_NONE] = "none",
};

/* A line that is being read. */
struct line {
	struct rule *rule;
	const char *path;
	unsigned number;
	char **word;		/* what is left of it, NULL-terminated */
};

static int line_error(const struct line *l, const char *what,
		      const char *subject)
{
	return diag_error("%s:%u: %s%s%s%s", l->path, l->number, what,
			  subject ? " '" : "", subject ? subject : "",
			  subject ? "'" : "");
}

static bool is_name(const char *text)
{
	size_t length = strlen(text);

	for (size_t i = 0; i < length; i++)
		if (!g_ascii_isalnum(text[i]) && !strchr("._-", text[i]))
			return false;
	return length > 0 && length <= NAME_MAX_LENGTH;
}

static int get_number(const struct line *l, const char *text, int *out)
{
	guint64 value;

	if (!g_ascii_string_to_unsigned(text, 10, 0, NUMBER_MAX, &value, NULL))
		return line_error(l, "expected a number from 0 to 1000000, "
				  "not", text);
	*out = (int)value;
	return 0;
}

/* The next word, or NULL with a message that WHAT is missing. */
static const char *next_word(struct line *l, const char *what)
{
	if (*l->word)
		return *l->word++;
	line_error(l, what, NULL);
	return NULL;
}

static int end_line(const struct line *l)
{
	return *l->word ? line_error(l, "there is no place for", *l->word) : 0;
}

/* name NAME */
static int read_name(struct line *l)
{
	const char *name = next_word(l, "'name' wants a name");

	if (!name)
		return -1;
	if (!is_name(name))
		return line_error(l, "a name has up to 64 letters, digits and "
				  "'.', '_', '-', not", name);
	if (l->rule->text)
		return line_error(l, "a second name", name);
	l->rule->text = g_strdup(name);
	return end_line(l);
}

/* level CLASS NUMBER */
static int read_level(struct line *l)
{
	const char *class = next_word(l, "'level' wants a class");
	const char *number = class ? next_word(l, "'level' wants a number")
				   : NULL;
	struct rule_level level;

	if (!number || get_number(l, number, &level.level) < 0 ||
	    end_line(l) < 0)
		return -1;
	for (guint i = 0; i < l->rule->level->len; i++)
		if (strcmp(g_array_index(l->rule->level, struct rule_level,
					 i).class, class) == 0)
			return line_error(l, "a second level of class", class);
	level.class = g_strdup(class);
	g_array_append_val(l->rule->level, level);
	return 0;
}

static int find_asked(const char *word)
{
	for (int i = 0; i < ASK_NR; i++)
		if (strcmp(asked_words[i], word) == 0)
			return i;
	return -1;
}

static bool starts_classes(const char *word)
{
	return strcmp(word, "of") == 0 || strcmp(word, "but") == 0;
}

/* [not] WORD */
static int read_condition(struct line *l, struct rule_row *row)
{
	const char *word = *l->word++;
	bool wanted = strcmp(word, "not") != 0;
	int asked;

	if (!wanted) {
		word = next_word(l, "'not' wants a word after it");
		if (!word)
			return -1;
	}
	asked = find_asked(word);
	if (asked < 0)
		return line_error(l, "nothing is known of owners as", word);
	if (row->asked & 1U << asked)
		return line_error(l, "it is asked twice of the owner whether "
				  "it is", word);
	row->asked |= 1U << asked;
	if (wanted)
		row->wanted |= 1U << asked;
	return 0;
}

/* any, or conditions that must all be true */
static int read_conditions(struct line *l, struct rule_row *row)
{
	if (!*l->word || starts_classes(*l->word))
		return line_error(l, "'offset' wants to know whose locks get "
				  "it: 'any', or words for the owner", NULL);
	if (strcmp(*l->word, "any") == 0) {
		l->word++;
		return 0;
	}
	while (*l->word && !starts_classes(*l->word))
		if (read_condition(l, row) < 0)
			return -1;
	return 0;
}

/* [of CLASS ... | but CLASS ...] */
static int read_classes(struct line *l, struct rule_row *row)
{
	if (!*l->word)
		return 0;
	if (!starts_classes(*l->word))
		return end_line(l);
	row->but = strcmp(*l->word++, "but") == 0;
	if (!*l->word)
		return line_error(l, "no class is named after", l->word[-1]);
	row->classes = g_strdupv(l->word);
	return 0;
}

/* offset NUMBER|top WHOSE [of CLASS ... | but CLASS ...] */
static int read_offset(struct line *l)
{
	const char *number = next_word(l, "'offset' wants a number or 'top'");
	struct rule_row row = { .offset = RULE_TOP };

	if (!number ||
	    (strcmp(number, "top") != 0 &&
	     get_number(l, number, &row.offset) < 0) ||
	    read_conditions(l, &row) < 0 || read_classes(l, &row) < 0)
		return -1;
	g_array_append_val(l->rule->row, row);
	return 0;
}

static const struct {
	const char *word;
	int (*read)(struct line *l);
} statements[] = {
	{ "name", read_name },
	{ "level", read_level },
	{ "offset", read_offset },
};

static int read_statement(struct line *l)
{
	const char *word = *l->word++;

	for (size_t i = 0; i < G_N_ELEMENTS(statements); i++)
		if (strcmp(statements[i].word, word) == 0)
			return statements[i].read(l);
	return line_error(l, "unknown statement", word);
}

static int read_line(struct rule *rule, const char *path, unsigned number,
		     const char *text)
{
	g_autofree char *head = g_strndup(text, strcspn(text, "#"));
	g_auto(GStrv) words = words_split(head);
	struct line l = { .rule = rule, .path = path, .number = number,
			  .word = words };

	return *words ? read_statement(&l) : 0;
}

static int read_text(struct rule *rule, const char *path, const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (unsigned i = 0; lines[i]; i++)
		if (read_line(rule, path, i + 1, lines[i]) < 0)
			return -1;
	return 0;
}

/* The file's text, for g_free; NULL with a message. */
static char *get_text(const char *path)
{
	struct stat st;
	GError *error = NULL;
	char *text = NULL;
	gsize length;

	/* Neither devices nor pipes, which may have no end. */
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		diag_error("rule '%s' is not a regular file", path);
		return NULL;
	}
	if (!g_file_get_contents(path, &text, &length, &error)) {
		diag_error("cannot read rule '%s': %s", path, error->message);
		g_error_free(error);
		return NULL;
	}
	if (length > FILE_MAX || !g_utf8_validate(text, (gssize)length, NULL)) {
		diag_error("rule '%s' is not a text file of up to 1 MiB", path);
		g_free(text);
		return NULL;
	}
	return text;
}

static void level_clear(void *data)
{
	g_free(((struct rule_level *)data)->class);
}

static void row_clear(void *data)
{
	g_strfreev(((struct rule_row *)data)->classes);
}

/* A file without a name of its own has that of the file. */
static char *name_of(const char *path)
{
	char *name = g_path_get_basename(path);

	for (char *c = name; *c; c++)
		if (!g_ascii_isalnum(*c) && !strchr("._-", *c))
			*c = '_';
	return name;
}

int rule_file_read(struct rule *out, const char *path)
{
	g_autofree char *text = NULL;

	memset(out, 0, sizeof(*out));
	out->name = "file";
	out->form = RULE_FILE;
	out->row = g_array_new(FALSE, FALSE, sizeof(struct rule_row));
	out->level = g_array_new(FALSE, FALSE, sizeof(struct rule_level));
	g_array_set_clear_func(out->row, row_clear);
	g_array_set_clear_func(out->level, level_clear);
	text = get_text(path);
	if (!text || read_text(out, path, text) < 0)
		return -1;
	if (!out->text)
		out->text = name_of(path);
	out->name = out->text;
	out->source = g_strdup("file");
	return 0;
}
