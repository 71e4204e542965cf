/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The JSON report is the result's own JSON form. */
#include "report.h"

#include "result_json.h"

void report_json(FILE *out, const struct result *r,
		 const struct report_style *style)
{
	(void)style;
	result_json_print(out, r);
}
