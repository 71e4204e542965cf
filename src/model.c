/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads the model file.  Knows the directives' names and what their arguments
 * look like, and nothing of their meaning, which belongs to the passes that use
 * them.
 */
#include "model.h"

#include <errno.h>
#include <string.h>

#include <glib.h>

#include "diag.h"
#include "embedded.h"
#include "lockprim.h"
#include "result_words.h"
#include "words.h"

struct directive_row {
	const char *name;
	const char *args;	/* a letter each: see arg_kinds; those after a
				 * '[' may be left out */
};

/* What an argument must be. */
struct arg_kind {
	char letter;
	const char *what;
	const char *const *words; /* of which it is one; or NULL */
};

static const char *const bit_words[] = { "0", "1", NULL };

static const struct arg_kind arg_kinds[] = {
	{ '-', "anything", NULL },
	{ 'n', "a number", NULL },
	{ 'b', "0 or 1", bit_words },
	{ 'o', "an operation", lock_operation_words },
	{ 'k', "a kind of lock", lock_kind_words },
	{ 'c', "a context", context_words },
	{ 'r', "a role", owner_words },
	{ 'i', "a kind of table", instance_words },
};

static const struct directive_row directive_rows[MODEL_DIRECTIVE_NR] = {
	[MODEL_PRIMITIVE] = { "primitive", "-ok" },
	[MODEL_LEVEL_PARAMETER] = { "level-parameter", "-" },
	[MODEL_EXTERNAL] = { "external", "--" },
	[MODEL_CURRENT] = { "current", "-" },
	[MODEL_CURRENT_DOMAIN] = { "current-domain", "-" },
	[MODEL_CONTROL_FIELD] = { "control-field", "-" },
	[MODEL_OWNER] = { "owner", "--" },
	[MODEL_INVARIANT] = { "invariant", "---" },
	[MODEL_INSTANCE] = { "instance", "-ni" },
	[MODEL_ROLE_CALL] = { "role-call", "-r" },
	[MODEL_ROLE_GLOBAL] = { "role-global", "-r" },
	[MODEL_ROLE_FIELD] = { "role-field", "-r" },
	[MODEL_ENTRY] = { "entry", "-c" },
	[MODEL_CONTEXT] = { "context", "-c" },
	[MODEL_ASSERT] = { "assert", "-" },
	[MODEL_OPAQUE] = { "opaque", "-" },
	[MODEL_APART] = { "apart", "-" },
	[MODEL_LOCK_WORLD] = { "lock-world", "--nb-" },
	[MODEL_LOCK_NOT_FOR] = { "lock-not-for", "-r-" },
	[MODEL_CURRENT_IS] = { "current-is", "--nb" },
	[MODEL_CURRENT_ARGUMENT] = { "current-argument", "-" },
	[MODEL_CALLER_WORLD] = { "caller-world", "---n" },
	[MODEL_CODE_SET] = { "code-set", "--[-" },
	[MODEL_NOT_WITHIN] = { "not-within", "--" },
	[MODEL_PAGE_OWNER] = { "page-owner", "--" },
	[MODEL_ASYNCHRONOUS] = { "asynchronous", "-" },
	[MODEL_WAITS_FOR] = { "waits-for", "---" },
	[MODEL_MAY_FAULT] = { "may-fault", "--" },
	[MODEL_NO_FAULT] = { "no-fault", "-" },
	[MODEL_INTERRUPT] = { "interrupt", "-" },
	[MODEL_UNIQUE] = { "unique", "--n" },
	[MODEL_NONNULL] = { "nonnull", "-" },
	[MODEL_CODE_WORLD] = { "code-world", "--nb" },
	[MODEL_CODE_NOT_FOR] = { "code-not-for", "-i" },
	[MODEL_SAME_BITS] = { "same-bits", "-n" },
	[MODEL_IMPLIES] = { "implies", "-nb-nb-" },
	[MODEL_STABLE] = { "stable", "-" },
	[MODEL_ASSERTS_UNLOCKED] = { "asserts-unlocked", "-" },
	[MODEL_COPIES] = { "copies", "-" },
	[MODEL_LEADS_OUT] = { "leads-out", "-" },
	[MODEL_FROM_ASSEMBLY] = { "from-assembly", "-" },
	[MODEL_ACCESS_CHECK] = { "access-check", "-" },
	[MODEL_POLICY] = { "policy", "--" },
	[MODEL_DEVICE_MODEL] = { "device-model", "-" },
	[MODEL_SOLE_CONTROL] = { "sole-control", "-" },
	[MODEL_RULE] = { "rule", "---" },
};

struct model {
	GPtrArray *by_directive[MODEL_DIRECTIVE_NR];
	char *hash;
};

static void entry_free(void *data)
{
	struct model_entry *e = data;

	for (unsigned int i = 0; i < e->arg_nr; i++)
		g_free(e->arg[i]);
	g_free(e->reason);
	g_free(e);
}

static struct model *model_new(void)
{
	struct model *m = g_new0(struct model, 1);

	for (int i = 0; i < MODEL_DIRECTIVE_NR; i++)
		m->by_directive[i] = g_ptr_array_new_with_free_func(entry_free);
	return m;
}

void model_free(struct model *m)
{
	if (!m)
		return;
	for (int i = 0; i < MODEL_DIRECTIVE_NR; i++)
		g_ptr_array_unref(m->by_directive[i]);
	g_free(m->hash);
	g_free(m);
}

static int directive_find(const char *name)
{
	for (int i = 0; i < MODEL_DIRECTIVE_NR; i++)
		if (strcmp(directive_rows[i].name, name) == 0)
			return i;
	return -1;
}

static const struct arg_kind *kind_of_arg(const struct directive_row *row,
					  unsigned int i)
{
	const struct arg_kind *kind = arg_kinds;
	char letter = row->args[i < strcspn(row->args, "[") ? i : i + 1];

	while (kind->letter != letter)
		kind++;
	return kind;
}

static bool takes_so_many(const struct directive_row *row, size_t nr)
{
	size_t least = strcspn(row->args, "["), all = strlen(row->args);

	return nr >= least && nr <= (least < all ? all - 1 : all);
}

static bool is_number(const char *word)
{
	char *end;

	errno = 0;
	g_ascii_strtoll(word, &end, 0);
	return end != word && !*end && errno == 0;
}

static bool is_of_kind(const char *word, const struct arg_kind *kind)
{
	if (kind->words)
		return *word && words_find(kind->words, word) >= 0;
	return kind->letter != 'n' || is_number(word);
}

static int check_args(const struct directive_row *row, const char *path,
		      unsigned int line, char *const *arg)
{
	unsigned int nr = g_strv_length((char **)arg);

	if (!takes_so_many(row, nr))
		return diag_error("%s:%u: '%s' has %u arguments", path, line,
				  row->name, nr);
	for (unsigned int i = 0; i < nr; i++) {
		const struct arg_kind *kind = kind_of_arg(row, i);

		if (!is_of_kind(arg[i], kind))
			return diag_error("%s:%u: '%s' is not %s", path, line,
					  arg[i], kind->what);
	}
	return 0;
}

bool model_is_about_set(const struct model_entry *e)
{
	return e->arg[0][0] == '@' || e->arg[1][0] == '@';
}

/* Have two entries of not-within one number? */
static bool are_grouped(const GPtrArray *entries, unsigned int i,
			unsigned int k)
{
	const struct model_entry *a = g_ptr_array_index(entries, i);
	const struct model_entry *b = g_ptr_array_index(entries, k);

	return strcmp(a->arg[0], b->arg[0]) == 0 &&
	       model_is_about_set(a) == model_is_about_set(b);
}

/* The first entry that has the number of entry I. */
static unsigned int first_grouped(const GPtrArray *entries, unsigned int i)
{
	unsigned int first = 0;

	while (!are_grouped(entries, first, i))
		first++;
	return first;
}

unsigned int model_not_within_group(const struct model *m, unsigned int i)
{
	const GPtrArray *entries = m->by_directive[MODEL_NOT_WITHIN];
	unsigned int first = first_grouped(entries, i), number = 0;

	for (unsigned int k = 0; k < first; k++)
		number += first_grouped(entries, k) == k;
	return number;
}

/* Takes over the words' strings of a line that names a known directive. */
static int add_entry(struct model *m, const char *path, unsigned int line,
		     char **word, const char *reason)
{
	int directive = directive_find(word[0]);
	unsigned int nr = g_strv_length(word) - 1;
	struct model_entry *e;
	int ret;

	if (directive < 0)
		return diag_error("%s:%u: unknown directive '%s'", path, line,
				  word[0]);
	ret = check_args(&directive_rows[directive], path, line, word + 1);
	if (ret)
		return ret;
	e = g_new0(struct model_entry, 1);
	e->directive = (enum model_directive)directive;
	e->line = line;
	e->arg_nr = nr;
	for (unsigned int i = 0; i < nr; i++)
		e->arg[i] = g_strdup(word[i + 1]);
	e->reason = g_strdup(reason);
	g_ptr_array_add(m->by_directive[directive], e);
	if (directive == MODEL_NOT_WITHIN &&
	    model_not_within_group(m, m->by_directive[directive]->len - 1) >=
		    MODEL_NOT_WITHIN_MAX)
		return diag_error("%s:%u: more than %d callees of "
				  "'not-within'",
				  path, line, (int)MODEL_NOT_WITHIN_MAX);
	return 0;
}

static int parse_line(struct model *m, const char *path, unsigned int line,
		      const char *text)
{
	const char *dash = strstr(text, " -- ");
	int ret = 0;

	if (text[0] == '#' || !text[strspn(text, " \t\r")])
		return 0;
	if (!dash || !dash[4])
		return diag_error("%s:%u: no reason given after '--'", path,
				  line);

	char *head = g_strndup(text, (gsize)(dash - text));
	char **word = words_split(head);
	char *reason = g_strstrip(g_strdup(dash + 4));

	if (!word[0])
		ret = diag_error("%s:%u: no directive", path, line);
	else
		ret = add_entry(m, path, line, word, reason);
	g_free(reason);
	g_strfreev(word);
	g_free(head);
	return ret;
}

static int parse(struct model *m, const char *path, const char *text)
{
	char **lines = g_strsplit(text, "\n", -1);
	int ret = 0;

	for (unsigned int i = 0; lines[i] && ret == 0; i++)
		ret = parse_line(m, path, i + 1, lines[i]);
	g_strfreev(lines);
	return ret;
}

int model_read(struct model **out, const char *path)
{
	const char *shown = path ? path : "built-in model";
	struct model *m = model_new();
	GError *error = NULL;
	char *text = NULL;
	gsize len = 0;

	*out = NULL;
	if (!path) {
		text = g_strdup(model_xen_x86);
		len = strlen(text);
	} else if (!g_file_get_contents(path, &text, &len, &error)) {
		diag_error("cannot read model '%s': %s", path, error->message);
		g_error_free(error);
		goto out_free_model;
	}
	if (!g_utf8_validate(text, (gssize)len, NULL)) {
		diag_error("%s: not a text file", shown);
		goto out_free_text;
	}
	if (parse(m, shown, text) < 0)
		goto out_free_text;
	m->hash = g_compute_checksum_for_string(G_CHECKSUM_MD5, text, -1);
	g_free(text);
	*out = m;
	return 0;

out_free_text:
	g_free(text);
out_free_model:
	model_free(m);
	return -1;
}

const GPtrArray *model_entries(const struct model *m,
			       enum model_directive directive)
{
	return m->by_directive[directive];
}

const char *model_hash(const struct model *m)
{
	return m->hash;
}

int model_match(const char *pattern, const char *name, char **star)
{
	const char *asterisk = strchr(pattern, '*');
	size_t name_len = strlen(name), head, tail;

	if (!asterisk) {
		if (strcmp(pattern, name) != 0)
			return 0;
		if (star)
			*star = g_strdup("");
		return 1;
	}
	head = (size_t)(asterisk - pattern);
	tail = strlen(asterisk + 1);
	if (name_len < head + tail || strncmp(name, pattern, head) != 0 ||
	    strcmp(name + name_len - tail, asterisk + 1) != 0)
		return 0;
	if (star)
		*star = g_strndup(name + head, name_len - head - tail);
	return 1;
}

bool model_names(const struct model *m, enum model_directive directive,
		 const char *name)
{
	const GPtrArray *entries = model_entries(m, directive);

	for (guint i = 0; i < entries->len; i++) {
		const struct model_entry *e = g_ptr_array_index(entries, i);

		if (model_match(e->arg[0], name, NULL))
			return true;
	}
	return false;
}
