/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the register of justified findings; says nothing of what it means. */
#include "saf.h"

#include <string.h>

#include <glib.h>
#include <jansson.h>

#include "diag.h"

const char *const saf_files[] = { SAF_SAFE, SAF_FALSE, NULL };

static const char *text_at(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

/* The two schemas name the rule in different places. */
static const char *rule_of(const json_t *entry)
{
	const json_t *analyser = json_object_get(entry, "analyser");

	return analyser ? text_at(analyser, SAF_TOOL)
			: text_at(entry, "violation-id");
}

/* Lines and fields of ours end at newlines and tabs. */
static void append_field(GString *out, const char *text, char end)
{
	for (; *text; text++)
		g_string_append_c(out, *text == '\n' || *text == '\t' ? ' '
								      : *text);
	g_string_append_c(out, end);
}

static void append_entry(GString *out, const json_t *entry)
{
	const char *id = text_at(entry, "id"), *rule = rule_of(entry);
	char *text;

	if (!*id || !*rule)
		return;
	text = g_strdup_printf("%s: %s", text_at(entry, "name"),
			       text_at(entry, "text"));
	append_field(out, id, '\t');
	append_field(out, rule, '\t');
	append_field(out, text, '\n');
	g_free(text);
}

static void append_file(GString *out, const char *root, const char *name)
{
	char *path = g_build_filename(root, name, NULL);
	json_error_t error;
	json_t *top, *content, *entry;
	size_t i;

	if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
		g_free(path);
		return;
	}
	top = json_load_file(path, 0, &error);
	content = json_object_get(top, "content");
	if (!top)
		diag_warning("'%s', line %d: %s; nothing is justified by it",
			     name, error.line, error.text);
	else if (!json_is_array(content))
		diag_warning("'%s' has no array 'content'; nothing is "
			     "justified by it", name);
	json_array_foreach(content, i, entry)
		append_entry(out, entry);
	json_decref(top);
	g_free(path);
}

char *saf_read(const char *root)
{
	GString *out = g_string_new("");

	for (const char *const *name = saf_files; *name; name++)
		append_file(out, root, *name);
	return g_string_free(out, FALSE);
}
