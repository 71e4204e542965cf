/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GitLab's Code Quality report: an array of findings with a fingerprint each.
 * What is justified stands in it as "info".
 * It knows no path relative to a part of the tree, so the folder is put back.
 */
#include "report.h"

#include <jansson.h>

static bool is_excused(const struct finding *f)
{
	return f->is_known || f->suppression;
}

static const char *severity_of(const struct finding *f)
{
	if (is_excused(f))
		return "info";
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

/* The format has no field for what is justified: it is told in words. */
static json_t *description_json(const struct finding *f)
{
	char *text;
	json_t *value;

	if (f->suppression)
		text = g_strdup_printf("suppressed by %s (%s): %s",
				       f->suppression->id, f->suppression->text,
				       f->message);
	else if (f->is_known)
		text = g_strdup_printf("in the baseline (%s): %s",
				       f->known_reason ? f->known_reason : "",
				       f->message);
	else
		text = g_strdup(f->message);
	value = text_json(text);
	g_free(text);
	return value;
}

static json_t *finding_json(const struct finding *f)
{
	json_int_t line = MAX(f->site.line, 1);

	return json_pack("{s:o, s:s, s:s, s:s, s:{s:o, s:{s:I}}}",
			 "description", description_json(f),
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
	for (guint i = 0; i < r->findings->len; i++)
		json_array_append_new(array,
				      finding_json(r->findings->pdata[i]));
	text = json_dumps(array, JSON_INDENT(1));
	fprintf(out, "%s\n", text);
	free(text);
	json_decref(array);
}
