/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A picture in the dot language.  Graphviz' layout "nop2" takes all places as
 * they are; other programs may lay the same graph out anew.
 */
#include "picture.h"

#include <stdbool.h>

#include "dot_text.h"

/* Enough for the arrow's head. */
static const double arrow_length = 9;

static const char *const colours[] = {
	[PICTURE_PLAIN] = "#303030", [PICTURE_CALLER] = "#303030",
	[PICTURE_NOTE] = "#505050", [PICTURE_ALLOWED] = "#7a8a99",
	[PICTURE_CONDITIONAL] = "#b35900", [PICTURE_VIOLATION] = "#c00000",
};

static const char *fill_of(enum picture_kind kind)
{
	return kind == PICTURE_CALLER ? "#e2ecf9" : "#ffffff";
}

static void append_lines(GString *dot, const char *label, bool has_head)
{
	char **lines = g_strsplit(label, "\n", -1);

	for (char **line = lines; *line; line++) {
		bool is_head = has_head && line == lines;

		if (line > lines)
			g_string_append(dot, "<BR/>");
		if (is_head)
			g_string_append_printf(dot, "<FONT POINT-SIZE=\"%g\"><B>",
					       PICTURE_HEAD_SIZE);
		dot_markup(dot, *line);
		if (is_head)
			g_string_append(dot, "</B></FONT>");
	}
	g_strfreev(lines);
}

static void append_box(GString *dot, const struct picture_box *box)
{
	g_string_append_c(dot, '\t');
	dot_quoted(dot, box->name);
	g_string_append_printf(dot, " [pos=\"%.1f,%.1f\", width=%.3f, "
			       "height=%.3f, color=\"%s\", fontcolor=\"%s\", "
			       "fillcolor=\"%s\"%s", box->centre.x,
			       box->centre.y, box->width / 72, box->height / 72,
			       colours[box->kind], colours[box->kind],
			       fill_of(box->kind),
			       box->kind == PICTURE_NOTE ? ", shape=plaintext"
							 : "");
	g_string_append(dot, ", label=<");
	append_lines(dot, box->label, box->kind != PICTURE_NOTE);
	g_string_append(dot, ">];\n");
}

static void append_path(GString *dot, const struct picture_curve *curve)
{
	struct picture_point end = curve->point[6], before = curve->point[5];
	double dx = end.x - before.x, dy = end.y - before.y;
	double length = ABS(dx) + ABS(dy) > 0 ? ABS(dx) + ABS(dy) : 1;

	g_string_append_printf(dot, "pos=\"e,%.1f,%.1f", end.x, end.y);
	for (int i = 0; i < 6; i++)
		g_string_append_printf(dot, " %.1f,%.1f", curve->point[i].x,
				       curve->point[i].y);
	g_string_append_printf(dot, " %.1f,%.1f\"",
			       end.x - dx / length * arrow_length,
			       end.y - dy / length * arrow_length);
}

/* A box of its own, above all curves. */
static void append_label(GString *dot, const struct picture *p,
			 const struct picture_curve *curve)
{
	const char *from = g_array_index(p->box, struct picture_box,
					 curve->from).name;
	const char *to = g_array_index(p->box, struct picture_box,
				       curve->to).name;
	char *name = g_strdup_printf("%s to %s", from, to);

	g_string_append_c(dot, '\t');
	dot_quoted(dot, name);
	g_string_append_printf(dot, " [shape=plaintext, pos=\"%.1f,%.1f\", "
			       "width=%.3f, height=%.3f, fontcolor=\"%s\", "
			       "fillcolor=\"#ffffff\", label=<",
			       curve->label_at.x, curve->label_at.y,
			       picture_text_width(curve->label,
						  PICTURE_TEXT_SIZE) / 72 +
				       0.1,
			       picture_lines(curve->label) *
				       PICTURE_LINE_HEIGHT / 72,
			       colours[curve->kind]);
	append_lines(dot, curve->label, false);
	g_string_append(dot, ">];\n");
	g_free(name);
}

static void append_curve(GString *dot, const struct picture *p,
			 const struct picture_curve *curve)
{
	const char *colour = colours[curve->kind];

	g_string_append_c(dot, '\t');
	dot_quoted(dot, g_array_index(p->box, struct picture_box,
				      curve->from).name);
	g_string_append(dot, " -> ");
	dot_quoted(dot, g_array_index(p->box, struct picture_box,
				      curve->to).name);
	g_string_append_printf(dot, " [color=\"%s\", fontcolor=\"%s\", "
			       "penwidth=%.1f, tooltip=", colour, colour,
			       curve->width);
	dot_quoted(dot, curve->title ? curve->title : "");
	g_string_append(dot, ", ");
	append_path(dot, curve);
	g_string_append(dot, "];\n");
}

char *picture_dot(const struct picture *p)
{
	GString *dot = g_string_new("digraph lock_order {\n\tgraph [layout=nop2, "
				    "outputorder=edgesfirst, labelloc=t, label=");

	dot_quoted(dot, p->title);
	g_string_append_printf(dot,
		", fontname=\"sans-serif\", fontsize=14];\n"
		"\tnode [shape=box, style=filled, fixedsize=true, "
		"fontname=\"sans-serif\", fontsize=%g];\n"
		"\tedge [fontname=\"sans-serif\", fontsize=%g, "
		"arrowsize=0.8];\n", PICTURE_TEXT_SIZE, PICTURE_TEXT_SIZE);
	for (guint i = 0; i < p->box->len; i++)
		append_box(dot, &g_array_index(p->box, struct picture_box, i));
	for (guint i = 0; i < p->curve->len; i++)
		append_curve(dot, p, &g_array_index(p->curve,
						    struct picture_curve, i));
	for (guint i = 0; i < p->curve->len; i++) {
		const struct picture_curve *curve = &g_array_index(p->curve,
						struct picture_curve, i);

		if (curve->label)
			append_label(dot, p, curve);
	}
	g_string_append(dot, "}\n");
	return g_string_free(dot, FALSE);
}
