// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes records as a JSON compilation database. */
#include "collect_int.h"

#include <stdlib.h>

#include <jansson.h>

#include "diag.h"

static json_t *strings(char **first, char **then)
{
	json_t *list = json_array();

	for (char **s = first; *s; s++)
		json_array_append_new(list, json_string(*s));
	for (char **s = then; *s; s++)
		json_array_append_new(list, json_string(*s));
	return list;
}

static json_t *entry(const struct collect *c, const struct record *r)
{
	return json_pack("{s:s, s:o, s:s, s:s}", "directory", r->directory,
			 "arguments", strings(c->cc, r->argv), "file", r->file,
			 "output", r->output);
}

int json_write(const struct collect *c, const GPtrArray *records,
	       const char *path)
{
	json_t *list = json_array();
	char *text, *lines;
	int ret;

	for (guint i = 0; i < records->len; i++)
		json_array_append_new(list, entry(c, records->pdata[i]));
	text = json_dumps(list, JSON_INDENT(1));
	json_decref(list);
	if (!text)
		return diag_error("cannot write '%s': a name in it is not "
				  "UTF-8", path);
	lines = g_strconcat(text, "\n", NULL);
	ret = dir_write(path, lines, 0644);
	g_free(lines);
	free(text);
	return ret;
}
