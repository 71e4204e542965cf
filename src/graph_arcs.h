/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Boxes one above the other, with an arc for each two of them: those that lead
 * up on one side, those that lead down on the other.  The further apart two
 * boxes are, the further out is their arc, and its label stands at its apex:
 * no two labels meet.
 */
#ifndef XLA_GRAPH_ARCS_H
#define XLA_GRAPH_ARCS_H

#include "picture.h"

#define GRAPH_BOX_WIDTH 150.0
#define GRAPH_BOX_HEIGHT 58.0
#define GRAPH_ROW 84.0		/* between the centres of boxes */
#define GRAPH_COLUMN 76.0	/* between the apexes of arcs */

/*
 * The places of curve, between boxes that are in place; side is 1 to the right
 * of the boxes, -1 to the left.  distance: how many boxes apart.
 */
void graph_arc_place(const struct picture *p, struct picture_curve *curve,
		     unsigned distance, int side);

/* Puts the widest arcs first, so that labels cover what passes below them. */
void graph_arcs_sort(struct picture *p);

#endif
