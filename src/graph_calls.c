/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The calls of one ordering's witness, from the entry point down, with a column
 * for each lock: filled where it is held, hatched where it may be.  A run of
 * returns is one step.
 */
#include "graph.h"

#include <string.h>

#include "dot_text.h"
#include "lanes.h"
#include "result_table.h"
#include "result_words.h"

static const char *const lane_colours[] = {
	"#0b62a4", "#9a3c9a", "#1b7f4d", "#8a6d00", "#555555", "#a6542b",
	"#006d77",
};

enum { TEXT_MAX = 72 };

struct calls {
	const struct result *r;
	const struct ordering *o;
	GArray *lanes;
	GString *dot;
};

static const char *colour_of(const struct calls *g, guint lane)
{
	if (lane + 1 == g->lanes->len)
		return g->o->verdict == VERDICT_VIOLATION ? "#c00000"
							  : "#b35900";
	return lane_colours[lane % G_N_ELEMENTS(lane_colours)];
}

/* A column each: filled, pale, or empty. */
static void append_cells(struct calls *g, guint step)
{
	for (guint i = 0; i < g->lanes->len; i++) {
		const struct lane *lane = &g_array_index(g->lanes, struct lane,
							 i);
		enum lane_state state = lane_at(lane, step);

		g_string_append(g->dot, "<TD WIDTH=\"16\"");
		if (state == LANE_CERTAIN)
			g_string_append_printf(g->dot, " BGCOLOR=\"%s\">",
					       colour_of(g, i));
		else if (state == LANE_POSSIBLE)
			g_string_append(g->dot, " BGCOLOR=\"#dddddd\">"
					"<FONT POINT-SIZE=\"8\">?</FONT>");
		else
			g_string_append_c(g->dot, '>');
		g_string_append(g->dot, "</TD>");
	}
}

static void append_text(struct calls *g, const char *text)
{
	char *valid = g_utf8_make_valid(text, -1);

	if (g_utf8_strlen(valid, -1) > TEXT_MAX) {
		char *start = g_utf8_substring(valid, 0, TEXT_MAX - 1);

		dot_markup(g->dot, start);
		g_string_append(g->dot, "…");
		g_free(start);
	} else {
		dot_markup(g->dot, valid);
	}
	g_free(valid);
}

static void append_where(struct calls *g, const struct witness_step *step)
{
	g_string_append(g->dot, "<TD ALIGN=\"LEFT\">");
	g_string_append(g->dot, step->event == STEP_ACQUIRE ? "<B>" : "");
	dot_markup(g->dot, step->site.function);
	g_string_append(g->dot, step->event == STEP_ACQUIRE ? "</B>" : "");
	g_string_append(g->dot, "</TD><TD ALIGN=\"LEFT\"><FONT "
			"COLOR=\"#505050\">");
	dot_markup(g->dot, step->site.file);
	g_string_append_printf(g->dot, ":%u</FONT></TD>", step->site.line);
}

static void append_what(struct calls *g, const struct witness_step *step)
{
	char *note = words_step_note(step);

	g_string_append_printf(g->dot, "<TD ALIGN=\"LEFT\">%s</TD>"
			       "<TD ALIGN=\"LEFT\">",
			       event_words[step->event]);
	append_text(g, step->text ? step->text : "");
	if (note) {
		g_string_append(g->dot, "<FONT COLOR=\"#505050\"> ");
		dot_markup(g->dot, note);
		g_string_append(g->dot, "</FONT>");
	}
	g_free(note);
	g_string_append(g->dot, "</TD>");
}

static bool is_inner_return(const struct calls *g, guint i)
{
	const GArray *w = g->o->witness;

	return g_array_index(w, struct witness_step, i).event ==
		       STEP_RETURN &&
	       i + 1 < w->len &&
	       g_array_index(w, struct witness_step, i + 1).event ==
		       STEP_RETURN;
}

static void append_steps(struct calls *g)
{
	for (guint i = 0; i < g->o->witness->len; i++) {
		const struct witness_step *step = &g_array_index(g->o->witness,
						struct witness_step, i);

		if (is_inner_return(g, i))
			continue;
		g_string_append(g->dot, "<TR>");
		append_cells(g, i);
		append_where(g, step);
		append_what(g, step);
		g_string_append(g->dot, "</TR>\n");
	}
}

static const char *const role_texts[] = {
	[LANE_HELD] = "held", [LANE_OTHER] = "held as well",
	[LANE_ACQUIRED] = "acquired",
};

static void append_key(struct calls *g, guint i)
{
	const struct lane *lane = &g_array_index(g->lanes, struct lane, i);
	const struct lock_ref *lock = lane->lock;

	g_string_append_printf(g->dot, "<TR><TD COLSPAN=\"%u\" ALIGN=\"LEFT\" "
			       "BGCOLOR=\"%s\"><FONT COLOR=\"#ffffff\"><B> %s"
			       "</B></FONT></TD><TD COLSPAN=\"4\" "
			       "ALIGN=\"LEFT\">", g->lanes->len,
			       colour_of(g, i), role_texts[lane->role]);
	dot_markup(g->dot, result_class(g->r, lock->class)->name);
	g_string_append_printf(g->dot, " (table %s, owner %s, mode %s), "
			       "acquired in ", instance_words[lock->instance],
			       owner_words[lock->owner],
			       mode_words[lock->mode]);
	dot_markup(g->dot, lock->site.function);
	g_string_append(g->dot, "</TD></TR>\n");
}

static void append_head(struct calls *g)
{
	char *text = g_strdup_printf("ordering %s: %s, %d held, %d wanted",
				     g->o->id, verdict_words[g->o->verdict],
				     g->o->held_level, g->o->needed_level);

	g_string_append_printf(g->dot, "<TR><TD COLSPAN=\"%u\" "
			       "ALIGN=\"LEFT\"><B>", g->lanes->len + 4);
	dot_markup(g->dot, text);
	g_string_append(g->dot, "</B></TD></TR>\n");
	g_free(text);
}

static char *draw(const struct result *r, const struct ordering *o)
{
	struct calls g = { .r = r, .o = o, .lanes = lanes_make(o),
			   .dot = g_string_new("digraph calls {\n") };

	g_string_append(g.dot, "\tgraph [fontname=\"sans-serif\"];\n"
			"\tnode [shape=plaintext, fontname=\"sans-serif\", "
			"fontsize=11];\n\tcalls [label=<<TABLE BORDER=\"0\" "
			"CELLBORDER=\"0\" CELLSPACING=\"0\" "
			"CELLPADDING=\"3\">\n");
	append_head(&g);
	for (guint i = 0; i < g.lanes->len; i++)
		append_key(&g, i);
	g_string_append(g.dot, "<HR/>");
	append_steps(&g);
	g_string_append(g.dot, "</TABLE>>];\n}\n");
	g_array_unref(g.lanes);
	return g_string_free(g.dot, FALSE);
}

char *graph_calls(const struct result *r, const char *id)
{
	const struct ordering *ordering;
	const struct finding *finding;

	if (result_find(r, id, &ordering, &finding) < 0)
		return NULL;
	if (finding && finding->orderings->len > 0)
		ordering = finding->orderings->pdata[0];
	if (ordering)
		return draw(r, ordering);
	return g_strdup("digraph calls {\n\tcalls [shape=plaintext, "
			"label=\"a stale level: no calls are kept\"];\n}\n");
}
