/* SPDX-License-Identifier: GPL-2.0-only */
/* A small SVG writer: no run-time dependency, the same bytes for the same data. */
#include "svg.h"

#include <stdbool.h>

#define LEFT	80.0
#define RIGHT	20.0
#define TICKS	6
#define CAPTION_MAX	110.0	/* of a span: as wide as one may be */

static double map_x(const struct svg_panel *panel, double x)
{
	double width = SVG_WIDTH - LEFT - RIGHT;
	double range = panel->x_max - panel->x_min;

	return LEFT + (range > 0 ? (x - panel->x_min) / range * width : 0);
}

static double map_y(const struct svg_panel *panel, double y)
{
	double range = panel->y_max - panel->y_min;
	double share = range > 0 ? (y - panel->y_min) / range : 0;

	if (share > 1)
		share = 1;
	return panel->top + panel->height * (1 - share);
}

void svg_begin(FILE *out, double height, const char *title)
{
	fprintf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%.0f\" "
		"viewBox=\"0 0 %d %.0f\" font-family=\"sans-serif\" font-size=\"12\">\n"
		"<title>%s</title>\n"
		"<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n"
		"<text x=\"%.0f\" y=\"24\" font-size=\"16\">%s</text>\n",
		SVG_WIDTH, height, SVG_WIDTH, height, title, LEFT, title);
}

void svg_end(FILE *out)
{
	fprintf(out, "</svg>\n");
}

/* The smallest of 1, 2 or 5 times a power of ten that gives <= TICKS steps. */
static double tick_step(double range)
{
	static const double factors[] = { 1, 2, 5 };

	for (double power = 1e-9; power < 1e18; power *= 10)
		for (int n = 0; n < 3; n++)
			if (range <= factors[n] * power * TICKS)
				return factors[n] * power;
	return range;
}

static void y_ticks(FILE *out, const struct svg_panel *panel)
{
	double step = tick_step(panel->y_max - panel->y_min);

	for (double value = panel->y_min; value <= panel->y_max; value += step) {
		double y = map_y(panel, value);

		fprintf(out,
			"<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\" "
			"stroke=\"#ddd\"/>"
			"<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%.6g</text>\n",
			LEFT, SVG_WIDTH - RIGHT, y, y, LEFT - 6, y + 4, value);
	}
}

static void x_ticks(FILE *out, const struct svg_panel *panel, const char *label)
{
	double bottom = panel->top + panel->height;
	double step = tick_step((panel->x_max - panel->x_min) / 2);

	for (double value = panel->x_min; value <= panel->x_max; value += step) {
		fprintf(out,
			"<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%.6g</text>\n",
			map_x(panel, value), bottom + 16, value);
	}
	fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>\n",
		(LEFT + SVG_WIDTH - RIGHT) / 2, bottom + 34, label);
}

void svg_frame(FILE *out, const struct svg_panel *panel, const char *heading,
	       const char *y_unit, const char *x_label)
{
	fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" font-weight=\"bold\">%s (%s)</text>\n",
		LEFT, panel->top - 8, heading, y_unit);
	y_ticks(out, panel);
	fprintf(out,
		"<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" "
		"fill=\"none\" stroke=\"black\"/>\n",
		LEFT, panel->top, SVG_WIDTH - LEFT - RIGHT, panel->height);
	if (x_label)
		x_ticks(out, panel, x_label);
}

void svg_point(FILE *out, const struct svg_panel *panel, double x, double y,
	       const char *color)
{
	fprintf(out, "<circle cx=\"%.2f\" cy=\"%.2f\" r=\"2\" fill=\"%s\"/>\n",
		map_x(panel, x), map_y(panel, y), color);
}

void svg_line_begin(FILE *out, const char *color)
{
	fprintf(out, "<polyline fill=\"none\" stroke=\"%s\" points=\"", color);
}

void svg_line_to(FILE *out, const struct svg_panel *panel, double x, double y)
{
	fprintf(out, "%.2f,%.2f ", map_x(panel, x), map_y(panel, y));
}

void svg_line_end(FILE *out)
{
	fprintf(out, "\"/>\n");
}

void svg_horizontal(FILE *out, const struct svg_panel *panel, double y,
		    const char *color, const char *label)
{
	fprintf(out,
		"<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.2f\" y2=\"%.2f\" stroke=\"%s\" "
		"stroke-dasharray=\"6 3\"/>"
		"<text x=\"%.1f\" y=\"%.2f\" fill=\"%s\" text-anchor=\"end\">%s</text>\n",
		LEFT, SVG_WIDTH - RIGHT, map_y(panel, y), map_y(panel, y), color,
		SVG_WIDTH - RIGHT - 4, map_y(panel, y) - 4, color, label);
}

void svg_vertical(FILE *out, const struct svg_panel *panel, double x,
		  const char *color, const char *label)
{
	fprintf(out,
		"<line x1=\"%.2f\" x2=\"%.2f\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" "
		"stroke-width=\"1.5\"/>"
		"<text x=\"%.2f\" y=\"%.1f\" fill=\"%s\">%s</text>\n",
		map_x(panel, x), map_x(panel, x), panel->top,
		panel->top + panel->height, color, map_x(panel, x) + 4,
		panel->top + 28, color, label);
}

void svg_span(FILE *out, const struct svg_panel *panel, double x_from,
	      double x_to, const char *color, const char *caption)
{
	double left = map_x(panel, x_from), right = map_x(panel, x_to);
	bool at_end = left > SVG_WIDTH - RIGHT - CAPTION_MAX;

	fprintf(out,
		"<rect x=\"%.2f\" y=\"%.1f\" width=\"%.2f\" height=\"%.1f\" "
		"fill=\"%s\" fill-opacity=\"0.08\"/>"
		"<text x=\"%.2f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"#555\" "
		"font-size=\"11\" stroke=\"white\" stroke-width=\"3\" "
		"paint-order=\"stroke\">%s</text>\n",
		left, panel->top, right - left, panel->height, color,
		at_end ? right - 3 : left + 3, panel->top + 13,
		at_end ? "end" : "start", caption);
}
