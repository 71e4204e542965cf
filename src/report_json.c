/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The JSON report is the result's own JSON form. */
#include "report.h"

#include "result_json.h"

void report_json(FILE *out, const struct result *r,
		 const struct report_style *style)
{
	char *text = result_json_write(r, JSON_REPORT);

	(void)style;
	fputs(text, out);
	g_free(text);
}
