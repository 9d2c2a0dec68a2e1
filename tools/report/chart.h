/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Charts as SVG, for files of their own and inside HTML: light and dark as the
 * reader prefers, light in print, no run-time dependency, the same bytes for the
 * same data. Colours are classes s0 to s7 of one style sheet, chart_style().
 */
#ifndef REPORT_CHART_H
#define REPORT_CHART_H

#include <stdbool.h>
#include <stdio.h>

#define CHART_COLOURS	8u

struct chart {
	FILE *out;
	double width, height;		/* of the drawing */
	double x_min, x_max, y_min, y_max; /* data */
	bool x_log;			/* x_min above zero */
	unsigned int names;		/* of the legend, for its rows */
};

/* The rules that charts and pages with charts need, without <style>. */
void chart_style(FILE *out);
/* Text with what XML needs escaped. */
void chart_text(FILE *out, const char *text);

/* `alone`: a file of its own, with the style sheet. */
void chart_begin(const struct chart *chart, const char *title, bool alone);
void chart_end(const struct chart *chart);
/* Frame, round ticks, labels. */
void chart_axes(const struct chart *chart, const char *x_label,
		const char *y_label);

/* In words, for who does not see it; printf() of one line. */
void chart_describe(const struct chart *chart, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * A polyline, point by point. From CHART_COLOURS on colours come again: lines are
 * dashed then, areas paler.
 */
void chart_line_begin(const struct chart *chart, unsigned int colour);
void chart_line_to(const struct chart *chart, double x, double y);
void chart_line_end(const struct chart *chart);
void chart_bar(const struct chart *chart, double x_from, double x_to,
	       double y_from, double y_to, unsigned int colour);
/* The same, paler: the second thing of that colour. */
void chart_bar_pale(const struct chart *chart, double x_from, double x_to,
		    double y_from, double y_to, unsigned int colour);
void chart_dot(const struct chart *chart, double x, double y,
	       unsigned int colour);
/* Across the whole chart, dashed. */
void chart_level(const struct chart *chart, double y, const char *label);
/* The same over a part of it, without a label. */
void chart_limit(const struct chart *chart, double x_from, double x_to, double y);
/* A name beside its colour; entries stand in rows above the frame. */
void chart_legend(const struct chart *chart, unsigned int entry,
		  const char *name);
/* Words below the frame, at x, in line 0 or 1. */
void chart_word(const struct chart *chart, double x, unsigned int line,
		const char *text);

#endif
