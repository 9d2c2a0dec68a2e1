// SPDX-License-Identifier: GPL-2.0-only
/* A session as a drawing: bandwidth over time, histogram, worst windows. */
#include "export.h"

#include <errno.h>
#include <stdlib.h>

#include "tools/report/chart.h"

#define WIDTH	1000.0
#define HEIGHT	320.0
#define SOURCES_MAX (PROFILE_MAX_SOURCES + 1)	/* the last one: all */

/* What all three parts need: a series for each source, in MB/s. */
struct drawing {
	const struct export_request *request;
	FILE *out;
	unsigned int count;
	const char *name[SOURCES_MAX];
	struct series windows[SOURCES_MAX], fine[SOURCES_MAX];
};

static double mb_per_s(const struct drawing *drawing, uint64_t bytes,
		       uint64_t cycles)
{
	double hz = (double)drawing->request->session->head.clock_hz;

	return (double)bytes / (double)cycles * hz / 1e6;
}

/* From the first window on: how long the machine has run says nothing here. */
static double seconds_at(const struct drawing *drawing, uint64_t window)
{
	const struct session *session = drawing->request->session;
	uint64_t first = drawing->windows[drawing->count - 1].first;

	return (double)((window - first) * drawing->request->window_cycles) /
	       (double)session->head.clock_hz;
}

static void legend(const struct drawing *drawing, const struct chart *chart)
{
	for (unsigned int n = 0; n < drawing->count; n++)
		chart_legend(chart, n, drawing->name[n]);
}

static void line_over_time(const struct drawing *drawing,
			   const struct chart *chart, unsigned int source)
{
	const struct series *series = &drawing->windows[source];

	chart_line_begin(chart, source);
	for (uint64_t n = 0; n < series->count; n++) {
		const struct series_window *window = &series->window[n];
		double rate = mb_per_s(drawing, window->read_bytes +
				       window->written_bytes,
				       series->width_cycles);

		chart_line_to(chart, seconds_at(drawing, series->first + n), rate);
		chart_line_to(chart, seconds_at(drawing, series->first + n + 1),
			      rate);
	}
	chart_line_end(chart);
}

static void draw_time(const struct drawing *drawing)
{
	const struct series *all = &drawing->windows[drawing->count - 1];
	struct chart chart = {
		.out = drawing->out, .width = WIDTH, .height = HEIGHT,
		.names = drawing->count,
		.x_max = seconds_at(drawing, all->first + all->count),
		.y_max = 1.05 * mb_per_s(drawing, series_worst_bytes(all, 1),
					 all->width_cycles),
	};

	chart_begin(&chart, "Bandwidth over time", false);
	chart_axes(&chart, "time (s)", "MB/s");
	for (unsigned int n = 0; n < drawing->count; n++)
		line_over_time(drawing, &chart, n);
	legend(drawing, &chart);
	chart_end(&chart);
}

static void draw_histogram(const struct drawing *drawing)
{
	const struct series *all = &drawing->windows[drawing->count - 1];
	struct histogram histogram = series_histogram(all);
	double top = mb_per_s(drawing, histogram.max_bytes, all->width_cycles);
	struct chart chart = { .out = drawing->out, .width = WIDTH,
			       .height = HEIGHT, .x_max = top > 0 ? top : 1 };

	for (unsigned int n = 0; n < HISTOGRAM_BINS; n++)
		if (1.05 * (double)histogram.bins[n] > chart.y_max)
			chart.y_max = 1.05 * (double)histogram.bins[n];
	chart_begin(&chart, "Windows by bandwidth, all sources", false);
	chart_axes(&chart, "MB/s", "windows");
	for (unsigned int n = 0; n < HISTOGRAM_BINS; n++)
		if (histogram.bins[n])
			chart_bar(&chart, chart.x_max * n / HISTOGRAM_BINS,
				  chart.x_max * (n + 0.9) / HISTOGRAM_BINS, 0,
				  (double)histogram.bins[n], 0);
	chart_end(&chart);
}

static void draw_envelope(const struct drawing *drawing)
{
	const struct series *all = &drawing->fine[drawing->count - 1];
	double us = (double)all->width_cycles * 1e6 /
		    (double)drawing->request->session->head.clock_hz;
	struct chart chart = {
		.out = drawing->out, .width = WIDTH, .height = HEIGHT,
		.names = drawing->count,
		.x_log = true, .x_min = us, .x_max = us * (double)all->count,
		.y_max = 1.05 * mb_per_s(drawing, series_worst_bytes(all, 1),
					 all->width_cycles),
	};

	chart_begin(&chart, "Worst window of every length", false);
	chart_axes(&chart, "length of the window (us)", "MB/s");
	for (unsigned int source = 0; source < drawing->count; source++) {
		const struct series *series = &drawing->fine[source];
		struct envelope_point points[ENVELOPE_MAX];
		unsigned int count = series_envelope(series, points);

		chart_line_begin(&chart, source);
		for (unsigned int n = 0; n < count; n++)
			chart_line_to(&chart, us * (double)points[n].windows,
				      mb_per_s(drawing, points[n].bytes,
					       points[n].windows *
					       series->width_cycles));
		chart_line_end(&chart);
	}
	legend(drawing, &chart);
	chart_end(&chart);
}

static int source_add(struct drawing *drawing, const char *name, uint64_t mask)
{
	const struct export_request *request = drawing->request;
	unsigned int n = drawing->count++;
	int ret;

	drawing->name[n] = name;
	ret = series_make(&drawing->windows[n], request->session, mask,
			  request->window_cycles);
	return ret ? ret : series_make(&drawing->fine[n], request->session, mask,
				       request->envelope_cycles);
}

/*
 * A place for a chart, which has no size of its own: attributes place it in every
 * viewer, styles in some.
 */
static void part_begin(FILE *out, unsigned int part)
{
	fprintf(out, "<svg y=\"%.0f\" width=\"%.0f\" height=\"%.0f\">",
		part * HEIGHT, WIDTH, HEIGHT);
}

static void draw(const struct drawing *drawing, const char *title)
{
	FILE *out = drawing->out;

	fprintf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" "
		"viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" height=\"%.0f\">\n"
		"<title>", WIDTH, 3 * HEIGHT, WIDTH, 3 * HEIGHT);
	chart_text(out, title);
	fputs("</title>\n<style>\n", out);
	chart_style(out);
	fputs("</style>\n", out);
	part_begin(out, 0);
	draw_time(drawing);
	fputs("</svg>", out);
	part_begin(out, 1);
	draw_histogram(drawing);
	fputs("</svg>", out);
	part_begin(out, 2);
	draw_envelope(drawing);
	fputs("</svg></svg>\n", out);
}

int export_svg(const struct export_request *request, FILE *out,
	       const char *title)
{
	const struct session_head *head = &request->session->head;
	struct drawing *drawing = calloc(1, sizeof(*drawing));
	int ret = 0;

	if (!drawing)
		return -ENOMEM;
	drawing->request = request;
	drawing->out = out;
	for (unsigned int n = 0; n < head->sources_count && !ret; n++)
		if (request->sources & 1ull << n)
			ret = source_add(drawing, head->source[n].name, 1ull << n);
	if (!ret)
		ret = source_add(drawing, "all", request->sources);
	if (!ret)
		draw(drawing, title);
	for (unsigned int n = 0; n < drawing->count; n++) {
		series_free(&drawing->windows[n]);
		series_free(&drawing->fine[n]);
	}
	free(drawing);
	return ret;
}
