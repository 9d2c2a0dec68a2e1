// SPDX-License-Identifier: GPL-2.0-only
/* One panel with points of two kinds, as SVG. */
#include "plot.h"

#include <stdio.h>

#include "experiments.h"
#include "tools/report/svg.h"

#define HEIGHT	420.0

static const char *const colors[PLOT_KINDS] = { "#1f77b4", "#d62728" };

void plot_add(struct plot *plot, unsigned int kind, double x, double y)
{
	unsigned int n = plot->count[kind];

	if (n == PLOT_MAX_POINTS)
		return;
	plot->x[kind][n] = x;
	plot->y[kind][n] = y;
	plot->count[kind]++;
}

static void panel_fit(const struct plot *plot, struct svg_panel *panel)
{
	for (unsigned int kind = 0; kind < PLOT_KINDS; kind++)
		for (unsigned int n = 0; n < plot->count[kind]; n++) {
			if (plot->x[kind][n] > panel->x_max)
				panel->x_max = plot->x[kind][n];
			if (plot->y[kind][n] > panel->y_max)
				panel->y_max = plot->y[kind][n];
		}
	if (plot->y_max > 0)
		panel->y_max = plot->y_max;
	if (panel->y_max <= 0)
		panel->y_max = 1;
}

void plot_write(struct plot *plot, const char *name)
{
	struct svg_panel panel = { .top = 60, .height = HEIGHT - 110 };
	FILE *file = file_open(name);

	panel_fit(plot, &panel);
	svg_begin(file, HEIGHT, plot->title);
	svg_frame(file, &panel, plot->heading, plot->unit, plot->x_label);
	if (plot->bar > 0)
		svg_horizontal(file, &panel, plot->bar, "#888", "target");
	for (unsigned int kind = 0; kind < PLOT_KINDS; kind++) {
		for (unsigned int n = 0; n < plot->count[kind]; n++)
			svg_point(file, &panel, plot->x[kind][n],
				  plot->y[kind][n], colors[kind]);
		plot->count[kind] = 0;
	}
	svg_end(file);
	fclose(file);
}
