/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pictures: making them and their measures. */
#include "picture.h"

#include <math.h>
#include <string.h>

static void clear_box(void *data)
{
	struct picture_box *box = data;

	g_free(box->name);
	g_free(box->label);
	g_free(box->link);
}

static void clear_curve(void *data)
{
	struct picture_curve *curve = data;

	g_free(curve->label);
	g_free(curve->title);
	g_free(curve->link);
}

struct picture *picture_new(const char *title)
{
	struct picture *p = g_new0(struct picture, 1);

	p->title = g_strdup(title);
	p->box = g_array_new(FALSE, TRUE, sizeof(struct picture_box));
	p->curve = g_array_new(FALSE, TRUE, sizeof(struct picture_curve));
	g_array_set_clear_func(p->box, clear_box);
	g_array_set_clear_func(p->curve, clear_curve);
	return p;
}

void picture_free(struct picture *p)
{
	g_free(p->title);
	g_array_unref(p->box);
	g_array_unref(p->curve);
	g_free(p);
}

struct picture_box *picture_add_box(struct picture *p)
{
	g_array_set_size(p->box, p->box->len + 1);
	return &g_array_index(p->box, struct picture_box, p->box->len - 1);
}

struct picture_curve *picture_add_curve(struct picture *p)
{
	g_array_set_size(p->curve, p->curve->len + 1);
	return &g_array_index(p->curve, struct picture_curve,
			      p->curve->len - 1);
}

static struct picture_point between(struct picture_point a,
				    struct picture_point b)
{
	return (struct picture_point){ (a.x + b.x) / 2, (a.y + b.y) / 2 };
}

/* By de Casteljau's construction; all points of the halves are near the curve,
 * so that they can serve as its bounds. */
void picture_bend(struct picture_curve *curve,
		  const struct picture_point cubic[4])
{
	struct picture_point middle = between(cubic[1], cubic[2]);

	curve->point[0] = cubic[0];
	curve->point[1] = between(cubic[0], cubic[1]);
	curve->point[2] = between(curve->point[1], middle);
	curve->point[5] = between(cubic[2], cubic[3]);
	curve->point[4] = between(middle, curve->point[5]);
	curve->point[3] = between(curve->point[2], curve->point[4]);
	curve->point[6] = cubic[3];
}

unsigned picture_lines(const char *label)
{
	unsigned nr = 1;

	while ((label = strchr(label, '\n'))) {
		label++;
		nr++;
	}
	return nr;
}

/* Approximation: a character is 0.62 of the type's size wide. */
double picture_text_width(const char *label, double size)
{
	glong widest = 0;

	while (label) {
		const char *end = strchr(label, '\n');
		glong length = g_utf8_strlen(label, end ? end - label : -1);

		widest = MAX(widest, length);
		label = end ? end + 1 : NULL;
	}
	return (double)widest * size * 0.62;
}

static void extend(struct picture_point *low, struct picture_point *high,
		   struct picture_point at, double width, double height)
{
	low->x = fmin(low->x, at.x - width / 2);
	low->y = fmin(low->y, at.y - height / 2);
	high->x = fmax(high->x, at.x + width / 2);
	high->y = fmax(high->y, at.y + height / 2);
}

void picture_bounds(const struct picture *p, struct picture_point *low,
		    struct picture_point *high)
{
	*low = (struct picture_point){ HUGE_VAL, HUGE_VAL };
	*high = (struct picture_point){ -HUGE_VAL, -HUGE_VAL };
	for (guint i = 0; i < p->box->len; i++) {
		const struct picture_box *box =
			&g_array_index(p->box, struct picture_box, i);

		extend(low, high, box->centre, box->width, box->height);
	}
	for (guint i = 0; i < p->curve->len; i++) {
		const struct picture_curve *curve =
			&g_array_index(p->curve, struct picture_curve, i);
		const char *label = curve->label ? curve->label : "";

		extend(low, high, curve->label_at,
		       picture_text_width(label, PICTURE_TEXT_SIZE),
		       picture_lines(label) * PICTURE_LINE_HEIGHT);
	}
	if (p->box->len + p->curve->len == 0)
		*low = *high = (struct picture_point){ 0, 0 };
}
