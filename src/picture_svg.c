/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A picture as an svg element.  Boxes and curves with a link are links; what
 * they mean is their class, so that the page gives light and dark colours.
 */
#include "picture.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "html.h"

static const double margin = 8;

static const char *const classes[] = {
	[PICTURE_PLAIN] = "plain", [PICTURE_CALLER] = "caller",
	[PICTURE_NOTE] = "note", [PICTURE_ALLOWED] = "allowed",
	[PICTURE_CONDITIONAL] = "conditional",
	[PICTURE_VIOLATION] = "violation",
};

struct svg {
	FILE *out;
	const char *prefix;
	double top;		/* y of the upper edge */
};

static void open_link(const struct svg *s, const char *link, const char *title)
{
	if (!link)
		return;
	fprintf(s->out, "<a href=\"%s", s->prefix);
	html_text(s->out, link);
	putc('"', s->out);
	if (title) {
		fputs(" aria-label=\"", s->out);
		html_text(s->out, title);
		putc('"', s->out);
	}
	fputs(">", s->out);
}

static void close_link(const struct svg *s, const char *link)
{
	if (link)
		fputs("</a>", s->out);
}

static void put_title(const struct svg *s, const char *title)
{
	if (title)
		html_element(s->out, "title", title);
}

/* Centred lines; the first one may be a heading. */
static void put_lines(const struct svg *s, const char *label,
		      struct picture_point at, bool has_head)
{
	char **lines = g_strsplit(label, "\n", -1);
	unsigned nr = g_strv_length(lines);
	double y = s->top - at.y - (nr - 1) * PICTURE_LINE_HEIGHT / 2 + 4;

	for (unsigned i = 0; i < nr; i++) {
		fprintf(s->out, "<text x=\"%.1f\" y=\"%.1f\"%s>", at.x,
			y + i * PICTURE_LINE_HEIGHT,
			has_head && i == 0 ? " class=\"head\"" : "");
		html_text(s->out, lines[i]);
		fputs("</text>", s->out);
	}
	g_strfreev(lines);
}

static void put_rectangle(const struct svg *s, struct picture_point at,
			  double width, double height, double radius)
{
	fprintf(s->out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
		"height=\"%.1f\" rx=\"%.0f\"/>", at.x - width / 2,
		s->top - at.y - height / 2, width, height, radius);
}

static void put_box(const struct svg *s, const struct picture_box *box)
{
	open_link(s, box->link, NULL);
	fprintf(s->out, "<g class=\"box %s\">", classes[box->kind]);
	if (box->kind != PICTURE_NOTE)
		put_rectangle(s, box->centre, box->width, box->height, 4);
	put_lines(s, box->label, box->centre, box->kind != PICTURE_NOTE);
	fputs("</g>", s->out);
	close_link(s, box->link);
	putc('\n', s->out);
}

/* From the tip back along the curve's end. */
static void put_arrow(const struct svg *s, const struct picture_curve *curve)
{
	struct picture_point tip = curve->point[6], from = curve->point[5];
	double angle = atan2(tip.y - from.y, tip.x - from.x);
	double length = 6 + curve->width, spread = 0.42;

	fprintf(s->out, "<path class=\"tip\" d=\"M%.1f %.1fL%.1f %.1fL%.1f "
		"%.1fZ\"/>", tip.x, s->top - tip.y,
		tip.x - length * cos(angle - spread),
		s->top - tip.y + length * sin(angle - spread),
		tip.x - length * cos(angle + spread),
		s->top - tip.y + length * sin(angle + spread));
}

static void put_path(const struct svg *s, const struct picture_curve *curve,
		     const char *class)
{
	const struct picture_point *p = curve->point;

	fprintf(s->out, "<path class=\"%s\" d=\"M%.1f %.1fC", class, p[0].x,
		s->top - p[0].y);
	for (int i = 1; i < 7; i++)
		fprintf(s->out, "%s%.1f %.1f", i > 1 ? " " : "", p[i].x,
			s->top - p[i].y);
	putc('"', s->out);
	if (strcmp(class, "line") == 0)
		fprintf(s->out, " stroke-width=\"%.1f\"", curve->width);
	fputs("/>", s->out);
}

/* Labels stand above all curves; the link of the curve is the one that counts
 * for keyboards and screen readers. */
static void put_label(const struct svg *s, const struct picture_curve *curve)
{
	double width;

	if (!curve->label)
		return;
	width = picture_text_width(curve->label, PICTURE_TEXT_SIZE) + 4;
	fputs("<g aria-hidden=\"true\">", s->out);
	if (curve->link) {
		fprintf(s->out, "<a tabindex=\"-1\" href=\"%s", s->prefix);
		html_text(s->out, curve->link);
		fputs("\">", s->out);
	}
	fprintf(s->out, "<g class=\"label %s\">", classes[curve->kind]);
	put_rectangle(s, curve->label_at, width,
		      picture_lines(curve->label) * PICTURE_LINE_HEIGHT + 2, 2);
	put_lines(s, curve->label, curve->label_at, false);
	fputs("</g>", s->out);
	close_link(s, curve->link);
	fputs("</g>\n", s->out);
}

static void put_curve(const struct svg *s, const struct picture_curve *curve)
{
	open_link(s, curve->link, curve->title);
	fprintf(s->out, "<g class=\"curve %s\">", classes[curve->kind]);
	put_title(s, curve->title);
	put_path(s, curve, "reach");
	put_path(s, curve, "line");
	put_arrow(s, curve);
	fputs("</g>", s->out);
	close_link(s, curve->link);
	putc('\n', s->out);
}

void picture_svg(FILE *out, const struct picture *p, const char *prefix)
{
	struct svg s = { .out = out, .prefix = prefix };
	struct picture_point low, high;

	picture_bounds(p, &low, &high);
	s.top = high.y;
	fprintf(out, "<svg class=\"picture\" xmlns=\"http://www.w3.org/2000/svg\""
		" viewBox=\"%.1f %.1f %.1f %.1f\" width=\"%.0f\" role=\"group\""
		" aria-label=\"", low.x - margin, -margin,
		high.x - low.x + 2 * margin, high.y - low.y + 2 * margin,
		high.x - low.x + 2 * margin);
	html_text(out, p->title);
	fputs("\">\n", out);
	for (guint i = 0; i < p->curve->len; i++)
		put_curve(&s, &g_array_index(p->curve, struct picture_curve,
					     i));
	for (guint i = 0; i < p->curve->len; i++)
		put_label(&s, &g_array_index(p->curve, struct picture_curve,
					     i));
	for (guint i = 0; i < p->box->len; i++)
		put_box(&s, &g_array_index(p->box, struct picture_box, i));
	fputs("</svg>\n", out);
}
