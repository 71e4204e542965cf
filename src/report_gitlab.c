/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GitLab's Code Quality report: an array of findings with a fingerprint each.
 * It knows no path relative to a part of the tree, so the folder is put back.
 */
#include "report.h"

#include <jansson.h>

static const char *severity_of(const struct finding *f)
{
	if (f->context != CONTEXT_RUNNING)
		return "info";
	switch (f->severity) {
	case SEVERITY_ERROR:
		return "critical";
	case SEVERITY_WARNING:
		return "major";
	case SEVERITY_NOTE:
		break;
	}
	return "minor";
}

static json_t *text_json(const char *text)
{
	char *valid = g_utf8_make_valid(text, -1);
	json_t *value = json_string(valid);

	g_free(valid);
	return value;
}

static json_t *path_json(const char *path)
{
	char *full = g_path_is_absolute(path) ? g_strdup(path)
					      : g_strconcat("xen/", path, NULL);
	json_t *value = text_json(full);

	g_free(full);
	return value;
}

static json_t *finding_json(const struct finding *f)
{
	json_int_t line = MAX(f->site.line, 1);

	return json_pack("{s:o, s:s, s:s, s:s, s:{s:o, s:{s:I}}}",
			 "description", text_json(f->message),
			 "check_name", f->kind, "fingerprint", f->id,
			 "severity", severity_of(f), "location",
			 "path", path_json(f->site.file),
			 "lines", "begin", line);
}

void report_gitlab(FILE *out, const struct result *r,
		   const struct report_style *style)
{
	json_t *array = json_array();
	char *text;

	(void)style;
	for (guint i = 0; i < r->findings->len; i++) {
		const struct finding *f = r->findings->pdata[i];

		if (!f->is_known)
			json_array_append_new(array, finding_json(f));
	}
	text = json_dumps(array, JSON_INDENT(1));
	fprintf(out, "%s\n", text);
	free(text);
	json_decref(array);
}
