/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads the model file.  Knows the directives' names and argument counts and
 * nothing of their meaning, which belongs to the passes that use them.
 */
#include "model.h"

#include <string.h>

#include <glib.h>

#include "diag.h"
#include "embedded.h"
#include "words.h"

struct directive_row {
	const char *name;
	unsigned int min_args, max_args;
};

static const struct directive_row directive_rows[MODEL_DIRECTIVE_NR] = {
	[MODEL_PRIMITIVE] = { "primitive", 3, 3 },
	[MODEL_LEVEL_PARAMETER] = { "level-parameter", 1, 1 },
	[MODEL_EXTERNAL] = { "external", 2, 2 },
	[MODEL_CURRENT] = { "current", 1, 1 },
	[MODEL_CURRENT_DOMAIN] = { "current-domain", 1, 1 },
	[MODEL_CONTROL_FIELD] = { "control-field", 1, 1 },
	[MODEL_OWNER] = { "owner", 2, 2 },
	[MODEL_INVARIANT] = { "invariant", 3, 3 },
	[MODEL_INSTANCE] = { "instance", 3, 3 },
	[MODEL_ROLE_CALL] = { "role-call", 2, 2 },
	[MODEL_ROLE_GLOBAL] = { "role-global", 2, 2 },
	[MODEL_ROLE_FIELD] = { "role-field", 2, 2 },
	[MODEL_ENTRY] = { "entry", 2, 2 },
	[MODEL_CONTEXT] = { "context", 2, 2 },
	[MODEL_ASSERT] = { "assert", 1, 1 },
	[MODEL_OPAQUE] = { "opaque", 1, 1 },
	[MODEL_APART] = { "apart", 1, 1 },
	[MODEL_LOCK_WORLD] = { "lock-world", 5, 5 },
	[MODEL_CURRENT_IS] = { "current-is", 4, 4 },
	[MODEL_CALLER_WORLD] = { "caller-world", 4, 4 },
	[MODEL_CODE_SET] = { "code-set", 2, 2 },
	[MODEL_NOT_WITHIN] = { "not-within", 2, 2 },
	[MODEL_PAGE_OWNER] = { "page-owner", 2, 2 },
	[MODEL_ASYNCHRONOUS] = { "asynchronous", 1, 1 },
	[MODEL_WAITS_FOR] = { "waits-for", 3, 3 },
	[MODEL_MAY_FAULT] = { "may-fault", 2, 2 },
	[MODEL_NO_FAULT] = { "no-fault", 1, 1 },
	[MODEL_INTERRUPT] = { "interrupt", 1, 1 },
	[MODEL_UNIQUE] = { "unique", 3, 3 },
	[MODEL_NONNULL] = { "nonnull", 1, 1 },
	[MODEL_CODE_WORLD] = { "code-world", 4, 4 },
	[MODEL_SAME_BITS] = { "same-bits", 2, 2 },
	[MODEL_IMPLIES] = { "implies", 7, 7 },
	[MODEL_STABLE] = { "stable", 1, 1 },
	[MODEL_ASSERTS_UNLOCKED] = { "asserts-unlocked", 1, 1 },
	[MODEL_COPIES] = { "copies", 1, 1 },
	[MODEL_LEADS_OUT] = { "leads-out", 1, 1 },
	[MODEL_FROM_ASSEMBLY] = { "from-assembly", 1, 1 },
	[MODEL_ACCESS_CHECK] = { "access-check", 1, 1 },
	[MODEL_POLICY] = { "policy", 2, 2 },
	[MODEL_DEVICE_MODEL] = { "device-model", 1, 1 },
	[MODEL_SOLE_CONTROL] = { "sole-control", 1, 1 },
	[MODEL_RULE] = { "rule", 3, 3 },
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

/* Takes over the words' strings of a line that names a known directive. */
static int add_entry(struct model *m, const char *path, unsigned int line,
		     char **word, const char *reason)
{
	int directive = directive_find(word[0]);
	unsigned int nr = g_strv_length(word) - 1;
	struct model_entry *e;

	if (directive < 0)
		return diag_error("%s:%u: unknown directive '%s'", path, line,
				  word[0]);
	if (nr < directive_rows[directive].min_args ||
	    nr > directive_rows[directive].max_args)
		return diag_error("%s:%u: '%s' has %u arguments", path, line,
				  word[0], nr);
	if (directive == MODEL_NOT_WITHIN &&
	    m->by_directive[directive]->len >= MODEL_NOT_WITHIN_MAX)
		return diag_error("%s:%u: more than %d entries 'not-within'",
				  path, line, (int)MODEL_NOT_WITHIN_MAX);
	e = g_new0(struct model_entry, 1);
	e->directive = (enum model_directive)directive;
	e->line = line;
	e->arg_nr = nr;
	for (unsigned int i = 0; i < nr; i++)
		e->arg[i] = g_strdup(word[i + 1]);
	e->reason = g_strdup(reason);
	g_ptr_array_add(m->by_directive[directive], e);
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
