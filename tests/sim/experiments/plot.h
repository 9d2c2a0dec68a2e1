/* SPDX-License-Identifier: GPL-2.0-only */
/* One panel with points of two kinds, as SVG. */
#ifndef SIM_EXPERIMENTS_PLOT_H
#define SIM_EXPERIMENTS_PLOT_H

#define PLOT_KINDS	2u
#define PLOT_MAX_POINTS	4096u

struct plot {
	const char *title;
	const char *heading;	/* of the y axis; its range is 0 to y_max */
	const char *unit;
	const char *x_label;
	double y_max;		/* 0: the largest value */
	double bar;		/* a line across; 0: none */
	unsigned int count[PLOT_KINDS];
	double x[PLOT_KINDS][PLOT_MAX_POINTS];
	double y[PLOT_KINDS][PLOT_MAX_POINTS];
};

/* Points beyond PLOT_MAX_POINTS are left out. */
void plot_add(struct plot *plot, unsigned int kind, double x, double y);
/* Writes DIRECTORY/NAME and empties the plot. */
void plot_write(struct plot *plot, const char *name);

#endif
