/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A graph with places: boxes and curves between them, laid out by who makes
 * it.  Written either in the dot language, with positions that Graphviz keeps,
 * or as an SVG element for a page, whose colours are the page's.
 *
 * Points, with y upward as in Graphviz.
 */
#ifndef XLA_PICTURE_H
#define XLA_PICTURE_H

#include <stdio.h>

#include <glib.h>

/* What a box or a curve means; it decides the colour. */
enum picture_kind {
	PICTURE_PLAIN,		/* a class, a heading */
	PICTURE_CALLER,		/* a class whose owner is the caller */
	PICTURE_NOTE,		/* text without a box */
	PICTURE_ALLOWED,
	PICTURE_CONDITIONAL,
	PICTURE_VIOLATION,
};

struct picture_point {
	double x, y;
};

/* Texts are the picture's; lines of a label are separated by \n. */
struct picture_box {
	enum picture_kind kind;
	char *name;		/* unique; of the node in the dot language */
	char *label;		/* its first line stands out */
	char *link;		/* or NULL */
	struct picture_point centre;
	double width, height;
};

struct picture_curve {
	enum picture_kind kind;
	guint from, to;		/* indices of boxes */
	char *label;		/* or NULL */
	char *title;		/* a sentence, for tool tips and screen readers */
	char *link;		/* or NULL */
	double width;		/* of the line */
	struct picture_point point[7];	/* two cubic curves, one after the
					 * other, to the arrow's tip */
	struct picture_point label_at;	/* its centre */
};

struct picture {
	char *title;
	GArray *box;		/* struct picture_box */
	GArray *curve;		/* struct picture_curve, the rear ones first */
};

/* An empty one. */
struct picture *picture_new(const char *title);
void picture_free(struct picture *p);

/* Appends one to fill in: of kind plain, without texts. */
struct picture_box *picture_add_box(struct picture *p);
struct picture_curve *picture_add_curve(struct picture *p);

/* The places of a curve from the four points of one cubic curve. */
void picture_bend(struct picture_curve *curve,
		  const struct picture_point cubic[4]);

/* The smallest rectangle around everything. */
void picture_bounds(const struct picture *p, struct picture_point *low,
		    struct picture_point *high);

/* A text in the dot language that keeps the places; for g_free. */
char *picture_dot(const struct picture *p);

/* An svg element; prefix stands before every relative link. */
void picture_svg(FILE *out, const struct picture *p, const char *prefix);

/* How wide a label is, in points: the widest of its lines. */
double picture_text_width(const char *label, double size);
unsigned picture_lines(const char *label);

/* Sizes of type, in points. */
#define PICTURE_HEAD_SIZE 13.0
#define PICTURE_TEXT_SIZE 10.5
#define PICTURE_LINE_HEIGHT 13.0

#endif
