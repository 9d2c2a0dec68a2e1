/* SPDX-License-Identifier: GPL-2.0-only */
/* Panels of a plot over one common time axis, written as SVG 1.1. */
#ifndef REPORT_SVG_H
#define REPORT_SVG_H

#include <stdio.h>

#define SVG_WIDTH	1000

/* One rectangle of the drawing, and the data range it shows. */
struct svg_panel {
	double top, height;		/* in the drawing */
	double x_min, x_max;		/* data */
	double y_min, y_max;
};

void svg_begin(FILE *out, double height, const char *title);
void svg_end(FILE *out);
/* Frame, y axis with ticks and a heading; `x_label` NULL: no x ticks. */
void svg_frame(FILE *out, const struct svg_panel *panel, const char *heading,
	       const char *y_unit, const char *x_label);
void svg_point(FILE *out, const struct svg_panel *panel, double x, double y,
	       const char *color);
/* Polyline point by point. */
void svg_line_begin(FILE *out, const char *color);
void svg_line_to(FILE *out, const struct svg_panel *panel, double x, double y);
void svg_line_end(FILE *out);
void svg_horizontal(FILE *out, const struct svg_panel *panel, double y,
		    const char *color, const char *label);
void svg_vertical(FILE *out, const struct svg_panel *panel, double x,
		  const char *color, const char *label);
/* A shaded span of time with a caption at its top. */
void svg_span(FILE *out, const struct svg_panel *panel, double x_from,
	      double x_to, const char *color, const char *caption);

#endif
