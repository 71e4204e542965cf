/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of report formats. */
#include "report.h"

#include <string.h>

#include "diag.h"

const struct report_format report_formats[] = {
	{ "text", report_text },
	{ "json", report_json },
	{ "sarif", report_sarif },
	{ "gitlab", report_gitlab },
	{ NULL, NULL },
};

const struct report_format *report_format_find(const char *name)
{
	for (const struct report_format *f = report_formats; f->name; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	diag_error("no format is called '%s'; there are text, json, sarif and "
		   "gitlab", name);
	return NULL;
}
