/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes the folder of reports, each file complete or not at all. */
#include "publish.h"

#include <errno.h>
#include <string.h>

#include "command.h"
#include "comparison.h"
#include "diag.h"
#include "graph.h"
#include "output.h"
#include "report.h"
#include "report_html.h"

static int write_json(const struct result *r, const char *dir)
{
	const struct report_style style = { .is_verbose = true };
	char *path = g_build_filename(dir, "report.json", NULL);
	struct output out;
	int ret = output_open(&out, path);

	if (ret == 0) {
		report_json(out.stream, r, &style);
		ret = output_close(&out);
	}
	g_free(path);
	return ret;
}

static char *draw(const struct result *r)
{
	char *dot = graph_dot(r, GRAPH_CLASSES, NULL), *svg = NULL;
	GBytes *bytes;

	if (graph_render(&bytes, dot, "svg") == 0) {
		svg = g_strndup(g_bytes_get_data(bytes, NULL),
				g_bytes_get_size(bytes));
		g_bytes_unref(bytes);
	}
	g_free(dot);
	return svg;
}

static int write_results(struct check *c, const struct comparison *cmp,
			 const char *dir, const char *page)
{
	const struct report_html html = {
		.result = c->result, .facts = c->facts, .comparison = cmp,
		.page = page,
	};
	char *path = g_build_filename(dir, "graph.svg", NULL);
	char *svg = draw(c->result);
	int ret = svg ? 0 : -1;

	if (g_mkdir_with_parents(dir, 0777) < 0)
		ret = diag_error("cannot create '%s': %s", dir,
				 strerror(errno));
	if (ret == 0)
		ret = output_write(path, svg);
	if (ret == 0)
		ret = report_html_write(&html, dir);
	if (ret == 0)
		ret = write_json(c->result, dir);
	g_free(svg);
	g_free(path);
	return ret;
}

/* Ids and reasons of what the baseline knows; findings are made again on the
 * way. */
static GHashTable *known_ids(const struct result *r)
{
	GHashTable *ids = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < r->findings->len; i++) {
		const struct finding *f = r->findings->pdata[i];

		if (f->is_known)
			g_hash_table_insert(ids, (void *)f->id,
					    (void *)f->known_reason);
	}
	return ids;
}

static void mark_known(const struct result *r, GHashTable *ids)
{
	for (guint i = 0; i < r->findings->len; i++) {
		struct finding *f = r->findings->pdata[i];

		f->is_known = g_hash_table_contains(ids, f->id);
		f->known_reason = g_hash_table_lookup(ids, f->id);
	}
}

int publish(struct check *c, const char *rule, const char *dir,
	    const char *page)
{
	enum outcome outcome = c->result->outcome;
	GHashTable *known = known_ids(c->result);
	struct comparison cmp = { .rule_nr = 0 };
	int ret = -1;

	if (comparison_make(&cmp, c, COMPARISON_RULES) == EXIT_CLEAN &&
	    check_judge(c, rule ? rule : "auto") == EXIT_CLEAN) {
		c->result->outcome = outcome;
		mark_known(c->result, known);
		ret = write_results(c, &cmp, dir, page);
	}
	comparison_release(&cmp);
	g_hash_table_unref(known);
	return ret;
}
